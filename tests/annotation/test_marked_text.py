import re
from html.parser import HTMLParser

import pytest
from helpers.builders import PROPERTY
from hypothesis import given, strategies as st

from msra_ner import TextEntity, render
from msra_ner.annotation import render_page
from msra_ner.annotation.marked_text import settle_overlaps
from msra_ner.corpus import Span
from msra_ner.errors import ArgumentsError

TEXT = st.text(
    st.sampled_from("北京大学 <>&\"'/;\n\x1b\u202e\U00020bb7")
    | st.characters(exclude_categories=["Cs"]),
    min_size=1,
)
TYPES = st.sampled_from(["PER", "LOC", 'A"<b>', "&amp;"])


@st.composite
def marked(draw):
    text = draw(TEXT)
    borders = st.integers(0, len(text))
    pairs = draw(st.lists(st.tuples(borders, borders), max_size=5))
    return text, [Span(start, end, draw(TYPES)) for start, end in pairs if start < end]


class Texts(HTMLParser):
    """The content of each element ``.text`` of a page, its marks, and all elements."""

    def __init__(self, page):
        super().__init__()
        self.texts, self.marks, self.names, self._inside = [], [], set(), False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.names.add(tag)
        if values.get("class") == "text":
            self._inside = True
            self.texts.append("")
            self.marks.append([])
        elif self._inside:
            self.marks[-1].append((values["data-type"], len(self.texts[-1])))

    def handle_endtag(self, tag):
        self._inside = self._inside and tag != "div"

    def handle_data(self, data):
        if self._inside:
            self.texts[-1] += data


@PROPERTY
@given(st.lists(marked(), max_size=3))
def test_the_page_holds_the_texts_and_marks_what_is_marked(items):
    shown = [render(text, spans) for text, spans in items]
    page = Texts(render_page(shown, "a <title>"))
    assert page.texts == [text for text, _ in items]
    assert page.marks == [[(span.type, span.start) for span in item.entities] for item in shown]
    assert "b" not in page.names


@PROPERTY
@given(marked())
def test_each_entity_is_marked_or_named_as_covered(item):
    text, spans = item
    found = render(text, spans)
    assert sorted([*found.entities, *found.covered]) == sorted(spans)
    ends = [0, *(span.end for span in found.entities)]
    assert all(end <= span.start for end, span in zip(ends, found.entities, strict=False))
    for span in found.covered:
        rivals = [x for x in found.entities if x.start < span.end and span.start < x.end]
        assert any(rival.end - rival.start >= span.end - span.start for rival in rivals)


@PROPERTY
@given(marked())
def test_a_terminal_obeys_nothing_in_the_text(item):
    plain = str(render(*item))
    assert not set("\x1b\x9b\u202e\r\0") & set(plain)
    coloured = render(*item).to_terminal()
    assert re.sub("\x1b\\[(38;5;\\d+|39)m", "", coloured) == plain


def test_entities_come_in_the_shapes_that_tools_give():
    expected = (Span(0, 2, "LOC"),)
    for entity in (
        Span(0, 2, "LOC"),
        TextEntity("LOC", 0, 2, "北京", 0.9),
        (0, 2, "LOC"),
        [0, 2, "LOC"],
        {"type": "LOC", "start": 0, "end": 2},
        {"entity_group": "LOC", "start": 0, "end": 2, "word": "北 京", "score": 0.9},
    ):
        assert render("北京", [entity]).entities == expected


@pytest.mark.parametrize(
    "entity",
    [
        (0, 3, "LOC"),
        (1, 1, "LOC"),
        (-1, 1, "LOC"),
        (0, 1, ""),
        (0, 1),
        "abc",
        {"start": 0},
        (0.0, 1, "A"),
    ],
    ids=str,
)
def test_what_is_no_entity_of_the_text_is_refused_with_its_index(entity):
    with pytest.raises(ArgumentsError, match="at index 1"):
        render("北京", [(0, 1, "LOC"), entity])


def test_of_equally_long_spans_the_first_is_kept():
    spans = [Span(1, 3, "B"), Span(0, 2, "A"), Span(2, 4, "C")]
    assert settle_overlaps(spans) == ([Span(0, 2, "A"), Span(2, 4, "C")], [Span(1, 3, "B")])


def test_a_notebook_shows_it():
    assert (
        '<mark class="type2" data-type="LOC">北京</mark>'
        in render("去北京", [(1, 3, "LOC")])._repr_html_()
    )
