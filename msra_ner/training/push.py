"""Pushes of a run to the Hub: the model and its card, and nothing else.

Before the first step the repository is opened, so that nothing fails after hours. Each save is a
commit that is sent while training goes on, and may fail; the last push comes after the scores.
"""

import logging
import os
import shutil
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from transformers import TrainerCallback, TrainingArguments
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR, HubStrategy

from msra_ner.errors import MsraNerError
from msra_ner.hub import Files, collect_files, format_push_command, open_repository, send_files
from msra_ner.report import STAGED

logger = logging.getLogger(__name__)


class HubPush(TrainerCallback):
    """Sends each checkpoint in the background and the finished run at the end.

    The main process has one; it owns the repository, the thread that sends, and the folders from
    which states are sent. The repository is private unless ``hub_private_repo`` is False.

    Args:
        args: The settings of the run: ``output_dir`` and those that begin with ``hub_``.

    Raises:
        HubError: The repository cannot be written to.
    """

    def __init__(self, args: TrainingArguments) -> None:
        """Open the repository, and remove what a process that was killed left."""
        self._args = args
        self._run_dir = Path(args.output_dir or ".")
        self._private = args.hub_private_repo is not False
        name = args.hub_model_id or self._run_dir.absolute().name
        self._repository = open_repository(
            name,
            "model",
            ending="Nothing was trained or written. Correct this and repeat the command (with "
            "another --hub_model_id, if it is the name), or leave --push_to_hub out and push "
            "afterwards: "
            + format_push_command(self._run_dir, name, private=self._private, revision=None),
            private=self._private,
            public_flag="give --hub_private_repo false",
            token=args.hub_token,
            revision=args.hub_revision,
        )
        for staged in self._run_dir.glob(f"{STAGED}*"):
            shutil.rmtree(staged, ignore_errors=True)
        self._sender = ThreadPoolExecutor(1, "push")
        self._sending: Future[None] | None = None  # the newest; they are sent one by one
        logger.info("After training the model goes to %s", self._repository.url)

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Send the model of a checkpoint in the background; a failure stops nothing."""
        if args.hub_strategy == HubStrategy.END:
            return
        if self._sending and not self._sending.done() and not args.hub_always_push:
            logger.info("The last push is not done yet: this state is not pushed.")
            return
        # The checkpoint may be removed while it is sent.
        staged = tempfile.TemporaryDirectory(prefix=STAGED, dir=self._run_dir)
        try:
            files = collect_files(
                self._run_dir,
                self._repository.repo_id,
                private=self._private,
                checkpoint=self._run_dir / f"{PREFIX_CHECKPOINT_DIR}-{state.global_step}",
            )
            files = {name: _keep(content, Path(staged.name)) for name, content in files.items()}
        except (MsraNerError, OSError) as error:
            staged.cleanup()
            logger.warning("The state is not pushed: %s Training goes on.", error)
            return
        message = f"Training in progress, step {state.global_step}"
        self._sending = self._sender.submit(self._send, files, message, staged)

    def _send(self, files: Files, message: str, staged: "tempfile.TemporaryDirectory[str]") -> None:
        """Send a state, in the thread of the pushes."""
        ending = "Training goes on, and pushes again at the next save and at the end."
        with staged:
            try:
                send_files(self._repository, files, message, ending, self._args.hub_revision)
            except (MsraNerError, OSError) as error:
                if threading.main_thread().is_alive():  # else nothing goes on
                    logger.warning("%s", error)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Wait until all states are sent."""
        if self._sending:
            self._sending.result()

    def push_run(self) -> str:
        """Push what is in ``output_dir``, wait until it is there and return the address.

        Raises:
            HubError: The push failed; the message has the command that repeats it.
        """
        name, branch = self._repository.repo_id, self._args.hub_revision
        command = format_push_command(self._run_dir, name, private=self._private, revision=branch)
        ending = f"The run is complete and stays in {self._run_dir}. To push it again: {command}"
        files = collect_files(self._run_dir, name, private=self._private)
        url = send_files(self._repository, files, "End of training", ending, branch)
        logger.info("The model is on the Hub: %s", url)
        return url


def _keep(content: Path | bytes, folder: Path) -> Path | bytes:
    """Return content that stays as it is: a file gets a second name in a folder."""
    if isinstance(content, bytes):
        return content
    kept = folder / content.name
    try:
        os.link(content, kept)
    except OSError:  # a file system without links
        shutil.copyfile(content, kept)
    return kept
