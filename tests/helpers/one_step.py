"""One plain gradient step on a whole corpus, however it is cut into batches."""

from pathlib import Path

import torch
from safetensors.torch import load_file

from helpers import tiny_models
from msra_ner.labels import label_list


def one_step_settings(folder, corpus):
    """Write an encoder without dropout into a folder and return the settings of the step.

    Nothing is random in it: nothing is masked either.
    """
    tokenizer = tiny_models.wordpiece()
    model = tiny_models.tiny_model(label_list(["PER", "ORG", "LOC"]), len(tokenizer))
    for name in ("hidden_dropout_prob", "attention_probs_dropout_prob"):
        setattr(model.config, name, 0.0)
    model.save_pretrained(folder / "encoder")
    tokenizer.save_pretrained(folder / "encoder")
    return {
        "data_dir": str(corpus),
        "model_name_or_path": str(folder / "encoder"),
        "max_length": 64,
        "optim": "sgd",
        "learning_rate": 1.0,
        "mask_share": 0.0,
        "warmup_steps": 0,
        "max_grad_norm": 0,
        "max_steps": 1,
        "precision": "fp32",
        "eval_strategy": "no",
        "save_strategy": "no",
        "load_best_model_at_end": False,
        "use_cpu": True,
        "do_train": True,
        "disable_tqdm": True,
    }


def check_same_weights(folder, other):
    """Fail unless two folders hold models of the same weights."""
    ours, theirs = (load_file(Path(path) / "model.safetensors") for path in (folder, other))
    assert ours.keys() == theirs.keys()
    for name, value in ours.items():
        torch.testing.assert_close(value, theirs[name], rtol=1e-4, atol=1e-6, msg=name)
