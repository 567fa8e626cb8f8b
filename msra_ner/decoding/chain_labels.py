"""The labels that a trained chain goes over: IOB2, or the finer BIOES.

In BIOES the last token of an entity has a label of its own (``E-X``), and so has an entity of one
token (``S-X``). A chain then knows how entities end, and not only how they begin. It is inside the
chain alone: gold and predicted labels are IOB2.

Source:
    Ratinov and Roth, "Design challenges and misconceptions in named entity recognition" (2009),
    where BILOU, which is BIOES by other letters, beats IOB2.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

TrainScheme = Literal["iob2", "bioes"]


@dataclass(frozen=True)
class ChainLabels:
    """The labels of a chain, and how they go together with the label list of the model.

    Attributes:
        names: The labels, shape ``(chain,)``; those of the label list come first, in its order.
        to_iob2: For each the id of the label that it is in the label list.
        from_iob2: The other way, shape ``(labels, 2)``: the id where the entity ends with this
            token, and where it goes on.
        legal: Whether each may be followed by each, shape ``(before, after)``.
        first: Which may come first in a sentence.
        last: Which may come last.

    >>> ChainLabels.of(["O", "B-X", "I-X"], "bioes").names
    ('O', 'B-X', 'I-X', 'E-X', 'S-X')
    """

    names: tuple[str, ...]
    to_iob2: Ints
    from_iob2: Ints
    legal: Bools
    first: Bools
    last: Bools

    @classmethod
    def of(cls, labels: Sequence[str], scheme: TrainScheme) -> "ChainLabels":
        """Return the labels of a chain for a label list (IOB2)."""
        whole = list(range(len(labels)))
        names, to_iob2, ends = list(labels), list(whole), list(whole)
        if scheme == "bioes":
            for before, mark in (("I", "E"), ("B", "S")):
                for label in (label for label in whole if labels[label].startswith(f"{before}-")):
                    ends[label] = len(names)
                    names.append(mark + labels[label][1:])
                    to_iob2.append(label)
        inside = np.array([name[0] in "IE" for name in names])
        # In IOB2 any token may be the last of its entity.
        goes_on = np.array([scheme == "bioes" and name[0] in "BI" for name in names])
        opens = [[name[0] in "BI" and name[2:] == after[2:] for after in names] for name in names]
        legal = np.where(inside, np.array(opens), ~goes_on[:, None])
        both = np.array([ends, whole]).T
        return cls(tuple(names), np.array(to_iob2), both, legal, ~inside, ~goes_on)

    def encode(self, path: Ints) -> Ints:
        """Return a path of label ids, shape ``(tokens,)``, as ids of the chain's labels.

        >>> ChainLabels.of(["O", "B-X", "I-X"], "bioes").encode(np.array([1, 2, 0, 1])).tolist()
        [1, 3, 0, 4]
        """
        found: Ints = self.from_iob2[path, [*~self.first[path[1:]], 0]]
        return found
