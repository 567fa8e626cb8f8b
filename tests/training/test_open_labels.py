"""The loss where nobody looked for all types, against the list of all paths and labels."""

import json
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers import tiny_models
from helpers.builders import EXAMPLE_SENTENCES, write_corpus

from msra_ner import load_msra, train
from msra_ner.corpus import Sentence
from msra_ner.dataset import IGNORE_INDEX
from msra_ner.decoding import ChainLabels
from msra_ner.labels import LabelIds, can_agree, label_list
from msra_ner.report.data import build_report
from msra_ner.report.run_files import read_run
from msra_ner.training.chain_loss import ChainLoss
from msra_ner.training.data import load_data
from msra_ner.training.loss import token_mean_loss
from msra_ner.training.open_labels import OpenLabels
from msra_ner.training.task_settings import DataArguments

LABELS = label_list(["PER", "LOC"])
ROWS = [
    ["B-PER", "?-PER", "?-PER", "O"],
    ["?-LOC", "?-LOC", "B-LOC", "I-LOC"],
    ["O", "?-PER", "O", "?-LOC"],
    ["B-PER", "I-PER", "O", "B-LOC"],
]


def encode(tags):
    """Return labels as the rows for torch have them."""
    ids = LabelIds(LABELS)
    return [ids[tag] if ids[tag] >= 0 else ids[tag] + IGNORE_INDEX for tag in tags]


def draw(*shape):
    return torch.from_numpy(np.random.default_rng(len(shape)).normal(size=shape)).float()


@pytest.mark.parametrize("scheme", ["iob2", "bioes"])
@pytest.mark.parametrize("tags", ROWS)
def test_all_paths_that_open_tokens_allow_are_gold(scheme, tags):
    chain = ChainLabels.of(LABELS, scheme)
    size = len(chain.names)
    weights, logits = draw(size, size), draw(1, 4, size)
    # What the gold path ends in may go on behind the row.
    last = chain.last if tags[-1][0] not in "BI" else np.ones(size, dtype=bool)

    def is_legal(path):
        steps = all(chain.legal[pair] for pair in pairwise(path))
        return chain.first[path[0]] and last[path[-1]] and steps

    def weigh(path):
        steps = sum(weights[pair] for pair in pairwise(path))
        return steps + sum(logits[0, at, label] for at, label in enumerate(path))

    def is_gold(path):
        names = [LABELS[chain.to_iob2[label]] for label in path]
        return all(map(can_agree, tags, names))

    paths = [path for path in product(range(size), repeat=4) if is_legal(path)]
    everything = torch.logsumexp(torch.stack([weigh(path) for path in paths]), 0)
    gold = torch.logsumexp(torch.stack([weigh(path) for path in paths if is_gold(path)]), 0)
    loss = ChainLoss(chain, weights)(logits, torch.tensor([encode(tags)]), None, OpenLabels(LABELS))
    assert loss.item() == pytest.approx((everything - gold).item(), rel=1e-4)


def test_closed_rows_cost_what_they_cost_without_open_ones():
    chain = ChainLabels.of(LABELS, "bioes")
    size = len(chain.names)
    loss = ChainLoss(chain, draw(size, size))
    labels = torch.tensor([encode(ROWS[-1]), [IGNORE_INDEX, 0, 1, IGNORE_INDEX]])
    logits = draw(2, 4, size)
    assert loss(logits, labels, None, OpenLabels(LABELS)) == pytest.approx(
        loss(logits, labels).item(), rel=1e-5
    )


def test_an_open_token_costs_what_its_labels_lack():
    tags = [tag for row in ROWS for tag in row]
    logits = draw(1, len(tags), len(LABELS))
    loss = token_mean_loss(
        {"logits": logits}, torch.tensor([encode(tags)]), open_labels=OpenLabels(LABELS)
    )
    shares = logits[0].softmax(-1)
    costs = [
        -sum(shares[at, index] for index, name in enumerate(LABELS) if can_agree(tag, name)).log()
        for at, tag in enumerate(tags)
    ]
    assert loss.item() == pytest.approx(torch.stack(costs).mean().item(), rel=1e-5)


def test_rows_for_torch_have_codes_that_nothing_else_has(tmp_path):
    row = Sentence(["王", "明", "hello", "去"], ["B-PER", "?", "?-PER", "B-LOC"])
    corpus = write_corpus(tmp_path / "corpus", {"train": [row, *EXAMPLE_SENTENCES]})
    tokenizer = tiny_models.wordpiece()
    labels = load_msra(corpus, tokenizer, cache_dir=tmp_path / "cache")["train"][0]["labels"]
    # ?-PER leaves the second and third of PER, ORG, LOC open: -1000 - 6, and IGNORE_INDEX.
    pieces = len(tokenizer.tokenize("hello"))
    further = [IGNORE_INDEX] * (pieces - 1)
    assert labels == [IGNORE_INDEX, 1, IGNORE_INDEX, -1106, *further, 5, IGNORE_INDEX]
    whole = load_msra(corpus, tokenizer, label_all_pieces=True, cache_dir=tmp_path / "cache")
    assert whole["train"][0]["labels"][3 : 3 + pieces] == [-1106] * pieces


@pytest.mark.slow
@pytest.mark.parametrize("decoder", ["crf", "viterbi"])
def test_a_run_over_two_corpora_with_types_of_their_own(tmp_path, decoder, tiny_encoder):
    def show(annotated):
        return [
            Sentence(row.tokens, [x if x[2:] in annotated else f"?-{annotated}" for x in row.tags])
            for row in EXAMPLE_SENTENCES * 3
        ]

    splits = {
        "train": [*show("PER"), *show("LOC")],
        "val": [*EXAMPLE_SENTENCES, Sentence(["王", "明"], ["?", "?"])],
        "test": [*show("LOC"), *EXAMPLE_SENTENCES],
    }
    corpus = write_corpus(tmp_path / "corpus", splits)
    run = tiny_models.tiny_run(
        corpus, tiny_encoder, tmp_path / "run", decoder=decoder, num_train_epochs=20
    )
    scores = train(**run).test
    record = json.loads(Path(run["output_dir"], "all_results.json").read_text(encoding="utf-8"))
    assert scores["PER"].recall > 0.5
    assert scores["LOC"].recall > 0.5
    assert record["eval_open_characters"] == 2
    head = build_report(read_run(Path(run["output_dir"])))["headline"]
    assert head["open_tokens"] == record["test_open_characters"] > 0
    assert head["open_entities"] == record["test_open_entities"] > 0
    assert head["token_accuracy"] == pytest.approx(record["test_token_accuracy"])


def test_windows_at_which_nobody_looked_are_left_out(tmp_path, tiny_encoder, caplog):
    caplog.set_level("INFO")
    unread = [Sentence(row.tokens, ["?"] * len(row.tokens)) for row in EXAMPLE_SENTENCES]
    splits = {"train": [*EXAMPLE_SENTENCES[:4], *unread], "val": EXAMPLE_SENTENCES[:4]}
    run = tiny_models.tiny_run(
        write_corpus(tmp_path / "corpus", splits),
        tiny_encoder,
        tmp_path / "run",
        per_device_train_tokens=8,
        max_steps=6,
    )
    train(**run)
    assert f"{len(unread)} windows left out, in which nobody looked at any token" in caplog.text
    assert "characters left open (?)" in caplog.text


def test_a_type_that_only_open_tags_name_is_said(tmp_path, caplog):
    rows = [Sentence(["王", "去"], ["B-PER", "?-PRE"])]
    corpus = write_corpus(tmp_path / "corpus", {"train": rows})
    load_data(DataArguments(data_dir=str(corpus), cache_dir=str(tmp_path / "cache")))
    assert "no entity of PRE, which a label list or open tags (?-TYPE) name" in caplog.text
