"""What the folder of a run says of its model: no path, and nothing that it does not say."""

import json

from helpers.run_folders import RECORD, write_run

from msra_ner.report.about import describe_run

LOG = "2026-11-28 23:59:59,1 INFO begins\n2026-11-29 00:01:02,3 INFO ends\n  2030-01-01 no start\n"


def test_a_run_says_its_corpus_f1_and_day(tmp_path):
    record = {**RECORD, "data": "/home/someone/corpora/news"}
    results = {"eval_f1": 0.9, "test_f1": 0.5}
    folder = write_run(tmp_path / "run", run=record, all_results=results)
    (folder / "train.log").write_text(LOG, encoding="utf-8")
    assert describe_run(folder) == {
        "corpus": "news",
        "toy": False,
        "split": "test",
        "f1": 0.5,
        "date": "2026-11-29",
    }


def test_a_corpus_of_the_hub_keeps_its_name(tmp_path):
    folder = write_run(tmp_path / "run", run={**RECORD, "data": "hub:someone/news"})
    assert describe_run(folder)["corpus"] == "hub:someone/news"


def test_val_is_named_where_test_was_not_scored(tmp_path):
    folder = write_run(tmp_path / "run", all_results={"eval_f1": 0.25})
    about = describe_run(folder)
    assert (about["split"], about["f1"], about["date"]) == ("val", 0.25, None)


def test_the_small_encoder_of_the_sample_is_a_toy_and_a_real_one_is_not(tmp_path):
    assert describe_run(write_run(tmp_path / "toy"))["toy"]
    settings = {**RECORD["settings"], "model_name_or_path": "bert-base-chinese"}
    assert not describe_run(write_run(tmp_path / "real", run={**RECORD, "settings": settings}))[
        "toy"
    ]


def test_what_is_no_run_says_nothing(tmp_path):
    (tmp_path / "config.json").write_text(json.dumps({}))
    assert describe_run(tmp_path) is None
    assert describe_run("someone/model") is None
