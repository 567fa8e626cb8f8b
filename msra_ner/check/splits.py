"""Compare the splits of a corpus: what is missing, leaks, is uneven or repeated."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

from msra_ner.check.figures import SplitFigures
from msra_ner.check.findings import (
    Case,
    Finding,
    Location,
    format_count,
    format_part,
    format_times,
    make_case,
    make_finding,
)
from msra_ner.check.rows import TRAIN, CorpusRows, Row, Text, put_kinds_first
from msra_ner.corpus import Sentence, join_tokens

Name = TypeVar("Name", bound=Hashable)
# Splits that a full run uses beside train.
OTHER_SPLITS = ("validation", "test")
# Below this, one mention more or less moves recall of the type by five points.
FEW_MENTIONS = 20
# So much more or less frequent than in train, and the type is scored on another kind of text.
UNEVEN_FACTOR = 2


def find_missing_splits(figures: Mapping[str, SplitFigures]) -> list[Finding]:
    """Find splits that are not there, and those with nothing to learn or to score."""
    empty = [
        Case(split, f"holds no {'entity' if item.sentences else 'sentence'}", 1, [])
        for split, item in figures.items()
        if not item.entities.mentions
    ]
    if TRAIN not in figures:
        empty.insert(0, Case(TRAIN, "is not there", 1, []))
    absent = [Case(split, "is not there", 1, []) for split in OTHER_SPLITS if split not in figures]
    return [
        *make_finding(
            "empty_splits",
            True,
            f"{format_count(len(empty), 'split')} not there or without an entity",
            "Look whether the files are the right ones: training needs train, and a score needs "
            "entities to find.",
            empty,
        ),
        *make_finding(
            "missing_splits",
            False,
            f"{format_count(len(absent), 'split')} not there",
            "Validation chooses the best epoch, test gives the score; one cannot do for both. Set "
            "some sentences aside, a tenth for each is usual.",
            absent,
        ),
    ]


def find_leaked(
    train: Sequence[Sentence], scored: Mapping[Name, Sequence[Sentence]]
) -> dict[int, tuple[Name, int]]:
    """Return which sentences of train are scored on too, and where each is first.

    Args:
        train: What is trained on.
        scored: What is scored, by names of their own.

    Returns:
        By the place in train, the name in ``scored`` and the place there; places count from 0.

    >>> find_leaked([Sentence(["好"], ["O"])], {"test": [Sentence(["好"], ["O"])]})
    {0: ('test', 0)}
    """
    places: dict[Text, tuple[Name, int]] = {}
    for name, sentences in scored.items():
        for number, sentence in enumerate(sentences):
            places.setdefault(tuple(sentence.tokens), (name, number))
    texts = (tuple(sentence.tokens) for sentence in train)
    return {number: places[text] for number, text in enumerate(texts) if text in places}


def find_leaks(corpus: CorpusRows) -> list[Finding]:
    """Find texts that are in more than one split."""
    order = list(corpus.splits)
    cases = []
    leaked: dict[str, list[Row]] = defaultdict(list)
    for tokens, rows in corpus.texts.items():
        splits = sorted({row.split for row in rows}, key=order.index)
        if len(splits) > 1:
            for row in rows:
                leaked[row.split].append(row)
            rows = put_kinds_first(rows, lambda row: row.split)
            locations = [Location(row.location) for row in rows]
            entities = max(len(row.entities) for row in rows)
            names = " and ".join(splits)
            detail = f"in {names}, {entities:,} entities"
            if entities == 1:
                detail = f"in {names}, 1 entity"
            cases.append((entities, make_case(join_tokens(tokens), detail, locations)))
    # Those with most entities move the score most.
    cases.sort(key=lambda case: -case[0])
    parts = [
        f"{format_part(len(leaked[split]), len(rows), f'sentences of {split}')}, "
        f"{sum(bool(row.entities) for row in leaked[split]):,} of them with entities"
        for split, rows in corpus.splits.items()
        if split in leaked and split != TRAIN
    ]
    return make_finding(
        "leaks",
        True,
        f"{format_count(len(cases), 'text')} in more than one split: {'; '.join(parts)}",
        "Take them out of train (or out of validation, where train has none of them): a model "
        "that has seen the answer scores too high.",
        [case for _, case in cases],
    )


def find_rare_types(corpus: CorpusRows, figures: Mapping[str, SplitFigures]) -> list[Finding]:
    """Find types that train lacks, and types with few mentions in a split."""
    counts = {
        split: {name: item.types[name].mentions for name in corpus.types}
        for split, item in figures.items()
        if item.entities.mentions
    }
    train = counts.get(TRAIN)
    lacking = [name for name in corpus.types if train and not train[name]]
    cases = []
    for name in lacking:
        mentions = [(row, entity) for row in corpus.rows for entity in row.entities]
        found = [row.quote(entity) for row, entity in mentions if entity.type == name]
        cases.append(make_case(name, format_count(len(found), "mention"), found))
    few = [
        Case(
            name,
            format_count(number[name], f"mention in {split}", f"mentions in {split}"),
            number[name],
            [],
        )
        for split, number in counts.items()
        for name in corpus.types
        if name not in lacking and number[name] < FEW_MENTIONS
    ]
    return [
        *make_finding(
            "types_not_in_train",
            True,
            f"{format_count(len(cases), 'entity type')} never seen in train",
            "Look for a misspelt type; otherwise move sentences with it into train, or leave the "
            "type out: a model cannot learn it, and each mention counts as an error.",
            cases,
        ),
        *make_finding(
            "few_mentions",
            False,
            f"{format_count(len(few), 'time')} fewer than {FEW_MENTIONS} mentions of a type in a "
            "split",
            "Few in train: hardly learned. Few in validation or test: its F1 jumps by points for "
            "one mention, so quote the count with it.",
            sorted(few, key=lambda case: case.count),
        ),
    ]


def find_uneven_splits(figures: Mapping[str, SplitFigures]) -> list[Finding]:
    """Find splits larger than train, and types much more or less frequent than in train."""
    train = figures.get(TRAIN)
    cases = []
    if train is None:
        return []
    for split, item in figures.items():
        if item.sentences > train.sentences:
            detail = f"{item.sentences:,} sentences, train {train.sentences:,}"
            cases.append(Case(split, detail, item.sentences, []))
        for name, here in item.types.items():
            there = train.types[name]
            if min(here.mentions, there.mentions) < FEW_MENTIONS:
                continue
            rates = [here.mentions / item.tokens, there.mentions / train.tokens]
            if max(rates) >= UNEVEN_FACTOR * min(rates):
                detail = (
                    f"{1000 * rates[0]:.1f} mentions in 1,000 tokens of {split} ({here.mentions:,})"
                    f", {1000 * rates[1]:.1f} in train ({there.mentions:,})"
                )
                cases.append(Case(name, detail, here.mentions, []))
    return make_finding(
        "uneven_splits",
        False,
        f"{format_count(len(cases), 'difference')} between a split and train",
        "Shuffle the sentences and split them again, unless the splits come from different "
        "sources on purpose.",
        cases,
    )


def find_duplicates(corpus: CorpusRows) -> list[Finding]:
    """Find texts that occur more than once in a split."""
    cases = []
    repeated: Counter[str] = Counter()
    for tokens, rows in corpus.texts.items():
        for split, number in Counter(row.split for row in rows).items():
            if number > 1:
                repeated[split] += number - 1
                locations = [Location(row.location) for row in rows if row.split == split]
                cases.append(
                    make_case(join_tokens(tokens), format_times(locations, split), locations)
                )
    parts = [
        format_part(repeated[split], len(rows), f"sentences of {split}")
        for split, rows in corpus.splits.items()
        if split in repeated
    ]
    return make_finding(
        "duplicates",
        False,
        f"{'; '.join(parts)} repeat an earlier one of the split",
        "Each counts several times in training or in the score. Few are harmless; of many, keep "
        "one each.",
        sorted(cases, key=lambda case: -case.count),
    )
