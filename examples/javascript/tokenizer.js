// Characters to windows of word pieces, as `msra_ner.dataset.Aligner` and
// `msra_ner.dataset.plan_windows` cut them. Needs nothing but the content of a `tokenizer.json`.

const DEFAULT_OVERLAP = 128;

/** A mistake that the user can correct; the message says how. */
export class TaggerError extends Error {}

/** BERT's tokenizer, as far as tokens of one character need it. */
export class CharacterTokenizer {
  /**
   * @param {object} file What `tokenizer.json` says.
   * @param {string} location Where it is, for messages.
   * @throws {TaggerError} It is of another kind.
   */
  constructor(file, location = "tokenizer.json") {
    const { model, normalizer, pre_tokenizer: splitter, added_tokens: added } = file;
    const kinds = [model?.type, normalizer?.type, splitter?.type].join(", ");
    if (kinds !== "WordPiece, BertNormalizer, BertPreTokenizer") {
      throw new TaggerError(
        `${location}: found a tokenizer of ${kinds}, expected WordPiece, BertNormalizer, ` +
          "BertPreTokenizer. Export a model with BERT's tokenizer, or use msra-ner predict.",
      );
    }
    const single = (added ?? []).find(({ content }) => [...content].length === 1);
    if (single) {
      throw new TaggerError(
        `${location}: found the added token ${single.content}, expected no added token of one ` +
          "character. Put it into the vocabulary, or tag with msra-ner predict.",
      );
    }
    this.vocabulary = new Map(Object.entries(model.vocab));
    this.unknown = this.vocabulary.get(model.unk_token);
    this.continuing = model.continuing_subword_prefix;
    this.clean = normalizer.clean_text;
    this.lower = normalizer.lowercase;
    this.strip = normalizer.strip_accents ?? normalizer.lowercase;
    [this.prefix, this.suffix] = specialPieces(file.post_processor, location);
    this.known = new Map();
  }

  /**
   * Cuts a text into windows of pieces.
   * @param {string[]} tokens Characters other than separators.
   * @param {{maxLength: number, overlap?: number}} sizes Pieces of a window, special ones
   *   included, and pieces that neighbours share: by default 128, or a quarter of the window.
   * @returns {Array<{ids: number[], firstPieces: number[]}>} `firstPieces` are the positions in
   *   `ids` of the first piece of each token that the window owns: each token in one window.
   */
  windows(tokens, { maxLength, overlap }) {
    const capacity = maxLength - this.prefix.length - this.suffix.length;
    const shared = overlap ?? Math.min(DEFAULT_OVERLAP, Math.floor(maxLength / 4));
    const pieces = tokens.map((token) => this.pieces(token));
    const plan = planWindows(pieces.map((ids) => ids.length), capacity, shared);
    return plan.map(({ start, end, ownStart, ownEnd }) => {
      const ids = [...this.prefix];
      const firstPieces = [];
      for (let token = start; token < end; token += 1) {
        if (token >= ownStart && token < ownEnd) firstPieces.push(ids.length);
        ids.push(...pieces[token]);
      }
      // Only a single token wider than the window is cut; its first piece carries its tag.
      ids.splice(this.prefix.length + capacity);
      return { ids: [...ids, ...this.suffix], firstPieces };
    });
  }

  /** Returns the ids of a character's pieces: one, or more where its normal form is longer. */
  pieces(character) {
    if (!this.known.has(character)) this.known.set(character, this.#lookUp(character));
    return this.known.get(character);
  }

  #lookUp(character) {
    let text = character;
    // What is dropped becomes one unknown piece, so that it keeps its position and gets a tag.
    if (/\p{White_Space}/u.test(text)) return [this.unknown];
    if (this.clean && /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\uFFFD]/u.test(text)) return [this.unknown];
    if (this.strip) text = text.normalize("NFD").replace(/\p{Mn}/gu, "");
    if (this.lower) text = [...text].map((part) => part.toLowerCase()).join("");
    const parts = [...text];
    const ids = [];
    for (let start = 0, end; start < parts.length; start = end) {
      let id;
      for (end = parts.length; end > start; end -= 1) {
        const piece = (start ? this.continuing : "") + parts.slice(start, end).join("");
        id = this.vocabulary.get(piece);
        if (id !== undefined) break;
      }
      if (id === undefined) return [this.unknown];
      ids.push(id);
    }
    return ids.length ? ids : [this.unknown];
  }
}

/** Returns the special pieces before and after a text. */
function specialPieces(processor, location) {
  if (processor?.type === "BertProcessing") return [[processor.cls[1]], [processor.sep[1]]];
  if (processor?.type !== "TemplateProcessing") {
    throw new TaggerError(
      `${location}: found a tokenizer with ${processor?.type} for special pieces, expected ` +
        "TemplateProcessing or BertProcessing. Tag with msra-ner predict.",
    );
  }
  const middle = processor.single.findIndex((part) => "Sequence" in part);
  const ids = ({ SpecialToken: piece }) => processor.special_tokens[piece.id].ids;
  const { single } = processor;
  return [single.slice(0, middle).flatMap(ids), single.slice(middle + 1).flatMap(ids)];
}

/**
 * Plans the windows over a text, as `msra_ner.dataset.plan_windows` does.
 * @param {number[]} counts Pieces of each token, each at least 1.
 * @param {number} capacity Pieces of a window, special ones not counted.
 * @param {number} overlap Pieces that neighbours share; less than `capacity`.
 * @returns {Array<{start: number, end: number, ownStart: number, ownEnd: number}>} Tokens that a
 *   window holds, and those it owns: in which the smaller of their two sides is largest.
 */
export function planWindows(counts, capacity, overlap) {
  if (!(capacity >= 1 && overlap >= 0 && overlap < capacity)) {
    throw new TaggerError(
      `found windows of ${capacity} pieces and an overlap of ${overlap}, expected a smaller ` +
        "overlap. Repeat the export.",
    );
  }
  const offsets = [0];
  for (const count of counts) offsets.push(offsets.at(-1) + Math.min(count, capacity));
  const total = counts.length;
  const firstFrom = (offset) => {
    let [low, high] = [0, offsets.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (offsets[middle] < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const windows = [];
  for (let start = 0, end = 0; end < total; ) {
    end = firstFrom(offsets[start] + capacity + 1) - 1;
    // The last window is moved left until it is full.
    if (end === total) start = firstFrom(offsets[total] - capacity);
    windows.push({ start, end, ownStart: 0, ownEnd: 0 });
    start = Math.max(start + 1, firstFrom(offsets[end] - overlap));
  }
  const context = ({ start, end }, token) =>
    Math.min(offsets[token] - offsets[start], offsets[end] - offsets[token + 1]);
  for (let token = 0, first = 0; token < total; token += 1) {
    while (windows[first].end <= token) first += 1;
    let owner = windows[first];
    for (let next = first + 1; windows[next]?.start <= token; next += 1) {
      if (context(windows[next], token) > context(owner, token)) owner = windows[next];
    }
    if (owner.ownEnd === 0) owner.ownStart = token;
    owner.ownEnd = token + 1;
  }
  return windows.filter(({ ownEnd }) => ownEnd > 0);
}
