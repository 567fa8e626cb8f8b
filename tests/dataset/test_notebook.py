import re
from html import unescape

from helpers.builders import EXAMPLE_SENTENCES, marked, write_corpus

import msra_ner
from msra_ner.corpus.sentence import Sentence


def texts(html):
    shown = re.findall(r'<div class="msra-ner-text"[^>]*>(.*?)</div>', html, flags=re.DOTALL)
    return [unescape(re.sub(r"<[^>]+>", "", text)) for text in shown]


def test_a_corpus_is_shown_with_its_entities_marked(tmp_path):
    sentences = [marked("[PER 王海燕]在<b>[LOC 北京]"), *EXAMPLE_SENTENCES[:4]]
    corpus = msra_ner.load_msra(write_corpus(tmp_path / "corpus", {"train": sentences}))
    html = corpus._repr_html_()
    assert "train: 5 sentences" in html
    assert texts(html) == ["".join(sentence.tokens) for sentence in sentences[:3]]
    assert 'data-type="PER">王海燕</mark>' in html
    assert 'data-type="LOC">北京</mark>' in html


def test_words_have_spaces_between_them(tmp_path):
    words = Sentence(["in", "New", "York", "now"], ["O", "B-LOC", "I-LOC", "O"])
    html = msra_ner.load_msra(write_corpus(tmp_path / "corpus", {"train": [words]}))._repr_html_()
    assert texts(html) == ["in New York now"]
    assert 'data-type="LOC">New York</mark>' in html


def test_windows_of_word_pieces_are_left_to_datasets(tmp_path, tiny_encoder):
    folder = write_corpus(tmp_path / "corpus", {"train": EXAMPLE_SENTENCES})
    assert msra_ner.load_msra(folder, str(tiny_encoder))._repr_html_() is None
