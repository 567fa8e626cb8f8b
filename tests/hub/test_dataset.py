import json
import re
from collections import Counter
from functools import partial
from pathlib import Path

import datasets
import pyarrow.parquet as pq
import pytest
import yaml
from helpers.builders import EXAMPLE_SENTENCES, write_corpus
from helpers.hub_pushes import FAILURES, allow_hub, push_each, read_card, run_python
from helpers.hub_server import TOKEN, serve_hub

from msra_ner import load_msra
from msra_ner.corpus import Sentence
from msra_ner.errors import CorpusError, CorpusNotFoundError, HubError, OutputExistsError
from msra_ner.hub import dataset as hub_dataset, dataset_card
from msra_ner.hub.dataset import export_dataset, push_dataset
from msra_ner.hub.dataset_card import find_card_facts
from msra_ner.labels import label_list
from msra_ner.storage import write_text

LABELS = label_list(["PER", "ORG", "LOC"])
# What files, YAML, Markdown or terminals give a meaning of its own, each a token.
ODD = ["\u3000", "\u2028", "\x85", "\n", "\r", "\u202e", "\ufeff", "😀", '"', "'", "\\", "|"]
ODD += ["`", "```", "---", "<b>", "# a", "{x}", "北京", "e\u0301", "\u200b", "\x00"]
NAMED = (["李", "娜", "到", "巴", "黎"], ["B-PER", "I-PER", "O", "B-LOC", "I-LOC"])
PLAIN = (["天", "晴"], ["O", "O"])
STRANGE = (ODD, ["B-ORG", "I-ORG", *["O"] * (len(ODD) - 2)])
REPEAT = "msra-ner dataset push someone/case --data_dir corpus"

# Loads a dataset where this package is not and prints its rows.
LOAD = """
import json, sys
import datasets

corpus = datasets.load_dataset(sys.argv[1])
names = corpus["train"].features["ner_tags"].feature.names
assert not any(module.startswith("msra_ner") for module in sys.modules)
print(json.dumps([names, {split: list(rows) for split, rows in corpus.items()}]))
"""


def dataset(sentences, labels=LABELS):
    columns = {
        "id": [str(index) for index in range(len(sentences))],
        "tokens": [tokens for tokens, _ in sentences],
        "ner_tags": [tags for _, tags in sentences],
    }
    features = datasets.Features(
        {
            "id": datasets.Value("string"),
            "tokens": datasets.Sequence(datasets.Value("string")),
            "ner_tags": datasets.Sequence(datasets.ClassLabel(names=list(labels))),
        }
    )
    return datasets.Dataset.from_dict(columns, features=features)


CORPUS = datasets.DatasetDict(
    {
        "train": dataset([NAMED, PLAIN, STRANGE, PLAIN, NAMED]),
        "validation": dataset([PLAIN]),
        "test": dataset([STRANGE, NAMED]),
    }
)


def export(folder, corpus=CORPUS, kind="other", name="someone/tiny", facts=None, **settings):
    card = find_card_facts(kind, **(facts or {}))
    return export_dataset(corpus, folder, name=name, card=card, **settings)


def load_elsewhere(name, folder, home, **settings):
    """Load a dataset in a new process without this package, which prints labels and rows."""
    return run_python("-I", "-c", LOAD, name, cwd=folder, home=folder / home, **settings)


def plain(corpus):
    return [list(LABELS), {split: list(rows) for split, rows in corpus.items()}]


def test_a_folder_of_shards_and_a_card_is_written(tmp_path):
    written = export(tmp_path / "out", max_shard_rows=2)
    assert [path.relative_to(tmp_path / "out").as_posix() for path in written] == [
        "data/test-00000-of-00001.parquet",
        "data/train-00000-of-00003.parquet",
        "data/train-00001-of-00003.parquet",
        "data/train-00002-of-00003.parquet",
        "data/validation-00000-of-00001.parquet",
        "README.md",
    ]
    assert all(path.is_file() for path in written)
    rows = [pq.read_metadata(path).num_rows for path in written if "train" in path.name]
    assert rows == [2, 2, 1]


@pytest.mark.parametrize("max_shard_rows", [1, 3, 100], ids=lambda rows: f"{rows} a shard")
def test_every_row_comes_back(tmp_path, monkeypatch, max_shard_rows):
    monkeypatch.setattr(hub_dataset, "ROWS_PER_GROUP", 2)
    export(tmp_path / "out", max_shard_rows=max_shard_rows)
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert plain(loaded) == plain(CORPUS)
    assert list(loaded) == ["train", "validation", "test"]
    assert loaded["train"].features == CORPUS["train"].features


def test_it_loads_without_this_package(tmp_path):
    export(tmp_path / "out", max_shard_rows=2)
    done = load_elsewhere(tmp_path / "out", tmp_path, "home", offline="1")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == plain(CORPUS)


def test_rows_that_were_chosen_and_shuffled_keep_their_order(tmp_path):
    chosen = datasets.DatasetDict({"train": CORPUS["train"].select([4, 0, 2]).with_format("numpy")})
    export(tmp_path / "out", chosen)
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert loaded["train"]["id"][:] == ["4", "0", "2"]
    assert loaded["train"]["tokens"][:] == [NAMED[0], NAMED[0], ODD]


def test_many_labels_keep_their_order(tmp_path):
    labels = label_list(f"T{number}" for number in range(15))
    corpus = datasets.DatasetDict({"train": dataset([(["a", "b"], ["B-T14", "I-T14"])], labels)})
    export(tmp_path / "out", corpus)
    loaded = datasets.load_dataset(str(tmp_path / "out"), cache_dir=str(tmp_path / "cache"))
    assert loaded["train"].features["ner_tags"].feature.names == list(labels)


def test_the_same_corpus_gives_the_same_bytes(tmp_path):
    one, other = export(tmp_path / "one"), export(tmp_path / "other")
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other]


def test_the_card_says_what_the_hub_reads(tmp_path):
    export(tmp_path, kind="msra", max_shard_rows=2)
    head, _ = read_card(tmp_path)
    info = head.pop("dataset_info")
    assert head == {
        "language": ["zh"],
        "license": "other",
        "license_name": "msra-research-use",
        "pretty_name": "MSRA named entity recognition",
        "task_categories": ["token-classification"],
        "task_ids": ["named-entity-recognition"],
        "size_categories": ["n<1K"],
        "tags": ["named-entity-recognition", "iob2"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [
                    {"split": "train", "path": "data/train-*"},
                    {"split": "validation", "path": "data/validation-*"},
                    {"split": "test", "path": "data/test-*"},
                ],
            }
        ],
    }
    # "sequence" for version 3 of `datasets`, which takes "list" for something else.
    assert info["features"][1] == {"name": "tokens", "sequence": "string"}
    names = info["features"][2]["sequence"]["class_label"]["names"]
    assert list(names.values()) == list(LABELS)
    assert [(split["name"], split["num_examples"]) for split in info["splits"]] == [
        ("train", 5),
        ("validation", 1),
        ("test", 2),
    ]
    shards = (tmp_path / "data").iterdir()
    assert info["download_size"] == sum(path.stat().st_size for path in shards)
    assert info["dataset_size"] == sum(split["num_bytes"] for split in info["splits"])


@pytest.mark.parametrize(
    ("rows", "size"),
    [(1, "n<1K"), (999, "n<1K"), (1000, "1K<n<10K"), (45_000, "10K<n<100K"), (10**12, None)],
)
def test_size_categories(rows, size):
    splits = {"train": dataset_card.WrittenSplit(rows, 1, Counter())}
    features = CORPUS["train"].features
    head = yaml.safe_load(
        dataset_card.format_front_matter(find_card_facts("msra"), features, splits, 1)
    )
    assert head["size_categories"] == [size or dataset_card.SIZES[-1]]


def test_the_card_counts_sentences_tokens_and_entities(tmp_path):
    export(tmp_path)
    _, body = read_card(tmp_path)
    table = [line.split() for line in body.partition("```text\n")[2].splitlines()[:4]]
    odd = len(ODD)
    assert table == [
        ["split", "sentences", "tokens", "entities", "PER", "ORG", "LOC"],
        ["train", "5", str(14 + odd), "5", "2", "1", "2"],
        ["validation", "1", "2", "0", "0", "0", "0"],
        ["test", "2", str(5 + odd), "3", "1", "1", "1"],
    ]
    assert "8 sentences" in body
    assert 'load_dataset("someone/tiny")' in body


def test_the_card_says_where_nobody_looked(tmp_path):
    rows = [Sentence(["王", "明", "去", "京"], ["B-PER", "I-PER", "?", "?-PER,LOC"])]
    folder = write_corpus(tmp_path / "corpus", {"train": [*rows, *EXAMPLE_SENTENCES]})
    export(tmp_path / "made", load_msra(folder, cache_dir=tmp_path / "cache"))
    _, body = read_card(tmp_path / "made")
    assert "6 I-LOC\n-1 ?\n-1002 ?-PER,LOC\n" in body
    assert "-1 may be anything" in body
    done = load_elsewhere(tmp_path / "made", tmp_path, "home", offline="1")
    assert json.loads(done.stdout)[1]["train"][0]["ner_tags"] == [1, 2, -1, -1002]


def test_text_of_the_corpus_stays_text_in_the_card(tmp_path):
    export(tmp_path, datasets.DatasetDict({"train": dataset([STRANGE])}))
    _, body = read_card(tmp_path)
    fence, text = re.search(r"^(`{3,})json\n(.*?)\n\1$", body, re.DOTALL | re.MULTILINE).groups()
    assert fence == "````"
    example = json.loads(text)
    assert example["tokens"] == ODD
    assert example["tags"] == STRANGE[1]
    assert all(char.isprintable() or char == "\n" for char in body)


def test_the_example_is_a_sentence_with_an_entity(tmp_path):
    long = (["长"] * 200, ["B-LOC"] + ["O"] * 199)
    export(tmp_path, datasets.DatasetDict({"train": dataset([PLAIN, long, NAMED])}))
    assert '"tokens": ["李", "娜", "到", "巴", "黎"]' in read_card(tmp_path)[1]


def test_given_facts_stand_in_the_card_as_plain_text(tmp_path):
    facts = {
        "pretty_name": "A *bold* <i>name</i>\n---\n# b: [x](y)",
        "language": "en",
        "license": "cc-by-4.0",
        "source": "a | b\nc",
        "citation": "@misc{a}\n```\n# no heading",
    }
    export(tmp_path, kind="msra", facts=facts)
    head, body = read_card(tmp_path)
    assert (head["pretty_name"], head["language"]) == (facts["pretty_name"], ["en"])
    assert head["license"] == "cc-by-4.0"
    assert "license_name" not in head
    assert "redistributed" not in body
    assert body.splitlines()[1] == r"# A \*bold\* \<i\>name\</i\> --- \# b: \[x\](y)"
    assert "\na \\| b c\n" in body
    assert "````bibtex\n@misc{a}\n```\n# no heading\n````\n" in body


def test_the_card_of_msra_names_its_paper_and_its_terms(tmp_path):
    export(tmp_path, kind="msra")
    _, body = read_card(tmp_path)
    for part in (
        "The Third International Chinese Language Processing Bakeoff (SIGHAN 2006)",
        "@inproceedings{levow2006third,",
        "Gina-Anne Levow",
        "{108--117}",
        "https://aclanthology.org/W06-0115",
        "may not be redistributed freely: keep the repository private",
    ):
        assert part in body


def test_the_card_of_another_corpus_says_what_is_to_be_filled_in(tmp_path):
    export(tmp_path)
    head, body = read_card(tmp_path)
    assert head["license"] == "unknown"
    for title in ("Source", "Citation", "Licence"):
        assert "unknown; fill in" in body.partition(f"## {title}\n")[2].partition("## ")[0]


def test_the_sample_corpus_is_under_the_licence_of_this_package(tmp_path):
    export(tmp_path, kind="sample")
    head, body = read_card(tmp_path)
    assert head["license"] == "mit"
    assert "unknown" not in body


def test_a_fact_that_does_not_exist_is_refused():
    with pytest.raises(TypeError, match="author"):
        find_card_facts("other", author="x")


@pytest.mark.parametrize("standing", ["README.md", "data/train-00000-of-00001.parquet"])
def test_what_is_there_is_not_replaced_without_overwrite(tmp_path, standing):
    write_text(tmp_path / standing, "---\nmine")
    with pytest.raises(OutputExistsError, match="overwrite"):
        export(tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / standing]
    assert (tmp_path / standing).read_text() == "---\nmine"


def test_overwrite_replaces_an_export_whole(tmp_path):
    export(tmp_path, max_shard_rows=1)
    write_text(tmp_path / "notes.txt", "mine")
    written = export(tmp_path, overwrite=True)
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == sorted(
        [*written, tmp_path / "notes.txt"]
    )


@pytest.mark.parametrize("foreign", ["data/msra/train/tags.txt", "data/a.csv", "README.md"])
def test_overwrite_replaces_nothing_but_an_export(tmp_path, foreign):
    write_text(tmp_path / foreign, "# mine")
    with pytest.raises(OutputExistsError, match="no export writes"):
        export(tmp_path, overwrite=True)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [tmp_path / foreign]
    assert (tmp_path / foreign).read_text() == "# mine"


def test_a_write_that_fails_leaves_the_old_export(tmp_path, monkeypatch):
    old = {path: path.read_bytes() for path in export(tmp_path)}
    monkeypatch.setattr(hub_dataset, "format_body", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        export(tmp_path, CORPUS.filter(lambda row: row["id"] == "0"), overwrite=True)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == old


@pytest.mark.parametrize(
    ("corpus", "message"),
    [
        pytest.param({}, "found no split", id="no split"),
        pytest.param({"test": dataset([])}, "split test: found no sentence", id="an empty split"),
        pytest.param(
            {"train": CORPUS["train"].rename_column("ner_tags", "labels")},
            "split train: found the columns",
            id="another column",
        ),
        pytest.param(
            {
                "train": CORPUS["train"].cast_column(
                    "ner_tags", datasets.Sequence(datasets.Value("int64"))
                )
            },
            "split train: found the columns",
            id="labels without names",
        ),
        pytest.param(
            {"train": CORPUS["train"], "test": dataset([PLAIN], label_list(["PER"]))},
            "split test: found the columns",
            id="other labels",
        ),
    ],
)
def test_what_is_no_corpus_of_sentences_is_refused(tmp_path, corpus, message):
    with pytest.raises(CorpusError, match=message):
        export(tmp_path / "out", datasets.DatasetDict(corpus))
    assert not (tmp_path / "out").exists()


def test_a_shard_holds_a_row_at_least(tmp_path):
    with pytest.raises(ValueError, match="max_shard_rows"):
        export(tmp_path / "out", max_shard_rows=0)


def push(folder, repo_id="someone/case", **settings):
    return push_dataset(folder, repo_id, repeat=REPEAT, **settings)


@pytest.mark.parametrize("standing", [None, "README.md", "data/train-00000-of-00001.parquet"])
def test_a_folder_that_is_no_export_is_not_pushed(tmp_path, standing):
    if standing:
        write_text(tmp_path / standing, "")
    with pytest.raises(CorpusNotFoundError, match=r"found no README.md .* Nothing was sent"):
        push(tmp_path)


@pytest.mark.parametrize("repo_id", ["", "a/b/c", "a b", "a/--b", "名字", "someone/x.git", "../x"])
def test_a_name_no_repository_can_have_is_refused(tmp_path, repo_id):
    export(tmp_path)
    with pytest.raises(HubError, match="no repository can have"):
        push(tmp_path, repo_id)


def test_offline_nothing_is_tried(tmp_path):
    export(tmp_path)  # tests run offline
    with pytest.raises(HubError, match="HF_HUB_OFFLINE") as caught:
        push(tmp_path)
    assert str(caught.value).endswith(f"stays in {tmp_path}. To try again: {REPEAT}")


SETTINGS = {
    "wrong token": {"token": "hf_secret"},
    "strange token": {"token": "hf_secret\nX-Evil: 1"},
    "no token": {"token": ""},
    "a public repository": {"repo_id": "someone/open"},
    "another revision": {"revision": "v2"},
    "nothing in the way": {},
    "again": {},
    "no account in the name": {"repo_id": "short", "private": False},
}


@pytest.fixture(scope="module")
def pushes(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pushed")
    export(folder, max_shard_rows=2)
    push = partial(push_dataset, folder, repeat=REPEAT)
    home = folder.with_name("home")
    return folder, push_each(push, SETTINGS, {"datasets/someone/open": folder}, home)


@pytest.mark.parametrize("name", [*FAILURES, "no server"])
def test_a_push_that_fails_is_one_message(pushes, name):
    folder, results = pushes
    text = results[name].text
    expected = FAILURES[name][2] if name in FAILURES else "checking the token: found no usable"
    assert expected in text
    assert text.startswith("someone/case: ")
    assert text.endswith(f"The dataset stays in {folder}. To try again: {REPEAT}")
    # Neither the token nor an address, which may hold one.
    assert not re.search(r"hf_loop|https?:|\n", text)
    assert name == "no server" or not results[name].commits
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "data"]


@pytest.mark.parametrize(
    ("name", "message", "asked"),
    [
        ("wrong token", "checking the token: found the answer 401", ["/api/whoami-v2"]),
        ("strange token", "found a token with characters that no token has", []),
        ("no token", "found no token; run 'hf auth login', or set HF_TOKEN", []),
    ],
)
def test_without_a_good_token_nothing_is_sent(pushes, name, message, asked):
    result = pushes[1][name]
    assert message in result.text
    assert "secret" not in result.text
    assert result.asked == asked


def test_a_public_repository_gets_nothing_unless_allowed(pushes):
    result = pushes[1]["a public repository"]
    assert "found a public repository, expected a private one; nothing was sent" in result.text
    assert not [path for path in result.asked if re.search("preupload|lfs|commit", path)]


def test_a_revision_that_is_not_there_is_refused(pushes):
    text = pushes[1]["another revision"].text
    assert "sending the files: found the answer 404" in text
    assert "check the name and the revision" in text


def test_a_push_after_failures_is_one_commit_and_the_next_none(pushes):
    one, two = pushes[1]["nothing in the way"], pushes[1]["again"]
    assert one.text == two.text
    assert one.text.endswith("/datasets/someone/case")
    assert one.commits == two.commits == {"datasets/someone/case": 1}


def test_a_name_alone_goes_under_the_account_of_the_token(pushes):
    result = pushes[1]["no account in the name"]
    assert result.text.endswith("/datasets/someone/short")
    assert result.commits["datasets/someone/short"] == 1


def push_to(endpoint, folder, visibility, home):
    with allow_hub(home):
        return push(
            folder,
            "someone/tiny-msra",
            private=visibility == "private",
            token=TOKEN,
            endpoint=endpoint,
        )


@pytest.mark.slow
def test_what_is_pushed_loads_by_its_name(tmp_path):
    export(tmp_path / "out", max_shard_rows=2)
    write_text(tmp_path / "out" / "notes.txt", "not for others")
    with serve_hub() as (endpoint, hub):
        url = push_to(endpoint, tmp_path / "out", "private", tmp_path / "home")
        assert url == f"{endpoint}/datasets/someone/tiny-msra"
        to_hub = {"endpoint": endpoint, "token": TOKEN}
        done = load_elsewhere("someone/tiny-msra", tmp_path, "other", **to_hub)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == plain(CORPUS)
        assert not list(hub.repositories["datasets/someone/tiny-msra"].rglob("notes.txt"))
        # It is private: without the token it is not there.
        done = load_elsewhere("someone/tiny-msra", tmp_path, "third", endpoint=endpoint)
        assert "DatasetNotFoundError" in done.stderr


@pytest.mark.slow
def test_shards_of_an_earlier_push_go_with_the_next(tmp_path):
    with serve_hub() as (endpoint, hub):
        export(tmp_path / "one", max_shard_rows=1)
        push_to(endpoint, tmp_path / "one", "public", tmp_path / "home")
        pushed = hub.repositories["datasets/someone/tiny-msra"]
        write_text(pushed / "LICENSE", "somebody else's")
        write_text(pushed / "extra-00000-of-00001.parquet", "somebody else's")
        written = export(tmp_path / "two", kind="sample")
        push_to(endpoint, tmp_path / "two", "public", tmp_path / "home")
        names = {path.relative_to(pushed).as_posix() for path in pushed.rglob("*.*")}
        expected = {path.relative_to(tmp_path / "two").as_posix() for path in written}
        assert names == expected | {"extra-00000-of-00001.parquet"}
        assert (pushed / "LICENSE").exists()
        assert (pushed / "README.md").read_bytes() == Path(written[-1]).read_bytes()
        assert hub.commits == {"datasets/someone/tiny-msra": 2}
        # Public: everybody may load it.
        done = load_elsewhere("someone/tiny-msra", tmp_path, "other", endpoint=endpoint)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout) == plain(CORPUS)
