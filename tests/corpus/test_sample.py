"""The shipped sample corpus is what its generator writes, and keeps the promises made of it."""

import importlib.util
import re
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "msra_ner" / "corpus" / "sample"
SPLITS = ("train", "val", "test")
TYPES = ("PER", "ORG", "LOC")
TAGS = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]


@pytest.fixture(scope="module")
def generator():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(ROOT / "scripts"))
        path = ROOT / "scripts" / "make_sample_corpus.py"
        spec = importlib.util.spec_from_file_location("make_sample_corpus", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


def read_split(split):
    """Return the sentences of a shipped split as pairs of characters and tags."""
    columns = []
    for name in ("sentences.txt", "tags.txt"):
        text = (SHIPPED / split / name).read_bytes().decode("utf-8")
        assert text.endswith("\n")
        columns.append([line.split(" ") for line in text[:-1].split("\n")])
    return list(zip(*columns, strict=True))


CORPUS = {split: read_split(split) for split in SPLITS}


def entities(characters, tags):
    """Return the entities of a sentence as type, start and string."""
    found = []
    for position, (character, tag) in enumerate(zip(characters, tags, strict=True)):
        if tag.startswith("B-"):
            found.append([tag[2:], position, character])
        elif tag.startswith("I-"):
            found[-1][2] += character
    return [tuple(entity) for entity in found]


def entity_strings(split):
    return {name for sentence in CORPUS[split] for _, _, name in entities(*sentence)}


def files_below(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_shipped_files_are_what_the_generator_writes(generator, tmp_path):
    generator.write_corpus(tmp_path)
    written = files_below(tmp_path)
    assert len(written) == 7
    assert written == files_below(SHIPPED)


def test_same_seed_gives_the_same_bytes_and_another_seed_others(generator, tmp_path):
    for folder, seed in (("a", 7), ("b", 7), ("c", 8)):
        generator.write_corpus(tmp_path / folder, seed)
    assert files_below(tmp_path / "a") == files_below(tmp_path / "b")
    assert files_below(tmp_path / "a") != files_below(tmp_path / "c")


@pytest.mark.parametrize("seed", [0, 1, 99])
def test_names_stay_apart_whatever_the_seed(generator, seed):
    names = {
        split: {
            name for one in sentences for _, _, name in entities(list(one.characters), one.tags)
        }
        for split, sentences in generator.build_corpus(seed).items()
    }
    assert names["train"].isdisjoint(names["val"] | names["test"])
    assert names["val"].isdisjoint(names["test"])


def test_command_line_takes_folder_and_seed(generator, tmp_path, monkeypatch, capsys):
    arguments = ["make_sample_corpus.py", "--output_dir", str(tmp_path), "--seed", "2006"]
    monkeypatch.setattr("sys.argv", arguments)
    generator.main()
    assert files_below(tmp_path) == files_below(SHIPPED)
    assert capsys.readouterr().out.startswith("train: 3000 sentences, ")


def test_every_slot_and_name_part_of_the_material_is_known_and_used(generator):
    material = generator.material
    frames = [
        *material.WHOLE,
        *material.TEST_WHOLE,
        *material.PLAIN_WHOLE,
        *material.TEST_PLAIN,
        "{dateline}{foreign_dateline}{recent}",  # put in front by the generator itself
    ]
    for table in (
        material.LEADS,
        material.FOLLOWS,
        material.TEST_LEADS,
        material.PLAIN_LEADS,
        material.PLAIN_ENDS,
        material.PHRASES,
    ):
        frames += [frame for group in table.values() for frame in group]
    for lists in material.LONG_LISTS.values():
        frames += [frame for parts in lists for frame in parts]
    slots = {slot for frame in frames for slot in re.findall(r"\{(.*?)\}", frame)}
    known = {*material.SLOT_LABELS, *material.PHRASES, *generator.NUMBER_SLOTS}
    assert slots == known
    patterns = [pattern for group in material.NAME_GRAMMAR.values() for pattern in group]
    parts = {part for pattern in patterns for part in re.findall(r"<(.*?)>", pattern)}
    assert parts | set(material.SLOT_LABELS) == set(material.NAME_GRAMMAR)
    assert set(material.TEST_LEADS) <= set(material.LEADS) == set(material.FOLLOWS)
    assert set(material.PLAIN_LEADS) == set(material.PLAIN_ENDS)


def test_tag_list():
    assert (SHIPPED / "tags.txt").read_bytes() == "".join(f"{tag}\n" for tag in TAGS).encode()


def test_sizes():
    assert [len(CORPUS[split]) for split in SPLITS] == [3000, 400, 400]
    assert sum(len(content) for content in files_below(SHIPPED).values()) < 1_500_000


@pytest.mark.parametrize("split", SPLITS)
def test_files_are_plain_lines_of_single_characters(split):
    for characters, tags in CORPUS[split]:
        assert len(characters) == len(tags)
        for character in characters:
            assert len(character) == 1
            assert character.isprintable()
            assert not character.isspace()


@pytest.mark.parametrize("split", SPLITS)
def test_tags_are_iob2(split):
    for _, tags in CORPUS[split]:
        assert set(tags) <= set(TAGS)
        for before, tag in zip(["O", *tags], tags, strict=False):
            if tag.startswith("I-"):
                assert before in (f"B-{tag[2:]}", tag)


def test_no_entity_of_one_split_is_an_entity_of_another():
    names = {split: entity_strings(split) for split in SPLITS}
    assert names["test"].isdisjoint(names["train"])
    assert names["val"].isdisjoint(names["train"])
    assert names["val"].isdisjoint(names["test"])


def test_no_sentence_occurs_twice():
    texts = ["".join(characters) for split in SPLITS for characters, _ in CORPUS[split]]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("split", SPLITS)
def test_long_sentences_have_entities_beyond_position_512(split):
    assert any(start > 512 for sentence in CORPUS[split] for _, start, _ in entities(*sentence))


@pytest.mark.parametrize("split", SPLITS)
def test_share_of_sentences_without_entities(split):
    without = sum(set(tags) == {"O"} for _, tags in CORPUS[split])
    assert 0.05 <= without / len(CORPUS[split]) <= 0.25


@pytest.mark.parametrize("split", SPLITS)
def test_every_type_is_common(split):
    kinds = [kind for sentence in CORPUS[split] for kind, _, _ in entities(*sentence)]
    for kind in TYPES:
        assert kinds.count(kind) > 0.2 * len(kinds)
    assert len(kinds) > 2 * len(CORPUS[split])


def test_mean_length():
    for split in SPLITS:
        characters = sum(len(characters) for characters, _ in CORPUS[split])
        assert 35 <= characters / len(CORPUS[split]) <= 45


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("format", ["[0-9]", "[０-９]", "[A-Za-z]", "[Ａ-Ｚａ-ｚ]"])
def test_digits_and_letters_of_both_widths_inside_and_outside_entities(format, inside):
    hits = sum(
        re.match(format, character) is not None
        for characters, tags in CORPUS["train"]
        for character, tag in zip(characters, tags, strict=True)
        if (tag != "O") == inside
    )
    assert hits >= 20


@pytest.mark.parametrize("split", SPLITS)
def test_traps_occur(split):
    sentences = CORPUS[split]
    adjacent = sum(
        tag.startswith("B-") and before != "O"
        for _, tags in sentences
        for before, tag in pairwise(tags)
    )
    single = {
        kind for sentence in sentences for kind, _, name in entities(*sentence) if len(name) == 1
    }
    assert adjacent >= 20
    assert single == {"PER", "LOC"}
    assert any(tags[-1] != "O" for _, tags in sentences)
    assert any(tags[0].startswith("B-") for _, tags in sentences)
    assert any(len(tags) <= 5 for _, tags in sentences)


@pytest.mark.parametrize("split", ["val", "test"])
def test_characters_unknown_to_train_are_rare(split):
    known = {character for characters, _ in CORPUS["train"] for character in characters}
    found = [character for characters, _ in CORPUS[split] for character in characters]
    assert sum(character not in known for character in found) < 0.01 * len(found)


def test_names_of_test_consist_of_characters_that_train_has_in_names_of_that_type(generator):
    known = {kind: set() for kind in TYPES}
    for sentence in CORPUS["train"]:
        for kind, _, name in entities(*sentence):
            known[kind] |= set(generator.full_width(name))
    for sentence in CORPUS["test"]:
        for kind, _, name in entities(*sentence):
            assert known[kind].issuperset(generator.full_width(name))
