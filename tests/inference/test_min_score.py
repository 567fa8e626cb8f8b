import json

import pytest
from helpers.builders import EXAMPLE_SENTENCES

from msra_ner import Tagger
from msra_ner.cli.entry import main
from msra_ner.errors import ArgumentsError
from msra_ner.inference.jobs.job import TagJob
from msra_ner.inference.jobs.plan import plan_job
from msra_ner.inference.min_score import list_min_scores, parse_min_score

TEXTS = ["".join(sentence.tokens) for sentence in EXAMPLE_SENTENCES]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.5", 0.5),
        ("1", 1.0),
        ("PER=0.8,LOC=0", {"PER": 0.8, "LOC": 0.0}),
        ("A=B=0.1", {"A=B": 0.1}),
    ],
)
def test_a_number_or_one_a_type(text, expected):
    assert parse_min_score(text) == expected


@pytest.mark.parametrize(
    "text", ["", "high", "PER", "PER=", "=0.5", "PER=a", "PER=1,PER=0", "0.5,PER=1"]
)
def test_what_is_neither_is_refused(text):
    with pytest.raises(ArgumentsError, match="expected a number from 0 to 1"):
        parse_min_score(text)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), "0.5", True, {"PER": None}])
def test_a_score_is_from_0_to_1(value):
    with pytest.raises(ArgumentsError, match="expected a number from 0 to 1"):
        list_min_scores(value, ["PER"])


def test_a_type_that_the_model_does_not_know_is_refused():
    with pytest.raises(
        ArgumentsError, match="found the type 'CITY', expected one of the model's: PER"
    ):
        list_min_scores({"CITY": 0.5}, ["PER"])


def test_what_is_left_is_what_scores_enough(tiny_encoder):
    everything = Tagger.from_pretrained(tiny_encoder)(TEXTS)
    scores = sorted(entity.score for found in everything for entity in found)
    assert len(set(scores)) > 3
    lowest = scores[len(scores) // 2]
    tagger = Tagger.from_pretrained(tiny_encoder, min_score=lowest)
    for before, after in zip(everything, tagger(TEXTS), strict=True):
        # Scores are shown rounded, compared as they are.
        assert {entity for entity in before if entity.score > lowest} <= set(after) <= set(before)
        assert all(entity.score >= lowest for entity in after)
    tags = tagger.tag_tokens([list(text) for text in TEXTS])
    assert [sum(tag[0] == "B" for tag in row) for row in tags] == [
        len(row) for row in tagger(TEXTS)
    ]
    (kind,) = tagger.types
    assert Tagger.from_pretrained(tiny_encoder, min_score={kind: lowest})(TEXTS) == tagger(TEXTS)
    assert Tagger.from_pretrained(tiny_encoder, min_score={})(TEXTS) == everything


def test_predict_takes_it_and_a_job_goes_on_with_the_same_alone(tiny_encoder, tmp_path, capsys):
    assert main(["predict", str(tiny_encoder), "--text", TEXTS[0], "--min_score", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["entities"] == []
    assert main(["predict", str(tiny_encoder), "--text", TEXTS[0], "--min_score", "CITY=1"]) == 2
    assert "the type 'CITY'" in capsys.readouterr().err
    source = tmp_path / "texts.txt"
    source.write_text("\n".join(TEXTS), encoding="utf-8")
    out = tmp_path / "out.jsonl"
    words = ["predict", str(tiny_encoder), str(source), "--output", str(out), "--processes", "1"]
    assert main([*words, "--min_score", "1"]) == 0
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == len(TEXTS)
    assert not any(row["entities"] for row in rows)
    jobs = [TagJob(str(tiny_encoder), [str(source)], out, min_score=score) for score in (None, 0.5)]
    assert plan_job(jobs[0]).record != plan_job(jobs[1]).record
