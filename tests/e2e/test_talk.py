"""The part of the page where people talk, in a real browser."""

from __future__ import annotations

import re
import signal
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.conftest import Demo, Visitors

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from holdfast.testing import Cut

pytestmark = [pytest.mark.browser, pytest.mark.servers, pytest.mark.timeout(240)]

COMPLETE = 40_000  # milliseconds, for an answer of nine seconds on a busy machine
# Said by the browser itself when the page gives up a connection that does not come about.
GIVEN_UP = "closed before the connection is established"
FOCUSED = "() => document.activeElement.ariaLabel ?? document.activeElement.innerText"


@pytest.fixture(autouse=True)
def quiet(demo: Demo) -> None:
    """Several pages at a time: let the ticker, which lies next to this part, cost them nothing."""
    request = urllib.request.Request(
        f"{demo.url}ticker/rate", b'{"updates_per_second": 0}', {"content-type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=20).close()


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name)


def arrive(visitors: Visitors, name: str = "", **options: Any) -> Page:
    """A page that has come to this part, under that name."""
    page = visitors.open(**options)
    go_there(page)
    if name:
        rename(page, name)
    return page


def go_there(page: Page) -> None:
    page.evaluate("() => document.getElementById('talk').scrollIntoView({behavior: 'instant'})")
    connected(page)


def connected(page: Page) -> None:
    card(page, "Chat").get_by_text("connected", exact=True).wait_for()


def rename(page: Page, name: str) -> None:
    page.get_by_label("You are").fill(name)
    page.get_by_label("You are").press("Enter")
    is_here(page, f"{name} (you)")


def chips(page: Page) -> Locator:
    return page.get_by_role("list", name="Who is here")


def is_here(page: Page, words: str) -> None:
    chips(page).get_by_text(words, exact=True).wait_for()


def is_gone(page: Page, name: str) -> None:
    chips(page).get_by_text(re.compile(f"^{name}")).wait_for(state="detached")


def say(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def said(page: Page, text: str) -> Locator:
    """The one line of the log that says this."""
    line = page.get_by_role("log").locator("p", has=page.get_by_text(text, exact=True))
    line.wait_for()
    return line


def ask(page: Page, prompt: str) -> None:
    page.get_by_label("Prompt").fill(prompt)
    page.get_by_role("button", name="Ask", exact=True).click()


def answer(page: Page) -> str:
    return page.get_by_role("region", name="Answer").locator("p").first.inner_text()


def writes_on(page: Page, after: str = "") -> str:
    """The text so far, once there is more than that."""
    page.wait_for_function(
        "(length) => document.querySelector('.answer-text').innerText.length > length + 40",
        arg=len(after),
    )
    return answer(page)


def watch(page: Page, prompt: str) -> None:
    page.get_by_role("button", name=prompt).click()


def complete(page: Page) -> str:
    """The text, when all of it is here."""
    card(page, "Token stream").get_by_role("status").get_by_text("complete").wait_for(
        timeout=COMPLETE
    )
    page.wait_for_selector(".answer[data-link=closed]", timeout=COMPLETE)
    return answer(page)


# -- the chat ----------------------------------------------------------------------------------


def test_what_one_says_all_read_and_markup_is_text(visitors: Visitors) -> None:
    first, second = arrive(visitors, "ada"), arrive(visitors, "bob")
    text = "Hello <b>there</b> <img src=x onerror=alert(1)>"
    say(first, text)
    for page in (first, second):
        line = said(page, text)
        assert line.locator("b").inner_text() == "ada"
        assert re.match(r"\d+:\d\d", line.locator("time").inner_text())
        assert page.get_by_role("log").locator("p").count() == 1
        assert page.locator("#talk img").count() == 0
    assert "own" in (said(first, text).get_attribute("class") or "")
    assert "own" not in (said(second, text).get_attribute("class") or "")
    assert first.get_by_label("Message", exact=True).input_value() == ""
    say(second, "Hello ada")
    said(first, "Hello ada")


def test_who_comes_late_reads_what_was_said(visitors: Visitors) -> None:
    first = arrive(visitors)
    for number in range(30):
        say(first, f"number {number}")
    said(first, "number 29")
    second = arrive(visitors)
    said(second, "number 0")
    shown = second.get_by_role("log").locator("p span").all_inner_texts()
    assert shown == [f"number {number}" for number in range(30)]
    log = second.get_by_role("log")
    assert log.evaluate("(one) => one.scrollHeight - one.scrollTop - one.clientHeight < 2")


def test_a_cut_network_loses_and_repeats_no_message(visitors: Visitors, cut: Cut) -> None:
    far, near = arrive(visitors, "far", url=cut.url), arrive(visitors, "near")
    say(far, "before")
    said(near, "before")
    cut.hard()
    card(far, "Chat").get_by_text("reconnecting").wait_for()
    assert far.get_by_role("button", name="Send", exact=True).is_disabled()
    is_gone(near, "far")
    for number in range(60):
        say(near, f"meanwhile {number}")
    said(near, "meanwhile 59")
    cut.restore()
    connected(far)
    said(far, "meanwhile 59")
    shown = far.get_by_role("log").locator("p span").all_inner_texts()
    assert shown == ["before", *[f"meanwhile {number}" for number in range(60)]]
    is_here(near, "far")


def test_a_network_that_is_silent_is_noticed(visitors: Visitors, cut: Cut) -> None:
    visitors.expected.append(GIVEN_UP)
    far = arrive(visitors, "far", url=cut.url)
    cut.silently()
    say(far, "into the dark")
    card(far, "Chat").get_by_text("sending: into the dark").wait_for()
    # "reconnecting" or "connecting": they alternate, and the former may be short.
    card(far, "Chat").get_by_role("status").get_by_text("connecting").wait_for()
    cut.restore()
    said(far, "into the dark")
    far.get_by_text("sending: into the dark").wait_for(state="detached")


def test_a_new_server_is_told_from_the_old_one(visitors: Visitors, demo: Demo) -> None:
    visitors.expected.append(GIVEN_UP)
    page = arrive(visitors, "ada")
    say(page, "to the old one")
    said(page, "to the old one")
    demo.kill()
    card(page, "Chat").get_by_text("reconnecting").wait_for()
    demo.start()
    connected(page)
    say(page, "to the new one")
    said(page, "to the new one")
    lines = page.get_by_role("log").locator("p").all_inner_texts()
    assert ["to the old one" in lines[0], "started again" in lines[1], "new" in lines[2]] == [1] * 3


def test_what_a_dying_server_took_along_is_told_and_sent_again(
    visitors: Visitors, demo: Demo
) -> None:
    visitors.expected.append(GIVEN_UP)
    page = arrive(visitors, "ada")
    demo.signal(signal.SIGSTOP)
    say(page, "Can you hear me?")
    card(page, "Chat").get_by_text("sending: Can you hear me?").wait_for()
    demo.kill()
    demo.start()
    connected(page)
    card(page, "Chat").get_by_text("did not arrive: Can you hear me?").wait_for()
    assert page.get_by_role("log").locator("p").count() == 0
    page.get_by_role("button", name="Send again").click()
    said(page, "Can you hear me?")
    card(page, "Chat").get_by_text("did not arrive").wait_for(state="detached")


# -- who is here -------------------------------------------------------------------------------


def test_people_come_and_go(visitors: Visitors) -> None:
    first, second, third = (arrive(visitors, name) for name in ("ada", "bob", "eve"))
    for name in ("bob", "eve"):
        is_here(first, name)
    card(first, "Who is here").get_by_text("3 people, 3 connections").wait_for()
    second.close()
    is_gone(first, "bob")
    with pytest.raises(Exception, match="crash"):  # as when the system kills a tab
        third.goto("chrome://crash")
    is_gone(first, "eve")
    card(first, "Who is here").get_by_text("1 person, 1 connection").wait_for()


def test_two_tabs_of_one_name_are_one_person(visitors: Visitors) -> None:
    first = arrive(visitors, "ada")
    second = arrive(visitors, "bob")
    second.get_by_label("You are").fill("ada")
    second.get_by_label("You are").press("Enter")
    for page in (first, second):
        is_here(page, "ada (you), 2 connections")
        assert chips(page).get_by_role("listitem").count() == 1
    second.close()
    is_here(first, "ada (you)")


def test_a_name_survives_a_reload_and_must_be_one(visitors: Visitors) -> None:
    page = arrive(visitors, "ada")
    page.reload()
    go_there(page)
    is_here(page, "ada (you)")
    page.get_by_label("You are").fill("<ada>")
    page.get_by_label("You are").press("Enter")
    assert not page.get_by_label("You are").evaluate("(field) => field.checkValidity()")
    is_here(page, "ada (you)")


# -- notifications -----------------------------------------------------------------------------


def notices(page: Page) -> Locator:
    return page.get_by_role("status", name="Notifications")


def test_a_notification_reaches_all_tabs_of_one_person(visitors: Visitors) -> None:
    first, second, third = (arrive(visitors, name) for name in ("ada", "bob", "eve"))
    third.get_by_label("You are").fill("bob")
    third.get_by_label("You are").press("Enter")
    is_here(first, "bob, 2 connections")
    first.get_by_label("To", exact=True).select_option("bob")
    first.get_by_label("Text", exact=True).fill("Your <i>table</i> is free")
    command = card(first, "Notify one person").locator("code").inner_text()
    assert command.endswith('/notify/bob --json \'{"text":"Your <i>table</i> is free"}\'')
    first.get_by_role("button", name="Notify", exact=True).click()
    card(first, "Notify one person").get_by_text("Sent to 2 pages").wait_for()
    for page in (second, third):
        notices(page).get_by_text("Your <i>table</i> is free").wait_for()
    assert notices(first).locator("p").count() == 0
    notices(second).get_by_role("button", name="Close").click()
    notices(second).get_by_text("table").wait_for(state="detached")


def test_a_notification_goes_by_itself_but_not_while_it_is_read(visitors: Visitors) -> None:
    page = arrive(visitors, "ada", reduced_motion="reduce")
    page.get_by_label("Text", exact=True).press("Enter")
    page.get_by_role("button", name="Close").focus()
    page.get_by_label("Text", exact=True).fill("A second one")
    page.get_by_label("Text", exact=True).press("Enter")
    first, second = (notices(page).locator(".notice").nth(index) for index in range(2))
    second.wait_for()
    first.get_by_role("button", name="Close").focus()
    second.wait_for(state="detached")
    assert notices(page).locator("p").all_inner_texts() == ["Your order has shipped"]
    page.keyboard.press("Enter")
    notices(page).locator("p").wait_for(state="detached")
    assert page.evaluate("() => document.activeElement.id") == "talk-notice"


def test_a_command_is_copied(visitors: Visitors) -> None:
    page = arrive(visitors, "ada", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy: The same from a terminal").click()
    card(page, "Notify one person").get_by_text("Copied").wait_for()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == card(page, "Notify one person").locator("code").inner_text()


# -- the token stream --------------------------------------------------------------------------


def test_a_second_tab_watches_the_same_answer(visitors: Visitors) -> None:
    first, second = arrive(visitors), arrive(visitors)
    ask(first, "Why <b>so</b> slow?")
    began = writes_on(first)
    watch(second, "Why <b>so</b> slow?")
    assert writes_on(second).startswith(began)
    for page in (first, second):
        card(page, "Token stream").get_by_text("watched by 2").wait_for()
    text = complete(first)
    assert complete(second) == text
    assert "“Why <b>so</b> slow?”" in text
    late = arrive(visitors)
    watch(late, "Why <b>so</b> slow?")
    assert complete(late) == text


def test_an_answer_is_stopped_and_resumed_from_any_tab(visitors: Visitors) -> None:
    first, second = arrive(visitors), arrive(visitors)
    ask(first, "Can I stop you?")
    watch(second, "Can I stop you?")
    writes_on(second)
    second.get_by_role("button", name="Stop", exact=True).click()
    for page in (first, second):
        card(page, "Token stream").get_by_role("status").get_by_text("stopped").wait_for()
    still = answer(first)
    time.sleep(1)  # pacing: 25 words, if it went on
    assert answer(first) == still == answer(second)
    first.get_by_role("button", name="Resume", exact=True).click()
    assert writes_on(second, still).startswith(still)
    assert complete(first) == complete(second)
    assert first.get_by_role("button", name="Stop", exact=True).is_disabled()


def test_a_reload_keeps_all_the_text(visitors: Visitors) -> None:
    page = arrive(visitors)
    ask(page, "What of a reload?")
    began = writes_on(page)
    page.reload()
    go_there(page)
    assert writes_on(page, began).startswith(began)
    text = complete(page)
    other = arrive(visitors)
    watch(other, "What of a reload?")
    assert complete(other) == text


@pytest.mark.parametrize("how", ["hard", "silently"])
def test_ten_seconds_without_a_network_lose_and_repeat_no_word(
    visitors: Visitors, cut: Cut, how: str
) -> None:
    visitors.expected.append(GIVEN_UP)
    page = arrive(visitors, url=cut.url)
    ask(page, "What of a tunnel?")
    began = writes_on(page)
    getattr(cut, how)()
    card(page, "Token stream").get_by_role("status").get_by_text("connecting").wait_for()
    time.sleep(10)  # pacing
    so_far = answer(page)
    assert so_far.startswith(began)
    cut.restore()
    assert writes_on(page, so_far).startswith(so_far)
    text = complete(page)
    near = arrive(visitors)
    watch(near, "What of a tunnel?")
    assert complete(near) == text


def test_what_the_server_has_forgotten_stays_to_be_read(visitors: Visitors, demo: Demo) -> None:
    visitors.expected += [GIVEN_UP, "response code: 404"]  # it asks once more, before it knows
    page = arrive(visitors)
    ask(page, "Will you remember?")
    began = writes_on(page)
    demo.kill()
    demo.start()
    card(page, "Token stream").get_by_text("no longer kept by the server").wait_for()
    assert answer(page).startswith(began)
    ask(page, "And now?")
    assert "“And now?”" in complete(page)


# -- by keyboard, and how it moves -------------------------------------------------------------


def test_all_is_done_with_the_keyboard_alone(visitors: Visitors) -> None:
    page = arrive(visitors, "ada")
    page.get_by_label("You are").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("eve")
    page.keyboard.press("Tab")
    is_here(page, "eve (you)")
    assert page.evaluate(FOCUSED) == "Messages"
    page.keyboard.press("Tab")
    page.keyboard.type("Hello")
    page.keyboard.press("Enter")
    said(page, "Hello")
    page.keyboard.type("Again")  # one goes on typing
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    said(page, "Again")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("Yes?")
    page.keyboard.press("Enter")
    writes_on(page)
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED) == "Stop"
    page.keyboard.press("Enter")
    card(page, "Token stream").get_by_role("status").get_by_text("stopped").wait_for()
    assert page.evaluate(FOCUSED) == "Resume"
    page.keyboard.press("Space")
    card(page, "Token stream").get_by_role("status").get_by_text("writing").wait_for()
    for _ in range(4):
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    notices(page).get_by_text("Your order has shipped").wait_for()


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_the_caret_blinks_only_where_motion_is_welcome(visitors: Visitors, motion: Any) -> None:
    page = arrive(visitors, reduced_motion=motion)
    ask(page, "Do you blink?")
    writes_on(page)
    name = page.evaluate(
        "() => getComputedStyle(document.querySelector('.answer-text'), '::after').animationName"
    )
    assert name == ("none" if motion == "reduce" else "blink")


def test_who_looks_elsewhere_is_still_here(visitors: Visitors) -> None:
    away, here = arrive(visitors, "away"), arrive(visitors, "here")
    away.evaluate("() => scrollTo(0, 0)")
    for text in ("one", "two"):
        say(here, text)
        said(away, text)
    assert chips(here).get_by_text("away").is_visible()
