// From the logits of a text to its labels, and the probability of each entity.
//
// The same as `msra_ner.decoding`: the best of all legal sequences, in which I-X follows B-X or
// I-X alone, with the weights of transitions where a model has some ("crf"), which may go over finer
// labels (BIOES); or ("argmax") the best label of each token by itself.

/** Says which labels a text has, given the logits of its tokens, one array each. */
export class Decoder {
  /**
   * @param {string[]} labels The label list.
   * @param {string} name `viterbi`, `argmax` or `crf`.
   * @param {number[][]} [transitions] Of `crf`, from each label of the chain to each.
   * @param {string} [scheme] What its chain learned in, `iob2` or `bioes`.
   */
  constructor(labels, name, transitions, scheme = "iob2") {
    this.byToken = name === "argmax";
    this.bioes = scheme === "bioes";
    const finer = (mark, old) =>
      labels.filter((tag) => tag.startsWith(old)).map((tag) => mark + tag.slice(1));
    /** What logits are of: the label list, and for BIOES the ends and single tokens behind it. */
    this.names = this.bioes ? [...labels, ...finer("E", "I-"), ...finer("S", "B-")] : labels;
    const inside = (tag) => "IE".includes(tag[0]);
    const goesOn = (tag) => this.bioes && "BI".includes(tag[0]);
    /** Whether a label may come first. */
    this.first = this.names.map((tag) => !inside(tag));
    /** Whether a label may come last. */
    this.last = this.names.map((tag) => !goesOn(tag));
    /** For each label the labels it may follow. */
    this.before = this.names.map((after) => {
      const follows = (tag) =>
        inside(after) ? "BI".includes(tag[0]) && tag.slice(2) === after.slice(2) : !goesOn(tag);
      return [...this.names.keys()].filter((id) => follows(this.names[id]));
    });
    this.weigh = (from, to) => transitions?.[from][to] ?? 0;
  }

  /** Returns the best labels, as tags. */
  findTags(logits) {
    if (this.byToken) return logits.map((row) => this.names[highest(row)]);
    let best = [];
    const back = logits.map((row, step) => {
      if (!step) {
        best = [...row].map((score, label) => (this.first[label] ? score : -Infinity));
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
    let label = highest(best.map((sum, id) => (this.last[id] ? sum : -Infinity)));
    for (let step = logits.length - 1; step >= 0; step -= 1) {
      tags.unshift(this.names[label].replace(/^E-/, "I-").replace(/^S-/, "B-"));
      label = back[step][label];
    }
    return tags;
  }

  /** Returns the probability of each entity: its share of all legal sequences. */
  findProbabilities(logits, entities) {
    if (!entities.length) return [];
    const scores = logits.map((row) => [...row].map((value) => value - logSum([...row])));
    if (this.byToken) {
      return entities.map((entity) => {
        const path = this.#path(entity);
        const sum = path.reduce((sum, id, at) => sum + scores[entity.start + at][id], 0);
        const next = scores[entity.end]?.[this.names.indexOf(`I-${entity.type}`)];
        return Math.exp(sum) * (next === undefined ? 1 : 1 - Math.exp(next));
      });
    }
    const [ahead, behind] = this.#sumPaths(scores);
    const all = logSum(ahead.at(-1).map((sum, label) => sum + behind.at(-1)[label]));
    return entities.map((entity) => {
      const path = this.#path(entity);
      let through = ahead[entity.start][path[0]];
      for (let at = 1; at < path.length; at += 1) {
        through += scores[entity.start + at][path[at]] + this.weigh(path[at - 1], path[at]);
      }
      if (entity.end < scores.length) {
        through += this.#close(scores[entity.end], behind[entity.end], path.at(-1));
      }
      return Math.exp(through - all);
    });
  }

  /** Returns the labels of an entity's tokens, as ids. */
  #path({ type, start, end }) {
    const marks = ["B", ...Array(end - start - 1).fill("I")];
    if (this.bioes) marks[marks.length - 1] = marks.length > 1 ? "E" : "S";
    return marks.map((mark) => this.names.indexOf(`${mark}-${type}`));
  }

  /** Returns the logarithms of the sums over all legal paths up to each label, and behind it. */
  #sumPaths(scores) {
    const ahead = [];
    scores.forEach((row, step) => {
      const last = ahead.at(-1);
      const reach = (label) => {
        if (!step) return this.first[label] ? 0 : -Infinity;
        return logSum(this.before[label].map((id) => last[id] + this.weigh(id, label)));
      };
      ahead.push(row.map((score, label) => score + reach(label)));
    });
    const behind = scores.map((row) => row.map((_, label) => (this.last[label] ? 0 : -Infinity)));
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
    return logSum(sums.filter((_, label) => this.first[label]));
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
