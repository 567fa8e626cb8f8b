"""Counts of sentences, tokens and entities of each split."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msra_ner.corpus.sentence import Sentence
from msra_ner.labels import MSRA_TYPES, decode_entities
from msra_ner.tables import format_table


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
        """Return the table, a row a split."""
        types = list(dict.fromkeys(name for item in self.values() for name in item.entities))
        header = ["split", "sentences", "characters", "entities", *types]
        header += ["longest", "duplicates", "also in train"]
        rows = [header]
        for name, item in self.items():
            numbers = [item.sentences, item.characters, sum(item.entities.values())]
            numbers += [item.entities.get(entity_type, 0) for entity_type in types]
            numbers += [item.longest, item.duplicates, item.also_in_train]
            rows.append([name, *(f"{number:,}" for number in numbers)])
        return format_table(rows)


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
