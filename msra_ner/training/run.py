"""A run from its settings to its results: train, choose on val, score test, save."""

import logging
from pathlib import Path
from typing import Any

from transformers import set_seed

from msra_ner.corpus import is_of_characters
from msra_ner.errors import MsraNerError
from msra_ner.hardware import use_cpu_threads
from msra_ner.logs import RunLog, hide_weight_bars
from msra_ner.metrics import count_names
from msra_ner.models import (
    remember_settings,
    without_spaces,
)
from msra_ner.report import (
    LOG_FILE,
    PREDICTIONS_FILE,
    show_in_tensorboard,
    write_predictions,
    write_report,
)
from msra_ner.training.arguments import NerTrainingArguments
from msra_ner.training.data import Data, encode_data, load_data
from msra_ner.training.encoder import hub_name, load_encoder, model_labels
from msra_ner.training.output_folder import (
    check_run_folder,
    clear_run_folder,
    find_checkpoint,
    write_run_file,
)
from msra_ner.training.parsing import Arguments, all_settings, arguments_from
from msra_ner.training.results import write_results
from msra_ner.training.scoring import score_split
from msra_ner.training.trainer import NerTrainer, build_trainer

logger = logging.getLogger(__name__)


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
    return run_arguments(arguments_from(**settings))


def run_arguments(arguments: Arguments) -> dict[str, Any]:
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
        data = load_data(arguments.data, None if args.do_train else model_labels(arguments.model))
        model, tokenizer = load_encoder(arguments.model, data)
        data, max_length = encode_data(arguments.data, data, model, tokenizer)
        settings = all_settings(arguments)
        train = data.sentences.get("train", [])
        by_character = is_of_characters(token for row in train for token in row.tokens)
        remember_settings(
            model, tokenizer, settings, by_character=by_character, max_length=max_length
        )
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
                    "base_model": hub_name(arguments.model, data),
                }
                write_run_file(folder, settings, facts)
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
        write_results(folder, results)
        if predicted:
            _write_report(folder, "tensorboard" in (args.report_to or ()))
        logger.info("Model, scores, predictions and log are in %s", folder)
    if args.push_to_hub:
        trainer.push_to_hub()
    return results


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


def _write_report(folder: Path, to_tensorboard: bool) -> None:
    """Write the report; a run that is finished and saved does not fail for its sake."""
    try:
        logger.info("Report: %s", write_report(folder))
        if to_tensorboard:
            show_in_tensorboard(folder)
    except (MsraNerError, OSError) as error:
        logger.warning("%s The report is not written; repeat: msra-ner report %s", error, folder)
