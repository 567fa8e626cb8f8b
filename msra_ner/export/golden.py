"""Texts and what an exported model makes of them, step by step, to hold an implementation against.

A program in another language has four places to go wrong: tokens, word pieces, windows, decoding.
"""

from pathlib import Path
from typing import Any

from msra_ner.corpus import SAMPLE, open_corpus, split_text
from msra_ner.inference import Tagger
from msra_ner.storage import write_json

GOLDEN_FILE = "golden.json"
# What implementations get wrong: nothing, characters of two UTF-16 units, white space that is
# no token and that is one, what tokenizers drop, full width, combining marks, unknown characters.
ODD_TEXTS = (
    *("", " ", "𠮷野家在北京😀。", "  王小明\t在\u3000上海\n工作 ", "北\u200b京\ufffd大\u0301学"),
    *("ＡＢＣ公司２０２４年", "IBM 和 New York", "龘靐齉", "👩‍👩‍👧在北京"),
)
# Sentences of the sample, and as many characters in one text that it takes several windows.
SENTENCES = 12
LONG = 3


def write_golden(folder: Path) -> None:
    """Write ``golden.json`` into the folder of an export.

    Each of its ``texts`` has the ``text``; the ``offsets`` of its tokens, ``[start, end]`` in
    code points; its ``windows``, each with ``input_ids``, ``word_ids`` (the token of each word
    piece, -1 for special ones) and ``own`` (the tokens that are decided there, start and end); and
    the ``entities`` as ``msra-ner predict`` writes them.
    """
    tagger = Tagger.from_pretrained(folder)
    texts = [*ODD_TEXTS, *_read_sample(LONG * tagger.aligner.max_length)]
    golden = {
        "about": "What msra-ner finds in these texts. Offsets count Unicode code points; scores "
        "are rounded, and may differ by 0.001.",
        "texts": [_describe(tagger, text) for text in texts],
    }
    write_json(folder / GOLDEN_FILE, golden)


def _read_sample(characters: int) -> list[str]:
    rows = open_corpus(SAMPLE).splits["train"].sentences()
    sentences = ["".join(row.tokens) for row in rows]
    return [*sentences[:SENTENCES], "".join(sentences)[:characters]]


def _describe(tagger: Tagger, text: str) -> dict[str, Any]:
    tokens, starts = split_text(text, tagger.by_character)
    windows = [
        {
            "input_ids": window.input_ids,
            "word_ids": window.word_ids,
            "own": [window.own_start, window.own_end],
        }
        for window in tagger.aligner.encode(tokens)
    ]
    return {
        "text": text,
        "offsets": [[s, s + len(token)] for s, token in zip(starts, tokens, strict=True)],
        "windows": windows,
        "entities": [entity.as_dict() for entity in tagger(text)],
    }
