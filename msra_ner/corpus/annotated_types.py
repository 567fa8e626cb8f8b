"""Corpora in which only some types were looked for: outside of entities, the others stay open."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from msra_ner.corpus.lines import refuse
from msra_ner.errors import ArgumentsError
from msra_ner.labels import OUTSIDE, list_annotated, write_open_tag


def parse_annotated_types(given: str | None) -> tuple[str, ...]:
    """Return the types of ``--annotated_types``; none where all types were looked for.

    Raises:
        ArgumentsError: It is not a list of types.

    >>> parse_annotated_types("PER,LOC")
    ('PER', 'LOC')
    """
    if given is None:
        return ()
    try:
        return list_annotated(f"?-{given}")
    except ValueError as error:
        raise ArgumentsError(
            f"--annotated_types: found {given!r}, expected types with commas between them, without "
            "spaces: PER,LOC."
        ) from error


def check_annotated_types(path: Path, found: Collection[str], annotated: Sequence[str]) -> None:
    """Refuse a file with entities of types that are said not to have been looked for.

    Raises:
        CorpusError: It has some.
    """
    if annotated and (others := sorted(set(found) - set(annotated))):
        refuse(
            path,
            f"entities of {', '.join(others)}",
            f"only {', '.join(annotated)} (--annotated_types)",
            "name these types too, or leave the flag out",
        )


def leave_others_open(tags: Iterable[str], annotated: Sequence[str]) -> list[str]:
    """Return tags in which ``O`` says no more than that it is none of the types looked for.

    >>> leave_others_open(["B-PER", "O"], ["PER", "LOC"])
    ['B-PER', '?-PER,LOC']
    """
    instead = write_open_tag(annotated) if annotated else OUTSIDE
    return [instead if tag == OUTSIDE else tag for tag in tags]
