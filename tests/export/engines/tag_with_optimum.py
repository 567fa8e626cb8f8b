"""Tag texts with a folder that msra-ner exported, as optimum reads it.

    python tag_with_optimum.py < {"folder": ..., "texts": [...]}

It runs in an environment of its own: optimum asks for transformers 4.
"""

import json
import sys
from pathlib import Path

from transformers import AutoTokenizer, pipeline

given = json.load(sys.stdin)
settings = {}
if Path(given["folder"], "model.onnx").exists():
    from optimum.onnxruntime import ORTModelForTokenClassification as Model
else:
    from optimum.intel import OVModelForTokenClassification as Model

    # By itself OpenVINO computes in bf16 where the processor can.
    settings["ov_config"] = {"INFERENCE_PRECISION_HINT": "f32"}
model = Model.from_pretrained(given["folder"], **settings)
tokenizer = AutoTokenizer.from_pretrained(given["folder"])
tag = pipeline("token-classification", model=model, tokenizer=tokenizer, ignore_labels=[])
sys.stdout.write(json.dumps([tag(text) for text in given["texts"]], default=float))
