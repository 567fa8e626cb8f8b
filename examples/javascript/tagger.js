// Raw text to entities with a model that `msra-ner export DIR --to onnx` wrote.
//
// The same steps as `msra_ner.Tagger`: characters, windows that overlap, the best legal labels of
// the whole text, strict IOB2. Nothing is loaded but the files of the folder; ONNX Runtime is handed in.

import { Decoder } from "./decoder.js";
import { CharacterTokenizer, TaggerError } from "./tokenizer.js";

export { TaggerError };

// White space that separates and is not a token; U+3000 and U+00A0 are tokens, as in MSRA.
const SEPARATORS = new Set(" \t\n\r\v\f");

/** Tags texts with an exported model. Make one by `Tagger.load`. */
export class Tagger {
  /**
   * Opens an exported folder.
   * @param {string} folder Address of the folder; in Node also a path.
   * @param {object} ort The module `onnxruntime-web`.
   * @returns {Promise<Tagger>}
   * @throws {TaggerError} A file is missing, or the model is not one that can be used here.
   */
  static async load(folder, ort) {
    const manifest = await readJson(folder, "export.json");
    if (manifest.format !== "onnx") {
      throw new TaggerError(
        `${folder}: found an export to ${manifest.format}, expected onnx. ` +
          "Export the model with --to onnx.",
      );
    }
    const config = await readJson(folder, "config.json");
    const tokenizer = new CharacterTokenizer(await readJson(folder, "tokenizer.json"), folder);
    const settings = config.msra_ner ?? {};
    if ((settings.token ?? "character") !== "character") {
      throw new TaggerError(
        `${folder}: found a model for tokens of one ${settings.token}, expected characters. ` +
          "Train on a corpus of single characters, or tag with msra-ner predict.",
      );
    }
    const session = await ort.InferenceSession.create(await read(folder, "model.onnx"));
    const sizes = {
      maxLength: settings.max_length ?? manifest.max_length,
      overlap: settings.window_overlap,
    };
    const labels = Object.values(config.id2label);
    const { decoder: name, transitions, train_scheme: scheme } = settings;
    const decoder = new Decoder(labels, name, transitions, scheme);
    return new Tagger(ort, session, tokenizer, labels, sizes, decoder);
  }

  constructor(ort, session, tokenizer, labels, sizes, decoder) {
    this.ort = ort;
    this.session = session;
    this.tokenizer = tokenizer;
    /** The label list. */
    this.labels = labels;
    this.sizes = sizes;
    this.decoder = decoder;
  }

  /**
   * Finds the entities of a text.
   * @param {string} text A text of any length.
   * @returns {Promise<Array<{type: string, start: number, end: number, text: string,
   *   score: number}>>} In the order of the text. `start` and `end` count Unicode code points, as
   *   Python does; `toUtf16` makes them offsets of a JavaScript string. `score` is the
   *   probability that type and both ends are so, between 0 and 1.
   */
  async tag(text) {
    if (typeof text !== "string") {
      throw new TaggerError(`found a text of type ${typeof text}, expected a string.`);
    }
    const characters = [...text];
    const offsets = [...characters.keys()].filter((at) => !SEPARATORS.has(characters[at]));
    const logits = [];
    // One window at a time: no padding is computed, and memory does not grow with the text.
    for (const window of this.tokenizer.windows(offsets.map((at) => characters[at]), this.sizes)) {
      const rows = await this.#compute(window.ids);
      for (const piece of window.firstPieces) logits.push(rows[piece]);
    }
    const entities = decodeEntities(this.decoder.findTags(logits));
    const scores = this.decoder.findProbabilities(logits, entities);
    return entities.map(({ type, start, end }, number) => {
      const [first, stop] = [offsets[start], offsets[end - 1] + 1];
      const inside = characters.slice(first, stop).join("");
      const score = Math.round(scores[number] * 1e4) / 1e4;
      return { type, start: first, end: stop, text: inside, score };
    });
  }

  /** Returns the logits of each piece. */
  async #compute(ids) {
    const tensor = (values) => new this.ort.Tensor("int64", values, [1, ids.length]);
    const found = await this.session.run({
      input_ids: tensor(BigInt64Array.from(ids, BigInt)),
      attention_mask: tensor(new BigInt64Array(ids.length).fill(1n)),
    });
    const logits = found.chain_logits ?? found.logits;
    const size = logits.dims.at(-1); // a chain may have more labels than the label list
    return ids.map((_, piece) => logits.data.slice(piece * size, (piece + 1) * size));
  }
}

/** Returns the entities of a list of tags, read as strict IOB2; offsets count tags. */
export function decodeEntities(tags) {
  const entities = [];
  let open = null;
  tags.forEach((tag, position) => {
    const type = tag.slice(2);
    if (open && tag.startsWith("I-") && open.type === type) {
      open.end = position + 1;
    } else {
      open = tag.startsWith("B-") ? { type, start: position, end: position + 1 } : null;
      if (open) entities.push(open);
    }
  });
  return entities;
}

/** Returns entities of a text with offsets of a JavaScript string: `text.slice(start, end)`. */
export function toUtf16(text, entities) {
  const offsets = [0];
  for (const character of text) offsets.push(offsets.at(-1) + character.length);
  return entities.map((entity) => ({
    ...entity,
    start: offsets[entity.start],
    end: offsets[entity.end],
  }));
}

async function readJson(folder, name) {
  return JSON.parse(new TextDecoder().decode(await read(folder, name)));
}

/** Returns the bytes of a file of the folder. */
async function read(folder, name) {
  const path = `${folder}`.replace(/\/*$/, `/${name}`);
  try {
    if (globalThis.process?.versions?.node && !/^https?:/.test(path)) {
      const { readFile } = await import("node:fs/promises");
      return await readFile(path.startsWith("file:") ? new URL(path) : path);
    }
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  } catch (error) {
    throw new TaggerError(
      `${path}: found no file (${error.message}), expected the whole folder that ` +
        "msra-ner export --to onnx wrote. Check the folder's name.",
    );
  }
}
