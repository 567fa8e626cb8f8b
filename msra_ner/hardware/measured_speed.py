"""How fast this machine computes the layers of an encoder, measured once and remembered.

A processor's instructions say what it can do, not what pays: one with bf16 may multiply in it at
half the rate of fp32.
"""

import platform
import re
import time
from pathlib import Path

from msra_ner.errors import CorpusError
from msra_ner.storage import read_json_object, write_json

# Layers like those of a small encoder and of BERT-base, over a batch of so many word pieces.
WIDTHS = (384, 768)
PIECES = 512
# Of one width in one precision.
SECONDS = 0.12
_CPU_FACTS = re.compile(r"(?:vendor_id|cpu family|model|model name|stepping)\s*: (.*)")


def measure_speed(precision: str, threads: int, *, training: bool) -> float:
    """Return how many word pieces a second pass the layers on the CPU, with so many threads.

    In training, forwards and backwards, and the products in the precision; else forwards, with
    weights in it. What was measured is kept for the processor and the version of torch, in a file
    under ``HF_HOME``. Processes of a launcher wait for the one that measures.

    Raises:
        OSError: The file cannot be read or written.
    """
    import torch
    from filelock import FileLock
    from huggingface_hub.constants import HF_HOME

    file = Path(HF_HOME) / "msra_ner" / "speed.json"
    what = "training" if training else "tagging"
    where = f"{_identify_processor()}, torch {torch.__version__}"
    key = f"{where}: {what} in {precision}, threads: {threads}"
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(f"{file}.lock"):
            known = _read(file)
            if key not in known:
                known[key] = round(_time_layers(precision, threads, training=training), 1)
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


def _time_layers(precision: str, threads: int, *, training: bool) -> float:
    import torch

    before = torch.get_num_threads()
    random = torch.random.get_rng_state()
    torch.set_num_threads(threads)
    try:
        seconds = sum(_time_layer(precision, width, training=training) for width in WIDTHS)
    finally:
        torch.set_num_threads(before)
        torch.random.set_rng_state(random)
    return PIECES / seconds


def _time_layer(precision: str, width: int, *, training: bool) -> float:
    """Return the seconds that a batch takes at best: what else the machine does is not meant."""
    import torch
    from torch import nn

    dtype = torch.bfloat16 if precision == "bf16" else torch.float32
    projections = [nn.Linear(width, width) for _ in range(4)]
    feed_forward = [nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)]
    layer = nn.Sequential(*projections, *feed_forward, nn.LayerNorm(width)).train(training)
    values = torch.randn(PIECES, width)
    if not training:
        layer, values = layer.to(dtype), values.to(dtype)

    def step() -> None:
        halved = training and precision == "bf16"
        with torch.autocast("cpu", dtype, enabled=halved), torch.set_grad_enabled(training):
            found = layer(values)
        if training:
            found.sum().backward()

    end = time.perf_counter() + SECONDS
    best = float("inf")
    while best == float("inf") or time.perf_counter() < end:
        start = time.perf_counter()
        step()
        best = min(best, time.perf_counter() - start)
    return best
