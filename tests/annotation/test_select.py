import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_corpus
from helpers.tiny_models import save_tagger

from msra_ner import Tagger, select_texts
from msra_ner.annotation import measure_uncertainty, read_pool, read_texts
from msra_ner.cli.entry import main
from msra_ner.corpus import Sentence, Span
from msra_ner.errors import (
    ArgumentsError,
    CorpusError,
    CorpusNotFoundError,
    ModelError,
    OutputExistsError,
)
from msra_ner.inference import TaggedText, WeighedText, weigh_texts
from msra_ner.labels import label_list

TEXTS = ["".join(row.tokens) for row in EXAMPLE_SENTENCES]


def write_lines(path, texts):
    path.write_text("".join(f"{text}\n" for text in texts), encoding="utf-8")
    return path


def read_rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def tagger(tmp_path_factory):
    """A random model that finds entities everywhere."""
    return Tagger.from_pretrained(
        save_tagger(tmp_path_factory.mktemp("model") / "m", label_list(["PER", "LOC"]))
    )


@pytest.fixture
def pool(tmp_path):
    return write_lines(tmp_path / "pool.txt", TEXTS)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([[1, 0, 0, 0], [0, 0, 1, 0]], 0),
        ([[0.9, 0.1, 0, 0], [0.2, 0.3, 0.4, 0.1], [1, 0, 0, 0]], 0.6),
        ([[0.25] * 4, [0.3] * 2 + [0.2] * 2], 0.75),
        (np.zeros((0, 4)), 0),
    ],
)
def test_the_uncertainty_is_that_of_the_least_sure_token(shares, expected):
    weighed = WeighedText(TaggedText(""), np.array(shares, dtype=float))
    assert measure_uncertainty(weighed) == pytest.approx(expected)


def test_a_text_is_weighed_with_what_is_found_in_it(tagger):
    texts = [*TEXTS[:3], " ", TEXTS[3]]
    found = list(weigh_texts(tagger, texts))
    assert [item.tagged for item in found] == tagger(texts)
    assert [item.tagged.text for item in found] == texts
    for text, item in zip(texts, found, strict=True):
        assert item.shares.shape == (len(text.strip()), len(tagger.labels))
        np.testing.assert_allclose(item.shares.sum(axis=1), 1)


@pytest.mark.parametrize("count", [1, 5])
def test_the_most_uncertain_are_chosen(tagger, pool, tmp_path, count):
    settings = {"count": count, "random_share": 0.0, "similarity": 1.0}
    report = select_texts(tagger, pool, tmp_path / "out", **settings)
    doubts = {item.tagged.text: measure_uncertainty(item) for item in weigh_texts(tagger, TEXTS)}
    assert {item.tagged.text for item in report.chosen} == set(
        sorted(TEXTS, key=lambda text: -doubts[text])[:count]
    )
    for item in report.chosen:
        assert item.uncertainty == pytest.approx(doubts[item.tagged.text])
        assert not item.random


def test_the_random_ones_depend_on_seed_and_text_alone(tagger, tiny_encoder, pool, tmp_path):
    def draw(model, texts, seed):
        report = select_texts(
            model, texts, tmp_path / "out", count=8, random_share=0.5, seed=seed, overwrite=True
        )
        assert len(report.chosen) == 8
        drawn = {item.tagged.text for item in report.chosen if item.random}
        assert len(drawn) == 4
        return drawn

    first = draw(tagger, pool, 1)
    other_order = write_lines(tmp_path / "other.txt", [*TEXTS[::-1], *TEXTS[:5]])
    assert draw(Tagger.from_pretrained(tiny_encoder), other_order, 1) == first
    draws = [draw(tagger, pool, seed) for seed in range(2, 12)]
    assert len(set().union(*draws)) > 12  # of 16: each can be drawn


def test_what_is_left_out_is_counted(tagger, tmp_path):
    near = [TEXTS[0] + "。", TEXTS[0].replace("昨天", "今天")]
    pool = write_lines(tmp_path / "pool.txt", [*TEXTS[:4], "", "  ", TEXTS[1], *near])
    done = write_lines(tmp_path / "done.txt", [TEXTS[0]])
    report = select_texts(tagger, pool, tmp_path / "out", count=5, random_share=0.0, annotated=done)
    assert {item.tagged.text for item in report.chosen} == set(TEXTS[1:4])
    counts = (report.read, report.empty, report.repeated, report.annotated, report.near)
    assert counts == (9, 2, 1, 1, 2)
    last = str(report).splitlines()[-1]
    assert last == (
        "3 texts were chosen, not 5: the others of the 5 most uncertain ones are near-duplicates."
    )


def test_of_near_duplicates_the_most_uncertain_is_chosen(tagger, tmp_path):
    texts = [TEXTS[0], TEXTS[0] + "。", TEXTS[5]]
    pool = write_lines(tmp_path / "pool.txt", texts)
    settings = {"count": 3, "random_share": 0.0}
    report = select_texts(tagger, pool, tmp_path / "out", **settings)
    doubts = [measure_uncertainty(item) for item in weigh_texts(tagger, texts)]
    kept = texts[0] if doubts[0] > doubts[1] else texts[1]
    assert {item.tagged.text for item in report.chosen} == {kept, TEXTS[5]}
    everything = select_texts(tagger, pool, tmp_path / "all", similarity=1.0, **settings)
    assert len(everything.chosen) == 3
    assert "not 3" not in str(everything)
    more = select_texts(tagger, pool, tmp_path / "more", count=4, similarity=1.0)
    assert str(more).endswith("3 texts were chosen, not 4: there are no more.")


def test_label_studio_gets_tasks_with_drafts(tagger, pool, tmp_path):
    report = select_texts(tagger, pool, tmp_path / "out.json", count=6, random_share=0.34)
    tasks = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    for task, item in zip(tasks, report.chosen, strict=True):
        data, (prediction,) = task["data"], task["predictions"]
        assert data["text"] == item.tagged.text
        assert data["random"] == item.random
        assert data["uncertainty"] == pytest.approx(item.uncertainty, abs=1e-6)
        assert data["location"] == f"{pool}:{TEXTS.index(item.tagged.text) + 1}"
        assert [result["value"]["text"] for result in prediction["result"]] == [
            entity.text for entity in tagger(item.tagged.text)
        ]
        task["annotations"] = [{"result": prediction["result"]}]
    assert sum(item.random for item in report.chosen) == 2
    # What is exported after the drafts were taken over is a corpus.
    (tmp_path / "export.json").write_text(json.dumps(tasks), encoding="utf-8")
    read = [document for _, document in read_texts(tmp_path / "export.json")]
    assert [document.text for document in read] == [item.tagged.text for item in report.chosen]
    # As what is annotated already, it is not chosen again.
    again = select_texts(
        tagger, pool, tmp_path / "b.json", count=16, annotated=tmp_path / "export.json"
    )
    assert again.annotated == 6
    assert {item.tagged.text for item in again.chosen}.isdisjoint(x.text for x in read)


@pytest.mark.parametrize("format", ["doccano", "jsonl"])
def test_lines_of_json_are_a_corpus_of_drafts(tagger, pool, tmp_path, format):
    target = tmp_path / "out.jsonl"
    report = select_texts(tagger, pool, target, count=4, random_share=0.25, format=format)
    rows = read_rows(target)
    assert [row["random"] for row in rows] == [item.random for item in report.chosen]
    assert sum(row["random"] for row in rows) == 1
    for (_, document), row in zip(read_texts(target, ends="exclusive"), rows, strict=True):
        assert document.text == row["text"]
        assert list(document.spans) == [
            Span(entity.start, entity.end, entity.type) for entity in tagger(row["text"])
        ]


def write_pool(folder, kind):
    """Write two texts, as lines or something else, and return the file or folder."""
    if kind == "corpus":
        splits = {"train": EXAMPLE_SENTENCES[:1], "test": EXAMPLE_SENTENCES[1:2]}
        return write_corpus(folder / "corpus", splits)
    path = folder / f"pool.{kind}"
    if kind == "parquet":
        pq.write_table(pa.table({"text": TEXTS[:2]}), path)
        return path
    if kind == "txt":
        return write_lines(path, TEXTS[:2])
    entities = {"entities": []} if kind == "json" else {"id": 7}
    return write_lines(
        path, [json.dumps({"text": text} | entities, ensure_ascii=False) for text in TEXTS[:2]]
    )


@pytest.mark.parametrize("kind", ["txt", "jsonl", "json", "parquet", "corpus"])
def test_texts_come_in_many_formats(tmp_path, kind):
    assert [text for _, text in read_pool(write_pool(tmp_path, kind))] == TEXTS[:2]


def test_the_column_of_the_text_is_named(tmp_path):
    path = write_lines(tmp_path / "pool.jsonl", [json.dumps({"headline": "x"})])
    assert list(read_pool(path, "headline")) == [(f"{path}:1", "x")]
    with pytest.raises(CorpusError, match="Name the one with the text"):
        list(read_pool(path))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"count": 0}, "count: found 0"),
        ({"random_share": 1.5}, "random_share: found 1.5"),
        ({"similarity": -0.1}, "similarity: found -0.1"),
        ({"format": "csv"}, "expected one of label-studio, doccano, jsonl"),
    ],
)
def test_a_wrong_setting_is_refused_before_a_model_is_loaded(pool, tmp_path, settings, says):
    with pytest.raises(ArgumentsError, match=says):
        select_texts(tmp_path / "no-model", pool, tmp_path / "out.json", **settings)


def test_nothing_is_replaced_unasked(tagger, pool, tmp_path):
    target = tmp_path / "out.json"
    select_texts(tagger, pool, target, count=2)
    with pytest.raises(OutputExistsError, match="overwrite"):
        select_texts(tagger, pool, target, count=2)
    select_texts(tagger, pool, target, count=3, overwrite=True)
    assert len(json.loads(target.read_text(encoding="utf-8"))) == 3
    with pytest.raises(ArgumentsError, match="expected another file"):
        select_texts(tagger, pool, pool, overwrite=True)
    assert pool.read_text(encoding="utf-8").splitlines() == TEXTS


def test_where_nothing_can_be_chosen_nothing_is_written(tagger, pool, tmp_path):
    with pytest.raises(CorpusNotFoundError):
        select_texts(tagger, tmp_path / "none.txt", tmp_path / "out.json")
    with pytest.raises(CorpusError, match=r"among 16 \(0 empty, 16 annotated"):
        select_texts(tagger, pool, tmp_path / "out.json", annotated=pool)
    with pytest.raises(ModelError):
        select_texts(tmp_path / "none", pool, tmp_path / "out.json")
    assert not (tmp_path / "out.json").exists()


def test_the_command_prints_the_counts(tiny_encoder, pool, tmp_path, capsys):
    target = tmp_path / "tasks.json"
    words = ["select", str(tiny_encoder), str(pool), "--to", str(target)]
    assert main([*words, "--count", "10", "--random-share", "0.2", "--similarity", "0.9"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["texts", "read", "16"] in lines
    assert ["chosen", "by", "uncertainty", "8"] in lines
    assert ["chosen", "at", "random", "2"] in lines
    assert len(json.loads(target.read_text(encoding="utf-8"))) == 10
    assert main([*words, "--count", "10"]) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main([*words[:2], "none.txt", *words[3:]]) == 2
    assert "none.txt: no such" in capsys.readouterr().err


def test_the_command_takes_how_to_read_a_corpus(tiny_encoder, pool, tmp_path, capsys):
    done = write_lines(
        tmp_path / "done.jsonl",
        [json.dumps({"text": TEXTS[0], "label": [[0, 3, "PER"]]}, ensure_ascii=False)],
    )
    words = ["select", str(tiny_encoder), str(pool), "--annotated", str(done)]
    words += ["--to", str(tmp_path / "tasks.json")]
    assert main(words) == 2
    assert "--ends" in capsys.readouterr().err
    assert main([*words, "--ends", "exclusive"]) == 0
    assert "annotated already, left out   1" in capsys.readouterr().out


def test_white_space_does_not_hide_what_is_annotated(tiny_encoder, tmp_path):
    texts = tmp_path / "texts.txt"
    texts.write_text("第 1 届 大 会\n北京的新闻\n", encoding="utf-8")
    done = write_corpus(tmp_path / "done", {"train": [Sentence(list("第1届大会"), ["O"] * 5)]})
    for share in (0.0, 1.0):
        report = select_texts(
            *(tiny_encoder, texts, tmp_path / "out.json"),
            annotated=done,
            count=1,
            random_share=share,
            overwrite=True,
        )
        assert report.annotated == 1
        assert [item.tagged.text for item in report.chosen] == ["北京的新闻"]


def test_a_text_that_is_nearly_annotated_is_not_drawn(tiny_encoder, tmp_path):
    texts = tmp_path / "texts.txt"
    texts.write_text("第二十届全国代表大会！\n北京的新闻\n", encoding="utf-8")
    (tmp_path / "done.txt").write_text("第二十届全国代表大会。\n", encoding="utf-8")
    out = tmp_path / "out.json"
    settings = {"annotated": tmp_path / "done.txt", "count": 2, "random_share": 1.0}
    report = select_texts(tiny_encoder, texts, out, **settings)
    assert [item.tagged.text for item in report.chosen] == ["北京的新闻"]
    assert report.near == 1


def test_some_are_drawn_however_few_are_asked_for(tiny_encoder, tmp_path):
    texts = tmp_path / "texts.txt"
    texts.write_text("".join(f"{row.tokens[0]}{n}\n" for n, row in enumerate(EXAMPLE_SENTENCES)))
    report = select_texts(tiny_encoder, texts, tmp_path / "out.json", count=3, similarity=1.0)
    assert sum(item.random for item in report.chosen) == 1


def test_texts_with_a_label_of_the_whole_text_are_texts(tiny_encoder, tmp_path):
    texts = tmp_path / "reviews.jsonl"
    texts.write_text('{"text": "北京的新闻", "label": "good"}\n', encoding="utf-8")
    report = select_texts(tiny_encoder, texts, tmp_path / "out.json", count=1)
    assert [item.tagged.text for item in report.chosen] == ["北京的新闻"]
