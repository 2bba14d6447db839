"""The side-by-side, in a real browser: one side stands still, the other goes on."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.e2e.conftest import Demo, Visitors

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.timeout(120)]

TUTORIAL, HOLDFAST = "tutorial", "holdfast"
STALL, BINARY = "Stall one viewer", "Send a binary frame"
PICTURES = "() => [...document.querySelectorAll('.side canvas')].map((one) => one.toDataURL())"


def side(page: Page, name: str) -> Locator:
    return page.locator(f".side[data-side={name}]")


def is_in(page: Page, name: str, mood: str) -> None:
    page.wait_for_selector(f".side[data-side={name}][data-mood={mood}]")


def opened(visitors: Visitors, **options: Any) -> Page:
    page = visitors.open(**options)
    for name in (TUTORIAL, HOLDFAST):
        is_in(page, name, "receiving")
    return page


def press(page: Page, label: str) -> None:
    page.get_by_role("button", name=label).click()


def figure(page: Page, name: str, what: str) -> int:
    text = side(page, name).locator(f"[data-figure={what}]").inner_text()
    return int(text.replace(",", ""))


def says(page: Page, name: str, words: str) -> None:
    side(page, name).get_by_text(words).wait_for()


def goes_on(page: Page, name: str, messages: int = 25) -> None:
    page.wait_for_function(
        """([name, wanted]) => {
          const shown = document.querySelector(`.side[data-side=${name}] [data-figure=received]`);
          return Number(shown.textContent.replaceAll(",", "")) >= wanted;
        }""",
        arg=[name, figure(page, name, "received") + messages],
    )


def viewers_are(page: Page, name: str, count: int) -> None:
    shown = side(page, name).locator("[data-figure=viewers]")
    shown.get_by_text(str(count), exact=True).wait_for()


def stands_still(page: Page, seconds: float) -> None:
    """The left counter, while the right one advances."""
    is_in(page, TUTORIAL, "frozen")
    before = figure(page, TUTORIAL, "received")
    began = time.monotonic()
    while time.monotonic() < began + seconds:
        goes_on(page, HOLDFAST, 10)
        assert figure(page, TUTORIAL, "received") == before
    assert side(page, HOLDFAST).get_attribute("data-mood") == "receiving"
    chip = side(page, TUTORIAL).locator(".chip").inner_text()
    found = re.fullmatch(r"frozen for (\d+) s", chip)
    assert found
    assert int(found[1]) >= seconds


# -- what the buttons show ---------------------------------------------------------------------


def test_a_stalled_viewer_freezes_the_left_and_not_the_right(visitors: Visitors) -> None:
    page = opened(visitors)
    press(page, STALL)
    stands_still(page, 5)
    says(page, TUTORIAL, "Its loop waits in send_text for viewer 1.")
    says(page, HOLDFAST, "close code 3008, the client took nothing for 5 s.")
    viewers_are(page, TUTORIAL, 2)
    viewers_are(page, HOLDFAST, 1)


def test_a_binary_frame_freezes_the_left_and_not_the_right(visitors: Visitors) -> None:
    page = opened(visitors)
    press(page, BINARY)
    stands_still(page, 5)
    says(page, TUTORIAL, "The handler of viewer 1 died of KeyError: 'text'.")
    says(page, TUTORIAL, "Its feed died of WebSocketDisconnect")
    says(page, HOLDFAST, "Viewer 1 was answered")
    press(page, "Start again")
    is_in(page, TUTORIAL, "receiving")
    goes_on(page, TUTORIAL)


def test_a_hundred_viewers_are_counted_on_both_sides(visitors: Visitors) -> None:
    page = opened(visitors)
    press(page, "Add 100 viewers")
    for name in (TUTORIAL, HOLDFAST):
        viewers_are(page, name, 101)
        goes_on(page, name)
    press(page, "Vanish one viewer")
    viewers_are(page, HOLDFAST, 100)
    says(page, HOLDFAST, "Viewer 100 has left the registry.")
    for _ in range(2):
        press(page, "Add 100 viewers")
    page.get_by_role("alert").get_by_text("reset first").wait_for()
    visitors.expected.append("409 (Conflict)")


def test_the_charts_advance_and_mark_what_was_pressed(visitors: Visitors) -> None:
    page = opened(visitors)
    before = page.evaluate(PICTURES)
    changed = f"(before) => ({PICTURES})().every((one, index) => one !== before[index])"
    page.wait_for_function(changed, arg=before)
    press(page, STALL)
    is_in(page, TUTORIAL, "frozen")
    page.wait_for_function(changed, arg=page.evaluate(PICTURES))  # time goes on on both


def test_two_pages_see_the_same(visitors: Visitors) -> None:
    one, other = opened(visitors), opened(visitors)
    press(one, STALL)
    for page in (one, other):
        is_in(page, TUTORIAL, "frozen")
        says(page, TUTORIAL, "Its loop waits in send_text for viewer 1.")
        viewers_are(page, TUTORIAL, 3)
    press(other, "Start again")
    for page in (one, other):
        is_in(page, TUTORIAL, "receiving")
        viewers_are(page, HOLDFAST, 2)


def test_who_comes_later_finds_it_frozen(visitors: Visitors) -> None:
    press(opened(visitors), BINARY)
    late = visitors.open(390, 844)
    is_in(late, TUTORIAL, "frozen")
    is_in(late, HOLDFAST, "receiving")
    says(late, TUTORIAL, "Its feed died of WebSocketDisconnect")
    assert figure(late, TUTORIAL, "received") == 0


def test_news_are_read_aloud_and_both_programs_can_be_read(visitors: Visitors) -> None:
    page = opened(visitors)
    press(page, "Vanish one viewer")
    # Of whichever side spoke last: each takes the other's words away.
    news = re.compile("noticed within|is still held|left the registry")
    page.get_by_role("status").get_by_text(news).wait_for(state="attached")
    page.get_by_text("Read both programs").press("Enter")
    programs = {
        name: page.get_by_role("region", name=name) for name in ("tutorial.py", "rewritten.py")
    }
    programs["tutorial.py"].get_by_text("class ConnectionManager:").wait_for()
    programs["rewritten.py"].get_by_text("await conn.join(ROOM)").wait_for()
    marked = programs["tutorial.py"].locator(".decisive").all_inner_texts()
    assert "await connection.send_text(message)" in "".join(marked)


# -- the end -----------------------------------------------------------------------------------


def held(demo: Demo) -> Any:
    """What the server holds; the channel of its own figures is not this page's."""
    with urllib.request.urlopen(f"{demo.url}state", timeout=5) as answer:
        return {**json.load(answer), "channels": 0}


def test_closing_the_page_ends_the_feeds_and_all_viewers(visitors: Visitors, demo: Demo) -> None:
    before = held(demo)
    assert before["connections"] == 0
    page = opened(visitors)
    press(page, "Add 100 viewers")
    press(page, STALL)
    is_in(page, TUTORIAL, "frozen")
    assert held(demo)["connections"] > 100
    page.close()
    deadline = time.monotonic() + 20  # tests/demo has the two seconds; a browser takes its own
    while (now := held(demo)) != before:
        assert time.monotonic() < deadline, now
        time.sleep(0.05)  # polling
