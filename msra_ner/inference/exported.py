"""The runtimes of exported models: ONNX Runtime and OpenVINO, on the CPU.

`export.json` beside an exported model says which engine, and with which settings.
"""

import threading
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msra_ner.errors import ModelError
from msra_ner.extras import require_module
from msra_ner.models import (
    CONFIG_KEY,
    find_position_limit,
    load_config,
    load_labels,
    read_chain_scheme,
)
from msra_ner.storage import read_json_object

if TYPE_CHECKING:
    from msra_ner.inference.runtimes import IntArray, Logits, Runtime


MANIFEST_FILE = "export.json"
# The files of each format, named as optimum names them; the first is what the engine opens.
MODEL_FILES = {"onnx": ("model.onnx",), "openvino": ("openvino_model.xml", "openvino_model.bin")}
# OpenVINO's properties for what is not in int8, and for the scales of what is.
HINT, GROUP_SIZE = "INFERENCE_PRECISION_HINT", "DYNAMIC_QUANTIZATION_GROUP_SIZE"
# What a manifest may set of each engine: others write files (CACHE_DIR) or load code.
SETTINGS = {"onnx": (), "openvino": (HINT, GROUP_SIZE)}
# The module of each format's engine, which the extra of the format's name installs.
ENGINES = {"onnx": "onnxruntime", "openvino": "openvino"}
INPUTS = ("input_ids", "attention_mask")
LOGITS = "logits"
# The best label of each word piece and its probability are for programs without a decoder.
OUTPUTS = (LOGITS, "label_ids", "probabilities")
# Of a model with a chain, whose `logits` are those of its own head, as other programs want them.
CHAIN_LOGITS = "chain_logits"
# Parts of a batch that OpenVINO computes side by side: its threads wait for each other after every
# operation, and those of two parts wait less.
STREAMS = 2


class _Exported:
    """What :class:`Runtime` says of a model, from the config.json beside an export."""

    def __init__(self, folder: Path) -> None:
        config = load_config(str(folder))
        self.labels = load_labels(str(folder))
        self.settings: Mapping[str, Any] = getattr(config, CONFIG_KEY, {})
        self.limit = find_position_limit(config)
        self._output = CHAIN_LOGITS if read_chain_scheme(self.settings) else LOGITS

    def _check_outputs(self, folder: Path, names: Collection[str]) -> None:
        if self._output not in names:
            raise ModelError(
                f"{folder}: found the outputs {', '.join(sorted(names))}, expected "
                f"{self._output} among them. Repeat the export."
            )


class OnnxRuntime(_Exported):
    """An exported model under ONNX Runtime."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        """Open a session with these entries of its configuration, and as many threads as torch."""
        import onnxruntime
        import torch

        super().__init__(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.log_severity_level = 3  # errors; its warnings are about its own optimiser
        for key, value in settings.items():
            options.add_session_config_entry(key, value)
        self._session = onnxruntime.InferenceSession(
            folder / MODEL_FILES["onnx"][0], options, providers=["CPUExecutionProvider"]
        )
        self._check_outputs(folder, [output.name for output in self._session.get_outputs()])

    def compute_logits(self, input_ids: "IntArray", attention_mask: "IntArray") -> "Logits":
        """Return logits, see :meth:`Runtime.compute_logits`."""
        batch = dict(zip(INPUTS, (input_ids, attention_mask), strict=True))
        logits: Logits = self._session.run([self._output], batch)[0]
        return logits


class OpenVinoRuntime(_Exported):
    """An exported model under OpenVINO."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        """Compile the model for the CPU with these properties, and as many threads as torch."""
        import openvino
        import torch

        super().__init__(folder)
        threads = torch.get_num_threads()
        streams = min(STREAMS, threads)
        compiled = openvino.Core().compile_model(
            folder / MODEL_FILES["openvino"][0],
            "CPU",
            {"INFERENCE_NUM_THREADS": threads, "NUM_STREAMS": streams, **settings},
        )
        self._check_outputs(
            folder, {name for output in compiled.outputs for name in output.get_names()}
        )
        self._requests = [compiled.create_infer_request() for _ in range(streams)]
        # A request holds the input and output of one batch: threads take turns.
        self._lock = threading.Lock()

    def compute_logits(self, input_ids: "IntArray", attention_mask: "IntArray") -> "Logits":
        """Return logits, see :meth:`Runtime.compute_logits`."""
        import numpy as np

        # A row is not divided, so a batch of one row takes one stream.
        count = min(len(self._requests), len(input_ids))
        requests = self._requests[:count]
        parts = (np.array_split(part, count) for part in (input_ids, attention_mask))
        with self._lock:
            for request, batch in zip(requests, zip(*parts, strict=True), strict=True):
                request.start_async(dict(zip(INPUTS, batch, strict=True)))
            for request in requests:
                request.wait()
            # Joining copies, and has to: the next batch overwrites what the requests hold.
            logits: Logits = np.concatenate(
                [request.get_tensor(self._output).data for request in requests]
            )
        return logits


def is_exported(name: str | Path) -> bool:
    """Return whether a name is that of a folder that ``msra-ner export`` wrote for an engine."""
    return (Path(name) / MANIFEST_FILE).is_file()


def open_exported(folder: str | Path) -> "Runtime | None":
    """Return the runtime of a folder that ``msra-ner export`` wrote; None for any other name.

    Raises:
        ModelError: The folder's manifest or a file is broken or missing, or the format's library
            is not installed.
    """
    folder = Path(folder)
    path = folder / MANIFEST_FILE
    if not path.is_file():
        return None
    manifest = read_json_object(path, error=ModelError, remedy="Repeat the export.")
    kind, settings = manifest.get("format"), manifest.get("settings")
    if kind not in MODEL_FILES or not isinstance(settings, dict):
        raise ModelError(
            f"{path}: found the format {kind!r}, expected one of {', '.join(MODEL_FILES)}, and "
            "settings. Repeat the export, or upgrade msra-ner if a newer one wrote it."
        )
    for name, value in settings.items():
        if name not in SETTINGS[kind] or not isinstance(value, str):
            raise ModelError(
                f"{path}: found the setting {name}={value!r}, expected of an export to {kind} "
                f"{' or '.join(SETTINGS[kind]) or 'none'}, with text. Repeat the export."
            )
    for name in (*MODEL_FILES[kind], "config.json"):
        if not (folder / name).is_file():
            raise ModelError(
                f"{folder}: found {MANIFEST_FILE} without {name}, expected all files of the "
                "export. Copy the whole folder, or repeat the export."
            )
    require_module(ENGINES[kind], kind)
    try:
        if kind == "onnx":
            return OnnxRuntime(folder, settings)
        return OpenVinoRuntime(folder, settings)
    except ModelError:
        raise
    except Exception as error:  # each engine has exceptions of its own, without a common base
        reason = str(error).strip().split("\n")[0]
        raise ModelError(
            f"{folder}: found a model that {ENGINES[kind]} cannot open ({reason}), expected what "
            "msra-ner export wrote. Repeat the export, or install the library's version that "
            f"{MANIFEST_FILE} names."
        ) from error
