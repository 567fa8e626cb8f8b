"""Suspect labels as a page, and as a file of Label Studio to correct them in."""

import json
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from msra_ner.annotation.label_errors import LabelErrors, Suspect
from msra_ner.corpus import Sentence, build_results, is_of_characters, to_document
from msra_ner.labels import decode_entities
from msra_ner.report import list_spans, render
from msra_ner.storage import staged_folder, write_text
from msra_ner.tables import format_percent

PAGE, TASKS = "label_errors.html", "label_studio.json"
# Each kind in Chinese, and what it means in both languages.
KIND_WORDS = {
    "left out": (
        "漏标",
        "the model finds an entity where the labels have none",
        "模型找到实体，标注中没有",
    ),
    "not an entity": (
        "多标",
        "the labels have an entity where the model finds none",
        "标注为实体，模型认为不是",
    ),
    "type": ("类型", "the same characters, another type", "边界相同，类型不同"),
    "border": ("边界", "the same type, other borders", "类型相同，边界不同"),
    "type and border": ("类型和边界", "another type and other borders", "类型和边界都不同"),
    "several": (
        "拆分或合并",
        "one entity for several, or several for one",
        "一个实体对应多个，或多个对应一个",
    ),
}


def write_label_errors(found: LabelErrors, folder: str | Path, *, overwrite: bool = False) -> Path:
    """Write the page and the file of Label Studio into a folder, and return the page.

    Raises:
        OutputExistsError: They are there already and ``overwrite`` is false.
        CorpusError: A token is empty or has white space in it, so that no text can hold it.
    """
    target = Path(folder)
    with staged_folder(target, [PAGE, TASKS], overwrite=overwrite) as staged:
        write_text(staged / PAGE, render_label_errors(found))
        tasks = [json.dumps(task, ensure_ascii=False) for task in build_tasks(found)]
        write_text(staged / TASKS, "[\n" + ",\n".join(tasks) + "\n]\n")
    return target / PAGE


def render_label_errors(found: LabelErrors) -> str:
    """Return the page: each suspect in its sentence, with both readings."""
    tokens = chain.from_iterable(sentence.tokens for sentence in found.sentences)
    counts = Counter(item.kind for item in found.suspects)
    sentences = {}
    for item in found.suspects:
        sentence, weighed = found.sentences[item.sentence], found.weighed[item.sentence]
        sentences[str(item.sentence)] = {
            "tokens": sentence.tokens,
            "gold": list_spans(decode_entities(sentence.tags)),
            "predicted": list_spans(decode_entities(weighed.tags)),
        }
    suspects = [
        {
            "sentence": item.sentence,
            "kind": item.kind,
            "note": format_percent(item.doubt),
            "gold": list_spans(item.labelled),
            "predicted": list_spans(item.found),
        }
        for item in found.suspects
    ]
    data = {
        "name": found.data,
        "model": found.model,
        "joiner": "" if is_of_characters(tokens) else " ",
        "total": len(found.sentences),
        "types": [{"name": name} for name in found.types],
        "kinds": [
            {"kind": kind, "count": counts[kind], "meaning": en, "meaning_zh": zh}
            for kind, (_, en, zh) in KIND_WORDS.items()
            if counts[kind]
        ],
        "suspects": suspects,
        "sentences": sentences,
    }
    kinds = {kind: name for kind, (name, *_) in KIND_WORDS.items()}
    layers = [("gold", "labels", "标注"), ("predicted", "model", "模型")]
    return render("label_errors.html", data, {}, suspects, kinds, layers)


def build_tasks(found: LabelErrors) -> list[dict[str, Any]]:
    """Return a task of Label Studio for each sentence with a suspect, the most doubtful first.

    The labels are an annotation, to be corrected; what the model finds is a prediction.
    """
    by_sentence: dict[int, list[Suspect]] = {}
    for item in found.suspects:
        by_sentence.setdefault(item.sentence, []).append(item)
    tokens = chain.from_iterable(sentence.tokens for sentence in found.sentences)
    units: Literal["characters", "words"] = "characters" if is_of_characters(tokens) else "words"
    tasks = []
    for index, suspects in by_sentence.items():
        sentence = found.sentences[index]
        read = Sentence(sentence.tokens, found.weighed[index].tags, sentence.location)
        document, other = (to_document(item, units) for item in (sentence, read))
        prediction = {
            "model_version": found.model,
            "score": round(suspects[0].doubt, 4),
            "result": build_results(other.text, other.spans),
        }
        tasks.append(
            {
                "data": {
                    "text": document.text,
                    "sentence": index + 1,
                    "location": sentence.location,
                    "suspects": ", ".join(item.kind for item in suspects),
                },
                "annotations": [{"result": build_results(document.text, document.spans)}],
                "predictions": [prediction],
            }
        )
    return tasks
