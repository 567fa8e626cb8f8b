"""The Trainer's pushes to the Hub, with this package's filter and card.

Before the first step the repository is opened, so that nothing fails after hours. Each save is a
commit that is sent while training goes on, and may fail; the last push comes after the scores.
"""

import logging
import os
import shutil
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from transformers import Trainer
from transformers.trainer_utils import HubStrategy
from transformers.utils.hub import PushInProgress

from msra_ner.errors import MsraNerError
from msra_ner.hub import Files, Repository, collect_files, open_repository, push_command, send_files
from msra_ner.report import STAGED

logger = logging.getLogger(__name__)


class HubTrainer(Trainer):
    """The Trainer, whose pushes send the model and its card and nothing else."""

    _repository: Repository | None = None  # set on the main process alone
    _sender: ThreadPoolExecutor | None = None
    hub_model_id: Any  # the Trainer's own, of whose types only None is declared
    push_in_progress: Any

    def init_hf_repo(self, token: str | None = None, private: bool | None = None) -> None:
        """Open the repository, which is made private unless ``--hub_private_repo false``.

        Raises:
            HubError: It cannot be written to.
        """
        if not self.is_world_process_zero():
            return
        name = self.args.hub_model_id or self._run_dir.absolute().name
        self._repository = open_repository(
            name,
            "model",
            ending="Nothing was trained or written. Mend this and repeat the command (with another "
            "--hub_model_id, if it is the name), or leave --push_to_hub out and push afterwards: "
            + push_command(self._run_dir, name, private=self._private, revision=None),
            private=self._private if private is None else private,
            public_flag="give --hub_private_repo false",
            token=token or self.args.hub_token,
            revision=self.args.hub_revision,
        )
        self.hub_model_id = self._repository.repo_id
        self.push_in_progress = None
        for staged in self._run_dir.glob(f"{STAGED}*"):  # of a process that was killed
            shutil.rmtree(staged, ignore_errors=True)
        logger.info("After training the model goes to %s", self._repository.url)

    def push_to_hub(
        self,
        commit_message: str | None = "End of training",
        blocking: bool = True,
        token: str | None = None,
        revision: str | None = None,
        private: bool | None = None,
        **kwargs: Any,
    ) -> Any:
        """Push what stands in ``--output_dir`` and return the address; wait until it is there.

        Raises:
            HubError: The push failed; the message has the command that repeats it.
        """
        if not self.is_world_process_zero():
            return None
        if self._repository is None:
            self.init_hf_repo(token, private)
        assert self._repository is not None
        self._finish_current_push()
        self.callback_handler.on_push_begin(self.args, self.state, self.control)
        files = collect_files(self._run_dir, self._repository.repo_id, private=self._private)
        message = commit_message or "End of training"
        branch = revision or self.args.hub_revision
        url = send_files(self._repository, files, message, self._ending(branch), branch)
        logger.info("The model is on the Hub: %s", url)
        return url

    def _push_from_checkpoint(self, checkpoint_folder: str) -> None:
        """Send the model of a checkpoint in the background; that it fails stops nothing."""
        if not self.is_world_process_zero() or self.args.hub_strategy == HubStrategy.END:
            return
        assert self._repository is not None
        busy = self.push_in_progress is not None and not self.push_in_progress.is_done()
        if busy and not self.args.hub_always_push:
            logger.info("The last push is not done yet: this state is not pushed.")
            return
        self.callback_handler.on_push_begin(self.args, self.state, self.control)
        message = f"Training in progress, step {self.state.global_step}"
        # The checkpoint may be removed while it is sent.
        staged = tempfile.TemporaryDirectory(prefix=STAGED, dir=self._run_dir)
        try:
            files = collect_files(
                self._run_dir,
                self._repository.repo_id,
                private=self._private,
                checkpoint=Path(checkpoint_folder),
            )
            files = {name: _kept(content, Path(staged.name)) for name, content in files.items()}
        except (MsraNerError, OSError) as error:
            staged.cleanup()
            logger.warning("The state is not pushed: %s Training goes on.", error)
            return
        self._sender = self._sender or ThreadPoolExecutor(1, "push")
        job = self._sender.submit(self._send, self._repository, files, message, staged)
        jobs = [*(self.push_in_progress.jobs if busy else []), job]
        self.push_in_progress = PushInProgress(jobs)  # type: ignore[arg-type]

    def _send(self, repository: Repository, files: Files, message: str, staged: Any) -> None:
        """Send a state, in the thread of the pushes."""
        ending = "Training goes on, and pushes again at the next save and at the end."
        with staged:
            try:
                send_files(repository, files, message, ending, self.args.hub_revision)
            except (MsraNerError, OSError) as error:
                if threading.main_thread().is_alive():  # else nothing goes on
                    logger.warning("%s", error)

    def _ending(self, revision: str | None) -> str:
        assert self._repository is not None
        name = self._repository.repo_id
        command = push_command(self._run_dir, name, private=self._private, revision=revision)
        return f"The run is complete and stays in {self._run_dir}. To push it again: {command}"

    @property
    def _run_dir(self) -> Path:
        return Path(self.args.output_dir or ".")

    @property
    def _private(self) -> bool:
        return self.args.hub_private_repo is not False


def _kept(content: Path | bytes, folder: Path) -> Path | bytes:
    """Return content that stays as it is: a file gets a second name in a folder."""
    if isinstance(content, bytes):
        return content
    kept = folder / content.name
    try:
        os.link(content, kept)
    except OSError:  # a file system without links
        shutil.copyfile(content, kept)
    return kept
