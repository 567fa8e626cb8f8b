"""Files of gold and predicted tags: JSON lines as a run writes them, or columns of any tool."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from msra_ner.corpus import Sentence, parse_object, read_lines, refuse, shorten
from msra_ner.labels import OUTSIDE, close_tags, decode_entities, is_open
from msra_ner.metrics import close_row, entity_text
from msra_ner.storage import write_text


def write_predictions(
    path: Path,
    sentences: Sequence[Sentence],
    predicted: Iterable[Sequence[str]],
    train_names: Mapping[str, int] | None = None,
    scores: Sequence[Sequence[float]] | None = None,
) -> None:
    """Write one JSON line a sentence: tokens, gold and predicted tags and entities.

    Args:
        path: The file to write.
        sentences: The gold sentences.
        predicted: For each sentence one predicted tag a token.
        train_names: How often each text is an entity of train; each entity then has its
            ``train_count``. None leaves these out.
        scores: For each sentence the probability of each predicted entity; None leaves them out.
    """

    def list_entities(
        tokens: Sequence[str], tags: Sequence[str], probabilities: Sequence[float] = ()
    ) -> list[dict[str, Any]]:
        rows = []
        for entity, score in zip_longest(decode_entities(tags), probabilities):
            text = entity_text(tokens, entity)
            row = {"type": entity.type, "start": entity.start, "end": entity.end, "text": text}
            count = {} if train_names is None else {"train_count": train_names.get(text, 0)}
            rows.append(row | count | ({} if score is None else {"score": round(score, 4)}))
        return rows

    lines = []
    for index, (sentence, tags) in enumerate(zip(sentences, predicted, strict=True)):
        row = {
            "id": str(index),
            "tokens": sentence.tokens,
            "gold_tags": sentence.tags,
            "pred_tags": list(tags),
            "gold_entities": list_entities(sentence.tokens, sentence.tags),
            "pred_entities": list_entities(sentence.tokens, tags, scores[index] if scores else ()),
        }
        lines.append(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
    write_text(path, "".join(lines))


# The names that tools give to one and the same thing, the likeliest first.
TOKEN_KEYS = ("tokens", "words", "text")
GOLD_KEYS = ("gold_tags", "gold", "true_tags", "y_true", "references", "labels", "ner_tags", "tags")
PRED_KEYS = ("pred_tags", "pred", "predicted_tags", "predicted", "y_pred", "predictions")


@dataclass(frozen=True, slots=True)
class Prediction:
    """A sentence with its gold and predicted tags, which may differ in number.

    >>> Prediction(["北", "京"], ["B-LOC", "I-LOC"], ["O", "O"]).location
    ''

    Attributes:
        tokens: The tokens; empty where the file has none.
        gold: The gold tags, as ``predicted`` the predicted ones.
        location: File and line, for messages.
        train_counts: How often the text of each entity is an entity of train; None where the file
            does not say.
        scores: The probability of each predicted entity, in order; None where the file does not
            say.
        open_tokens: Positions that were left out because nobody looked for all types there.
    """

    tokens: list[str]
    gold: list[str]
    predicted: list[str]
    location: str = ""
    train_counts: dict[str, int] | None = None
    scores: list[float] | None = None
    open_tokens: frozenset[int] = frozenset()


def close_prediction(row: Prediction) -> Prediction:
    """Return a sentence without what nobody looked for, see :func:`msra_ner.metrics.close_row`.

    Where the predicted tags are of another scheme, they are left out token by token.
    """
    opened = frozenset(at for at, tag in enumerate(row.gold) if is_open(tag))
    if not opened:
        return row
    try:
        predicted = close_row(row.gold, row.predicted).predicted
    except ValueError:
        predicted = [
            OUTSIDE if is_open(tag) else given
            for tag, given in zip_longest(row.gold, row.predicted, fillvalue=OUTSIDE)
        ]
    return replace(row, gold=close_tags(row.gold), predicted=predicted, open_tokens=opened)


def read_predictions(path: Path) -> list[Prediction]:
    """Return the sentences of a file of gold and predicted tags.

    The file holds JSON lines with ``gold_tags`` and ``pred_tags`` (what a run writes) or the names
    that other tools use; or columns with a blank line after each sentence: the last two are gold
    and predicted tag, the first, if there are more than two, is the token.

    Raises:
        CorpusNotFoundError: The file is missing.
        CorpusError: A line is of neither kind, or the file holds no sentence.
    """
    lines = read_lines(path)
    first = next((line for line in lines if line.strip()), "")
    reader = _read_json if first.startswith("{") else _read_columns
    found = list(reader(path))
    if not found:
        refuse(path, "no sentence", "gold and predicted tags", "check that this is the right file")
    return found


def _read_json(path: Path) -> Iterator[Prediction]:
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        location = f"{path}:{number}"
        item = parse_object(location, line)
        gold, predicted = (_tags(location, item, keys) for keys in (GOLD_KEYS, PRED_KEYS))
        counts, scores = _train_counts(item), _scores(item)
        yield Prediction(_tokens(location, item), gold, predicted, location, counts, scores)


def _tokens(location: str, item: Mapping[str, Any]) -> list[str]:
    """Return the tokens of a row: of a text its characters; none where the row has no such key."""
    key = next((key for key in TOKEN_KEYS if key in item), "")
    found: Any = item.get(key, [])
    if isinstance(found, str):
        return list(found)
    if not isinstance(found, list) or not all(isinstance(token, str) for token in found):
        refuse(
            location,
            f"{shorten(json.dumps(found, ensure_ascii=False))} under {key}",
            "a list of texts",
            "correct it, or leave the key out",
        )
    return found


def _tags(location: str, item: Mapping[str, Any], keys: tuple[str, ...]) -> list[str]:
    found = next((item[key] for key in keys if key in item), None)
    if not isinstance(found, list):
        refuse(
            location,
            f"the keys {', '.join(item) or 'none'}",
            f"a list of tags under {keys[0]} (or {', '.join(keys[1:])})",
            "rename the key",
        )
    # Of numbers, only those that positions without a label have say what they are.
    if odd := [tag for tag in found if not isinstance(tag, str) and tag != -100]:
        refuse(
            location,
            f"the tag {shorten(json.dumps(odd[0], ensure_ascii=False))}",
            "names of tags, B-PER and so on",
            "write the label list's names instead of numbers",
        )
    return [str(tag) for tag in found]


def _train_counts(item: Mapping[str, Any]) -> dict[str, int] | None:
    """Return how often the text of each entity of a row is in train, if all of them have it."""
    counts = {}
    gold, predicted = item.get("gold_entities"), item.get("pred_entities")
    if not isinstance(gold, list) or not isinstance(predicted, list):
        return None
    for entity in chain(gold, predicted):
        if not isinstance(entity, dict) or not isinstance(entity.get("train_count"), int):
            return None
        counts[str(entity.get("text"))] = entity["train_count"]
    return counts


def _scores(item: Mapping[str, Any]) -> list[float] | None:
    """Return the score of each predicted entity of a row, if all of them have one."""
    entities = item.get("pred_entities")
    if not isinstance(entities, list):
        return None
    scores = [entity.get("score") for entity in entities if isinstance(entity, dict)]
    known = [float(score) for score in scores if isinstance(score, int | float)]
    return known if len(known) == len(entities) else None


def _read_columns(path: Path) -> Iterator[Prediction]:
    rows: list[list[str]] = []
    start = columns = 0
    separator = " "
    for number, line in enumerate([*read_lines(path), ""], 1):
        if line.strip():
            if not columns:
                separator = "\t" if "\t" in line else " "
            # Tabs separate one by one: a token may be white space. Spaces separate in runs.
            fields = line.split(separator)
            fields = fields if separator == "\t" else [item for item in fields if item]
            columns = columns or len(fields)
            if len(fields) < 2 or len(fields) != columns:
                refuse(
                    f"{path}:{number}",
                    f"{len(fields)} columns in {shorten(line)}",
                    f"{max(columns, 2)} columns, of which the last two are gold and predicted tag",
                    "add what is missing",
                )
            start = start or number
            rows.append(fields)
        elif rows:
            tokens = [row[0] for row in rows] if columns > 2 else []
            gold, predicted = [row[-2] for row in rows], [row[-1] for row in rows]
            yield Prediction(tokens, gold, predicted, f"{path}:{start}")
            rows, start = [], 0
