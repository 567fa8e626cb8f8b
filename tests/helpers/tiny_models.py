"""Small tokenizers of each kind and a small random model, built in memory."""

import functools
import json
from pathlib import Path
from typing import Any

from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)
from transformers import (
    BertConfig,
    BertForTokenClassification,
    PreTrainedTokenizerBase,
    PreTrainedTokenizerFast,
    set_seed,
)

from msra_ner.models.small import build_character_tokenizer

TEXTS = [
    "北京大学在北京，上海交通大学在上海。",
    "他说 hello world 2024 年 NBA 总决赛",
    "中国科学院高能物理所的陈和生告诉记者",
    "ＡＢＣ１２３，价格是 3.14 元",
]
CHARACTERS = sorted({character for text in TEXTS for character in text if character != " "})
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]


# Settings of a run over the tiny corpus; windows of 64 cut its long sentence.
TINY_RUN = {
    "max_length": 64,
    "window_overlap": 16,
    "learning_rate": 5e-3,
    "per_device_train_batch_size": 4,
    "use_cpu": True,
    "cpu_threads": 1,
    "disable_tqdm": True,
}


def tiny_run(corpus: Path, encoder: Path, folder: Path, **more: Any) -> dict[str, Any]:
    """Return settings of a short run."""
    paths = {"data_dir": corpus, "model_name_or_path": encoder, "output_dir": folder}
    return {**TINY_RUN, **{key: str(path) for key, path in paths.items()}, **more}


def name_no_rates(corpus: Path, encoder: Path, folder: Path, **more: Any) -> dict[str, Any]:
    """Return settings of a short run that leaves the learning rates open."""
    given = tiny_run(corpus, encoder, folder)
    del given["learning_rate"]
    return given | more


def read_record(settings: dict[str, Any]) -> dict[str, Any]:
    """Return the ``run.json`` of a run."""
    path = Path(settings["output_dir"], "run.json")
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return record


def _wrap(engine: Tokenizer) -> PreTrainedTokenizerBase:
    ids = {piece: engine.token_to_id(piece) for piece in SPECIAL}
    engine.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", ids["[CLS]"]), ("[SEP]", ids["[SEP]"])],
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=engine,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
        mask_token="[MASK]",
        model_max_length=512,
    )


@functools.cache
def wordpiece() -> PreTrainedTokenizerBase:
    """BERT's kind: drops control characters and white space, one piece a Chinese character."""
    return build_character_tokenizer(CHARACTERS)


@functools.cache
def byte_bpe() -> PreTrainedTokenizerBase:
    """GPT-2's and RoBERTa's kind: several pieces for a rare character, never none."""
    engine = Tokenizer(models.BPE(unk_token="[UNK]"))
    engine.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    engine.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=SPECIAL,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    engine.train_from_iterator(TEXTS, trainer)
    return _wrap(engine)


@functools.cache
def unigram() -> PreTrainedTokenizerBase:
    """XLM-R's kind: NFKC folding, a mark at the word start that can be a piece of its own."""
    engine = Tokenizer(models.Unigram())
    engine.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Strip()])
    engine.pre_tokenizer = pre_tokenizers.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=300, special_tokens=SPECIAL, unk_token="[UNK]", show_progress=False
    )
    engine.train_from_iterator(TEXTS * 4, trainer)
    return _wrap(engine)


def tiny_model(labels: tuple[str, ...], vocab_size: int) -> BertForTokenClassification:
    """A random two-layer BERT of width 32, the same at each call."""
    set_seed(0)
    config = BertConfig(
        vocab_size=vocab_size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        id2label=dict(enumerate(labels)),
        label2id={label: index for index, label in enumerate(labels)},
    )
    return BertForTokenClassification(config)


def save_tagger(folder, labels):
    """Save a random model and its tokenizer, which find entities everywhere; return the folder."""
    tokenizer = wordpiece()
    model = tiny_model(labels, len(tokenizer))
    model.config.msra_ner = {"max_length": 24, "window_overlap": 8, "token": "character"}
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder
