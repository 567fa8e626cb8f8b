"""A file of drafts to a corpus of texts with exact spans."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from msra_ner.annotation.draft import read_drafts
from msra_ner.annotation.placing import Occurrences, PlacedDraft, UnplacedEntity, place_draft
from msra_ner.argument_types import check_argument_types
from msra_ner.corpus import dump_json
from msra_ner.errors import ArgumentsError
from msra_ner.storage import check_absent, write_text
from msra_ner.tables import format_table
from msra_ner.wording import translate

PLACED = {"exact": "placed, exact", "folded": "placed, folded", "fuzzy": "placed, fuzzy"}


@dataclass(repr=False)
class AlignmentReport:
    """What became of the entities of a file of drafts; printed as a table.

    Attributes:
        texts: How many texts there were.
        mentions: How many entities their drafts have.
        placed: How many entities there are now, by how they were found.
        unplaced: What was not placed, each with its location.
    """

    texts: int = 0
    mentions: int = 0
    placed: Counter[str] = field(default_factory=Counter)
    unplaced: list[tuple[str, UnplacedEntity]] = field(default_factory=list)

    def __repr__(self) -> str:
        """Return the counts, and the entities that have no place with the reason."""
        rows = [
            [translate("texts"), f"{self.texts:,}"],
            [translate("entities in drafts"), f"{self.mentions:,}"],
            *([translate(PLACED[how]), f"{count:,}"] for how, count in sorted(self.placed.items())),
            [translate("not placed"), f"{len(self.unplaced):,}"],
        ]
        lines = [
            f"{location}: {item.mention.type or '?'} {item.mention.surface!r}: "
            f"{translate(item.reason)}"
            for location, item in self.unplaced
        ]
        return "\n".join([format_table(rows), *lines])


@check_argument_types
def align_drafts(
    draft: str | Path,
    to: str | Path,
    *,
    occurrences: Occurrences = "every",
    fuzzy: int = 0,
    types: Sequence[str] | None = None,
    overwrite: bool = False,
) -> AlignmentReport:
    """Write texts whose drafts have entities without offsets, or with wrong ones, as exact spans.

    :func:`msra_ner.annotation.place_draft` has the rules. The file that is written has an object a
    line with ``text`` and ``entities`` (start, end, label, text, how), which every command reads;
    what was not placed is under ``unplaced`` of its text, and in the report.

    Args:
        draft: A file of JSON, as :func:`msra_ner.annotation.read_drafts` reads it.
        to: The file to write.
        occurrences: ``every`` place of an entity, or as many as the draft has ``listed``.
        fuzzy: How many characters of an entity may be wrong.
        types: The types that there are; None takes any.
        overwrite: Replace the file that is there.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: An object has no text or no entities.
        ArgumentsError: ``fuzzy`` is below 0, or the file to write is the draft.
        OutputExistsError: The file to write is there and ``overwrite`` is false.
    """
    source, target = Path(draft), Path(to)
    if fuzzy < 0:
        raise ArgumentsError(f"--fuzzy: found {fuzzy}, expected 0 or more.")
    if target.exists() and source.exists() and target.samefile(source):
        raise ArgumentsError(f"--to: found the draft {source} itself, expected another file.")
    check_absent(target, overwrite)
    report = AlignmentReport()
    lines = []
    for item in read_drafts(source):
        placed = place_draft(item, occurrences, fuzzy, types)
        report.texts += 1
        report.mentions += len(item.mentions)
        report.placed.update(entity.how for entity in placed.placed)
        report.unplaced += [(item.location, entity) for entity in placed.unplaced]
        lines.append(dump_json(_build_row(placed)))
    write_text(target, "".join(lines))
    return report


def _build_row(draft: PlacedDraft) -> dict[str, Any]:
    """Return a text as an object of the format json-spans, with what was not placed."""
    entities = []
    for entity in draft.placed:
        start, end, kind = entity.span.start, entity.span.end, entity.span.type
        text = draft.text[start:end]
        row = {"start": start, "end": end, "label": kind, "text": text, "how": entity.how}
        entities.append(row if entity.surface == text else row | {"draft": entity.surface})
    unplaced = [
        {"text": item.mention.surface, "label": item.mention.type, "reason": item.reason}
        for item in draft.unplaced
    ]
    return {"text": draft.text, "entities": entities} | ({"unplaced": unplaced} if unplaced else {})
