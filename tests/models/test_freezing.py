import pytest
from helpers.architectures import ARCHITECTURES, build

from msra_ner.errors import ArgumentsError, ModelError
from msra_ner.models import freeze_layers
from msra_ner.training.task_settings import ModelArguments


@pytest.mark.parametrize("name", [name for name in ARCHITECTURES if name != "albert"])
def test_embeddings_and_lower_layers_stay_and_the_rest_is_trained(name):
    model = build(name)
    freeze_layers(model, 1)
    trained = {name for name, weight in model.named_parameters() if weight.requires_grad}
    frozen = {name for name, weight in model.named_parameters() if not weight.requires_grad}
    assert not any(weight.requires_grad for weight in model.get_input_embeddings().parameters())
    assert any(".0." in name for name in frozen)
    assert not any(".1." in name for name in frozen)
    assert any(".1." in name for name in trained)
    assert {name for name in trained if ".0." in name} == set()
    assert any(name.startswith(("classifier", "score", "head")) for name in trained)


def test_layers_that_share_their_weights_cannot_be_frozen_apart():
    with pytest.raises(ModelError, match="layers that share their weights"):
        freeze_layers(build("albert"), 1)


def test_more_layers_than_there_are_is_refused():
    with pytest.raises(ModelError, match="found 2, and an encoder with 2 layers"):
        freeze_layers(build("bert"), 2)


@pytest.mark.parametrize(
    "wrong", [{"freeze_layers": -1}, {"freeze_layers": 1, "freeze_encoder": True}]
)
def test_what_cannot_be_asked_for_is_refused(wrong):
    with pytest.raises(ArgumentsError, match="freeze_layers: found"):
        ModelArguments(**wrong)
