"""The charts of this machine in a real browser: they move, they can be read, and have no hole."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from holdfast.testing import Cut
from tests.e2e.conftest import LIVE, NOTE_STATES, Demo, Visitors, noted

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.timeout(120)]

CHARTS = 9
PICTURES = "() => [...document.querySelectorAll('#charts canvas')].map((one) => one.toDataURL())"
# The time at the foot of each chart moves, so every picture changes with each sample.
ALL_CHANGED = f"(before) => ({PICTURES})().every((one, index) => one !== before[index])"
MORE = "(least) => Number(document.querySelector('#charts').dataset.samples) >= least"
SPANS = (
    "() => [...document.querySelectorAll('#charts [role=slider]')]"
    ".map((one) => one.ariaValueMax - one.ariaValueMin)"
)
# What the browser says of a connection that ends while it is being made, for whatever reason.
UNMADE = "WebSocket connection to"
LOST = "#status[data-state=lost]"


def enter(visitors: Visitors, url: str = "") -> Page:
    """Open the page of a new person, who looks at the charts."""
    page = visitors.open(url=url)
    page.locator("#telemetry").scroll_into_view_if_needed()
    page.wait_for_function(MORE, arg=1)
    return page


def samples(page: Page) -> int:
    return int(page.locator("#charts").get_attribute("data-samples") or 0)


def gaps(page: Page) -> int:
    return int(page.locator("#charts").get_attribute("data-gaps") or 0)


def more(page: Page, count: int) -> None:
    """Wait for so many samples more."""
    page.wait_for_function(MORE, arg=samples(page) + count)


def advance(page: Page) -> None:
    """Wait until every chart has been drawn anew."""
    page.wait_for_function(ALL_CHANGED, arg=page.evaluate(PICTURES))


def chart(page: Page, title: str = "Memory") -> Locator:
    return page.get_by_role("slider", name=f"{title}, over time")


def span(page: Page) -> int:
    """The seconds that are shown, by all charts alike."""
    found = set(page.evaluate(SPANS))
    assert len(found) == 1
    return int(found.pop())


def drag(page: Page, begin: float, end: float) -> None:
    """Select a part of a chart's width."""
    box = chart(page).locator(".u-over").bounding_box()
    assert box
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + begin * box["width"], middle)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], middle, steps=4)
    page.mouse.up()


def state(demo: Demo) -> Any:
    with urllib.request.urlopen(f"{demo.url}state", timeout=5) as answer:
        return json.load(answer)


def until(demo: Demo, condition: Callable[[Any], bool], seconds: float) -> None:
    """Wait for a state of the server."""
    deadline = time.monotonic() + seconds
    while not condition(now := state(demo)):
        assert time.monotonic() < deadline, now
        time.sleep(0.05)  # polling


# -- the samples -------------------------------------------------------------------------------


def test_every_chart_advances(guests: Visitors) -> None:
    page = enter(guests)
    assert page.locator("#charts canvas").count() == CHARTS
    for _ in range(2):
        before = samples(page)
        advance(page)
        assert samples(page) > before
    assert gaps(page) == 0


def test_a_page_begins_with_what_was_measured_before(guests: Visitors) -> None:
    first = enter(guests)
    more(first, 4)
    least = samples(first)
    second = enter(guests)
    assert samples(second) >= least
    assert gaps(second) == 0


def test_charts_out_of_sight_are_not_drawn(guests: Visitors) -> None:
    page = guests.open(height=200)
    page.wait_for_function(MORE, arg=1)
    more(page, 1)
    still = page.evaluate(PICTURES)
    more(page, 2)
    assert page.evaluate(PICTURES) == still
    page.locator("#telemetry").scroll_into_view_if_needed()
    page.wait_for_function(ALL_CHANGED, arg=still)


# -- how they are looked at --------------------------------------------------------------------


def test_a_pause_stands_still_and_ends_with_everything_shown(guests: Visitors) -> None:
    page = enter(guests)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.wait_for_selector("#status[data-state=paused]")
    still = page.evaluate(PICTURES)
    more(page, 3)
    assert page.evaluate(PICTURES) == still
    page.get_by_role("button", name="Resume", exact=True).click()
    page.wait_for_selector(LIVE)
    page.wait_for_function(ALL_CHANGED, arg=still)
    assert gaps(page) == 0


def test_dragging_zooms_all_charts_and_a_double_click_shows_all_again(guests: Visitors) -> None:
    page = enter(guests)
    assert span(page) == 60
    before = chart(page).get_attribute("aria-valuemax")
    began = time.monotonic()
    drag(page, 0.3, 0.7)
    assert 20 <= span(page) <= 28
    shown = chart(page).get_attribute("aria-valuemax")
    passed = time.monotonic() - began  # the charts go on until the drag ends
    # Three tenths of a minute, and a bit.
    assert 12 - passed <= int(before or 0) - int(shown or 0) <= 20
    more(page, 2)
    assert chart(page, "Load").get_attribute("aria-valuemax") == shown
    chart(page, "Load").locator(".u-over").dblclick()
    assert span(page) == 60


def test_a_zoom_up_to_now_goes_on(guests: Visitors) -> None:
    page = enter(guests)
    drag(page, 0.5, 1)
    assert 26 <= span(page) <= 34
    advance(page)
    page.get_by_role("button", name="Reset zoom").click()
    assert span(page) == 60


def test_charts_are_read_and_zoomed_with_the_keys(guests: Visitors) -> None:
    page = enter(guests)
    more(page, 3)
    chart(page).focus()
    page.keyboard.press("+")
    assert span(page) == 30
    page.keyboard.press("ArrowLeft")
    times = page.locator("#charts").get_by_text(re.compile(r"^at \d\d:\d\d:\d\d$"))
    assert times.count() == CHARTS
    assert len(set(times.all_inner_texts())) == 1
    first = times.first.inner_text()
    text = chart(page).get_attribute("aria-valuetext") or ""
    assert re.fullmatch(rf"[\d.]+ % {first}", text)
    page.keyboard.press("ArrowLeft")
    assert times.first.inner_text() != first
    page.keyboard.press("-")
    assert span(page) == 60
    page.keyboard.press("Escape")
    assert times.count() == 0


def test_the_pointer_reads_all_charts_at_one_time(guests: Visitors) -> None:
    page = enter(guests)
    more(page, 3)
    box = chart(page).locator(".u-over").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 15, box["y"] + 20)
    times = page.locator("#charts").get_by_text(re.compile(r"^at \d\d:\d\d:\d\d$"))
    assert times.count() == CHARTS
    assert len(set(times.all_inner_texts())) == 1
    page.mouse.move(1, 1)
    times.first.wait_for(state="detached")


def test_buttons_zoom_too(guests: Visitors) -> None:
    page = enter(guests)
    for name, seconds in (("Zoom in", 30), ("Zoom out", 60), ("Zoom out", 120), ("Reset zoom", 60)):
        page.get_by_role("button", name=name).click()
        assert span(page) == seconds
    advance(page)


def test_a_range_is_chosen(guests: Visitors) -> None:
    page = enter(guests)
    for name, seconds in (("5 min", 300), ("15 min", 900), ("1 min", 60)):
        page.get_by_role("button", name=name, exact=True).click()
        assert span(page) == seconds


def test_charts_take_on_the_colours_of_the_scheme(guests: Visitors) -> None:
    page = enter(guests)
    page.get_by_role("button", name="Pause", exact=True).click()
    page.wait_for_selector("#status[data-state=paused]")
    for scheme in ("dark", "light"):
        before = page.evaluate(PICTURES)
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(ALL_CHANGED, arg=before)


# -- the connection ----------------------------------------------------------------------------


def comes_back_whole(page: Page, cut: Cut, before: int, began: float) -> None:
    """Ten seconds after it was cut, the network is there again, and nothing is missing."""
    time.sleep(max(0.0, began + 10 - time.monotonic()))  # pacing
    assert samples(page) <= before + 1
    cut.restore()
    page.wait_for_selector(LIVE)
    page.wait_for_function(MORE, arg=before + 10)
    assert gaps(page) == 0


def test_a_network_that_falls_silent_leaves_no_hole(visitors: Visitors, cut: Cut) -> None:
    visitors.expected.append(UNMADE)
    page = enter(visitors, cut.url)
    page.evaluate(NOTE_STATES)
    before, began = samples(page), time.monotonic()
    cut.silently()
    for state in ("stale", "lost"):
        noted(page, state)
    page.get_by_text("The charts show what came before").wait_for()
    comes_back_whole(page, cut, before, began)


def test_a_network_that_breaks_leaves_no_hole(visitors: Visitors, cut: Cut) -> None:
    visitors.expected.append(UNMADE)
    page = enter(visitors, cut.url)
    before, began = samples(page), time.monotonic()
    cut.hard()
    page.wait_for_selector(LOST)
    page.locator("#telemetry").get_by_text("Reconnecting").wait_for()
    comes_back_whole(page, cut, before, began)


def test_a_server_that_was_killed_and_started_again_leaves_a_gap(
    visitors: Visitors, demo: Demo
) -> None:
    visitors.expected.append(UNMADE)
    page = enter(visitors)
    more(page, 2)
    before = samples(page)
    demo.kill()
    page.wait_for_selector(LOST)
    demo.start()
    page.wait_for_selector(LIVE)
    page.wait_for_selector("#charts[data-gaps='1']")
    assert samples(page) > before
    advance(page)


def test_a_closed_tab_leaves_nothing_in_the_server(visitors: Visitors, demo: Demo) -> None:
    until(demo, lambda now: now["channels"] == 1, seconds=20)  # the first sample
    before = state(demo)
    page = visitors.open()
    for section in page.locator("main section").all():  # each opens what it needs
        section.scroll_into_view_if_needed()
        advance(page) if section.get_attribute("id") == "telemetry" else more(page, 1)
    assert state(demo)["connections"] > before["connections"]
    page.close()
    until(demo, lambda now: now == before, seconds=20)  # tests/demo has the two
