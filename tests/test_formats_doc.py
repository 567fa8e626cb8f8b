import re
from pathlib import Path

import pytest
from helpers import tiny_models

from msra_ner.inference.entities import TextEntity
from msra_ner.labels import label_list

PAGE = Path(__file__).parents[1] / "docs" / "how-to" / "formats.md"


def test_the_examples_of_the_page_run_in_its_order(tmp_path, capsys):
    pytest.importorskip("pandas", reason="pandas is not installed")
    folder = tiny_models.save_tagger(tmp_path / "model", label_list(["PER", "ORG"]))
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    names = {}
    for block in blocks:
        exec(block.replace("runs/bert", str(folder)), names)
    table, dataset, tagger = names["table"], names["dataset"], names["tagger"]
    assert len(blocks) == 6
    assert any(table["entities"])
    for text, entities, rows in zip(
        table["text"], table["entities"], dataset["entities"], strict=True
    ):
        assert entities == tagger(text) == [TextEntity(**row) for row in rows]
    assert '<Label value="ORG"/>\n    <Label value="PER"/>' in capsys.readouterr().out
    tokenizer = names["load_tokenizer"](str(folder))
    assert tokenizer.convert_tokens_to_string(["北", "京"]) == "北京"
