"""Find entities tagged wrongly or not at all, where the annotation contradicts itself.

One pure function a check; each returns a list of its finding, or an empty one.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

from msra_ner.check.findings import (
    Finding,
    Location,
    format_count,
    format_part,
    format_times,
    make_case,
    make_finding,
)
from msra_ner.check.rows import CorpusRows, Row, Text, put_kinds_first
from msra_ner.corpus import Illegal, join_tokens
from msra_ner.labels import OUTSIDE, Entity, can_agree, is_open_for

# A string tagged this often is seldom left untagged on purpose.
MIN_TAGGED = 20
# Of the entities of two tokens, so many may be one token twice: mostly nicknames.
DOUBLED_SHARE = 0.02
# Fewer of them than this prove nothing.
MIN_DOUBLED = 20
EXPECTED = "expected a tag that goes on with the entity before, or B-"
# Marks the end of a string in a trie of tokens; no token is empty.
_END = ""


def find_illegal_tags(illegal: Sequence[Illegal]) -> list[Finding]:
    """Find tags that the reader had to repair."""
    groups: dict[str, list[Location]] = defaultdict(list)
    for sentence, position, found in illegal:
        groups[found].append(Location(f"{sentence.location} (token {position + 1})"))
    cases = [
        make_case(found, f"{EXPECTED}, {format_times(locations)}", locations)
        for found, locations in groups.items()
    ]
    return make_finding(
        "illegal_tags",
        True,
        f"{format_count(len(illegal), 'tag')} that IOB2 does not allow in their position",
        "Correct the tags; or let --repair_tags turn them into B-, which is right only where an "
        "entity does start. If nearly all entities are listed, the scheme is another: --scheme.",
        sorted(cases, key=lambda case: -case.count),
    )


def find_conflicts(corpus: CorpusRows) -> list[Finding]:
    """Find texts that are tagged in more than one way."""
    cases = []
    for tokens, rows in corpus.texts.items():
        readings = {tuple(row.tags) for row in rows}
        pairs = combinations(readings, 2)
        if any(not all(map(can_agree, *sides)) for sides in pairs):
            common = set.intersection(*(set(row.entities) for row in rows))
            locations = [
                Location(
                    row.location,
                    ", ".join(
                        f"{entity.type} {join_tokens(row.text(entity))} (token {entity.start + 1})"
                        for entity in row.entities
                        if entity not in common
                    )
                    or "no entity there",
                )
                for row in put_kinds_first(rows, lambda row: tuple(row.tags))
            ]
            detail = f"{len(readings)} readings in {len(rows)} sentences"
            cases.append(make_case(join_tokens(tokens), detail, locations))
    return make_finding(
        "conflicts",
        True,
        f"{format_count(len(cases), 'text')} tagged in more than one way",
        "Decide which reading is right and correct the others: whatever a model answers, it is "
        "wrong once.",
        sorted(cases, key=lambda case: -case.count),
    )


def find_doubled_tokens(corpus: CorpusRows) -> list[Finding]:
    """Find entities of one token twice, in splits where they are too many to be names."""
    cases = []
    parts = []
    for split, rows in corpus.splits.items():
        pairs = 0
        doubled: dict[Text, list[Location]] = defaultdict(list)
        for row in rows:
            for entity in row.entities:
                text = row.text(entity)
                pairs += len(text) == 2
                if len(text) == 2 and text[0] == text[1]:
                    doubled[text].append(row.quote(entity))
        number = sum(map(len, doubled.values()))
        if number >= MIN_DOUBLED and number > DOUBLED_SHARE * pairs:
            parts.append(format_part(number, pairs, f"entities of two tokens in {split}"))
            cases += [
                make_case(join_tokens(text), format_times(locations, split), locations)
                for text, locations in doubled.items()
            ]
    return make_finding(
        "doubled_tokens",
        True,
        f"{'; '.join(parts)} are one token twice",
        "Some names are like that, but so many mean a damaged text, in which the second character "
        "was replaced by the first. Compare with the source; correct the sentences or leave them "
        "out.",
        sorted(cases, key=lambda case: -case.count),
    )


def find_suspected_misses(corpus: CorpusRows, min_tagged: int) -> list[Finding]:
    """Find strings often tagged and somewhere not, those seldom untagged first."""
    types = corpus.mentions
    # A trie, so that one walk over a sentence finds the longest string at each position. Strings
    # of one token are left out: nearly each of them is part of other words.
    trie: dict[str, Any] = {}
    for text in types:
        if len(text) > 1:
            node = trie
            for token in text:
                node = node.setdefault(token, {})
            node[_END] = text
    untagged: dict[Text, list[Location]] = defaultdict(list)
    for row in corpus.rows:
        for start, text in _find_untagged(trie, row):
            if types[text].total() < min_tagged:
                continue
            found = Entity(start, start + len(text), types[text].most_common(1)[0][0])
            if not is_open_for(row.tags, found):
                untagged[text].append(row.quote(replace(found, type="")))
    cases = [
        make_case(
            join_tokens(text),
            f"tagged {format_count(types[text].total(), 'time')} ({_format_counts(types[text])}), "
            f"untagged {format_times(locations)}",
            locations,
        )
        for text, locations in sorted(
            untagged.items(), key=lambda item: (-types[item[0]].total() / len(item[1]), item[0])
        )
    ]
    return make_finding(
        "suspected_misses",
        False,
        f"{format_count(len(cases), 'string')} tagged {min_tagged} times or more and untagged "
        f"elsewhere ({format_count(sum(case.count for case in cases), 'location')})",
        "Read the first ones in their sentence. One that names the same thing was forgotten: tag "
        "it. One that is part of another word is right as it is.",
        cases,
    )


def find_several_types(corpus: CorpusRows) -> list[Finding]:
    """Find strings that are entities of several types, the most one-sided first."""
    types = {text: count for text, count in corpus.mentions.items() if len(count) > 1}
    usual = {text: max(count, key=lambda name: count[name]) for text, count in types.items()}
    locations: dict[Text, list[Location]] = defaultdict(list)
    for row in corpus.rows:
        for entity in row.entities:
            text = row.text(entity)
            if text in types and entity.type != usual[text]:
                locations[text].append(row.quote(entity))
    # A name that is nearly always one type is the likeliest to be mistagged where it is another.
    one_sided = sorted(
        types, key=lambda text: (-types[text][usual[text]] / len(locations[text]), text)
    )
    cases = [
        make_case(join_tokens(text), _format_counts(types[text]), locations[text])
        for text in one_sided
    ]
    return make_finding(
        "several_types",
        False,
        f"{format_count(len(cases), 'string')} tagged with more than one type",
        "Usual for names of countries and institutions. Read the rare type of the first ones in "
        "its sentence, and correct it if it is a slip.",
        cases,
    )


def find_outside_type(corpus: CorpusRows) -> list[Finding]:
    """Find a type that is called as what is outside all entities."""
    if OUTSIDE not in corpus.types:
        return []
    mentions = ((row, entity) for row in corpus.rows for entity in row.entities)
    locations = [row.quote(entity) for row, entity in mentions if entity.type == OUTSIDE]
    count = format_count(len(locations), "entity", "entities")
    return make_finding(
        "outside_type",
        False,
        f"{count} of a type called {OUTSIDE}",
        "The pipeline of transformers, and others, take it for 'no entity' and leave these out. "
        "Give the type another name.",
        [make_case(OUTSIDE, count, locations)],
    )


def find_odd_boundaries(corpus: CorpusRows) -> list[Finding]:
    """Find entities that start or end with white space or a mark that is not one of a pair."""
    odd: dict[Text, list[Location]] = defaultdict(list)
    for row in corpus.rows:
        for entity in row.entities:
            text = row.text(entity)
            if _is_odd(text[0], text[1:]) or _is_odd(text[-1], text[:-1]):
                odd[text].append(Location(row.locate(entity.start), entity.type))
    cases = [
        make_case(join_tokens(text), format_times(locations), locations)
        for text, locations in odd.items()
    ]
    return make_finding(
        "boundaries",
        False,
        f"{format_count(sum(case.count for case in cases), 'entity', 'entities')} starting or "
        "ending with punctuation or white space",
        "Look whether the mark belongs to the name; otherwise move the border.",
        sorted(cases, key=lambda case: -case.count),
    )


def _find_untagged(trie: dict[str, Any], row: Row) -> Iterator[tuple[int, Text]]:
    """Yield start and tokens of each string outside all entities, the longest at each start."""
    tokens = row.tokens
    starts = [0, *(entity.end for entity in row.entities)]
    ends = [*(entity.start for entity in row.entities), len(tokens)]
    for start, end in zip(starts, ends, strict=True):
        while start < end:
            node, match, position = trie, None, start
            while position < end and tokens[position] in node:
                node = node[tokens[position]]
                match = node.get(_END, match)
                position += 1
            if match:
                yield start, match
            start += len(match) if match else 1


def _is_odd(edge: str, rest: Sequence[str]) -> bool:
    """Return whether a token at the edge of an entity is space or punctuation without its pair."""
    kinds = {unicodedata.category(character) for character in edge}
    if kinds & {"Ps", "Pi", "Pe", "Pf"}:
        inside = {unicodedata.category(character) for token in rest for character in token}
        partners = {"Pe", "Pf"} if kinds & {"Ps", "Pi"} else {"Ps", "Pi"}
        return not inside & partners
    # A straight quotation mark is its own partner.
    return all(kind[0] in "PZC" for kind in kinds) and edge not in rest


def _format_counts(types: Counter[str]) -> str:
    """Return types with their counts, the most frequent first."""
    return ", ".join(f"{name} {number:,}" for name, number in types.most_common())
