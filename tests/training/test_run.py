import gc
import json
import logging
import os
import shutil
import warnings
from dataclasses import fields
from pathlib import Path

import pytest
import torch
from helpers.builders import EXAMPLE_SENTENCES, marked, write_corpus
from helpers.tiny_models import TINY_RUN, tiny_run
from transformers import TrainerCallback
from transformers.models.bert.modeling_bert import BertSelfAttention
from transformers.utils.logging import is_progress_bar_enabled

import msra_ner
from msra_ner.corpus import ReadOptions
from msra_ner.errors import (
    ArgumentsError,
    CorpusError,
    CorpusNotFoundError,
    ModelError,
    OutputExistsError,
    ScoreError,
)
from msra_ner.hardware import cpu_has_bf16
from msra_ner.models import find_layer_sizes, load_config, load_model
from msra_ner.training import results as results_module, run as training
from msra_ner.training.arguments import NerTrainingArguments
from msra_ner.training.data import encode_data, load_data
from msra_ner.training.output_folder import without_tokens
from msra_ner.training.parsing import arguments_from
from msra_ner.training.resume import Checkpoint, find_checkpoint
from msra_ner.training.scoring import make_scorer
from msra_ner.training.trainer import NerTrainer, build_trainer


@pytest.fixture
def settings(tiny_corpus, tiny_encoder, tmp_path):
    """Settings of a short run on the tiny corpus."""
    return tiny_run(tiny_corpus, tiny_encoder, tmp_path / "run", num_train_epochs=2)


@pytest.fixture(scope="module")
def trained(tiny_corpus, tiny_encoder, tmp_path_factory):
    """One finished run, trained until it knows its sentences, in the precision of the tagger."""
    folder = tmp_path_factory.mktemp("trained") / "run"
    settings = {**TINY_RUN, "num_train_epochs": 25, "precision": "fp32"}
    results = msra_ner.train(tiny_corpus, folder, model_name_or_path=tiny_encoder, **settings)
    return folder, results


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_the_tiny_model_learns_its_sentences_by_heart(trained):
    _, results = trained
    assert results["test_f1"] == 1.0
    assert results["test_token_accuracy"] == 1.0


def test_predictions_have_the_scores_that_the_tagger_gives(trained):
    folder, _ = trained
    tagger = msra_ner.Tagger.from_pretrained(folder, "cpu")
    lines = (folder / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    assert any(row["pred_entities"] for row in rows)
    for row in rows:
        found = tagger("".join(row["tokens"]))
        assert [item["score"] for item in row["pred_entities"]] == pytest.approx(
            [item.score for item in found], abs=2e-4
        )
        assert all("score" not in item for item in row["gold_entities"])


def test_a_run_leaves_model_scores_predictions_log_and_settings(trained, tiny_corpus):
    folder, results = trained
    names = {path.name for path in folder.iterdir()}
    assert names >= {
        "model.safetensors",
        "config.json",
        "tokenizer.json",
        "all_results.json",
        "eval_results.json",
        "test_results.json",
        "timing.json",
        "predictions.jsonl",
        "run.json",
        "train.log",
        "trainer_state.json",
    }
    written = read_json(folder / "all_results.json")
    assert written["test_f1"] == results["test_f1"]
    assert written["eval_f1"] == 1.0
    assert not [key for key in written if "runtime" in key or "per_second" in key]
    assert read_json(folder / "timing.json")["train_runtime"] > 0
    run = read_json(folder / "run.json")
    assert run["settings"]["learning_rate"] == 5e-3
    assert run["versions"]["transformers"]
    counts = run["splits"]
    assert set(counts) == {"train", "validation", "test"}
    assert counts["test"]["sentences"] == counts["test"]["of"] == written["test_sentences"]
    assert counts["test"]["tokens"] == written["test_characters"]
    assert counts["test"]["entities"] == written["test_entities"]
    assert counts["train"]["windows"] > counts["train"]["sentences"]
    log = (folder / "train.log").read_text(encoding="utf-8")
    sentences = (tiny_corpus / "test" / "sentences.txt").read_text(encoding="utf-8")
    characters = len(sentences.replace(" ", "").replace("\n", ""))
    entities = (tiny_corpus / "test" / "tags.txt").read_text().count("B-")
    assert f"scored {entities} of {entities} entities, {characters:,} of {characters:,} char" in log
    assert " DEBUG step 20 of " in log


def test_a_run_leaves_the_process_as_it_was(settings):
    package = logging.getLogger("msra_ner")

    def describe_process():
        return {
            "environment": dict(os.environ),
            "logging": (package.level, list(package.handlers), package.propagate),
            "warnings": list(warnings.filters),
            "collector": (gc.isenabled(), gc.get_threshold()),
            "bars": is_progress_bar_enabled(),
        }

    before = describe_process()
    msra_ner.train(**settings, max_steps=1)
    assert describe_process() == before


def test_predictions_hold_tokens_tags_and_entities_of_every_sentence(trained, tiny_corpus):
    folder, _ = trained
    rows = [json.loads(line) for line in (folder / "predictions.jsonl").open(encoding="utf-8")]
    lines = (tiny_corpus / "test" / "sentences.txt").read_text(encoding="utf-8").splitlines()
    assert [" ".join(row["tokens"]) for row in rows] == lines
    tags = (tiny_corpus / "test" / "tags.txt").read_text().splitlines()
    assert [" ".join(row["gold_tags"]) for row in rows] == tags
    assert [row["pred_tags"] for row in rows] == [row["gold_tags"] for row in rows]
    entity = rows[0]["pred_entities"][0]
    # Once in its own sentence of train, and sixty times in the long one.
    name = {"type": "PER", "start": 0, "end": 3, "text": "王海燕", "train_count": 61}
    assert 0 < entity.pop("score") <= 1
    assert entity == name


def test_a_run_leaves_a_report_of_itself(trained):
    folder, results = trained
    report = read_json(folder / "report.json")
    assert f"{results['test_support']:,}" in (folder / "report.html").read_text(encoding="utf-8")
    assert (folder / "plots").is_dir()
    assert report


def test_without_test_the_report_is_that_of_val(settings, tiny_corpus, tmp_path):
    corpus = shutil.copytree(tiny_corpus, tmp_path / "corpus")
    shutil.rmtree(corpus / "test")
    msra_ner.train(**settings | {"num_train_epochs": 1, "data_dir": str(corpus)})
    folder = Path(settings["output_dir"])
    headline = read_json(folder / "report.json")["headline"]
    assert headline["split"] == "val"
    f1 = read_json(folder / "eval_results.json")["eval_f1"]
    assert headline["f1"] == pytest.approx(f1, abs=1e-12)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert "F1 on val" in page
    assert "F1 on test" not in page


def test_a_report_that_fails_does_not_fail_the_run(settings, monkeypatch, caplog):
    def refuse(folder):
        raise CorpusError("no plots today.")

    monkeypatch.setattr(results_module, "write_report", refuse)
    monkeypatch.setattr(logging.getLogger("msra_ner"), "propagate", True)
    results = msra_ner.train(**settings | {"num_train_epochs": 1})
    assert "test_f1" in results
    assert "no plots today." in caplog.text
    assert "repeat: msra-ner report" in caplog.text


def test_evaluate_repeats_the_score_of_the_run(trained, tiny_corpus):
    folder, results = trained
    scores = msra_ner.evaluate(folder, tiny_corpus, use_cpu=True, disable_tqdm=True)
    check_same_score(scores, results)


def test_evaluate_repeats_precision_and_samples_of_the_run(settings, tiny_corpus, monkeypatch):
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "no")
    monkeypatch.setattr("msra_ner.hardware.precision.cpu_has_bf16", lambda: True)
    results = msra_ner.train(**settings, bf16=True, max_train_samples=4)
    assert results["test_unseen_support"] > 0
    folder = settings["output_dir"]
    check_same_score(msra_ner.evaluate(folder, tiny_corpus, use_cpu=True), results)
    in_fp32 = msra_ner.evaluate(folder, tiny_corpus, use_cpu=True, bf16=False)
    assert in_fp32.loss != results.test.loss
    assert msra_ner.evaluate(folder, tiny_corpus, use_cpu=True, precision="fp32") == in_fp32


def check_same_score(scores, results):
    assert scores == results.test
    assert scores.f1 == results["test_f1"]


def test_evaluate_says_which_splits_there_are(trained, tiny_corpus, tmp_path):
    folder, _ = trained
    shutil.copytree(tiny_corpus / "test", tmp_path / "only" / "test")
    with pytest.raises(CorpusNotFoundError, match="expected one of test"):
        msra_ner.evaluate(folder, tmp_path / "only", "val", use_cpu=True)


def test_the_same_command_twice_writes_the_same_results_file(settings, tmp_path):
    written = []
    for name in ("one", "two"):
        msra_ner.train(**{**settings, "output_dir": str(tmp_path / name)})
        written.append((tmp_path / name / "all_results.json").read_bytes())
    assert written[0] == written[1]
    msra_ner.train(**{**settings, "output_dir": str(tmp_path / "other"), "seed": 7})
    assert (tmp_path / "other" / "all_results.json").read_bytes() != written[0]


def test_a_run_is_not_written_over(settings):
    folder = Path(settings["output_dir"])
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")
    (folder / "run.json").write_text('{"settings": {}}')
    (folder / "model.safetensors").write_text("precious")
    with pytest.raises(OutputExistsError, match="overwrite"):
        msra_ner.train(**settings)
    assert (folder / "model.safetensors").read_text() == "precious"
    msra_ner.train(**settings, overwrite=True, num_hidden_layers=1)
    assert (folder / "notes.txt").read_text() == "mine", "only what a run writes is replaced"
    assert read_json(folder / "config.json")["num_hidden_layers"] == 1


class StopAfterFirstEpoch(TrainerCallback):
    def on_epoch_end(self, args, state, control, **kwargs):
        control.should_training_stop = state.epoch >= 1


def test_a_run_stopped_after_an_epoch_goes_on_to_the_same_result(settings, tmp_path, monkeypatch):
    whole = msra_ner.train(**settings)
    part = {**settings, "output_dir": str(tmp_path / "part"), "do_train": True}

    def build_stopping(*args):
        trainer = build_trainer(*args)
        trainer.add_callback(StopAfterFirstEpoch())
        return trainer

    with monkeypatch.context() as patch:
        patch.setattr(training, "build_trainer", build_stopping)
        msra_ner.train(**part)
    assert read_json(tmp_path / "part" / "trainer_state.json")["epoch"] == 1
    resumed = msra_ner.train(
        **{**part, "do_eval": True, "do_predict": True}, resume_from_checkpoint="last"
    )
    keys = [key for key in whole if "f1" in key or key.endswith("_loss")]
    assert {"train_loss", "eval_loss"} <= {*keys}
    # It was that of the steps since: 0 where none were left.
    assert resumed["train_loss"] == pytest.approx(whole["train_loss"], rel=1e-12)
    for key in {*keys} - {"train_loss"}:
        assert resumed[key] == whole[key], key
    again = msra_ner.train(**part | {"num_train_epochs": 2.0001}, resume_from_checkpoint="last")
    assert again["train_loss"] == pytest.approx(whole["train_loss"], rel=0.1)


def test_resuming_without_a_checkpoint_starts_over_and_a_wrong_one_is_refused(tmp_path):
    assert find_checkpoint(tmp_path, None) is None
    assert find_checkpoint(tmp_path, "last") is None
    for name in ("checkpoint-9", "checkpoint-10", "checkpoint-11", "checkpoint-best"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "trainer_state.json").write_text("{}")
    (tmp_path / "checkpoint-11" / "trainer_state.json").unlink()  # an interrupted save
    for step in (9, 10):
        state = json.dumps({"global_step": step, "epoch": step / 4})
        (tmp_path / f"checkpoint-{step}" / "trainer_state.json").write_text(state)
    expected = Checkpoint(tmp_path / "checkpoint-10", 10, 2.5)
    assert find_checkpoint(tmp_path, "true") == expected
    with pytest.raises(OutputExistsError, match="nowhere: found no trainer_state"):
        find_checkpoint(tmp_path, "nowhere")


def test_nothing_is_deleted_before_the_run_can_start(settings):
    folder = Path(settings["output_dir"])
    folder.mkdir()
    (folder / "run.json").write_text('{"settings": {}}')
    (folder / "model.safetensors").write_text("precious")
    with pytest.raises(CorpusNotFoundError):
        msra_ner.train(**{**settings, "data_dir": "nowhere"}, overwrite=True)
    with pytest.raises(ModelError):
        msra_ner.train(**{**settings, "model_name_or_path": "nowhere"}, overwrite=True)
    assert (folder / "model.safetensors").read_text() == "precious"
    assert len(list(folder.iterdir())) == 2


def test_resuming_without_a_checkpoint_keeps_a_finished_run(settings):
    folder = Path(settings["output_dir"])
    folder.mkdir()
    (folder / "run.json").write_text('{"settings": {}}')
    (folder / "train.log").write_text("stopped before the first checkpoint\n")
    results = msra_ner.train(**settings, resume_from_checkpoint="last")
    assert "stopped before" in (folder / "train.log").read_text(encoding="utf-8")
    for checkpoint in folder.glob("checkpoint-*"):
        shutil.rmtree(checkpoint)
    with pytest.raises(OutputExistsError, match="found a run"):
        msra_ner.train(**settings, resume_from_checkpoint="last")
    assert read_json(folder / "all_results.json")["test_f1"] == results["test_f1"]


def test_a_model_is_not_deleted_by_its_own_run(settings, tiny_encoder, tmp_path):
    copy = shutil.copytree(tiny_encoder, tmp_path / "copy")
    (copy / "run.json").write_text('{"settings": {}}')
    own = {**settings, "model_name_or_path": str(copy), "output_dir": str(copy)}
    with pytest.raises(OutputExistsError, match="would replace the model"):
        msra_ner.train(**own, overwrite=True)
    with pytest.raises(OutputExistsError, match="would replace the model"):
        msra_ner.train(**own, resume_from_checkpoint="last")
    assert (copy / "model.safetensors").exists()


@pytest.mark.parametrize("record", [None, "{garbage", "[1]", "{}"])
def test_resuming_leaves_a_folder_that_holds_no_run(settings, record):
    folder = Path(settings["output_dir"])
    folder.mkdir()
    (folder / "model.safetensors").write_text("precious")
    if record is not None:
        (folder / "run.json").write_text(record)
    with pytest.raises(OutputExistsError, match=r"no run\.json of a run"):
        msra_ner.train(**settings, resume_from_checkpoint="last")
    assert (folder / "model.safetensors").read_text() == "precious"


@pytest.mark.parametrize("metric", ["XYZ_f1", "F1", "eval_seen_recall", "unseen_f1"])
def test_a_metric_that_val_has_nothing_for_is_refused(settings, metric):
    # Train, val and test are the same sentences here: no name is new.
    with pytest.raises(ArgumentsError, match=f"found {metric}, of which val .* expected one of f1"):
        msra_ner.train(**settings, metric_for_best_model=metric)
    assert not Path(settings["output_dir"]).exists()


def test_a_failed_first_try_does_not_block_the_second(settings):
    with pytest.raises(CorpusNotFoundError):
        msra_ner.train(**{**settings, "data_dir": "nowhere"})
    assert msra_ner.train(**settings)["test_support"] > 0


def test_a_corpus_without_test_is_trained_on_all_the_same(settings, tiny_corpus, tmp_path):
    for name in ("train", "val"):
        shutil.copytree(tiny_corpus / name, tmp_path / "part" / name)
    results = msra_ner.train(**{**settings, "data_dir": str(tmp_path / "part")})
    assert results["eval_support"] > 0
    written = read_json(Path(settings["output_dir"]) / "all_results.json")
    assert not [key for key in written if key.startswith("test_")]


def test_a_saved_model_is_scored_with_its_own_labels(trained, tiny_corpus, tmp_path):
    folder, results = trained
    # Sentences that lack a type, and another order of labels in tags.txt.
    part = write_corpus(tmp_path / "part", {"test": [EXAMPLE_SENTENCES[3], EXAMPLE_SENTENCES[7]]})
    assert msra_ner.evaluate(folder, part, use_cpu=True).f1 == 1.0
    turned = shutil.copytree(tiny_corpus, tmp_path / "turned")
    (turned / "tags.txt").write_text("B-X\nB-LOC\nB-ORG\nB-PER\n")
    assert msra_ner.evaluate(folder, turned, use_cpu=True).f1 == results["test_f1"]
    other = write_corpus(tmp_path / "other", {"test": [marked("[GENE 甲乙]")]})
    with pytest.raises(CorpusError, match="unknown tag 'B-GENE'"):
        msra_ner.evaluate(folder, other, use_cpu=True)


def test_scoring_wants_a_trained_model(settings):
    del settings["model_name_or_path"]
    with pytest.raises(ModelError, match="expected a trained model"):
        msra_ner.train(**settings, do_predict=True)


def test_a_token_in_the_command_is_masked():
    command = ["run_ner.py", "--hub_token", "hf_x", "--seed", "1", "--hub_token=hf_y"]
    shown = without_tokens(command)
    assert shown == ["run_ner.py", "--hub_token", "***", "--seed", "1", "--hub_token=***"]


def test_the_built_encoder_can_be_frozen_too():
    arguments = arguments_from(data_dir="sample", freeze_encoder=True, max_train_samples=20)
    data = load_data(arguments.data)
    model, _ = training.load_encoder(arguments.model, data, arguments.training)
    trainable = {name for name, value in model.named_parameters() if value.requires_grad}
    assert trainable
    assert all(name.startswith("classifier") for name in trainable)


def load_parts(settings):
    arguments = arguments_from(**settings)
    data = load_data(arguments.data)
    model, tokenizer = training.load_encoder(arguments.model, data, arguments.training)
    data, _ = encode_data(arguments.data, data, model, tokenizer)
    return model, training.build_trainer(arguments.training, model, tokenizer, data), data


def test_one_step_changes_every_parameter_and_a_frozen_encoder_none_of_its_own(settings):
    for frozen in (False, True):
        model, trainer, _ = load_parts({**settings, "freeze_encoder": frozen, "max_steps": 3})
        before = {name: value.detach().clone() for name, value in model.named_parameters()}
        trainer.train()
        for name, value in model.named_parameters():
            if "key.bias" in name:
                continue  # softmax ignores what is added to all keys alike
            changed = not torch.equal(before[name], value)
            assert changed is (not frozen or name.startswith("classifier")), name


def test_the_head_has_its_own_learning_rate(settings):
    model, trainer, _ = load_parts({**settings, "head_learning_rate": 0.5})
    head = {id(parameter) for parameter in model.classifier.parameters()}
    rates = {}
    for group in trainer.create_optimizer().param_groups:
        for parameter in group["params"]:
            rates[id(parameter)] = group["lr"]
    assert len(rates) == len(list(model.parameters())), "each parameter in one group"
    assert {rate for key, rate in rates.items() if key in head} == {0.5}
    assert {rate for key, rate in rates.items() if key not in head} == {5e-3}


def test_windows_count_no_token_twice_in_the_loss(settings):
    _, _, data = load_parts(settings)
    counted = sum(label != -100 for row in data.encoded["train"]["labels"] for label in row)
    assert counted == sum(len(sentence.tokens) for sentence in data.sentences["train"])
    assert len(data.encoded["train"]) > len(data.sentences["train"])


def test_rows_in_another_order_are_noticed(settings):
    _, trainer, data = load_parts(settings)
    turned = data.encoded["test"].select(range(len(data.encoded["test"]) - 1, -1, -1))
    trainer.compute_metrics = make_scorer(data, "test", "viterbi")
    with pytest.raises(ScoreError, match="not the"):
        trainer.predict(turned)


def test_limits_on_samples_score_what_they_keep(settings):
    limits = {"max_train_samples": 5, "max_eval_samples": 3, "max_test_samples": 2}
    results = msra_ner.train(**settings, **limits)
    assert (results["eval_sentences"], results["test_sentences"]) == (3, 2)


def test_early_stopping_ends_a_run_that_no_longer_improves(settings):
    # A learning rate of zero never improves, so patience 1 ends after the second epoch.
    results = msra_ner.train(
        **{**settings, "learning_rate": 0.0, "num_train_epochs": 9}, early_stopping_patience=1
    )
    assert results["epoch"] == 2


def test_auto_find_batch_size_makes_batches_smaller(settings, monkeypatch):
    step, tried = NerTrainer.training_step, []

    def step_in_little_memory(self, model, inputs, *args, **kwargs):
        tried.append(inputs["input_ids"].numel())
        if tried[-1] > 300:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return step(self, model, inputs, *args, **kwargs)

    monkeypatch.setattr(NerTrainer, "training_step", step_in_little_memory)
    asked = {"auto_find_batch_size": True, "per_device_train_tokens": 600, "max_steps": 3}
    plain = {"eval_strategy": "no", "save_strategy": "no", "load_best_model_at_end": False}
    results = msra_ner.train(**{**settings, **asked, **plain, "do_train": True})
    assert tried[0] > 300
    assert max(tried[-3:]) <= 300
    assert results.train_loss > 0


def test_new_head_weights_are_explained_in_a_plain_sentence(settings, caplog):
    with caplog.at_level(logging.INFO):
        load_parts(settings)
    text = caplog.text
    assert "is what fine-tuning is for, and not a failure" in text
    assert "LOAD REPORT" not in text


def test_fp16_on_a_cpu_says_what_is_used_instead(settings, caplog, monkeypatch):
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "no")
    with caplog.at_level(logging.WARNING):
        arguments = arguments_from(**settings, fp16=True)
    assert not arguments.training.fp16
    assert arguments.training.bf16 is cpu_has_bf16()
    assert caplog.text.count("fp16 needs a GPU") == 1


def test_bf16_runs_on_a_cpu_that_has_it(settings, monkeypatch):
    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "no")
    monkeypatch.setattr("msra_ner.hardware.precision.cpu_has_bf16", lambda: True)
    without_device = {key: value for key, value in settings.items() if key != "use_cpu"}
    results = msra_ner.train(**without_device, bf16=True)
    assert results["test_support"] > 0


@pytest.fixture
def measured(monkeypatch):
    """What is measured; bf16 is twice as fast."""
    found = []

    def tell(precision, threads, *, work, sizes):
        found.append((precision, work, sizes))
        return {"fp32": 1.0, "bf16": 2.0}[precision]

    monkeypatch.setenv("ACCELERATE_MIXED_PRECISION", "no")
    monkeypatch.setattr("msra_ner.hardware.precision.cpu_has_bf16", lambda: True)
    monkeypatch.setattr("msra_ner.hardware.precision.measure_speed", tell)
    return found


def test_precision_is_measured_with_the_sizes_of_the_encoder(
    settings, tiny_encoder, tiny_corpus, measured
):
    autocast = set()

    def look(module, inputs):
        if isinstance(module, BertSelfAttention):  # a chain is outside
            autocast.add((module.training, torch.is_autocast_enabled("cpu")))

    with torch.nn.modules.module.register_module_forward_pre_hook(look):
        msra_ner.train(**{**settings, "precision": "auto", "num_train_epochs": 1})
    sizes = find_layer_sizes(load_config(tiny_encoder))
    assert sizes != find_layer_sizes(None)
    assert measured == [("fp32", "training", sizes), ("bf16", "training", sizes)]
    assert autocast == {(True, True), (False, True)}  # evaluation is in what training is in
    folder = Path(settings["output_dir"])
    saved = read_json(folder / "run.json")["settings"]
    assert (saved["precision"], saved["bf16"]) == ("bf16", True)
    measured.clear()
    msra_ner.evaluate(folder, tiny_corpus, use_cpu=True)  # as it was trained
    assert measured == []
    msra_ner.evaluate(folder, tiny_corpus, use_cpu=True, precision="auto")
    assert measured == [("fp32", "evaluation", sizes), ("bf16", "evaluation", sizes)]


def test_the_small_encoder_is_measured_with_its_own_sizes(tmp_path, measured):
    given = {"max_train_samples": 20, "max_eval_samples": 5, "max_test_samples": 5, "max_steps": 1}
    msra_ner.train("sample", tmp_path / "run", use_cpu=True, **given)
    assert measured == []
    msra_ner.train("sample", tmp_path / "auto", use_cpu=True, precision="auto", **given)
    sizes = find_layer_sizes(load_config(tmp_path / "auto"))
    assert measured == [("fp32", "training", sizes), ("bf16", "training", sizes)]


def test_a_trainer_of_its_own_measures_for_its_model(tmp_path, tiny_encoder, measured):
    args = NerTrainingArguments(str(tmp_path), use_cpu=True, eval_strategy="no", save_strategy="no")
    model = load_model(tiny_encoder, ("O", "B-A", "I-A"))
    trainer = NerTrainer(model=model, args=args)
    assert measured[0] == ("fp32", "training", find_layer_sizes(model.config))
    assert (trainer.args.precision, trainer.accelerator.mixed_precision) == ("bf16", "bf16")
    assert args.precision == "auto"  # another trainer may be of another model


def test_a_corpus_without_val_says_what_to_do(settings, tiny_corpus, tmp_path):
    shutil.copytree(tiny_corpus / "train", tmp_path / "part" / "train")
    with pytest.raises(CorpusNotFoundError, match=r"no sentences in val, .*eval_strategy no"):
        msra_ner.train(**{**settings, "data_dir": str(tmp_path / "part")})


def test_a_model_that_is_not_there_says_so(settings):
    with pytest.raises(Exception, match="found no usable model"):
        msra_ner.train(**{**settings, "model_name_or_path": "no/such-model"})
    with pytest.raises(Exception, match="expected at most the 2 layers"):
        msra_ner.train(**settings, num_hidden_layers=3)


@pytest.mark.slow
def test_tensorboard_gets_the_curves_where_asked(settings):
    pytest.importorskip("tensorboard", reason="the extra [tensorboard] is not installed")
    msra_ner.train(**settings, report_to="tensorboard", logging_steps=1)
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    assert list(Path(settings["output_dir"]).rglob("events.out.tfevents.*"))
    events = EventAccumulator(str(Path(settings["output_dir"]) / "runs" / "test"))
    events.Reload()
    assert any(name.startswith("test/") for name in events.Tags()["images"])
    assert "test/f1" in events.Tags()["scalars"]


def test_the_loss_of_a_split_does_not_hang_on_the_size_of_a_batch(settings, tmp_path):
    """R13: it was a mean over rows of the means of batches."""
    losses = []
    for size in (1, 3, 64):
        given = {**settings, "output_dir": tmp_path / str(size), "per_device_eval_batch_size": size}
        losses.append(msra_ner.train(**given, max_steps=1).test.loss)
    assert losses == pytest.approx([losses[0]] * 3, rel=1e-5)


def test_a_run_of_python_says_how_to_repeat_it_in_python(settings):
    """R25: it was the command of whatever hosts Python, of a notebook's kernel for example."""
    msra_ner.train(**settings, max_steps=1, hub_token="secret")
    folder = Path(settings["output_dir"])
    command = read_json(folder / "run.json")["command"]
    assert command.startswith(f"msra_ner.train(data_dir={str(settings['data_dir'])!r}")
    assert "max_steps=1" in command
    assert "hub_token='***'" in command
    assert "secret" not in (folder / "run.json").read_text()


def test_another_corpus_is_read_by_its_own_format(settings, tmp_path, monkeypatch):
    """R12: how the files of training were read is no affair of the model, only of that corpus."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    rows = ["周 B-PER", "敏 I-PER", "在 O", "苏 B-LOC", "州 I-LOC", "大 B-ORG", "学 I-ORG"]
    for split in ("train", "val", "test"):
        (corpus / f"{split}.txt").write_text("".join(f"x {row}\n" for row in rows))
    reading = {"token_column": 1, "format": "columns"}
    msra_ner.train(**{**settings, "data_dir": corpus}, **reading, max_steps=1)
    folder = Path(settings["output_dir"])
    config = read_json(folder / "config.json")["msra_ner"]
    assert not config.keys() & {item.name for item in fields(ReadOptions)}
    assert msra_ner.evaluate(folder, "sample", "val").entities > 0
    # Its own is read as in training, from wherever it is named.
    monkeypatch.chdir(tmp_path)
    assert msra_ner.evaluate(folder, "corpus").entities == 3
    assert msra_ner.diagnose(folder).score.gold == 3


def test_the_saved_settings_are_those_that_were_given(settings):
    """The Trainer's own copy has another sampling strategy, since batches are made here."""
    msra_ner.train(**settings, max_steps=1)
    saved = torch.load(Path(settings["output_dir"]) / "training_args.bin", weights_only=False)
    assert saved.train_sampling_strategy == "group_by_length"


def test_a_token_of_the_hub_is_in_no_file_of_a_run(settings):
    """Neither in the checkpoints, which are passed on."""
    msra_ner.train(**settings, max_steps=1, hub_token="hf_secret")
    files = [path for path in Path(settings["output_dir"]).rglob("*") if path.is_file()]
    assert sum(path.name == "training_args.bin" for path in files) == 2
    assert not [path for path in files if b"hf_secret" in path.read_bytes()]
