"""Batches under a budget of word pieces, the same on every process, and the loader for them."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import datasets
import numpy as np
import pyarrow as pa
import torch
from accelerate.data_loader import prepare_data_loader
from numpy.typing import ArrayLike, NDArray
from torch.utils.data import DataLoader, Dataset, Sampler
from transformers import TrainingArguments

from msra_ner.dataset import IGNORE_INDEX
from msra_ner.errors import ArgumentsError


def cut_batches(lengths: ArrayLike, tokens: int, processes: int = 1) -> list[int]:
    """Return where each batch of all processes starts, and the end of the last.

    Args:
        lengths: Shape ``(rows,)``, word pieces a row, the longest first.
        tokens: Word pieces, padding included, that one process computes in a batch; a row that is
            longer makes a batch of its own.
        processes: How many share a batch; each gets at least one row of it.

    Raises:
        ArgumentsError: There are fewer rows than processes, or no budget.
    """
    longest_first = np.asarray(lengths)
    rows = len(longest_first)
    if tokens < 1:
        raise ArgumentsError(f"--per_device_train_tokens: found {tokens}, expected at least 1.")
    if rows < processes:
        raise ArgumentsError(
            f"found {rows} windows of train for {processes} processes, expected at least one for "
            "each. Start fewer processes."
        )
    starts = [0]
    while starts[-1] < rows:
        each = max(1, tokens // max(1, int(longest_first[starts[-1]])))
        starts.append(min(rows, starts[-1] + each * processes))
    # No process may be without a row in the last batch: it takes from the one before, or where
    # that has none to spare joins it (a few of the shortest rows above the budget).
    last = starts[-1] - starts[-2]
    if last < processes:
        if rows - starts[-3] >= 2 * processes:
            starts[-2] = rows - processes
        else:
            del starts[-2]
    return starts


class TokenBatches(Sampler[list[int]]):
    """The batches of one process: lists of row numbers, each row once an epoch over all processes.

    All processes have the same number of batches, and the parts of one batch differ by one row at
    most, of nearly the same length: equal work. The batch with the longest row comes first, so
    that memory that will not do is noticed at once.

    Args:
        lengths: Shape ``(rows,)``, word pieces of each row.
        tokens: Word pieces, padding included, of one batch of one process.
        processes: How many processes share the rows.
        process: Which of them this is, from 0.
        seed: With the epoch it decides the order.

    Raises:
        ArgumentsError: See :func:`cut_batches`.
    """

    def __init__(
        self,
        lengths: ArrayLike,
        tokens: int,
        *,
        processes: int = 1,
        process: int = 0,
        seed: int = 0,
    ) -> None:
        self._epoch = 0
        self._lengths: NDArray[Any] = np.asarray(lengths)
        self._starts = cut_batches(np.sort(self._lengths)[::-1], tokens, processes)
        self._processes, self._process, self._seed = processes, process, seed

    def set_epoch(self, epoch: int) -> None:
        """Take the order of an epoch; the Trainer calls this before each, after resuming too."""
        self._epoch = epoch

    def __len__(self) -> int:
        """Return the number of batches an epoch, the same for each process."""
        return len(self._starts) - 1

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the rows of each batch of this process."""
        random = np.random.default_rng([self._seed, self._epoch])
        order = np.lexsort((random.random(len(self._lengths)), -self._lengths))
        turns = random.permutation(np.arange(1, len(self)))
        for batch in (0, *turns.tolist()):
            rows = order[self._starts[batch] : self._starts[batch + 1]]
            yield rows[self._process :: self._processes].tolist()

    def padding(self) -> float:
        """Return the share of all computed word pieces that is padding, between 0 and 1."""
        longest_first = np.sort(self._lengths)[::-1]
        computed = 0
        for start, end in zip(self._starts, self._starts[1:], strict=False):
            for process in range(self._processes):
                part = longest_first[start:end][process :: self._processes]
                computed += len(part) * int(part[0])
        return 1 - int(self._lengths.sum()) / computed


def mean_budget(lengths: ArrayLike, rows: int) -> int:
    """Return the budget of word pieces that holds ``rows`` rows of average length."""
    return max(1, round(rows * float(np.mean(np.asarray(lengths)))))


class WindowTable(Dataset[Any]):
    """Rows of the ``aligned`` configuration, fetched as an Arrow table a batch."""

    def __init__(self, rows: datasets.Dataset) -> None:
        self._rows = rows.with_format("arrow", columns=["input_ids", "labels"])

    def __len__(self) -> int:
        return len(self._rows)

    def __getitems__(self, indices: Sequence[int]) -> pa.Table:
        """Return the rows of a batch; the name is the DataLoader's for a whole batch at once."""
        return self._rows[list(indices)]


def pad_batch(table: pa.Table, padding: int) -> dict[str, torch.Tensor]:
    """Return the rows of a batch, padded on the right to the longest of them.

    ``input_ids``, ``labels`` and, where something is padding, ``attention_mask`` have the shape
    ``(rows, longest)``. Without a mask attention is faster, and nobody has to wait for the device
    to see that all of it is ones.
    """
    pieces = table["input_ids"].combine_chunks()
    lengths = np.diff(pieces.offsets.to_numpy())
    real = np.arange(lengths.max()) < lengths[:, None]
    ids = np.full(real.shape, padding, dtype=np.int64)
    labels = np.full(real.shape, IGNORE_INDEX, dtype=np.int64)
    ids[real] = pieces.flatten().to_numpy()
    labels[real] = table["labels"].combine_chunks().flatten().to_numpy()
    arrays = {"input_ids": ids, "labels": labels}
    if not real.all():
        arrays["attention_mask"] = real.astype(np.int64)
    return {name: torch.from_numpy(array) for name, array in arrays.items()}


def build_train_loader(
    rows: datasets.Dataset, batches: TokenBatches, padding: int, args: TrainingArguments
) -> DataLoader[Any]:
    """Return the loader of one process: its own batches, put on its device.

    ``rows`` are of the ``aligned`` configuration, ``padding`` is the id of the padding piece. From
    pinned memory (``args``) batches are copied while the device computes.
    """
    loader: DataLoader[Any] = DataLoader(
        WindowTable(rows),
        batch_sampler=batches,
        collate_fn=partial(pad_batch, padding=padding),
        num_workers=args.dataloader_num_workers,
        prefetch_factor=args.dataloader_prefetch_factor,
        persistent_workers=args.dataloader_persistent_workers,
        pin_memory=args.dataloader_pin_memory,
    )
    # One of one process: the batches are this process's own, and accelerate must not share them
    # out again.
    prepared: DataLoader[Any] = prepare_data_loader(
        loader,
        args.device,
        num_processes=1,
        process_index=0,
        put_on_device=True,
        dispatch_batches=False,
        even_batches=False,
        non_blocking=args.dataloader_pin_memory,
    )
    return prepared
