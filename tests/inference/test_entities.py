import pickle

import pytest
from helpers import tiny_models
from helpers.served import WordTagger

from msra_ner.inference.entities import TaggedText, TextEntity
from msra_ner.inference.runtimes import TorchRuntime
from msra_ner.inference.tagger import Tagger, describe_tagger
from msra_ner.labels import label_list

TEXT = "<王小明>在北京"
ENTITIES = [TextEntity("PER", 1, 4, "王小明", 0.99), TextEntity("LOC", 6, 8, "北京", 0.98)]


@pytest.fixture(scope="module")
def tagger():
    tokenizer = tiny_models.wordpiece()
    model = tiny_models.tiny_model(label_list(["PER", "ORG"]), len(tokenizer))
    model.config.msra_ner = {"max_length": 24}
    return Tagger(model, tokenizer, device="cpu")


def test_a_tagged_text_is_a_list_that_knows_its_text():
    tagged = TaggedText(TEXT, ENTITIES)
    assert tagged == ENTITIES
    assert repr(tagged) == repr(ENTITIES)
    assert tagged[1:] == ENTITIES[1:]
    assert tagged.text == TEXT
    again = pickle.loads(pickle.dumps(tagged))
    assert (again, again.text) == (ENTITIES, TEXT)


def test_a_notebook_shows_the_entities_in_their_text():
    page = TaggedText(TEXT, ENTITIES, ["PER", "ORG", "LOC"])._repr_html_()
    marked = (
        '&lt;<mark class="type0" data-type="PER">王小明</mark>&gt;在'
        '<mark class="type2" data-type="LOC">北京</mark>'
    )
    assert marked in page


def test_a_tagger_gives_a_tagged_text_for_each(tagger):
    text = tiny_models.TEXTS[0]
    found = tagger(text)
    assert isinstance(found, TaggedText)
    assert (found.text, found.types) == (text, ["PER", "ORG"])
    assert [row.text for row in tagger(tiny_models.TEXTS)] == tiny_models.TEXTS
    assert [row.text for row in tagger.stream(["", text])] == ["", text]


def test_a_tagger_says_what_it_finds_and_where_it_computes(tagger):
    assert repr(tagger) == (
        "Tagger(types=['PER', 'ORG'], runtime='Torch', device='cpu', precision='float32', "
        "max_length=24)"
    )


def test_a_runtime_without_a_device_or_a_model_is_described_too(tagger):
    class OnnxRuntime:
        """As one that opened an export."""

        labels, settings, limit = tagger.runtime.labels, {}, 512
        compute_logits = TorchRuntime.compute_logits

    facts = describe_tagger(Tagger(OnnxRuntime(), tagger.aligner.tokenizer))
    assert (facts["runtime"], facts["device"]) == ("Onnx", "cpu")
    assert facts["precision"] == "as exported"
    assert describe_tagger(WordTagger({"北京": "LOC"}))["types"] == ["LOC"]
