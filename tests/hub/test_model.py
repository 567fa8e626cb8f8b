"""Models to the loopback hub and back: training that pushes, the command, and what goes wrong."""

import json
import logging
import re
import subprocess
import sys
from functools import partial
from pathlib import Path

import huggingface_hub
import pytest
from helpers.hub_pushes import (
    FAILURES,
    PASSES,
    PASSING,
    WAITS,
    allow_hub,
    push_each,
    read_card,
    run_python,
)
from helpers.hub_server import TOKEN, serve_hub
from helpers.run_folders import write_run

import msra_ner
from msra_ner.cli.entry import main
from msra_ner.errors import ArgumentsError, HubError
from msra_ner.hub import client
from msra_ner.hub.model import collect_files, format_push_command, push_model
from msra_ner.training.parsing import arguments_from

REPEAT = "msra-ner push run someone/case"
PUSHED = {
    "README.md",
    "all_results.json",
    "config.json",
    "curves.png",
    "model.safetensors",
    "tokenizer.json",
    "tokenizer_config.json",
}
# Tags a text with a model of the hub and with that of the folder, in a process that knows nothing
# else, and scores the one of the hub.
TAG = """
import json, sys
import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer, pipeline
from msra_ner import Tagger, evaluate

text, corpus, *names = sys.argv[1:]
found = []
for name in names:
    tokenizer = AutoTokenizer.from_pretrained(name)
    model = AutoModelForTokenClassification.from_pretrained(name).eval()
    with torch.no_grad():
        logits = model(**tokenizer(text, return_tensors="pt")).logits
    tagged = pipeline("token-classification", model=name, aggregation_strategy="simple")(text)
    plain = [[row["entity_group"], row["start"], row["end"]] for row in tagged]
    rows = Tagger.from_pretrained(name, device="cpu")(text)
    ours = [[row.type, row.start, row.end] for row in rows]
    found.append([logits.tolist(), plain, ours, tokenizer.model_max_length])
print(json.dumps([*found, evaluate(names[0], corpus, use_cpu=True).f1]))
"""
TEXT = "王海燕昨天从北京飞往巴黎"


def flags(corpus, encoder, folder):
    """Return the flags of a short training."""
    given = {
        "data_dir": corpus,
        "model_name_or_path": encoder,
        "output_dir": folder,
        "max_length": 64,
        "num_train_epochs": 2,
        "learning_rate": 5e-3,
        "cpu_threads": 1,
    }
    return ["--use_cpu", *(word for key, value in given.items() for word in (f"--{key}", value))]


@pytest.fixture(scope="module")
def trained(tiny_corpus, tiny_encoder, tmp_path_factory):
    """A finished run."""
    folder = tmp_path_factory.mktemp("pushed") / "run"
    msra_ner.train(
        data_dir=str(tiny_corpus),
        model_name_or_path=str(tiny_encoder),
        output_dir=str(folder),
        max_length=64,
        learning_rate=5e-3,
        num_train_epochs=3,
        per_device_train_batch_size=4,
        use_cpu=True,
        cpu_threads=1,
        disable_tqdm=True,
    )
    return folder


def content(files):
    return {
        name: data if isinstance(data, bytes) else data.read_bytes() for name, data in files.items()
    }


def test_what_is_sent_is_the_model_its_card_and_its_scores(trained):
    assert (trained / "training_args.bin").exists()
    assert set(collect_files(trained, "someone/tiny")) == PUSHED


def test_nothing_that_is_sent_holds_a_path(trained, tiny_corpus, tiny_encoder):
    for name, data in content(collect_files(trained, "someone/tiny")).items():
        for path in (trained, tiny_corpus, tiny_encoder, Path.home()):
            assert str(path).encode() not in data, name
    config = json.loads(content(collect_files(trained, "someone/tiny"))["config.json"])
    assert "_name_or_path" not in config
    assert config["msra_ner"]["max_length"] == 64
    assert config["id2label"]["0"] == "O"


def test_the_origin_of_a_model_is_left_out_at_any_depth(trained, tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    for path in trained.glob("*.*"):
        if path.is_file():
            (folder / path.name).write_bytes(path.read_bytes())
    config = json.loads((folder / "config.json").read_text())
    config |= {"_name_or_path": "/home/me/model", "inner": {"_name_or_path": "/home/me/other"}}
    (folder / "config.json").write_text(json.dumps(config))
    sent = content(collect_files(folder, "someone/tiny"))
    assert b"/home/me" not in sent["config.json"]
    assert json.loads(sent["config.json"])["inner"] == {}


@pytest.mark.slow
def test_a_run_that_logs_nothing_has_the_same_report_and_card(
    tiny_corpus, tiny_encoder, tmp_path, monkeypatch
):
    found, logs = [], []
    for disabled in (logging.NOTSET, logging.WARNING):
        (tmp_path / str(disabled)).mkdir()
        monkeypatch.chdir(tmp_path / str(disabled))
        monkeypatch.setattr(logging.root.manager, "disable", disabled)
        given = {"model_name_or_path": str(tiny_encoder), "use_cpu": True, "cpu_threads": 1}
        msra_ner.train(data_dir=str(tiny_corpus), output_dir="run", max_steps=1, **given)
        report = json.loads(Path("run", "report.json").read_text(encoding="utf-8"))
        del report["provenance"]["timing"]
        text = collect_files(Path("run"), "someone/tiny")["README.md"].decode()
        found.append((report, re.sub("Training took .*", "", text)))
        logs.append(Path("run", "train.log").read_text(encoding="utf-8"))
    assert logs[0]
    assert not logs[1]
    assert found[0] == found[1]
    assert {stage["stage"] for stage in found[1][0]["stages"]} == {"used", "predicted", "scored"}


def test_offline_nothing_is_tried(trained):
    with pytest.raises(HubError, match="found HF_HUB_OFFLINE set") as caught:
        push_model(trained, "someone/tiny", repeat=REPEAT)
    assert str(caught.value).endswith(f"The model stays in {trained}. To try again: {REPEAT}")


@pytest.mark.parametrize("name", ["a b", "a/b/c", "名字", "../x"])
def test_a_name_no_repository_can_have_is_refused(trained, name):
    with pytest.raises(HubError, match="no repository can have"):
        push_model(trained, name, repeat=REPEAT)
    assert main(["push", str(trained), name, "--dry_run"]) == 2


def test_without_the_clients_check_the_hub_checks_the_name(monkeypatch):
    monkeypatch.setattr(huggingface_hub.utils, "validate_repo_id", None)
    client.check_name("a b", "")


def test_a_file_that_cannot_be_read_is_not_tried_again():
    tries = []

    def call():
        tries.append(1)
        raise PermissionError(13, "Permission denied", "model.safetensors")

    with pytest.raises(HubError, match=r"sending: found no usable answer \(PermissionError\)"):
        client.ask(call, "some/name", "sending", "")
    assert len(tries) == 1


def test_the_command_shows_what_it_would_send_and_sends_nothing(trained, capsys):
    assert main(["push", str(trained), "someone/tiny", "--dry-run", "--license", "mit"]) == 0
    shown = capsys.readouterr()
    card = huggingface_hub.ModelCard(shown.out)
    assert card.data.license == "mit"
    assert set(re.findall(r"[\d,]+ bytes  (\S+)", shown.err)) == PUSHED
    size = (trained / "model.safetensors").stat().st_size
    assert f"{size:,} bytes  model.safetensors" in shown.err
    assert "Nothing was sent" in shown.err


def test_a_folder_without_a_model_is_one_line(tmp_path, capsys):
    run = write_run(tmp_path / "run")
    assert main(["push", str(run), "someone/tiny"]) == 2
    assert "found no config.json" in capsys.readouterr().err
    assert main(["push", str(tmp_path / "nowhere"), "someone/tiny"]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_a_card_of_ones_own_is_sent_as_it_is(trained, tmp_path, capsys):
    card = tmp_path / "card.md"
    card.write_text("---\nlicense: mit\n---\n\n# Mine\n", encoding="utf-8")
    files = collect_files(trained, "someone/tiny", card=card)
    assert files["README.md"] == card.read_bytes()
    card.write_text("# no front matter\n", encoding="utf-8")
    assert main(["push", str(trained), "a/b", "--card", str(card)]) == 2
    assert "no front matter" in capsys.readouterr().err
    card.write_text("---\nlicense: [\n---\n", encoding="utf-8")
    assert main(["push", str(trained), "a/b", "--card", str(card)]) == 2
    assert "expected front matter in YAML" in capsys.readouterr().err


@pytest.mark.parametrize("strategy", ["checkpoint", "all_checkpoints"])
def test_strategies_that_send_whole_checkpoints_are_refused(strategy):
    with pytest.raises(ArgumentsError, match=r"expected end or every_save.*optimizer states"):
        arguments_from(data_dir="sample", push_to_hub=True, hub_strategy=strategy)


def test_what_does_not_train_is_not_pushed_by_train():
    with pytest.raises(ArgumentsError, match="msra-ner push RUN_DIR REPO_ID"):
        arguments_from(data_dir="sample", push_to_hub=True, do_eval=True)


def test_the_command_to_repeat_can_be_typed():
    command = format_push_command(Path("runs/a b"), "me/x", private=False, revision="v2")
    assert command == "msra-ner push 'runs/a b' me/x --public --revision v2"


SETTINGS = {
    "wrong token": {"token": "hf_secret"},
    "no token": {"token": ""},
    "a public repository": {"repo_id": "someone/open"},
    "another revision": {"revision": "v2"},
    "nothing in the way": {},
    "again": {},
    "no account in the name": {"repo_id": "short", "private": False},
    "a private repository": {"private": False},
}


@pytest.fixture(scope="module")
def pushes(trained, tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    push = partial(push_model, trained, repeat=REPEAT)
    return push_each(push, SETTINGS, {"someone/open": trained}, home)


@pytest.mark.parametrize("name", FAILURES)
def test_a_push_that_fails_is_one_message(pushes, trained, name):
    result = pushes[name]
    assert FAILURES[name][2] in result.text
    assert result.text.startswith("someone/case: ")
    assert result.text.endswith(f"The model stays in {trained}. To try again: {REPEAT}")
    # Neither the token nor an address, which may hold one.
    assert not re.search(r"hf_loop|https?:|\n", result.text)
    assert not result.commits
    assert (trained / "model.safetensors").exists()


@pytest.mark.parametrize("name", [name for name in FAILURES if name != "cut in a file"])
def test_what_may_pass_is_tried_four_times_and_the_rest_once(pushes, name):
    assert pushes[name].waits == (list(WAITS) if name in PASSING else [])


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("wrong token", "checking the token: found the answer 401"),
        ("no token", "found no token; run 'hf auth login', or set HF_TOKEN"),
        ("a public repository", "found a public repository, expected a private one"),
        ("another revision", "looking for the branch v2: found the answer 404"),
    ],
)
def test_what_is_wrong_shows_before_anything_is_sent(pushes, name, message):
    result = pushes[name]
    assert message in result.text
    assert "secret" not in result.text
    assert not [path for path in result.asked if re.search("preupload|lfs|commit", path)]


def test_a_push_after_failures_is_one_commit_and_the_next_none(pushes):
    one, two = pushes["nothing in the way"], pushes["again"]
    assert one.text == two.text
    assert one.text.endswith("/someone/case")
    assert one.commits == two.commits == {"someone/case": 1}
    assert one.files == PUSHED


def test_a_name_alone_goes_under_the_account_of_the_token(pushes):
    assert pushes["no account in the name"].text.endswith("/someone/short")
    assert pushes["no account in the name"].commits["someone/short"] == 1


def test_that_a_private_repository_stays_one_is_said(pushes):
    assert (
        "found a private repository, which stays private" in pushes["a private repository"].said[0]
    )
    assert not pushes["again"].said


def test_a_failure_that_passes_is_not_the_end(pushes):
    result = pushes[PASSES]
    assert len(result.waits) == 1
    assert result.commits == {"someone/case": 1}


@pytest.mark.slow
def test_a_run_pushes_itself_and_comes_back_the_same(tiny_corpus, tiny_encoder, tmp_path):
    words = flags(tiny_corpus, tiny_encoder, "run")
    hub_words = ["--push_to_hub", "--hub_model_id", "someone/tiny", "--hub_always_push"]
    # As if an earlier process had been killed while it sent a state.
    (tmp_path / "run" / ".push-killed").mkdir(parents=True)
    (tmp_path / "run" / "run.json").write_text('{"settings": {}}')
    hub_words += ["--resume_from_checkpoint", "last"]
    with serve_hub() as (endpoint, hub):
        to_hub = {"endpoint": endpoint, "token": TOKEN}
        words = ["-m", "msra_ner", "train", *words, *hub_words]
        done = run_python(*words, cwd=tmp_path, home=tmp_path / "home", **to_hub)
        assert done.returncode == 0, done.stderr
        assert "someone/tiny" in hub.private
        assert hub.commits["someone/tiny"] == 3  # a commit an epoch, and the last
        pushed = hub.repositories["someone/tiny"]
        assert {path.name for path in pushed.iterdir()} == PUSHED
        run = tmp_path / "run"
        assert not list(run.glob(".push-*"))
        for name in ("model.safetensors", "all_results.json", "tokenizer.json"):
            assert (pushed / name).read_bytes() == (run / name).read_bytes()
        head, body = read_card(pushed)
        assert head["model-index"][0]["results"][0]["dataset"]["split"] == "test"
        assert "Training still goes on" not in body
        assert TOKEN not in (run / "run.json").read_text() + (run / "train.log").read_text()
        words = ("-c", TAG, TEXT, tiny_corpus, "someone/tiny", run)
        done = run_python(*words, cwd=tmp_path, home=tmp_path / "other", **to_hub)
        assert done.returncode == 0, done.stderr
        there, here, f1 = json.loads(done.stdout)
    assert there == here
    assert there[3] == 64
    assert f1 == json.loads((run / "all_results.json").read_text())["test_f1"]


@pytest.mark.slow
def test_pushes_that_fail_do_not_stop_training_and_the_last_says_how(
    tiny_corpus, tiny_encoder, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(client, "WAITS", ())
    words = [*flags(tiny_corpus, tiny_encoder, "run"), "--push_to_hub", "--hub_always_push"]
    with (
        serve_hub(failures={"/commit/": 403}) as (endpoint, hub),
        allow_hub(tmp_path, endpoint),
    ):
        assert main(["train", *map(str, words)]) == 2
        said = capsys.readouterr().err
        assert said.count("Training goes on, and pushes again") == 2
        repeat = "msra-ner push run someone/run"
        last = said.splitlines()[-1]
        assert last.endswith(f"The run is complete and stays in run. To push it again: {repeat}")
        for name in ("model.safetensors", "all_results.json", "report.html", "predictions.jsonl"):
            assert (tmp_path / "run" / name).exists()
        hub.failures.clear()
        assert main(repeat.split()[1:]) == 0
        assert capsys.readouterr().out.strip() == f"{endpoint}/someone/run"
        pushed = hub.repositories["someone/run"]
        assert {path.name for path in pushed.iterdir()} == PUSHED


def test_a_program_that_ends_does_not_wait_for_tries(tmp_path):
    program = """
import threading
from msra_ner.errors import HubError
from msra_ner.hub import client
client.WAITS = (1000,)
asked = threading.Event()

def call():
    asked.set()
    raise ConnectionError

def ask():
    try:
        client.ask(call, "some/name", "asking", "")
    except HubError:
        print("given up")

threading.Thread(target=ask).start()
asked.wait(60)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, cwd=tmp_path
    )
    assert done.stdout == "given up\n"


def test_nothing_is_trained_where_the_push_would_fail(tiny_corpus, tiny_encoder, tmp_path):
    folder = tmp_path / "run"
    with pytest.raises(HubError, match="found HF_HUB_OFFLINE set") as caught:  # as in all tests
        msra_ner.train(
            data_dir=str(tiny_corpus),
            model_name_or_path=str(tiny_encoder),
            output_dir=str(folder),
            use_cpu=True,
            push_to_hub=True,
            hub_strategy="end",
            hub_private_repo=False,
        )
    repeat = f"msra-ner push {folder} run --public"
    assert "Nothing was trained or written" in str(caught.value)
    assert str(caught.value).endswith(repeat)
    assert not folder.exists()


def test_no_answer_behind_a_mirror_names_the_switch_that_helps(monkeypatch):
    def call():
        raise ConnectionError("cut")

    monkeypatch.setattr(client, "WAITS", ())
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example")
    monkeypatch.delenv("HF_HUB_DISABLE_XET", raising=False)
    with pytest.raises(HubError, match=r"check the network.* HF_HUB_DISABLE_XET=1"):
        client.ask(call, "some/name", "sending the files", "")
