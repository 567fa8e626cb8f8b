"""The command render."""

from msra_ner.cli.entry import main


def test_it_prints_texts_with_their_entities(corpus, capsys):
    assert main(["render", str(corpus), "--split", "test", "--limit", "1"]) == 0
    shown = capsys.readouterr()
    assert shown.out == "天气预报说，明天多云转晴。\n"
    assert "2 more texts are not shown" in shown.err
    assert main(["render", str(corpus), "--split", "test"]) == 0
    assert "[PER 张]教授认为，[LOC 长江]流域" in capsys.readouterr().out


def test_it_writes_a_page_and_replaces_none_unasked(corpus, tmp_path, capsys):
    page = tmp_path / "page.html"
    words = ["render", str(corpus), "--output", str(page)]
    assert main([*words, "--limit", "2"]) == 0
    text = page.read_text(encoding="utf-8")
    assert text.count("<li>") == 2
    assert "2 / 16" in text
    assert main(words) == 2
    assert "--overwrite" in capsys.readouterr().err
    assert main([*words, "--overwrite"]) == 0
    assert page.read_text(encoding="utf-8").count("<li>") == 16
