"""Rows with ``tokens`` and ``ner_tags`` that `datasets` can load: of the Hub, or Parquet files."""

import inspect
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from msra_ner.corpus.column_names import parse_column_names
from msra_ner.corpus.formats.json_tokens import (
    TAG_KEYS,
    TOKEN_KEYS,
    check_tokens,
    name_tag,
    split_tag_names,
)
from msra_ner.corpus.lines import cut_text, refuse
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.sentence import Sentence
from msra_ner.corpus.split_names import recognise_split
from msra_ner.errors import CorpusError, CorpusNotFoundError
from msra_ner.labels import OUTSIDE, label_list, parse_tag
from msra_ner.storage import content_hash
from msra_ner.wording import advise_on_network

if TYPE_CHECKING:
    import datasets

logger = logging.getLogger(__name__)


READ_ROWS = 1000


@dataclass(frozen=True)
class HubSplit:
    """One split of a dataset.

    Attributes:
        rows: Its rows.
        token_column: Name of the column of tokens.
        tag_column: Name of the column of tags.
        names: The tags behind the numbers of the column; None where it does not name them.
        name: What to call it in messages.
    """

    rows: "datasets.Dataset"
    token_column: str
    tag_column: str
    names: list[str] | None
    name: str

    def hash_rows(self) -> str:
        """Return a hash of all that the sentences depend on: tokens, tags and their names."""
        parts = [str(self.names).encode()]
        columns = self.rows.select_columns([self.token_column, self.tag_column]).with_format(
            "arrow"
        )
        for table in columns.iter(READ_ROWS):
            stream = pa.BufferOutputStream()
            with pa.ipc.new_stream(stream, table.schema) as writer:
                writer.write_table(table.combine_chunks())
            parts.append(content_hash([stream.getvalue().to_pybytes()]).encode())
        return content_hash(parts)

    def read(self, path: Path, options: ReadOptions) -> Iterator[Sentence]:
        """Yield the rows as sentences, tags as written."""
        names = self.names or split_tag_names(options)
        for first in range(0, len(self.rows), READ_ROWS):
            chunk = self.rows[first : first + READ_ROWS]
            pairs = zip(chunk[self.token_column], chunk[self.tag_column], strict=True)
            for number, (tokens, tags) in enumerate(pairs, first):
                location = f"{self.name}:{number}"
                check_tokens(location, tokens)
                if not isinstance(tags, list) or len(tokens) != len(tags):
                    count = len(tags) if isinstance(tags, list) else "no"
                    found = f"{count} tags for {len(tokens)} tokens"
                    refuse(location, found, "a list with one tag a token", "correct the row")
                yield Sentence(tokens, [name_tag(location, tag, names) for tag in tags], location)


def load_hub_dataset(
    name: str, options: ReadOptions
) -> tuple[dict[str, HubSplit], tuple[str, ...] | None]:
    """Return the splits of a dataset under datasets' names, and its label list if it has one.

    It is found by its name on the Hub, with a configuration behind a colon where it has several
    (``NAME:CONFIG``), or by the folder that `datasets` can load.

    Raises:
        CorpusNotFoundError: It cannot be loaded.
        CorpusError: It has no columns of tokens and tags.
    """
    import datasets

    # A path may have a colon in it, and no configuration.
    path, _, config = (name, "", "") if Path(name).exists() else name.partition(":")
    # Before version 4 it ran, or asked about, code that lies beside a dataset.
    asks = "trust_remote_code" in inspect.signature(datasets.load_dataset).parameters
    settings: dict[str, Any] = {"trust_remote_code": False} if asks else {}
    try:
        loaded: Any = datasets.load_dataset(path, config or None, **settings)
    except Exception as error:  # Whatever went wrong there: no network, no such name, bad files.
        reason = cut_text(" ".join(str(error).split()) or type(error).__name__, 400)
        if "Config name is missing" in reason:
            raise CorpusError(
                f"{name}: found several configurations ({reason}), expected the name of one. "
                f"Give it behind a colon: {name}:CONFIG."
            ) from error
        raise CorpusNotFoundError(
            f"{name}: cannot be loaded as a dataset ({reason}). Check the name and, for a private "
            f"dataset, that you are logged in; {advise_on_network()}."
        ) from error
    splits: dict[str, HubSplit] = {}
    labels = None
    for key, rows in loaded.items():
        split = recognise_split(key)
        if split is None:
            logger.info("%s: not part of the corpus by its name: the split %s", name, key)
            continue
        if split in splits:
            raise CorpusError(
                f"{name}: found the splits {', '.join(loaded)}, two of them for {split!r}, "
                "expected one. Rename its splits, or choose another dataset."
            )
        tokens, tags = (
            _choose_column(name, rows.column_names, options, role, keys)
            for role, keys in (("tokens", TOKEN_KEYS), ("tags", TAG_KEYS))
        )
        feature = getattr(rows.features[tags], "feature", None)
        names = list(feature.names) if isinstance(feature, datasets.ClassLabel) else None
        splits[split] = HubSplit(rows, tokens, tags, names, f"{name}[{key}]")
        labels = labels or _find_labels(names)
    if not splits:
        raise CorpusError(
            f"{name}: found the splits {', '.join(loaded)}, expected train, validation or test. "
            "Rename its splits, or choose another dataset."
        )
    return splits, labels


def _choose_column(
    name: str, columns: Sequence[str], options: ReadOptions, role: str, keys: Sequence[str]
) -> str:
    """Return the column of tokens or of tags: the one that is named, or has a usual name."""
    named = parse_column_names(options.column).get(role)
    wanted = [named] if named else keys
    found = next((key for key in wanted if key in columns), None)
    if found is None:
        raise CorpusError(
            f"{name}: found the columns {', '.join(columns)}, expected {role} under "
            f"{' or '.join(wanted)}. Name the one that it is: --column {role}=COLUMN"
        )
    return found


def _find_labels(names: list[str] | None) -> tuple[str, ...] | None:
    """Return the label list in the order of a ClassLabel, or None where its names are not tags."""
    try:
        types = [parse_tag(name, any_scheme=True).type for name in names or () if name != OUTSIDE]
    except ValueError:
        return None
    types = list(filter(None, types))  # an open tag among the names has none
    return label_list(types) if types else None
