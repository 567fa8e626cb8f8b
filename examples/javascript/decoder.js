// From the logits of a text to its labels, and the probability of each entity.
//
// The same as `msra_ner.decoding`: the best of all legal sequences, in which I-X follows B-X or
// I-X alone, with the weights of transitions where a model has some ("crf"); or ("argmax") the best
// label of each token by itself.

/** Says which labels a text has, given the logits of its tokens, one array each. */
export class Decoder {
  /**
   * @param {string[]} labels The label list.
   * @param {string} name `viterbi`, `argmax` or `crf`.
   * @param {number[][]} [transitions] Of `crf`, from each label to each.
   */
  constructor(labels, name, transitions) {
    this.labels = labels;
    this.byToken = name === "argmax";
    const find = (tag) => labels.indexOf(tag);
    /** Whether a label may come first, and follow any. */
    this.free = labels.map((tag) => !tag.startsWith("I-"));
    /** For each label the labels it may follow. */
    this.before = labels.map((tag, label) => {
      if (this.free[label]) return labels.map((_, id) => id);
      return [find(`B-${tag.slice(2)}`), label].filter((id) => id >= 0);
    });
    this.weigh = (from, to) => transitions?.[from][to] ?? 0;
  }

  /** Returns the best labels, as tags. */
  findTags(logits) {
    if (this.byToken) return logits.map((row) => this.labels[highest(row)]);
    let best = [];
    const back = logits.map((row, step) => {
      if (!step) {
        best = [...row].map((score, label) => (this.free[label] ? score : -Infinity));
        return [];
      }
      const from = this.before.map(
        (ids, label) => ids[highest(ids.map((id) => best[id] + this.weigh(id, label)))],
      );
      best = [...row].map(
        (score, label) => best[from[label]] + this.weigh(from[label], label) + score,
      );
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
      const last = entity.end - entity.start > 1 ? inside : begin;
      let through = ahead[entity.start][begin] + inner(entity, inside);
      for (let at = entity.start + 1; at < entity.end; at += 1) {
        through += this.weigh(at > entity.start + 1 ? inside : begin, inside);
      }
      if (entity.end < scores.length) {
        through += this.#close(scores[entity.end], behind[entity.end], last);
      }
      return Math.exp(through - all);
    });
  }

  /** Returns the logarithms of the sums over all legal paths up to each label, and behind it. */
  #sumPaths(scores) {
    const ahead = [];
    scores.forEach((row, step) => {
      const last = ahead.at(-1);
      const reach = (label) => {
        if (!step) return this.free[label] ? 0 : -Infinity;
        return logSum(this.before[label].map((id) => last[id] + this.weigh(id, label)));
      };
      ahead.push(row.map((score, label) => score + reach(label)));
    });
    const behind = scores.map((row) => row.map(() => 0));
    for (let step = scores.length - 2; step >= 0; step -= 1) {
      const after = scores[step + 1].map((score, label) => score + behind[step + 1][label]);
      behind[step] = behind[step].map((_, label) =>
        logSum(
          after
            .map((sum, next) => sum + this.weigh(label, next))
            .filter((_, next) => this.before[next].includes(label)),
        ),
      );
    }
    return [ahead, behind];
  }

  /** Returns the sum over all paths from a token on that go on from a label without its entity. */
  #close(scores, behind, from) {
    const sums = scores.map((score, label) => score + behind[label] + this.weigh(from, label));
    return logSum(sums.filter((_, label) => this.free[label]));
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
