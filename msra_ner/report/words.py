"""The words of the pages in Chinese, and what is to be done about an error of each kind."""

from msra_ner.wording import find_language

# Each kind of error in Chinese, and what it means.
KINDS_ZH = {
    "missed": ("漏标", "没有任何预测与该标准实体重叠"),
    "spurious": ("多标", "预测没有与任何标准实体重叠"),
    "type": ("类型错", "边界正确，类型错误"),
    "too long": ("过长", "类型正确；预测包含标准实体"),
    "too short": ("过短", "类型正确；预测在标准实体之内"),
    "shifted": ("错位", "类型正确；预测与标准实体重叠并超出其边界"),
    "type and boundary": ("类型和边界都错", "类型错误，且只与标准实体部分重叠"),
    "split": ("拆开", "一个标准实体被预测成几个"),
    "merged": ("合并", "几个标准实体被预测成一个"),
    "tangled": ("交错", "几个标准实体与几个预测交错重叠"),
}
_BORDERS = (
    "Check that the guideline says where such names begin and end, and that train follows it.",
    "先按标注规范确定这类名称的起止，再看训练集是否照此标注。",
)
# What to look for first in errors of a kind, in English and Chinese.
REMEDIES = {
    "missed": (
        "Check that train has names like these; if not, add sentences that do.",
        "看训练集里有没有同类名称；没有就补充这样的句子。",
    ),
    "spurious": (
        "Check first whether the annotators missed them: then the corpus is wrong, not the model.",
        "先看是不是标注员漏标：若是，错的是语料而不是模型。",
    ),
    "type": (
        "Check that the guideline tells the two types apart, and that train follows it.",
        "看标注规范能否区分这两种类型，训练集是否照此标注。",
    ),
    "type and boundary": (
        "Look at the borders first: with the right ones the type is often right too.",
        "先看边界：边界对了，类型往往也就对了。",
    ),
    **dict.fromkeys(("too long", "too short", "shifted", "split", "merged", "tangled"), _BORDERS),
}
# The words in plots, which come in English, in Chinese.
PLOT_WORDS_ZH = {
    "precision": "精确率",
    "recall": "召回率",
    "loss": "损失",
    "train loss": "训练损失",
    "val loss": "验证损失",
    "A: train": "A：训练",
    "A: val": "A：验证",
    "B: train": "B：训练",
    "B: val": "B：验证",
    "F1 on val, %": "验证集 F1，%",
    "training step": "训练步数",
    "predicted type": "预测类型",
    "gold type": "标准类型",
    "mean score, %": "平均分数，%",
    "right, %": "正确率，%",
    "errors": "错误数",
    "length in tokens": "实体长度（token 数）",
    "place of the last token": "实体末尾在句中的位置",
    "times in train": "在训练集中出现的次数",
    "seen": "见过",
    "unseen": "未见过",
    "name in train": "训练集中是否有该名称",
    **{kind: name for kind, (name, _) in KINDS_ZH.items()},
}
_UNITS = ((86400, "day", "天"), (3600, "hour", "小时"), (60, "minute", "分"), (1, "second", "秒"))


def name_kind(kind: str) -> str:
    """Return the name of a kind of error in the language of the user."""
    return KINDS_ZH[kind][0] if find_language() == "zh" else kind


def format_duration(seconds: float) -> tuple[str, str]:
    """Return how long something took, in English and in Chinese, in its two largest units.

    >>> format_duration(121.1), format_duration(12.5)
    (('2 minutes 1 second', '2 分 1 秒'), ('12.5 seconds', '12.5 秒'))
    """
    if seconds < 60:
        return f"{seconds:.1f} seconds", f"{seconds:.1f} 秒"
    left = round(seconds)
    parts: list[tuple[str, str]] = []
    for size, en, zh in _UNITS:
        count, left = divmod(left, size)
        if count and len(parts) < 2:
            parts.append((f"{count} {en}{'s' * (count != 1)}", f"{count} {zh}"))
    return " ".join(en for en, _ in parts), " ".join(zh for _, zh in parts)
