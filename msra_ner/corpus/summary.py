"""Counts of sentences, tokens and entities of each split."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msra_ner.corpus.sentence import Sentence
from msra_ner.labels import MSRA_TYPES, decode_entities
from msra_ner.tables import format_table


@dataclass(frozen=True)
class SplitSummary:
    """Counts over one split; ``characters`` are tokens, ``longest`` is counted in them.

    ``duplicates`` are sentences whose text stood earlier in the split; ``also_in_train`` are those
    whose text stands in train (0 for train itself).
    """

    sentences: int
    characters: int
    entities: dict[str, int]
    longest: int
    duplicates: int
    also_in_train: int


def summarize_splits(splits: Mapping[str, Sequence[Sentence]]) -> dict[str, SplitSummary]:
    """Return the summary of each split; texts are compared with those of ``train``."""
    texts = {name: [tuple(sentence.tokens) for sentence in split] for name, split in splits.items()}
    train = set(texts.get("train", ()))
    return {
        name: SplitSummary(
            sentences=len(split),
            characters=sum(len(sentence.tokens) for sentence in split),
            entities=count_entities(split),
            longest=max((len(sentence.tokens) for sentence in split), default=0),
            duplicates=len(split) - len(set(texts[name])),
            also_in_train=0 if name == "train" else sum(text in train for text in texts[name]),
        )
        for name, split in splits.items()
    }


def count_entities(sentences: Sequence[Sentence]) -> dict[str, int]:
    """Return the number of entities of each type, MSRA's types first, then by name."""
    counts = Counter(
        entity.type for sentence in sentences for entity in decode_entities(sentence.tags)
    )
    order = [*MSRA_TYPES, *sorted(set(counts) - set(MSRA_TYPES))]
    return {entity_type: counts[entity_type] for entity_type in order if entity_type in counts}


def format_summary(summaries: Mapping[str, SplitSummary]) -> str:
    """Return the summaries as a table of text, a row a split."""
    types = list(dict.fromkeys(name for item in summaries.values() for name in item.entities))
    header = ["split", "sentences", "characters", "entities", *types]
    header += ["longest", "duplicates", "also in train"]
    rows = [header]
    for name, item in summaries.items():
        numbers = [item.sentences, item.characters, sum(item.entities.values())]
        numbers += [item.entities.get(entity_type, 0) for entity_type in types]
        numbers += [item.longest, item.duplicates, item.also_in_train]
        rows.append([name, *(f"{number:,}" for number in numbers)])
    return format_table(rows)
