"""Stages of one settings file: silver first, then gold."""

import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from helpers.builders import EXAMPLE_SENTENCES, write_corpus
from helpers.tiny_models import TINY_RUN

import msra_ner
from msra_ner.cli import main
from msra_ner.corpus import join_tokens
from msra_ner.errors import ArgumentsError, CorpusError, CorpusNotFoundError, OutputExistsError
from msra_ner.hub.model_card import format_card
from msra_ner.hub.model_facts import read_facts
from msra_ner.hub.model_files import read_model_files
from msra_ner.report import read_run
from msra_ner.report.lineage import list_trained_stages
from msra_ner.training import parse_arguments, parse_stages, run_stages, stages as stage_module
from msra_ner.training.data import load_data
from msra_ner.training.task_settings import DataArguments

ROOT = Path(__file__).parents[2]
SHARED = EXAMPLE_SENTENCES[10:12]  # in the train of silver, and in the test of gold
SILVER = [*EXAMPLE_SENTENCES[:3], SHARED[0], *EXAMPLE_SENTENCES[3:6], SHARED[1]]
QUICK = {**TINY_RUN, "max_steps": 2, "save_steps": 2, "eval_steps": 2}


@pytest.fixture(scope="module")
def corpora(tmp_path_factory):
    """Silver, of which two sentences are in the test of gold, and gold."""
    folder = tmp_path_factory.mktemp("corpora")
    write_corpus(folder / "silver", {"train": SILVER, "val": EXAMPLE_SENTENCES[6:8]})
    gold = {"train": EXAMPLE_SENTENCES[:6], "val": EXAMPLE_SENTENCES[8:10], "test": SHARED}
    write_corpus(folder / "gold", gold)
    return folder


@pytest.fixture
def given(corpora, tiny_encoder, tmp_path):
    """What a settings file of two quick stages holds."""
    return {
        **QUICK,
        "model_name_or_path": str(tiny_encoder),
        "output_dir": str(tmp_path / "loop"),
        "stages": {
            "silver": {"data_dir": str(corpora / "silver")},
            "gold": {"data_dir": str(corpora / "gold"), "max_steps": 3},
        },
    }


def write_settings(folder, given):
    path = folder / "loop.yaml"
    path.write_text(yaml.safe_dump(given, sort_keys=False), encoding="utf-8")
    return path


def run_file(folder, given, *flags):
    found = parse_stages([str(write_settings(folder, given)), *flags])
    return run_stages(found, ["msra-ner", "train"])


def read_json(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def trained(corpora, tiny_encoder, tmp_path_factory):
    """The folder of two stages that have ended, and what the command returned."""
    folder = tmp_path_factory.mktemp("trained")
    settings = {**QUICK, "model_name_or_path": str(tiny_encoder), "output_dir": str(folder / "run")}
    settings["stages"] = {
        "silver": {"data_dir": str(corpora / "silver")},
        "gold": {"data_dir": str(corpora / "gold"), "max_steps": 3},
    }
    return folder / "run", run_file(folder, settings), settings


def test_each_stage_is_a_run_that_starts_from_the_one_before(trained, tiny_encoder):
    folder, result, _ = trained
    assert result.output_dir == folder / "gold"
    assert result.test is not None
    silver, gold = (
        read_json(folder / name / "run.json")["settings"] for name in ("silver", "gold")
    )
    assert silver["model_name_or_path"] == str(tiny_encoder)
    assert gold["model_name_or_path"] == str(folder / "silver")
    assert [silver["max_steps"], gold["max_steps"]] == [2, 3]
    assert [silver["learning_rate"], gold["learning_rate"]] == [QUICK["learning_rate"]] * 2


def test_what_is_scored_later_is_left_out_and_said(trained, corpora):
    folder, _, _ = trained
    record = read_json(folder / "silver/run.json")
    assert record["left_out"] == {
        "sentences": 2,
        "entities": sum(tag.startswith("B-") for row in SHARED for tag in row.tags),
        "stages": ["gold"],
        "first": [
            str(corpora / "silver/train/sentences.txt:4"),
            str(corpora / "gold/test/sentences.txt:1"),
        ],
        "numbers": "3,7",
    }
    train = record["splits"]["train"]
    assert (train["sentences"], train["of"], train["windows"]) == (6, 8, 6)
    log = (folder / "silver/train.log").read_text(encoding="utf-8")
    assert "2 sentences of train, with" in log
    assert "left out" not in (folder / "gold/train.log").read_text(encoding="utf-8")


def test_what_is_left_out_is_in_no_batch(given, tmp_path, monkeypatch):
    """The windows that the Trainer gets, put together, are the sentences that stay."""
    seen = []
    build = stage_module.run_arguments.__globals__["build_trainer"]

    def spy(args, model, tokenizer, data):
        rows = data.encoded["train"]
        seen.append(([tokenizer.decode(row["input_ids"]) for row in rows], rows["sentence"]))
        return build(args, model, tokenizer, data)

    monkeypatch.setitem(stage_module.run_arguments.__globals__, "build_trainer", spy)
    run_file(tmp_path, given)
    (silver, numbers), (gold, _) = seen
    held_out = [join_tokens(row.tokens)[:6] for row in SHARED]
    kept = [join_tokens(row.tokens)[:6] for row in SILVER if row not in SHARED]
    texts = ["".join(text.split()) for text in silver]
    assert not [text for text in texts if any(start in text for start in held_out)]
    assert all(any(start in text for text in texts) for start in kept)
    assert list(numbers) == list(range(6))  # by them a sentence of train is scored
    assert len(gold) == 6


def test_report_and_run_tell_silver_from_gold(trained, corpora):
    folder, _, _ = trained
    stages = read_json(folder / "gold/report.json")["trained_on"]
    assert [stage["name"] for stage in stages] == ["silver", "gold"]
    assert [stage["data"] for stage in stages] == [
        str(corpora / name) for name in ("silver", "gold")
    ]
    assert [stage["sentences"] for stage in stages] == [6, 6]
    assert [stage["left_out"] for stage in stages] == [2, 0]
    assert [stage["leaked"] for stage in stages] == [0, None]
    for stage in stages:
        results = read_json(folder / stage["name"] / "all_results.json")
        assert stage["val_f1"] == results["eval_f1"]
        assert stage["val_sentences"] == 2
    assert read_json(folder / "gold/run.json")["trained_before"] == stages[:1]
    page = (folder / "gold/report.html").read_text(encoding="utf-8")
    assert 'id="trained_on"' in page
    assert 'id="trained_on"' not in (folder / "silver/report.html").read_text(encoding="utf-8")


def test_two_commands_tell_the_same_and_count_what_leaked(corpora, tiny_encoder, tmp_path, caplog):
    settings = {**QUICK, "max_steps": 1}
    silver = tmp_path / "silver"
    msra_ner.train(corpora / "silver", silver, model_name_or_path=tiny_encoder, **settings)
    with caplog.at_level(logging.WARNING):
        msra_ner.train(corpora / "gold", tmp_path / "gold", model_name_or_path=silver, **settings)
    assert f"2 sentences that {silver} has learned are in val (0) or test (2)" in caplog.text
    (before,) = read_json(tmp_path / "gold/run.json")["trained_before"]
    assert before["folder"] == str(silver)
    assert (before["sentences"], before["left_out"], before["leaked"]) == (8, 0, 2)
    stages = read_json(tmp_path / "gold/report.json")["trained_on"]
    assert [stage["name"] for stage in stages] == ["silver", "gold"]
    # A third run knows both, and a corpus that has changed is no proof of anything.
    write_corpus(tmp_path / "more", {"train": SILVER[:3], "val": SILVER[:2], "test": SHARED})
    record = read_json(silver / "run.json")
    record["data"] = str(tmp_path / "more")
    (silver / "run.json").write_text(json.dumps(record), encoding="utf-8")
    caplog.clear()
    msra_ner.train(
        tmp_path / "more", tmp_path / "third", model_name_or_path=tmp_path / "gold", **settings
    )
    before = read_json(tmp_path / "third/run.json")["trained_before"]
    assert [stage["leaked"] for stage in before] == [None, 2]
    assert "is not the corpus that it read" in caplog.text


def test_the_files_and_the_card_are_as_they_are_described(trained):
    validators = pytest.importorskip("jsonschema", reason="jsonschema is not installed; [all]")
    folder, _, _ = trained
    for name in ("run", "report"):
        schema = read_json(ROOT / "docs/reference/schemas" / f"{name}.json")
        for stage in ("silver", "gold"):
            value = read_json(folder / stage / f"{name}.json")
            validators.Draft202012Validator(schema).validate(value)
    cards = []
    for stage in ("silver", "gold"):
        run = folder / stage
        cards.append(format_card(read_facts(run, read_model_files(run)), "name/model"))
    assert "(6 sentences of train; 2 that a later stage is scored on were left out)" in cards[0]
    assert "learned in other runs" not in cards[0]
    assert re.search(r"learned in other runs:.*\| silver +\| 6 +\|", cards[1], re.DOTALL)
    assert str(folder) not in "".join(cards)


def test_a_checkpoint_is_known_as_one_of_its_run(trained, corpora, tmp_path):
    folder, _, _ = trained
    (checkpoint,) = (folder / "silver").glob("checkpoint-*")
    run = tmp_path / "gold"
    msra_ner.train(
        corpora / "gold", run, model_name_or_path=checkpoint, **{**QUICK, "max_steps": 1}
    )
    silver, gold = list_trained_stages(read_run(run))
    assert silver["name"] == f"silver/{checkpoint.name}"
    assert (silver["val_f1"], silver["left_out"], silver["leaked"]) == (None, 2, 0)
    assert gold["name"] == "gold"


def test_stages_that_have_ended_stay_and_the_others_go_on(given, tmp_path):
    folder = tmp_path / "loop"
    gold = given["stages"].pop("gold")
    run_file(tmp_path, given)  # one stage
    weights = (folder / "silver/model.safetensors").stat().st_mtime_ns
    given["stages"]["gold"] = gold
    # What silver was trained on is in the test of gold: it cannot stay.
    with pytest.raises(ArgumentsError, match=r"stage silver: found other sentences"):
        run_file(tmp_path, given, "--resume_from_checkpoint", "last")
    gold["data_dir"] = str(
        write_corpus(
            tmp_path / "apart",
            {
                "train": EXAMPLE_SENTENCES[:6],
                "val": EXAMPLE_SENTENCES[8:10],
                "test": EXAMPLE_SENTENCES[12:14],
            },
        )
    )
    result = run_file(tmp_path, given, "--resume_from_checkpoint", "last")
    assert (folder / "silver/model.safetensors").stat().st_mtime_ns == weights
    assert result.output_dir == folder / "gold"
    again = run_file(tmp_path, given, "--resume_from_checkpoint", "last")
    assert again.to_dict() == result.to_dict()
    with pytest.raises(ArgumentsError, match=r"stage silver: found learning_rate 0.1, expected"):
        run_file(tmp_path, given, "--resume_from_checkpoint", "last", "--learning_rate", "0.1")
    with pytest.raises(OutputExistsError, match="silver: found a run"):
        run_file(tmp_path, given)
    # gold is interrupted behind its last step: it goes on from its checkpoint.
    (folder / "gold/all_results.json").unlink()
    resumed = run_file(tmp_path, given, "--resume_from_checkpoint", "last")
    assert "resumed" in read_json(folder / "gold/run.json")
    assert resumed["test_f1"] == result["test_f1"]


def test_overwrite_replaces_all_stages_also_after_a_kill(given, tmp_path, monkeypatch):
    folder = tmp_path / "loop"
    run_file(tmp_path, given)
    before = [read_json(folder / name / "trainer_state.json") for name in ("silver", "gold")]
    run = stage_module.run_arguments

    def stop_before_gold(arguments, *rest):
        if "gold" in arguments.training.output_dir:
            raise KeyboardInterrupt
        return run(arguments, *rest)

    monkeypatch.setattr(stage_module, "run_arguments", stop_before_gold)
    with pytest.raises(KeyboardInterrupt):
        run_file(tmp_path, given, "--overwrite", "--seed", "7")
    monkeypatch.undo()
    assert read_json(folder / "silver/trainer_state.json") != before[0]
    assert read_json(folder / "gold/trainer_state.json") == before[1]
    run_file(tmp_path, given, "--resume_from_checkpoint", "last", "--seed", "7")
    assert read_json(folder / "gold/run.json")["settings"]["seed"] == 7
    assert read_json(folder / "silver/run.json")["settings"]["overwrite"] is True


def test_a_run_of_another_silver_is_not_taken_for_a_stage_that_has_ended(given, tmp_path):
    folder = tmp_path / "loop"
    run_file(tmp_path, given)
    state = folder / "silver/trainer_state.json"
    state.write_text(state.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    with pytest.raises(OutputExistsError, match="gold: found a run that did not start from"):
        run_file(tmp_path, given, "--resume_from_checkpoint", "last")


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"gold": {"recipe": "fst"}}, ArgumentsError, "stage gold: --recipe: found"),
        ({"gold": {"recip": "fast"}}, ArgumentsError, "stage gold: --recip: found no such flag"),
        ({"gold": {"data_dir": "none"}}, CorpusNotFoundError, "stage gold: none: no such folder"),
        (
            {"gold": {"output_dir": "x"}},
            ArgumentsError,
            "stage gold: found output_dir, expected it",
        ),
        ({"gold": {"overwrite": True}}, ArgumentsError, "stage gold: found overwrite, expected it"),
        ({"gold": {"model_name_or_path": "x"}}, ArgumentsError, "stage gold: found model_name_or"),
        ({"gold": {"do_predict": True}}, ArgumentsError, "stage gold: found no do_train"),
        ({"silver": {"push_to_hub": True}}, ArgumentsError, "stage silver: found push_to_hub"),
        ({"gold": 3}, ArgumentsError, "stage gold: found int, expected 'name: value'"),
        ({"../gold": {}}, ArgumentsError, "found a stage '../gold', expected a name"),
        ({"Gold": {}}, ArgumentsError, "names that differ in more than"),
    ],
    ids=str,
)
def test_a_wrong_stage_is_refused_before_the_first_one_trains(
    change, error, message, given, tmp_path
):
    stages = given["stages"]
    for name, value in change.items():
        both = isinstance(value, dict) and name in stages
        stages[name] = {**stages[name], **value} if both else value
    with pytest.raises(error) as found:
        run_file(tmp_path, given)
    assert message in found.value.command_line_text
    assert not (tmp_path / "loop").exists()


@pytest.mark.parametrize("value", [None, {}, [], "silver", ["silver", "gold"]], ids=str)
def test_stages_are_one_or_more_by_name(value, given, tmp_path):
    given["stages"] = value
    with pytest.raises(ArgumentsError, match="in stages, expected one or more, by name"):
        run_file(tmp_path, given)


def test_a_named_checkpoint_or_both_flags_are_refused(given, tmp_path):
    with pytest.raises(ArgumentsError, match="expected last, which"):
        run_file(tmp_path, given, "--resume_from_checkpoint", str(tmp_path))
    with pytest.raises(ArgumentsError, match="expected one of the two"):
        run_file(tmp_path, given, "--resume_from_checkpoint", "last", "--overwrite")


def test_a_stage_of_which_nothing_would_be_left_is_refused(given, corpora, tmp_path):
    folder = write_corpus(tmp_path / "same", {"train": SHARED, "val": EXAMPLE_SENTENCES[6:8]})
    given["stages"]["silver"]["data_dir"] = str(folder)
    with pytest.raises(CorpusError, match=r"stage silver: .*found all 2 sentences of train"):
        run_file(tmp_path, given)
    assert not (tmp_path / "loop").exists()


def test_a_folder_that_holds_a_run_is_refused_before_the_first_stage(given, tmp_path):
    gold = tmp_path / "loop/gold"
    gold.mkdir(parents=True)
    (gold / "run.json").write_text('{"settings": {}}', encoding="utf-8")
    with pytest.raises(OutputExistsError, match="gold: found a run"):
        run_file(tmp_path, given)
    assert not (tmp_path / "loop/silver").exists()


def test_flags_go_before_the_file_and_reach_every_stage(given, tmp_path, tiny_encoder):
    path = write_settings(tmp_path, given)
    flags = ["--output_dir", "elsewhere", "--seed", "3", "--max_steps", "9"]
    first, second = parse_stages([str(path), *flags])
    assert [first.folder, second.folder] == [Path("elsewhere/silver"), Path("elsewhere/gold")]
    arguments = [first.parse(), second.parse()]
    assert [item.training.seed for item in arguments] == [3, 3]
    assert [item.training.max_steps for item in arguments] == [9, 9]
    models = [item.model.model_name_or_path for item in arguments]
    assert models == [str(tiny_encoder), "elsewhere/silver"]


def test_a_file_without_stages_is_that_of_a_run(given, tmp_path):
    del given["stages"]
    path = write_settings(tmp_path, given)
    assert parse_stages([str(path)]) is None
    assert parse_stages(["--seed", "3"]) is None
    assert parse_arguments([str(path)]).training.max_steps == 2


def test_other_commands_refuse_stages(given, tmp_path):
    with pytest.raises(ArgumentsError, match="found stages, expected the settings of one run"):
        parse_arguments([str(write_settings(tmp_path, given))])


def test_a_sentence_is_left_out_whichever_later_stage_scores_it(given, corpora, tmp_path):
    given["stages"]["best"] = {"data_dir": str(corpora / "silver")}
    first, second, third = parse_stages([str(write_settings(tmp_path, given))])
    arguments = [stage.parse() for stage in (first, second, third)]
    loaded = stage_module._load((first, second, third), arguments)
    # Its val is that of the last stage, which none of the others learns.
    assert [item.counts["train"]["sentences"] for item in loaded] == [6, 6, 8]
    assert load_data(DataArguments(data_dir=str(corpora / "silver"))).left_out is None


def test_the_command_takes_stages_and_names_the_last(given, tmp_path, caplog):
    path = write_settings(tmp_path, given)
    with caplog.at_level(logging.INFO):
        assert main(["train", str(path), "--max_steps", "1"]) == 0
    assert f"Try it: msra-ner demo {tmp_path / 'loop/gold'}" in caplog.text
    assert read_json(tmp_path / "loop/gold/run.json")["settings"]["max_steps"] == 1


def test_both_places_are_right_where_val_is_taken_out_of_train(given, corpora, tmp_path):
    folder = write_corpus(tmp_path / "drafts", {"train": EXAMPLE_SENTENCES})
    given["stages"]["silver"] = {"data_dir": str(folder), "val_size": 4}
    found = parse_stages([str(write_settings(tmp_path, given))])
    silver, _ = stage_module._load(found, [stage.parse() for stage in found])
    # The val and test of gold, less what went to silver's own val.
    own_val = [row.tokens for row in silver.sentences["validation"]]
    scored = [row.tokens for row in EXAMPLE_SENTENCES[8:12] if row.tokens not in own_val]
    assert scored
    assert len(silver.left_out.numbers) == len(scored)
    texts = []
    for place in silver.left_out.first:
        path, _, line = place.rpartition(":")
        texts.append(Path(path).read_text(encoding="utf-8").splitlines()[int(line) - 1].split())
    assert texts[0] == texts[1]
    assert texts[0] in scored


@pytest.mark.slow
def test_run_ner_takes_stages_with_two_processes(given, tmp_path):
    path = write_settings(tmp_path, {**given, "eval_strategy": "no"})
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2"]
    done = subprocess.run(
        [*launch, "--master_port", "29655", str(ROOT / "run_ner.py"), str(path)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    record = read_json(tmp_path / "loop/gold/run.json")
    assert record["processes"] == 2
    assert record["trained_before"][0]["left_out"] == 2
    assert done.stderr.count("they are left out of this stage") == 1


@pytest.mark.parametrize(
    ("text", "found"),
    [("1: {}", "a stage 1, which YAML reads as int"), ("yes: {}", "a stage True")],
)
def test_a_name_that_is_no_text_is_refused(text, found, tmp_path):
    (tmp_path / "loop.yaml").write_text(f"stages:\n  {text}\n", encoding="utf-8")
    with pytest.raises(ArgumentsError, match=f"found {found}.*in quotes"):
        parse_stages([str(tmp_path / "loop.yaml")])


def test_stages_can_share_settings_by_a_merge_key(corpora, tmp_path):
    (tmp_path / "loop.yaml").write_text(
        "stages:\n"
        f"  silver: &all {{data_dir: {corpora / 'silver'}, seed: 7}}\n"
        f"  gold: {{<<: *all, data_dir: {corpora / 'gold'}}}\n",
        encoding="utf-8",
    )
    gold = parse_stages([str(tmp_path / "loop.yaml")])[1].parse()
    assert (gold.training.seed, Path(gold.data.data_dir).name) == (7, "gold")


def test_a_flag_in_place_of_what_stages_have_is_said(given, tmp_path, caplog):
    path = str(write_settings(tmp_path, given))
    parse_stages([path, "--seed", "3"])
    assert "of the command line" not in caplog.text
    parse_stages([path, "--data_dir=sample", "--max-steps", "3"])
    assert (
        "--data_dir of the command line is for all stages, also in place of what silver, gold"
        in (caplog.text)
    )
    assert "--max-steps of the command line is for all stages" in caplog.text


def test_a_limit_of_what_is_scored_hides_no_leak(given, tmp_path):
    given["stages"]["gold"]["max_test_samples"] = 1
    run_file(tmp_path, given)
    assert read_json(tmp_path / "loop" / "silver" / "run.json")["left_out"]["sentences"] == 2
