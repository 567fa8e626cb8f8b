from msra_ner.serving.models import name_models


def test_each_model_has_a_name_of_its_own(tmp_path, monkeypatch):
    for folder in ("a/best", "b/best", "c/best-2"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "best")
    folders = [".", "../../b/best", str(tmp_path / "c" / "best-2"), "."]
    names = name_models([*folders, "account/best", "account/best"])
    assert names == ["best", "best-2", "best-2-2", "best-3", "account/best", "account/best-2"]
