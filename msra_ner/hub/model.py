"""A model to the Hub: what is sent of a run, its card, and the push in one commit."""

import shlex
from pathlib import Path
from typing import Any

import huggingface_hub

from msra_ner.argument_types import check_argument_types
from msra_ner.errors import CorpusNotFoundError, ModelError
from msra_ner.hub.card_words import check_card_words
from msra_ner.hub.client import Files, Repository, open_repository
from msra_ner.hub.dataset_card import CARD_FILE
from msra_ner.hub.model_card import CURVES_FILE, draw_curves_png, format_card
from msra_ner.hub.model_facts import read_facts
from msra_ner.hub.model_files import WEIGHTS, read_model_files
from msra_ner.report import RESULTS_FILE


@check_argument_types
def push_model(
    run_dir: str | Path,
    repo_id: str,
    *,
    repeat: str | None = None,
    private: bool = True,
    token: str | None = None,
    revision: str | None = None,
    license: str | None = None,
    language: str | None = None,
    card: Path | None = None,
    endpoint: str | None = None,
) -> str:
    """Push the model of a run to the Hub in one commit and return its address.

    Args:
        run_dir: The ``--output_dir`` of a run; it is not changed.
        repo_id: ``account/name``, or a name under the account of the token.
        repeat: The command that does this again, for messages; None makes one.
        private: Make the repository private, and refuse one that is public.
        token: Token with write access; None takes that of the Hub's login or ``HF_TOKEN``.
        revision: Branch to push to, which must be there; None takes the main one.
        license: The Hub's name of the model's licence, for the card.
        language: ISO 639 code for the card; None takes what is known.
        card: A card to send in place of the one that is written from the run.
        endpoint: Address of the Hub; None takes ``HF_ENDPOINT``, else the public one.

    Raises:
        ArgumentsError: The Hub knows no such language or licence.
        CorpusNotFoundError: There is no such folder, or no such card.
        ModelError: A part of the model is missing or damaged, or the card has no front matter.
        CorpusError, ScoreError: Scores or predictions are damaged or of another run.
        HubError: The push failed; the message says why, and what to do.
    """
    run_dir = Path(run_dir)
    repeat = repeat or format_push_command(run_dir, repo_id, private=private, revision=revision)
    words: dict[str, Any] = {"license": license, "language": language, "card": card}
    # All that is wrong here shows before the Hub is asked for anything.
    files = collect_files(run_dir, repo_id, private=private, **words)
    ending = f"The model stays in {run_dir}. To try again: {repeat}"
    repository = open_repository(
        repo_id,
        "model",
        ending=ending,
        private=private,
        public_flag="push with --public",
        token=token,
        revision=revision,
        endpoint=endpoint,
    )
    if repository.repo_id != repo_id:  # the card names the account too
        files = collect_files(run_dir, repository.repo_id, private=private, **words)
    return send_files(repository, files, "Upload model with msra-ner", ending, revision)


def collect_files(
    run_dir: Path,
    repo_id: str,
    *,
    private: bool = True,
    checkpoint: Path | None = None,
    license: str | None = None,
    language: str | None = None,
    card: Path | None = None,
) -> dict[str, Path | bytes]:
    """Return what is sent of a run, by name in the repository, the card first.

    All but ``checkpoint``, whose model is sent while training goes on, is as in
    :func:`push_model`.
    """
    check_card_words(language, license)
    model = read_model_files(checkpoint or run_dir)
    files: dict[str, Path | bytes] = {}
    if card is not None:
        files[CARD_FILE] = _read_card(card)
    else:
        facts = read_facts(run_dir, model, checkpoint)
        text = format_card(facts, repo_id, private=private, license=license, language=language)
        files[CARD_FILE] = text.encode()
        if curves := draw_curves_png(facts):
            files[CURVES_FILE] = curves
    results = run_dir / RESULTS_FILE
    if checkpoint is None and results.is_file():
        files[RESULTS_FILE] = results
    return {**files, **model.files}


def send_files(
    repository: Repository, files: Files, message: str, ending: str, revision: str | None = None
) -> str:
    """Send files to a repository in one commit and return its address.

    Weights of an earlier push that are not among the files go with the same commit; all else in
    the repository stays.

    Raises:
        HubError: The push failed; the message ends with ``ending``.
    """
    repository.send(files, message, obsolete=WEIGHTS, ending=ending, revision=revision)
    return repository.url


def format_push_command(run_dir: Path, repo_id: str, *, private: bool, revision: str | None) -> str:
    """Return the command that pushes a run."""
    words = ["msra-ner", "push", str(run_dir), repo_id, *([] if private else ["--public"])]
    return shlex.join([*words, *(["--revision", revision] if revision else [])])


def count_bytes(content: Path | bytes) -> int:
    """Return the bytes of what is sent."""
    return len(content) if isinstance(content, bytes) else content.stat().st_size


def _read_card(path: Path) -> bytes:
    """Return a card that somebody wrote, if the Hub can read it."""
    if not path.is_file():
        raise CorpusNotFoundError(f"--card: found no file {path}, expected a card in Markdown.")
    try:
        text = path.read_text(encoding="utf-8")
        if not text.startswith("---"):
            raise ValueError("no front matter: the first line is not ---")
        huggingface_hub.ModelCard(text)
    except Exception as error:  # of YAML, of the encoding, of the client's own checks
        reason = str(error).strip().split("\n")[0]
        raise ModelError(
            f"--card: found {path} with {reason}; expected front matter in YAML between two lines "
            "of ---, then Markdown. 'msra-ner push --dry_run' prints one."
        ) from error
    return text.encode()
