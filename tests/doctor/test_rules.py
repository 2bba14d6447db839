"""Every finding once where it must be, and once where it must not."""

from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from holdfast.doctor import RULES, Severity, examine
from holdfast.doctor.facts import (
    Application,
    Facts,
    Installed,
    Kind,
    Machine,
    Middleware,
    Protocol,
    Route,
    Server,
)

MACHINE = Machine(
    platform="linux",
    files=65536,
    installed={"uvicorn": "0.54.0", "websockets": "16.0", "uvloop": "0.22.1", "fastapi": "0.121.0"},
    floors={"fastapi": "0.121.0"},
)
UVICORN = Server(
    name="uvicorn",
    version="0.54.0",
    engine="uvicorn",
    engine_version="0.54.0",
    command="uvicorn",
    protocol=Protocol.SANSIO,
    loop="uvloop",
    pings=20.0,
    pong=120.0,
    graceful=10.0,
    trusted=("127.0.0.1",),
)
LANE = replace(UVICORN, protocol=Protocol.HOLDFAST, pings=25.0, pong=10.0)  # `holdfast run`
GUARD = Middleware(name="HoldfastGuard", kind=Kind.GUARD, send_timeout=5.0)
SESSION = Middleware(name="SessionMiddleware", kind=Kind.UNKNOWN)
CORS = Middleware(name="CORSMiddleware", kind=Kind.CORS)
AUTH = Middleware(name="AuthMiddleware", kind=Kind.HTTP_ONLY, refuses=True)
TIMER = Middleware(name="TimerMiddleware", kind=Kind.HTTP_ONLY)
PLAIN = Route(path="/plain", handler="app.plain")
GUARDED = replace(PLAIN, behind=(GUARD,))
OURS = Route(path="/ours", handler="app.ours", kind="handler")
STREAM = Route(path="/stream", handler="app.stream", kind="stream")
HF = Installed()


def server(name: str, **options: object) -> Server:
    version = str(options.pop("version", "1.0"))
    fields = {"name": name, "version": version, "engine": name, "engine_version": version}
    return Server(**{"pings": 20.0, **fields, **options})  # type: ignore[arg-type]


def uvicorn(**options: object) -> Server:
    return replace(UVICORN, **options)  # type: ignore[arg-type]


def app(*routes: Route, holdfasts: tuple[Installed, ...] = (), **options: object) -> Application:
    return Application(routes=routes, holdfasts=holdfasts, **options)  # type: ignore[arg-type]


def facts(
    application: Application | None = None, server: Server | None = UVICORN, **machine: object
) -> Facts:
    own = replace(MACHINE, **machine)  # type: ignore[arg-type]
    return Facts(machine=own, server=server, app=application or app(OURS, holdfasts=(HF,)))


OLD = {"engine_version": "0.51.0", "version": "0.51.0"}


class Case(NamedTuple):
    """Facts that have it, and facts that have not, however near."""

    present: Facts
    absent: list[Facts]


CASES = {
    "HD101": Case(
        facts(server=uvicorn(**OLD)),
        [
            facts(server=uvicorn(engine_version="0.52.1")),
            facts(server=uvicorn(protocol=Protocol.WSPROTO, **OLD)),
            facts(server=uvicorn(protocol=Protocol.LEGACY, **OLD)),
            facts(app(), uvicorn(**OLD)),
        ],
    ),
    "HD102": Case(
        facts(app(PLAIN), server("daphne")),
        [facts(app(GUARDED, OURS), server("daphne")), facts(app(PLAIN))],
    ),
    "HD103": Case(
        facts(server=uvicorn(protocol=Protocol.MISSING)),
        [facts(), facts(app(), uvicorn(protocol=Protocol.MISSING))],
    ),
    "HD104": Case(
        facts(server=uvicorn(protocol=Protocol.OFF)),
        [facts(), facts(app(), uvicorn(protocol=Protocol.OFF))],
    ),
    "HD105": Case(
        facts(installed={"fastapi": "0.115.9"}),
        [facts(), facts(installed={}), facts(installed={"fastapi": "0.121.0rc1"})],
    ),
    "HD106": Case(
        facts(server=server("gunicorn", interface="wsgi")), [facts(server=server("gunicorn"))]
    ),
    "HD107": Case(
        facts(server=server("hypercorn", loop="trio")),
        [facts(app(PLAIN), server("hypercorn", loop="trio")), facts(server=server("hypercorn"))],
    ),
    "HD108": Case(
        facts(server=uvicorn(loop="asyncio"), installed={}),
        [
            facts(server=uvicorn(loop="asyncio")),  # chosen, since uvloop is there
            facts(server=uvicorn(loop="asyncio"), installed={}, platform="win32"),
            facts(server=server("hypercorn"), installed={}),
        ],
    ),
    "HD201": Case(
        facts(server=server("granian", pings=0.0)),
        [
            facts(),
            facts(server=uvicorn(pings=None)),
            facts(server=LANE),
            facts(app(), server("granian", pings=0.0)),
        ],
    ),
    "HD202": Case(
        facts(app(PLAIN), server("hypercorn", pings=20.0)),
        [
            facts(app(PLAIN)),
            facts(app(PLAIN), server("hypercorn", pings=0.0)),
            facts(server=server("hypercorn", pings=20.0)),
        ],
    ),
    "HD203": Case(
        facts(server=uvicorn(pong=0.0)),
        [
            facts(),
            facts(server=uvicorn(pong=0.0, pings=0.0)),
            facts(server=uvicorn(pong=None)),
            facts(server=server("daphne", pong=0.0)),  # there it does nothing (measured)
            facts(server=replace(LANE, pong=0.0)),
        ],
    ),
    "HD204": Case(
        facts(app(PLAIN), uvicorn(pong=20.0)),
        [
            facts(app(PLAIN), uvicorn(pong=120.0)),
            facts(app(PLAIN), uvicorn(pong=20.0, pings=0.0)),
            facts(app(PLAIN), server("daphne", pong=20.0)),
            facts(app(GUARDED, OURS), uvicorn(pong=20.0)),
            facts(app(PLAIN), LANE),
        ],
    ),
    "HD205": Case(
        facts(app(OURS, holdfasts=(Installed(send_timeout=30.0),)), uvicorn(pong=20.0)),
        [
            facts(server=uvicorn(pong=20.0)),
            facts(app(PLAIN), uvicorn(pong=1.0)),
            facts(app(GUARDED), uvicorn(pong=20.0)),
            facts(app(OURS, holdfasts=(Installed(send_timeout=30.0),))),
            facts(app(OURS, holdfasts=(Installed(send_timeout=30.0),)), LANE),
        ],
    ),
    "HD206": Case(
        facts(server=uvicorn(deflate=True)),
        [
            facts(),
            facts(app(), uvicorn(deflate=True)),
            facts(server=replace(LANE, deflate=True)),
        ],
    ),
    "HD207": Case(
        facts(app(PLAIN), uvicorn(graceful=None)),
        [
            facts(app(PLAIN)),
            facts(app(GUARDED, OURS, holdfasts=(HF,)), uvicorn(graceful=None)),
        ],
    ),
    "HD208": Case(
        facts(server=uvicorn(concurrency=100)), [facts(), facts(app(), uvicorn(concurrency=100))]
    ),
    "HD209": Case(facts(server=uvicorn(max_requests=1000)), [facts()]),
    "HD301": Case(
        facts(server=uvicorn(workers=4)),
        [
            facts(),
            facts(app(STREAM, holdfasts=(Installed(channels=False),)), uvicorn(workers=4)),
            facts(app(PLAIN), uvicorn(workers=4)),
            facts(server=None),
            facts(app(OURS, holdfasts=(Installed(memory=False),)), uvicorn(workers=4)),
        ],
    ),
    "HD302": Case(
        facts(app(PLAIN), uvicorn(workers=2)),
        [facts(app(PLAIN)), facts(app(OURS, holdfasts=(HF,)), uvicorn(workers=2))],
    ),
    "HD303": Case(
        facts(files=1024),
        [
            facts(files=4096),
            facts(files=None),
            facts(app(), files=1024),
            facts(app(OURS, holdfasts=(Installed(connections=900),)), files=1024),
            facts(app(replace(PLAIN, behind=(replace(GUARD, connections=900),))), files=1024),
        ],
    ),
    "HD304": Case(facts(platform="darwin"), [facts(), facts(app(PLAIN), platform="darwin")]),
    "HD401": Case(facts(app(PLAIN)), [facts(app(GUARDED)), facts(app(OURS))]),
    "HD402": Case(
        facts(app(replace(PLAIN, behind=(SESSION, GUARD)))),
        [
            facts(app(replace(PLAIN, behind=(GUARD, SESSION)))),
            facts(app(replace(PLAIN, behind=(CORS, TIMER, GUARD)))),
            facts(app(replace(PLAIN, behind=(SESSION,)))),
        ],
    ),
    "HD403": Case(facts(app(OURS, faults=("app.x on /x: never included",))), [facts()]),
    "HD404": Case(
        facts(app(PLAIN, holdfasts=(Installed(handlers=("app.x",), installed=False),))),
        [
            facts(app(PLAIN, holdfasts=(Installed(handlers=(), installed=False),))),
            facts(app(OURS, holdfasts=(Installed(handlers=("app.x",)),))),
        ],
    ),
    "HD501": Case(
        facts(app(replace(PLAIN, behind=(CORS,)))),
        [
            facts(app(PLAIN)),
            facts(app(replace(PLAIN, behind=(CORS,), asks_origin=True))),
            facts(app(replace(PLAIN, behind=(CORS, GUARD)))),
            facts(app(replace(OURS, behind=(CORS,)))),
        ],
    ),
    "HD502": Case(
        facts(app(PLAIN)),
        [
            facts(app(GUARDED)),
            facts(app(replace(PLAIN, asks_origin=True))),
            facts(app(replace(PLAIN, behind=(CORS,)))),
        ],
    ),
    "HD503": Case(
        facts(app(OURS, holdfasts=(Installed(refuses=("https://a.example",)),))),
        [facts(), facts(app(PLAIN, holdfasts=(Installed(refuses=("https://a.example",)),)))],
    ),
    "HD504": Case(
        facts(app(replace(OURS, behind=(AUTH,)))),
        [facts(app(replace(OURS, behind=(TIMER,)))), facts(app())],
    ),
    "HD505": Case(
        facts(app(replace(OURS, behind=(TIMER,)))),
        [facts(app(replace(OURS, behind=(AUTH,)))), facts(app(replace(OURS, behind=(SESSION,))))],
    ),
    "HD506": Case(facts(app(replace(OURS, secrets=("token",)))), [facts()]),
    "HD507": Case(
        facts(server=uvicorn(trusted=("*",))),
        [facts(), facts(app(), uvicorn(trusted=("*",))), facts(server=uvicorn(trusted=()))],
    ),
    "HD508": Case(
        facts(app(OURS, holdfasts=(Installed(any_origin=True),))),
        [facts(), facts(app(PLAIN, holdfasts=(Installed(any_origin=True),)))],
    ),
}


def ids(one: Facts) -> list[str]:
    return [finding.id for finding in examine(one)]


def test_every_rule_has_its_cases() -> None:
    assert list(CASES) == [rule.id for rule in RULES]
    assert len({rule.name for rule in RULES}) == len(RULES)


@pytest.mark.parametrize("case", CASES.items(), ids=CASES)
def test_it_is_found_where_it_is_and_nowhere_else(case: tuple[str, Case]) -> None:
    id, (present, absent) = case
    assert ids(present).count(id) == 1
    assert [near for near in absent if id in ids(near)] == []


def test_nothing_is_said_where_all_is_well() -> None:
    assert ids(facts()) == []
    assert ids(facts(app(GUARDED))) == []
    assert ids(facts(app())) == []


def test_without_routes_nothing_is_said_of_their_server() -> None:
    """An app of plain HTTP, on the worst of servers."""
    worst = uvicorn(**OLD, pings=0.0, deflate=True, graceful=None, concurrency=1, workers=4)
    assert ids(facts(app(), worst, files=100)) == []


def test_an_app_that_cannot_be_read_may_have_sockets() -> None:
    assert "HD101" in ids(facts(Application(readable=False), uvicorn(**OLD)))
    assert "HD303" in ids(facts(Application(readable=False), files=1024))


def test_the_worst_comes_first() -> None:
    application = app(OURS, replace(PLAIN, behind=(TIMER,)), holdfasts=(HF,))
    found = examine(facts(application, uvicorn(workers=2, graceful=None)))
    ranks = [finding.severity.rank for finding in found]
    assert ranks == sorted(ranks)
    assert {finding.severity for finding in found} == set(Severity)


def test_what_is_ignored_is_not_said() -> None:
    everything = facts(app(PLAIN))
    assert ids(everything) == ["HD401", "HD502"]
    assert [one.id for one in examine(everything, ["HD401"])] == ["HD502"]
    assert [one.id for one in examine(everything, ["unguarded-routes", "any-page"])] == []


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_finding_says_what_why_and_what_to_do(case: Case) -> None:
    for finding in examine(case.present):
        assert len(finding.message) > 20
        assert len(finding.why) > 20
        assert finding.fix
        assert "{" not in finding.message.replace("{id}", "")


def test_how_an_option_is_set_depends_on_what_starts_the_server() -> None:
    def fix(command: str) -> str:
        found = examine(facts(app(PLAIN), uvicorn(pong=20.0, command=command)))
        return next(one.fix for one in found if one.id == "HD204")

    assert fix("uvicorn").startswith("--ws-ping-timeout 120")
    assert "CONFIG_KWARGS has ws_ping_timeout=120" in fix("gunicorn")
    assert "fastapi has no such option" in fix("fastapi")


def test_a_message_names_few_of_many() -> None:
    routes = [replace(PLAIN, path=f"/{letter}") for letter in "abcdefg"]
    message = next(one.message for one in examine(facts(app(*routes))) if one.id == "HD401")
    assert message.startswith("/a, /b, /c and 4 more: ")


def test_pings_keep_proxies_open_even_where_the_kernel_notices() -> None:
    def why(application: Application) -> str:
        found = examine(facts(application, server("granian", pings=0.0)))
        return next(one.why for one in found if one.id == "HD201")

    assert "vanished" in why(app(PLAIN))
    assert why(app(GUARDED, OURS)).startswith("proxies end connections")


def test_our_own_server_is_told_of_missing_pings_as_any_other() -> None:
    """Without them the kernel finds a client that vanished: the server tells it to ask."""
    quiet = replace(LANE, pings=0.0)
    for application in (app(OURS, holdfasts=(HF,)), app(PLAIN)):
        found = next(one for one in examine(facts(application, quiet)) if one.id == "HD201")
        assert found.why.startswith("proxies end connections")
        assert found.fix == "leave --ws-ping-interval at its default"
    assert ids(facts(app(GUARDED, OURS, holdfasts=(HF,)), LANE)) == []


def test_a_guard_has_settings_of_its_own() -> None:
    """Some findings are about a Holdfast's, and about those of a guard in front of plain routes."""

    def guarded(**options: Any) -> Facts:
        route = replace(PLAIN, behind=(replace(GUARD, **options),))
        return facts(app(route), uvicorn(pong=20.0))

    assert ids(guarded()) == []
    assert ids(guarded(any_origin=True)) == ["HD508"]
    assert ids(guarded(trusts_all=True)) == ["HD507"]
    assert ids(guarded(send_timeout=30.0)) == ["HD205"]
    trusting = Installed(trusts_all=True)
    assert ids(facts(app(OURS, holdfasts=(trusting,)))) == ["HD507"]
    assert ids(facts(app(holdfasts=(trusting,)))) == []
