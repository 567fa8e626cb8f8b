// From the logits of a text to its labels, and the probability of each entity.
//
// The same as `msra_ner.decoding`: the best of all legal sequences, in which I-X follows B-X or
// I-X alone, or ("argmax") the best label of each token by itself.

/** Says which labels a text has, given the logits of its tokens, one array each. */
export class Decoder {
  /**
   * @param {string[]} labels The label list.
   * @param {string} name `viterbi` or `argmax`.
   */
  constructor(labels, name) {
    this.labels = labels;
    this.byToken = name === "argmax";
    const find = (tag) => labels.indexOf(tag);
    /** For each label the labels it may follow; null where it may follow any, and come first. */
    this.before = labels.map((tag) =>
      tag.startsWith("I-") ? [find(`B-${tag.slice(2)}`), find(tag)].filter((id) => id >= 0) : null,
    );
  }

  /** Returns the best labels, as tags. */
  findTags(logits) {
    if (this.byToken) return logits.map((row) => this.labels[highest(row)]);
    let best = [];
    const back = logits.map((row, step) => {
      const any = step ? highest(best) : -1;
      const from = this.before.map((ids) => {
        if (!ids) return any;
        return step ? ids[highest(ids.map((id) => best[id]))] : null;
      });
      best = [...row].map((score, label) => {
        if (!step) return this.before[label] ? -Infinity : score;
        return best[from[label]] + score;
      });
      return from;
    });
    const tags = [];
    for (let step = logits.length - 1, label = highest(best); step >= 0; step -= 1) {
      tags.unshift(this.labels[label]);
      label = back[step][label];
    }
    return tags;
  }

  /** Returns the probability of each entity: its share of all legal sequences. */
  findProbabilities(logits, entities) {
    if (!entities.length) return [];
    const scores = logits.map((row) => [...row].map((value) => value - logSum([...row])));
    const ids = (type) => [this.labels.indexOf(`B-${type}`), this.labels.indexOf(`I-${type}`)];
    const inner = (entity, id) =>
      scores.slice(entity.start + 1, entity.end).reduce((sum, row) => sum + row[id], 0);
    if (this.byToken) {
      return entities.map((entity) => {
        const [begin, inside] = ids(entity.type);
        const next = scores[entity.end]?.[inside];
        const ends = next === undefined ? 1 : 1 - Math.exp(next);
        return Math.exp(scores[entity.start][begin] + inner(entity, inside)) * ends;
      });
    }
    const [ahead, behind] = this.#sumPaths(scores);
    const all = logSum(ahead.at(-1));
    return entities.map((entity) => {
      const [begin, inside] = ids(entity.type);
      const closed = entity.end < scores.length ? this.#close(scores, behind, entity.end) : 0;
      return Math.exp(ahead[entity.start][begin] + inner(entity, inside) + closed - all);
    });
  }

  /** Returns the logarithms of the sums over all legal paths up to each label, and behind it. */
  #sumPaths(scores) {
    const ahead = [];
    scores.forEach((row, step) => {
      const last = ahead.at(-1);
      const any = step ? logSum(last) : 0;
      const reach = (ids) => {
        if (!ids) return any;
        return step ? logSum(ids.map((id) => last[id])) : -Infinity;
      };
      ahead.push(row.map((score, label) => score + reach(this.before[label])));
    });
    const behind = scores.map((row) => row.map(() => 0));
    for (let step = scores.length - 2; step >= 0; step -= 1) {
      const after = scores[step + 1].map((score, label) => score + behind[step + 1][label]);
      const closed = this.#close(scores, behind, step + 1);
      behind[step] = behind[step].map((_, label) =>
        logSum([closed, ...after.filter((_, next) => this.before[next]?.includes(label))]),
      );
    }
    return [ahead, behind];
  }

  /** Returns the sum over all paths from a token on that go on with no entity from before it. */
  #close(scores, behind, step) {
    const free = scores[step].map((score, label) => score + behind[step][label]);
    return logSum(free.filter((_, label) => !this.before[label]));
  }
}

function highest(values) {
  let best = 0;
  for (let at = 1; at < values.length; at += 1) if (values[at] > values[best]) best = at;
  return best;
}

function logSum(values) {
  const most = Math.max(...values);
  if (most === -Infinity) return most;
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}
