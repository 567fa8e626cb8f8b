"""How the cost of training grows: with sentence length, corpus size and processes.

    python benchmarks/growth.py --data DATA --model MODEL [--tokens 24000]

Each part trains on real text for one epoch, each time in a process of its own: sentences joined and
cut to one length, with the same number of word pieces for every length; one, two and four times as
many sentences as they come; one and two processes that share the cores. Prints tables of real
tokens a second and peak memory; --json FILE for machines.
"""

import argparse
import json
import sys
import tempfile
from itertools import islice
from pathlib import Path

import measuring

from msra_ner.corpus.formats.pair import read_pair, write_pair
from msra_ner.corpus.sentence import Sentence

RUN_NER = Path(__file__).parents[1] / "run_ner.py"
LENGTHS = (16, 32, 64, 128, 256, 510)


def main() -> None:
    """Run the three parts and print them."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, required=True, help="corpus folder")
    parser.add_argument("--model", type=Path, required=True, help="encoder folder")
    parser.add_argument("--tokens", type=int, default=24_000, help="characters a run trains on")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    corpus = read_pair(options.data / "train")
    sentences = list(islice(corpus, 4 * options.tokens // 40))
    result = {
        "facts": measuring.facts(),
        "length": {
            str(length): train(options, of_length(sentences, length, options.tokens))
            for length in LENGTHS
        },
        "corpus size": {
            f"{times} x": train(options, of_size(sentences, times * options.tokens))
            for times in (1, 2, 4)
        },
        "processes": {
            str(processes): train(options, of_size(sentences, options.tokens), processes)
            for processes in (1, 2)
        },
    }
    for part in ("length", "corpus size", "processes"):
        rows = [
            [name, f"{run['seconds']:.1f}", f"{run['tokens_a_second']:,.0f}", f"{run['mib']:,.0f}"]
            for name, run in result[part].items()
        ]
        print(measuring.table([part, "seconds", "real tokens a second", "peak MiB"], rows) + "\n")
    print(json.dumps(result["facts"]))
    measuring.write_json(options.json, result)


def of_length(sentences: list[Sentence], length: int, tokens: int) -> list[Sentence]:
    """Return sentences of one length, cut from the text of all; an entity may be cut in two."""
    characters = [token for sentence in sentences for token in sentence.tokens][:tokens]
    tags = [tag for sentence in sentences for tag in sentence.tags]
    cut = []
    for start in range(0, len(characters) - length + 1, length):
        part = tags[start : start + length]
        if part[0].startswith("I-"):
            part[0] = "B" + part[0][1:]
        cut.append(Sentence(characters[start : start + length], part))
    return cut


def of_size(sentences: list[Sentence], tokens: int) -> list[Sentence]:
    """Return the first sentences, up to a number of tokens; none longer than a window."""
    kept, held = [], 0
    for sentence in sentences:
        if held >= tokens:
            break
        if len(sentence.tokens) <= 510:
            kept.append(sentence)
            held += len(sentence.tokens)
    return kept


def train(
    options: argparse.Namespace, sentences: list[Sentence], processes: int = 1
) -> dict[str, float]:
    """Return seconds of training, real tokens a second, and peak memory of a process."""
    with tempfile.TemporaryDirectory() as folder:
        for split, held in (("train", sentences), ("val", LABELS)):
            part = Path(folder, "corpus", split)
            part.mkdir(parents=True)
            write_pair(part, held)
        launcher = ["-m", "torch.distributed.run", "--nproc_per_node", processes]
        command = [sys.executable, *(launcher if processes > 1 else []), RUN_NER, "--do_train"]
        command += ["--data_dir", f"{folder}/corpus", "--output_dir", f"{folder}/run", "--use_cpu"]
        command += ["--model_name_or_path", options.model, "--num_train_epochs", 1]
        command += ["--eval_strategy", "no", "--save_strategy", "no"]
        command += ["--load_best_model_at_end", "false", "--cache_dir", f"{folder}/cache"]
        done = measuring.run(command)
        timing = json.loads(Path(folder, "run", "timing.json").read_text(encoding="utf-8"))
    pieces = sum(len(sentence.tokens) + 2 for sentence in sentences)  # [CLS], [SEP]
    seconds = timing["train_runtime"]
    return {"seconds": seconds, "tokens_a_second": pieces / seconds, "mib": done.peak_mib}


LABELS = [Sentence(list("王京大"), ["B-PER", "B-LOC", "B-ORG"])]


if __name__ == "__main__":
    main()
