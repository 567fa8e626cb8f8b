"""What the offsets of a file's spans count, proven by the texts beside the spans."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, product
from typing import NoReturn

from msra_ner.corpus.documents import Document, Span, check_span
from msra_ner.corpus.formats.span_keys import RawSpan, RawText
from msra_ner.corpus.lines import refuse, shorten
from msra_ner.corpus.options import Ends, Offsets, ReadOptions

# How one unit is encoded, and in how many bytes.
_CODECS: dict[Offsets, tuple[str, int]] = {
    "characters": ("utf-32-le", 4),
    "utf-16": ("utf-16-le", 2),
    "bytes": ("utf-8", 1),
}
_ENDS: tuple[Ends, Ends] = ("exclusive", "inclusive")
# Keys whose strings can be nothing but the text of a span; others must prove it.
_TEXT_KEYS = frozenset(("text", "word", "surface", "mention", "span_text", "entity"))
# A string is the text of its span where it is so for this share of the spans that have it.
_MIN_SHARE = 0.5


@dataclass(frozen=True)
class OffsetRule:
    """How the offsets of a file are read.

    Attributes:
        offsets: What they count: characters, bytes of UTF-8, or units of UTF-16.
        ends: Whether an end is the first character behind the span, or its last.
    """

    offsets: Offsets = "characters"
    ends: Ends = "exclusive"

    def __str__(self) -> str:
        """Return the rule in words."""
        units = "" if self.offsets == "characters" else f", and offsets count {self.offsets}"
        return f"ends of spans are {self.ends}{units}"

    def fits(self, text: str, span: RawSpan, part: str) -> bool:
        """Return whether a span of a text is this part of it."""
        codec, width = _CODECS[self.offsets]
        start = span.start * width
        end = (span.end + (self.ends == "inclusive")) * width
        encoded = text.encode(codec)
        return 0 <= start < end <= len(encoded) and encoded[start:end] == part.encode(codec)

    def convert(self, text: str, spans: Iterable[RawSpan]) -> list[tuple[int, int]]:
        """Return start and end (exclusive) of each span in characters.

        A bytes or UTF-16 offset that is outside the text, or inside a character, becomes -1.
        """
        extra = self.ends == "inclusive"
        if self.offsets == "characters":
            return [(span.start, span.end + extra) for span in spans]
        codec, width = _CODECS[self.offsets]
        sizes = (len(character.encode(codec)) // width for character in text)
        numbers = {border: number for number, border in enumerate(accumulate(sizes, initial=0))}
        return [(numbers.get(span.start, -1), numbers.get(span.end + extra, -1)) for span in spans]


# What several of them fit is taken for the first.
RULES = tuple(OffsetRule(offsets, ends) for offsets, ends in product(_CODECS, _ENDS))


@dataclass(frozen=True)
class SpanLayout:
    """How the spans of a file are read.

    Attributes:
        rule: What their offsets mean.
        text_keys: Keys under which spans carry their text.
        is_proven: Whether the texts of spans show the rule.
    """

    rule: OffsetRule
    text_keys: frozenset[str]
    is_proven: bool


def find_layout(
    texts: Iterable[tuple[str, RawText]], options: ReadOptions, default: OffsetRule | None = None
) -> SpanLayout:
    """Return how the spans of a file are read, from all its texts with their locations.

    Args:
        texts: Each text with its location.
        options: What is stated goes before what the texts show.
        default: The rule of the format where neither says anything; None asks for it.

    Raises:
        CorpusError: There are spans, and nothing shows or says how their ends count; or what
            offsets count, where a text has a character that is two units of UTF-16.
    """
    votes: Counter[OffsetRule] = Counter()
    key_votes: Counter[tuple[OffsetRule, str]] = Counter()
    keys: Counter[str] = Counter()
    without_text = with_pair = ""  # the first span without a text; the first in such a text
    for location, raw in texts:
        for span in raw.spans:
            keys.update(span.texts.keys())
            if _TEXT_KEYS.isdisjoint(span.texts):
                without_text = without_text or location
            if not with_pair and max(raw.text, default="") > "\uffff":
                with_pair = location
            for rule in RULES:
                fitting = [
                    key for key, part in span.texts.items() if rule.fits(raw.text, span, part)
                ]
                key_votes.update((rule, key) for key in fitting)
                votes[rule] += bool(fitting)
    best = max(RULES, key=lambda rule: votes[rule])
    proven = {key for key, count in keys.items() if key_votes[best, key] > _MIN_SHARE * count}
    text_keys = frozenset(proven | (_TEXT_KEYS & keys.keys()))
    allowed = [
        rule
        for rule in RULES
        if options.ends in ("auto", rule.ends) and options.offsets in ("auto", rule.offsets)
    ]
    # Where what is stated does not fit the texts, reading says so, with the line.
    chosen = max(allowed, key=lambda rule: (votes[rule], rule == default))
    if not votes[best] and without_text:
        if default is None:
            _ask(options, without_text, with_pair)
        elif default in allowed:
            chosen = default
    return SpanLayout(chosen, text_keys, is_proven=votes[chosen] > 0)


def _ask(options: ReadOptions, without_text: str, with_pair: str) -> None:
    """Refuse spans whose offsets can mean several things, and nobody has said which."""
    if options.ends == "auto":
        refuse(
            without_text,
            "spans without their text",
            "to know whether the last character of a span is at its end or before it",
            "give --ends exclusive (as in Python) or --ends inclusive",
        )
    if options.offsets == "auto" and with_pair:
        refuse(
            with_pair,
            "spans without their text in a text with a character such as 😀",
            "to know whether offsets count it once (Python) or twice (JavaScript, Java)",
            "give --offsets characters or --offsets utf-16",
        )


def convert_spans(location: str, raw: RawText, layout: SpanLayout) -> tuple[Span, ...]:
    """Return the spans of a text in characters.

    Raises:
        CorpusError: A span does not fit its text, or is not what is beside it.
    """
    spans = []
    for span, (start, end) in zip(raw.spans, layout.rule.convert(raw.text, raw.spans), strict=True):
        for key in sorted(layout.text_keys & span.texts.keys()):
            if not layout.rule.fits(raw.text, span, span.texts[key]):
                _refuse_part(location, raw.text, span, span.texts[key], layout.rule)
        for type in span.types:
            spans.append(Span(start, end, type))
            check_span(Document(raw.text, (), location), spans[-1])
    return tuple(spans)


def _refuse_part(location: str, text: str, span: RawSpan, part: str, rule: OffsetRule) -> NoReturn:
    """Raise for a span whose own text is not at its offsets; find out why, if possible."""
    ((start, end),) = rule.convert(text, [span])
    remedy = f"correct the offsets (read as: {rule})"
    if fitting := next((other for other in RULES if other.fits(text, span, part)), None):
        remedy = (
            f"correct the offsets, which fit here if {fitting}; if that holds for the whole file, "
            f"give --ends {fitting.ends} and --offsets {fitting.offsets}"
        )
    refuse(
        location,
        f"{shorten(text[max(start, 0) : max(end, 0)])} from {span.start} to {span.end} of the "
        f"text, but {shorten(part)} as the text of the span",
        "the same in both",
        remedy,
    )
