"""Take the pictures of the demo that the README shows: wide and narrow, light and dark.

Run it with `make screenshots`, on a machine that does little else: the pictures show its load.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

IMAGES = Path(__file__).parent.parent / "docs" / "images"
SIZES = {"wide": (1440, 1284), "narrow": (390, 1160)}
SCHEMES = ("light", "dark")
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
MAIN = "from holdfast.cli import main; main(['demo', '--port', '0'])"

HISTORY = 45_000  # milliseconds before anything happens, so that the charts have a past
FROZEN = re.compile(r"frozen for 1\d s")


@contextmanager
def demo() -> Iterator[str]:
    """Run it on a free port; yields its address."""
    command = [sys.executable, "-u", "-c", MAIN]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, "the demo did not start"
        yield found[0]
    finally:
        process.kill()
        process.communicate()


def visit(browser: Browser, url: str, size: str, scheme: str) -> Page:
    """Open the page as it is on that screen."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=1 if size == "wide" else 2,
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(url)
    page.wait_for_selector("#status[data-state=live]")
    return page


def main() -> None:
    chromium = next(filter(None, map(shutil.which, CHROMIUM)))
    with demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        names = [(size, scheme) for size in SIZES for scheme in SCHEMES]
        pages = {name: visit(browser, url, *name) for name in names}
        first = pages[names[0]]
        first.wait_for_timeout(HISTORY)
        first.get_by_role("button", name="Stall one viewer").click()
        for (size, scheme), page in pages.items():
            page.locator("#compare").get_by_text(FROZEN).wait_for()
            path = IMAGES / f"demo-{size}-{scheme}.png"
            page.screenshot(path=path)
            print(path.relative_to(IMAGES.parent.parent), path.stat().st_size // 1024, "KB")


if __name__ == "__main__":
    main()
