"""Download the two raw files of the MSRA corpus, and check them."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msra_ner.corpus.location import SAMPLE
from msra_ner.errors import CorpusError, CorpusNotFoundError
from msra_ner.storage import file_hash

# The address that the Hub's `msra_ner` pointed to; sizes and hashes are those it recorded.
PUBLIC_HOME = "https://raw.githubusercontent.com/OYE93/Chinese-NLP-Corpus/master/NER/MSRA/"
HOME_VARIABLE = "MSRA_NER_DOWNLOAD_URL"  # for a mirror; the checksums stay the same


@dataclass(frozen=True)
class PublicFile:
    """A file to download: its name, its size in bytes, its SHA-256 in hex."""

    name: str
    size: int
    sha256: str


PUBLIC_FILES = {
    "train": PublicFile(
        "msra_train_bio.txt",
        14_037_265,
        "b403d1318c5289917ad2ca4136279592521684748327e93f1bf49a3845a40ac7",
    ),
    "test": PublicFile(
        "msra_test_bio.txt",
        1_119_341,
        "2be8e580bcb22e9086e4403d82a7ec0f6e18019ebef35b0fd52941724bdf89a3",
    ),
}


def download_raw_files(download_config: Any = None) -> dict[str, Path]:
    """Return the paths of the two files in the cache of `datasets`, downloaded where not there.

    Args:
        download_config: A `datasets.DownloadConfig`; None takes the defaults.

    Raises:
        CorpusNotFoundError: There is no network, or the files are not at their address.
        CorpusError: A file is not the one expected.
    """
    import datasets

    home = os.environ.get(HOME_VARIABLE) or PUBLIC_HOME
    urls = {split: f"{home.rstrip('/')}/{file.name}" for split, file in PUBLIC_FILES.items()}
    # Not the builder's own manager: that of a stream hands back the addresses unread.
    manager = datasets.DownloadManager(
        dataset_name="msra_ner", download_config=download_config, record_checksums=False
    )
    try:
        paths = manager.download(urls)
    except Exception as error:  # Whatever the network, a proxy or offline mode raised.
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        raise CorpusNotFoundError(
            f"msra_ner: found no data_dir, and {urls['train']} cannot be downloaded ({reason}). "
            "Give the data in one of three ways: load_dataset('msra_ner', data_dir='...') with a "
            "folder of the corpus, the environment variable MSRA_NER_DATA_DIR with that folder, or "
            f"a network that reaches the address. load_dataset('msra_ner', '{SAMPLE}') needs none."
        ) from error
    found = {split: Path(path) for split, path in paths.items()}
    for split, file in PUBLIC_FILES.items():
        size, digest = found[split].stat().st_size, file_hash(found[split])
        if digest != file.sha256:
            raise CorpusError(
                f"{urls[split]}: found {size:,} bytes with SHA-256 {digest}, expected "
                f"{file.size:,} bytes with {file.sha256}. The download is damaged or the file has "
                "changed: load again with download_mode='force_redownload', or give data_dir."
            )
    return found
