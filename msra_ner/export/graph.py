"""Translate a model under PyTorch to the files of another engine; nothing is checked here."""

import logging
import math
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msra_ner.errors import ModelError
from msra_ner.inference import CHAIN_LOGITS, GROUP_SIZE, HINT, INPUTS, MODEL_FILES, OUTPUTS
from msra_ner.models import PLAIN_LOGITS, find_chain, load_trained

if TYPE_CHECKING:
    import torch


# What the exporter translates to; each engine reads it, and later ones too.
OPSET = 20
# A protobuf file, which ONNX is, holds no more.
MAX_BYTES = 2**31 - 2**24
# Loggers of the exporters, whose warnings are about their own insides.
LOGGERS = ("torch.onnx", "nncf")


def write_model(source: Path, folder: Path, to: str, int8: bool) -> dict[str, Any]:
    """Write a model's files into a folder; return the engine's settings and how it was quantised.

    Raises:
        ModelError: The exporter cannot translate this model.
    """
    final = folder / MODEL_FILES[to][0]
    if to == "onnx":
        _write_graph(source, final)
        return {"settings": {}, "quantization": None}
    import openvino

    graph = folder / "fp32.onnx"
    _write_graph(source, graph)
    quantization: dict[str, Any] | None = None
    settings = {HINT: "f32"}  # by itself it takes bf16 where the CPU has it
    with _translating(source, "openvino"):
        model = openvino.Core().read_model(graph)
        if int8:
            model, quantization, settings = quantize_openvino(model)
        openvino.save_model(model, final, compress_to_fp16=False)
    graph.unlink()
    return {"settings": settings, "quantization": quantization}


def _write_graph(source: Path, path: Path) -> None:
    """Write the model in fp32 as ONNX, for batches of any size and length."""
    import torch

    # Attention as plain products: the other ways make graphs that the engines do not fuse.
    model = load_trained(source, dtype=torch.float32, attn_implementation="eager").eval()
    size = sum(weight.nbytes for weight in model.state_dict().values())
    if size > MAX_BYTES:
        raise ModelError(
            f"{source}: found {size:,} bytes of weights, expected at most {MAX_BYTES:,}, which is "
            "what an ONNX file holds. Export a smaller model."
        )
    # Two rows and padding: a trace of one row, or of a full mask, could take these for constants.
    ids = torch.full((2, 8), 5)
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    with _translating(source, "torch.onnx"):
        torch.onnx.export(
            _end_in_labels(model),
            (ids, mask),
            path,
            input_names=list(INPUTS),
            output_names=[*OUTPUTS, *([CHAIN_LOGITS] if find_chain(model) else [])],
            dynamic_shapes=(free, free),
            opset_version=OPSET,
            external_data=False,
            dynamo=True,
            verbose=False,
        )


def _end_in_labels(model: "torch.nn.Module") -> "torch.nn.Module":
    """Return a module from ids and mask to logits, best label ids and their probabilities.

    Behind them, the logits of a chain.
    """
    import torch

    class Labels(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(
            self, input_ids: torch.Tensor, attention_mask: torch.Tensor
        ) -> tuple[torch.Tensor, ...]:
            outputs = self.model(input_ids=input_ids, attention_mask=attention_mask)
            # Other programs know no chain.
            plain = outputs.get(PLAIN_LOGITS, outputs.logits)
            best = plain.softmax(dim=-1).max(dim=-1)
            found = (plain, best.indices, best.values)
            return (*found, outputs.logits) if PLAIN_LOGITS in outputs else found

    return Labels().eval()


@contextmanager
def _translating(source: Path, tool: str) -> Iterator[None]:
    """Keep an exporter's remarks about its own insides from the screen, and explain its errors."""
    loggers = [logging.getLogger(name) for name in LOGGERS]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        # nncf prints its bar to standard output, which is for the command's answer, and offers no
        # other way. The redirection holds for all threads, for the seconds that an export takes.
        with warnings.catch_warnings(), redirect_stdout(sys.stderr):
            warnings.simplefilter("ignore")
            yield
    except Exception as error:  # exporters raise what they like
        reason = str(error).strip().split("\n")[0]
        raise ModelError(
            f"{source}: found a model that {tool} cannot export ({reason}), expected a graph for "
            "batches of any size and length. Nothing was written: try another version of it."
        ) from error
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def quantize_openvino(model: Any) -> tuple[Any, dict[str, Any], dict[str, str]]:
    """Return an OpenVINO model with int8 weights, how it was done, and what to run it with."""
    import nncf

    # The width of which all matrices are multiples: others are not computed in int8.
    group = math.gcd(*_read_widths(model))
    smaller = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
    how = {
        "method": "nncf.compress_weights",
        "weights": "int8, a scale for each row of a matrix",
        "activations": f"int8, a scale for each {group} numbers of a word piece, taken at run time",
    }
    # What is not in int8 is in bf16 where the CPU multiplies in it, else in fp32.
    settings = {
        HINT: "bf16",
        GROUP_SIZE: str(group),
    }
    return smaller, how, settings


def _read_widths(model: Any) -> set[int]:
    """Return the length of what is multiplied by each matrix of weights."""
    widths = set()
    for product in (node for node in model.get_ops() if node.get_type_name() == "MatMul"):
        weights = product.input_value(1)
        if weights.get_node().get_type_name() == "Constant" and len(weights.get_shape()) > 1:
            rows, columns = list(weights.get_shape())[-2:]
            widths.add(columns if product.get_attributes()["transpose_b"] else rows)
    return widths
