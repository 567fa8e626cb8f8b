"""Break good predictions in the ways in which scripts break them, to see what each looks like.

    python examples/low-f1/plant.py FOLDER

``predictions.txt`` beside this file has the first 150 test sentences of the sample corpus: token,
gold tag and predicted tag in columns, from a run of ``msra-ner train --data_dir sample`` (seed 42).
Each file in FOLDER has the same predictions with one fault; the model is always the same.
``FOLDER/corpus`` has these sentences as a corpus, to say what a prediction file leaves out.
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
Sentence = list[list[str]]  # a row is a token, its gold tag, its predicted tag
OTHER_TYPE = {"PER": "LOC", "LOC": "ORG", "ORG": "PER"}


def all_o(sentence: Sentence) -> Sentence:
    """A model that has learned one thing: most tokens are outside."""
    return [[token, gold, "O"] for token, gold, _ in sentence]


def shifted(sentence: Sentence) -> Sentence:
    """[CLS] was counted as a token: every predicted tag comes one place too late."""
    late = ["O", *(predicted for _, _, predicted in sentence)]
    return [[token, gold, tag] for (token, gold, _), tag in zip(sentence, late, strict=False)]


def swapped(sentence: Sentence) -> Sentence:
    """The list of labels was in another order in training than it is now."""

    def rename(tag: str) -> str:
        prefix, _, kind = tag.partition("-")
        return f"{prefix}-{OTHER_TYPE[kind]}" if kind else tag

    return [[token, gold, rename(predicted)] for token, gold, predicted in sentence]


def inside_only(sentence: Sentence) -> Sentence:
    """The model never learned B-: each entity starts with I-."""
    return [[token, gold, predicted.replace("B-", "I-")] for token, gold, predicted in sentence]


def padded(sentence: Sentence) -> Sentence:
    """Padding to 128 places is scored as if it were text."""
    return sentence + [["[PAD]", "O", "O"]] * (128 - len(sentence))


def cut(sentence: Sentence) -> Sentence:
    """Sentences end at 32 tokens; what comes after is neither found nor missed."""
    return sentence[:32]


FAULTS = (all_o, shifted, swapped, inside_only, padded, cut)


def main() -> None:
    """Write a file for each fault."""
    text = (HERE / "predictions.txt").read_text(encoding="utf-8")
    sentences = [
        [line.split(" ") for line in block.split("\n")] for block in text.strip().split("\n\n")
    ]
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for fault in FAULTS:
        blocks = ("\n".join(map(" ".join, fault(sentence))) for sentence in sentences)
        path = folder / f"{fault.__name__}.txt"
        path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")
        print(path)
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    columns = ("\n".join(f"{token} {gold}" for token, gold, _ in rows) for rows in sentences)
    (corpus / "test.txt").write_text("\n\n".join(columns) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
