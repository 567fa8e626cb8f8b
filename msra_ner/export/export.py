"""Export a fine-tuned model as a folder for other programs, once it is checked."""

import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal

from msra_ner.argument_types import check_argument_types
from msra_ner.corpus import SAMPLE, Sentence, make_read_options, open_corpus
from msra_ner.decoding import ChainLabels
from msra_ner.errors import (
    ArgumentsError,
    CorpusError,
    CorpusNotFoundError,
    ModelError,
    OutputExistsError,
)
from msra_ner.export.golden import GOLDEN_FILE, write_golden
from msra_ner.export.graph import OPSET, write_model
from msra_ner.export.limits import MAX_F1_LOSS, PLAIN
from msra_ner.export.parity import (
    check_f1,
    check_same,
    choose_sentences,
    compare_runtimes,
    measure_f1,
)
from msra_ner.export.plain import write_plain_model
from msra_ner.extras import require_module
from msra_ner.inference import (
    ENGINES,
    HINT,
    MANIFEST_FILE,
    MODEL_FILES,
    TorchRuntime,
    open_exported,
)
from msra_ner.models import (
    CONFIG_KEY,
    TRANSITIONS,
    WEIGHT_FILES,
    load_labels,
    load_tokenizer,
    read_chain_scheme,
)
from msra_ner.report import find_own_corpus, read_corpus_options
from msra_ner.storage import file_hash, read_json_object, staged_folder, write_json

logger = logging.getLogger(__name__)


# Files of the source that go along: labels, window settings, and what the tokenizers are read from.
COMPANIONS = ("config.json", "*token*.json", "vocab*", "merges.txt", "*.model", "*.jinja")


@check_argument_types
def export_model(
    source: str | Path,
    to: Literal["onnx", "openvino", "transformers"],
    output_dir: str | Path | None = None,
    *,
    int8: bool = False,
    data_dir: str | None = None,
    max_f1_loss: float = MAX_F1_LOSS,
    overwrite: bool = False,
    **options: Any,
) -> Path:
    """Export a model that ``train`` saved, check the result, and return its folder.

    Args:
        source: Folder of the model.
        to: The format to write; ``transformers`` is the model without its chain.
        output_dir: Folder to fill; None puts it beside the source, with the format in its name.
        int8: Compute products with weights in int8 (``openvino`` alone).
        data_dir: The corpus on whose val the result is checked. None takes the sample corpus, whose
            labels do not count; for int8, whose F1 is checked, the one the run was trained on.
        max_f1_loss: Points (hundredths) of val F1 that int8 may lose.
        overwrite: Replace an export that is in the folder already.
        **options: How to read the corpus, the fields of :class:`msra_ner.corpus.ReadOptions`; those
            that are left out are as in training.

    Returns:
        The folder. ``Tagger.from_pretrained`` opens it; ``export.json`` in it says what was
        exported and how far it agrees with the model (not of ``transformers``, whose weights are
        the model's).

    Raises:
        ArgumentsError: There is no such format, or it has no int8.
        ModelError: There is no model, a library is missing, or the result is not good enough;
            nothing was written then.
        OutputExistsError: The folder holds something else, or an export that may not be replaced.
        CorpusNotFoundError: int8 without a corpus, or a corpus without val.
    """
    source = Path(source)
    named = source if source.name not in ("", "..") else source.resolve()  # "." has no name
    target = Path(output_dir or f"{named}-{to}{'-int8' if int8 else ''}")
    if int8 and to != "openvino":
        raise ArgumentsError(
            f"--int8: found --to {to}, expected --to openvino: others have one scale for a whole "
            "batch, so the entities of a text would depend on its neighbours."
        )
    _check_source(source)
    _check_target(source, target)
    companions = sorted({path.name for glob in COMPANIONS for path in source.glob(glob)})
    if to == PLAIN:
        _refuse_checks(data_dir, max_f1_loss, options)
        write_plain_model(source, target, companions, overwrite=overwrite)
        return target
    labels = load_labels(str(source))
    # Each is named as its package is.
    modules = ("onnx", "onnxscript", ENGINES[to], *(("nncf",) if int8 else ()))
    for module in modules:
        require_module(module, to)
    names = [MANIFEST_FILE, GOLDEN_FILE, *MODEL_FILES[to], *companions]
    obsolete = {name for files in MODEL_FILES.values() for name in files} - {*names}
    if int8 and data_dir is None:
        data_dir = find_own_corpus(source)
    with staged_folder(target, names, overwrite=overwrite, obsolete=sorted(obsolete)) as staged:
        sentences = _read_sentences(source, labels, data_dir, options, scored=int8)
        for name in companions:
            shutil.copyfile(source / name, staged / name)
        reference = TorchRuntime.from_pretrained(source, "cpu", "fp32")
        if TRANSITIONS in reference.settings:
            config = read_json_object(
                staged / "config.json", error=ModelError, remedy="Train again."
            )
            write_json(staged / "config.json", config | {CONFIG_KEY: dict(reference.settings)})
        logger.info("Exporting %s to %s (%s)", source, to, "int8" if int8 else "fp32")
        manifest = {
            "format": to,
            "precision": "int8" if int8 else "fp32",
            **write_model(source, staged, to, int8),
            "opset": OPSET,
            "labels": labels,
            **_name_chain_labels(reference.settings, labels),
            "max_length": reference.settings.get("max_length", reference.limit),
            "source": {
                "name": source.resolve().name,
                "model_type": reference.model.config.model_type,
                "settings": {
                    key: value for key, value in reference.settings.items() if key != TRANSITIONS
                },
                "sha256": {path.name: file_hash(path) for path in _find_weights(source)},
            },
            "versions": {
                name: version(name) for name in ("msra-ner", "torch", "transformers", *modules)
            },
        }
        # The runtime opens the folder as a user's will.
        write_json(staged / MANIFEST_FILE, manifest)
        logger.info("Comparing it with the model on %d sentences", len(sentences))
        checks = _check(staged, reference, sentences, int8, max_f1_loss, manifest)
        write_json(staged / MANIFEST_FILE, manifest | checks)
        write_golden(staged)
    logger.info("The exported model is in %s", target)
    return target


def _name_chain_labels(settings: Mapping[str, Any], labels: Sequence[str]) -> dict[str, Any]:
    """Return what the logits of a chain are of, for programs that read them by themselves."""
    scheme = read_chain_scheme(settings)
    return {"chain_labels": ChainLabels.of(labels, scheme).names} if scheme else {}


def _check_source(source: Path) -> None:
    if not source.is_dir():
        raise ModelError(
            f"{source}: found no such folder, expected one that msra-ner train wrote. A model of "
            "the Hub has to be downloaded first: hf download NAME --local-dir DIR."
        )
    if (source / MANIFEST_FILE).exists():
        raise ModelError(
            f"{source}: found an exported model, expected the folder it was exported from."
        )


def _refuse_checks(data_dir: str | None, max_f1_loss: float, options: Mapping[str, Any]) -> None:
    """Refuse what says how to check an export, where there is nothing to check."""
    given = {"data_dir"} if data_dir is not None else set()
    given |= {"max_f1_loss"} if max_f1_loss != MAX_F1_LOSS else set()
    if names := sorted(given | options.keys()):
        raise ArgumentsError(
            f"--{names[0]}: found it with --to {PLAIN}, whose weights are the model's own: nothing "
            "is checked on a corpus. Leave it out."
        )


def _check_target(source: Path, target: Path) -> None:
    """Refuse to mix an export with a model: a tagger could not tell which of them is meant."""
    weights = [path.name for path in _find_weights(target)]
    if weights or target.resolve() == source.resolve():
        raise OutputExistsError(
            f"{target}: found a model ({', '.join(weights)}), expected a folder of the export's "
            "own. Nothing was changed: choose another --output_dir."
        )


def _read_sentences(
    source: Path,
    labels: Sequence[str],
    data_dir: str | None,
    options: Mapping[str, Any],
    *,
    scored: bool,
) -> list[Sentence]:
    """Return the sentences to check on: val of the corpus, or of the sample corpus."""
    if data_dir is None and scored:
        raise CorpusNotFoundError(
            "--int8: found no --data_dir, expected a corpus: on its val the F1 of the result is "
            "compared with the model's, and the model has no record of its own. Give it."
        )
    own = read_corpus_options(source, data_dir) if data_dir else {}
    reading = own | dict(options)
    corpus = open_corpus(data_dir or SAMPLE, make_read_options("export_model", reading))
    if "validation" not in corpus.splits:
        raise CorpusNotFoundError(
            f"{corpus.folder}: found no val, expected one to check the export on. Give --val_size "
            "to take it from train, or another --data_dir."
        )
    # The tags of the sample are not looked at, and its types need not be the model's.
    return list(corpus.splits["validation"].sentences(labels if data_dir else None))


def _check(
    folder: Path,
    reference: TorchRuntime,
    sentences: Sequence[Sentence],
    int8: bool,
    max_f1_loss: float,
    manifest: dict[str, Any],
) -> dict[str, Any]:
    """Compare the export with the model and return the figures, if they are good enough.

    Where int8 loses too much with the rest in bf16, as on some CPUs with AMX, the manifest is
    changed to have that in fp32.
    """
    exported = open_exported(folder)
    assert exported is not None  # its manifest was just written
    tokenizer = load_tokenizer(str(folder))
    limit = int(reference.settings.get("max_length") or reference.limit or 512)
    parity = compare_runtimes(reference, exported, tokenizer, choose_sentences(sentences, limit))
    logger.info(
        "%.4f%% of %s word pieces have the model's label; probabilities are up to %.2g apart",
        100 * parity.agreement,
        f"{parity.pieces:,}",
        parity.max_difference,
    )
    if not int8:
        check_same(parity)
        return {"parity": asdict(parity)}
    entities = sum(tag.startswith("B-") for sentence in sentences for tag in sentence.tags)
    if not entities:
        raise CorpusError(
            f"found no entity in the {len(sentences)} sentences of val, expected some: without "
            "them nobody knows what int8 costs. Give --data_dir with a val that has entities."
        )
    before = measure_f1(reference, tokenizer, sentences, "PyTorch in fp32")
    after = measure_f1(exported, tokenizer, sentences, "the export")
    if 100 * (before - after) > max_f1_loss and manifest["settings"].get(HINT) == "bf16":
        logger.info("val F1 %.2f with what is not int8 in bf16: fp32 is tried", 100 * after)
        manifest["settings"][HINT] = "f32"
        write_json(folder / MANIFEST_FILE, manifest)
        exported = open_exported(folder)
        assert exported is not None
        sample = choose_sentences(sentences, limit)
        parity = compare_runtimes(reference, exported, tokenizer, sample)
        after = measure_f1(exported, tokenizer, sentences, "the export")
    logger.info(
        "val F1 %.2f in fp32, %.2f in int8, over %d entities", 100 * before, 100 * after, entities
    )
    check_f1(before, after, max_f1_loss)
    scores = {"sentences": len(sentences), "entities": entities, "fp32": before, "int8": after}
    return {"parity": asdict(parity), "val_f1": scores}


def _find_weights(folder: Path) -> list[Path]:
    return sorted(path for pattern in WEIGHT_FILES for path in folder.glob(pattern))
