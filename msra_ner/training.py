"""A run from its settings to its results: train, choose on val, score test, save."""

import logging
import tempfile
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel, PreTrainedTokenizerBase, set_seed

from msra_ner.arguments import Arguments, ModelArguments, NerTrainingArguments, arguments_from
from msra_ner.breakdowns import count_names
from msra_ner.corpus import SAMPLE
from msra_ner.encoder import (
    CONFIG_KEY,
    DEFAULT_MODEL,
    build_small_encoder,
    freeze_encoder,
    load_config,
    load_model,
    load_tokenizer,
    trained_labels,
)
from msra_ner.errors import CorpusNotFoundError, ModelError, MsraNerError
from msra_ner.hardware import use_cpu_threads
from msra_ner.logs import RunLog
from msra_ner.metrics import Scores
from msra_ner.model_facts import is_hub_name
from msra_ner.pipeline_tokenizer import without_spaces
from msra_ner.progress import hide_weight_bars
from msra_ner.read_options import ReadOptions
from msra_ner.report import write_predictions
from msra_ner.report_page import show_in_tensorboard, write_report
from msra_ner.run_data import Data, encode_data, load_data
from msra_ner.run_folder import (
    LOG_FILE,
    PREDICTIONS_FILE,
    RESULTS_FILE,
    TIMING_FILE,
    check_run_folder,
    clear_run_folder,
    find_checkpoint,
    write_run_file,
)
from msra_ner.splits import SPLIT_KEYS, SPLIT_NAMES
from msra_ner.storage import write_json
from msra_ner.trainer import NerTrainer, build_trainer, score_split

logger = logging.getLogger(__name__)

# What decides the figures of a saved model; its config keeps them under CONFIG_KEY.
SCORE_SETTINGS = (
    *(item.name for item in fields(ReadOptions)),
    *("window_overlap", "label_all_pieces", "max_train_samples", "bf16", "fp16"),
)
# Measured on the clock: these go to timing.json, so that two equal runs write equal results.
CLOCK_KEYS = ("runtime", "per_second", "model_preparation_time")


def train(**settings: Any) -> dict[str, Any]:
    """Train, choose the best epoch on val, score test and save; return all results.

    Args:
        **settings: Any flag of ``msra-ner train`` by its name, for example
            ``data_dir="sample", output_dir="runs/sample", num_train_epochs=3``.

    Returns:
        What ``all_results.json`` holds: ``test_f1``, ``eval_f1`` (val) and so on.

    Raises:
        MsraNerError: A setting, the corpus, the model or the output folder is wrong.
    """
    return run(arguments_from(**settings))


def run(arguments: Arguments) -> dict[str, Any]:
    """Carry out a run: load the data, build the trainer, then train, evaluate, test and save."""
    args = arguments.training
    folder = Path(args.output_dir or ".")
    checkpoint = find_checkpoint(folder, args.resume_from_checkpoint)
    check_run_folder(
        folder,
        overwrite=args.overwrite,
        resume=args.resume_from_checkpoint is not None,
        checkpoint=checkpoint,
        model=arguments.model.model_name_or_path,
    )
    with RunLog() as log:
        _settle_machine(args)
        data = load_data(arguments.data, None if args.do_train else _model_labels(arguments.model))
        model, tokenizer = load_encoder(arguments.model, data)
        data, max_length = encode_data(arguments.data, data, model, tokenizer)
        _remember_settings(model, tokenizer, arguments, data, max_length)
        by_character = getattr(model.config, CONFIG_KEY)["token"] == "character"
        tokenizer = without_spaces(tokenizer, by_character)
        trainer = build_trainer(args, model, tokenizer, data)
        # Only now, when all that the run needs is there and every process has looked at the
        # folder, does anything in it change.
        trainer.accelerator.wait_for_everyone()
        with args.main_process_first(desc="opening the output folder"):
            if trainer.is_world_process_zero():
                if args.overwrite and checkpoint is None:
                    clear_run_folder(folder)
                folder.mkdir(parents=True, exist_ok=True)
                log.write_to(folder / LOG_FILE)
                facts = {
                    "data": data.folder,
                    "labels": data.labels,
                    "processes": args.world_size,
                    # Noted now: later nobody knows whether the name was that of a folder.
                    "base_model": _hub_name(arguments.model, data),
                }
                write_run_file(folder, _settings(arguments), facts)
        return _train_and_score(trainer, data, folder, checkpoint)


def _train_and_score(
    trainer: NerTrainer, data: Data, folder: Path, checkpoint: str | None
) -> dict[str, Any]:
    """Do what the arguments ask for, write the results and return them."""
    args = trainer.args
    results: dict[str, Any] = {}
    if args.do_train:
        results |= trainer.train(resume_from_checkpoint=checkpoint).metrics
        trainer.save_state()
        # "Internal" keeps the Trainer from pushing now, before there are scores for the card.
        trainer.save_model(_internal_call=True)
    # Predictions and report are those of test, or of val where there is no test.
    predicted: tuple[str, list[list[str]]] | None = None
    for split, prefix, asked in (
        ("validation", "eval", args.do_eval),
        ("test", "test", args.do_predict),
    ):
        if asked:
            scores, tags = score_split(trainer, data, split, prefix)
            results |= scores
            predicted = (split, tags) if tags else predicted
    if predicted and trainer.is_world_process_zero():
        split, tags = predicted
        # Without train nobody knows which names are new.
        train_split = data.sentences.get("train")
        names = count_names(train_split) if train_split else None
        write_predictions(folder / PREDICTIONS_FILE, data.sentences[split], tags, names)
    if trainer.is_world_process_zero():
        _write_results(folder, results)
        if predicted:
            _write_report(folder, "tensorboard" in (args.report_to or ()))
        logger.info("Model, scores, predictions and log are in %s", folder)
    if args.push_to_hub:
        trainer.push_to_hub()
    return results


def evaluate(
    model_dir: str | Path,
    data_dir: str | Path | None = None,
    split: str = "test",
    **settings: Any,
) -> Scores:
    """Return the scores of a saved model on a split, computed as after training.

    Args:
        model_dir: Folder (or Hub name) of a model that ``train`` saved.
        data_dir: Folder of the corpus, or ``sample``; None takes ``data/msra`` where it is there,
            else the sample.
        split: ``test``, ``val`` or ``train``.
        **settings: Further flags of ``msra-ner train``, for example ``bf16=True``.

    Raises:
        MsraNerError: The model or corpus is missing or does not fit.
    """
    name = SPLIT_KEYS.get(split, split)
    with tempfile.TemporaryDirectory() as folder:
        fixed = {
            "model_name_or_path": str(model_dir),
            "data_dir": None if data_dir is None else str(data_dir),
            "output_dir": folder,
            "do_predict": True,
        }
        chosen = {**_saved_settings(str(model_dir)), **settings, **fixed}
        # What was trained in fp32 is scored in fp32, also where there is bf16.
        half = next((name for name in ("bf16", "fp16") if chosen.get(name)), "fp32")
        arguments = arguments_from(**{"precision": half, **chosen})
        use_cpu_threads(arguments.training.cpu_threads)
        hide_weight_bars()
        data = load_data(arguments.data, _model_labels(arguments.model))
        if name not in data.sentences:
            raise CorpusNotFoundError(
                f"{data.folder}: found no split {split!r}, expected one of "
                f"{', '.join(SPLIT_NAMES[key] for key in data.sentences)}."
            )
        model, tokenizer = load_encoder(arguments.model, data)
        data, _ = encode_data(arguments.data, data, model, tokenizer, [name])
        trainer = build_trainer(arguments.training, model, tokenizer, data)
        scores, _ = score_split(trainer, data, name, split)
    return {
        key.removeprefix(f"{split}_"): value for key, value in scores.items() if not _is_clock(key)
    }


def load_encoder(
    arguments: ModelArguments, data: Data
) -> tuple[PreTrainedModel, PreTrainedTokenizerBase]:
    """Return model and tokenizer: those named, or the default for the corpus."""
    name = arguments.model_name_or_path
    if name is None and data.folder == SAMPLE:
        logger.info("Building a small encoder over the characters of the sample corpus.")
        train_split = data.sentences.get("train", [])
        model, tokenizer = build_small_encoder(
            train_split, data.labels, arguments.num_hidden_layers
        )
    else:
        name = name or DEFAULT_MODEL
        tokenizer = load_tokenizer(name, arguments.model_revision)
        model = load_model(
            name,
            data.labels,
            revision=arguments.model_revision,
            num_hidden_layers=arguments.num_hidden_layers,
        )
    if arguments.freeze_encoder:
        freeze_encoder(model)
    return model, tokenizer


def _hub_name(arguments: ModelArguments, data: Data) -> str | None:
    """Return the name of the encoder on the Hub; None for a local one, or one built in place."""
    name = arguments.model_name_or_path
    if name is None and data.folder != SAMPLE:
        name = DEFAULT_MODEL
    return name if is_hub_name(name) else None


def _settle_machine(args: NerTrainingArguments) -> None:
    """Make threads, bars and seed ready."""
    if args.device.type == "cpu":
        logger.info(
            "CPU, %d process(es) of %d thread(s)",
            args.world_size,
            use_cpu_threads(args.cpu_threads),
        )
    hide_weight_bars()
    set_seed(args.seed)


def _remember_settings(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    arguments: Arguments,
    data: Data,
    max_length: int,
) -> None:
    """Keep in the model's config and tokenizer what tagging needs to work as training did."""
    train_split = data.sentences.get("train", [])
    # Most, not all: one "2008" among the characters does not make a corpus of words.
    lengths = [len(token) == 1 for sentence in train_split for token in sentence.tokens]
    by_character = 2 * sum(lengths) >= len(lengths)
    tokenizer.model_max_length = max_length
    setattr(
        model.config,
        CONFIG_KEY,
        {
            "token": "character" if by_character else "word",
            "max_length": max_length,
            **{
                key: value
                for group in (arguments.data, arguments.training)
                for key in SCORE_SETTINGS
                if (value := getattr(group, key, None)) is not None and value is not False
            },
        },
    )


def _saved_settings(name: str) -> dict[str, Any]:
    """Return the settings that decide the score of a saved model, to score it alike again."""
    saved: dict[str, Any] | None = getattr(load_config(name), CONFIG_KEY, None)
    if saved is None:
        logger.warning("%s was not saved by msra-ner: all settings are the defaults.", name)
        return {}
    return {key: value for key, value in saved.items() if key != "token"}


def _model_labels(arguments: ModelArguments) -> tuple[str, ...]:
    """Return the label list of the trained model that is to be scored."""
    name = arguments.model_name_or_path
    if name is None:
        raise ModelError(
            "found no --model_name_or_path, expected a trained model: without --do_train there is "
            "nothing else to score."
        )
    return trained_labels(name, arguments.model_revision)


def _settings(arguments: Arguments) -> dict[str, Any]:
    training = arguments.training.to_dict()  # Leaves out secrets such as the Hub token.
    return {**asdict(arguments.model), **asdict(arguments.data), **training}


def _write_results(folder: Path, results: dict[str, Any]) -> None:
    """Write scores to all_results.json and per split, and what the clock said to timing.json."""
    results.pop("total_flos", None)
    clock = {key: value for key, value in results.items() if _is_clock(key)}
    for key in clock:
        del results[key]
    write_json(folder / RESULTS_FILE, results)
    write_json(folder / TIMING_FILE, clock)
    for prefix in ("eval", "test"):
        part = {key: value for key, value in results.items() if key.startswith(f"{prefix}_")}
        if part:
            write_json(folder / f"{prefix}_results.json", part)


def _write_report(folder: Path, to_tensorboard: bool) -> None:
    """Write the report; a run that is finished and saved does not fail for its sake."""
    try:
        logger.info("Report: %s", write_report(folder))
        if to_tensorboard:
            show_in_tensorboard(folder)
    except (MsraNerError, OSError) as error:
        logger.warning("%s The report is not written; repeat: msra-ner report %s", error, folder)


def _is_clock(key: str) -> bool:
    return any(word in key for word in CLOCK_KEYS)
