"""Open what is stored under a model's name, a folder or one of the Hub; its own code never runs."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from msra_ner.errors import ModelError
from msra_ner.wording import advise_on_network, ask_whether_meant, find_nearest

HUB_NAME = re.compile(r"[\w-][\w.-]*/[\w-][\w.-]*|[\w-][\w.-]*")
PROBE_SECONDS = 10


def load_pretrained(kind: Any, name: str | Path, *, revision: str = "main", **options: Any) -> Any:
    """Return what ``kind.from_pretrained`` makes of a model's folder or Hub name.

    Nobody is asked whether code that lies beside a model may run: it never does.

    Args:
        kind: A class of transformers that has ``from_pretrained``.
        name: Folder or Hub name.
        revision: Branch, tag or commit on the Hub.
        **options: Further arguments of ``from_pretrained``.

    Raises:
        ModelError: There is no such folder, the Hub has or gives none, or it cannot be used.
    """
    check_model_name(name)
    name = str(name)
    if not Path(name).exists() and _must_be_cached(name, revision):
        options["local_files_only"] = True
    with explain_failure(name):
        return kind.from_pretrained(name, revision=revision, trust_remote_code=False, **options)


def check_model_name(name: str | Path) -> None:
    """Refuse what can be neither the folder of a model nor a name on the Hub, without asking it.

    A name whose first part is a folder here is a path: ``runs/brt`` where ``runs/`` exists.

    Raises:
        ModelError: The path is a file, or there is no such folder.
    """
    if not isinstance(name, str | Path):
        raise ModelError(f"found {name!r} as a model, expected its folder or its name on the Hub.")
    path = Path(name)
    if path.is_dir() or is_hub_name(str(name)):
        return
    if path.exists():
        raise ModelError(
            f"{name}: found a file, expected the folder of a model, with config.json, weights and "
            "tokenizer. Give the folder."
        )
    beside = [entry.name for entry in path.parent.iterdir()] if path.parent.is_dir() else []
    near = find_nearest(path.name, beside)
    remedy = ask_whether_meant(str(path.parent / near) if near else None, "Correct the path.")
    raise ModelError(
        f"{name}: found no such folder, expected one that msra-ner train wrote, or a model's name "
        f"on the Hub. {remedy}"
    )


def is_hub_name(name: Any) -> bool:
    """Return whether a name can be one of the Hub, and is no path here."""
    if not isinstance(name, str) or not HUB_NAME.fullmatch(name):
        return False
    path = Path(name)
    return not path.exists() and (path.parent == Path() or not path.parent.is_dir())


def find_commit(name: str, revision: str = "main") -> str | None:
    """Return the commit of a model of the Hub whose configuration has been loaded.

    None where the cache does not tell.
    """
    import huggingface_hub

    cached = huggingface_hub.try_to_load_from_cache(name, "config.json", revision=revision)
    return Path(cached).parent.name if isinstance(cached, str) else None


@lru_cache(maxsize=32)  # a model is several files, and each would wait
def _must_be_cached(name: str, revision: str) -> bool:
    """Return whether the Hub does not answer, so that only what was loaded before is there.

    One short question: transformers and huggingface_hub would ask for half a minute, file by file.

    Raises:
        ModelError: The Hub does not answer, and there is no earlier copy of the model.
    """
    import huggingface_hub

    if huggingface_hub.constants.HF_HUB_OFFLINE:
        return False  # they know, and do not wait
    address = huggingface_hub.hf_hub_url(name, "config.json", revision=revision)
    try:
        huggingface_hub.get_session().head(address, timeout=PROBE_SECONDS)
    except Exception as error:  # those of an HTTP library that is huggingface_hub's affair
        cached = huggingface_hub.try_to_load_from_cache(name, "config.json", revision=revision)
        if isinstance(cached, str):
            return True
        raise ModelError(
            f"{name}: found no such folder here, and no answer of the Hub ({error}), expected one "
            f"of them. Correct the path, or {advise_on_network()}."
        ) from error
    return False


@contextmanager
def explain_failure(name: str) -> Iterator[None]:
    """Turn what ``from_pretrained`` raises into one clear error.

    Nothing but that call, or ``from_config``, belongs inside. Damaged files make it raise nearly
    anything (OSError, SafetensorError, UnpicklingError, KeyError, TypeError, ...), so all of it is
    caught.
    """
    try:
        yield
    except Exception as error:
        reason = str(error).strip().split("\n")[0]
        if "trust_remote_code" in str(error):
            raise ModelError(
                f"{name}: found a model that brings code of its own, expected a model type that "
                "transformers knows. Such code is never run. Choose another model, or a version "
                "of transformers that has this type."
            ) from error
        if not isinstance(error, OSError | ValueError):
            reason = f"{type(error).__name__}: {reason}"
        raise ModelError(
            f"{name}: found no usable model ({reason}), expected a folder or Hub name of an "
            "encoder with config.json, weights and tokenizer. Check the name, give "
            f"--model_name_or_path a folder, or {advise_on_network()}."
        ) from error
