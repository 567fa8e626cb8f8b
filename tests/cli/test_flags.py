"""Flags that several commands share."""

from msra_ner.cli.entry import main
from msra_ner.corpus.sentence import Sentence


def test_reading_options_stand_beside_those_of_training(tmp_path, capsys):
    from msra_ner.training.parsing import build_parser

    build_parser()  # HfArgumentParser changes the fields of the options it is given.
    (tmp_path / "train.jsonl").write_text('{"tokens": ["a"], "ner_tags": [1]}\n')
    assert main(["check", str(tmp_path), "--tag_names", "O,B-A,I-A"]) in (0, 1)
    assert "(all)" in capsys.readouterr().out


def test_the_type_of_all_entities_is_text(tmp_path, capsys):
    (tmp_path / "train.txt").write_text("a\tB\nb\tO\n\n")
    assert main(["check", str(tmp_path), "--entity_type", "PER"]) in (0, 1)
    assert "PER" in capsys.readouterr().out


def test_a_reading_option_reaches_the_reader(tmp_path, capsys):
    rows = [Sentence(["a b", "c"], ["B-X", "O"])]
    text = "".join(f"{row.tokens[0]}\tx\t{row.tags[0]}\n" for row in rows).replace(" ", "_")
    (tmp_path / "train.txt").write_text(text + "\n")
    assert main(["check", str(tmp_path), "--tag_column", "1"]) == 2
    assert "the tag 'x'" in capsys.readouterr().err
    main(["check", str(tmp_path), "--tag-column", "2"])
    assert "X" in capsys.readouterr().out
