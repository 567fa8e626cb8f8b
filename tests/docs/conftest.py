import shutil

import pytest

import msra_ner


@pytest.fixture(scope="session")
def workplace(tmp_path_factory, tiny_corpus, tiny_encoder):
    """A folder with what the pages name: corpora, runs and texts."""
    from helpers.tiny_models import tiny_run

    folder = tmp_path_factory.mktemp("workplace")
    (folder / "data").mkdir()
    (folder / "data/msra").symlink_to(tiny_corpus)
    (folder / "articles.txt").write_text("王小明在北京\n", encoding="utf-8")
    for number, run in enumerate(("bert", "other")):
        settings = tiny_run(tiny_corpus, tiny_encoder, folder / "runs" / run)
        msra_ner.train(**settings, num_train_epochs=1, seed=number)
    shutil.copytree(folder / "runs/bert", folder / "runs/sample")
    return folder
