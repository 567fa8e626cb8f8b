"""Tagging raw text: ours beside the token classification pipeline of transformers.

    python benchmarks/tagging.py MODEL --data DATA [--exported DIR ...] [--sentences 1000]
        [--repeats 3] [--threads N] [--device cuda] [--json FILE]

Both read the same sentences of test as raw text and give entities with offsets into it: the
pipeline in fp32 at its defaults (a sentence at a time) and with ``batch_size=32`` or another, ours
in fp32, in bf16, and with each exported folder. The systems take turns within a repeat. The
pipeline cuts what is longer than the encoder's limit, so those sentences are left out for all, and
counted.

Every system's entities are compared with the gold ones (F1) and with those of our own fp32 model
that sees one sentence at a time, which no batching can have changed. Where the pipeline's differ,
it says why. Prints two tables in Markdown.
"""

import argparse
import random
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import accumulate, chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
import transformers
from measuring import facts, spread, table, write_json

from msra_ner.corpus.documents import split_text
from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.options import ReadOptions
from msra_ner.corpus.sentence import Sentence
from msra_ner.inference.tagger import Tagger
from msra_ner.labels import decode_entities

Span = tuple[str, int, int]
System = Callable[[list[str]], list[set[Span]]]
PIPELINE_1 = "pipeline, its defaults"
PIPELINE_BATCH = "pipeline, batches"
OURS = "ours, fp32"
LENIENT = "it takes an I- that continues nothing for an entity"
WARM_UP = 64


def main() -> None:
    """Measure the systems in turns and print what was found."""
    options = _options()
    if options.threads:
        torch.set_num_threads(options.threads)
    tagger = Tagger.from_pretrained(options.model, options.device, "fp32")
    sentences, left_out = _sentences(options, tagger)
    texts = ["".join(sentence.tokens) for sentence in sentences]
    gold = [_gold(sentence) for sentence in sentences]
    systems = _systems(options, tagger)
    reference = [_spans(tagger(text)) for text in texts]

    seconds: dict[str, list[float]] = {name: [] for name in systems}
    found: dict[str, list[set[Span]]] = {}
    for system in systems.values():
        system(texts[:WARM_UP])
    for repeat in range(options.repeats):
        for name, system in systems.items():
            start = time.perf_counter()
            found[name] = system(texts)
            seconds[name].append(time.perf_counter() - start)
            rate = sum(map(len, texts)) / seconds[name][-1]
            print(f"repeat {repeat + 1}: {name}: {rate:,.0f}", file=sys.stderr, flush=True)

    characters = sum(map(len, texts))
    median = {name: statistics.median(runs) for name, runs in seconds.items()}
    measured = {
        name: {
            "seconds": runs,
            "characters_per_second": characters / median[name],
            "times_pipeline": median[PIPELINE_1] / median[name],
            "times_pipeline_batches": median[PIPELINE_BATCH] / median[name],
            "f1": _f1(found[name], gold),
            "sentences_that_differ": _differing(found[name], reference),
        }
        for name, runs in seconds.items()
    }
    reasons = _reasons(tagger, texts, found[PIPELINE_1], reference)
    counts = {
        "sentences": len(texts),
        "characters": characters,
        "entities": sum(map(len, gold)),
        "left_out_as_too_long": left_out,
    }
    threads = {"threads": torch.get_num_threads()}
    print(f"{counts}\n")
    print(_speed_table(measured, characters))
    print("\nEntities of the pipeline alone, or of ours alone, and why:\n")
    print(table(("why", "pipeline alone", "ours alone"), reasons))
    print(f"\n{facts('onnxruntime', 'openvino') | threads}")
    write_json(
        options.json,
        {**counts, "systems": measured, "reasons": reasons, "facts": facts() | threads},
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="folder that train wrote")
    parser.add_argument("--data", required=True, help="corpus folder")
    parser.add_argument("--exported", nargs="*", default=[], metavar="DIR")
    parser.add_argument("--sentences", type=int, help="a sample of N; without it, all of test")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, help="default: as torch chooses")
    parser.add_argument("--device", default="cpu", help="of all but the exported folders")
    parser.add_argument("--pipeline_batch", type=int, default=32, help="its batch_size")
    parser.add_argument("--batch_tokens", type=int, help="of ours; default: its own")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def _sentences(options: argparse.Namespace, tagger: Tagger) -> tuple[list[Sentence], int]:
    """Return sentences of test that the pipeline can take whole, and how many it cannot."""
    corpus = open_corpus(options.data, ReadOptions())
    sentences = list(corpus.splits["test"].sentences(corpus.labels))
    tokenizer = tagger.aligner.tokenizer
    limit = tagger.aligner.max_length
    taken = [
        sentence
        for sentence in sentences
        if len(tokenizer("".join(sentence.tokens), verbose=False).input_ids) <= limit
    ]
    left_out = len(sentences) - len(taken)
    if options.sentences is not None and options.sentences < len(taken):
        taken = random.Random(options.seed).sample(taken, options.sentences)
    return taken, left_out


def _systems(options: argparse.Namespace, tagger: Tagger) -> dict[str, System]:
    """Return what is measured, each from a list of texts to a set of entities for each."""
    pipeline = transformers.pipeline(
        "token-classification",
        model=options.model,
        aggregation_strategy="simple",
        dtype=torch.float32,
        device=options.device,
    )
    batch, size = options.batch_tokens, options.pipeline_batch
    taggers = {
        OURS: Tagger(tagger.model, tagger.aligner.tokenizer, options.device, batch),
        "ours, bf16": Tagger.from_pretrained(options.model, options.device, "bf16", batch),
    }
    for folder in options.exported:
        taggers[f"ours, {Path(folder).name}"] = Tagger.from_pretrained(folder, batch_tokens=batch)
    return {
        PIPELINE_1: lambda texts: [_groups(row) for row in pipeline(texts)],
        PIPELINE_BATCH: lambda texts: [_groups(row) for row in pipeline(texts, batch_size=size)],
        **{
            name: lambda texts, one=one: [_spans(row) for row in one.stream(texts)]
            for name, one in taggers.items()
        },
    }


def _groups(row: Sequence[dict[str, Any]]) -> set[Span]:
    return {(group["entity_group"], group["start"], group["end"]) for group in row}


def _spans(row: Any) -> set[Span]:
    return {(entity.type, entity.start, entity.end) for entity in row}


def _gold(sentence: Sentence) -> set[Span]:
    """Return a sentence's own entities as spans of its text."""
    offsets = [0, *accumulate(map(len, sentence.tokens))]
    return {
        (entity.type, offsets[entity.start], offsets[entity.end])
        for entity in decode_entities(sentence.tags)
    }


def _f1(found: Sequence[set[Span]], gold: Sequence[set[Span]]) -> float:
    """Return the micro-averaged F1 of entities: type, start and end must be right."""
    right = sum(len(a & b) for a, b in zip(found, gold, strict=True))
    return 2 * right / max(1, sum(map(len, found)) + sum(map(len, gold)))


def _differing(found: Sequence[set[Span]], reference: Sequence[set[Span]]) -> int:
    return sum(a != b for a, b in zip(found, reference, strict=True))


def _reasons(
    tagger: Tagger,
    texts: Sequence[str],
    theirs: Sequence[set[Span]],
    ours: Sequence[set[Span]],
) -> list[tuple[str, int, int]]:
    """Return why entities differ: the reason, how many are the pipeline's alone, how many ours.

    Every entity that differs is counted once, with the first reason that fits.
    """
    tokenizer = tagger.aligner.tokenizer
    theirs_alone: Counter[str] = Counter()
    ours_alone: Counter[str] = Counter()
    for text, their_row, our_row in zip(texts, theirs, ours, strict=True):
        if their_row == our_row:
            continue
        encoded = tokenizer(text, return_offsets_mapping=True)
        ids = np.array([encoded.input_ids])
        logits = tagger.runtime.compute_logits(ids, np.ones_like(ids))
        (label_row,) = tagger.decoder.find_labels(logits)
        # The tag that the model gives where the pipeline's piece starts.
        tags = {
            start: tagger.labels[label]
            for (start, end), label in zip(encoded.offset_mapping, label_row, strict=True)
            if end > start
        }
        tokens, _ = split_text(text, tagger.by_character)
        ours_read = chain.from_iterable(tagger.aligner.pieces(tokens))
        same = encoded.input_ids == [*tagger.aligner.prefix, *ours_read, *tagger.aligner.suffix]
        pieces = "it reads the same pieces" if same else "it reads other word pieces than training"
        for counter, spans in (
            (theirs_alone, their_row - our_row),
            (ours_alone, our_row - their_row),
        ):
            for _, start, _ in spans:
                lenient = counter is theirs_alone and tags.get(start, "").startswith("I-")
                counter[LENIENT if lenient else pieces] += 1
    reasons = sorted({*theirs_alone, *ours_alone})
    return [(reason, theirs_alone[reason], ours_alone[reason]) for reason in reasons]


def _speed_table(measured: dict[str, dict[str, Any]], characters: int) -> str:
    """Return the first table: speed, its ratios to the pipeline's, and what was found."""
    header = (
        *("system", "characters a second", "times the pipeline", "times its batches"),
        *("F1", "sentences unlike ours one at a time"),
    )
    rows = [
        (
            name,
            spread([characters / run for run in one["seconds"]]),
            f"{one['times_pipeline']:.2f}",
            f"{one['times_pipeline_batches']:.2f}",
            f"{100 * one['f1']:.2f}",
            f"{one['sentences_that_differ']:,}",
        )
        for name, one in measured.items()
    ]
    return table(header, rows)


if __name__ == "__main__":
    main()
