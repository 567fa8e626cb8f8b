"""The training rows as tensors: fetched a batch at a time from the mapped table, and padded."""

import math
from collections.abc import Sequence
from typing import Any

import datasets
import numpy as np
import pyarrow as pa
import torch
from accelerate.data_loader import prepare_data_loader
from torch.utils.data import DataLoader, Dataset
from transformers import TrainerCallback

from msra_ner.alignment import IGNORE_INDEX
from msra_ner.token_batches import TokenBatches


class WindowTable(Dataset[Any]):
    """Rows of the ``aligned`` configuration, fetched as an Arrow table a batch."""

    def __init__(self, rows: datasets.Dataset) -> None:
        """Look at the columns that training needs, no others."""
        self._rows = rows.with_format("arrow", columns=["input_ids", "labels"])

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._rows)

    def __getitems__(self, indices: Sequence[int]) -> pa.Table:
        """Return the rows of a batch; the name is the DataLoader's for a whole batch at once."""
        return self._rows[list(indices)]


class PadBatch:
    """Pads the rows of a batch on the right to the longest of them."""

    def __init__(self, padding: int) -> None:
        """Keep the id of the padding piece."""
        self._padding = padding

    def __call__(self, table: pa.Table) -> dict[str, torch.Tensor]:
        """Return ``input_ids``, ``labels`` and, where something is padding, ``attention_mask``.

        Each has the shape ``(rows, longest)``. Without a mask attention is faster, and nobody has
        to wait for the device to see that all of it is ones.
        """
        pieces = table["input_ids"].combine_chunks()
        lengths = np.diff(pieces.offsets.to_numpy())
        real = np.arange(lengths.max()) < lengths[:, None]
        ids = np.full(real.shape, self._padding, dtype=np.int64)
        labels = np.full(real.shape, IGNORE_INDEX, dtype=np.int64)
        ids[real] = pieces.flatten().to_numpy()
        labels[real] = table["labels"].combine_chunks().flatten().to_numpy()
        arrays = {"input_ids": ids, "labels": labels}
        if not real.all():
            arrays["attention_mask"] = real.astype(np.int64)
        return {name: torch.from_numpy(array) for name, array in arrays.items()}


class EpochOrder(TrainerCallback):
    """Tells the batches which epoch begins, in a run that was resumed in its middle too."""

    def on_epoch_begin(
        self, args: Any, state: Any, control: Any, train_dataloader: Any = None, **kwargs: Any
    ) -> None:
        """Count epochs in steps, which a checkpoint knows exactly."""
        batches = getattr(train_dataloader, "batch_sampler", None)
        if isinstance(batches, TokenBatches):
            steps = math.ceil(len(batches) / args.gradient_accumulation_steps)
            batches.epoch = state.global_step // steps


def build_train_loader(
    rows: datasets.Dataset, batches: TokenBatches, padding: int, device: torch.device, args: Any
) -> DataLoader[Any]:
    """Return the loader of one process: its own batches, put on its device.

    Args:
        rows: Rows of the ``aligned`` configuration.
        batches: The batches of this process.
        padding: Id of the padding piece.
        device: Where batches go; from pinned memory they are copied while the device computes.
        args: The Trainer's settings: workers, prefetching, pinned memory.
    """
    loader: DataLoader[Any] = DataLoader(
        WindowTable(rows),
        batch_sampler=batches,
        collate_fn=PadBatch(padding),
        num_workers=args.dataloader_num_workers,
        prefetch_factor=args.dataloader_prefetch_factor,
        persistent_workers=args.dataloader_persistent_workers,
        pin_memory=args.dataloader_pin_memory,
    )
    # The batches are this process's own already: accelerate must not share them out again.
    prepared: DataLoader[Any] = prepare_data_loader(
        loader,
        device,
        num_processes=1,
        process_index=0,
        put_on_device=True,
        dispatch_batches=False,
        even_batches=False,
        non_blocking=args.dataloader_pin_memory,
    )
    return prepared
