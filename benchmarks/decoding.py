"""What viterbi costs beside argmax: the same model, the same sentences, in turns.

    python benchmarks/decoding.py MODEL --data DATA [--sentences 1000] [--repeats 3] [--json FILE]

The sentences are the first of test; both decoders get the same batches. Prints the medians, their
ratio, and the strict F1 of both.
"""

import argparse
import statistics
import time
from pathlib import Path

from measuring import facts, table, write_json

from msra_ner.corpus.folder import open_corpus
from msra_ner.corpus.options import ReadOptions
from msra_ner.inference import Tagger
from msra_ner.metrics import score_entities


def main() -> None:
    """Tag with each decoder in turns, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model", help="folder that train wrote")
    parser.add_argument("--data", required=True)
    parser.add_argument("--sentences", type=int, default=1000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args()
    taggers = {
        name: Tagger.from_pretrained(options.model, "cpu", decoder=name)
        for name in ("viterbi", "argmax")
    }
    corpus = open_corpus(options.data, ReadOptions())
    labels = tuple(taggers["viterbi"].labels)
    sentences = list(corpus.splits["test"].sentences(labels))[: options.sentences]
    texts = ["".join(sentence.tokens) for sentence in sentences]
    seconds: dict[str, list[float]] = {name: [] for name in taggers}
    taggers["argmax"](texts[:50])  # warm up
    for _ in range(options.repeats):
        for name, tagger in taggers.items():
            start = time.perf_counter()
            tagger(texts)
            seconds[name].append(time.perf_counter() - start)
    gold = [sentence.tags for sentence in sentences]
    rows = []
    for name, tagger in taggers.items():
        tags = tagger.tag_tokens(sentence.tokens for sentence in sentences)
        f1 = score_entities(gold, tags, lenient=False)["f1"]
        row = (name, f"{statistics.median(seconds[name]):.2f}", f"{100 * (f1 or 0):.2f}")
        rows.append(row)
    print(table(("decoder", "seconds", "F1"), rows))
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    print(f"viterbi takes {medians['viterbi'] / medians['argmax']:.3f} times as long as argmax")
    if options.json:
        write_json(options.json, {"seconds": seconds, "rows": rows, "facts": facts()})


if __name__ == "__main__":
    main()
