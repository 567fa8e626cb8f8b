import numpy as np
import pytest

from msra_ner.decoding import apply_temperature, fit_temperature, make_decoder
from msra_ner.decoding.temperature import HIGHEST, LOWEST
from msra_ner.labels import decode_entities

LABELS = ["O", "B-PER", "I-PER"]


def draw(temperature, count=20_000):
    """Return probabilities, and what is right as often as these say under a temperature."""
    random = np.random.default_rng(0)
    given = random.uniform(0.05, 0.999, count)
    return given.tolist(), (random.random(count) < apply_temperature(given, temperature)).tolist()


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_the_temperature_of_drawn_scores_is_found(temperature):
    assert fit_temperature(*draw(temperature)) == pytest.approx(temperature, rel=0.05)


def test_it_stays_within_its_bounds():
    assert fit_temperature([0.9] * 9, [True] * 8 + [False]) == pytest.approx(1.0566, abs=0.01)
    assert LOWEST <= fit_temperature([0.6] * 9, [True] * 9) <= LOWEST + 0.01
    assert HIGHEST - 0.05 <= fit_temperature([0.99, 0.01], [False, True]) <= HIGHEST


def test_order_and_certainty_stay():
    scores = [0.0, 0.2, 0.5, 0.99, 1.0]
    softer = apply_temperature(scores, 1.7)
    assert softer == sorted(softer)
    assert softer[2] == pytest.approx(0.5)
    assert all(0 <= score <= 1 for score in softer)
    assert apply_temperature(scores, 1) == scores
    assert apply_temperature([], 2.0) == []


@pytest.mark.parametrize("name", ["viterbi", "argmax", "crf"])
def test_every_decoder_applies_it_to_entities_and_changes_no_label(name):
    logits = np.random.default_rng(1).normal(size=(6, 3)).astype(np.float32)
    transitions = np.zeros((3, 3)) if name == "crf" else None
    plain, warm = (
        make_decoder(name, LABELS, transitions, temperature=temperature)
        for temperature in (1.0, 2.0)
    )
    (path,) = plain.find_labels([logits])
    assert warm.find_labels([logits])[0].tolist() == path.tolist()
    entities = [decode_entities(["B-PER", "I-PER", "O", "B-PER", "O", "O"])]
    before, after = (item.find_probabilities([logits], entities)[0] for item in (plain, warm))
    assert after == pytest.approx(apply_temperature(before, 2.0))
    assert after != pytest.approx(before)
