"""Headless Chromium, for tests of pages."""

import shutil
from contextlib import contextmanager

import pytest

FLAGS = (
    "--headless",
    "--no-sandbox",  # Chromium refuses to run as root with it
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--lang=en-US",
    "--window-size=1000,900",
)


@contextmanager
def chromium(profile):
    """Yield the driver of a browser with its profile in a folder, or skip where there is none."""
    reason = "needs selenium (pip install .[all])"
    webdriver = pytest.importorskip("selenium.webdriver", reason=reason)
    binary = shutil.which("chromium") or shutil.which("chromium-browser")
    service = shutil.which("chromedriver")
    if not (binary and service):
        pytest.skip("needs chromium and chromedriver (apt-get install chromium chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(service))
    try:
        yield driver
    finally:
        driver.quit()


def wait(driver, script, *arguments):
    """Wait until a script of the page returns a true value."""
    from selenium.webdriver.support.ui import WebDriverWait

    WebDriverWait(driver, 120, 0.05).until(lambda d: d.execute_script(script, *arguments))
