"""What a name means, and that nothing beside a model ever runs."""

import json
import time
from copy import deepcopy

import pytest
import torch
from helpers import tiny_models
from helpers.architectures import build
from transformers import AutoModelForTokenClassification

from msra_ner.errors import ModelError
from msra_ner.labels import label_list
from msra_ner.models import (
    check_model_name,
    find_commit,
    is_hub_name,
    load_config,
    load_labels,
    load_model,
    load_tokenizer,
    load_trained,
)
from msra_ner.models.pretrained import _must_be_cached

LABELS = label_list(["PER", "LOC"])


def test_code_beside_a_model_is_never_run_and_never_asked_about(tmp_path, monkeypatch):
    """``../shared/cases``, 04: a type that transformers does not know, and a file of Python."""
    marker = tmp_path / "RAN"
    (tmp_path / "own.py").write_text(f"open({str(marker)!r}, 'w').close()\nclass Own: pass\n")
    config = {"model_type": "own", "auto_map": {"AutoConfig": "own.Own"}}
    (tmp_path / "config.json").write_text(json.dumps(config))

    def answer(*_):
        raise AssertionError("asked")

    monkeypatch.setattr("builtins.input", answer)
    for load in (load_config, load_labels, load_tokenizer, load_trained):
        with pytest.raises(ModelError, match="brings code of its own") as caught:
            load(tmp_path)
        assert len(str(caught.value).splitlines()) == 1
    assert not marker.exists()


def test_a_path_is_not_looked_for_on_the_hub(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "bert").mkdir(parents=True)
    (tmp_path / "runs" / "file").touch()
    for name, says in {
        "runs/brt": "Did you mean runs/bert?",
        "./bert": "found no such folder",
        "a/b/c": "found no such folder",
        str(tmp_path / "nothing"): "found no such folder",
        "runs/file": "found a file",
    }.items():
        with pytest.raises(ModelError, match=says):
            check_model_name(name)
        assert not is_hub_name(name)
    for name in ("google-bert/bert-base-chinese", "bert-base-chinese", "runs/bert"):
        check_model_name(name)
    assert not is_hub_name("runs/bert")


def test_a_hub_that_does_not_answer_is_asked_once(monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    monkeypatch.setattr(
        "huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE",
        "http://127.0.0.1:9/{repo_id}/resolve/{revision}/{filename}",
    )
    _must_be_cached.cache_clear()
    start = time.monotonic()
    with pytest.raises(ModelError, match="no answer of the Hub"):
        load_config("nobody/none-here")
    assert time.monotonic() - start < 10  # huggingface_hub itself takes half a minute
    assert find_commit("nobody/none-here") is None


@pytest.mark.parametrize("name", ["modernbert", "bert", "electra"])
def test_only_the_last_layer_is_drawn_again_as_the_model_draws_it(tmp_path, name):
    """The head of ModernBERT is pretrained, and draws do not hang on the order of a set."""
    model = build(name)
    model.config.id2label = dict(enumerate("OABCDEF"[: model.num_labels]))
    model.config.label2id = {label: at for at, label in model.config.id2label.items()}
    torch.nn.init.ones_(model.classifier.bias)
    model.save_pretrained(tmp_path)
    labels = ["O", *(f"B-T{number}" for number in range(1, model.num_labels))]

    def load():
        torch.manual_seed(3)
        return load_model(str(tmp_path), labels)

    loaded, again = load(), load()
    saved = AutoModelForTokenClassification.from_pretrained(tmp_path)
    for key, value in loaded.state_dict().items():
        kept = value.equal(saved.state_dict()[key])
        assert kept is not key.startswith("classifier."), key
        assert value.equal(again.state_dict()[key]), key
    assert not loaded.classifier.bias.any(), "as the models draw it"
    drawn = AutoModelForTokenClassification.from_config(loaded.config).classifier.weight.std()
    # torch's own draw has 0.1 for so few inputs.
    assert 0.7 * drawn < loaded.classifier.weight.std() < 1.4 * drawn


def test_windows_may_grow_again(tmp_path):
    """A run stores its windows as the tokenizer's limit; the next may have longer ones."""
    from msra_ner.models import remember_settings

    tokenizer, model = deepcopy(tiny_models.wordpiece()), tiny_models.tiny_model(LABELS, 50)
    remember_settings(model, tokenizer, {}, by_character=True, max_length=64)
    for part in (tokenizer, model):
        part.save_pretrained(tmp_path)
    assert load_tokenizer(tmp_path).model_max_length == 512


def test_a_tokenizer_without_a_pad_token_pads_with_another(tmp_path):
    tokenizer, model = deepcopy(tiny_models.wordpiece()), tiny_models.tiny_model(LABELS, 50)
    tokenizer.pad_token = None
    tokenizer.eos_token = "[SEP]"
    for part in (tokenizer, model):
        part.save_pretrained(tmp_path)
    assert load_tokenizer(tmp_path).pad_token == "[SEP]"
