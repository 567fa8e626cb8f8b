"""Files of tagged rows: a part as JSON lines or Parquet, and parts joined to one file."""

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from msra_ner.errors import CorpusError, MsraNerError
from msra_ner.inference.entities import TextEntity
from msra_ner.inference.jobs.formats import FORMATS, PARQUET, list_entities
from msra_ner.inference.jobs.input import (
    COUNT_BLOCK,
    ENTITIES,
    REMOVED,
    Part,
    TagRow,
    is_json,
    is_parquet,
    read_parquet_slices,
    read_part,
    read_rows,
    refuse_column,
)
from msra_ner.inference.jobs.places import open_durable, open_file, open_parquet

if TYPE_CHECKING:
    import pyarrow as pa

    from msra_ner.inference.tagger import Tagger


ROWS_FOR_SCHEMA = 1000  # JSON lines that decide the types of the columns of Parquet


def format_row(format: str, row: TagRow, entities: Sequence[TextEntity]) -> str:
    """Return a tagged row as one line; JSON lines keep the columns of the input.

    Raises:
        CorpusError: A column has values that JSON cannot hold.
    """
    if format != "jsonl":
        return FORMATS[format].row(row.text, entities)
    added = list_entities(entities)
    if REMOVED in added and REMOVED in row.values:
        refuse_column(row.location, REMOVED)
    values = {**row.values, **added}
    try:
        return json.dumps(values, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:  # ValueError: NaN, infinity
        raise CorpusError(
            f"{row.location}: found a value that JSON cannot hold ({error}), expected text, "
            "numbers and the like. Write Parquet: --output FILE.parquet"
        ) from error


@dataclass(frozen=True)
class PartWriter:
    """Writes the parts of a job and joins them.

    Attributes:
        format: A name of ``FORMATS``, or ``parquet``.
        column: Column with the text.
        files: All files of the job: they decide the columns of Parquet.
        rules: Whether a dictionary has rules for entities, which Parquet then has columns for.
    """

    format: str
    column: str
    files: Sequence[str]
    rules: bool = False

    def write(self, file: IO[bytes], part: Part, tagger: "Tagger") -> int:
        """Tag a part into a file and return its rows."""
        rows = list(read_part(part, self.column, text_only=self.format != "jsonl"))
        tagged = list(tagger.stream(row.text for row in rows))
        if self.format == PARQUET:
            import pyarrow.parquet as pq

            pq.write_table(self._make_table(rows, tagged, part), file)
        else:
            for row, entities in zip(rows, tagged, strict=True):
                file.write(f"{format_row(self.format, row, entities)}\n".encode())
        return len(rows)

    def join(self, parts: Sequence[Path], path: Path) -> None:
        """Write the rows of all parts into one file, which is then on the disk."""
        with open_durable(path) as file:
            if self.format == PARQUET:
                self._join_parquet(parts, file)
            else:
                self._join_lines(parts, file)

    def _join_lines(self, parts: Sequence[Path], file: Any) -> None:
        format = FORMATS[self.format]
        if format.separator == "\n" == format.tail and not format.head:
            for part in parts:
                with part.open("rb") as source:
                    shutil.copyfileobj(source, file, COUNT_BLOCK)
            return
        file.write(format.head.encode())
        before = ""
        for part in parts:
            with part.open(encoding="utf-8", newline="\n") as lines:
                for line in lines:
                    file.write(f"{before}{line.removesuffix(chr(10))}".encode())
                    before = format.separator
        file.write(format.tail.encode())

    def _join_parquet(self, parts: Sequence[Path], file: Any) -> None:
        import pyarrow.parquet as pq

        schema = self._schema
        for field in self._added:
            schema = schema.append(field)
        with pq.ParquetWriter(file, schema) as writer:
            for part in parts:
                writer.write_table(pq.read_table(part, schema=schema))

    def _make_table(
        self, rows: Sequence[TagRow], tagged: Sequence[Sequence[TextEntity]], part: Part
    ) -> "pa.Table":
        import pyarrow as pa

        try:
            if is_parquet(part.file):
                if self._read_schema(part.file) != self._schema:
                    raise ValueError("columns unlike those of the first file")
                # Unchanged: Python's times, for one, are coarser than Arrow's.
                table = pa.concat_tables(read_parquet_slices(part)).replace_schema_metadata()
            else:
                table = self._make_table_of_values([row.values for row in rows])
        except (ValueError, TypeError, OverflowError, NotImplementedError) as error:
            raise CorpusError(
                f"{part.file}: found, in its part {part.number}, {error}; expected the columns and "
                f"types of the first {ROWS_FOR_SCHEMA:,} rows. Write JSON lines, or make the "
                "columns alike."
            ) from error
        lists: list[Any] = [tagged, [getattr(found, "removed", []) for found in tagged]]
        for field, found in zip(self._added, lists, strict=False):
            if field.name in table.column_names:
                refuse_column(part.file, field.name)
            values = [[entity.as_dict() for entity in entities] for entities in found]
            table = table.append_column(field, pa.array(values, type=field.type))
        return table

    def _make_table_of_values(self, values: Sequence[dict[str, Any]]) -> "pa.Table":
        """Return rows as a table; a ValueError or its like says what does not fit."""
        import pyarrow as pa

        schema = self._schema
        if unknown := {key for row in values for key in row} - set(schema.names):
            raise ValueError(f"the columns {', '.join(sorted(unknown))}")
        for field in schema:
            if pa.types.is_struct(field.type) and not field.type.num_fields:
                raise ValueError(f"nothing but empty objects in the column {field.name}")
        table = pa.Table.from_pylist(values, schema=schema)
        # Arrow cuts 2.5 to 2 for a column of integers, and leaves out what a struct has not.
        if not all(map(_is_kept, table.to_pylist(), values)):
            raise ValueError("a value that the type of its column cannot hold")
        return table

    @cached_property
    def _added(self) -> "list[pa.Field]":
        return _make_fields(self.rules)

    def _read_schema(self, name: str) -> "pa.Schema":
        return open_parquet(name).schema_arrow.remove_metadata()

    @cached_property
    def _schema(self) -> "pa.Schema":
        """Return the columns of the input, which are the same for all parts."""
        import pyarrow as pa

        first = self.files[0]
        if is_parquet(first):
            return self._read_schema(first)
        if not is_json(first):
            return pa.schema({"text": pa.string()})
        lines = [name for name in self.files if is_json(name)]  # the first may be empty
        rows = [row.values for row in islice(read_rows(lines, self.column), ROWS_FOR_SCHEMA)]
        names = dict.fromkeys(name for row in rows for name in row)
        types = {name: pa.array([row.get(name) for row in rows]).type for name in names}
        return pa.schema(
            {name: pa.string() if pa.types.is_null(kind) else kind for name, kind in types.items()}
        )


def _is_kept(found: Any, given: Any) -> bool:
    """Return whether a value came back from Arrow as it was given; what was missing is None."""
    if isinstance(given, dict) and isinstance(found, dict):
        keys = found.keys() | given.keys()
        return all(key in found and _is_kept(found[key], given.get(key)) for key in keys)
    if isinstance(given, list) and isinstance(found, list):
        return len(found) == len(given) and all(map(_is_kept, found, given))
    return bool(found == given) or (found != found and given != given)  # NaN


def count_written_rows(name: str) -> int:
    """Return how many rows the file of a part holds; -1 where it cannot be read."""
    if not is_parquet(name):
        # Line ends, so that a row that was cut off does not count.
        with open_file(name) as file:
            return sum(block.count(b"\n") for block in iter(partial(file.read, COUNT_BLOCK), b""))
    try:
        return int(open_parquet(name).metadata.num_rows)
    except MsraNerError:
        return -1


def _make_fields(rules: bool) -> "list[pa.Field]":
    """Return the columns that are added: lists of entities, with a dictionary two."""
    import pyarrow as pa

    types: dict[Any, Any] = {str: pa.string(), int: pa.int64(), float: pa.float64()}
    names = [item for item in fields(TextEntity) if rules or item.name != "rule"]
    entities = pa.list_(pa.struct({item.name: types[item.type] for item in names}))
    return [pa.field(name, entities) for name in (ENTITIES, REMOVED)[: 1 + rules]]
