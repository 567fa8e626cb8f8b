"""The demo's page in headless Chromium: it tags as one types, and text stays text."""

import json
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from helpers.browser import chromium, wait
from helpers.run_folders import NASTY_WORDS
from helpers.served import WordTagger, serving, wait_until

pytest.importorskip("fastapi", reason="needs fastapi (pip install .[test])")
from msra_ner.serving.limits import Limits

WORDS = {"王小明": "PER", "北京大学": "ORG", "上海": "LOC"}


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("profile")) as made:
        yield made


@pytest.fixture(scope="module")
def address():
    taggers = {
        "a": WordTagger(WORDS, {"上海": 0.5}),
        "b": WordTagger(WORDS | {"上海": "ORG"}),
    }
    with serving(taggers) as found:
        yield found


@pytest.fixture
def page(driver, address):
    load(driver, address, 2)
    assert driver.get_log("browser") == []
    return driver


def load(driver, address, results):
    """Open a page and wait for the results of its sample."""
    driver.get(address)
    wait(driver, "return document.querySelectorAll('.text').length === arguments[0]", results)


def type_in(page, text):
    """Put a text in as typing does, and wait for nothing."""
    page.execute_script(
        "const t = document.getElementById('text'); t.value = arguments[0];"
        "t.dispatchEvent(new Event('input'))",
        text,
    )


def post(address, text):
    """Tag a text as another client does, and return the status."""
    body = json.dumps({"texts": [text]}).encode()
    request = Request(f"{address}/api/tag", body, {"Content-Type": "application/json"})
    with urlopen(request, timeout=60) as answer:
        return answer.status


def enter(page, text):
    """Put a text in as typing does, and wait for its result."""
    type_in(page, text)
    wait(page, "return document.querySelector('.text').textContent === arguments[0]", text)


def marks(page):
    return page.execute_script(
        "return [...document.querySelectorAll('.text')].map((text) =>"
        "[...text.querySelectorAll('mark')].map((m) =>"
        "[m.textContent, m.dataset.type, m.classList.contains('differs')]))"
    )


def test_two_models_are_compared_as_one_types(page):
    enter(page, "👩‍👩‍👧𠮷王小明在北京大学\n\n也去上海")
    same = [["王小明", "PER", False], ["北京大学", "ORG", False]]
    assert marks(page) == [[*same, ["上海", "LOC", True]], [*same, ["上海", "ORG", True]]]
    assert "1 | 1" in page.find_element("css selector", "#legend .key:last-child").text


def test_the_keyboard_shows_confidence(page):
    enter(page, "𠮷王小明去上海")
    first = page.find_element("css selector", "mark")
    first.send_keys("\ue014")  # arrow to the right
    tip = page.find_element("id", "tip")
    assert tip.text.startswith("LOC · location\nconfidence 50.0 %, offsets 5 to 7")
    assert page.switch_to.active_element.get_attribute("class") == "type2 unsure differs"
    page.switch_to.active_element.send_keys("\ue00c")  # Escape
    assert not tip.is_displayed()


def test_nasty_text_stays_text(page):
    enter(page, "上海".join(word.replace("\r", "") for word in NASTY_WORDS))
    assert page.execute_script("return window.hacked === undefined")
    assert len(page.find_elements("css selector", "#results img, #results script")) == 0
    assert len(marks(page)[0]) == len(NASTY_WORDS) - 1
    assert page.get_log("browser") == []


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_file_is_read(page, tmp_path, encoding):
    path = Path(tmp_path / "text.txt")
    path.write_bytes("王小明在上海".encode(encoding))
    page.find_element("id", "file").send_keys(str(path))
    wait(page, "return document.querySelector('.text').textContent === '王小明在上海'")
    if encoding == "gb18030":
        wait(page, "return document.getElementById('message').textContent.includes('GB18030')")


def test_what_is_too_long_is_said(page):
    type_in(page, "字" * 20001)
    wait(page, "return document.getElementById('message').textContent.includes('20,000')")


def test_the_language_is_remembered(page):
    page.find_element("id", "language").click()
    page.refresh()
    wait(page, "return document.documentElement.lang === 'zh'")
    assert page.find_element("id", "download").text == "下载 JSON"
    page.find_element("id", "language").click()


def test_nothing_is_wider_than_a_phone(page):
    metrics = {"width": 360, "height": 800, "deviceScaleFactor": 1, "mobile": True}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    assert page.execute_script("return document.documentElement.scrollWidth") <= 360
    page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_dropped_file_is_read(page):
    page.execute_script(
        "const data = new DataTransfer(); data.items.add(new File(['王小明到上海'], 'a.txt'));"
        "for (const name of ['dragover', 'drop']) { const event = new DragEvent(name,"
        "{dataTransfer: data, bubbles: true, cancelable: true});"
        "document.body.dispatchEvent(event); window.prevented = event.defaultPrevented; }"
    )
    wait(page, "return document.querySelector('.text').textContent === '王小明到上海'")
    # Else the browser would leave the page and show the file.
    assert page.execute_script("return window.prevented")
    assert "over" not in page.find_element("id", "text").get_attribute("class")


def test_the_result_is_downloaded(page):
    enter(page, "𠮷\n王小明去上海")
    content = page.execute_async_script(
        "const [done] = arguments; const make = URL.createObjectURL;"
        "URL.createObjectURL = (blob) => { URL.createObjectURL = make;"
        "blob.text().then(done); return make(blob); };"
        "document.getElementById('download').click();"
    )
    saved = json.loads(content)
    assert saved["text"] == "𠮷\n王小明去上海"
    assert [result["model"] for result in saved["results"]] == ["a", "b"]
    person = {"type": "PER", "start": 2, "end": 5, "text": "王小明", "score": 0.95}
    location = {"type": "LOC", "start": 6, "end": 8, "text": "上海", "score": 0.5}
    assert saved["results"][0]["entities"] == [person, location]


def test_a_full_server_is_asked_again(driver):
    tagger = WordTagger(WORDS)
    with serving({"a": tagger}, Limits(waiting=1)) as address, ThreadPoolExecutor(2) as pool:
        load(driver, address, 1)
        enter(driver, "王小明")
        tagger.go.clear()
        before = len(tagger.batches)
        others = [pool.submit(post, address, "first")]
        wait_until(lambda: len(tagger.batches) > before)
        others.append(pool.submit(post, address, "second"))
        wait_until(lambda: b'requests{model="a"} 1.0' in urlopen(f"{address}/metrics").read())
        type_in(driver, "去上海")
        wait(driver, "return document.getElementById('message').textContent.includes('busy')")
        assert driver.find_element("css selector", ".text").text.startswith("王小明")
        tagger.go.set()
        wait(driver, "return document.querySelector('.text').textContent === '去上海'")
        assert not driver.find_element("id", "message").is_displayed()
        assert [other.result() for other in others] == [200, 200]
    driver.get_log("browser")  # the browser notes each 429


def test_an_outdated_answer_is_never_shown(driver):
    tagger = WordTagger(WORDS)
    with serving({"a": tagger}) as address:
        load(driver, address, 1)
        enter(driver, "王小明")
        driver.execute_script(
            "window.seen = []; new MutationObserver(() => window.seen.push("
            "document.querySelector('.text')?.textContent)).observe("
            "document.getElementById('results'), {childList: true})"
        )
        tagger.go.clear()
        type_in(driver, "去北京大学")
        wait_until(lambda: ["去北京大学"] in tagger.batches)
        type_in(driver, "去上海")
        tagger.go.set()
        wait(driver, "return document.querySelector('.text').textContent === '去上海'")
        assert driver.execute_script("return window.seen") == ["去上海"]


CONTRAST = """
const probe = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const channels = (color, under) => {
  probe.clearRect(0, 0, 1, 1);
  for (const c of [under, color]) { probe.fillStyle = c; probe.fillRect(0, 0, 1, 1); }
  return [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3);
};
const luminance = (rgb) => rgb.map((c) => c / 255)
  .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const ground = (node) => {
  const own = [];
  for (let n = node; n; n = n.parentElement) own.unshift(getComputedStyle(n).backgroundColor);
  return own.reduce((under, color) => `rgb(${channels(color, under)})`, 'rgb(255,255,255)');
};
return [...document.querySelectorAll('h1, h1 small, textarea, .name, .soft, button:enabled, select,'
  + 'mark, #legend li, summary, th, td, footer a, #tip, #message')].map((node) => {
  const under = ground(node);
  const [a, b] = [luminance(channels(getComputedStyle(node).color, under)),
    luminance(channels(under, under))].sort((x, y) => y - x);
  return [node.tagName + '#' + node.id + '.' + node.className, (a + 0.05) / (b + 0.05)];
});
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_read_in_light_and_dark(page, scheme):
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    enter(page, "王小明从上海到北京大学")
    page.execute_script("document.querySelector('mark').focus()")  # shows the tip
    ratios = page.execute_script(CONTRAST)
    paper = page.execute_script("return getComputedStyle(document.body).backgroundColor")
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert (sum(map(int, re.findall(r"\d+", paper)[:3])) < 150) == (scheme == "dark")
    assert len([name for name, _ in ratios if name.startswith("MARK")]) == 6
    # WCAG 2.2, 1.4.3 for text of usual size.
    assert [(name, ratio) for name, ratio in ratios if ratio < 4.5] == []


def test_nothing_is_asked_of_another_server(page, address):
    enter(page, "王小明在上海")
    asked = page.execute_script(
        "return performance.getEntriesByType('resource').map((entry) => entry.name)"
    )
    assert f"{address}/api/tag" in asked
    assert [name for name in asked if not name.startswith((f"{address}/", "data:"))] == []
    # And what the page may not ask is refused by the browser itself.
    refused = page.execute_async_script(
        "const [done] = arguments; document.addEventListener('securitypolicyviolation',"
        "(event) => done(event.violatedDirective), {once: true});"
        "fetch('http://127.0.0.1:9/').catch(() => {});"
    )
    assert refused == "connect-src"
    page.get_log("browser")  # the browser notes the refusal


ABOUT = {"corpus": "sample", "toy": True, "split": "test", "f1": 0.94019, "date": "2026-11-28"}


@pytest.fixture(scope="module")
def known():
    """The address of a server with one model of which something is known, and a key."""
    with serving({"a": WordTagger(WORDS)}, about={"a": ABOUT}) as found:
        yield found


def test_the_page_says_what_the_models_are(driver, address, known):
    load(driver, known, 1)
    said = driver.find_element("id", "about").text
    assert "trained on the sample corpus · F1 94.02 on test · 2026-11-28" in said
    assert "toy" in said
    load(driver, address, 2)
    rows = driver.find_elements("css selector", "#about p")
    assert ["not known" in row.text for row in rows] == [True, True]
    assert "toy" not in driver.find_element("id", "about").text


def test_an_example_is_one_click_away(page):
    buttons = page.find_elements("css selector", "#gallery button")
    assert len(buttons) > 5
    for button in buttons:
        button.click()
        text = page.find_element("id", "text").get_attribute("value")
        assert button.get_attribute("aria-pressed") == "true"
        wait(page, "return document.querySelector('.text').textContent === arguments[0]", text)
    type_in(page, "something else")
    assert not page.find_elements("css selector", "#gallery [aria-pressed=true]")


def test_the_programs_shown_find_what_the_page_finds(page, tmp_path):
    enter(page, '王小明\'s "$HOME" `id` \\ 上海\n\n也去北京大学')
    page.execute_script("document.getElementById('program').open = true")
    curl, python = (page.find_element("id", name).text for name in ("curl", "python"))
    (tmp_path / "ask.py").write_text(python, encoding="utf-8")
    asked = subprocess.run(
        [sys.executable, tmp_path / "ask.py"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    found = [line.split()[3] for line in asked.stdout.splitlines()]
    assert found == ["王小明", "上海", "北京大学"]
    # As a shell reads it; the body is the last word.
    words = shlex.split(curl)
    assert words[:2] == ["curl", f"{page.current_url}api/tag"]
    assert json.loads(words[-1])["texts"] == ['王小明\'s "$HOME" `id` \\ 上海', "也去北京大学"]


def test_the_result_is_saved_as_a_page_of_its_own(page):
    text = "<img src=x onerror=window.hacked=1> 王小明去上海"
    enter(page, text)
    page.execute_script(
        "window.saved = null; URL.createObjectURL = (blob) => { window.saved = blob; return '#'; }"
    )
    page.find_element("id", "save-page").click()
    html = page.execute_async_script("window.saved.text().then(arguments[0])")
    shown = page.execute_script(
        "const made = new DOMParser().parseFromString(arguments[0], 'text/html');"
        "return [made.querySelectorAll('script, img, link').length,"
        "made.querySelector('.text').textContent,"
        "[...made.querySelector('.text').querySelectorAll('mark')].map((m) => m.dataset.type)]",
        html,
    )
    assert shown == [0, text, ["PER", "LOC"]]
    assert "--type0: #" in html
