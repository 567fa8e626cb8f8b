"""Look for what is wrong or worth knowing in a corpus, before the first hour of training.

Pure functions over sentences, one a check; each returns its finding, or nothing. What a finding
means and what to do about it stands in ``docs/check.md``.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from tqdm import tqdm

from msra_ner.alignment import Aligner
from msra_ner.annotation_checks import (
    MIN_TAGGED,
    boundaries,
    conflicts,
    doubled_tokens,
    several_types,
    suspected_misses,
)
from msra_ner.check_report import (
    Case,
    CorpusReport,
    Finding,
    Place,
    SplitFigures,
    counted,
    joined,
    make_finding,
    share,
)
from msra_ner.corpus import Sentence
from msra_ner.corpus_figures import (
    TRAIN,
    CorpusRows,
    Row,
    TokenPieces,
    each_kind_first,
    entity_lengths,
    read_rows,
    split_figures,
    token_pieces,
    tokenizer_figures,
    type_lengths,
)
from msra_ner.labels import OUTSIDE

# Splits that a full run uses beside train.
OTHER_SPLITS = ("validation", "test")
# Below this, one mention more or less moves recall of the type by five points.
FEW_MENTIONS = 20
# So much more or less frequent than in train, and the type is scored on another kind of text.
UNEVEN_FACTOR = 2
# With more of its tokens unknown, a corpus is not what the tokenizer was made for.
UNFIT_SHARE = 0.05


@dataclass(frozen=True, slots=True)
class IllegalTag:
    """A tag that IOB2 does not allow where it stands, as the reader found and repaired it."""

    split: str
    place: str
    found: str
    expected: str


def check_corpus(
    splits: Mapping[str, Sequence[Sentence]],
    illegal: Sequence[IllegalTag] = (),
    aligner: Aligner | None = None,
    *,
    min_tagged: int = MIN_TAGGED,
    progress: bool = False,
) -> CorpusReport:
    """Return figures and findings about a corpus.

    Args:
        splits: Sentences in valid IOB2 by split: ``train``, and others that are compared with it.
        illegal: Tags that were repaired while reading.
        aligner: For the checks of a tokenizer; without it they are left out.
        min_tagged: How often a string must be tagged for a bare one to be a suspected miss.
        progress: Show a bar on standard error.
    """
    with tqdm(total=16 if aligner else 13, disable=not progress, leave=False) as bar:
        bar.set_description("reading entities")
        corpus = read_rows(splits)
        bar.update()
        bar.set_description("counting")
        figures = split_figures(corpus)
        bar.update()
        # In the order in which they are shown.
        checks: dict[str, Callable[[], list[Finding]]] = {
            "splits": lambda: _missing_splits(figures),
            "tags": lambda: _illegal_tags(illegal),
            "leaks": lambda: _leaks(corpus),
            "conflicts": lambda: conflicts(corpus),
            "types": lambda: _rare_types(corpus, figures),
            "doubled tokens": lambda: doubled_tokens(corpus),
            "misses": lambda: suspected_misses(corpus, min_tagged),
            "several types": lambda: several_types(corpus),
            "boundaries": lambda: boundaries(corpus),
            "duplicates": lambda: _duplicates(corpus),
            "balance": lambda: _uneven_splits(figures),
        }
        tokenizer = None
        if aligner is not None:
            bar.set_description("word pieces")
            pieces = token_pieces(corpus, aligner)
            tokenizer = tokenizer_figures(corpus, aligner, pieces)
            bar.update()
            checks["odd tokens"] = lambda: _odd_tokens(corpus, pieces)
            checks["long sentences"] = lambda: _long_sentences(corpus, aligner, pieces)
        findings = []
        for name, check in checks.items():
            bar.set_description(name)
            findings += check()
            bar.update()
    findings.sort(key=lambda finding: not finding.wrong)
    return CorpusReport(
        wrong=any(finding.wrong for finding in findings),
        splits=figures,
        entity_lengths=entity_lengths(corpus),
        type_lengths=type_lengths(corpus),
        tokenizer=tokenizer,
        findings=findings,
    )


def _missing_splits(figures: Mapping[str, SplitFigures]) -> list[Finding]:
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


def _illegal_tags(illegal: Sequence[IllegalTag]) -> list[Finding]:
    """Tags that the reader had to repair."""
    groups: dict[tuple[str, str], list[Place]] = defaultdict(list)
    for tag in illegal:
        groups[tag.found, tag.expected].append(Place(tag.place))
    cases = [
        Case(found, f"expected {expected}, {counted(len(places), 'time')}", len(places), places)
        for (found, expected), places in groups.items()
    ]
    return make_finding(
        "illegal_tags",
        True,
        f"{counted(len(illegal), 'tag')} that IOB2 does not allow where they stand",
        "Correct the tags; or let --repair_tags turn them into B-, which is right only where an "
        "entity does start. If nearly all entities are listed, the scheme is another: --scheme.",
        sorted(cases, key=lambda case: -case.count),
    )


def _leaks(corpus: CorpusRows) -> list[Finding]:
    """Texts that stand in more than one split."""
    order = list(corpus.splits)
    cases = []
    leaked: dict[str, list[Row]] = defaultdict(list)
    for tokens, rows in corpus.texts.items():
        splits = sorted({row.split for row in rows}, key=order.index)
        if len(splits) > 1:
            for row in rows:
                leaked[row.split].append(row)
            places = [Place(row.place) for row in each_kind_first(rows, lambda row: row.split)]
            entities = max(len(row.entities) for row in rows)
            detail = f"in {' and '.join(splits)}, {counted(entities, 'entity', 'entities')}"
            cases.append((entities, Case(joined(tokens), detail, len(rows), places)))
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


def _rare_types(corpus: CorpusRows, figures: Mapping[str, SplitFigures]) -> list[Finding]:
    """Types that train lacks, and types with few mentions in a split."""
    counts = {
        split: {name: item.types[name].mentions for name in corpus.types}
        for split, item in figures.items()
        if item.entities.mentions
    }
    train = counts.get(TRAIN)
    lacking = [name for name in corpus.types if train and not train[name]]
    places: dict[str, list[Place]] = {name: [] for name in lacking}
    for row in corpus.rows if lacking else ():
        for entity in row.entities:
            if entity.type in lacking:
                places[entity.type].append(row.in_context(entity))
    cases = [
        Case(name, counted(len(found), "mention"), len(found), found)
        for name, found in places.items()
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


def _uneven_splits(figures: Mapping[str, SplitFigures]) -> list[Finding]:
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


def _duplicates(corpus: CorpusRows) -> list[Finding]:
    """Texts that stand more than once in a split."""
    cases = []
    repeated: Counter[str] = Counter()
    for tokens, rows in corpus.texts.items():
        for split, number in Counter(row.split for row in rows).items():
            if number > 1:
                repeated[split] += number - 1
                places = [Place(row.place) for row in rows if row.split == split]
                cases.append(Case(joined(tokens), f"{number} times in {split}", number, places))
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


def _odd_tokens(corpus: CorpusRows, pieces: TokenPieces) -> list[Finding]:
    """Tokens that the tokenizer does not know, and those it makes nothing of."""
    places: dict[str, list[Place]] = defaultdict(list)
    inside: Counter[str] = Counter()
    odd = pieces.unknown | pieces.dropped
    for row in corpus.rows:
        for position, token in enumerate(row.tokens):
            if token in odd:
                places[token].append(Place(row.locate(position)))
                inside[token] += row.tags[position] != OUTSIDE

    def cases(tokens: set[str]) -> list[Case]:
        return [
            Case(
                token,
                f"{_character_names(token)}{counted(len(places[token]), 'time')}, "
                f"{inside[token]:,} inside entities",
                len(places[token]),
                places[token],
            )
            for token in sorted(tokens, key=lambda token: (-len(places[token]), token))
        ]

    total = sum(len(row.tokens) for row in corpus.rows)

    def number_of(tokens: set[str]) -> int:
        return sum(len(places[token]) for token in tokens)

    def unfit(tokens: set[str]) -> bool:
        return number_of(tokens) > UNFIT_SHARE * total

    def title(tokens: set[str], what: str) -> str:
        number = number_of(tokens)
        entity = sum(inside[token] for token in tokens)
        return f"{share(number, total, 'tokens')} {what}, {entity:,} of them inside entities"

    return [
        *make_finding(
            "unknown_tokens",
            unfit(pieces.unknown),
            title(pieces.unknown, "unknown to the tokenizer"),
            "All of them look the same to the model. A few are usual; with more than "
            f"{100 * UNFIT_SHARE:.0f} % choose a model made for this language and script.",
            cases(pieces.unknown),
        ),
        *make_finding(
            "dropped_tokens",
            unfit(pieces.dropped),
            title(pieces.dropped, "of which the tokenizer makes nothing"),
            "Each stands as one unknown piece, keeps its place and gets a tag. A few need nothing; "
            f"with more than {100 * UNFIT_SHARE:.0f} % choose another model.",
            cases(pieces.dropped),
        ),
    ]


def _character_names(token: str) -> str:
    """Return the names of characters that do not show, or nothing."""
    hidden = [character for character in token if not character.isprintable()]
    return "".join(f"{unicodedata.name(character, 'no name')}, " for character in hidden)


def _long_sentences(corpus: CorpusRows, aligner: Aligner, pieces: TokenPieces) -> list[Finding]:
    """Sentences of more than one window, the longest first, and what cutting them would lose."""
    sizes = [(pieces.size(row), row) for row in corpus.rows]
    long = [(size, pieces.entities_cut(row), row) for size, row in sizes if size > pieces.capacity]
    long.sort(key=lambda item: -item[0])
    cases = [
        Case(
            joined(row.tokens),
            f"{size:,} pieces, {len(aligner.encode(row.tokens))} windows, "
            f"{cut:,} of {counted(len(row.entities), 'entity', 'entities')} behind the limit",
            1,
            [Place(row.place)],
        )
        for size, cut, row in long
    ]
    entities = sum(len(row.entities) for row in corpus.rows)
    return make_finding(
        "long_sentences",
        False,
        f"{share(len(long), len(sizes), 'sentences')} need more than one window of "
        f"{pieces.capacity:,} pieces",
        "Nothing to do: windows overlap, and every entity is learned and scored. Cut at the limit, "
        f"{share(sum(cut for _, cut, _ in long), entities, 'entities')} would be lost.",
        cases,
    )
