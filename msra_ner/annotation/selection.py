"""What to annotate next, and what became of the other texts."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msra_ner.tables import format_table
from msra_ner.wording import translate, translate_all

# Nothing is imported that --help would have to wait for.
if TYPE_CHECKING:
    from msra_ner.inference import TaggedText

COUNT, RANDOM_SHARE, SIMILARITY, SEED = 200, 0.1, 0.8, 42
SELECTION_FORMATS = ("label-studio", "doccano", "jsonl")


@dataclass(frozen=True, slots=True)
class ChosenText:
    """A text to annotate.

    Attributes:
        tagged: The text, and what the model finds in it.
        location: Its file and line.
        uncertainty: How unsure the model is of it, from 0 to 1.
        random: Whether it was drawn, whatever the model says of it.
    """

    tagged: "TaggedText"
    location: str
    uncertainty: float
    random: bool = False


@dataclass(repr=False)
class SelectionReport:
    """What was chosen, and what became of the other texts; printed as a table.

    Attributes:
        asked: How many texts were to be chosen.
        read: Texts that were read.
        empty: Texts of nothing but white space, left out.
        repeated: Texts that were there before, left out.
        annotated: Texts that are annotated already, left out.
        near: Near-duplicates of chosen or annotated texts, left out though they are as uncertain.
        kept: The most uncertain texts, among which was chosen.
        chosen: The chosen texts, in the order in which they are written.
    """

    asked: int
    read: int = 0
    empty: int = 0
    repeated: int = 0
    annotated: int = 0
    near: int = 0
    kept: int = 0
    chosen: list[ChosenText] = field(default_factory=list)

    def __repr__(self) -> str:
        """Return the counts, and whether they are fewer than were asked for."""
        drawn = sum(item.random for item in self.chosen)
        names = translate_all(
            [
                "texts read",
                "empty, left out",
                "repeated, left out",
                "annotated already, left out",
                "near-duplicates, left out",
                "chosen by uncertainty",
                "chosen at random",
            ]
        )
        counts = [self.read, self.empty, self.repeated, self.annotated, self.near]
        counts += [len(self.chosen) - drawn, drawn]
        rows = [[name, f"{count:,}"] for name, count in zip(names, counts, strict=True)]
        lines = [format_table(rows)]
        if len(self.chosen) < self.asked:
            found = len(self.chosen)
            if self.near:
                line = translate(
                    f"{found:,} texts were chosen, not {self.asked:,}: the others of the "
                    f"{self.kept:,} most uncertain ones are near-duplicates."
                )
            else:
                line = translate(
                    f"{found:,} texts were chosen, not {self.asked:,}: there are no more."
                )
            lines.append(line)
        return "\n".join(lines)
