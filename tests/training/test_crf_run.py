"""A run with ``--decoder crf``: its transitions are trained, saved, loaded and exported."""

import json
import logging
from pathlib import Path

import numpy as np
import pytest
from helpers.builders import EXAMPLE_SENTENCES, LONG_SENTENCE, write_corpus
from helpers.one_step import check_same_weights, one_step_settings
from helpers.tiny_models import TINY_RUN
from safetensors.torch import load_file
from transformers import AutoModelForTokenClassification

import msra_ner
from msra_ner.errors import ArgumentsError

SENTENCES = [*EXAMPLE_SENTENCES[:8], LONG_SENTENCE]


def settings_of(corpus, encoder, folder, **more):
    return {
        **TINY_RUN,
        "data_dir": str(corpus),
        "model_name_or_path": str(encoder),
        "output_dir": str(folder),
        "decoder": "crf",
        **more,
    }


@pytest.fixture(scope="module")
def trained(tiny_corpus, tiny_encoder, tmp_path_factory):
    """A run that knows its sentences, and what it found."""
    folder = tmp_path_factory.mktemp("crf") / "run"
    settings = settings_of(tiny_corpus, tiny_encoder, folder, num_train_epochs=25)
    return folder, msra_ner.train(**settings)


def read_settings(folder):
    return json.loads((Path(folder) / "config.json").read_text())["msra_ner"]


def read_transitions(folder):
    return np.array(read_settings(folder)["transitions"])


def predicted(folder):
    lines = (folder / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_it_learns_and_scores_the_same_once_saved(trained, tiny_corpus):
    folder, result = trained
    assert result.test.f1 > 0.6
    assert read_transitions(folder).shape == (7, 7)
    assert np.abs(read_transitions(folder)).max() > 0.01
    again = msra_ner.evaluate(folder, tiny_corpus, use_cpu=True)
    assert again.f1 == result.test.f1
    tagger = msra_ner.Tagger.from_pretrained(folder)
    assert "crf" in repr(type(tagger.decoder)).lower()
    tags = tagger.tag_tokens(sentence.tokens for sentence in SENTENCES)
    assert msra_ner.score_tags(SENTENCES, tags).f1 == result.test.f1


def test_the_saved_weights_are_those_of_the_best_checkpoint(trained):
    folder, _ = trained
    state = json.loads((folder / "trainer_state.json").read_text())
    best = folder / Path(state["best_model_checkpoint"]).name
    weights = load_file(best / "model.safetensors")["transitions"].numpy()
    np.testing.assert_allclose(read_transitions(folder), weights, rtol=1e-6)
    last = load_file(folder / f"checkpoint-{state['global_step']}" / "model.safetensors")
    if best.name != f"checkpoint-{state['global_step']}":
        assert not np.allclose(last["transitions"].numpy(), weights)


def test_other_programs_load_it_without_a_word(trained, caplog):
    folder, _ = trained
    assert "transitions" not in load_file(folder / "model.safetensors")
    with caplog.at_level(logging.WARNING, "transformers"):
        _, report = AutoModelForTokenClassification.from_pretrained(
            folder, output_loading_info=True
        )
    assert not any(report[key] for key in ("unexpected_keys", "missing_keys"))


def test_the_logits_are_not_read_without_the_transitions(trained, tiny_corpus):
    folder, _ = trained
    for name in ("viterbi", "argmax"):
        with pytest.raises(ArgumentsError, match="expected crf"):
            msra_ner.Tagger.from_pretrained(folder, decoder=name)
        with pytest.raises(ArgumentsError, match="expected crf"):
            msra_ner.evaluate(folder, tiny_corpus, decoder=name, use_cpu=True)


def test_there_is_no_crf_without_its_training(tiny_corpus, tiny_encoder, tmp_path):
    settings = settings_of(tiny_corpus, tiny_encoder, tmp_path / "run", decoder="viterbi")
    msra_ner.train(**settings, num_train_epochs=1)
    for use in (
        lambda: msra_ner.Tagger.from_pretrained(tmp_path / "run", decoder="crf"),
        lambda: msra_ner.evaluate(tmp_path / "run", tiny_corpus, decoder="crf", use_cpu=True),
    ):
        with pytest.raises(ArgumentsError, match="without transitions"):
            use()


@pytest.mark.parametrize(
    ("setting", "value"),
    [("label_all_pieces", True), ("label_smoothing_factor", 0.1), ("fsdp", "full_shard")],
)
def test_what_does_not_go_together_is_refused(setting, value, tiny_corpus, tiny_encoder, tmp_path):
    settings = settings_of(tiny_corpus, tiny_encoder, tmp_path / "run")
    with pytest.raises(ArgumentsError, match=f"{setting}|decoder"):
        msra_ner.train(**settings, **{setting: value})
    assert not (tmp_path / "run").exists()


def test_a_resumed_run_ends_as_one_that_was_not_stopped(tiny_corpus, tiny_encoder, tmp_path):
    for name, epochs in (("whole", [2]), ("parts", [1, 2])):
        for number in epochs:
            settings = settings_of(
                *(tiny_corpus, tiny_encoder, tmp_path / name),
                num_train_epochs=number,
                lr_scheduler_type="constant",
                warmup_steps=0,
                load_best_model_at_end=False,
                resume_from_checkpoint="last" if number > epochs[0] else None,
            )
            msra_ner.train(**settings)
    check_same_weights(tmp_path / "whole", tmp_path / "parts")
    np.testing.assert_allclose(*map(read_transitions, (tmp_path / "whole", tmp_path / "parts")))


def test_passes_that_accumulate_give_the_step_of_one_batch(tiny_corpus, tmp_path):
    step = one_step_settings(tmp_path, tiny_corpus) | {"decoder": "crf"}
    msra_ner.train(**step, output_dir=tmp_path / "one", per_device_train_tokens=100_000)
    msra_ner.train(
        **step,
        output_dir=tmp_path / "run",
        per_device_train_tokens=64,
        gradient_accumulation_steps=99,
    )
    check_same_weights(tmp_path / "run", tmp_path / "one")
    one, other = (read_transitions(tmp_path / name) for name in ("one", "run"))
    assert np.abs(one).max() > 0.001
    np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-6)


def test_further_training_starts_from_the_transitions_of_the_same_labels(
    trained, tiny_corpus, tmp_path
):
    folder, _ = trained
    frozen = {"num_train_epochs": 1, "learning_rate": 0.0}
    msra_ner.train(**settings_of(tiny_corpus, folder, tmp_path / "same") | frozen)
    np.testing.assert_allclose(read_transitions(tmp_path / "same"), read_transitions(folder))
    renamed = [
        type(row)(row.tokens, [tag.replace("LOC", "GPE") for tag in row.tags]) for row in SENTENCES
    ]
    corpus = write_corpus(tmp_path / "gpe", dict.fromkeys(("train", "val", "test"), renamed))
    msra_ner.train(**settings_of(corpus, folder, tmp_path / "other") | frozen)
    assert not read_transitions(tmp_path / "other").any(), "labels of another corpus start at 0"
    msra_ner.train(
        **settings_of(tiny_corpus, folder, tmp_path / "plain", decoder="viterbi") | frozen
    )
    assert "transitions" not in read_settings(tmp_path / "plain")


def test_the_transitions_have_a_learning_rate_of_their_own(tiny_corpus, tiny_encoder, tmp_path):
    settings = settings_of(tiny_corpus, tiny_encoder, tmp_path / "run", num_train_epochs=1)
    msra_ner.train(**settings, chain_learning_rate=0.0)
    assert not read_transitions(tmp_path / "run").any()


@pytest.mark.slow
def test_an_exported_model_decodes_with_its_transitions(trained, tmp_path):
    for module in ("onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(module, reason=f"needs {module} (pip install .[all])")
    folder, _ = trained
    exported = msra_ner.export_model(folder, "onnx", tmp_path / "onnx")
    tokens = [sentence.tokens for sentence in SENTENCES]
    ours, theirs = (
        msra_ner.Tagger.from_pretrained(x).tag_tokens(tokens) for x in (folder, exported)
    )
    assert ours == theirs
    assert any(tag != "O" for row in ours for tag in row)
