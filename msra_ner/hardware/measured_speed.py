"""How fast this machine computes a layer of an encoder, measured once and remembered.

A processor's instructions say what it can do, not what pays: one with bf16 may multiply in it at
half the rate of fp32.
"""

import platform
import re
import time
from pathlib import Path

from msra_ner.errors import CorpusError
from msra_ner.hardware.layer_sizes import LayerSizes, Work
from msra_ner.storage import read_json_object, write_json

# A batch, as the sentences of a corpus make it: word pieces of a row, and rows at most.
PIECES, ROWS = 64, 8
# Products of numbers in one pass at most, forwards: a batch of wider layers has fewer rows.
PRODUCTS = 4_000_000_000
# Of one precision.
SECONDS = 0.2
_CPU_FACTS = re.compile(r"(?:vendor_id|cpu family|model|model name|stepping)\s*: (.*)")


def measure_speed(precision: str, threads: int, *, work: Work, sizes: LayerSizes) -> float:
    """Return how many word pieces a second pass a layer on the CPU, with so many threads.

    What was measured is kept for the processor, the version of torch and the sizes, in a file
    under ``HF_HOME``. Processes of a launcher wait for the one that measures.

    Args:
        precision: ``fp32`` or ``bf16``.
        threads: Those of the process.
        work: What the layer is to do. Tagging has weights in the precision; training and evaluation
            have them in fp32, and the products in the precision.
        sizes: Those of the layer.

    Raises:
        OSError: The file cannot be read or written.
    """
    import torch
    from filelock import FileLock
    from huggingface_hub.constants import HF_HOME

    sizes = sizes.fit()
    file = Path(HF_HOME) / "msra_ner" / "speed.json"
    where = f"{_identify_processor()}, torch {torch.__version__}"
    key = f"{where}: {work} in {precision}, threads: {threads}, {sizes}"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(f"{file}.lock"):
            known = _read(file)
            if key not in known:
                known[key] = round(_time_layer(precision, threads, work, sizes), 1)
                write_json(file, known)
            return known[key]
    except NotImplementedError as error:  # a file system without locks
        raise OSError(str(error)) from error


def _read(file: Path) -> dict[str, float]:
    """Return what was measured before; a damaged file is written again."""
    try:
        found = read_json_object(file, error=CorpusError, remedy="")
        return {key: float(value) for key, value in found.items()}
    except (CorpusError, ValueError, TypeError):
        return {}


def _identify_processor() -> str:
    """Return what tells one kind of processor from another; the name alone does not."""
    try:
        first, _, _ = Path("/proc/cpuinfo").read_text(encoding="utf-8").partition("\n\n")
    except OSError:  # not Linux
        return f"{platform.machine()} {platform.processor()}"
    return f"{platform.machine()} {' '.join(_CPU_FACTS.findall(first))}"


def _time_layer(precision: str, threads: int, work: Work, sizes: LayerSizes) -> float:
    """Return the word pieces a second of a layer, and leave torch as it was."""
    import torch

    before = torch.get_num_threads()
    random = torch.random.get_rng_state()
    torch.set_num_threads(threads)
    try:
        return _time_passes(precision, work, sizes)
    finally:
        torch.set_num_threads(before)
        torch.random.set_rng_state(random)


def _time_passes(precision: str, work: Work, sizes: LayerSizes) -> float:
    """Return the word pieces a second at best: what else the machine does is not meant."""
    import torch

    from msra_ner.hardware.layer import Layer

    trains = work == "training"
    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    layer = Layer(sizes).train(trains)
    weights = sum(parameter.numel() for parameter in layer.parameters())
    rows = max(1, min(ROWS, PRODUCTS // (weights * PIECES)))
    values = torch.randn(rows, PIECES, sizes.hidden)
    if work == "tagging":
        layer, values = layer.to(dtype), values.to(dtype)
    halved = precision == "bf16" and work != "tagging"

    def step() -> None:
        layer.zero_grad()
        with torch.autocast("cpu", dtype, enabled=halved), torch.set_grad_enabled(trains):
            found = layer(values)
        if trains:
            found.sum().backward()

    step()  # the first is slower: torch prepares its products
    end = time.perf_counter() + SECONDS
    best = float("inf")
    while best == float("inf") or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        best = min(best, time.perf_counter() - start)
    return rows * PIECES / best
