"""A corpus as a dataset for the Hugging Face Hub: Parquet shards with a card, and the push.

What :func:`export_dataset` writes loads with ``datasets.load_dataset``, without this package.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import datasets
import pyarrow.compute as pc
import pyarrow.parquet as pq

from msra_ner.argument_types import check_argument_types
from msra_ner.errors import CorpusError, CorpusNotFoundError, OutputExistsError
from msra_ner.hub.client import open_repository
from msra_ner.hub.dataset_card import (
    CARD_FILE,
    DATA_FOLDER,
    CardFacts,
    WrittenSplit,
    format_body,
    format_front_matter,
)
from msra_ner.labels import LabelIds
from msra_ner.progress import show_bar
from msra_ner.storage import staged_folder, write_text

SHARD = re.compile(r"[\w.]+-\d{5,}-of-\d{5,}\.parquet")
COLUMNS = ("id", "tokens", "ner_tags")
MAX_SHARD_ROWS = 100_000
ROWS_PER_GROUP = 5_000  # read, counted and written at a time, and a row group of the Parquet file


@check_argument_types
def export_dataset(
    corpus: datasets.DatasetDict,
    folder: Path,
    *,
    name: str,
    card: CardFacts,
    overwrite: bool = False,
    max_shard_rows: int = MAX_SHARD_ROWS,
) -> list[Path]:
    """Write a corpus as a dataset folder for the Hub and return its files, the card last.

    Args:
        corpus: What ``load_msra`` returns without a tokenizer.
        folder: Gets ``data/`` and ``README.md``, both or neither.
        name: Name under which the dataset will be loaded, for the card.
        card: What the card says beside the counts.
        overwrite: Replace an earlier export in ``folder``.
        max_shard_rows: Sentences a Parquet file holds at most, 1 or more.

    Raises:
        CorpusError: The columns are not those of sentences, or a split is empty.
        OutputExistsError: ``data`` or ``README.md`` is there, or is not of an export.
    """
    if max_shard_rows < 1:
        raise ValueError(f"max_shard_rows: found {max_shard_rows}, expected 1 or more")
    corpus = corpus.with_format(None)
    features = _check_corpus(corpus)
    if overwrite:
        _check_overwrite(folder)
    with (
        staged_folder(folder, [DATA_FOLDER, CARD_FILE], overwrite=overwrite) as staged,
        show_bar(
            total=sum(corpus.num_rows.values()), desc="writing", unit="rows", leave=False
        ) as bar,
    ):
        data = staged / DATA_FOLDER
        data.mkdir()
        splits = {
            split: _write_split(rows.with_format("arrow"), data, split, max_shard_rows, bar)
            for split, rows in corpus.items()
        }
        files = [*sorted(data.iterdir()), staged / CARD_FILE]
        download_size = sum(path.stat().st_size for path in files[:-1])
        head = format_front_matter(card, features, splits, download_size)
        body = format_body(card, name, corpus, splits)
        write_text(staged / CARD_FILE, f"---\n{head}\n---\n\n{body}")
    return [folder / path.relative_to(staged) for path in files]


@check_argument_types
def push_dataset(
    folder: Path,
    repo_id: str,
    *,
    repeat: str,
    private: bool = True,
    token: str | None = None,
    revision: str | None = None,
    endpoint: str | None = None,
) -> str:
    """Push an exported folder to the Hub in one commit and return the address of the dataset.

    Sent are the card and the shards that :func:`export_dataset` wrote into ``folder``, nothing
    else. Shards that an earlier push left there go with the same commit. ``repeat`` is the command
    that does this again, for messages; the other arguments are those of
    :func:`~msra_ner.hub.push_model`.

    Raises:
        CorpusNotFoundError: The folder is not an export.
        HubError: The push failed; the message says why, and what to do.
    """
    files = _list_exported(folder)
    ending = f"The dataset stays in {folder}. To try again: {repeat}"
    repository = open_repository(
        repo_id,
        "dataset",
        ending=ending,
        private=private,
        public_flag="push with --public",
        token=token,
        endpoint=endpoint,
    )
    repository.send(
        files,
        "Upload dataset with msra-ner",
        obsolete=re.compile(f"{DATA_FOLDER}/{SHARD.pattern}"),
        ending=ending,
        revision=revision,
    )
    return f"{repository.url}/tree/{revision}" if revision else repository.url


def _check_corpus(corpus: datasets.DatasetDict) -> datasets.Features:
    """Return the columns, the same in all splits, or refuse the corpus."""
    features = None
    for split, rows in corpus.items():
        features = features or rows.features
        labels = getattr(rows.features.get("ner_tags"), "feature", None)
        named = tuple(rows.features) == COLUMNS and isinstance(labels, datasets.ClassLabel)
        if not named or rows.features != features:
            raise CorpusError(
                f"split {split}: found the columns {dict(rows.features)}, expected "
                f"{', '.join(COLUMNS)} with the same labels in all splits. Give what load_msra "
                "returns without a tokenizer."
            )
        if not len(rows):
            # `datasets` cannot read a Parquet file without rows.
            raise CorpusError(f"split {split}: found no sentence, expected one; leave it out")
    if features is None:
        raise CorpusError("found no split, expected one or more; give a corpus with sentences")
    return features


def _check_overwrite(folder: Path) -> None:
    """Refuse to replace files that are not of an export, such as a project's README."""
    foreign = [path for path in (folder / DATA_FOLDER).glob("*") if not SHARD.fullmatch(path.name)]
    card = folder / CARD_FILE
    if card.is_file() and not card.read_bytes().startswith(b"---"):
        foreign.append(card)
    if foreign:
        raise OutputExistsError(
            f"{foreign[0]}: found a file that no export writes, where it would be replaced. "
            "Nothing was changed: choose another folder, or move it away."
        )


def _write_split(
    rows: datasets.Dataset, folder: Path, split: str, max_rows: int, bar: Any
) -> WrittenSplit:
    """Write the shards of a split, some rows at a time, and return what was written."""
    # Without the metadata of `datasets`: those of version 5 cannot be read by version 3.
    schema = rows.features.arrow_schema.remove_metadata()
    ids = LabelIds(rows.features["ner_tags"].feature.names)
    shards = -(-len(rows) // max_rows)
    size, tags = 0, Counter[str]()
    for shard in range(shards):
        path = folder / f"{split}-{shard:05d}-of-{shards:05d}.parquet"
        end = min((shard + 1) * max_rows, len(rows))
        with pq.ParquetWriter(path, schema) as writer:
            for first in range(shard * max_rows, end, ROWS_PER_GROUP):
                table = rows[first : min(first + ROWS_PER_GROUP, end)].cast(schema)
                writer.write_table(table)
                size += table.nbytes
                for count in pc.value_counts(pc.list_flatten(table["ner_tags"])).to_pylist():
                    code = count["values"]
                    tags["" if code is None else ids.name(code)] += count["counts"]
                bar.update(len(table))
    return WrittenSplit(len(rows), size, tags)


def _list_exported(folder: Path) -> dict[str, Path | bytes]:
    """Return the files of an export by their names in it."""
    shards = sorted(path for path in (folder / DATA_FOLDER).glob("*") if SHARD.fullmatch(path.name))
    if not shards or not (folder / CARD_FILE).is_file():
        raise CorpusNotFoundError(
            f"{folder}: found no {CARD_FILE} with Parquet files in {DATA_FOLDER}/, expected a "
            "folder that 'msra-ner dataset export' wrote. Nothing was sent."
        )
    return {path.relative_to(folder).as_posix(): path for path in (folder / CARD_FILE, *shards)}
