"""Turn the two raw two-column files into train, val and test folders."""

from dataclasses import asdict
from pathlib import Path

from msra_ner.argument_types import check_argument_types
from msra_ner.corpus.formats.catalogue import FORMATS
from msra_ner.corpus.formats.pair import TAGS_FILE, write_pair
from msra_ner.corpus.options import ReadOptions, Scheme
from msra_ner.corpus.sentence import collect_labels
from msra_ner.corpus.split import open_split
from msra_ner.corpus.split_names import (
    DEFAULT_SEED,
    DEFAULT_VAL_SIZE,
    RAW_TEST_FILE,
    RAW_TRAIN_FILE,
    split_train_val,
)
from msra_ner.corpus.summary import CorpusSummary, summarize_splits
from msra_ner.errors import CorpusNotFoundError
from msra_ner.storage import staged_folder, write_json, write_text


@check_argument_types
def prepare_corpus(
    raw_dir: str | Path,
    output_dir: str | Path,
    *,
    val_size: int = DEFAULT_VAL_SIZE,
    seed: int = DEFAULT_SEED,
    scheme: Scheme = "auto",
    repair_tags: bool = False,
    overwrite: bool = False,
    json_path: str | Path | None = None,
) -> CorpusSummary:
    """Write ``train/ val/ test/`` and ``tags.txt`` from the raw files; return their counts.

    Test keeps its order. The output changes only after everything has been written.

    Args:
        raw_dir: Holds ``msra_train_bio`` and ``msra_test_bio``.
        output_dir: Folder to fill.
        val_size: Sentences taken from train for val.
        seed: Seed of the shuffle.
        scheme: Tagging scheme of the raw files, as in ``ReadOptions``.
        repair_tags: Turn stray ``I-`` tags into ``B-`` instead of refusing them.
        overwrite: Replace the corpus in ``output_dir``.
        json_path: Where to write the counts as JSON too.

    Raises:
        CorpusNotFoundError: A raw file is missing.
        CorpusError: A raw file breaks the format, or ``val_size`` does not fit.
        OutputExistsError: The output exists and ``overwrite`` is false.
    """
    options = ReadOptions(scheme=scheme, repair_tags=repair_tags)
    paths = [_find_raw_file(Path(raw_dir), name) for name in (RAW_TRAIN_FILE, RAW_TEST_FILE)]
    train_and_val, test = (
        list(open_split(path, FORMATS["columns"], options).sentences()) for path in paths
    )
    train, val = split_train_val(train_and_val, val_size, seed)
    named = {"train": train, "val": val, "test": test}
    splits = {name: sentences for name, sentences in named.items() if sentences}
    names = [*splits, TAGS_FILE]
    # A val of an earlier run would not belong to this train.
    obsolete = named.keys() - splits.keys()
    with staged_folder(Path(output_dir), names, overwrite=overwrite, obsolete=obsolete) as staged:
        for name, sentences in splits.items():
            (staged / name).mkdir()
            write_pair(staged / name, sentences)
        labels = collect_labels([*train_and_val, *test])
        write_text(staged / TAGS_FILE, "".join(f"{label}\n" for label in labels))
    summaries = summarize_splits(splits)
    if json_path is not None:
        write_json(Path(json_path), {name: asdict(summary) for name, summary in summaries.items()})
    return summaries


def _find_raw_file(folder: Path, name: str) -> Path:
    """Return the path of a raw file, which some sources keep with the ending .txt."""
    for path in (folder / name, folder / f"{name}.txt"):
        if path.exists():
            return path
    raise CorpusNotFoundError(
        f"{folder / name}: no such file. The raw corpus is {RAW_TRAIN_FILE} and {RAW_TEST_FILE}: a "
        "character, a tab and its tag on each line, a blank line after each sentence."
    )
