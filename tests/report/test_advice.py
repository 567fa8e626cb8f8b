"""What to do first: the three sentences that matter most, and none that does not hold."""

from helpers.builders import EXAMPLE_SENTENCES, marked
from helpers.run_folders import write_run

from msra_ner.metrics.surface_forms import count_names
from msra_ner.report.data import build_report
from msra_ner.report.run_files import read_run

RISING = {
    "log_history": [{"step": step, "eval_f1": f1} for step, f1 in ((10, 0.5), (20, 0.6))],
    "best_global_step": 20,
}


def report_of(folder, sentences, predicted, **files):
    return build_report(read_run(write_run(folder, sentences, predicted, **files)))


def say(folder, sentences, predicted, **files):
    return [item["en"] for item in report_of(folder, sentences, predicted, **files)["first"]]


def none_found(sentences):
    return [["O"] * len(sentence.tags) for sentence in sentences]


def test_what_costs_most_comes_first(tmp_path):
    data = report_of(tmp_path / "run", EXAMPLE_SENTENCES, None)
    best = data["kinds"][0]
    assert best["gain"] == max(row["gain"] for row in data["kinds"])
    kind, type, *_ = data["first"]
    assert kind["kind"] == best["kind"]
    assert f"{100 * best['repaired_f1']:.2f}" in kind["en"]
    wrong = {r["name"]: r["gold"] + r["predicted"] - 2 * r["correct"] for r in data["types"]}
    assert wrong[type["type"]] == max(wrong.values())
    assert 2 <= len(data["first"]) <= 3
    assert all(item["zh"] for item in data["first"])


def test_a_score_that_is_in_doubt_comes_before_all(tmp_path):
    state = {"log_history": [{"step": 1, "loss": float("nan")}]}
    folder = write_run(tmp_path / "run", trainer_state=state)
    path = folder / "predictions.jsonl"
    path.write_text("".join(path.read_text(encoding="utf-8").splitlines(True)[:-1]))
    first = build_report(read_run(folder))["first"]
    assert [item["href"] for item in first] == ["#stages", "#curves", "#errors"]


def test_a_run_without_errors_hears_of_leaks_and_of_nothing_to_repair(tmp_path):
    right = [sentence.tags for sentence in EXAMPLE_SENTENCES]
    found = say(tmp_path / "run", EXAMPLE_SENTENCES, right, trainer_state=None)
    assert len(found) == 1
    assert "msra-ner check" in found[0]


def test_a_run_that_found_nothing_hears_what_it_missed(tmp_path):
    found = say(tmp_path / "run", EXAMPLE_SENTENCES, none_found(EXAMPLE_SENTENCES))
    assert "“missed”" in found[0]
    assert "0 predictions" in found[1]


def test_one_type_is_not_compared_with_others(tmp_path):
    sentences = [marked("去[LOC 北京]"), marked("到[LOC 上海]")]
    found = say(tmp_path / "run", sentences, none_found(sentences), trainer_state=None)
    assert len(found) == 1
    assert "2 errors of the kind “missed”" in found[0]
    one = say(tmp_path / "one", sentences[:1], none_found(sentences[:1]), trainer_state=None)
    assert "1 error of the kind" in one[0]


def test_an_error_made_again_and_again_is_named_with_its_sentences(tmp_path):
    sentences = [marked("去[LOC 北京]")] * 3
    first = report_of(tmp_path / "run", sentences, none_found(sentences))["first"]
    assert first[1]["en"].startswith("One error comes 3 times: LOC 北京 is missed.")
    assert (first[1]["kind"], first[1]["search"]) == ("missed", "北京")
    twice = say(tmp_path / "twice", sentences[:2], none_found(sentences[:2]))
    assert not any("times" in text for text in twice)


def test_a_gap_between_seen_and_unseen_names_needs_enough_of_both(tmp_path):
    names = count_names([marked("去[LOC 北京]")])

    def gap(folder, count):
        # Names of digits, each once, so that no error is made twice.
        new = [marked(f"去[LOC {index}]") for index in range(count)]
        seen = [marked("去[LOC 北京]")] * count
        predicted = [*none_found(new), *(sentence.tags for sentence in seen)]
        return say(folder, [*new, *seen], predicted, train_names=names)

    assert any("Names that train does not have get F1" in text for text in gap(tmp_path / "a", 30))
    assert not any("Names that train" in text for text in gap(tmp_path / "b", 29))


def test_a_run_that_still_rose_at_its_end_is_told_to_go_on(tmp_path):
    sentences = [marked("去[LOC 北京]")]
    found = say(tmp_path / "run", sentences, none_found(sentences), trainer_state=RISING)
    assert "still rose" in found[-1]
    kept = {**RISING, "best_global_step": 10}
    found = say(tmp_path / "kept", sentences, none_found(sentences), trainer_state=kept)
    assert not any("still rose" in text for text in found)
