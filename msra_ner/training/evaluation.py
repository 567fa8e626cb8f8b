"""The score of a saved model, computed as after training."""

import tempfile
from pathlib import Path
from typing import Unpack

from msra_ner.argument_types import check_choice
from msra_ner.corpus import SPLIT_KEYS, SPLIT_NAMES, Scheme, choose_data_dir
from msra_ner.errors import CorpusNotFoundError
from msra_ner.hardware import Precision
from msra_ner.logs import hide_weight_bars
from msra_ner.metrics import Scores
from msra_ner.models import check_model_name, read_saved_settings
from msra_ner.report import find_own_corpus, read_corpus_options
from msra_ner.training.data import encode_data, load_data
from msra_ner.training.encoder import load_encoder, model_labels, suit_cpu
from msra_ner.training.open_settings import choose_decoder
from msra_ner.training.parsing import arguments_from
from msra_ner.training.scoring import score_split
from msra_ner.training.settings import TrainSettings
from msra_ner.training.trainer import build_trainer

# Three ways to say one thing: what is given replaces what was saved.
PRECISION_SETTINGS = {"precision", "bf16", "fp16"}


def evaluate(
    model_dir: str | Path,
    data_dir: str | Path | None = None,
    split: str = "test",
    *,
    precision: Precision | None = None,
    per_device_eval_batch_size: int | None = None,
    max_length: int | None = None,
    window_overlap: int | None = None,
    format: str | None = None,
    scheme: Scheme | None = None,
    use_cpu: bool | None = None,
    **settings: Unpack[TrainSettings],
) -> Scores:
    """Return the scores of a saved model on a split, computed as after training.

    What is None is as the model was trained. The corpus of its training is read as it was read
    then; of another one, how to read it is said here where it does not show in the files.

    Args:
        model_dir: Folder (or Hub name) of a model that ``train`` saved.
        data_dir: Folder of the corpus, or ``sample``; None takes the one that the run was trained
            on. Of a model without a record of it, ``data/msra`` where it is there, else the sample.
        split: ``test``, ``val`` or ``train``.
        precision: ``fp32``, ``bf16``, ``fp16`` or ``auto``.
        per_device_eval_batch_size: Windows in a batch.
        max_length: Word pieces in a window, special ones included.
        window_overlap: Word pieces that neighbouring windows of a long sentence share.
        format: Format of the corpus.
        scheme: Tagging scheme of the files.
        use_cpu: Leave a GPU alone.
        **settings: Further settings of :func:`msra_ner.train`, for example ``bf16=True``.

    Raises:
        MsraNerError: A setting is wrong, or the model or corpus is missing or does not fit.
    """
    named = {key: value for key, value in locals().items() if key != "settings"}
    check_model_name(model_dir)
    check_choice("split", split, SPLIT_KEYS)
    given = {key: value for key, value in named.items() if value is not None} | settings
    del given["model_dir"], given["split"]
    name = SPLIT_KEYS[split]
    if data_dir is None:
        data_dir = choose_data_dir(find_own_corpus(model_dir))
    with tempfile.TemporaryDirectory() as folder, hide_weight_bars():
        saved = read_saved_settings(str(model_dir))
        if given.keys() & PRECISION_SETTINGS:
            saved = {key: saved[key] for key in saved.keys() - PRECISION_SETTINGS}
        chosen = {
            **saved,
            **read_corpus_options(model_dir, data_dir),
            **given,
            "data_dir": str(data_dir),
            "model_name_or_path": str(model_dir),
            "output_dir": folder,
            "do_predict": True,
        }
        # What was trained in fp32 is scored in fp32, also where there is bf16.
        half = next((name for name in ("bf16", "fp16") if chosen.get(name)), "fp32")
        arguments = arguments_from("evaluate()", **{"precision": half, **chosen})
        data = load_data(arguments.data, model_labels(arguments.model))
        if name not in data.sentences:
            raise CorpusNotFoundError(
                f"{data.folder}: found no split {split!r}, expected one of "
                f"{', '.join(SPLIT_NAMES[key] for key in data.sentences)}."
            )
        suit_cpu(arguments.model, data, arguments.training)
        choose_decoder(arguments, data)
        model, tokenizer = load_encoder(arguments.model, data, arguments.training)
        data, _ = encode_data(arguments.data, data, model, tokenizer, [name])
        trainer = build_trainer(arguments.training, model, tokenizer, data)
        scores, _ = score_split(trainer, data, name, split)
    return Scores.from_dict({key.removeprefix(f"{split}_"): value for key, value in scores.items()})
