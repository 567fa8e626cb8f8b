"""Corpus, encoder and Trainer put together: train, choose on val, score test, save."""

import logging
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import datasets
import numpy as np
import torch
from transformers import (
    DataCollatorForTokenClassification,
    EarlyStoppingCallback,
    EvalPrediction,
    PreTrainedModel,
    PreTrainedTokenizerBase,
    ProgressCallback,
    Trainer,
    set_seed,
)

from msra_ner.alignment import window_limit
from msra_ner.arguments import (
    Arguments,
    DataArguments,
    ModelArguments,
    NerTrainingArguments,
    arguments_from,
    choose_data_dir,
)
from msra_ner.corpus import Sentence
from msra_ner.dataset import SAMPLE, SPLIT_FOLDERS
from msra_ner.encoded_dataset import load_msra, project_rows
from msra_ner.encoder import (
    DEFAULT_MODEL,
    build_small_encoder,
    freeze_encoder,
    load_config,
    load_model,
    load_tokenizer,
    position_limit,
    trained_labels,
)
from msra_ner.errors import CorpusNotFoundError, ModelError, ScoreError
from msra_ner.hardware import use_cpu_threads
from msra_ner.logs import RunLog
from msra_ner.metrics import Scores, entity_names, make_compute_metrics
from msra_ner.progress import LogEntries, NerProgress, hide_weight_bars
from msra_ner.report import format_coverage, format_scores, write_predictions
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
from msra_ner.storage import write_json

if TYPE_CHECKING:
    from torch.utils.data import Sampler

logger = logging.getLogger(__name__)

# Under this name the model's config.json keeps what tagging needs to work as training did.
CONFIG_KEY = "msra_ner"
# What else decides the figures of a saved model, kept there too.
SCORE_SETTINGS = (
    *("window_overlap", "label_all_pieces", "scheme", "repair_tags", "max_train_samples"),
    *("bf16", "fp16"),
)
# Measured on the clock: these go to timing.json, so that two equal runs write equal results.
CLOCK_KEYS = ("runtime", "per_second", "model_preparation_time")


@dataclass(frozen=True)
class Data:
    """Sentences of each split, and after encoding their windows too."""

    folder: str
    sentences: dict[str, list[Sentence]]
    labels: tuple[str, ...]
    encoded: datasets.DatasetDict | None = None


class NerTrainer(Trainer):
    """The Trainer with evaluation in order, and its own learning rate for the head."""

    args: NerTrainingArguments

    def _get_eval_sampler(self, eval_dataset: Any) -> "Sampler[int]":
        # Trainer's length grouping would permute evaluation too; ours is sorted already.
        return torch.utils.data.SequentialSampler(eval_dataset)

    def create_optimizer(self, model: Any = None) -> torch.optim.Optimizer:
        """Make the Trainer's optimizer, the head's parameters in groups of their own."""
        optimizer = super().create_optimizer(model)
        rate = self.args.head_learning_rate
        if rate is None:
            return optimizer
        model = cast(PreTrainedModel, self.model)
        encoder = {id(parameter) for parameter in model.base_model.parameters()}
        for group in list(optimizer.param_groups):
            head = [parameter for parameter in group["params"] if id(parameter) not in encoder]
            if head:
                group["params"] = [item for item in group["params"] if id(item) in encoder]
                settings = {key: value for key, value in group.items() if key != "params"}
                optimizer.add_param_group({**settings, "params": head, "lr": rate})
        return optimizer


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
    resume = args.resume_from_checkpoint is not None
    check_run_folder(
        folder, replace=args.overwrite or resume, model=arguments.model.model_name_or_path
    )
    checkpoint = find_checkpoint(folder, args.resume_from_checkpoint)
    with RunLog() as log:
        _settle_machine(args)
        data = load_data(arguments.data, None if args.do_train else _model_labels(arguments.model))
        model, tokenizer = load_encoder(arguments.model, data)
        data, max_length = encode_data(arguments.data, data, model, tokenizer)
        _remember_settings(model, tokenizer, arguments, data, max_length)
        trainer = build_trainer(args, model, tokenizer, data)
        # Only now, when all that the run needs is there, does anything in the folder change.
        with args.main_process_first(desc="opening the output folder"):
            if trainer.is_world_process_zero():
                if checkpoint is None:
                    clear_run_folder(folder)
                log.write_to(folder / LOG_FILE)
                facts = {"data": data.folder, "labels": data.labels, "processes": args.world_size}
                write_run_file(folder, _settings(arguments), facts)
        return _train_and_score(trainer, data, folder, checkpoint)


def _train_and_score(
    trainer: "NerTrainer", data: Data, folder: Path, checkpoint: str | None
) -> dict[str, Any]:
    """Do what the arguments ask for, write the results and return them."""
    args = trainer.args
    results: dict[str, Any] = {}
    if args.do_train:
        results |= trainer.train(resume_from_checkpoint=checkpoint).metrics
        trainer.save_state()
        trainer.save_model()
    if args.do_eval:
        results |= score_split(trainer, data, "validation", "eval")[0]
    if args.do_predict:
        scores, tags = score_split(trainer, data, "test", "test")
        results |= scores
        if tags and trainer.is_world_process_zero():
            write_predictions(folder / PREDICTIONS_FILE, data.sentences["test"], tags)
    if trainer.is_world_process_zero():
        _write_results(folder, results)
        logger.info("Model, scores, predictions and log are in %s", folder)
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
    name = {entry: name for name, entry in SPLIT_FOLDERS.items()}.get(split, split)
    with tempfile.TemporaryDirectory() as folder:
        fixed = {
            "model_name_or_path": str(model_dir),
            "data_dir": None if data_dir is None else str(data_dir),
            "output_dir": folder,
            "do_predict": True,
        }
        arguments = arguments_from(**{**_saved_settings(str(model_dir)), **settings, **fixed})
        use_cpu_threads(arguments.training.cpu_threads)
        hide_weight_bars()
        data = load_data(arguments.data, _model_labels(arguments.model))
        if name not in data.sentences:
            raise CorpusNotFoundError(
                f"{data.folder}: found no split {split!r}, expected one of "
                f"{', '.join(SPLIT_FOLDERS[key] for key in data.sentences)}."
            )
        model, tokenizer = load_encoder(arguments.model, data)
        data, _ = encode_data(arguments.data, data, model, tokenizer)
        trainer = build_trainer(arguments.training, model, tokenizer, data)
        scores, _ = score_split(trainer, data, name, split)
    return {
        key.removeprefix(f"{split}_"): value for key, value in scores.items() if not _is_clock(key)
    }


def load_data(arguments: DataArguments, labels: Sequence[str] | None = None) -> Data:
    """Return the sentences of the corpus, as many of each split as asked for.

    Args:
        arguments: Which corpus, and how much of it.
        labels: The label list of a trained model; None takes the corpus's.
    """
    folder = choose_data_dir(arguments.data_dir)
    if arguments.data_dir is None and folder == SAMPLE:
        logger.warning(
            "No --data_dir given and no folder data/msra here: using the embedded sample corpus, "
            "which shows that everything works and says nothing about real text."
        )
    raw = load_msra(
        folder,
        scheme=arguments.scheme,
        repair_tags=arguments.repair_tags,
        labels=labels,
        cache_dir=arguments.cache_dir,
    )
    limits = sample_limits(arguments)
    names = next(iter(raw.values())).features["ner_tags"].feature.names
    sentences = {}
    for split, rows in raw.items():
        kept = rows.select(range(min(len(rows), limits[split] or len(rows))))
        sentences[str(split)] = [
            Sentence(tokens, [names[tag] for tag in tags])
            for tokens, tags in zip(kept["tokens"], kept["ner_tags"], strict=True)
        ]
        logger.info(
            "%s: %d of %d sentences, %d characters, %d entities",
            split,
            len(kept),
            len(rows),
            sum(len(sentence.tokens) for sentence in sentences[str(split)]),
            sum(tag.startswith("B-") for row in sentences[str(split)] for tag in row.tags),
        )
    return Data(folder, sentences, tuple(names))


def sample_limits(arguments: DataArguments) -> dict[str, int | None]:
    """Return how many sentences of each split may be used at most."""
    return {
        "train": arguments.max_train_samples,
        "validation": arguments.max_eval_samples,
        "test": arguments.max_test_samples,
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


def encode_data(
    arguments: DataArguments, data: Data, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase
) -> tuple[Data, int]:
    """Return the data with their windows, long ones first for evaluation, and the window size."""
    limit = window_limit(position_limit(model.config), tokenizer.model_max_length)
    max_length = min(arguments.max_length or limit, limit)
    if arguments.max_length and arguments.max_length > limit:
        logger.warning(
            "--max_length %d is more than the encoder takes: windows hold %d word pieces.",
            arguments.max_length,
            limit,
        )
    aligned = load_msra(
        data.folder,
        tokenizer,
        max_length=max_length,
        overlap=arguments.window_overlap,
        label_all_pieces=arguments.label_all_pieces,
        scheme=arguments.scheme,
        repair_tags=arguments.repair_tags,
        labels=data.labels,
        cache_dir=arguments.cache_dir,
    )
    encoded = datasets.DatasetDict()
    for split, rows in aligned.items():
        numbers = np.asarray(rows.with_format("numpy")["sentence"])
        rows = rows.select(range(int(np.searchsorted(numbers, len(data.sentences[str(split)])))))
        if split != "train":
            # Rows of like length share a batch; each knows its sentence, so any order will do.
            lengths = np.asarray(rows.with_format("numpy")["length"])
            rows = rows.select(np.argsort(-lengths, kind="stable"))
        encoded[split] = rows
        logger.info("%s: %d windows of up to %d word pieces", split, len(rows), max_length)
    return Data(data.folder, data.sentences, data.labels, encoded), max_length


def build_trainer(
    args: NerTrainingArguments,
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    data: Data,
) -> NerTrainer:
    """Return the Trainer with its splits, metrics and callbacks."""
    encoded = data.encoded or {}
    for split, wanted in (("train", args.do_train), ("validation", args.eval_strategy != "no")):
        if wanted and not encoded.get(split):
            raise CorpusNotFoundError(
                f"{data.folder}: found no sentences in {SPLIT_FOLDERS[split]}/, expected some: "
                "training needs train and val. Run 'msra-ner prepare', or give --eval_strategy no "
                "--load_best_model_at_end false --save_strategy no to do without val."
            )
    trainer = NerTrainer(
        model=model,
        args=args,
        train_dataset=encoded.get("train") if args.do_train else None,
        eval_dataset=encoded.get("validation"),
        processing_class=tokenizer,
        data_collator=DataCollatorForTokenClassification(tokenizer),
        preprocess_logits_for_metrics=lambda logits, labels: logits.argmax(dim=-1),
        compute_metrics=_scorer(data, "validation") if encoded.get("validation") else None,
    )
    if not args.disable_tqdm:
        trainer.remove_callback(ProgressCallback)
        trainer.add_callback(NerProgress())
    trainer.add_callback(LogEntries())
    if args.early_stopping_patience is not None and args.do_train:
        trainer.add_callback(EarlyStoppingCallback(args.early_stopping_patience))
    return trainer


def score_split(
    trainer: NerTrainer, data: Data, split: str, prefix: str
) -> tuple[dict[str, Any], list[list[str]]]:
    """Return the prefixed scores of a split and one predicted tag a token; log the table."""
    if not data.encoded or split not in data.encoded:
        logger.warning("%s has no %s split: nothing to score.", data.folder, split)
        return {}, []
    trainer.compute_metrics = _scorer(data, split)
    output = trainer.predict(data.encoded[split], metric_key_prefix=prefix)
    scores = output.metrics or {}
    tags = _to_tags(data, split)(output.predictions)
    plain = {key.removeprefix(f"{prefix}_"): value for key, value in scores.items()}
    logger.info("\n%s", format_scores(plain, SPLIT_FOLDERS[split]))
    logger.info("%s", format_coverage(plain, data.sentences[split]))
    return scores, tags


def _scorer(data: Data, split: str) -> Callable[[EvalPrediction], dict[str, Any]]:
    """Return the compute_metrics hook of a split, which first checks that the rows are its rows."""
    to_tags = _to_tags(data, split)
    rows = data.encoded[split]["input_ids"] if data.encoded else []

    def checked_tags(prediction: EvalPrediction) -> list[list[str]]:
        inputs = np.asarray(prediction.inputs)
        same = len(inputs) == len(rows) and all(
            np.array_equal(seen[: len(row)], row) for seen, row in zip(inputs, rows, strict=True)
        )
        if not same:
            raise ScoreError(
                f"{split}: found {len(inputs)} predicted rows that are not the {len(rows)} of the "
                "split in their order. Evaluate in order and on the whole split."
            )
        return to_tags(prediction.predictions)

    names = entity_names(data.sentences["train"]) if "train" in data.sentences else None
    return make_compute_metrics(checked_tags, data.sentences[split], names)


def _to_tags(data: Data, split: str) -> Callable[[Any], list[list[str]]]:
    lengths = [len(sentence.tokens) for sentence in data.sentences[split]]

    def to_tags(predictions: Sequence[Any]) -> list[list[str]]:
        assert data.encoded is not None
        rows = project_rows(data.encoded[split], predictions, lengths)
        return [[data.labels[label] for label in row] for row in rows]

    return to_tags


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
                if (value := getattr(group, key, None))
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


def _is_clock(key: str) -> bool:
    return any(word in key for word in CLOCK_KEYS)
