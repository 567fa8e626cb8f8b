"""The settings of a run that the Trainer does not have: model, data, and this package's own.

This module loads neither torch nor transformers, so that ``msra-ner train --help`` answers at once.
"""

from dataclasses import dataclass

from msra_ner.corpus import DATA_DIR_VARIABLE, DEFAULT_DATA_DIR, ReadOptions, setting
from msra_ner.decoding import TrainScheme
from msra_ner.errors import ArgumentsError
from msra_ner.training.recipe import DecoderChoice, RecipeName


@dataclass
class ModelArguments:
    """Which encoder, and how much of it."""

    _argument_group_name = "Model"

    model_name_or_path: str | None = setting(
        None,
        "Folder or Hub name of any encoder that AutoModelForTokenClassification loads. Without it: "
        "google-bert/bert-base-chinese; for the sample corpus a small encoder built in place.",
    )
    model_revision: str = setting("main", "Branch, tag or commit of a Hub model.")
    num_hidden_layers: int | None = setting(
        None,
        "Keep only this many of the lower layers of the encoder; default: all that tell tokens "
        "apart, which the last ones of an encoder made for sentences do not.",
    )
    freeze_encoder: bool = setting(False, "Train the head alone.")
    freeze_layers: int | None = setting(
        None, "Leave the embeddings and this many of the lower layers as they are: faster steps."
    )

    def __post_init__(self) -> None:
        if self.num_hidden_layers is not None and self.num_hidden_layers < 1:
            raise ArgumentsError(
                f"--num_hidden_layers: found {self.num_hidden_layers}, expected at least 1."
            )
        if self.freeze_layers is not None and (self.freeze_layers < 0 or self.freeze_encoder):
            found = "--freeze_encoder too" if self.freeze_encoder else self.freeze_layers
            raise ArgumentsError(
                f"--freeze_layers: found {found}, expected a number of layers, and one of the two."
            )


@dataclass
class DataArguments(ReadOptions):
    """Which corpus, and how it is cut into windows."""

    _argument_group_name = "Data"

    data_dir: str | None = setting(
        None,
        "Folder of a corpus (train, val and test in any format of docs/reference/corpus.md), "
        "hub:NAME for a dataset of the Hub, or 'sample' for the embedded corpus. Without it: the "
        f"folder in {DATA_DIR_VARIABLE}, else {DEFAULT_DATA_DIR} where it is there, else the "
        "sample.",
    )
    max_length: int | None = setting(
        None, "Word pieces in a window, special ones included; default: the encoder's limit."
    )
    window_overlap: int | None = setting(
        None,
        "Word pieces that neighbouring windows of a long sentence share; default: 128, or a "
        "quarter of a window where that is less.",
    )
    label_all_pieces: bool = setting(
        False, "Label all word pieces of a token (I- after the first), not only the first."
    )
    max_train_samples: int | None = setting(None, "Use the first N sentences of train.")
    max_eval_samples: int | None = setting(None, "Use the first N sentences of val.")
    max_test_samples: int | None = setting(None, "Use the first N sentences of test.")
    cache_dir: str | None = setting(None, "Folder of the data set cache.")

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("max_train_samples", "max_eval_samples", "max_test_samples", "max_length"):
            value = getattr(self, name)
            if value is not None and value < 1:
                raise ArgumentsError(f"--{name}: found {value}, expected at least 1.")


@dataclass
class TaskSettings:
    """How to train for this task, beside the Trainer's settings."""

    precision: str = setting(
        "auto",
        "fp32, bf16, fp16, or auto: bf16 where a GPU multiplies in it or it is faster on the CPU, "
        "else fp32.",
    )
    recipe: RecipeName = setting(
        "balanced",
        "What a run may cost, for the settings that are not given: fast is 1 epoch in batches of "
        "32 with viterbi, balanced 3 in batches of 16 and best 6 of 32 with crf. On the sample: "
        "3, 10 and 20 epochs in batches of 32 with viterbi.",
    )
    decoder: DecoderChoice = setting(
        "auto",
        "How logits become tags: viterbi takes the best of all legal sequences, argmax each token "
        "by itself, crf the best sequence with transitions that are trained too. Val, test and "
        "tagging go by it. auto: by --recipe; viterbi where a model cannot have transitions; as it "
        "was trained where nothing is trained.",
    )
    train_scheme: TrainScheme | None = setting(
        None,
        "What --decoder crf learns in: bioes, where the last token of an entity and an entity of "
        "one token have labels of their own, or iob2; tags stay IOB2. Default: bioes, or as saved.",
    )
    per_device_train_tokens: int | None = setting(
        None,
        "Word pieces a training batch holds at most on each device, padding included; default: as "
        "many as --per_device_train_batch_size windows of average length have.",
    )
    head_learning_rate: float | None = setting(
        None,
        "Learning rate of the new head; default: that of the encoder, or ten times that where it "
        "is chosen too.",
    )
    chain_learning_rate: float | None = setting(
        None, "Learning rate of the transitions of --decoder crf; default: that of the head."
    )
    mask_share: float | None = setting(
        None,
        "Share of the word pieces of training batches that the mask piece stands for, each time "
        "others; default: by --recipe, 0 where an encoder has no such piece.",
    )
    early_stopping_patience: int | None = setting(
        None, "Stop after this many evaluations without a better validation F1."
    )
    overwrite: bool = setting(False, "Replace the run that is in --output_dir.")
    cpu_threads: int | None = setting(
        None, "Threads of a process on the CPU; default: all cores, shared among the processes."
    )

    learning_rate: float | None = setting(
        None,
        "Highest learning rate; default: by the width of the encoder, 5e-5 for BERT-base's, more "
        "for narrower ones.",
    )
