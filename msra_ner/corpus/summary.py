"""Counts of sentences, tokens and entities of each split."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msra_ner.corpus.sentence import Sentence
from msra_ner.labels import MSRA_TYPES, decode_entities
from msra_ner.tables import format_table
from msra_ner.wording import translate


@dataclass(frozen=True)
class SplitSummary:
    """Counts over one split.

    Attributes:
        sentences: Sentences.
        characters: Tokens.
        entities: Entities of each type.
        longest: Tokens of the longest sentence.
        duplicates: Sentences whose text occurs earlier in the split.
        also_in_train: Sentences whose text is in train; 0 for train itself.
    """

    sentences: int
    characters: int
    entities: dict[str, int]
    longest: int
    duplicates: int
    also_in_train: int


class CorpusSummary(dict[str, SplitSummary]):
    """The counts of each split, ``train``, ``val`` and ``test``; printed as a table."""

    def __repr__(self) -> str:
        """Return the table, a column a split: however many types there are, it is no wider."""
        items = self.values()
        types = dict.fromkeys(name for item in items for name in item.entities)
        rows = {
            translate("sentences"): [item.sentences for item in items],
            translate("characters"): [item.characters for item in items],
            translate("longest sentence"): [item.longest for item in items],
            translate("duplicates"): [item.duplicates for item in items],
            translate("also in train"): [item.also_in_train for item in items],
            translate("entities"): [sum(item.entities.values()) for item in items],
            **{f"  {name}": [item.entities.get(name, 0) for item in items] for name in types},
        }
        counts = [[name, *(f"{count:,}" for count in row)] for name, row in rows.items()]
        return format_table([[translate("split"), *self], *counts])


def summarize_splits(splits: Mapping[str, Sequence[Sentence]]) -> CorpusSummary:
    """Return the summary of each split; texts are compared with those of ``train``."""
    texts = {name: [tuple(sentence.tokens) for sentence in split] for name, split in splits.items()}
    train = set(texts.get("train", ()))
    summary = CorpusSummary()
    for name, split in splits.items():
        summary[name] = SplitSummary(
            sentences=len(split),
            characters=sum(map(len, texts[name])),
            entities=count_entities(split),
            longest=max(map(len, texts[name]), default=0),
            duplicates=len(split) - len(set(texts[name])),
            also_in_train=0 if name == "train" else sum(text in train for text in texts[name]),
        )
    return summary


def count_entities(sentences: Sequence[Sentence]) -> dict[str, int]:
    """Return the number of entities of each type, MSRA's types first, then by name."""
    counts = Counter(
        entity.type for sentence in sentences for entity in decode_entities(sentence.tags)
    )
    order = [*MSRA_TYPES, *sorted(set(counts) - set(MSRA_TYPES))]
    return {entity_type: counts[entity_type] for entity_type in order if entity_type in counts}
