"use strict";
// Language, and the list with its filters. Text of the corpus becomes text nodes, never markup.
(() => {
  const PAGE = 40; // items that are made at a time
  const CONTEXT = 30; // tokens shown on both sides of what an item is about
  const root = document.documentElement;
  const get = (id) => document.getElementById(id);

  function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function setLanguage(language) {
    root.lang = language;
    // Options hold no elements, so their text is exchanged.
    for (const node of document.querySelectorAll("[data-en]")) {
      node.textContent = language === "zh" ? node.dataset.zh : node.dataset.en;
    }
    get("language").textContent = language === "zh" ? "English" : "中文";
    get("language").lang = language === "zh" ? "en" : "zh";
  }

  function remembered() {
    try {
      return localStorage.getItem("msra-ner-language");
    } catch {
      return null; // a file may have no storage
    }
  }

  get("language").hidden = false;
  get("language").addEventListener("click", () => {
    const language = root.lang === "zh" ? "en" : "zh";
    setLanguage(language);
    try {
      localStorage.setItem("msra-ner-language", language);
    } catch {
      // Not remembered, then.
    }
  });
  setLanguage(remembered() ?? (navigator.language.startsWith("zh") ? "zh" : "en"));

  const data = JSON.parse(get("browser-data").textContent);
  const both = (en, zh) => [element("span", "en", en), element("span", "zh", zh)];
  const layers = data.layers.map(([key]) => key);
  const textOf = (tokens) => tokens.join(data.joiner);

  // What a layer says of each token: the entity's type, and whether the entity begins there.
  function tagsOf(tokens, entities) {
    const tags = tokens.map(() => "");
    for (const [start, end, type] of entities) {
      tags.fill(`I ${type}`, start, end).fill(`B ${type}`, start, start + 1);
    }
    return tags;
  }

  // The sentence as tokens first..last, with the entities of a layer marked; of those that the item
  // is about the tokens that `differs` tells.
  function markedText(tokens, entities, about, differs, first, last) {
    const made = element("span", "text");
    let done = first;
    const plain = (end) => {
      if (end <= done) return;
      const gap = done > first ? data.joiner : "";
      made.append(gap + textOf(tokens.slice(done, end)));
      done = end;
    };
    for (const [start, end, type] of entities) {
      if (start < first || end > last) continue;
      plain(start);
      if (done > first) made.append(data.joiner);
      const mark = element("mark");
      mark.dataset.type = mark.title = type;
      mark.classList.add(`type${data.colours[type]}`);
      const isAbout = about.some(([s, e, t]) => s === start && e === end && t === type);
      mark.classList.toggle("about", isAbout);
      mark.classList.toggle("tight", entities.some(([next]) => next === end));
      for (let from = start; from < end; ) {
        let to = from + 1;
        while (to < end && differs[to] === differs[from]) to += 1;
        const run = (from > start ? data.joiner : "") + textOf(tokens.slice(from, to));
        mark.append(isAbout && differs[from] ? element("em", "", run) : run);
        from = to;
      }
      made.append(mark);
      done = end;
    }
    plain(last);
    return made;
  }

  function entityList(entities, tokens) {
    const made = element("span", "entities");
    for (const [start, end, type] of entities) {
      const name = element("bdi", "", textOf(tokens.slice(start, end)));
      made.append(element("span", "entity", name, " ", element("small", "", type)));
    }
    if (!entities.length) made.append("–");
    return made;
  }

  function card(item) {
    const sentence = data.sentences[item.sentence];
    const { tokens } = sentence;
    const about = layers.flatMap((layer) => item[layer] ?? []);
    let first = Math.max(0, Math.min(...about.map(([start]) => start)) - CONTEXT);
    let last = Math.min(tokens.length, Math.max(...about.map(([, end]) => end)) + CONTEXT);
    // No entity is cut: an end inside one moves to its border, which may lie in another layer's.
    for (let moved = true; moved; ) {
      const before = first - last;
      for (const [start, end] of layers.flatMap((layer) => sentence[layer])) {
        if (start < first && end > first) first = start;
        if (start < last && end > last) last = end;
      }
      moved = first - last !== before;
    }
    // Of two runs what differs between them; of one, between its predictions and gold.
    const [one, other] = layers.slice(-2).map((layer) => tagsOf(tokens, sentence[layer]));
    const differs = tokens.map((_, index) => one[index] !== other[index]);
    const names = data.layers.map(([, en, zh]) => element("span", "layer", ...both(en, zh)));
    const lines = element("div", "lines");
    const body = element("div", "layers", element("div", "names", ...names), lines);
    body.style.setProperty("--layers", layers.length);
    const fill = () => {
      const strips = layers.map((layer, index) => {
        const text = markedText(tokens, sentence[layer], item[layer] ?? [], differs, first, last);
        if (first > 0) text.prepend(element("span", "cut"));
        if (last < tokens.length) text.append(element("span", "cut"));
        const strip = element("span", "strip", text);
        strip.dir = "auto";
        strip.style.setProperty("--layer", index);
        return strip;
      });
      lines.replaceChildren(...strips);
    };
    fill();
    const kind = element("span", "kind", ...both(item.kind, data.kinds[item.kind]));
    const right = element("span", "right", element("span", "place", `#${item.sentence + 1}`));
    const head = element("div", "head", kind);
    if (data.layers.length === 2) {
      const arrow = element("span", "arrow", "→");
      head.append(entityList(item.gold, tokens), arrow, entityList(item.predicted, tokens));
    }
    if (item.wrong) {
      const { A, B } = item.wrong;
      const wrong = both(`wrong entities: A ${A}, B ${B}`, `错误实体：A ${A}，B ${B}`);
      head.append(element("span", "wrong", ...wrong));
    }
    if (item.note) head.append(element("span", "wrong", item.note));
    head.append(right);
    if (first > 0 || last < tokens.length) {
      const more = element("button", "whole", ...both("whole sentence", "整句"));
      more.type = "button";
      more.addEventListener("click", () => {
        [first, last] = [0, tokens.length];
        fill();
        more.remove();
      });
      right.prepend(more);
    }
    return element("li", "item", head, body);
  }

  const texts = new Map();
  function sentenceText(index) {
    if (!texts.has(index)) texts.set(index, textOf(data.sentences[index].tokens).toLowerCase());
    return texts.get(index);
  }

  let found = data.items;
  let shown = 0;
  const list = get("items");

  function showMore() {
    const next = found.slice(shown, shown + PAGE);
    list.append(...next.map(card));
    shown += next.length;
    get("more").hidden = shown >= found.length;
    get("found").textContent = found.length.toLocaleString("en");
    get("shown").textContent = shown.toLocaleString("en");
    return next.length;
  }

  function filter() {
    const kind = get("kind").value;
    const type = get("type").value;
    const words = get("search").value.toLowerCase().split(" ").filter(Boolean);
    found = data.items.filter(
      (item) =>
        (!kind || item.kind === kind) &&
        (!type || layers.some((layer) => (item[layer] ?? []).some((entity) => entity[2] === type))) &&
        words.every((word) => sentenceText(item.sentence).includes(word)),
    );
    list.replaceChildren();
    shown = 0;
    showMore();
  }

  get("filters").hidden = false;
  get("filters").addEventListener("submit", (event) => event.preventDefault());
  get("filters").addEventListener("reset", () => setTimeout(filter));
  get("kind").addEventListener("change", filter);
  get("type").addEventListener("change", filter);
  get("search").addEventListener("input", filter);
  get("more").addEventListener("click", () => {
    const before = list.children.length;
    showMore();
    // The keyboard goes on where the new items begin, also when the button is gone.
    list.children[before].tabIndex = -1;
    list.children[before].focus();
  });
  // Numbers in the tables lead to their items.
  for (const link of document.querySelectorAll("[data-show-kind], [data-show-type]")) {
    link.addEventListener("click", () => {
      get("kind").value = link.dataset.showKind ?? "";
      get("type").value = link.dataset.showType ?? "";
      get("search").value = link.dataset.showSearch ?? "";
      filter();
    });
  }
  // The part that one reads is marked in the navigation.
  const links = new Map([...document.querySelectorAll("nav a")].map((link) => [link.hash.slice(1), link]));
  const read = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        const link = links.get(target.id);
        link?.setAttribute("aria-current", "true");
        link?.parentNode.scrollTo({ left: link.offsetLeft - 40 });
      }
    },
    { rootMargin: "-10% 0px -85% 0px" },
  );
  for (const section of document.querySelectorAll("section")) read.observe(section);
  filter();
})();
