"""HD5: who gets in, and what is written down about them."""

from __future__ import annotations

from collections.abc import Iterator

from holdfast.doctor.facts import Facts, Kind, Middleware, Route
from holdfast.doctor.finding import Severity
from holdfast.doctor.rules.rule import Found, Rule, listed, paths


def cors_guards_nothing(facts: Facts) -> Iterator[Found]:
    """CORS is HTTP's; a browser opens a WebSocket to any host."""
    routes = tuple(route for route in _open(facts) if _has_cors(route))
    if routes:
        yield Found(f"CORSMiddleware sees no WebSocket: any page may open {paths(routes)}")


def any_page(facts: Facts) -> Iterator[Found]:
    """The same, where nobody thought of it."""
    routes = tuple(route for route in _open(facts) if not _has_cors(route))
    if routes:
        yield Found(f"{paths(routes)}: nothing looks at Origin, so any page may open it")


def _open(facts: Facts) -> Iterator[Route]:
    return (route for route in facts.app.unguarded if not route.asks_origin)


def _has_cors(route: Route) -> bool:
    return any(one.kind is Kind.CORS for one in route.behind)


def two_lists(facts: Facts) -> Iterator[Found]:
    """The front end's origin in one list and not in the other."""
    for one in facts.app.holdfasts:
        if one.refuses and facts.app.ours:
            yield Found(
                f"CORSMiddleware allows {listed(one.refuses)}, and Holdfast refuses it "
                "unless it is the same origin",
                fix=f"Holdfast(app, origins={list(one.refuses)!r}), if it opens WebSockets",
            )


def skipped_checks(facts: Facts) -> Iterator[Found]:
    """`BaseHTTPMiddleware` that refuses requests."""
    for middleware, routes in _http_only(facts):
        if middleware.refuses:
            yield Found(
                f"{middleware.name} refuses HTTP requests, and never sees the WebSockets of "
                f"{paths(routes)}"
            )


def skipped_work(facts: Facts) -> Iterator[Found]:
    """`BaseHTTPMiddleware` that does something else."""
    for middleware, routes in _http_only(facts):
        if not middleware.refuses:
            yield Found(f"{middleware.name} never sees the WebSockets of {paths(routes)}")


def _http_only(facts: Facts) -> Iterator[tuple[Middleware, list[Route]]]:
    groups: dict[Middleware, list[Route]] = {}
    for route in facts.app.routes:
        for one in route.behind:
            if one.kind is Kind.HTTP_ONLY:
                groups.setdefault(one, []).append(route)
    yield from groups.items()


def logged_secrets(facts: Facts) -> Iterator[Found]:
    """A token in a URL is written down on its way."""
    for route in facts.app.routes:
        if route.secrets:
            name = listed(route.secrets)
            logs = facts.server is not None and facts.server.logs_queries
            logs = logs and not facts.app.hides_queries
            yield Found(f"{route.path} takes {name} in the query string", UVICORN_LOGS * logs)


UVICORN_LOGS = (
    "uvicorn logs each handshake with its query string, with --no-access-log too (measured); so do "
    "proxies, by default"
)


def forged_addresses(facts: Facts) -> Iterator[Found]:
    """`--forwarded-allow-ips '*'`."""
    server = facts.server
    if server is not None and "*" in server.trusted and facts.serves:
        yield Found(
            f"{server.label} believes X-Forwarded-For from anybody (forwarded_allow_ips is *)"
        )
    if facts.app.ours and any(one.trusts_all for one in facts.app.holdfasts):
        yield Found("Holdfast(trusted_proxies=...) holds every address there is")
    if any(one.trusts_all for one in facts.app.guards):
        yield Found("HoldfastGuard(trusted_proxies=...) holds every address there is")


def every_origin(facts: Facts) -> Iterator[Found]:
    """`origins=["*"]`, on a Holdfast or a guard."""
    if facts.app.ours and any(one.any_origin for one in facts.app.holdfasts):
        yield Found("Holdfast(origins=['*']) lets any page connect")
    if any(one.any_origin for one in facts.app.guards):
        yield Found("HoldfastGuard(origins=['*']) lets any page connect")


RULES = (
    Rule(
        "HD501",
        "cors-guards-nothing",
        Severity.WARNING,
        "`CORSMiddleware`, and plain WebSocket routes with no guard and no sign that they look at "
        "Origin",
        "with allow_origins=['https://good.example'] a handshake with Origin https://evil.example "
        "was accepted; the browser sends the cookies of this host with it",
        "app.add_middleware(HoldfastGuard, origins=[...]), which checks Origin",
        cors_guards_nothing,
    ),
    Rule(
        "HD502",
        "any-page",
        Severity.NOTE,
        "plain WebSocket routes with no guard and no sign that they look at Origin",
        "browsers open WebSockets to any host, with its cookies, and to localhost; they send "
        "Origin so that the server can refuse (RFC 6455 section 10.2)",
        "app.add_middleware(HoldfastGuard), which allows the same origin and those you name",
        any_page,
    ),
    Rule(
        "HD503",
        "two-lists-of-origins",
        Severity.NOTE,
        "`CORSMiddleware` allows an origin that Holdfast was not told of",
        "its pages can call the HTTP routes, and their WebSocket handshakes are refused with 403",
        "name it in Holdfast(origins=[...]), too",
        two_lists,
    ),
    Rule(
        "HD504",
        "skipped-checks",
        Severity.WARNING,
        "a `BaseHTTPMiddleware`, or `@app.middleware('http')`, whose code can answer 401, 403 or "
        "429, and WebSocket routes",
        "Starlette passes WebSockets by it: what it would refuse over HTTP connects",
        "make the check a dependency that takes HTTPConnection, on HTTP and WebSocket routes alike",
        skipped_checks,
    ),
    Rule(
        "HD505",
        "skipped-work",
        Severity.NOTE,
        "a `BaseHTTPMiddleware`, or `@app.middleware('http')`, and WebSocket routes",
        "Starlette passes WebSockets by it: what it sets, counts or logs is missing there",
        "nothing, if that is meant; else a dependency, or a plain ASGI middleware",
        skipped_work,
    ),
    Rule(
        "HD506",
        "logged-secrets",
        Severity.WARNING,
        "a WebSocket route with a query parameter named like a secret: token, api_key, password",
        "proxies log URLs by default, with their query strings",
        "SubprotocolToken, CookieToken or FirstMessageToken of holdfast",
        logged_secrets,
    ),
    Rule(
        "HD507",
        "forged-addresses",
        Severity.WARNING,
        "uvicorn with `--forwarded-allow-ips '*'`, or `FORWARDED_ALLOW_IPS`; `trusted_proxies` "
        "with `0.0.0.0/0` or `::/0`",
        "the first address in the header counts, which the client writes: behind a proxy that "
        "appends, too, 6.6.6.6 was taken from '6.6.6.6, 10.0.0.1'. Limits per address, allow-lists "
        "and logs go by it",
        "name the proxy's address or network",
        forged_addresses,
    ),
    Rule(
        "HD508",
        "every-origin",
        Severity.NOTE,
        "`origins=['*']` on Holdfast or HoldfastGuard",
        "any page that a user visits can connect as that user, if a cookie says who it is",
        "name the origins; leave it where tokens are not cookies",
        every_origin,
    ),
)
