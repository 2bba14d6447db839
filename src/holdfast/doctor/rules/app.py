"""HD4: the app's routes and its guard."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.doctor.facts import Facts, Kind
from holdfast.doctor.finding import Severity
from holdfast.doctor.rules.rule import Found, Rule, listed, paths

# What a send to a client that is gone does on each server, where it does not raise.
SILENT = {"hypercorn", "granian", "daphne"}


def unguarded(facts: Facts) -> Iterator[Found]:
    """Plain handlers, on servers that let them leak."""
    routes = facts.app.unguarded
    if not routes:
        return
    why = ""
    if facts.server is not None and facts.server.engine in SILENT:
        why = (
            f"on {facts.server.engine} a send to a client that is gone says nothing, so a handler "
            "that only sends goes on without it; one client that stops reading stops every "
            "broadcast for good"
        )
    yield Found(f"{paths(routes)}: no HoldfastGuard in front", why)


def guard_inside(facts: Facts) -> Iterator[Found]:
    """A guard that does not see the server's own `send`."""
    seen: set[str] = set()
    for route in facts.app.routes:
        kinds = [one.kind for one in route.behind]
        if Kind.GUARD not in kinds:
            continue
        outside = route.behind[: kinds.index(Kind.GUARD)]
        names = [one.name for one in outside if one.kind is Kind.UNKNOWN and one.name not in seen]
        seen.update(names)
        if names:
            yield Found(
                f"HoldfastGuard was not added last: {listed(names)}, added after it, may hide the "
                "server's send"
            )


def unreachable(facts: Facts) -> Iterator[Found]:
    """Never included, or another route or mount answers first."""
    yield from (Found(fault) for fault in facts.app.faults)


def never_installed(facts: Facts) -> Iterator[Found]:
    """A `Holdfast()` that nobody gave an app."""
    for one in facts.app.holdfasts:
        if one.handlers and not one.installed:
            yield Found(f"the Holdfast of {listed(one.handlers)} is on no app")


RULES = (
    Rule(
        "HD401",
        "unguarded-routes",
        Severity.WARNING,
        "plain `@app.websocket` routes without `HoldfastGuard`",
        "a handler that sleeps or waits outlives its client, and one client that stops reading "
        "stops every broadcast: a healthy client got 62 of 1,500 messages, then nothing for 72 s",
        "app.add_middleware(HoldfastGuard), as the last one",
        unguarded,
    ),
    Rule(
        "HD402",
        "guard-inside",
        Severity.WARNING,
        "a middleware added after `HoldfastGuard` that may wrap `send`",
        "the guard cannot see the server's own send then, and looks for the socket by its "
        "addresses, which proxy headers change; not found, a stuck send ends after 30 s, not 5",
        "add HoldfastGuard last: the last one added is the outermost",
        guard_inside,
    ),
    Rule(
        "HD403",
        "unreachable-route",
        Severity.ERROR,
        "a WebSocket route whose router was never included, or that another route or a mount in "
        "front of it covers",
        "the first match answers, so this handler never runs",
        "include the router, or register the narrower path first",
        unreachable,
    ),
    Rule(
        "HD404",
        "never-installed",
        Severity.ERROR,
        "a `Holdfast()` with handlers that was installed on no app",
        "its handlers answer nobody: every handshake is refused with 403",
        "hf.install(app), or Holdfast(app)",
        never_installed,
    ),
)
