"""The splits of a corpus as a notebook shows them: counts, and sentences with entities marked."""

from itertools import accumulate

import datasets

from msra_ner.corpus import is_of_characters, join_tokens, render_entities
from msra_ner.labels import Entity, LabelIds, decode_entities, entity_types

SHOWN = 3  # sentences


class SplitDict(datasets.DatasetDict):
    """A DatasetDict of the configuration ``raw``, which a notebook shows with its entities marked.

    Whatever `datasets` makes of it, with ``map`` for example, is a plain DatasetDict again.
    """

    def _repr_html_(self) -> str | None:
        """Return HTML for raw sentences; None for other rows, which are then shown as text."""
        rows = next(iter(self.values()), None)
        if rows is None or not {"tokens", "ner_tags"} <= set(rows.column_names):
            return None
        names = rows.features["ner_tags"].feature.names
        ids = LabelIds(names)
        counts = ", ".join(f"{name}: {len(split):,} sentences" for name, split in self.items())
        first = [
            _render(
                row["tokens"], [ids.name(label) for label in row["ner_tags"]], entity_types(names)
            )
            for row in rows.select(range(min(SHOWN, len(rows))))
        ]
        return f"<p>{counts}</p>{''.join(first)}"


def _render(tokens: list[str], tags: list[str], types: list[str]) -> str:
    by_character = is_of_characters(tokens)
    gap = 0 if by_character else 1
    starts = list(accumulate((len(token) + gap for token in tokens), initial=0))
    spans = [
        Entity(starts[entity.start], starts[entity.end] - gap, entity.type)
        for entity in decode_entities(tags)
    ]
    return render_entities(join_tokens(tokens, by_character=by_character), spans, types)
