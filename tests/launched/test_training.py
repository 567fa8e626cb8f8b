"""Training in processes of its own: alone, and two that a launcher starts.

One launch does several runs, one after the other; the tests look at what these left.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from helpers.one_step import check_same_weights, one_step_settings
from helpers.step_recorder import step_to_die_at
from safetensors.torch import load_file

import msra_ner
from msra_ner.errors import ArgumentsError
from msra_ner.hardware import available_cores

REPOSITORY = Path(__file__).parents[2]
RECORDER = REPOSITORY / "tests" / "helpers" / "step_recorder.py"
TORCHRUN = ["torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
ACCELERATE = ["accelerate.commands.launch", "--multi_gpu", "--num_processes", "2"]
ACCELERATE += ["--main_process_port", "0"]  # one that is free
# All of the corpus in one step, and all scored.
WHOLE = {"per_device_train_tokens": 100_000, "do_eval": True, "do_predict": True}
PLAIN = {"use_cpu": True, "disable_tqdm": True}
pytestmark = pytest.mark.slow


def carry_out(folder, plan, launcher=()):
    """Carry out a plan of the recorder and return the exit code."""
    (folder / "plan.json").write_text(json.dumps(plan, default=str))
    command = [sys.executable, *(["-m", *launcher] if launcher else [])]
    done = subprocess.run(
        [*command, str(RECORDER), str(folder / "plan.json")],
        cwd=folder,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
    )
    sys.stderr.write(done.stderr)  # shown where a test fails
    return done.returncode


def recorded_run(folder, name, corpus, encoder, processes):
    """Return a run of three epochs that is recorded."""
    settings = {
        "data_dir": corpus,
        "model_name_or_path": encoder,
        "output_dir": folder / name / "run",
        "max_length": 64,
        "window_overlap": 16,
        "num_train_epochs": 3,
        "per_device_train_tokens": 100 // processes,
        "gradient_accumulation_steps": 2 if processes == 1 else 1,
        "learning_rate": 1e-3,
        "precision": "fp32",
        "save_strategy": "steps",
        "save_steps": 2,
        "eval_strategy": "no",
        "load_best_model_at_end": False,
        "do_train": True,
    }
    return {"settings": settings | PLAIN, "records": folder / name}


def run_and_resume(folder, plan, whole, killed, launchers):
    """Carry out a plan, a whole run and one that is killed; then go on with the killed one."""
    assert carry_out(folder, [*plan, whole, {**killed, "dies": True}], launchers[0]) != 0
    for records in (folder / "killed").glob("*.jsonl"):
        assert records.stat().st_size  # it died while it trained, not before
        records.unlink()
    killed["settings"]["resume_from_checkpoint"] = "last"
    assert carry_out(folder, [killed], launchers[1]) == 0


@pytest.fixture(scope="module")
def alone(tiny_corpus, tiny_encoder, tmp_path_factory):
    folder = tmp_path_factory.mktemp("alone")
    runs = [recorded_run(folder, x, tiny_corpus, tiny_encoder, 1) for x in ("whole", "killed")]
    run_and_resume(folder, [], *runs, [(), ()])
    return folder


@pytest.fixture(scope="module")
def step(tiny_corpus, tmp_path_factory):
    return one_step_settings(tmp_path_factory.mktemp("step"), tiny_corpus)


@pytest.fixture(scope="module")
def together(step, tiny_corpus, tiny_encoder, tmp_path_factory):
    """What two processes left: under torchrun, and after the kill under accelerate."""
    folder = tmp_path_factory.mktemp("together")
    finished = {
        "data_dir": tiny_corpus,
        "model_name_or_path": tiny_encoder,
        "output_dir": folder / "finished",
        "max_length": 64,
        "learning_rate": 5e-3,
        "num_train_epochs": 8,
        "per_device_train_batch_size": 2,
        "per_device_eval_batch_size": 3,  # several batches for each process
        "cache_dir": folder / "cache",  # empty: both processes want to fill it
    }
    steps = [
        step
        | {"output_dir": folder / f"step-{tokens}", "per_device_train_tokens": tokens}
        | {"gradient_accumulation_steps": accumulation}
        for tokens, accumulation in ((100_000, 1), (64, 99))
    ]
    steps.append(steps[0] | {"output_dir": folder / "step-crf", "decoder": "crf"})
    plan = [{"settings": finished | PLAIN, "late": True}, *({"settings": x} for x in steps)]
    again = {key: value for key, value in finished.items() if key != "learning_rate"}
    again |= {"output_dir": folder / "again", "max_steps": 12, "logging_steps": 1}
    plan.append({"settings": again | PLAIN, "stuck": True})
    runs = [recorded_run(folder, x, tiny_corpus, tiny_encoder, 2) for x in ("whole", "killed")]
    run_and_resume(folder, plan, *runs, [TORCHRUN, ACCELERATE])
    return folder


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def passes(folder, process, from_step=0):
    lines = (folder / f"{process}.jsonl").read_text().splitlines()
    return [entry for entry in map(json.loads, lines) if entry[0] >= from_step]


@pytest.mark.parametrize(("fixture", "processes"), [("alone", 1), ("together", 2)])
def test_a_run_killed_in_epoch_2_goes_on_with_the_batches_that_were_left(
    fixture, processes, request
):
    folder = request.getfixturevalue(fixture)
    whole, killed = folder / "whole", folder / "killed"
    steps = passes(whole, 0)[-1][0] + 1
    an_epoch = steps // 3
    assert an_epoch * 3 == steps
    assert an_epoch >= 4
    saved = step_to_die_at(steps) - 1
    assert an_epoch < saved < 2 * an_epoch - 1
    for process in range(processes):
        assert passes(killed, process) == passes(whole, process, saved)
        first = {json.dumps(entry[1]) for entry in passes(whole, process)[:an_epoch]}
        second = {json.dumps(e[1]) for e in passes(whole, process, an_epoch)[:an_epoch]}
        assert first != second, "epochs have batches of their own"
    ours, theirs = (load_file(path / "run" / "model.safetensors") for path in (whole, killed))
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)


def test_two_processes_train_to_one_finished_run(together):
    folder = together / "finished"
    for run in (folder, together / "killed" / "run"):  # torchrun, accelerate
        assert read_json(run / "run.json")["processes"] == 2
    assert read_json(folder / "all_results.json")["test_sentences"] == 9


def test_two_processes_begin_again_together(together):
    record = read_json(together / "again" / "run.json")
    assert record["restarted"] is True
    assert record["settings"]["learning_rate"] == 1e-4
    assert read_json(together / "again" / "all_results.json")["test_sentences"] == 9


def test_two_processes_score_what_one_does(together, tiny_corpus):
    scores = msra_ner.evaluate(together / "finished", tiny_corpus, use_cpu=True)
    assert scores.f1 > 0.5
    written = read_json(together / "finished" / "test_results.json")
    for key, value in scores.to_dict().items():
        # In bf16 the loss hangs on the batches a little.
        expected = pytest.approx(value, rel=1e-4) if key == "loss" else value
        assert written[f"test_{key}"] == expected, key


@pytest.mark.parametrize("tokens", [100_000, 64])
def test_two_processes_give_the_step_of_one(together, step, tokens, tmp_path):
    msra_ner.train(**step, output_dir=tmp_path, per_device_train_tokens=100_000)
    check_same_weights(together / f"step-{tokens}", tmp_path)


def test_two_processes_give_the_step_of_one_with_transitions_too(together, step, tmp_path):
    msra_ner.train(**step, output_dir=tmp_path, per_device_train_tokens=100_000, decoder="crf")
    check_same_weights(together / "step-crf", tmp_path)
    assert load_file(tmp_path / "model.safetensors")["chain.transitions.weight"].any()


def test_three_processes_give_the_step_and_the_scores_of_one(step, tmp_path):
    plan = [
        {"settings": step | WHOLE | {"output_dir": tmp_path / f"{decoder}-3", "decoder": decoder}}
        for decoder in ("viterbi", "crf")
    ]
    assert carry_out(tmp_path, plan, [*TORCHRUN[:-1], "3"]) == 0
    for decoder in ("viterbi", "crf"):
        one = tmp_path / decoder
        msra_ner.train(**step | WHOLE, output_dir=one, decoder=decoder)
        check_same_weights(tmp_path / f"{decoder}-3", one)
        three = read_json(tmp_path / f"{decoder}-3" / "all_results.json")
        for name, value in read_json(one / "all_results.json").items():
            expected = pytest.approx(value, rel=1e-6) if name.endswith("_loss") else value
            assert three[name] == expected, (decoder, name)
        assert three["test_sentences"] == 9


def test_a_run_of_two_processes_does_not_go_on_with_one(together, tiny_corpus, tiny_encoder):
    """Its batches would be others."""
    whole = recorded_run(together, "whole", tiny_corpus, tiny_encoder, 2)["settings"]
    more = {"num_train_epochs": 4, "resume_from_checkpoint": "last"}
    with pytest.raises(ArgumentsError, match="found other processes than those"):
        msra_ner.train(**whole | more)


def test_accelerate_launch_with_fp16_runs_as_it_stands(tiny_corpus, tiny_encoder, tmp_path):
    settings = {
        "data_dir": tiny_corpus,
        "model_name_or_path": tiny_encoder,
        "output_dir": "run",
        "num_train_epochs": 1,
    }
    flags = [str(word) for name, value in settings.items() for word in (f"--{name}", value)]
    launcher = ["-m", "accelerate.commands.launch", "--main_process_port", "0"]
    done = subprocess.run(
        [sys.executable, *launcher, str(REPOSITORY / "run_ner.py"), "--fp16", *flags],
        check=True,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={key: value for key, value in os.environ.items() if key != "OMP_NUM_THREADS"},
    )
    if not torch.accelerator.is_available():
        assert "fp16 needs a GPU; this CPU uses" in done.stderr
        assert f"1 process(es) of {available_cores()} thread(s)" in done.stderr
    assert (tmp_path / "run" / "all_results.json").exists()
