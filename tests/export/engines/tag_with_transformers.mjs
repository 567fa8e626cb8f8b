// Tags texts with a folder that msra-ner exported to ONNX, as transformers.js reads it.
//   node tag_with_transformers.mjs < {"folder": ..., "texts": [...]}
import { readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { env, pipeline } from "@huggingface/transformers";

const { folder, texts } = JSON.parse(readFileSync(0, "utf8"));
env.allowRemoteModels = false;
env.localModelPath = `${dirname(folder)}/`;
const options = { dtype: "fp32", subfolder: "" };
const tag = await pipeline("token-classification", basename(folder), options);
const found = [];
for (const text of texts) found.push(await tag(text, { ignore_labels: [] }));
console.log(JSON.stringify(found));
