"""The types of the settings that :func:`msra_ner.train` and :func:`msra_ner.evaluate` take."""

from typing import Any, TypedDict

from msra_ner.decoding import TrainScheme
from msra_ner.training.recipe import DecoderChoice, RecipeName


class TrainSettings(TypedDict, total=False):
    """The settings of a run that have no parameter of their own in ``train``.

    ``msra-ner train --help_all`` says what each is for. Every other field of transformers'
    ``TrainingArguments`` is taken too; these are the ones that a type checker and an editor know.
    """

    # The model and the corpus.
    model_revision: str
    freeze_layers: int | None
    cache_dir: str | None
    label_all_pieces: bool
    annotated_types: str | None
    repair_tags: bool
    entity_type: str
    ends: str
    offsets: str
    units: str
    nested: str
    token_column: int
    tag_column: int
    column: str | None
    word_positions: str
    tag_names: str | None
    val_size: int | None
    recipe: RecipeName
    decoder: DecoderChoice
    train_scheme: TrainScheme
    chain_learning_rate: float | None
    mask_share: float | None
    # What to do, and when.
    do_train: bool
    do_eval: bool
    do_predict: bool
    eval_strategy: str
    eval_steps: float | None
    save_strategy: str
    save_steps: float
    save_total_limit: int | None
    load_best_model_at_end: bool
    metric_for_best_model: str | None
    greater_is_better: bool | None
    logging_steps: float
    disable_tqdm: bool | None
    report_to: str | list[str] | None
    run_name: str | None
    # How to train.
    optim: str
    adam_beta1: float
    adam_beta2: float
    adam_epsilon: float
    lr_scheduler_type: str
    max_grad_norm: float
    label_smoothing_factor: float
    train_sampling_strategy: str
    auto_find_batch_size: bool
    data_seed: int | None
    full_determinism: bool
    # The machine.
    bf16: bool
    fp16: bool
    cpu_threads: int | None
    gradient_checkpointing: bool | None
    torch_compile: bool
    dataloader_num_workers: int
    ddp_timeout: int
    fsdp: str | None
    fsdp_config: dict[str, Any] | str | None
    deepspeed: dict[str, Any] | str | None
    # The Hub.
    push_to_hub: bool
    hub_model_id: str | None
    hub_private_repo: bool | None
    hub_strategy: str
    hub_always_push: bool
    hub_token: str | None
    hub_revision: str | None
