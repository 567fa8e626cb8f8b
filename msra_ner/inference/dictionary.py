"""Terms that a user decides about: what must be an entity, may be of some types, or never is."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NoReturn, get_args

from msra_ner.corpus import read_lines, refuse, shorten
from msra_ner.errors import ArgumentsError
from msra_ner.labels import Entity, entity_types
from msra_ner.wording import find_nearest

Rule = Literal["must", "may", "never"]
RULES: tuple[Rule, ...] = get_args(Rule)
# The type of what never is an entity of any type.
ANY = "*"
# Marks the end of a term in a trie of tokens; no token is empty.
_END = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A line of a dictionary.

    Attributes:
        text: The text of the entity: ``张江高科``.
        type: The entity type: ``ORG``.
        rule: ``must``: every occurrence is an entity of the type, unless it is part of a longer
            one. ``may``: where the model finds an entity of this text, it is of this type (of
            several that it may be, the model's, else the first). ``never``: the text is no entity
            of this type; of none at all where the type is ``*``.
        location: File and line, for messages.
    """

    text: str
    type: str
    rule: Rule = "must"
    location: str = ""


@dataclass(frozen=True, slots=True)
class RuledEntity:
    """An entity, and the rule that made it one or took it away; empty where it is the model's."""

    entity: Entity
    rule: Rule | Literal[""] = ""


def read_dictionary(path: str | Path) -> list[Term]:
    r"""Return the terms of a file: text, tab, type and, if it is not ``must``, tab, rule.

    >>> import pathlib, tempfile
    >>> file = pathlib.Path(tempfile.mkdtemp(), "terms.tsv")
    >>> _ = file.write_text("张江高科\tORG\n长江\tPER\tnever\n", encoding="utf-8")
    >>> [(term.text, term.type, term.rule) for term in read_dictionary(file)]
    [('张江高科', 'ORG', 'must'), ('长江', 'PER', 'never')]

    Raises:
        CorpusNotFoundError: There is no such file.
        CorpusError: A line is no term, or says something else than one before it.
    """
    path = Path(path)
    terms: dict[tuple[str, str], Term] = {}
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        location = f"{path}:{number}"
        fields = [field.strip() for field in line.split("\t")]
        rule = next((name for name in RULES if name == (fields[2:] or ["must"])[0]), None)
        if not 2 <= len(fields) <= 3 or not all(fields[:2]) or rule is None:
            refuse(
                location,
                shorten(line),
                f"a text, a tab, a type and, after another tab, one of {', '.join(RULES)}",
                "correct the line; without a rule it is must",
            )
        term = Term(fields[0], fields[1], rule, location)
        before = terms.setdefault((term.text, term.type), term)
        if before.rule != rule:
            refuse(
                location,
                f"{rule} for {shorten(term.text)}",
                f"{before.rule} as in {before.location}",
                "leave one of them out",
            )
    return list(terms.values())


class Dictionary:
    """Terms as a tagger applies them: to tokens, and to the entities that the model finds.

    Args:
        terms: The terms.
        split: Returns the tokens of a text, as the tagger splits it.
        labels: The label list of the model.

    Raises:
        ArgumentsError: A term has a type or a rule that there is not, or no token; or terms
            contradict each other.
    """

    def __init__(
        self, terms: Iterable[Term], split: Callable[[str], Sequence[str]], labels: Collection[str]
    ) -> None:
        self._trie: dict[str, Any] = {}
        self._may: defaultdict[tuple[str, ...], list[str]] = defaultdict(list)
        self._never: set[tuple[tuple[str, ...], str]] = set()
        types = entity_types(list(labels))
        known: dict[tuple[str, ...], Term] = {}
        for term in terms:
            tokens = tuple(split(term.text))
            _check_term(term, tokens, types, labels)
            # A text has one type that it must be, or some that it may be, or none at all.
            if term.rule != "never" or term.type == ANY:
                _check_agreement(term, known.setdefault(tokens, term))
            if term.rule == "never":
                self._never.add((tokens, term.type))
            elif term.rule == "may":
                self._may[tokens].append(term.type)
            else:
                node = self._trie
                for token in tokens:
                    node = node.setdefault(token, {})
                node[_END] = term.type

    def apply(
        self, tokens: Sequence[str], entities: Iterable[Entity]
    ) -> tuple[list[RuledEntity], list[RuledEntity]]:
        """Return the entities of a sentence by the rules, and those that they take away."""
        kept, removed = [], []
        for entity in entities:
            text = tuple(tokens[entity.start : entity.end])
            may = self._may.get(text, ())
            if self._never.intersection([(text, entity.type), (text, ANY)]):
                removed.append(RuledEntity(entity, "never"))
            elif may and entity.type not in may:
                kept.append(RuledEntity(Entity(entity.start, entity.end, may[0]), "may"))
                removed.append(RuledEntity(entity, "may"))
            else:
                kept.append(RuledEntity(entity))
        terms = list(self._find_terms(tokens))
        refuted = {
            index
            for term in terms
            for index in _find_overlapping(kept, term)
            if _contradict(kept[index].entity, term)
        }
        removed += [RuledEntity(kept[n].entity, "must") for n in refuted if not kept[n].rule]
        kept = [item for index, item in enumerate(kept) if index not in refuted]
        # What still overlaps a term is the term, or a longer name that it is a part of.
        added = [term for term in terms if next(_find_overlapping(kept, term), None) is None]
        return _sort([*kept, *(RuledEntity(term, "must") for term in added)]), _sort(removed)

    def _find_terms(self, tokens: Sequence[str]) -> Iterator[Entity]:
        """Yield the occurrences of terms that must be entities, the longest at each place."""
        start = 0
        while start < len(tokens):
            node, end, kind = self._trie, start, ""
            for position in range(start, len(tokens)):
                if tokens[position] not in node:
                    break
                node = node[tokens[position]]
                if _END in node:
                    end, kind = position + 1, node[_END]
            if kind:
                yield Entity(start, end, kind)
            start = max(end, start + 1)


def _check_term(
    term: Term, tokens: Sequence[str], types: Collection[str], labels: Collection[str]
) -> None:
    if not tokens:
        _refuse(term, "no character that the model reads", "a text")
    if term.rule not in RULES:
        _refuse(term, f"the rule {term.rule!r}", f"one of {', '.join(RULES)}")
    if term.type not in types and (term.type, term.rule) != (ANY, "never"):
        nearest = find_nearest(term.type, types) or ", ".join(types)
        _refuse(term, f"the type {term.type!r}", f"one of the model's, such as {nearest}")
    if len(tokens) > 1 and term.rule != "never" and f"I-{term.type}" not in labels:
        _refuse(term, f"{len(tokens)} tokens", f"one: the model has no label I-{term.type}")


def _check_agreement(term: Term, before: Term) -> None:
    if before is term or before.rule == term.rule == "may":
        return
    found = f"{term.rule} {term.type} and {before.rule} {before.type} {_name_location(before)}"
    _refuse(term, found, "one of them")


def _refuse(term: Term, found: str, expected: str) -> NoReturn:
    raise ArgumentsError(
        f"--dictionary: found, of {term.text!r} {_name_location(term)}, {found}; expected "
        f"{expected}. Correct it."
    )


def _name_location(term: Term) -> str:
    return f"({term.location})" if term.location else "(a term)"


def _find_overlapping(entities: Sequence[RuledEntity], term: Entity) -> Iterator[int]:
    """Yield which of some entities, in order and apart, share a token with a term."""
    index = bisect_right(entities, term.start, key=lambda item: item.entity.end)
    while index < len(entities) and entities[index].entity.start < term.end:
        yield index
        index += 1


def _contradict(entity: Entity, term: Entity) -> bool:
    """Return whether an entity cannot stay beside a term: 北京 may be a part of 北京大学."""
    apart = entity.end <= term.start or term.end <= entity.start
    longer = entity.start <= term.start and term.end <= entity.end
    same_place = (entity.start, entity.end) == (term.start, term.end)
    return not apart and (not longer or (same_place and entity.type != term.type))


def _sort(entities: Iterable[RuledEntity]) -> list[RuledEntity]:
    return sorted(entities, key=lambda item: (item.entity.start, item.entity.end))
