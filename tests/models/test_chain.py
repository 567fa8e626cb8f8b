"""A model with a chain: two heads over one encoder."""

import pytest
import torch
from helpers.architectures import ARCHITECTURES, build, rows_of
from transformers import AutoConfig

from msra_ner.errors import ModelError
from msra_ner.labels import MSRA_TYPES, label_list
from msra_ner.models import find_chain, load_model, with_chain
from msra_ner.models.chain import OWN_SHARE, can_have_chain, find_output_layers
from msra_ner.models.config_labels import set_labels


def build_chained(name, scheme="bioes"):
    """Return a model of an architecture with a chain, without dropout."""
    plain = build(name)
    set_labels(plain.config, label_list(MSRA_TYPES))
    model = with_chain(type(plain), scheme)(plain.config)
    model.load_state_dict(plain.state_dict(), strict=False)
    return model.eval(), plain.eval()


@pytest.mark.parametrize(("scheme", "width"), [("iob2", 7), ("bioes", 13)])
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_the_models_own_head_stays_what_it_is(name, scheme, width):
    model, plain = build_chained(name, scheme)
    ids, mask, _ = rows_of([9, 4])
    with torch.no_grad():
        found, expected = (each(input_ids=ids, attention_mask=mask) for each in (model, plain))
    torch.testing.assert_close(found["plain_logits"], expected.logits)
    assert found.logits.shape == (*expected.logits.shape[:2], width)
    assert not torch.allclose(found.logits[..., :7], expected.logits), "they are the chain's"
    assert type(model).__name__ == type(plain).__name__, "as config.json names it"


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_both_heads_teach_the_encoder_the_own_one_by_its_share(name):
    model, plain = build_chained(name)
    ids, mask, _ = rows_of([9, 4])
    for each in (model, plain):
        each.train()
    model(input_ids=ids, attention_mask=mask)["plain_logits"].square().sum().backward()
    plain(input_ids=ids, attention_mask=mask).logits.square().sum().backward()
    encoder = dict(model.base_model.named_parameters())
    for key, expected in plain.base_model.named_parameters():
        if expected.grad is not None:
            wanted = OWN_SHARE * expected.grad
            torch.testing.assert_close(encoder[key].grad, wanted, rtol=1e-3, atol=1e-5)
    (name,) = [key for key, part in plain.named_modules() if part is find_output_layers(plain)[-1]]
    own, head = (each.get_submodule(name).weight.grad for each in (model, plain))
    torch.testing.assert_close(own, head, rtol=1e-3, atol=1e-5)
    model.zero_grad()
    outputs = model(input_ids=ids, attention_mask=mask)
    (outputs["logits"].sum() + outputs["transitions"].sum()).backward()
    assert any(part.grad is not None and part.grad.any() for part in encoder.values())
    assert find_chain(model).transitions.weight.grad.all()


def test_a_chain_of_another_scheme_is_drawn_again_where_its_shape_is_the_same(tmp_path):
    """Six types in IOB2 have as many labels as three in BIOES."""
    six, three = (label_list(list("ABCDEF")[:count]) for count in (6, 3))
    plain = build("bert")
    set_labels(plain.config, six)
    saved = with_chain(type(plain), "iob2")(plain.config)
    saved.config.msra_ner = {"decoder": "crf", "train_scheme": "iob2"}
    saved.save_pretrained(tmp_path)
    same, other = (
        find_chain(load_model(str(tmp_path), labels, chain=scheme)).emissions.weight
        for labels, scheme in ((six, "iob2"), (three, "bioes"))
    )
    assert same.shape == other.shape
    assert torch.equal(same, find_chain(saved).emissions.weight)
    assert not torch.isclose(same, other).any()


def test_a_chain_computes_in_its_own_precision_under_autocast():
    model, _ = build_chained("bert")
    ids, mask, _ = rows_of([9, 4])
    with torch.autocast("cpu", torch.bfloat16):
        states = model.base_model(ids, mask)[0]
    assert states.dtype is torch.bfloat16 or states.dtype is torch.float32
    model.forward = torch.autocast("cpu", torch.bfloat16)(model.forward)  # as accelerate does
    assert model.train()(ids, mask)["logits"].dtype is torch.float32


def test_a_head_without_a_linear_layer_is_refused():
    class Other(type(build("bert"))):
        def __init__(self, config):
            super().__init__(config)
            self.classifier = torch.nn.Identity()

    with pytest.raises(ModelError, match="found crf with Other"):
        with_chain(Other, "iob2")(build("bert").config)


def test_no_code_beside_a_model_is_asked_for_or_run(tmp_path, monkeypatch):
    """transformers asked on standard input, where predict reads texts."""
    config = AutoConfig.for_model("vit")
    config.auto_map = {"AutoModelForTokenClassification": "own.Own"}
    monkeypatch.setattr("builtins.input", lambda *args: pytest.fail("it asks"))
    with pytest.raises(ModelError):
        can_have_chain(config, str(tmp_path))
