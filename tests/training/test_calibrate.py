import json

import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_corpus
from helpers.tiny_models import tiny_run

import msra_ner
from msra_ner.corpus import Sentence
from msra_ner.decoding import apply_temperature
from msra_ner.models import CONFIG_KEY, TEMPERATURE, read_temperature
from msra_ner.training import calibrate as calibrating


def read_config(run):
    return json.loads((run / "config.json").read_text(encoding="utf-8"))[CONFIG_KEY]


@pytest.fixture(scope="module")
def calibrated(tiny_encoder, tmp_path_factory):
    """A run whose val has enough entities, and the same run of which nobody asked that."""
    folder = tmp_path_factory.mktemp("calibrated")
    many = [*EXAMPLE_SENTENCES] * 3
    # Of half of val nobody has said what the entities are: the model is right half of the time.
    bare = [Sentence(row.tokens, ["O"] * len(row.tokens)) for row in EXAMPLE_SENTENCES]
    splits = {"train": many, "val": [*EXAMPLE_SENTENCES, *bare], "test": many[:16]}
    corpus = write_corpus(folder / "corpus", splits)
    runs = []
    with pytest.MonkeyPatch.context() as patch:
        for name, enough in (("plain", 10**6), ("warm", 10)):
            patch.setattr(calibrating, "ENOUGH", enough)
            settings = tiny_run(corpus, tiny_encoder, folder / name)
            msra_ner.train(**settings, num_train_epochs=8, precision="fp32")
            runs.append(folder / name)
    return runs


def test_the_temperature_is_saved_with_the_model(calibrated):
    plain, warm = map(read_config, calibrated)
    temperature = warm.pop(TEMPERATURE)
    assert warm == plain
    assert 0.2 <= temperature <= 5
    assert temperature != 1


def test_scores_are_those_under_the_temperature_wherever_they_are_shown(calibrated):
    _, warm = calibrated
    temperature = read_config(warm)[TEMPERATURE]
    rows = [
        [json.loads(line) for line in (run / "predictions.jsonl").read_text("utf-8").splitlines()]
        for run in calibrated
    ]
    before, after = (
        [entity["score"] for row in side for entity in row["pred_entities"]] for side in rows
    )
    assert before
    assert after == pytest.approx(apply_temperature(before, temperature), abs=2e-4)
    texts = ["".join(sentence.tokens) for sentence in EXAMPLE_SENTENCES]
    found = [
        [entity for row in msra_ner.Tagger.from_pretrained(run, "cpu")(texts) for entity in row]
        for run in calibrated
    ]
    assert [item.text for item in found[0]] == [item.text for item in found[1]]
    assert [item.score for item in found[1]] == pytest.approx(
        apply_temperature([item.score for item in found[0]], temperature), abs=2e-3
    )


def test_another_decoder_has_no_temperature(calibrated):
    settings = read_config(calibrated[1])
    assert read_temperature(settings, settings["decoder"]) == settings[TEMPERATURE]
    assert read_temperature(settings, "other") == 1
    assert read_temperature({}, "viterbi") == 1
