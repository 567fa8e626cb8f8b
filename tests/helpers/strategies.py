"""Random corpora for property tests: tokens, sentences and texts with spans, odd ones included."""

from hypothesis import strategies as st

from msra_ner.corpus.documents import SEPARATORS, Document, Span
from msra_ner.corpus.sentence import Sentence
from msra_ner.labels import decode_entities

from helpers.builders import TYPES, valid_tags  # isort: skip

# Characters that other tools take for white space, line ends or nothing.
ODD = '\u3000\u00a0\u2028\u2029\u0085\u200b\u001c\u2003\ufeff\ufffd\u0301😀𠮷#-…"\\{}[]/'
# What other readers take for something else: comments, tags, numbers, JSON.
ODD_TOKENS = ["#", "# x", "-DOCSTART-", "O", "B-PER", "I-PER", "_", "1", "NaN", "{}", "null", "T1"]
# Characters that end a token in each format; a space alone can stand in a column.
MARKS = {
    "pair": " \n\r\0",
    "columns": " \t\n\r\0",
    "conll-u": "\t\n\r\0",
    "json-tokens": "\0",
    "json-spans": f"{SEPARATORS}\0",
    "label-studio": f"{SEPARATORS}\0",
    "brat": f"{SEPARATORS}\0",
}


def characters(without: str) -> st.SearchStrategy[str]:
    """Single characters but for some, odd ones often."""
    odd = st.sampled_from([char for char in f"{ODD} \t\n\r\v\f" if char not in without])
    any_other = st.characters(exclude_characters=without, exclude_categories=["Cs"])
    return odd | any_other | st.sampled_from("中国人a1")


@st.composite
def sentences(draw: st.DrawFn, *formats: str, single: bool = False) -> list[Sentence]:
    """Sentences that each of the formats can hold, their tokens single characters or any.

    For a format of texts most tokens are words if any is, so that a text gives them back.
    """
    without = "".join(MARKS[format] for format in formats)
    character = characters(without)
    token = character
    if not single:
        odd = [text for text in ODD_TOKENS if not set(text) & set(without)]
        token = character | st.text(character, min_size=1, max_size=4) | st.sampled_from(odd)
    found = []
    for tags in draw(st.lists(valid_tags().filter(bool), min_size=1, max_size=4)):
        tokens = draw(st.lists(token, min_size=len(tags), max_size=len(tags)))
        if "columns" in formats and tokens[0] == "-DOCSTART-":
            tokens[0] = "-DOCSTART"
        found.append(Sentence(tokens, tags))
    lengths = [len(token) for sentence in found for token in sentence.tokens]
    if {"json-spans", "label-studio", "brat"} & set(formats) and max(lengths) > 1:
        found.append(Sentence(["词语"] * len(lengths), ["O"] * len(lengths)))
    return found


@st.composite
def documents(draw: st.DrawFn, without: str = "\n\r\0") -> list[Document]:
    """Texts with spans in any order, some inside or across others, none of white space alone."""
    found = []
    for text in draw(st.lists(st.text(characters(without), min_size=1, max_size=12), min_size=1)):
        if not text.strip(SEPARATORS):
            text += "中"
        borders = st.integers(0, len(text) - 1)
        spans = [
            Span(start, end + 1, kind)
            for start, end, kind in draw(
                st.lists(st.tuples(borders, borders, st.sampled_from(TYPES)), max_size=4)
            )
            if start <= end and text[start : end + 1].strip(SEPARATORS)
        ]
        found.append(Document(text, tuple(spans)))
    return found


def entity_count(items: list[Sentence]) -> int:
    """Return the number of entities of some sentences."""
    return sum(len(decode_entities(sentence.tags)) for sentence in items)
