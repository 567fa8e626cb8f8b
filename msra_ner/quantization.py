"""Models for OpenVINO in int8, without calibration data.

What is multiplied by weights is computed in int8. The scales of the activations are taken at run
time, for each word piece by itself: no sentences have to be chosen for it, and no text changes
another that shares its batch. docs/export.md says what was measured, and what else was tried.
"""

import math
from typing import Any


def quantize_openvino(model: Any) -> tuple[Any, dict[str, Any], dict[str, str]]:
    """Return an OpenVINO model with int8 weights, how it was done, and what to run it with."""
    import nncf

    # The width that all matrices are multiples of: what is no multiple is not computed in int8.
    group = math.gcd(*_widths(model))
    smaller = nncf.compress_weights(model, mode=nncf.CompressWeightsMode.INT8_SYM)
    how = {
        "method": "nncf.compress_weights",
        "weights": "int8, a scale for each row of a matrix",
        "activations": f"int8, a scale for each {group} numbers of a word piece, taken at run time",
    }
    # What is not in int8 is in bf16 where the CPU multiplies in it, else in fp32.
    settings = {
        "INFERENCE_PRECISION_HINT": "bf16",
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": str(group),
    }
    return smaller, how, settings


def _widths(model: Any) -> set[int]:
    """Return the length of what is multiplied by each matrix of weights."""
    widths = set()
    for product in model.get_ops():
        if product.get_type_name() != "MatMul":
            continue
        weights = product.input_value(1)
        if weights.get_node().get_type_name() == "Constant" and len(weights.get_shape()) > 1:
            rows, columns = list(weights.get_shape())[-2:]
            widths.add(columns if product.get_attributes()["transpose_b"] else rows)
    return widths
