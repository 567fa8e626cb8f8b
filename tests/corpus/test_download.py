import hashlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import datasets
import pytest
from helpers.builders import EXAMPLE_SENTENCES, write_raw

from msra_ner.corpus import download
from msra_ner.corpus.download import PUBLIC_FILES, PublicFile, download_raw_files
from msra_ner.errors import CorpusError, CorpusNotFoundError


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        """Say nothing."""


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A public home on loopback with two small files, whose checksums are those expected."""
    raw = write_raw(tmp_path / "raw", EXAMPLE_SENTENCES[:12], EXAMPLE_SENTENCES[12:])
    files = {}
    for split in ("train", "test"):
        path = (raw / f"msra_{split}_bio").rename(raw / f"msra_{split}_bio.txt")
        data = path.read_bytes()
        files[split] = PublicFile(path.name, len(data), hashlib.sha256(data).hexdigest())
    monkeypatch.setattr(download, "PUBLIC_FILES", files)
    monkeypatch.setattr("msra_ner.dataset.raw.PUBLIC_FILES", files)
    monkeypatch.delenv("MSRA_NER_DATA_DIR", raising=False)
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(raw)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("MSRA_NER_DOWNLOAD_URL", f"http://127.0.0.1:{server.server_port}/")
    yield raw
    server.shutdown()
    thread.join()


@pytest.mark.parametrize("streaming", [False, True], ids=["prepared", "streamed"])
def test_without_data_dir_the_files_are_downloaded_and_divided(home, tmp_path, streaming):
    loaded = datasets.load_dataset(
        "msra_ner", val_size=3, cache_dir=str(tmp_path / "cache"), streaming=streaming
    )
    sizes = {name: sum(1 for _ in split) for name, split in loaded.items()}
    assert sizes == {"train": 9, "validation": 3, "test": 4}
    assert next(iter(loaded["test"]))["tokens"] == EXAMPLE_SENTENCES[12].tokens
    names = loaded["train"].features["ner_tags"].feature.names
    assert names == ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]


def test_a_file_with_another_checksum_is_refused(home, tmp_path):
    (home / "msra_test_bio.txt").write_bytes(b"something else\n")
    with pytest.raises(CorpusError, match="found 15 bytes with SHA-256") as caught:
        datasets.load_dataset("msra_ner", cache_dir=str(tmp_path / "cache"))
    assert "msra_test_bio.txt" in str(caught.value)
    assert "force_redownload" in str(caught.value)


def test_a_home_without_the_files_is_one_line_with_the_ways_out(home):
    (home / "msra_train_bio.txt").unlink()
    with pytest.raises(CorpusNotFoundError, match="three ways") as caught:
        download_raw_files()
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, FileNotFoundError)


def test_the_expected_files_are_those_that_the_hub_recorded():
    assert sum(file.size for file in PUBLIC_FILES.values()) == 15_156_606


def test_the_official_test_file_has_the_expected_checksum():
    from helpers.builders import msra_folder

    data = (msra_folder() / "raw" / "msra_test_bio").read_bytes()
    assert hashlib.sha256(data).hexdigest() == PUBLIC_FILES["test"].sha256
    assert len(data) == PUBLIC_FILES["test"].size
