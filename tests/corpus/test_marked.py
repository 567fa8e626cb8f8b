from html.parser import HTMLParser

from helpers.builders import PROPERTY
from hypothesis import given, strategies as st

from msra_ner.corpus.marked import mark_entities, render_entities
from msra_ner.labels import Entity


class Reader(HTMLParser):
    """Reads the text of a page, and its marks, as a browser does."""

    def __init__(self, page):
        super().__init__()
        self.text, self.marks, self.tags, self._style = "", [], [], False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self._style = tag == "style"
        if tag == "mark":
            values = dict(attributes)
            self.marks.append([values["data-type"], values["class"], ""])

    def handle_endtag(self, tag):
        self.tags.append(f"/{tag}")
        self._style = False

    def handle_data(self, data):
        if self._style:
            return
        self.text += data
        if self.tags and self.tags[-1] == "mark":
            self.marks[-1][2] += data


ANY = st.characters(exclude_categories=["Cs"])
TEXT = st.text(st.sampled_from("北京 <>&\"'/;\n\U00020bb7mark") | ANY)
TYPES = st.sampled_from(["PER", "LOC", 'A"<b>', "&amp;"])


@PROPERTY
@given(TEXT, st.data())
def test_the_text_of_the_page_is_the_text(text, data):
    borders = st.integers(0, len(text))
    spans = [
        Entity(start, end, data.draw(TYPES))
        for start, end in data.draw(st.lists(st.tuples(borders, borders)))
        if start < end
    ]
    found = Reader(mark_entities(text, spans))
    assert found.text == text
    assert set(found.tags) <= {"mark", "/mark"}
    given_spans = {(span.type, text[span.start : span.end]) for span in spans}
    assert {(kind, content) for kind, _, content in found.marks} <= given_spans
    assert bool(found.marks) == bool(spans)


def test_a_type_has_its_colour_in_every_text():
    spans = [Entity(0, 1, "PER"), Entity(1, 2, "LOC")]
    assert [mark[:2] for mark in Reader(mark_entities("王北", spans)).marks] == [
        ["PER", "type0"],
        ["LOC", "type2"],
    ]
    assert [mark[1] for mark in Reader(mark_entities("北", [Entity(0, 1, "LOC")])).marks] == [
        "type2"
    ]
    # Of others a tagger's decide, so that two that want one colour have the same in every text.
    page = mark_entities("王北", [Entity(0, 1, "b")], ["b", "j"])
    assert [mark[1] for mark in Reader(page).marks] == ["type2"]


def test_a_span_that_overlaps_an_earlier_one_is_left_out():
    spans = [Entity(1, 3, "B"), Entity(0, 2, "A"), Entity(2, 3, "C")]
    assert [mark[0] for mark in Reader(mark_entities("abc", spans)).marks] == ["A", "C"]


def test_a_notebook_shows_the_text_with_its_style():
    found = Reader(render_entities("<b>北京", [Entity(3, 5, "LOC")]))
    assert found.text == "<b>北京"
    assert found.tags == ["style", "/style", "div", "mark", "/mark", "/div"]
