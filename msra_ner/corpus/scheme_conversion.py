"""Convert the tags of a split to IOB2, and find those that contradict their scheme."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from msra_ner.corpus.lines import refuse
from msra_ner.corpus.options import Scheme
from msra_ner.corpus.schemes import (
    INSIDES,
    PREFIXES,
    SENTENCE_END,
    STARTS,
    Transition,
    find_spelling,
    parse_written,
)
from msra_ner.corpus.sentence import Sentence
from msra_ner.labels import OPEN, OUTSIDE, Tag, is_open

logger = logging.getLogger(__name__)


class Illegal(NamedTuple):
    """A tag that its scheme does not allow where it is.

    Attributes:
        sentence: The sentence.
        position: Number of the token in it, from 0.
        found: The tag and the one before it in words: ``I-PER after O``.
    """

    sentence: Sentence
    position: int
    found: str


class Conversion(NamedTuple):
    """How the tags of a split become IOB2.

    For the tags ``B-PER E-PER`` of BIOES the table is ``{("O", "B-PER"): "B-PER",
    ("B-PER", "E-PER"): "I-PER", ("E-PER", ""): ""}``, and no transition is illegal.

    Attributes:
        table: From each transition to the IOB2 tag of its second tag.
        illegal: The transitions that the scheme does not allow.
    """

    table: dict[Transition, str]
    illegal: set[Transition]

    @property
    def changes_tags(self) -> bool:
        """Whether a tag is not IOB2 as it is written."""
        return any(tag != new for (_, tag), new in self.table.items())


@dataclass(frozen=True)
class TagConverter:
    """Converts the tags of one split to IOB2.

    Args:
        where: Name of the file or folder, for messages about the whole of it.
        read: Reads the sentences from the start, tags as in the files.
        locate: From a sentence and a position in it to the location in the file.
        transitions: Those of the sentences, from :func:`collect_transitions`.
        scheme: The scheme of the tags; ``auto`` goes by the transitions.
        labels: The IOB2 tags that may come out; None allows all.
        corpus: The transitions of all splits, which have one scheme; None for those of this one.
        entity_type: The type of tags without one.
    """

    where: str
    read: Callable[[], Iterator[Sentence]]
    locate: Callable[[Sentence, int], str]
    transitions: set[Transition]
    scheme: Scheme = "auto"
    labels: Sequence[str] | None = None
    corpus: set[Transition] | None = None
    entity_type: str = "ENT"

    def sentences(
        self, *, repair: bool = False, on_illegal: Callable[[Illegal], None] | None = None
    ) -> Iterator[Sentence]:
        """Yield the sentences with IOB2 tags.

        Args:
            repair: Let a tag that continues nothing start an entity, counted in the log.
            on_illegal: Called for each such tag.

        Raises:
            CorpusError: A tag is malformed, unknown, of another scheme, or illegal where it is and
                ``repair`` is false.
        """
        conversion = self.plan(repair=repair)
        table, illegal = conversion
        changes = conversion.changes_tags
        count = 0
        for sentence in self.read():
            for fault in _find_illegal(sentence, illegal) if illegal else ():
                count += 1
                if on_illegal is not None:
                    on_illegal(fault)
            if changes:
                tags = sentence.tags
                pairs = zip([OUTSIDE, *tags], tags, strict=False)
                sentence = Sentence(
                    sentence.tokens, [table[pair] for pair in pairs], sentence.location
                )
            yield sentence
        if count:
            logger.info("%s: %d tags that contradicted their scheme, repaired", self.where, count)

    def plan(self, *, repair: bool = False) -> Conversion:
        """Return how each tag is converted; refuse what :meth:`sentences` refuses."""
        parsed = self._parse_tags()
        scheme = self._find_scheme(parsed)
        conversion = _plan(self.transitions, parsed, scheme)
        self._check_labels(conversion.table)
        if conversion.illegal and not repair:
            self._refuse_illegal(conversion.illegal, scheme)
        if scheme != "iob2" and conversion.changes_tags:
            logger.info("%s: %s tags, converted to IOB2", self.where, scheme.upper())
        if any(tag.type and not tag.separator for tag in parsed.values()):
            what = f"a type, all of them {self.entity_type} (--entity_type)"
            logger.info("%s: tags without %s", self.where, "a prefix" if scheme == "io" else what)
        return conversion

    @property
    def _corpus(self) -> set[Transition]:
        return self.corpus or self.transitions

    def _parse_tags(self) -> dict[str, Tag]:
        """Return the parts of each tag; refuse the first malformed one, and mixed separators."""
        tags = {tag for _, tag in self._corpus} - {SENTENCE_END}
        parsed, faults = parse_written(tags, self.scheme, self.entity_type)
        remedy = find_spelling(set(faults)) or "correct the tag"
        if remedy == "correct the tag" and not any(tag.type for tag in parsed.values()):
            remedy += ", or give --scheme io where each tag is a type without a prefix"
        self._refuse_first(faults, "O, B-TYPE or I-TYPE", remedy)
        separators = {tag.separator: name for name, tag in parsed.items() if tag.separator}
        if len(separators) > 1:
            rare = {name: f"the tag {name!r}" for name, tag in parsed.items() if "_" in name[1:2]}
            self._refuse_first(
                rare, f"a hyphen behind the prefix, as in {separators['-']!r}", "use one of the two"
            )
        return {OUTSIDE: Tag(OUTSIDE, "", ""), **parsed}

    def _find_scheme(self, parsed: dict[str, Tag]) -> str:
        prefixes = {tag.prefix for tag in parsed.values()} - {OUTSIDE, OPEN}
        fitting = _find_fitting(prefixes)
        if self.scheme != "auto":
            allowed = PREFIXES[self.scheme]
            faults = {
                name: f"the tag {name!r}"
                for name, tag in parsed.items()
                if tag.prefix not in (*allowed, OUTSIDE, OPEN)
            }
            expected = f"tags of {self.scheme.upper()} ({', '.join(f'{x}-' for x in allowed)})"
            self._refuse_first(faults, expected, "correct the tag, or give --scheme auto")
            return self.scheme
        own = {parsed[tag].prefix for _, tag in self.transitions if tag} - {OUTSIDE, OPEN}
        if not fitting and _find_fitting(own):
            refuse(
                self.where,
                f"the prefixes {_join_prefixes(own)} where other splits have "
                f"{_join_prefixes(prefixes - own)}",
                "one scheme in all splits of a corpus",
                "convert the split that has another: msra-ner convert FILE DIR --to FORMAT",
            )
        if not fitting:
            odd = {name: f"the tag {name!r}" for name, tag in parsed.items() if tag.prefix in "MLU"}
            self._refuse_first(
                odd,
                f"tags of one scheme in a file, which has the prefixes {_join_prefixes(own)}",
                "correct the tag, or divide the file",
            )
        if fitting[0] == "iob2" and _is_iob1(self._corpus, parsed):
            return "iob1"
        return fitting[0]

    def _check_labels(self, table: dict[Transition, str]) -> None:
        if self.labels is None:
            return
        known = set(self.labels)
        faults = {
            tag: f"the unknown tag {tag!r}"
            for (_, tag), new in table.items()
            if tag != SENTENCE_END and new not in known and not is_open(new)
        }
        self._refuse_first(
            faults, ", ".join(self.labels), "correct the tag, or add its type to the label list"
        )

    def _refuse_first(self, faults: dict[str, str], expected: str, remedy: str) -> None:
        """Raise for the first tag, in the order of the files, that is among the faults."""
        if not faults:
            return
        for sentence in self.read():
            for position, tag in enumerate(sentence.tags):
                if tag in faults:
                    refuse(self.locate(sentence, position), faults[tag], expected, remedy)

    def _refuse_illegal(self, illegal: set[Transition], scheme: str) -> None:
        faults = [fault for sentence in self.read() for fault in _find_illegal(sentence, illegal)]
        sentence, position, found = faults[0]
        expected = f"each entity opened and closed as in {scheme.upper()}"
        remedy = "correct the tag, or let --repair_tags begin a new entity there"
        if scheme == "iob2":
            expected = "B- at the first token of each entity (IOB2)"
            remedy = (
                "correct the tag, let --repair_tags turn such tags into B-, or give --scheme iob1"
            )
        found += f" (and {len(faults) - 1} more like it in the file)"
        if own := self._find_own_scheme(scheme):
            found += f", which is {own.upper()}, beside {scheme.upper()} in another split"
            remedy += "; or convert this split first: msra-ner convert FILE DIR --to columns"
        refuse(self.locate(sentence, position), found, expected, remedy)

    def _find_own_scheme(self, scheme: str) -> str | None:
        """Return a scheme other than the corpus's in which all tags of this split are legal."""
        alone = replace(self, corpus=None)
        parsed = alone._parse_tags()
        own = alone._find_scheme(parsed)
        return own if own != scheme and not _plan(self.transitions, parsed, own).illegal else None


def _find_fitting(prefixes: set[str]) -> list[str]:
    return [name for name, letters in PREFIXES.items() if prefixes <= set(letters)]


def _join_prefixes(prefixes: Iterable[str]) -> str:
    return ", ".join(f"{prefix}-" for prefix in sorted(prefixes))


def _plan(transitions: set[Transition], parsed: dict[str, Tag], scheme: str) -> Conversion:
    table, illegal = {}, set()
    closing = scheme in ("bioes", "bmes", "bilou")  # Such entities say where they end.
    for previous, tag in transitions:
        before = parsed[previous]
        opened = before.type if before.prefix in ("B", *INSIDES) else ""
        if tag in (OUTSIDE, SENTENCE_END) or is_open(tag):
            new, legal = tag, not (closing and opened)
        else:
            prefix, _, entity_type = parsed[tag]
            follows = opened == entity_type
            if prefix in STARTS:
                new, legal = f"B-{entity_type}", not (closing and opened)
            else:
                new, legal = f"{'I' if follows else 'B'}-{entity_type}", follows
        table[previous, tag] = new
        if not legal and scheme not in ("iob1", "io"):
            illegal.add((previous, tag))
    return Conversion(table, illegal)


def _find_illegal(sentence: Sentence, illegal: set[Transition]) -> Iterator[Illegal]:
    tags = sentence.tags
    pairs = list(zip([OUTSIDE, *tags], [*tags, SENTENCE_END], strict=True))
    if illegal.isdisjoint(pairs):
        return
    for position, (previous, tag) in enumerate(pairs):
        if (previous, tag) in illegal:
            what = tag or "the end of the sentence"
            before = f"after {previous}" if position else "at the start of the sentence"
            # The end has no token; the last one is where to look.
            yield Illegal(sentence, min(position, len(tags) - 1), f"{what} {before}")


def _is_iob1(transitions: Iterable[Transition], parsed: dict[str, Tag]) -> bool:
    """Return whether the neighbouring tags of a file can only come from IOB1.

    In IOB1 entities start with ``I-``, and ``B-`` occurs only between two neighbours of one type.
    So at least one ``I-`` must start an entity, and no ``B-`` may follow ``O`` or another type.

    Source:
        Ramshaw and Marcus (1995); Tjong Kim Sang and Veenstra (1999) for the names.
    """
    starts = {
        parsed[tag].prefix
        for previous, tag in transitions
        if tag not in (OUTSIDE, SENTENCE_END)
        and not is_open(tag)
        and {previous, tag} <= parsed.keys()  # Another split's malformed tags are refused there.
        and parsed[previous].type != parsed[tag].type
    }
    return starts == {"I"}
