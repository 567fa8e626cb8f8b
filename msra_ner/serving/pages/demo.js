"use strict";
// Tags as one types. Text becomes text nodes, never markup. Offsets count Unicode code points, as
// in Python, so texts are cut as arrays of code points: a string's own units are UTF-16.
(() => {
  const WAIT = 200; // milliseconds without a key before a text is sent
  const UNSURE = 0.8; // confidence below which an underline is dashed
  // Each with its name in both languages. What is hard in it is part of the name.
  const EXAMPLES = [
    ["News", "新闻", "昨天上午，吉田健一和王小明从上海来到北京大学，参加了中国科学院主办的讨论会。\n会后，李文华表示，长江环境研究所明年将在武汉和南京设立两个观测站。"],
    ["A place inside an organisation", "机构名中的地名", "北京市海淀区人民法院和上海交通大学在天津签署了合作协议。"],
    ["Names from abroad", "外国人名", "克里斯蒂娜·弗里曼与让·皮埃尔在日内瓦会见了联合国儿童基金会的代表。"],
    ["Short forms", "简称", "中美两国代表在京会谈，京沪高铁沿线的鲁、苏两省派人参加。"],
    ["Many people", "多个人名", "出席会议的有张伟、王芳、李娜、刘洋和欧阳修文。"],
    ["No name at all", "没有名称", "今天天气很好，我们吃过午饭就去散步了。"],
    ["Traditional characters", "繁体字", "臺灣大學的陳志遠教授上週在香港發表演講。"],
    ["Social media", "社交媒体", "刚到成都，跟小李去春熙路吃火锅啦！！顺便看看腾讯新办公室😊"],
  ];
  const SAY = {
    en: {
      title: "find names in text", text: "Text", examples: "Examples", file: "Open a file…",
      hint: "Type, paste, or drop a text file.", model: "Model", against: "compared with",
      none: "none", download: "Download JSON", savePage: "Save as HTML", copy: "Copy",
      copied: "Copied", program: "Ask from a program", list: "All entities as a list", type: "Type",
      entity: "Entity", from: "From", to: "To", confidence: "Confidence",
      keys: "Ctrl+Enter tags at once. In the result, ← and → go from entity to entity.",
      api: "JSON endpoint (OpenAPI)", PER: "person", ORG: "organization", LOC: "location",
      GPE: "place", unsure: (limit) => `dashed: confidence below ${limit} %`,
      differs: (count) => `≠ differs between the models: ${count}`, agree: "The models agree.",
      count: (found, most) => `${found} / ${most} characters`,
      tip: (name, score, start, end) => `${name}\nconfidence ${score} %, offsets ${start} to ${end}`,
      onlyHere: "not found so by the other model",
      status: (found, ms) => `${found} in ${ms} ms`,
      entities: (count) => (count === 1 ? "1 entity" : `${count} entities`),
      tooLong: (most) => `The text is too long: at most ${most} characters. Shorten it, or use msra-ner predict.`,
      busy: (seconds) => `The server is busy. Trying again in ${seconds} s.`,
      unreachable: "The server does not answer. Is msra-ner demo still running?",
      refused: (detail) => `The server refused the text: ${detail}`,
      tooLarge: "The file is too large for this page. Use msra-ner predict.",
      gb18030: (name) => `${name} is not UTF-8 and was read as GB18030.`,
      notText: (name) => `${name} is neither UTF-8 nor GB18030 text.`,
      empty: "Type a text, and its entities show here.",
      trained: (corpus) => `trained on ${corpus}`,
      folder: (name) => `the corpus ${name}`,
      sampleCorpus: "the sample corpus",
      scored: (f1, split) => `F1 ${f1} on ${split}`,
      unknown: "corpus and F1 are not known: the folder has no run.json",
      toy: "This model is a toy: a small encoder, trained in place on the made-up sentences of the sample corpus. It shows how the page works; on your text it will often be wrong.",
    },
    zh: {
      title: "找出文本中的名称", text: "文本", examples: "示例", file: "打开文件…",
      hint: "输入、粘贴，或拖入文本文件。", model: "模型", against: "对比", none: "无",
      download: "下载 JSON", savePage: "存为 HTML", copy: "复制", copied: "已复制",
      program: "在程序中调用", list: "实体列表", type: "类型", entity: "实体", from: "起", to: "止",
      confidence: "置信度", keys: "Ctrl+Enter 立即标注。在结果中用 ← 和 → 切换实体。",
      api: "JSON 接口（OpenAPI）", PER: "人名", ORG: "机构名", LOC: "地名", GPE: "地名",
      unsure: (limit) => `虚线：置信度低于 ${limit} %`,
      differs: (count) => `≠ 两个模型的不同之处：${count}`, agree: "两个模型结果一致。",
      count: (found, most) => `${found} / ${most} 字`,
      tip: (name, score, start, end) => `${name}\n置信度 ${score} %，偏移 ${start} 至 ${end}`,
      onlyHere: "另一模型结果不同",
      status: (found, ms) => `${found}，用时 ${ms} 毫秒`,
      entities: (count) => `${count} 个实体`,
      tooLong: (most) => `文本过长：最多 ${most} 字。请缩短，或使用 msra-ner predict。`,
      busy: (seconds) => `服务器繁忙，${seconds} 秒后重试。`,
      unreachable: "服务器没有响应。msra-ner demo 还在运行吗？",
      refused: (detail) => `服务器拒绝了文本：${detail}`,
      tooLarge: "文件过大，请使用 msra-ner predict。",
      gb18030: (name) => `${name} 不是 UTF-8，已按 GB18030 读取。`,
      notText: (name) => `${name} 既不是 UTF-8 也不是 GB18030 文本。`,
      empty: "输入文本，实体会显示在这里。",
      trained: (corpus) => `训练语料：${corpus}`,
      folder: (name) => name,
      sampleCorpus: "示例语料",
      scored: (f1, split) => `${split === "val" ? "验证集" : "测试集"} F1 ${f1}`,
      unknown: "语料和 F1 不详：文件夹中没有 run.json",
      toy: "这是演示用的小模型：在人造的示例语料上就地训练的小型编码器。它只用来展示页面功能，在你的文本上会经常出错。",
    },
  };
  const get = (id) => document.getElementById(id);
  const root = document.documentElement;
  const [text, legend, results, tip] = ["text", "legend", "results", "tip"].map(get);
  let say = SAY.en;
  let models = [];
  let colours = {}; // by type, in the order in which they are shown
  let limits = null;
  let keyed = false; // whether a program needs a key
  let shown = null; // {text, points, answers: [{model, entities}], ms}
  let timer = 0;
  let running = null; // an AbortController
  let message = null; // how to say it, in the language of the moment

  function element(name, className, ...children) {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...children);
    return made;
  }

  function setLanguage(language) {
    root.lang = language;
    say = SAY[language];
    for (const node of document.querySelectorAll("[data-say]")) {
      node.textContent = say[node.dataset.say];
    }
    get("language").textContent = language === "zh" ? "English" : "中文";
    get("language").lang = language === "zh" ? "en" : "zh";
    get("model-b").options[0]?.replaceChildren(say.none);
    show(message);
    showModels();
    showGallery();
    countCharacters();
    draw();
  }

  // What each model is: the corpus it was trained on, its F1, the day.
  function showModels() {
    const rows = models.map((model) => {
      const { about } = model;
      const facts = [];
      if (about?.corpus) {
        const isSample = about.corpus === "sample";
        facts.push(say.trained(isSample ? say.sampleCorpus : say.folder(about.corpus)));
      }
      if (typeof about?.f1 === "number") facts.push(say.scored((100 * about.f1).toFixed(2), about.split));
      if (about?.date) facts.push(about.date);
      if (!about) facts.push(say.unknown);
      facts.push(`${model.runtime}, ${model.device}, ${model.precision}`);
      return element("p", "", element("b", "", model.name), ` · ${facts.join(" · ")}`);
    });
    if (models.some((model) => model.about?.toy)) rows.push(element("p", "note", say.toy));
    get("about").replaceChildren(...rows);
  }

  function showGallery() {
    get("gallery").replaceChildren(
      ...EXAMPLES.map(([en, zh, content]) => {
        const button = element("button", "", root.lang === "zh" ? zh : en);
        button.type = "button";
        button.addEventListener("click", () => {
          text.value = content;
          tagNow();
        });
        button.dataset.text = content;
        return button;
      }),
    );
    pressExample();
  }

  function pressExample() {
    for (const button of get("gallery").children) {
      button.setAttribute("aria-pressed", button.dataset.text === text.value);
    }
  }

  function stored(value) {
    try {
      if (value) localStorage.setItem("msra-ner-language", value);
      return localStorage.getItem("msra-ner-language");
    } catch {
      return null; // no storage: not remembered, then
    }
  }

  function show(how) {
    message = how;
    get("message").hidden = !how;
    get("message").textContent = how ? how() : "";
  }

  // A lone half of a character cannot be sent; it becomes U+FFFD, which is as long.
  const current = () =>
    text.value.replace(/\p{Surrogate}/gu, "\ufffd");

  function countCharacters() {
    pressExample();
    if (!limits) return 0;
    const count = Array.from(current()).length;
    get("count").textContent = say.count(count.toLocaleString(), limits.characters.toLocaleString());
    get("count").classList.toggle("over", count > limits.characters);
    return count;
  }

  function later() {
    clearTimeout(timer);
    running?.abort();
    countCharacters();
    timer = setTimeout(tagNow, WAIT);
  }

  // Each line is a text, as in msra-ner predict; offsets are put back into the whole.
  async function ask(model, lines, signal) {
    const sent = lines.filter((line) => line.text.trim());
    if (!sent.length) return { model, entities: [] };
    for (;;) {
      const answer = await fetch("api/tag", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ model, texts: sent.map((line) => line.text) }),
        signal,
      });
      if (answer.status === 429) {
        const seconds = Number(answer.headers.get("Retry-After")) || 1;
        show(() => say.busy(seconds));
        await new Promise((done) => setTimeout(done, 1000 * seconds));
        signal.throwIfAborted();
        continue;
      }
      const body = await answer.json();
      if (!answer.ok) throw Object.assign(new Error(body.detail), { refused: true });
      const entities = body.results.flatMap((result, index) =>
        result.entities.map((entity) => ({
          ...entity,
          start: entity.start + sent[index].start,
          end: entity.end + sent[index].start,
        })),
      );
      return { model, entities };
    }
  }

  async function tagNow() {
    clearTimeout(timer);
    running?.abort();
    if (!limits) return;
    if (countCharacters() > limits.characters) {
      show(() => say.tooLong(limits.characters.toLocaleString()));
      return;
    }
    const mine = (running = new AbortController());
    const whole = current();
    let start = 0;
    const lines = whole.split("\n").map((line) => {
      const made = { text: line, start };
      start += Array.from(line).length + 1;
      return made;
    });
    results.setAttribute("aria-busy", "true");
    const begun = performance.now();
    const names = [...new Set([get("model-a").value, get("model-b").value])].filter(Boolean);
    try {
      const answers = await Promise.all(names.map((name) => ask(name, lines, mine.signal)));
      if (mine.signal.aborted) return;
      shown = { text: whole, points: Array.from(whole), answers, ms: performance.now() - begun };
      show(null);
      draw();
    } catch (error) {
      if (mine.signal.aborted) return;
      mine.abort(); // the other model's request, if there is one
      show(() => (error.refused ? say.refused(error.message) : say.unreachable));
    } finally {
      if (running === mine) results.removeAttribute("aria-busy");
    }
  }

  const key = (entity) => `${entity.start} ${entity.end} ${entity.type}`;
  const percent = (score) => (100 * score).toFixed(1);
  const typeClass = (type) => `type${colours[type]}`;

  function typeName(type) {
    return typeof say[type] === "string" && type === type.toUpperCase() ? `${type} · ${say[type]}` : type;
  }

  function rendered(answer, others) {
    const made = element("div", "text");
    made.dir = "auto";
    let done = 0;
    for (const entity of answer.entities) {
      made.append(shown.points.slice(done, entity.start).join(""));
      const mark = element("mark", typeClass(entity.type));
      mark.append(shown.points.slice(entity.start, entity.end).join(""));
      const differs = others !== null && !others.has(key(entity));
      mark.classList.toggle("unsure", entity.score < UNSURE);
      mark.classList.toggle("differs", differs);
      mark.dataset.type = entity.type;
      mark.dataset.tip =
        say.tip(typeName(entity.type), percent(entity.score), entity.start, entity.end) +
        (differs ? `\n${say.onlyHere}` : "");
      mark.tabIndex = made.querySelector("mark") ? -1 : 0; // the arrow keys lead to the others
      made.append(mark);
      done = entity.end;
    }
    made.append(shown.points.slice(done).join(""));
    if (!shown.text) made.append(element("span", "soft", say.empty));
    return made;
  }

  function draw() {
    hideTip();
    legend.replaceChildren();
    results.replaceChildren();
    get("rows").replaceChildren();
    get("download").disabled = get("save-page").disabled = !shown?.text;
    if (!shown) return;
    showCode();
    const { answers } = shown;
    const comparing = answers.length > 1;
    document.body.classList.toggle("comparing", comparing);
    const keys = answers.map((answer) => new Set(answer.entities.map(key)));
    for (const type of Object.keys(colours)) {
      const counts = answers.map((a) => a.entities.filter((e) => e.type === type).length);
      const item = element("li", typeClass(type), element("i"), typeName(type), " ");
      item.append(element("b", "", counts.join(" | ")));
      legend.append(item);
    }
    if (answers.some((answer) => answer.entities.some((e) => e.score < UNSURE))) {
      legend.append(element("li", "key", say.unsure(100 * UNSURE)));
    }
    if (comparing) {
      const differing = [0, 1].map((i) => [...keys[i]].filter((k) => !keys[1 - i].has(k)).length);
      const said = Math.max(...differing) ? say.differs(differing.join(" | ")) : say.agree;
      legend.append(element("li", "key", said));
    }
    answers.forEach((answer, index) => {
      const pane = element("div", "pane");
      if (comparing) pane.append(element("h2", "", answer.model));
      pane.append(rendered(answer, comparing ? keys[1 - index] : null));
      results.append(pane);
      for (const e of answer.entities) {
        const cells = [e.type, e.text, e.start, e.end, `${percent(e.score)} %`, answer.model];
        get("rows").append(element("tr", "", ...cells.map((cell) => element("td", "", String(cell)))));
      }
    });
    const found = answers.map((answer) => say.entities(answer.entities.length)).join(" | ");
    get("status").textContent = shown.text ? say.status(found, Math.round(shown.ms)) : "";
  }

  function showTip(mark) {
    tip.textContent = mark.dataset.tip;
    tip.hidden = false;
    mark.setAttribute("aria-describedby", "tip");
    const box = mark.getClientRects()[0];
    const left = Math.min(box.left, root.clientWidth - tip.offsetWidth - 8);
    const above = box.top - tip.offsetHeight - 6;
    tip.style.left = `${Math.max(8, left) + scrollX}px`;
    tip.style.top = `${(above < 0 ? box.bottom + 6 : above) + scrollY}px`;
  }

  function hideTip() {
    tip.hidden = true;
    document.querySelector("[aria-describedby=tip]")?.removeAttribute("aria-describedby");
  }

  for (const [enter, leave] of [["mouseover", "mouseout"], ["focusin", "focusout"]]) {
    results.addEventListener(enter, (event) => {
      const mark = event.target.closest("mark");
      if (mark) showTip(mark);
    });
    results.addEventListener(leave, hideTip);
  }
  results.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const mark = event.target.closest("mark");
    if (!step || !mark) return;
    const all = [...mark.parentNode.querySelectorAll("mark")];
    const next = all[all.indexOf(mark) + step];
    if (!next) return;
    event.preventDefault();
    mark.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hideTip();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      tagNow();
    }
  });

  async function open(file) {
    if (!file || !limits) return;
    if (file.size > 4 * limits.characters + 3) return show(() => say.tooLarge);
    const bytes = await file.arrayBuffer();
    let note = null;
    for (const encoding of ["utf-8", "gb18030"]) {
      try {
        text.value = new TextDecoder(encoding, { fatal: true }).decode(bytes);
      } catch {
        note = () => (encoding === "utf-8" ? say.gb18030(file.name) : say.notText(file.name));
        continue;
      }
      await tagNow();
      if (note && !message) show(note);
      return;
    }
    show(note);
  }

  function download() {
    const content = {
      text: shown.text,
      offsets: "Unicode code points, end exclusive",
      results: shown.answers,
    };
    save("entities.json", "application/json", `${JSON.stringify(content, null, 2)}\n`);
  }

  // The result as a page of its own, which needs neither this server nor a script.
  function savePage() {
    const copy = element("main", "", legend.cloneNode(true), results.cloneNode(true));
    for (const mark of copy.querySelectorAll("mark")) {
      mark.title = mark.dataset.tip;
      for (const name of ["data-tip", "tabindex", "aria-describedby"]) mark.removeAttribute(name);
    }
    const style = [...document.styleSheets[0].cssRules].map((rule) => rule.cssText).join("\n");
    const head = element("head", "", element("title", "", "msra-ner"), element("style", "", style));
    head.insertAdjacentHTML("afterbegin", '<meta charset="utf-8"><meta name="viewport" content="width=device-width">');
    const facts = get("about").cloneNode(true);
    const page = element("html", "", head, element("body", document.body.className + " saved", facts, copy));
    page.lang = root.lang;
    save("entities.html", "text/html", `<!DOCTYPE html>\n${page.outerHTML}\n`);
  }

  function save(name, type, content) {
    const link = element("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // How a program asks for what is shown: each line is a text, as on this page.
  function showCode() {
    const texts = shown.text.split("\n").filter((line) => line.trim());
    const body = models.length > 1 ? { model: get("model-a").value, texts } : { texts };
    const json = JSON.stringify(body);
    const address = new URL("api/tag", location.href).href;
    const quoted = json.replaceAll("'", "'\\''"); // for a shell
    const key = keyed ? ["Authorization", "Bearer YOUR_KEY"] : null;
    get("curl").textContent = [
      `curl ${address}`,
      ...(key ? [`-H '${key.join(": ")}'`] : []),
      "-H 'Content-Type: application/json'",
      `-d '${quoted}'`,
    ].join(" \\\n    ");
    const headers = JSON.stringify({ "Content-Type": "application/json", ...(key ? { [key[0]]: key[1] } : {}) });
    get("python").textContent = `import json
from urllib.request import Request, urlopen

body = ${json}
headers = ${headers}
request = Request("${address}", json.dumps(body).encode(), headers)
with urlopen(request) as answer:
    results = json.load(answer)["results"]
for text, result in zip(body["texts"], results):
    for entity in result["entities"]:
        print(entity["type"], entity["start"], entity["end"], entity["text"], entity["score"])
`;
  }

  async function copyCode(button) {
    const source = get(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent); // only over https and on this machine
    } catch {
      getSelection().selectAllChildren(source);
      document.execCommand("copy");
    }
    button.textContent = say.copied;
    setTimeout(() => (button.textContent = say.copy), 2000);
  }

  // While an input method composes, the text holds letters that will be replaced.
  text.addEventListener("input", (event) => event.isComposing || later());
  text.addEventListener("compositionend", later);
  for (const id of ["model-a", "model-b"]) get(id).addEventListener("change", tagNow);
  get("file").addEventListener("change", (event) => {
    open(event.target.files[0]);
    event.target.value = ""; // so that the same file can be chosen again
  });
  const dragsFile = (event) => event.dataTransfer?.types.includes("Files");
  document.addEventListener("dragover", (event) => {
    if (!dragsFile(event)) return;
    event.preventDefault();
    text.classList.add("over");
  });
  document.addEventListener("dragleave", () => text.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    text.classList.remove("over");
    if (!dragsFile(event)) return;
    event.preventDefault();
    open(event.dataTransfer.files[0]);
  });
  get("download").addEventListener("click", download);
  get("save-page").addEventListener("click", savePage);
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.addEventListener("click", () => copyCode(button));
  }
  get("language").addEventListener("click", () => {
    setLanguage(stored(root.lang === "zh" ? "en" : "zh") ?? (root.lang === "zh" ? "en" : "zh"));
  });

  async function start() {
    try {
      ({ models, limits, colours, keyed } = await (await fetch("api/models")).json());
    } catch {
      return show(() => say.unreachable);
    }
    for (const model of models) {
      const more = `${model.runtime}, ${model.device}, ${model.precision}`;
      for (const id of ["model-a", "model-b"]) {
        const option = new Option(model.name, model.name);
        option.title = more;
        get(id).append(option);
      }
    }
    get("model-b").prepend(new Option(say.none, ""));
    get("model-b").value = models.length > 1 ? models[1].name : "";
    get("other").hidden = models.length < 2;
    if (!text.value) text.value = EXAMPLES[0][2]; // a browser may restore an earlier text
    showModels();
    countCharacters();
    await tagNow();
  }

  setLanguage(stored() ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
  start();
})();
