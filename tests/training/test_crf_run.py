"""A run with ``--decoder crf``: its transitions are trained, saved, loaded and exported."""

import json

import numpy as np
import pytest
import torch
from helpers.builders import EXAMPLE_SENTENCES, LONG_SENTENCE, write_corpus
from helpers.one_step import check_same_weights, one_step_settings
from helpers.tiny_models import tiny_run
from safetensors.torch import load_file
from transformers import AutoConfig, AutoModelForTokenClassification, AutoTokenizer

import msra_ner
from msra_ner.errors import ArgumentsError

SENTENCES = [*EXAMPLE_SENTENCES[:8], LONG_SENTENCE]


def settings_of(corpus, encoder, folder, **more):
    return tiny_run(corpus, encoder, folder, **{"decoder": "crf", **more})


@pytest.fixture(scope="module")
def trained(tiny_corpus, tiny_encoder, tmp_path_factory):
    """A run that knows its sentences, and what it found."""
    folder = tmp_path_factory.mktemp("crf") / "run"
    settings = settings_of(tiny_corpus, tiny_encoder, folder, num_train_epochs=25)
    return folder, msra_ner.train(**settings)


def write_renamed(folder):
    """Write a corpus of other labels."""
    renamed = [
        type(row)(row.tokens, [tag.replace("LOC", "GPE") for tag in row.tags]) for row in SENTENCES
    ]
    return write_corpus(folder, dict.fromkeys(("train", "val", "test"), renamed))


def read_weights(folder):
    return load_file(folder / "model.safetensors")


def read_transitions(folder):
    return read_weights(folder)["chain.transitions.weight"].numpy()


def test_it_learns_and_scores_the_same_once_saved(trained, tiny_corpus):
    folder, result = trained
    assert result.test.f1 > 0.6
    assert read_transitions(folder).shape == (13, 13), "O, and B, I, E, S of three types"
    labels = [*AutoConfig.from_pretrained(folder).id2label.values()]
    assert labels == ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
    assert np.abs(read_transitions(folder)).max() > 0.01
    again = msra_ner.evaluate(folder, tiny_corpus, use_cpu=True)
    assert again.f1 == result.test.f1
    tagger = msra_ner.Tagger.from_pretrained(folder)
    assert "crf" in repr(type(tagger.decoder)).lower()
    tags = tagger.tag_tokens(sentence.tokens for sentence in SENTENCES)
    assert msra_ner.score_tags(SENTENCES, tags).f1 == result.test.f1


def test_a_chain_in_iob2_stays_so_when_training_goes_on(tiny_corpus, tiny_encoder, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    settings = settings_of(tiny_corpus, tiny_encoder, first, train_scheme="iob2")
    result = msra_ner.train(**settings, num_train_epochs=2)
    assert read_transitions(first).shape == (7, 7)
    assert msra_ner.evaluate(first, tiny_corpus, use_cpu=True).f1 == result.test.f1
    msra_ner.train(**settings_of(tiny_corpus, first, second), max_steps=1)
    assert read_transitions(second).shape == (7, 7)
    other = tmp_path / "other"
    corpus = write_renamed(tmp_path / "gpe")
    msra_ner.train(**settings_of(corpus, first, other), max_steps=1)
    assert read_transitions(other).shape == (13, 13), "a chain of other labels is a new one"
    # As older models are saved.
    config = json.loads((first / "config.json").read_text())
    assert config["msra_ner"].pop("train_scheme") == "iob2"
    (first / "config.json").write_text(json.dumps(config))
    assert msra_ner.evaluate(first, tiny_corpus, use_cpu=True).f1 == result.test.f1


def test_other_programs_load_a_model_that_labels_each_token_by_itself(trained):
    """Its own head has learnt beside the chain, from the same encoder."""
    folder, _ = trained
    model, report = AutoModelForTokenClassification.from_pretrained(
        folder, output_loading_info=True
    )
    assert not report["missing_keys"]
    chain = {"chain.emissions.weight", "chain.emissions.bias", "chain.transitions.weight"}
    assert set(report["unexpected_keys"]) == chain
    plain = msra_ner.Tagger(model, AutoTokenizer.from_pretrained(folder), device="cpu")
    assert plain.decoder_name == "viterbi"
    tags = plain.tag_tokens(sentence.tokens for sentence in SENTENCES)
    assert msra_ner.score_tags(SENTENCES, tags).f1 > 0.5
    chained = msra_ner.Tagger.from_pretrained(folder).model
    assert torch.equal(model.classifier.weight, chained.classifier.weight)
    assert not torch.equal(chained.chain.emissions.weight, chained.classifier.weight)


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


@pytest.mark.parametrize("given", [{"decoder": "viterbi"}, {"decoder": "auto", "recipe": "fast"}])
def test_there_is_no_scheme_without_a_chain(given, tiny_corpus, tiny_encoder, tmp_path):
    settings = settings_of(tiny_corpus, tiny_encoder, tmp_path / "run") | given
    with pytest.raises(ArgumentsError, match="train_scheme: found bioes with decoder viterbi"):
        msra_ner.train(**settings, train_scheme="bioes")
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


def test_a_run_of_an_older_version_goes_on_in_its_scheme(tiny_corpus, tiny_encoder, tmp_path):
    """It said nothing of a scheme, and had IOB2."""
    folder = tmp_path / "run"
    settings = settings_of(tiny_corpus, tiny_encoder, folder, num_train_epochs=1)
    msra_ner.train(**settings, train_scheme="iob2")
    (checkpoint,) = folder.glob("checkpoint-*")
    (checkpoint / "manifest.json").unlink()
    for path in (folder / "run.json", checkpoint / "config.json"):
        record = json.loads(path.read_text())
        del record["settings" if path.name == "run.json" else "msra_ner"]["train_scheme"]
        path.write_text(json.dumps(record))
    more = settings | {"num_train_epochs": 2, "resume_from_checkpoint": "last"}
    with pytest.raises(ArgumentsError, match="train_scheme: found bioes, expected iob2"):
        msra_ner.train(**more, train_scheme="bioes")
    msra_ner.train(**more)
    assert json.loads((folder / "run.json").read_text())["settings"]["train_scheme"] == "iob2"
    assert read_transitions(folder).shape == (7, 7)


def test_what_is_only_scored_has_the_scheme_of_its_training(trained, tiny_corpus):
    folder, result = trained
    same = msra_ner.evaluate(folder, tiny_corpus, train_scheme="bioes", use_cpu=True)
    assert same.f1 == result.test.f1
    with pytest.raises(ArgumentsError, match="train_scheme: found iob2, expected bioes"):
        msra_ner.evaluate(folder, tiny_corpus, train_scheme="iob2", use_cpu=True)


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
    assert np.abs(read_transitions(tmp_path / "one")).max() > 0.01


def test_further_training_starts_from_the_transitions_of_the_same_labels(
    trained, tiny_corpus, tmp_path
):
    folder, _ = trained
    frozen = {"num_train_epochs": 1, "learning_rate": 0.0}
    msra_ner.train(**settings_of(tiny_corpus, folder, tmp_path / "same") | frozen)
    np.testing.assert_allclose(read_transitions(tmp_path / "same"), read_transitions(folder))
    corpus = write_renamed(tmp_path / "gpe")
    msra_ner.train(**settings_of(corpus, folder, tmp_path / "other") | frozen)
    other = np.abs(read_transitions(tmp_path / "other"))
    assert 0 < other.max() < 0.2, "those of other labels are drawn again"
    msra_ner.train(
        **settings_of(tiny_corpus, folder, tmp_path / "plain", decoder="viterbi") | frozen
    )
    plain = read_weights(tmp_path / "plain")
    assert not any(name.startswith("chain") for name in plain)
    assert torch.equal(plain["classifier.weight"], read_weights(folder)["classifier.weight"])


def test_the_transitions_have_a_learning_rate_of_their_own(tiny_corpus, tiny_encoder, tmp_path):
    settings = settings_of(tiny_corpus, tiny_encoder, tmp_path / "run", num_train_epochs=1)
    msra_ner.train(**settings, chain_learning_rate=0.0, head_learning_rate=1.0)
    assert np.abs(read_transitions(tmp_path / "run")).max() < 0.2
    assert np.abs(read_weights(tmp_path / "run")["chain.emissions.weight"].numpy()).max() > 0.5


@pytest.mark.slow
def test_an_exported_model_decodes_with_its_transitions(trained, tmp_path):
    for module in ("onnx", "onnxscript", "onnxruntime"):
        pytest.importorskip(module, reason=f"needs {module} (pip install .[all])")
    folder, _ = trained
    exported = msra_ner.export_model(folder, "onnx", tmp_path / "onnx")
    names = json.loads((exported / "export.json").read_text())["chain_labels"]
    assert names[6:] == ["I-LOC", "E-PER", "E-ORG", "E-LOC", "S-PER", "S-ORG", "S-LOC"]
    # Programs that know nothing of a chain read the own head there too.
    import onnxruntime

    session = onnxruntime.InferenceSession(exported / "model.onnx")
    ids = np.array([[2, 7, 8, 9, 3]])
    inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
    found, label_ids = session.run(["logits", "label_ids"], inputs)
    plain = AutoModelForTokenClassification.from_pretrained(folder)
    with torch.no_grad():
        expected = plain(torch.from_numpy(ids)).logits.numpy()
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert (label_ids == expected.argmax(-1)).all()
    tokens = [sentence.tokens for sentence in SENTENCES]
    ours, theirs = (
        msra_ner.Tagger.from_pretrained(x).tag_tokens(tokens) for x in (folder, exported)
    )
    assert ours == theirs
    assert any(tag != "O" for row in ours for tag in row)
