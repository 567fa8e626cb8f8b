"""How many errors planted in MSRA's train a model finds that has not seen their sentences.

    python benchmarks/label_errors.py data/msra RUN --skip 1500 --sentences 4000

RUN was trained on the first 1,500 sentences of train (``--max_train_samples 1500``), which are
skipped. Of the others some are taken by a seed, and a tenth of their entities is changed: left out
(missed), of another type (type), or with a border moved by a token (border). Then the model is
asked as ``msra-ner check --model`` does, and cleanlab's token method too (pip install cleanlab),
with the probabilities of the same model. Printed is which share of the first 100 and 500 places is
planted, and which share of the planted errors is among the first 500. What is not planted may still
be an error: one of the corpus.
"""

import argparse
import json
import random
from collections.abc import Sequence
from typing import Any

from msra_ner import Tagger
from msra_ner.annotation import list_suspects
from msra_ner.corpus import Sentence, open_corpus
from msra_ner.inference import weigh_tags
from msra_ner.labels import Entity, decode_entities, encode_entities

KINDS = ("missed", "type", "border")
FIRST = (100, 500)
FIRST_OF_KIND = 50
# A place: the index of a sentence, and tokens of it.
Place = tuple[int, set[int]]


def plant_errors(
    sentences: Sequence[Sentence], share: float, seed: int
) -> tuple[list[Sentence], dict[int, list[tuple[str, Entity]]]]:
    """Return the sentences with errors, and each error by the index of its sentence.

    An error has its kind and the entity that was right.
    """
    drawn = random.Random(seed)
    changed, errors = [], {}
    for index, sentence in enumerate(sentences):
        entities = decode_entities(sentence.tags)
        kept = []
        for entity in entities:
            others = [other for other in entities if other is not entity]
            found = _damage(entity, others, len(sentence.tokens), drawn, share)
            if found is None:
                kept.append(entity)
                continue
            kind, wrong = found
            errors.setdefault(index, []).append((kind, entity))
            kept += [wrong] if wrong else []
        # Two borders may have moved onto each other: such a sentence stays as it was.
        try:
            tags = encode_entities(kept, len(sentence.tokens))
        except ValueError:
            tags = sentence.tags
            errors.pop(index, None)
        changed.append(Sentence(sentence.tokens, tags, sentence.location))
    return changed, errors


def _damage(
    entity: Entity, others: Sequence[Entity], length: int, drawn: random.Random, share: float
) -> tuple[str, Entity | None] | None:
    """Return the kind of an error and the wrong entity, none of it where it is missed."""
    if drawn.random() >= share:
        return None
    kind = drawn.choice(KINDS)
    if kind == "missed":
        return kind, None
    if kind == "type":
        types = [name for name in ("PER", "ORG", "LOC") if name != entity.type]
        return kind, Entity(entity.start, entity.end, drawn.choice(types))
    start, end = drawn.choice(
        [
            (entity.start - 1, entity.end),
            (entity.start + 1, entity.end),
            (entity.start, entity.end - 1),
            (entity.start, entity.end + 1),
        ]
    )
    free = all(end <= other.start or other.end <= start for other in others)
    if not (0 <= start < end <= length and free):
        return None
    return kind, Entity(start, end, entity.type)


def rank_entities(
    tagger: Tagger, sentences: Sequence[Sentence]
) -> tuple[list[Place], dict[str, list[Place]]]:
    """Return the places that ``check --model`` doubts, most first, and those of each kind."""
    weighed = list(weigh_tags(tagger, sentences))
    places: list[Place] = []
    of_kind: dict[str, list[Place]] = {}
    for item in sorted(list_suspects(sentences, weighed), key=lambda item: -item.doubt):
        entities = (*item.labelled, *item.found)
        tokens = {token for entity in entities for token in range(entity.start, entity.end)}
        places.append((item.sentence, tokens))
        of_kind.setdefault(item.kind, []).append(places[-1])
    return places, of_kind


def rank_tokens(tagger: Tagger, sentences: Sequence[Sentence]) -> list[Place]:
    """Return the tokens that cleanlab doubts, most first; neighbours are one place."""
    from cleanlab.token_classification.filter import find_label_issues

    probabilities: list[Any] = [None] * len(sentences)
    for indices, logits in tagger.compute_logits([sentence.tokens for sentence in sentences]):
        shares = tagger.decoder.find_label_probabilities(logits)
        for index, rows in zip(indices, shares, strict=True):
            probabilities[index] = rows
    labels = [[tagger.labels.index(tag) for tag in sentence.tags] for sentence in sentences]
    issues = find_label_issues(
        labels, probabilities, return_indices_ranked_by="self_confidence", n_jobs=1
    )
    places: list[Place] = []
    for sentence, token in issues:
        near = (place for place in places if place[0] == sentence)
        place = next((place for place in near if {token - 1, token + 1} & place[1]), None)
        if place is None:
            places.append((sentence, {token}))
        else:
            place[1].add(token)
    return places


def find_changed(right: Sequence[Sentence], wrong: Sequence[Sentence]) -> list[set[int]]:
    """Return the tokens of each sentence whose tags were changed."""
    return [
        {token for token, pair in enumerate(zip(a.tags, b.tags, strict=True)) if len({*pair}) > 1}
        for a, b in zip(right, wrong, strict=True)
    ]


def find_hits(places: Sequence[Place], changed: Sequence[set[int]]) -> list[bool]:
    """Return of each place whether a tag of it was changed."""
    return [bool(changed[sentence] & tokens) for sentence, tokens in places]


def score_ranking(
    places: Sequence[Place],
    changed: Sequence[set[int]],
    errors: dict[int, list[tuple[str, Entity]]],
) -> dict[str, float]:
    """Return the precision of the first places, and the recall of errors by kind among them."""
    hits = find_hits(places, changed)
    figures = {f"precision at {k}": round(sum(hits[:k]) / k, 3) for k in FIRST}
    found: dict[int, set[int]] = {}
    for sentence, tokens in places[: FIRST[-1]]:
        found.setdefault(sentence, set()).update(tokens)
    for kind in KINDS:
        all_of_kind = [(i, x) for i, row in errors.items() for name, x in row if name == kind]
        there = [bool(found.get(i, set()) & {*range(x.start, x.end)}) for i, x in all_of_kind]
        figures[f"{kind} found in {FIRST[-1]}"] = round(sum(there) / len(there), 3)
    return figures


def main() -> None:
    """Plant errors, look for them, and print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("data_dir")
    parser.add_argument("run")
    parser.add_argument("--skip", type=int, default=1500, help="sentences the model has seen")
    parser.add_argument("--sentences", type=int, default=4000)
    parser.add_argument("--share", type=float, default=0.1, help="of entities that are changed")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    corpus = open_corpus(options.data_dir)
    unseen = list(corpus.splits["train"].sentences(corpus.labels))[options.skip :]
    right = random.Random(options.seed).sample(unseen, options.sentences)
    wrong, errors = plant_errors(right, options.share, options.seed)
    tagger = Tagger.from_pretrained(options.run)
    figures: dict[str, Any] = {
        "sentences": len(wrong),
        "entities": sum(len(decode_entities(sentence.tags)) for sentence in right),
        "planted": {
            kind: sum(name == kind for row in errors.values() for name, _ in row) for kind in KINDS
        },
    }
    changed = find_changed(right, wrong)
    places, of_kind = rank_entities(tagger, wrong)
    figures["check --model"] = score_ranking(places, changed, errors)
    for kind in ("left out", "type", "border"):
        hits = find_hits(of_kind.get(kind, [])[:FIRST_OF_KIND], changed)
        figures["check --model"][f"{kind}, of the first {FIRST_OF_KIND}"] = sum(hits)
    figures["cleanlab, tokens"] = score_ranking(rank_tokens(tagger, wrong), changed, errors)
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
