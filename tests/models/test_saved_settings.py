from types import SimpleNamespace

from msra_ner.models.saved_settings import remember_settings


def test_what_decides_a_score_is_kept_zero_included():
    model, tokenizer = SimpleNamespace(config=SimpleNamespace()), SimpleNamespace()
    settings = {
        "token_column": 0,
        "val_size": 0,
        "scheme": "iob2",
        "bf16": True,
        "fp16": False,
        "tag_names": None,
        "seed": 7,
    }
    remember_settings(model, tokenizer, settings, by_character=True, max_length=64)
    assert tokenizer.model_max_length == 64
    assert model.config.msra_ner == {
        "token": "character",
        "max_length": 64,
        "scheme": "iob2",
        "token_column": 0,
        "val_size": 0,
        "bf16": True,
    }
