"""The pages in headless Chromium: they render, filter, search, and corpus text stays text."""

import json
import random
import re
import time
from contextlib import contextmanager

import pytest
from helpers.browser import chromium, wait
from helpers.builders import EXAMPLE_SENTENCES
from helpers.run_folders import RECORD, many_sentences, nasty_sentences, worse, write_run

from msra_ner.corpus.sentence import Sentence
from msra_ner.metrics.surface_forms import count_names
from msra_ner.report.compare import compare_runs
from msra_ner.report.page import write_report


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """A report with errors of several kinds."""
    folder = tmp_path_factory.mktemp("runs") / "run"
    sentences = EXAMPLE_SENTENCES * 6
    names = count_names(EXAMPLE_SENTENCES[:6])
    return write_report(write_run(folder, sentences, worse(sentences), train_names=names))


def open_page(driver, path):
    """Open a page in English, and see to it that nothing failed and nothing was loaded."""
    driver.get(path.as_uri())
    driver.execute_script("localStorage.clear()")
    driver.get(path.as_uri())
    assert driver.get_log("browser") == []
    assert driver.execute_script("return performance.getEntriesByType('resource').length") == 0
    return json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))


def texts(driver, selector):
    script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent)"
    return driver.execute_script(script, selector)


def choose(driver, field, value):
    driver.execute_script(
        "const node = document.getElementById(arguments[0]); node.value = arguments[1];"
        "node.dispatchEvent(new Event(node.tagName === 'INPUT' ? 'input' : 'change'));",
        field,
        value,
    )
    return int(texts(driver, "#found")[0].replace(",", ""))


def show_all(driver):
    driver.execute_script(
        "const more = document.getElementById('more'); while (!more.hidden) more.click();"
        "document.querySelectorAll('.whole').forEach((button) => button.click());"
    )


def visible(driver, selector):
    script = (
        "return [...document.querySelectorAll(arguments[0])]"
        ".filter((e) => e.getClientRects().length).map((e) => e.textContent)"
    )
    return driver.execute_script(script, selector)


def test_the_page_renders(browser, report, tmp_path):
    data = open_page(browser, report)
    assert f"{100 * data['headline']['f1']:.2f}" in texts(browser, ".big")[0]
    heights = browser.execute_script(
        "return [...document.querySelectorAll('figure svg')].map((e) => e.clientHeight)"
    )
    assert len(heights) == 1  # the curves; without scores there is no calibration
    assert min(heights) > 100
    gains = [max(row["gain"], 0) for row in data["kinds"] if row["errors"]]
    bars = browser.execute_script(
        "return [...document.querySelectorAll('#kinds .track i')].map((i) => i.clientWidth)"
    )
    assert bars == sorted(bars, reverse=True)
    assert len(bars) == len(gains)
    assert bars[-1] / bars[0] == pytest.approx(gains[-1] / gains[0], abs=0.05)
    assert int(texts(browser, "#found")[0]) == len(data["errors"])
    assert browser.save_screenshot(str(tmp_path / "page.png"))
    assert (tmp_path / "page.png").stat().st_size > 20_000


def test_filters_filter(browser, report):
    errors = open_page(browser, report)["errors"]
    for kind in {error["kind"] for error in errors}:
        found = choose(browser, "kind", kind)
        assert found == sum(error["kind"] == kind for error in errors)
        assert set(visible(browser, ".item .kind .en")) == {kind}
    choose(browser, "kind", "")
    for name in ("PER", "ORG", "LOC"):
        about = [
            error
            for error in errors
            if name in {entity[2] for side in ("gold", "predicted") for entity in error[side]}
        ]
        assert choose(browser, "type", name) == len(about) > 0


def test_search_finds_all_words_anywhere_in_the_sentence(browser, report):
    data = open_page(browser, report)
    joined = {key: "".join(row["tokens"]) for key, row in data["sentences"].items()}

    def expected(*words):
        texts = (joined[str(error["sentence"])] for error in data["errors"])
        return sum(all(word in text for word in words) for text in texts)

    assert choose(browser, "search", "北京") == expected("北京") > 0
    assert choose(browser, "search", "会议 巴黎") == expected("会议", "巴黎") > 0
    assert choose(browser, "search", "没有这样的词") == 0
    assert choose(browser, "search", "北京") > choose(browser, "kind", "type") >= 0


def test_clear_shows_everything_again(browser, report):
    data = open_page(browser, report)
    choose(browser, "search", "北京")
    browser.find_element("css selector", "button[type=reset]").click()
    time.sleep(0.1)
    assert int(texts(browser, "#found")[0]) == len(data["errors"])


def test_numbers_in_the_tables_lead_to_their_errors(browser, report):
    open_page(browser, report)
    link = browser.find_element("css selector", "#kinds a[data-show-kind='missed']")
    number = link.text
    link.send_keys("\n")  # by keyboard
    assert texts(browser, "#found") == [number]
    assert set(visible(browser, ".item .kind .en")) == {"missed"}


def test_the_language_changes_and_is_remembered(browser, report):
    open_page(browser, report)
    assert "Kinds of errors" in visible(browser, "h2 span")
    browser.find_element("id", "language").click()
    for _ in range(2):
        assert "错误种类" in visible(browser, "h2 span")
        assert visible(browser, ".en") == []
        assert texts(browser, "#kind option")[:2] == ["全部", "漏标"]
        assert "训练步数" in visible(browser, "svg tspan")
        browser.refresh()
    browser.find_element("id", "language").click()
    assert visible(browser, ".zh") == []


def read_layers(browser, expression):
    """Return for each item what an expression gives for the ``text`` of each of its layers."""
    return browser.execute_script(
        "return [...document.querySelectorAll('.item')].map((item) =>"
        f"[...item.querySelectorAll('.text')].map((text) => {expression}))"
    )


def test_gold_and_predicted_entities_are_marked(browser, report):
    data = open_page(browser, report)
    show_all(browser)
    shown = read_layers(
        browser, "[...text.querySelectorAll('mark')].map((m) => [m.textContent, m.dataset.type])"
    )
    for error, layers in zip(data["errors"], shown, strict=True):
        row = data["sentences"][str(error["sentence"])]
        assert layers == [
            [["".join(row["tokens"][start:end]), name] for start, end, name in row[side]]
            for side in ("gold", "predicted")
        ]


def random_sentences():
    """Return sentences of random characters of all planes, most tokens of one character."""
    draw = random.Random(1)
    planes = [
        range(1, 0x250),
        range(0x2000, 0x2070),
        range(0x4E00, 0x9FFF),
        range(0x1F300, 0x1FAFF),
    ]
    rows = []
    for _ in range(15):
        tokens = [
            "".join(chr(draw.choice(draw.choice(planes))) for _ in range(draw.choice((1, 1, 1, 4))))
            for _ in range(draw.randint(1, 90))
        ]
        rows.append(Sentence(tokens, [draw.choice(("O", "B-X", "B-Y")) for _ in tokens]))
    return rows


def nasty_words():
    """Return sentences of words, which a page joins with spaces."""
    rows = nasty_sentences()
    return [Sentence([f"w{token}" for token in row.tokens], row.tags) for row in rows]


@pytest.mark.parametrize(
    ("sentences", "joiner"),
    [(nasty_sentences(), ""), (nasty_words(), " "), (random_sentences(), "")],
    ids=["markup", "words", "any"],
)
def test_the_text_shown_is_the_text_of_the_corpus(browser, tmp_path, sentences, joiner):
    folder = write_run(tmp_path / "run", sentences, [["O"] * len(s.tags) for s in sentences])
    data = open_page(browser, write_report(folder))
    show_all(browser)
    shown = browser.execute_script(
        "return [...document.querySelectorAll('.item')].map((item) =>"
        "[...item.querySelectorAll('.text')].map((text) => text.textContent))"
    )
    assert len(shown) == len(data["errors"])
    for error, layers in zip(data["errors"], shown, strict=True):
        text = joiner.join(sentences[error["sentence"]].tokens)
        assert layers == [text, text]
    assert browser.execute_script("return window.hacked === undefined")
    assert len(texts(browser, "script")) == 2
    assert texts(browser, "main img, main script, #items b") == []


def test_a_long_sentence_is_cut_until_asked_for(browser, tmp_path):
    tokens = [str(number % 10) for number in range(300)]
    tags = ["O"] * 150 + ["B-LOC", "I-LOC"] + ["O"] * 148
    folder = write_run(tmp_path / "run", [Sentence(tokens, tags)], [["O"] * 300])
    open_page(browser, write_report(folder))
    assert texts(browser, ".item .text") == ["".join(tokens[120:182])] * 2
    browser.find_element("css selector", ".whole").click()
    assert texts(browser, ".item .text") == ["".join(tokens)] * 2


def test_no_entity_is_cut_with_a_long_sentence(browser, tmp_path):
    tokens = [str(number % 10) for number in range(300)]
    gold, predicted = (["O"] * 300 for _ in range(2))
    # Both ends of the part that is shown lie in correct entities.
    for row in (gold, predicted):
        for start, end in ((110, 130), (170, 190)):
            row[start:end] = ["B-LOC", *["I-LOC"] * (end - start - 1)]
    gold[150] = "B-PER"
    folder = write_run(tmp_path / "run", [Sentence(tokens, gold)], [predicted])
    open_page(browser, write_report(folder))
    assert texts(browser, ".item .text") == ["".join(tokens[110:190])] * 2
    assert [len(text) for text in texts(browser, ".item .text mark")] == [20, 1, 20, 20, 20]


def test_five_thousand_errors_stay_quick(browser, tmp_path):
    sentences = many_sentences(2500)
    folder = write_run(tmp_path / "run", sentences, [["O"] * len(s.tags) for s in sentences])
    path = write_report(folder)
    start = time.perf_counter()
    open_page(browser, path)
    assert texts(browser, "#found") == ["5,000"]
    assert len(texts(browser, ".item")) == 40
    assert choose(browser, "search", "第2499次") == 2
    assert choose(browser, "search", "") == 5000
    # A second or so; the margin is for busy machines.
    assert time.perf_counter() - start < 10
    browser.find_element("id", "more").send_keys("\n")
    assert len(texts(browser, ".item")) == 80
    focused = "return [...document.querySelectorAll('.item')].indexOf(document.activeElement)"
    assert browser.execute_script(focused) == 40


@contextmanager
def window(browser, width):
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        yield
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


WIDTHS = pytest.mark.parametrize(
    "width", [360, 1000, 1400], ids=["a phone", "a window", "a screen"]
)


@WIDTHS
@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_is_cut_at_the_edge(browser, report, width, language):
    with window(browser, width):
        open_page(browser, report)
        if language == "zh":
            browser.find_element("id", "language").click()
        browser.execute_script(
            "for (const details of document.querySelectorAll('details')) details.open = true"
        )
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        # What scrolls by itself would hide the end of a table from the line above.
        beyond = browser.execute_script(
            "return [...document.querySelectorAll('main *')].filter((element) =>"
            "element.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML)"
        )
        assert beyond == []


PLACES = """
return [...document.querySelectorAll('.lines')].map((lines) =>
  [...lines.querySelectorAll('.text')].map((text) => {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    const found = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      for (let index = 0; index < node.length; index += 1) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + 1);
        const box = range.getBoundingClientRect();
        found.push([box.left, box.top]);
      }
    }
    return found;
  }))
"""


@WIDTHS
def test_each_character_stands_above_itself(browser, report, width):
    with window(browser, width):
        open_page(browser, report)
        show_all(browser)
        lines = browser.execute_script(PLACES)
    assert len(lines) > 5
    for gold, predicted in lines:
        assert [left for left, _ in gold] == pytest.approx([left for left, _ in predicted], abs=1)
        below = {round(b[1] - a[1]) for a, b in zip(gold, predicted, strict=True)}
        assert len(below) == 1
        assert below.pop() > 16


def list_tags(length, entities):
    tags = [""] * length
    for start, end, name in entities:
        tags[start:end] = [f"B {name}", *[f"I {name}"] * (end - start - 1)]
    return tags


def test_only_what_differs_is_shaded(browser, report):
    data = open_page(browser, report)
    show_all(browser)
    shaded = read_layers(
        browser, "[...text.querySelectorAll('em')].map((em) => em.textContent).join('')"
    )
    for error, layers in zip(data["errors"], shaded, strict=True):
        row = data["sentences"][str(error["sentence"])]
        gold, predicted = (
            list_tags(len(row["tokens"]), row[side]) for side in ("gold", "predicted")
        )
        for side, text in zip(("gold", "predicted"), layers, strict=True):
            inside = {place for start, end, _ in error[side] for place in range(start, end)}
            differing = [place for place in sorted(inside) if gold[place] != predicted[place]]
            assert text == "".join(row["tokens"][place] for place in differing)


def test_the_navigation_has_the_headings_and_goes_with_the_reader(browser, report):
    open_page(browser, report)
    assert texts(browser, "nav a .en") == texts(browser, "h2 .en")
    assert texts(browser, "nav a .zh") == texts(browser, "h2 .zh")
    for width in (360, 1400):
        with window(browser, width):
            browser.execute_script("document.getElementById('errors').scrollIntoView()")
            marked = "return document.querySelector('nav [aria-current]')?.hash === '#errors'"
            wait(browser, marked)
            top = "return document.querySelector('nav').getBoundingClientRect().top"
            assert browser.execute_script(top) == 0


def test_what_to_do_first_leads_to_its_errors(browser, report):
    data = open_page(browser, report)
    assert [item["en"] for item in data["first"]] == [
        text.partition("\n")[0] for text in texts(browser, ".advice li > .en")
    ]
    links = browser.find_elements("css selector", ".advice a[data-show-kind]")
    assert len(links) >= 2
    for link, item in zip(links, [i for i in data["first"] if i["href"] == "#errors"], strict=True):
        link.send_keys("\n")
        kind, type, search = (
            browser.find_element("id", name).get_attribute("value")
            for name in ("kind", "type", "search")
        )
        assert (kind, type, search) == (item["kind"], item["type"], item["search"])
        assert int(texts(browser, "#found")[0]) > 0


def test_no_value_of_a_program_is_shown(browser, report, tmp_path):
    other = write_run(
        tmp_path / "other", EXAMPLE_SENTENCES * 6, run={**RECORD, "settings": {"seed": None}}
    )
    for page in (report, compare_runs(report.parent, other, tmp_path)):
        open_page(browser, page)
        shown = browser.execute_script(
            "for (const details of document.querySelectorAll('details')) details.open = true;"
            "return document.querySelector('main').innerText"
        )
        assert not re.search(r"\b(null|undefined|None|NaN|nan)\b", shown)


def test_dark_is_dark(browser, report):
    feature = {"name": "prefers-color-scheme", "value": "dark"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    try:
        open_page(browser, report)
        style = "return getComputedStyle(document.body).backgroundColor"
        assert browser.execute_script(style) == "rgb(20, 23, 27)"
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_two_runs_are_compared(browser, tmp_path):
    first = write_run(tmp_path / "first", predicted=worse(EXAMPLE_SENTENCES))
    second = write_run(tmp_path / "second", predicted=[s.tags for s in EXAMPLE_SENTENCES])
    data = open_page(browser, compare_runs(first, second, tmp_path / "out", overwrite=False))
    assert int(texts(browser, "#found")[0]) == len(data["changes"])
    assert choose(browser, "kind", "better in B") == data["verdicts"]["better in B"]
    show_all(browser)
    assert texts(browser, ".item:first-child .layer .en") == ["gold", "A", "B"]
    # Under the title stands what differs: here nothing but the predictions.
    assert texts(browser, "main > section:first-child h2 .en") == ["What differs between the runs"]
    text = "".join(data["sentences"][str(data["changes"][0]["sentence"])]["tokens"])
    assert texts(browser, ".item:first-child .text") == [text] * 3
    about = [change for change in data["changes"] if "PER" in str(change)]
    choose(browser, "kind", "")
    assert choose(browser, "type", "PER") == len(about)
