"""The card of a model: what the Hub reads of it, and what people read."""

import json
import re
from dataclasses import replace

import pytest
from helpers import tiny_models
from helpers.builders import EXAMPLE_SENTENCES
from helpers.run_folders import RECORD, nasty_sentences, worse, write_run
from huggingface_hub import ModelCard

from msra_ner.corpus.sentence import Sentence
from msra_ner.errors import CorpusNotFoundError, ModelError, ScoreError
from msra_ner.hub.model_card import draw_curves_png, format_card
from msra_ner.hub.model_facts import read_facts
from msra_ner.hub.model_files import read_model_files
from msra_ner.labels import label_list
from msra_ner.metrics.scoring import score_tags
from msra_ner.models import is_hub_name

LABELS = label_list(["PER", "ORG", "LOC"])


@pytest.fixture(scope="module")
def model_folder(tmp_path_factory):
    """A folder with a model and its tokenizer."""
    folder = tmp_path_factory.mktemp("model")
    tokenizer = tiny_models.wordpiece()
    tokenizer.save_pretrained(folder)
    tiny_models.tiny_model(LABELS, len(tokenizer)).save_pretrained(folder)
    return folder


def results(sentences=EXAMPLE_SENTENCES, predicted=None, prefix="test"):
    """Return what a run writes of its scores."""
    scores = score_tags(sentences, worse(sentences) if predicted is None else predicted)
    return {f"{prefix}_{key}": value for key, value in scores.to_dict().items()}


def facts_of(folder, model_folder, checkpoint=None):
    return read_facts(folder, read_model_files(model_folder), checkpoint)


def card_of(folder, model_folder, **settings):
    """Return front matter and text, as the Hub's own library reads them."""
    card = ModelCard(format_card(facts_of(folder, model_folder), "someone/tiny", **settings))
    return card.data, card.text


def run_of(folder, data="sample", **files):
    record = {**RECORD, "data": data}
    return write_run(folder, **{"run": record, "all_results": results(), **files})


def test_the_front_matter_is_what_the_hub_reads(tmp_path, model_folder):
    data, _ = card_of(run_of(tmp_path / "run"), model_folder, license="mit")
    plain = data.to_dict()
    index = plain.pop("model-index")
    assert plain == {
        "language": ["zh"],
        "license": "mit",
        "library_name": "transformers",
        "pipeline_tag": "token-classification",
        "metrics": ["f1", "precision", "recall"],
        "tags": ["token-classification", "named-entity-recognition", "ner", "msra-ner"],
        "widget": [{"text": "王小明在北京大学读书。"}],
    }
    assert [entry["name"] for entry in index] == ["tiny"]
    task = index[0]["results"][0]
    assert task["task"]["type"] == "token-classification"
    assert task["dataset"]["split"] == "test"
    values = {row["name"]: (row["type"], row["value"]) for row in task["metrics"]}
    expected = results()
    for name in ("f1", "precision", "recall"):
        assert values[f"{name} (strict)"] == (name, round(expected[f"test_{name}"], 6))
    assert values["f1 ORG (strict)"] == ("f1", round(expected["test_ORG_f1"], 6))


def test_the_scores_stand_with_support_and_interval(tmp_path, model_folder):
    _, text = card_of(run_of(tmp_path / "run"), model_folder)
    expected = results()
    for name in ("PER", "ORG", "LOC"):
        row = re.search(rf"^\| `{name}` \| (.*) \|$", text.split("## Scores")[1], re.MULTILINE)[1]
        precision, recall, f1, support = row.split(" | ")
        assert precision == f"{100 * expected[f'test_{name}_precision']:.2f}"
        assert recall == f"{100 * expected[f'test_{name}_recall']:.2f}"
        value, low, high = re.fullmatch(r"([\d.]+) \(([\d.]+) to ([\d.]+)\)", f1).groups()
        assert value == f"{100 * expected[f'test_{name}_f1']:.2f}"
        assert float(low) <= float(value) <= float(high)
        assert support == str(expected[f"test_{name}_support"])
    assert f"**F1 {100 * expected['test_f1']:.2f}** (95 % interval" in text
    assert "no sentence was cut off or left out" in text


def test_labels_have_examples_from_the_data(tmp_path, model_folder):
    _, text = card_of(run_of(tmp_path / "run"), model_folder)
    row = re.search(r"^\| `ORG` \| organisations \| (.*) \|$", text, re.MULTILINE)[1]
    names = {name for sentence in EXAMPLE_SENTENCES for name in _names(sentence, "ORG")}
    assert len(row.split(", ")) == 3
    assert set(row.split(", ")) <= names


def _names(sentence, kind):
    text = "".join(tag[:1] if tag.endswith(kind) else "O" for tag in sentence.tags)
    return {"".join(sentence.tokens[slice(*m.span())]) for m in re.finditer("BI*", text)}


def test_a_run_without_test_or_scores_says_so(tmp_path, model_folder):
    folder = run_of(tmp_path / "val", all_results=results(prefix="eval"))
    data, text = card_of(folder, model_folder)
    assert data.eval_results[0].dataset_split == "validation"
    assert "The figures are those of val." in text
    empty = tmp_path / "empty"
    empty.mkdir()
    data, text = card_of(empty, model_folder)
    assert data.eval_results is None
    assert data.language is None
    assert "It was not scored" in text
    assert "## Scores" not in text


def test_predictions_of_another_run_are_refused(tmp_path, model_folder):
    folder = run_of(tmp_path / "run", all_results={**results(), "test_f1": 0.99})
    with pytest.raises(ScoreError, match="from another run"):
        facts_of(folder, model_folder)


def test_settings_name_no_folder(tmp_path, model_folder):
    settings = {**RECORD["settings"], "model_name_or_path": "/home/me/bert", "data_dir": "/data/x"}
    record = {**RECORD, "settings": settings, "data": "/data/x"}
    folder = write_run(tmp_path / "run", run=record, all_results=results())
    data, text = card_of(folder, model_folder)
    assert data.base_model is None
    assert data.datasets is None
    for path in ("/home/me", "/data/x", "/somewhere", str(tmp_path)):
        assert path not in str(data) + text
    assert "from a local encoder on a local corpus" in text
    assert data.language == ["zh"]  # by its names


@pytest.mark.parametrize(
    ("record", "base", "dataset"),
    [
        ({"base_model": "a/bert", "data": "hub:a/corpus"}, "a/bert", ["a/corpus"]),
        ({"base_model": None, "data": "hub:/x/corpus"}, None, None),
        ({"data": "corpus"}, "google-bert/bert-base-chinese", None),
    ],
)
def test_only_names_of_the_hub_are_named(tmp_path, model_folder, record, base, dataset):
    folder = run_of(tmp_path / "run", run={**RECORD, **record})
    # Without the mark by which transformers notes that a tokenizer came from a folder.
    model = read_model_files(model_folder)
    model = replace(model, tokenizer={**model.tokenizer, "is_local": False})
    data = ModelCard(format_card(read_facts(folder, model), "someone/tiny")).data
    assert (data.base_model, data.datasets) == (base, dataset)


def test_a_name_of_the_hub_is_no_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert is_hub_name("google-bert/bert-base-chinese")
    assert not is_hub_name("./bert")
    assert not is_hub_name("/models/bert")
    assert not is_hub_name("a/b/c")
    (tmp_path / "models" / "bert").mkdir(parents=True)
    assert not is_hub_name("models/bert")
    assert not is_hub_name(None)


def test_text_of_the_corpus_stays_text(tmp_path, model_folder):
    sentences = nasty_sentences()
    predicted = [list(sentence.tags) for sentence in sentences]
    folder = write_run(
        tmp_path / "run", sentences, predicted, all_results=results(sentences, predicted)
    )
    _, text = card_of(folder, model_folder)
    table = text.split("## Labels")[1].split("A tag is")[0]
    assert not re.search(r"(?<!\\)[<`]/?(script|img|!--)", table)
    rows = [line for line in table.splitlines() if line.startswith("| `")]
    assert len(rows) == 3
    # As many cells as the head has, whatever the names hold.
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}


def test_a_state_in_the_middle_of_training_is_called_one(tmp_path, model_folder):
    history = [{"step": 20, "eval_f1": 0.5, "eval_precision": 0.4, "eval_recall": 0.6}]
    checkpoint = tmp_path / "checkpoint-20"
    checkpoint.mkdir()
    state = {"global_step": 20, "log_history": history}
    (checkpoint / "trainer_state.json").write_text(json.dumps(state))
    facts = facts_of(run_of(tmp_path / "run"), model_folder, checkpoint)
    card = ModelCard(format_card(facts, "someone/tiny"))
    assert "Training still goes on: this is the state after step 20." in card.text
    assert card.data.eval_results[0].metric_value == 0.5
    assert card.data.eval_results[0].dataset_split == "validation"


def test_the_curves_are_a_picture_where_there_are_any(tmp_path, model_folder):
    facts = facts_of(run_of(tmp_path / "run"), model_folder)
    assert draw_curves_png(facts).startswith(b"\x89PNG")
    assert "(curves.png)" in format_card(facts, "someone/tiny")
    facts = facts_of(run_of(tmp_path / "flat", trainer_state=None), model_folder)
    assert draw_curves_png(facts) is None
    assert "curves.png" not in format_card(facts, "someone/tiny")


def test_msra_is_known_by_its_test_split(tmp_path, model_folder):
    size = {"sentences": 3442, "of": 3442, "tokens": 172601, "entities": 6190, "windows": 3442}
    record = {**RECORD, "data": "data/msra", "splits": {"test": size}}
    facts = facts_of(run_of(tmp_path / "run", run=record), model_folder)
    assert facts.kind == "msra"
    text = format_card(facts, "someone/tiny")
    assert "may not be redistributed freely" in text
    assert "levow2006third" in text


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("config.json", "found no config.json"),
        ("model.safetensors", "found no model.safetensors but training_args.bin"),
        ("tokenizer.json", "found no tokenizer.json"),
    ],
)
def test_a_part_that_is_missing_is_named(tmp_path, model_folder, name, message):
    folder = _copy(model_folder, tmp_path / "run")
    (folder / "training_args.bin").write_bytes(b"pickle")
    (folder / name).unlink()
    with pytest.raises(ModelError, match=message):
        read_model_files(folder)


def test_weights_that_are_cut_off_are_refused(tmp_path, model_folder):
    folder = _copy(model_folder, tmp_path / "run")
    whole = (folder / "model.safetensors").read_bytes()
    for data in (whole[:-1], whole[:20], b"", b"x" * 100):
        (folder / "model.safetensors").write_bytes(data)
        with pytest.raises(ModelError, match="damaged or cut off"):
            read_model_files(folder)


def test_weights_in_shards_go_with_their_index(tmp_path, model_folder):
    folder = _copy(model_folder, tmp_path / "run")
    whole = (folder / "model.safetensors").rename(folder / "model-00001-of-00001.safetensors")
    index = {"weight_map": {"a": whole.name}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    found = read_model_files(folder)
    assert {whole.name, "model.safetensors.index.json"} < set(found.files)
    assert found.parameters == read_model_files(model_folder).parameters > 0
    index["weight_map"]["b"] = "model-00002-of-00002.safetensors"
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    with pytest.raises(ModelError, match=r"found model-00002-of-00002.safetensors missing"):
        read_model_files(folder)


def test_a_model_that_does_not_tag_is_refused(tmp_path, model_folder):
    folder = _copy(model_folder, tmp_path / "run")
    config = json.loads((folder / "config.json").read_text())
    config["id2label"] = {"0": "LABEL_0", "1": "LABEL_1"}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelError, match="without a head for IOB2 tags"):
        read_model_files(folder)
    with pytest.raises(CorpusNotFoundError, match="no such folder"):
        read_model_files(tmp_path / "nowhere")


def test_the_time_of_a_run_that_was_resumed_is_not_known(tmp_path, model_folder):
    timing = {"train_runtime": 120.0}
    _, text = card_of(run_of(tmp_path / "whole", timing=timing), model_folder)
    assert "Training took 2 minutes." in text
    record = {**RECORD, "data": "sample"}
    record["settings"] = {**record["settings"], "resume_from_checkpoint": "last"}
    folder = run_of(tmp_path / "resumed", timing=timing, run=record)
    _, text = card_of(folder, model_folder)
    assert "Training took" not in text


@pytest.mark.parametrize(
    ("seen", "unseen", "says"),
    [
        ((0.9, 30), (0.5, 20), "are harder: F1 50.00 for them (20 in test), 90.00 for those that"),
        ((0.5, 30), (0.9, 20), "are no harder: F1 90.00 for them"),
        ((None, 0), (0.9, 20), "No name of test is in train"),
        ((0.9, 30), (None, 0), "Every name of test is in train"),
        ((None, 0), (None, 0), None),
    ],
    ids=["harder", "no harder", "all new", "all known", "no name"],
)
def test_what_is_said_of_new_names_holds(tmp_path, model_folder, seen, unseen, says):
    figures = results()
    for name, (f1, support) in (("seen", seen), ("unseen", unseen)):
        figures |= {f"test_{name}_f1": f1, f"test_{name}_support": support}
    _, text = card_of(run_of(tmp_path / "run", all_results=figures), model_folder)
    limits = text.partition("## Limits")[2].partition("## Training")[0]
    assert says in limits if says else "in train" not in limits
    assert "F1 -" not in limits
    assert "(0)" not in limits


def test_a_test_set_without_entities_has_a_card(tmp_path, model_folder):
    sentences = [Sentence(list("天气好"), ["O"] * 3)]
    predicted = [["O"] * 3]
    folder = run_of(
        tmp_path / "run",
        sentences=sentences,
        predicted=predicted,
        all_results=results(sentences, predicted),
    )
    _, text = card_of(folder, model_folder)
    assert "F1 on test has no value" in text
    assert "**F1" not in text


def test_types_that_are_found_alike_have_none_that_is_weakest(tmp_path, model_folder):
    right = [sentence.tags for sentence in EXAMPLE_SENTENCES]
    folder = run_of(tmp_path / "run", predicted=right, all_results=results(predicted=right))
    assert "Weakest" not in card_of(folder, model_folder)[1]
    assert "Weakest" in card_of(run_of(tmp_path / "worse"), model_folder)[1]


def test_the_model_of_the_sample_is_called_a_toy(tmp_path, model_folder):
    assert "It is a toy" in card_of(run_of(tmp_path / "toy"), model_folder)[1]
    assert "toy" not in card_of(run_of(tmp_path / "real", data="corpora/mine"), model_folder)[1]


def test_a_type_of_any_characters_leaves_the_tables_whole(tmp_path, model_folder):
    folder = _copy(model_folder, tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    config["id2label"] = {"0": "O", "1": "B-a|b", "2": "I-a|b"}
    (folder / "config.json").write_text(json.dumps(config))
    _, text = card_of(tmp_path, folder)
    assert "| a\\|b |" in text


def _copy(folder, target):
    target.mkdir()
    for path in folder.iterdir():
        (target / path.name).write_bytes(path.read_bytes())
    return target


def test_a_type_called_outside_is_not_found_by_the_pipeline(tmp_path):
    """``../shared/cases``, 18."""
    tokenizer = tiny_models.wordpiece()
    tokenizer.save_pretrained(tmp_path)
    labels = ("O", "B-O", "I-O", "B-PER", "I-PER")
    tiny_models.tiny_model(labels, len(tokenizer)).save_pretrained(tmp_path)
    note = "The type called `O` is no entity to the pipeline"
    assert note in card_of(tmp_path, tmp_path)[1]


def test_a_model_with_a_chain_says_that_other_programs_leave_it_out(tmp_path, model_folder):
    folder = _copy(model_folder, tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"msra_ner": {"decoder": "crf"}}))
    note = "leave that chain out"
    assert note in card_of(folder, folder)[1]
    assert note not in card_of(model_folder, model_folder)[1]


def test_other_types_need_no_note(tmp_path, model_folder):
    assert "The type called" not in card_of(run_of(tmp_path / "run"), model_folder)[1]
