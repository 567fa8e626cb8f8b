import json

import pytest
from helpers.builders import EXAMPLE_SENTENCES, PROPERTY, any_tags
from helpers.run_folders import HISTORY, RECORD, many_sentences, worse, write_run
from hypothesis import given, strategies as st

from msra_ner.corpus.sentence import Sentence
from msra_ner.errors import CorpusError, CorpusNotFoundError, ScoreError
from msra_ner.labels import decode_entities
from msra_ner.metrics.error_kinds import KINDS
from msra_ner.metrics.scoring import collect_names, score_tags
from msra_ner.metrics.surface_forms import count_names
from msra_ner.report.data import build_report
from msra_ner.report.page import write_report
from msra_ner.report.provenance import format_command
from msra_ner.report.run_files import read_run

GOLD = [sentence.tags for sentence in EXAMPLE_SENTENCES]
TRAIN = EXAMPLE_SENTENCES[:6]


def data_of(folder):
    return build_report(read_run(folder))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """The data of a run that says how often names occur in train."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    return data_of(write_run(folder, train_names=count_names(TRAIN)))


def test_all_figures_are_those_of_seqeval(data):
    scores = score_tags(EXAMPLE_SENTENCES, worse(EXAMPLE_SENTENCES), collect_names(TRAIN)).to_dict()
    head = data["headline"]
    for name in ("precision", "recall", "f1", "token_accuracy", "all_o_accuracy"):
        assert head[name] == pytest.approx(scores[name])
    assert head["gold"] == scores["support"]
    for row in data["types"]:
        for name in ("precision", "recall", "f1"):
            assert row[name] == pytest.approx(scores[f"{row['name']}_{name}"])
    seen, unseen = data["seen"]
    assert (seen["name"], seen["gold"]) == ("seen", scores["seen_support"])
    assert seen["f1"] == pytest.approx(scores["seen_f1"])
    assert unseen["f1"] == pytest.approx(scores["unseen_f1"])


def test_the_interval_holds_the_score(data):
    for figure, interval in data["headline"]["intervals"].items():
        assert interval["low"] <= data["headline"][figure] <= interval["high"]


@given(st.lists(st.tuples(any_tags(), any_tags()), min_size=1, max_size=8))
@PROPERTY
def test_each_error_is_counted_once_everywhere(tmp_path_factory, rows):
    pairs = [(gold, (pred + ["O"] * len(gold))[: len(gold)]) for gold, pred in rows]
    sentences = [Sentence(["字"] * len(gold), gold) for gold, _ in pairs]
    folder = tmp_path_factory.mktemp("runs") / "run"
    found = data_of(write_run(folder, sentences, [pred for _, pred in pairs]))
    head, errors = found["headline"], found["errors"]
    assert sum(row["errors"] for row in found["kinds"]) == len(errors)
    assert head["gold"] - head["correct"] == sum(len(error["gold"]) for error in errors)
    assert head["predicted"] - head["correct"] == sum(len(error["predicted"]) for error in errors)
    assert sum(map(sum, found["confusion"]["matrix"])) >= head["correct"]
    for name in ("types", "length", "position"):
        for side in ("gold", "predicted", "correct"):
            assert sum(row[side] for row in found[name]) == head[side]
    assert set(found["sentences"]) == {str(error["sentence"]) for error in errors}


def test_the_data_is_json(data):
    assert json.loads(json.dumps(data, allow_nan=False))["headline"] == data["headline"]


def test_kinds_come_with_what_their_repair_gains(data):
    gains = [row["gain"] for row in data["kinds"]]
    assert {row["kind"] for row in data["kinds"]} == set(KINDS)
    assert gains == sorted(gains, reverse=True)
    assert gains[0] > gains[-1] >= 0


def test_frequency_needs_what_train_has(tmp_path):
    found = data_of(write_run(tmp_path / "run"))
    assert found["seen"] is None
    assert found["train_count"] is None
    run = read_run(tmp_path / "run", train_names=count_names(TRAIN))
    assert build_report(run)["seen"] is not None


def test_one_entity_without_count_leaves_frequency_out(tmp_path):
    folder = write_run(tmp_path / "run", train_names=count_names(TRAIN))
    path = folder / "predictions.jsonl"
    first, *others = path.read_text(encoding="utf-8").splitlines()
    row = json.loads(first)
    del row["gold_entities"][0]["train_count"]
    path.write_text("\n".join([json.dumps(row), *others]) + "\n", encoding="utf-8")
    assert read_run(folder).train_counts is None


def test_scores_of_entities_are_compared_with_how_many_are_right(tmp_path):
    sentences = [Sentence(list("京沪"), ["B-LOC", "B-LOC"])] * 5
    predicted = [["B-LOC", "B-LOC"]] * 4 + [["B-PER", "B-LOC"]]
    scores = [[0.8, 1.0]] * 5
    found = data_of(write_run(tmp_path / "run", sentences, predicted, scores=scores))
    calibration = found["calibration"]
    assert calibration["error"] == pytest.approx(0)
    rows = [(row["score"], row["precision"], row["entities"]) for row in calibration["bins"]]
    assert rows == [(pytest.approx(0.8), 0.8, 5), (1.0, 1.0, 5)]
    lowest = {row["name"]: (row["predicted"], row["correct"]) for row in found["lowest_scores"]}
    assert (lowest["0.8"], lowest["0.9"]) == ((10, 9), (5, 5))
    page = write_report(tmp_path / "run").read_text(encoding="utf-8")
    assert "0.00 points apart on average (expected calibration error, over 10 predicted" in page
    assert (tmp_path / "run" / "plots" / "calibration.svg").is_file()


def test_without_scores_nothing_is_said_of_them(data, tmp_path):
    assert data["calibration"] is None
    assert data["lowest_scores"] == []
    half = [[0.5] * len(decode_entities(tags)) for tags in worse(EXAMPLE_SENTENCES)]
    folder = write_run(tmp_path / "run", scores=half)
    assert data_of(folder)["calibration"]["entities"] > 0
    rows = (folder / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
    last = max(number for number, row in enumerate(rows) if '"score"' in row)
    rows[last] = rows[last].replace('"score"', '"other"')
    (folder / "predictions.jsonl").write_text("\n".join(rows), encoding="utf-8")
    assert data_of(folder)["calibration"] is None, "one sentence lacks them"


def test_curves_are_read_and_broken_points_counted(tmp_path):
    history = [*HISTORY, {"step": 50, "loss": float("nan")}, {"step": 60, "loss": float("inf")}]
    found = data_of(write_run(tmp_path / "run", trainer_state={"log_history": history}))
    assert found["curves"]["loss"] == [(10, 0.9), (20, 0.4), (30, 0.2)]
    assert found["curves"]["val_f1"] == [(20, 0.6), (40, 0.7)]
    assert found["lost_points"] == 2


def test_stages_say_whether_something_was_lost(tmp_path):
    folder = write_run(tmp_path / "run")
    stages = {(row["split"], row["stage"]): row for row in data_of(folder)["stages"]}
    assert stages["train", "used"]["of"] == 9
    assert stages["train", "used"]["windows"] == 10
    assert stages["val", "used"]["windows"] is None
    assert stages["test", "predicted"]["complete"] is True
    path = folder / "predictions.jsonl"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(True)[:-1]))
    assert data_of(folder)["stages"][-1]["complete"] is False


def test_a_lost_entity_alone_makes_a_stage_incomplete(tmp_path):
    folder = write_run(tmp_path / "run")
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    record["splits"]["test"]["entities"] = 99
    (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")
    assert data_of(folder)["stages"][-1]["complete"] is False


def test_an_older_run_without_counts_has_no_stage_of_reading(tmp_path):
    stages = data_of(write_run(tmp_path / "run", run={**RECORD, "splits": {}}))["stages"]
    assert [(row["stage"], row["complete"]) for row in stages] == [("predicted", None)]


def test_the_stage_of_scoring_comes_from_the_results(tmp_path):
    scores = score_tags(EXAMPLE_SENTENCES, worse(EXAMPLE_SENTENCES)).to_dict()
    results = {f"test_{name}": value for name, value in scores.items()}
    found = data_of(write_run(tmp_path / "run", all_results=results))
    assert found["stages"][-1]["stage"] == "scored"
    assert found["stages"][-1]["complete"] is True
    assert found["headline"]["recorded"]
    assert found["headline"]["lenient_f1"] == scores["lenient_f1"]


@pytest.mark.parametrize(
    "results", [{"test_f1": 0.123}, {"test_support": 1}], ids=["another F1", "another support"]
)
def test_predictions_of_another_run_are_refused(tmp_path, results):
    scores = score_tags(EXAMPLE_SENTENCES, worse(EXAMPLE_SENTENCES)).to_dict()
    recorded = {"test_f1": scores["f1"], "test_support": scores["support"], **results}
    folder = write_run(tmp_path / "run", all_results=recorded)
    with pytest.raises(ScoreError, match="another run"):
        read_run(folder)


def test_a_folder_without_predictions_says_what_to_do(tmp_path):
    with pytest.raises(CorpusNotFoundError, match=r"no predictions\.jsonl.*do_predict"):
        read_run(tmp_path)
    with pytest.raises(CorpusNotFoundError, match="no such folder"):
        read_run(tmp_path / "missing")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tokens": ["字"]}, "1 tokens, 24 gold"),
        ({"gold_tags": ["X-LOC"] + ["O"] * 23}, "X-LOC"),
        ({"tokens": ["\ud800"] * 24}, "surrogate"),
    ],
    ids=["tokens cut", "an invalid tag", "half a character"],
)
def test_a_damaged_row_is_refused_with_its_line(tmp_path, change, message):
    folder = write_run(tmp_path / "run", EXAMPLE_SENTENCES[:1])
    path = folder / "predictions.jsonl"
    row = json.loads(path.read_text(encoding="utf-8"))
    row["tokens"] = row["tokens"][:24]
    row = {**row, **{key: row[key][:24] for key in ("gold_tags", "pred_tags")}, **change}
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(CorpusError, match=f"predictions.jsonl:1: .*{message}"):
        read_run(folder)


@pytest.mark.parametrize("content", ["{", "[1]", "\ufeff\x00"], ids=["cut", "a list", "binary"])
def test_a_damaged_file_of_the_run_is_refused(tmp_path, content):
    folder = write_run(tmp_path / "run")
    (folder / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=r"run\.json"):
        read_run(folder)


def test_predictions_alone_are_enough(tmp_path):
    folder = write_run(tmp_path / "run", trainer_state=None, run=None, timing=None)
    found = data_of(folder)
    assert found["curves"]["loss"] == []
    assert found["provenance"]["command"] == ""


@pytest.mark.parametrize("tags", [[[]], [["O", "O"]]], ids=["empty sentence", "no entity"])
def test_a_test_set_without_entities_has_a_report(tmp_path, tags):
    sentences = [Sentence(["字"] * len(row), row) for row in tags]
    found = data_of(write_run(tmp_path / "run", sentences, tags))
    assert found["headline"]["f1"] is None
    assert found["errors"] == found["types"] == found["length"] == []


def test_words_are_joined_by_spaces_and_characters_are_not(tmp_path):
    words = Sentence(["She", "left", "New", "York", "today"], ["O", "O", "B-LOC", "I-LOC", "O"])
    pred = [["O"] * 5] * 2
    found = data_of(write_run(tmp_path / "words", [words, words], pred))
    assert found["joiner"] == " "
    assert found["repeated"] == [
        {"kind": "missed", "gold": "LOC New York", "predicted": "", "count": 2}
    ]
    assert data_of(write_run(tmp_path / "characters"))["joiner"] == ""


def test_repeated_errors_come_most_frequent_first(tmp_path):
    sentences = many_sentences(5)
    predicted = [["O"] * len(row.tokens) for row in sentences]
    predicted[0] = sentences[0].tags[:3] + ["O"] * (len(sentences[0].tokens) - 3)
    found = data_of(write_run(tmp_path / "run", sentences, predicted))["repeated"]
    assert [(row["gold"], row["count"]) for row in found] == [("LOC 北京", 5), ("PER 王海燕", 4)]


def test_settings_come_the_main_ones_first(data):
    made = data["provenance"]
    assert list(made["settings"]) == ["seed", "learning_rate", "weight_decay", "max_length"]
    assert made["main_settings"] == ["seed", "learning_rate", "weight_decay"]
    assert made["versions"] == {"python": "3.11.7", "torch": "2.11"}


def test_the_command_is_as_one_types_it():
    words = ["/somewhere/bin/msra-ner", "train", "--output_dir", "runs/a b"]
    assert format_command(words) == "msra-ner train --output_dir 'runs/a b'"
    assert format_command(["/x/msra_ner/__main__.py", "train"]) == "python -m msra_ner train"
    assert format_command([]) == ""
