"""A run from its settings to its results: train, choose on val, score test, save."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Unpack, cast

from transformers import PreTrainedModel, set_seed

from msra_ner.corpus import Scheme, is_of_characters
from msra_ner.hardware import Precision
from msra_ner.logs import RunLog, hide_weight_bars
from msra_ner.metrics import count_names
from msra_ner.models import check_model_name, remember_settings, without_spaces
from msra_ner.report import LOG_FILE, PREDICTIONS_FILE, SPLITS_KEY, write_predictions
from msra_ner.training.arguments import NerTrainingArguments
from msra_ner.training.data import Data, encode_data, load_data
from msra_ner.training.data_checks import check_training_data
from msra_ner.training.encoder import hub_name, load_encoder, model_labels, suit_cpu
from msra_ner.training.lineage import describe_lineage
from msra_ner.training.loss_watch import train_watched
from msra_ner.training.open_settings import (
    choose_decoder,
    choose_layers,
    choose_mask_share,
    choose_rates,
    find_open_settings,
    lower_rates,
    may_begin_again,
    take_over,
)
from msra_ner.training.output_folder import (
    check_run_folder,
    format_call,
    remove_checkpoints,
    write_run_file,
)
from msra_ner.training.parsing import Arguments, arguments_from
from msra_ner.training.rates import describe_underfit
from msra_ner.training.replaced_run import ReplacedRun
from msra_ner.training.results import TrainResult, report_run, split_clock, write_results
from msra_ner.training.resume import (
    Checkpoint,
    ResumedRun,
    check_resumed_facts,
    check_resumed_settings,
    describe_resumption,
    find_checkpoint,
    hide_lost_best,
)
from msra_ner.training.run_lock import RunLock
from msra_ner.training.scoring import Decoded, score_known, score_split
from msra_ner.training.settings import TrainSettings
from msra_ner.training.trainer import NerTrainer, build_trainer

logger = logging.getLogger(__name__)


def train(
    data_dir: str | Path | None = None,
    output_dir: str | Path | None = None,
    *,
    model_name_or_path: str | Path | None = None,
    num_hidden_layers: int | None = None,
    freeze_encoder: bool | None = None,
    max_length: int | None = None,
    window_overlap: int | None = None,
    format: str | None = None,
    scheme: Scheme | None = None,
    max_train_samples: int | None = None,
    max_eval_samples: int | None = None,
    max_test_samples: int | None = None,
    learning_rate: float | None = None,
    head_learning_rate: float | None = None,
    num_train_epochs: float | None = None,
    max_steps: int | None = None,
    per_device_train_batch_size: int | None = None,
    per_device_train_tokens: int | None = None,
    per_device_eval_batch_size: int | None = None,
    gradient_accumulation_steps: int | None = None,
    warmup_steps: float | None = None,
    weight_decay: float | None = None,
    early_stopping_patience: int | None = None,
    precision: Precision | None = None,
    seed: int | None = None,
    use_cpu: bool | None = None,
    resume_from_checkpoint: str | Path | bool | None = None,
    overwrite: bool | None = None,
    **settings: Unpack[TrainSettings],
) -> TrainResult:
    """Train, choose the best epoch on val, score test and save; return what was reached.

    What is None is as in ``msra-ner train``, whose ``--help`` has each default.

    Args:
        data_dir: Folder of a corpus, ``hub:NAME``, or ``sample``; None takes ``data/msra`` where
            it is there, else the sample.
        output_dir: Folder of the run; one that holds a run is refused.
        model_name_or_path: Folder or Hub name of any encoder; None takes
            ``google-bert/bert-base-chinese``, for the sample a small encoder built in place.
        num_hidden_layers: Keep only this many of the lower layers of the encoder.
        freeze_encoder: Train the head alone.
        max_length: Word pieces in a window, special ones included; None takes what the encoder
            takes.
        window_overlap: Word pieces that neighbouring windows of a long sentence share.
        format: Format of the corpus; by default the files are looked at.
        scheme: Tagging scheme of the files; by default the tags are looked at.
        max_train_samples: Use the first sentences of train, so many.
        max_eval_samples: The same of val.
        max_test_samples: The same of test.
        learning_rate: Highest learning rate.
        head_learning_rate: That of the new head; None takes that of the encoder.
        num_train_epochs: How often to see train.
        max_steps: Steps to train, instead of epochs.
        per_device_train_batch_size: Windows of average length in a batch of one device.
        per_device_train_tokens: Instead, word pieces in a batch at most, padding included.
        per_device_eval_batch_size: Windows in a batch of evaluation.
        gradient_accumulation_steps: Batches a step.
        warmup_steps: Steps until the highest learning rate; below 1 a share of all.
        weight_decay: Of AdamW.
        early_stopping_patience: Stop after this many evaluations without a better F1 on val.
        precision: ``auto`` takes bf16 where the hardware multiplies in it, else fp32.
        seed: Of everything random.
        use_cpu: Leave a GPU alone.
        resume_from_checkpoint: True or ``last`` for the newest of ``output_dir``, or a folder.
        overwrite: Replace the run that is in ``output_dir``.
        **settings: :class:`~msra_ner.training.settings.TrainSettings`, and every other field of
            transformers' ``TrainingArguments``.

    Raises:
        MsraNerError: A setting, the corpus, the model or the output folder is wrong.

    >>> result = train("sample", "runs/sample", num_train_epochs=1)  # doctest: +SKIP
    >>> result.test.f1, result.test["PER"].f1, result.output_dir  # doctest: +SKIP
    (0.63, 0.58, PosixPath('runs/sample'))
    """
    given = {k: v for k, v in locals().items() if v is not None and k != "settings"}
    arguments = arguments_from("train()", **given, **settings)
    return run_arguments(arguments, format_call("msra_ner.train", given | settings))


def run_arguments(
    arguments: Arguments, command: str | Sequence[str], data: Data | None = None
) -> TrainResult:
    """Carry out a run: load the data, build the trainer, then train, evaluate, test and save.

    Args:
        arguments: All settings.
        command: What repeats the run, for ``run.json``: the words of a command line, or a call in
            Python.
        data: The corpus, where it is loaded already.
    """
    args = arguments.training
    if (name := arguments.model.model_name_or_path) is not None:
        check_model_name(name)
    folder = Path(args.output_dir or ".")
    with RunLock(folder) as lock, ReplacedRun(folder) as old, RunLog() as log, hide_weight_bars():
        if args.process_index == 0:
            lock.check()
        checkpoint = find_checkpoint(folder, args.resume_from_checkpoint)
        check_run_folder(folder, args, checkpoint, name)
        left_open = find_open_settings(arguments)
        if checkpoint:
            take_over(arguments, checkpoint)
            check_resumed_settings(checkpoint, arguments.to_dict())
        set_seed(args.seed)
        labels = None if args.do_train else model_labels(arguments.model)
        data = data or load_data(arguments.data, labels)
        if args.do_train:
            check_training_data(args, data)
        corpus = data.hash_sentences()
        fixed = {"corpus": corpus, "labels": data.labels, "processes": args.world_size}
        if checkpoint:
            check_resumed_facts(checkpoint, fixed)
        suit_cpu(arguments.model, data, args)
        choose_decoder(arguments, data)
        if args.do_train:
            choose_layers(arguments, data)
        model, tokenizer = load_encoder(arguments.model, data, args)
        if args.do_train:
            choose_rates(arguments, model)
            choose_mask_share(arguments, data, tokenizer)
        settings = arguments.to_dict()
        data, max_length = encode_data(arguments.data, data, model, tokenizer)
        train_split = data.sentences.get("train", [])
        by_character = is_of_characters(token for row in train_split for token in row.tokens)
        remember_settings(
            model, tokenizer, settings, by_character=by_character, max_length=max_length
        )
        tokenizer = without_spaces(tokenizer, by_character)
        facts = {
            "data": data.folder,
            **fixed,
            SPLITS_KEY: data.counts,
            # Noted now: later nobody knows whether the name was that of a folder.
            "base_model": hub_name(arguments.model, data),
            "chosen": [name for name in left_open if settings[name] is not None],
            **describe_lineage(arguments, data, checkpoint),
        }
        if checkpoint:
            facts["resumed"] = describe_resumption(checkpoint)
            facts["restarted"] = bool(checkpoint.record.get("restarted"))
        trainer = build_trainer(args, model, tokenizer, data)
        # Nothing in the folder changes before every process has all that the run needs.
        trainer.accelerator.wait_for_everyone()
        with args.main_process_first(desc="opening the output folder"):
            if trainer.is_world_process_zero():
                lock.take()
                check_run_folder(folder, args, checkpoint, name)  # another may have come and gone
                old.open(overwrite=args.overwrite)
                write_run_file(folder, command, settings, facts)  # by it the folder is known
                log.write_to(folder / LOG_FILE)

        def begin_again() -> NerTrainer:
            lower_rates(args, left_open)
            if trainer.is_world_process_zero():
                remove_checkpoints(folder)
                facts["restarted"] = True
                write_run_file(folder, command, arguments.to_dict(), facts)
            return build_trainer(args, model, tokenizer, data)

        again = begin_again if not checkpoint and may_begin_again(args, left_open) else None
        return _train_and_score(trainer, args, data, folder, checkpoint, again)


def _train_and_score(
    trainer: NerTrainer,
    args: NerTrainingArguments,
    data: Data,
    folder: Path,
    checkpoint: Checkpoint | None,
    begin_again: Callable[[], NerTrainer] | None,
) -> TrainResult:
    """Do what the arguments ask for, write the results and return them."""
    measured: dict[str, float] = {}
    if args.do_train:
        if checkpoint:
            logger.info(
                "Going on from %s: step %d, epoch %g",
                *(checkpoint.path, checkpoint.step, checkpoint.epoch),
            )
            trainer.add_callback(ResumedRun(checkpoint))
        path = str(checkpoint.path) if checkpoint else None
        with hide_lost_best():
            trainer, metrics = train_watched(trainer, data, path, begin_again)
        measured |= metrics
        trainer.save_state()
        trainer.save_model()
    # Predictions and report are those of test, or of val where there is no test.
    predicted: tuple[str, Decoded] | None = None
    for split, prefix, asked in (
        ("validation", "eval", args.do_eval),
        ("test", "test", args.do_predict),
    ):
        if asked:
            scores, decoded = score_split(trainer, data, split, prefix)
            measured |= scores
            predicted = (split, decoded) if decoded else predicted
    underfit = _find_underfit(trainer, args, data) if args.do_train and args.do_eval else None
    result, clock = split_clock(folder, measured)
    if trainer.is_world_process_zero():
        if predicted:
            split, decoded = predicted
            # Without train nobody knows which names are new.
            train_split = data.sentences.get("train")
            names = count_names(train_split) if train_split else None
            file = folder / PREDICTIONS_FILE
            write_predictions(file, data.sentences[split], decoded.tags, names, decoded.scores)
        write_results(result, clock)  # after the predictions: with them a run counts as finished
        if predicted:
            report_run(folder, "tensorboard" in (args.report_to or ()))
        logger.info("Model, scores, predictions and log are in %s", folder)
        for part in underfit or ():
            logger.warning("%s", part)
    if args.push_to_hub:
        trainer.push_to_hub()
    return result


def _find_underfit(
    trainer: NerTrainer, args: NerTrainingArguments, data: Data
) -> tuple[str, str] | None:
    """Return what to say of a model that does not know its own train."""
    scores = score_known(trainer, data)
    width = getattr(cast(PreTrainedModel, trainer.model).config, "hidden_size", None)
    return describe_underfit(scores.f1, scores.support, args.learning_rate, width)
