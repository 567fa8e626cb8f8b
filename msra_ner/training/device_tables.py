"""Small tables that a loss reads on whatever device a batch is on."""

import torch
from torch import Tensor


class DeviceTables:
    """Tables on the CPU, and on each device that asked for them.

    They are copied there once, for which the CPU waits.
    """

    def __init__(self, *tables: Tensor) -> None:
        self._tables = {torch.device("cpu"): tables}

    def on(self, device: torch.device) -> tuple[Tensor, ...]:
        """Return the tables on a device."""
        if device not in self._tables:
            tables = self._tables[torch.device("cpu")]
            self._tables[device] = tuple(table.to(device) for table in tables)
        return self._tables[device]
