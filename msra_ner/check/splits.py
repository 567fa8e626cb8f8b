"""Checks of the splits beside each other: missing, leaking, uneven, repeated."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from msra_ner.check.figures import (
    TRAIN,
    CorpusRows,
    Row,
    each_kind_first,
)
from msra_ner.check.findings import (
    Case,
    Finding,
    Location,
    SplitFigures,
    counted,
    joined,
    make_finding,
    share,
)

# Splits that a full run uses beside train.
OTHER_SPLITS = ("validation", "test")
# Below this, one mention more or less moves recall of the type by five points.
FEW_MENTIONS = 20
# So much more or less frequent than in train, and the type is scored on another kind of text.
UNEVEN_FACTOR = 2


def find_missing_splits(figures: Mapping[str, SplitFigures]) -> list[Finding]:
    """No train, splits that hold nothing to learn or to score, and no validation or test."""
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
            f"{counted(len(empty), 'split')} not there or without an entity",
            "Look whether the files are the right ones: training needs train, and a score needs "
            "entities to find.",
            empty,
        ),
        *make_finding(
            "missing_splits",
            False,
            f"{counted(len(absent), 'split')} not there",
            "Validation chooses the best epoch, test gives the score; one cannot do for both. Set "
            "some sentences aside, a tenth for each is usual.",
            absent,
        ),
    ]


def find_leaks(corpus: CorpusRows) -> list[Finding]:
    """Texts that stand in more than one split."""
    order = list(corpus.splits)
    cases = []
    leaked: dict[str, list[Row]] = defaultdict(list)
    for tokens, rows in corpus.texts.items():
        splits = sorted({row.split for row in rows}, key=order.index)
        if len(splits) > 1:
            for row in rows:
                leaked[row.split].append(row)
            locations = [
                Location(row.location) for row in each_kind_first(rows, lambda row: row.split)
            ]
            entities = max(len(row.entities) for row in rows)
            detail = f"in {' and '.join(splits)}, {counted(entities, 'entity', 'entities')}"
            cases.append((entities, Case(joined(tokens), detail, len(rows), locations)))
    # Those with most entities move the score most.
    cases.sort(key=lambda case: -case[0])
    parts = [
        f"{share(len(leaked[split]), len(rows), f'sentences of {split}')}, "
        f"{sum(bool(row.entities) for row in leaked[split]):,} of them with entities"
        for split, rows in corpus.splits.items()
        if split in leaked and split != TRAIN
    ]
    return make_finding(
        "leaks",
        True,
        f"{counted(len(cases), 'text')} in more than one split: {'; '.join(parts)}",
        "Take them out of train (or out of validation, where train has none of them): a model "
        "that has seen the answer scores too high.",
        [case for _, case in cases],
    )


def find_rare_types(corpus: CorpusRows, figures: Mapping[str, SplitFigures]) -> list[Finding]:
    """Types that train lacks, and types with few mentions in a split."""
    counts = {
        split: {name: item.types[name].mentions for name in corpus.types}
        for split, item in figures.items()
        if item.entities.mentions
    }
    train = counts.get(TRAIN)
    lacking = [name for name in corpus.types if train and not train[name]]
    locations: dict[str, list[Location]] = {name: [] for name in lacking}
    for row in corpus.rows if lacking else ():
        for entity in row.entities:
            if entity.type in lacking:
                locations[entity.type].append(row.in_context(entity))
    cases = [
        Case(name, counted(len(found), "mention"), len(found), found)
        for name, found in locations.items()
    ]
    few = [
        Case(name, f"{counted(number[name], 'mention')} in {split}", number[name], [])
        for split, number in counts.items()
        for name in corpus.types
        if name not in lacking and number[name] < FEW_MENTIONS
    ]
    return [
        *make_finding(
            "types_not_in_train",
            True,
            f"{counted(len(cases), 'entity type')} never seen in train",
            "Look for a misspelt type; otherwise move sentences with it into train, or leave the "
            "type out: a model cannot learn it, and each mention counts as an error.",
            cases,
        ),
        *make_finding(
            "few_mentions",
            False,
            f"{counted(len(few), 'time')} fewer than {FEW_MENTIONS} mentions of a type in a split",
            "Few in train: hardly learned. Few in validation or test: its F1 jumps by points for "
            "one mention, so quote the count with it.",
            sorted(few, key=lambda case: case.count),
        ),
    ]


def find_uneven_splits(figures: Mapping[str, SplitFigures]) -> list[Finding]:
    """Splits larger than train, and types much more or less frequent than in train."""
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
        f"{counted(len(cases), 'difference')} between a split and train",
        "Shuffle the sentences and split them anew, unless the splits come from a source of their "
        "own on purpose.",
        cases,
    )


def find_duplicates(corpus: CorpusRows) -> list[Finding]:
    """Texts that stand more than once in a split."""
    cases = []
    repeated: Counter[str] = Counter()
    for tokens, rows in corpus.texts.items():
        for split, number in Counter(row.split for row in rows).items():
            if number > 1:
                repeated[split] += number - 1
                locations = [Location(row.location) for row in rows if row.split == split]
                cases.append(Case(joined(tokens), f"{number} times in {split}", number, locations))
    parts = [
        share(repeated[split], len(rows), f"sentences of {split}")
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
