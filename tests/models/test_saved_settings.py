from types import SimpleNamespace

from msra_ner.models.saved_settings import remember_settings


def test_what_decides_a_score_is_kept_zero_included():
    model = SimpleNamespace(config=SimpleNamespace())
    tokenizer = SimpleNamespace(model_max_length=512)
    settings = {"window_overlap": 0, "bf16": True, "fp16": False, "seed": 7}
    # How the files were read says nothing of another corpus.
    settings |= {"token_column": 0, "scheme": "iob2", "format": "columns"}
    remember_settings(model, tokenizer, settings, by_character=True, max_length=64)
    assert tokenizer.model_max_length == 64
    assert model.config.msra_ner == {
        "token": "character",
        "max_length": 64,
        "window_overlap": 0,
        "bf16": True,
        "tokenizer_limit": 512,
    }
