"""The demo's page in headless Chromium: it tags as one types, and text stays text."""

import shutil
from pathlib import Path

import pytest
from run_folders import NASTY_WORDS
from served import WordTagger, serving

webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium (pip install .[dev])")
pytest.importorskip("fastapi", reason="needs fastapi (pip install .[dev])")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
DRIVER = shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    not (CHROMIUM and DRIVER),
    reason="needs chromium and chromedriver (apt-get install chromium chromium-driver)",
)
FLAGS = ("--headless", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--lang=en-US")
WORDS = {"王小明": "PER", "北京大学": "ORG", "上海": "LOC"}


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    made = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield made
    made.quit()


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
    driver.get(address)
    wait(driver, "return document.querySelectorAll('.text').length === 2")
    assert driver.get_log("browser") == []
    return driver


def wait(driver, script, *arguments):
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(driver, 60, 0.05).until(lambda d: d.execute_script(script, *arguments))


def enter(page, text):
    """Put a text in as typing does, and wait for its result."""
    page.execute_script(
        "const t = document.getElementById('text'); t.value = arguments[0];"
        "t.dispatchEvent(new Event('input'))",
        text,
    )
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
    assert tip.text.startswith("LOC · location\nconfidence 50.0 %, characters 5 to 7")
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
    page.execute_script(
        "const t = document.getElementById('text'); t.value = '字'.repeat(20001);"
        "t.dispatchEvent(new Event('input'))"
    )
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
