"""Make the pictures of ``docs/pictures`` from a run: report, comparison, demo, notebook.

    python scripts/screenshots.py runs/sample
    python scripts/screenshots.py runs/sample --against runs/other --all --output_dir /tmp/pictures

Each picture is a page as headless Chromium shows it, in few colours so that it stays small. Without
``--all`` only those of README are made (light, English); with it each page in light, dark, on a
phone and in Chinese. Needs selenium, Chromium with its driver, and a font with Chinese characters.
"""

import argparse
import io
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from msra_ner import Tagger, compare_runs, write_report
from msra_ner.report import describe_run

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
# Width and height of a window, in CSS pixels, and how many dots one of them has.
WINDOW, PHONE = (1280, 860, 1.5), (390, 844, 2)
LOOKS = {
    "": (WINDOW, "light", "en"),
    "-dark": (WINDOW, "dark", "en"),
    "-phone": (PHONE, "light", "en"),
    "-phone-dark": (PHONE, "dark", "zh"),
    "-chinese": (WINDOW, "light", "zh"),
}
COLOURS = 256  # in a picture
NOTEBOOK = """<!DOCTYPE html><meta charset="utf-8">
<style>:root {{ color-scheme: light dark }} body {{ font: 16px sans-serif; margin: 2rem }}</style>
{}"""
TEXT = "王小明在北京大学读书，后来去了上海。"


def main() -> None:
    """Make the pictures of the run on the command line."""
    parser = argparse.ArgumentParser(description="Make the pictures of a run's pages.")
    parser.add_argument("run", type=Path, help="the --output_dir of a run")
    parser.add_argument("--against", type=Path, help="a second run, for the page of compare")
    parser.add_argument("--all", action="store_true", help="dark, phone and Chinese too")
    parser.add_argument("--whole", action="store_true", help="whole pages, not one screen of them")
    parser.add_argument("--output_dir", type=Path, default=PICTURES)
    options = parser.parse_args()
    options.output_dir.mkdir(parents=True, exist_ok=True)
    looks = LOOKS if options.all else {"": LOOKS[""]}
    with tempfile.TemporaryDirectory() as name, serve_demo(options) as demo:
        for page, address in {**write_pages(options, Path(name)), "demo": demo}.items():
            for suffix, look in looks.items():
                path = options.output_dir / f"{page}{suffix}.png"
                path.write_bytes(take_picture(address, look, whole=options.whole))
                print(f"{path}: {path.stat().st_size // 1024} KB")


def write_pages(options: argparse.Namespace, folder: Path) -> dict[str, str]:
    """Write the pages of a run into a folder and return their addresses by name."""
    # The report is written beside a copy: the run stays as it is.
    copy = folder / options.run.resolve().name
    shutil.copytree(options.run, copy, ignore=shutil.ignore_patterns("checkpoint-*"))
    pages = {"report": write_report(copy)}
    if options.against:
        pages["compare"] = compare_runs(copy, options.against, folder)
    if options.all:
        pages["notebook"] = folder / "notebook.html"
        tagged: Any = Tagger.from_pretrained(copy)(TEXT)
        pages["notebook"].write_text(NOTEBOOK.format(tagged._repr_html_()), encoding="utf-8")
    return {name: page.as_uri() for name, page in pages.items()}


@contextmanager
def serve_demo(options: argparse.Namespace) -> Iterator[str]:
    """Serve the demo of the runs on a free port, and yield its address."""
    import uvicorn

    from msra_ner.serving import make_app

    name = options.run.resolve().name
    about = {name: describe_run(options.run)}
    app = make_app({name: Tagger.from_pretrained(options.run)}, about=about)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.05)
        host, port = server.servers[0].sockets[0].getsockname()
        address = f"http://{host}:{port}/"
        with urlopen(f"{address}health"):
            yield address
    finally:
        server.should_exit = True
        thread.join()


def take_picture(
    address: str, look: tuple[tuple[int, int, float], str, str], *, whole: bool
) -> bytes:
    """Return a page as a PNG."""
    (width, height, dots), scheme, language = look
    with open_browser(language) as driver:
        media = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
        metrics = {"width": width, "height": height, "deviceScaleFactor": dots, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        driver.get(address)
        wait_until_still(driver)
        if failed := driver.get_log("browser"):
            raise SystemExit(f"{address}: {failed}")
        if whole:
            metrics["height"] = driver.execute_script("return document.body.scrollHeight")
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        return reduce_colours(driver.get_screenshot_as_png())


def wait_until_still(driver: Any) -> None:
    """Wait until a page no longer changes."""
    before = None
    for _ in range(100):
        time.sleep(0.2)
        now = driver.execute_script("return document.body.innerHTML.length")
        busy = driver.execute_script("return document.querySelector('[aria-busy=true]') !== null")
        if now == before and not busy:
            return
        before = now


@contextmanager
def open_browser(language: str) -> Iterator[Any]:
    """Yield the driver of a headless Chromium that prefers a language."""
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    # Chromium refuses to run as root with its sandbox.
    for flag in ("headless", "no-sandbox", "disable-gpu", "hide-scrollbars", "no-first-run"):
        options.add_argument(f"--{flag}")
    options.add_argument(f"--lang={language}")
    options.add_experimental_option("prefs", {"intl.accept_languages": language})
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    driver = webdriver.Chrome(options=options, service=service)
    try:
        yield driver
    finally:
        driver.quit()


def reduce_colours(png: bytes) -> bytes:
    """Return a picture with few colours, which PNG stores in a fraction of the bytes."""
    from PIL import Image

    image = Image.open(io.BytesIO(png)).convert("RGB")
    small = io.BytesIO()
    few = image.quantize(COLOURS, Image.Quantize.MEDIANCUT, kmeans=1, dither=Image.Dither.NONE)
    few.save(small, "PNG", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    main()
