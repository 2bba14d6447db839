"""The first page, which is served where the other is not built, in a real browser."""

from __future__ import annotations

import re
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.conftest import LIVE, NOTE_STATES, SOURCE, Demo, Visitors, noted

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.timeout(120)]

TELEMETRY = "/ws/telemetry"
PICTURES = "() => [...document.querySelectorAll('canvas')].map((one) => one.toDataURL())"
# The newest value's place moves as the time does, so every picture changes with each figure.
ALL_CHANGED = f"(before) => ({PICTURES})().every((one, index) => one !== before[index])"
ANIMATION = "() => getComputedStyle(document.querySelector('.dot')).animationName"
TOO_WIDE = "() => document.documentElement.scrollWidth > innerWidth"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is where nobody has built the page."""
    copy = tmp_path_factory.mktemp("unbuilt") / "src"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("static", "__pycache__"))
    return copy


def enter(visitors: Visitors, width: int = 1280, height: int = 900, **options: str) -> Page:
    """Open the page of a new person, connected to both sockets."""
    page = visitors.open(width, height, **options)
    page.wait_for_selector("#chat[data-state=open]")
    return page


def figures(visitors: Visitors, count: int) -> None:
    """Wait until the newest page has been sent so many more figures."""
    for _ in range(count):
        visitors.socket(TELEMETRY).wait_for_event("framereceived")


def say(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send").click()


def said(page: Page, text: str) -> None:
    page.get_by_role("log").get_by_text(text, exact=True).wait_for()


def name_of(page: Page) -> str:
    return page.get_by_label("You are").input_value()


def test_it_says_that_it_is_not_the_full_page(guests: Visitors) -> None:
    page = enter(guests)
    page.get_by_text("make frontend builds it").wait_for()


# -- charts ------------------------------------------------------------------------------------


def test_every_chart_advances(guests: Visitors) -> None:
    page = enter(guests)
    assert page.locator("canvas").count() == 6
    for _ in range(2):
        page.wait_for_function(ALL_CHANGED, arg=page.evaluate(PICTURES))


def test_paused_charts_stand_still_and_show_all_when_they_go_on(guests: Visitors) -> None:
    page = enter(guests)
    page.get_by_role("button", name="Pause charts").click()
    page.wait_for_selector("#status[data-state=paused]")
    still = page.evaluate(PICTURES)
    figures(guests, 2)
    assert page.evaluate(PICTURES) == still
    page.get_by_role("button", name="Resume charts").click()
    page.wait_for_selector(LIVE)
    page.wait_for_function(ALL_CHANGED, arg=still)


def test_a_chart_is_read_with_the_arrow_keys(guests: Visitors) -> None:
    page = enter(guests)
    figures(guests, 2)
    chart = page.get_by_role("article", name="Memory")
    chart.get_by_role("img").focus()
    page.keyboard.press("ArrowLeft")
    chart.get_by_text(re.compile(r"^at \d")).wait_for()
    page.keyboard.press("Escape")
    chart.get_by_text("GiB in use").wait_for()


def test_a_second_page_is_given_what_the_first_saw(guests: Visitors) -> None:
    enter(guests)
    figures(guests, 4)
    page = enter(guests)
    page.get_by_role("article", name="Memory").get_by_role("img").focus()
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    page.get_by_role("article", name="Memory").get_by_text(re.compile(r"^at \d")).wait_for()


# -- the connection ----------------------------------------------------------------------------


def test_the_page_comes_back_by_itself_after_the_server_was_killed(
    visitors: Visitors, demo: Demo
) -> None:
    page = enter(visitors)
    demo.kill()
    page.wait_for_selector("#status[data-state=lost]")
    page.wait_for_selector("#chat[data-state=waiting]")
    demo.start()
    page.wait_for_selector(LIVE)
    page.wait_for_selector("#chat[data-state=open]")
    page.wait_for_function(ALL_CHANGED, arg=page.evaluate(PICTURES))
    say(page, "I am back")
    said(page, "I am back")


def test_a_stream_that_falls_silent_is_said_to_be_stale(visitors: Visitors, demo: Demo) -> None:
    page = enter(visitors, 390, 844)
    page.evaluate(NOTE_STATES)
    demo.signal(signal.SIGSTOP)
    for state in ("stale", "lost"):  # after some seconds it connects anew
        assert not noted(page, state)["tooWide"]
    demo.signal(signal.SIGCONT)
    page.wait_for_selector(LIVE)


# -- people ------------------------------------------------------------------------------------


def test_what_one_says_the_others_read(visitors: Visitors) -> None:
    first, second = enter(visitors), enter(visitors)
    first.get_by_label("Who is here").get_by_text(name_of(second)).wait_for()
    say(first, "Hello <b>there</b>")
    for page in (first, second):
        said(page, "Hello <b>there</b>")
        assert page.get_by_role("log").locator("li").count() == 1
    first.close()
    second.wait_for_function("() => document.querySelectorAll('#here li').length === 1")


def test_a_visitor_may_take_another_name(visitors: Visitors) -> None:
    first, second = enter(visitors), enter(visitors)
    first.get_by_label("You are").fill("ada")
    first.get_by_label("You are").press("Enter")
    second.get_by_label("Who is here").get_by_text("ada", exact=True).wait_for()
    say(first, "It is me")
    second.get_by_role("log").get_by_text("ada", exact=True).wait_for()


def test_a_notification_is_seen_by_its_user_only(visitors: Visitors) -> None:
    first, second = enter(visitors), enter(visitors)
    option = first.get_by_label("To", exact=True).locator("option", has_text=name_of(second))
    option.wait_for(state="attached")
    first.get_by_label("To", exact=True).select_option(name_of(second))
    first.get_by_label("Text", exact=True).fill("Your table is free")
    first.get_by_role("button", name="Notify").click()
    notices = second.get_by_role("status", name="Notifications")
    notices.get_by_text("Your table is free").wait_for()
    assert first.locator(".notice").count() == 0
    notices.get_by_role("button", name="Close").click()
    notices.get_by_text("Your table is free").wait_for(state="detached")


def test_stalled_clients_stop_nobody(visitors: Visitors) -> None:
    page, other = enter(visitors), enter(visitors)
    page.get_by_role("button", name="Stall 5 clients").click()
    other.get_by_label("Who is here").get_by_text("5 stalled").wait_for()
    page.wait_for_function(ALL_CHANGED, arg=page.evaluate(PICTURES))
    say(other, "Still going")
    said(page, "Still going")
    page.get_by_text("over: 5 of 5 aborted").wait_for(timeout=30_000)
    received = int(page.locator("#received").inner_text())
    assert received > 100
    assert page.locator("#received-of").inner_text() == f"of {received} messages, in order"
    assert page.get_by_role("button", name="Stall 5 clients").is_enabled()


# -- how it looks ------------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_every_screen(guests: Visitors, scheme: str) -> None:
    page = enter(guests, color_scheme=scheme, reduced_motion="reduce")
    for width, height in [(1280, 900), (820, 1180), (390, 844), (320, 640)]:
        page.set_viewport_size({"width": width, "height": height})
        assert not page.evaluate(TOO_WIDE), width
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(245, 246, 244)", "dark": "rgb(13, 17, 18)"}[scheme]
    assert page.evaluate(ANIMATION) == "none"


def test_everything_that_acts_is_reached_with_the_tab_key_and_has_a_name(
    guests: Visitors,
) -> None:
    page = enter(guests)
    seen = set()
    for _ in range(30):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                "() => { const at = document.activeElement; return at.ariaLabel || "
                "(at.labels && at.labels[0] && at.labels[0].innerText) || at.innerText || '' }"
            ).split(":")[0]
        )
    wanted = {"Skip to the chat", "Pause charts", "CPU", "Event-loop lag", "Message", "Send"}
    assert wanted | {"You are", "Stall 5 clients", "To", "Text", "Notify"} <= seen
