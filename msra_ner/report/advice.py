"""What to do first about a result: three sentences at most, each with the errors it is about."""

from collections import Counter
from collections.abc import Iterator, Sequence

from msra_ner.report.schema import (
    Advice,
    Curves,
    ErrorRow,
    KindRow,
    NamedScores,
    RepeatedError,
    Stage,
    TypeScores,
)
from msra_ner.report.words import KINDS_ZH, REMEDIES
from msra_ner.tables import format_percent

MOST = 3  # sentences
OFTEN = 3  # times that an error is made before it is worth a sentence of its own
# Both sides of a gap between seen and unseen names need so many entities to show one.
ENOUGH = 30
GAP = 0.05  # of F1


def give_advice(
    f1: float | None,
    types: Sequence[TypeScores],
    kinds: Sequence[KindRow],
    errors: Sequence[ErrorRow],
    repeated: Sequence[RepeatedError],
    seen: Sequence[NamedScores] | None,
    stages: Sequence[Stage],
    curves: Curves,
    lost_points: int,
) -> list[Advice]:
    """Return what to do first, the most urgent before the rest.

    What makes the score itself doubtful comes first, then what costs most F1. The arguments are
    those of the report of the same names.
    """
    found = [*_doubt_score(stages, lost_points)]
    if not errors:
        found.append(
            _say(
                "No entity is wrong. Look whether test has sentences of train in it: msra-ner "
                "check tells.",
                "没有任何错误。请用 msra-ner check 看测试集里是否混有训练集的句子。",
            )
        )
    found += _name_kind(f1, kinds)
    found += _name_type(types, errors)
    found += _name_repeated(repeated)
    found += _name_gap(seen)
    found += _ask_for_more_steps(curves)
    return found[:MOST]


def _doubt_score(stages: Sequence[Stage], lost_points: int) -> Iterator[Advice]:
    if any(stage["complete"] is False for stage in stages):
        yield _say(
            "Sentences were lost between the files and the score, so it is not that of the whole "
            "test set. Look at the stages before anything else.",
            "从文件到分数之间丢失了句子，分数不代表整个测试集。请先看各阶段。",
            href="#stages",
        )
    if lost_points:
        yield _say(
            "Training broke down: the loss was not a number. Train with a lower learning rate.",
            "训练中途崩溃：损失不是数字。请降低学习率重新训练。",
            href="#curves",
        )


def _name_kind(f1: float | None, kinds: Sequence[KindRow]) -> Iterator[Advice]:
    row = max(kinds, key=lambda row: row["gain"], default=None)
    if row is None or not row["errors"]:
        return
    en, zh = REMEDIES[row["kind"]]
    now, then, name = format_percent(f1), format_percent(row["repaired_f1"]), row["kind"]
    yield _say(
        f"Most is to gain from the {_count(row['errors'], 'error')} of the kind “{name}”: without "
        f"them F1 would be {then} instead of {now}. {en}",
        f"收益最大的是“{KINDS_ZH[name][0]}”，共 {row['errors']:,} 个错误：全部改正后 F1 将由 "
        f"{now} 升至 {then}。{zh}",
        kind=name,
    )


def _name_type(types: Sequence[TypeScores], errors: Sequence[ErrorRow]) -> Iterator[Advice]:
    """Name the type with the most wrong entities, unless there is but one type."""
    wrong = {row["name"]: row["gold"] + row["predicted"] - 2 * row["correct"] for row in types}
    name = max(wrong, key=lambda name: wrong[name], default="")
    if len(wrong) < 2 or not wrong[name]:
        return
    row = next(row for row in types if row["name"] == name)
    kinds = Counter(
        error["kind"]
        for error in errors
        if name in {entity[2] for side in (error["gold"], error["predicted"]) for entity in side}
    )
    kind = kinds.most_common(1)[0][0]
    lost, extra = row["gold"] - row["correct"], row["predicted"] - row["correct"]
    yield _say(
        f"{name} has most of what is wrong: {lost:,} of its {_count(row['gold'], 'entity')} were "
        f"not found, {extra:,} of {_count(row['predicted'], 'prediction')} are wrong. The most "
        f"frequent kind is “{kind}” ({kinds[kind]:,}).",
        f"{name} 出错最多：{row['gold']:,} 个标准实体中有 {lost:,} 个未找到，"
        f"{row['predicted']:,} 个预测中有 {extra:,} 个错误。最常见的是"
        f"“{KINDS_ZH[kind][0]}”（{kinds[kind]:,} 个）。",
        type=name,
    )


def _name_repeated(repeated: Sequence[RepeatedError]) -> Iterator[Advice]:
    if not repeated or repeated[0]["count"] < OFTEN:
        return
    row = repeated[0]
    text = (row["gold"] or row["predicted"]).split(" + ")[0].partition(" ")[2]
    if row["gold"] and row["predicted"]:
        en = f"{row['gold']} is predicted as {row['predicted']}"
        zh = f"{row['gold']} 被预测为 {row['predicted']}"
    elif row["gold"]:
        en, zh = f"{row['gold']} is missed", f"漏标 {row['gold']}"
    else:
        en, zh = (
            f"{row['predicted']} is predicted where gold has nothing",
            f"多标 {row['predicted']}",
        )
    yield _say(
        f"One error comes {row['count']:,} times: {en}. Look how train annotates it.",
        f"同一个错误出现 {row['count']:,} 次：{zh}。请看训练集中是如何标注的。",
        kind=row["kind"],
        search=text,
    )


def _name_gap(seen: Sequence[NamedScores] | None) -> Iterator[Advice]:
    rows = {row["name"]: row for row in seen or () if row["gold"] >= ENOUGH}
    old, new = (rows[name]["f1"] if name in rows else None for name in ("seen", "unseen"))
    if old is None or new is None or old - new < GAP:
        return
    yield _say(
        f"Names that train does not have get F1 {format_percent(new)}, names that it has "
        f"{format_percent(old)}. Sentences with other names help more than more of the same.",
        f"训练集中没有的名称 F1 为 {format_percent(new)}，出现过的为 {format_percent(old)}。"
        "补充含有新名称的句子，比增加同类句子更有用。",
        href="#breakdowns",
    )


def _ask_for_more_steps(curves: Curves) -> Iterator[Advice]:
    points = curves["val_f1"]
    if len(points) > 1 and curves["best_step"] == points[-1][0] and points[-1][1] > points[-2][1]:
        yield _say(
            "F1 on val still rose at the end: train for longer (--num_train_epochs).",
            "训练结束时验证集 F1 仍在上升：可延长训练（--num_train_epochs）。",
            href="#curves",
        )


def _say(
    en: str, zh: str, *, href: str = "", kind: str = "", type: str = "", search: str = ""
) -> Advice:
    shows_errors = kind or type or search
    return {
        "en": en,
        "zh": zh,
        "href": "#errors" if shows_errors else href,
        "kind": kind,
        "type": type,
        "search": search,
    }


def _count(number: int, noun: str) -> str:
    plural = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"
