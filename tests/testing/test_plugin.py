"""The plugin as a user's suite has it: pytest runs in this process, on files of its own."""

import pytest

from holdfast.testing import leaks, serving

pytestmark = pytest.mark.newest

pytest_plugins = ["pytester"]

ALREADY_IMPORTED = (leaks, serving)  # or each run below would import them anew

LEAKING = """
import asyncio, socket, unittest
import pytest
from holdfast.testing import assert_no_leaks

KEPT = []

async def tick():
    while True:
        await asyncio.sleep(60)

def leak():
    KEPT.append(asyncio.get_running_loop().create_task(tick()))

def leave_open():
    KEPT.append(socket.create_server(("127.0.0.1", 0)))

@pytest.fixture(autouse=True, scope="session")
def closed():
    yield
    [one.close() for one in KEPT if isinstance(one, socket.socket)]
"""

MARKED = """
@pytest.mark.leak_check(timeout=0.1)
async def test_marked(tmp_path):
    assert tmp_path.exists()
    leak()

@pytest.mark.leak_check(timeout=0.1, allow=["tick"])
async def test_allowed():
    leak()

@pytest.mark.leak_check
async def test_clean():
    await asyncio.sleep(0)

@pytest.mark.leak_check
async def test_its_own_failure():
    leak()
    assert 1 == 2

async def test_unmarked():
    leak()

@pytest.mark.leak_check(timeout=0.1)
class TestClass:
    @pytest.mark.parametrize("leaks", [True, False])
    async def test_method(self, leaks):
        if leaks:
            leak()

    @pytest.mark.leak_check(False)
    async def test_opted_out(self):
        leak()

@pytest.mark.leak_check(timeout=0.1)
def test_no_coroutine():
    leave_open()

def test_fixture_clean(leak_check):
    pass

@pytest.fixture
async def leaking_fixture():
    leak()
    yield

@pytest.mark.leak_check(timeout=0.1)
async def test_what_a_fixture_makes_is_not_the_tests(leaking_fixture):
    pass
"""

OTHERS = """
from hypothesis import Phase, example, given, settings, strategies

@pytest.mark.leak_check(timeout=0.1)
@example(1)
@settings(database=None, phases=[Phase.explicit])
@given(number=strategies.integers())
async def test_examples(number):
    leak()

class TestCase(unittest.IsolatedAsyncioTestCase):
    @pytest.mark.leak_check
    async def test_asked(self):
        pass

class TestPlainCase(unittest.TestCase):
    @pytest.mark.leak_check(timeout=0.1)
    def test_asked(self):
        leave_open()
"""


def outcomes(result: pytest.RunResult) -> dict[str, str]:
    """Test -> how it ended."""
    found = {}
    for line in result.outlines:
        name, _, rest = line.partition(" ")
        if "::" in name and rest:
            found[name.partition("::")[2]] = rest.split()[0]
    return found


def run(pytester: pytest.Pytester, code: str, ini: str, *options: str) -> pytest.RunResult:
    pytester.makeini(f"[pytest]\n{ini}")
    pytester.makepyfile(LEAKING + code)
    options = ("-p", "no:cacheprovider", "-p", "holdfast.testing.plugin", *options)
    return pytester.runpytest_inprocess("-v", "--strict-markers", *options)


@pytest.fixture(autouse=True)
def only_the_plugins_that_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


BY_ASYNCIO = ("-p", "pytest_asyncio.plugin")
AUTO = "asyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n"


def test_marker_and_fixture(pytester: pytest.Pytester) -> None:
    result = run(pytester, MARKED, AUTO, *BY_ASYNCIO)
    assert outcomes(result) == {
        "test_marked": "FAILED",
        "test_allowed": "PASSED",
        "test_clean": "PASSED",
        "test_its_own_failure": "FAILED",
        "test_unmarked": "PASSED",
        "TestClass::test_method[True]": "FAILED",
        "TestClass::test_method[False]": "PASSED",
        "TestClass::test_opted_out": "PASSED",
        "test_no_coroutine": "FAILED",
        "test_fixture_clean": "PASSED",
        "test_what_a_fixture_makes_is_not_the_tests": "PASSED",
    }
    result.stdout.fnmatch_lines(
        [
            "*_ test_marked _*",
            "1 thing is left after 0.1 s:",
            "",
            "task '*', tick",
            "  waits at   test_marker_and_fixture.py:* in tick:  await asyncio.sleep(60)",
            "  made at    test_marker_and_fixture.py:* in leak:  KEPT.append(*",
            "*_ test_its_own_failure _*",
            "*assert 1 == 2",
        ]
    )


def test_what_runs_tests_in_other_ways(pytester: pytest.Pytester) -> None:
    result = run(pytester, OTHERS, AUTO, *BY_ASYNCIO, "-p", "_hypothesis_pytestplugin")
    assert outcomes(result) == {
        "test_examples": "FAILED",
        "TestCase::test_asked": "FAILED",
        "TestPlainCase::test_asked": "FAILED",
    }
    result.stdout.fnmatch_lines_random(
        [
            "*1 thing is left after 0.1 s*",
            "leak_check cannot stand around a coroutine of unittest.TestCase: write `async with *",
            "socket *: 127.0.0.1:* to nobody, LISTEN",
        ]
    )


EVERY = """
async def test_coroutine():
    leak()

@pytest.mark.leak_check(False)
async def test_opted_out():
    leak()

def test_no_coroutine():
    leave_open()

class TestCase(unittest.IsolatedAsyncioTestCase):
    async def test_not_asked(self):
        leak()
"""


def test_the_options_for_a_whole_suite(pytester: pytest.Pytester) -> None:
    ini = AUTO + "holdfast_leak_check = true\nholdfast_leak_timeout = 0.1\n"
    result = run(pytester, EVERY, ini, *BY_ASYNCIO)
    assert outcomes(result) == {
        "test_coroutine": "FAILED",
        "test_opted_out": "PASSED",
        "test_no_coroutine": "PASSED",
        "TestCase::test_not_asked": "PASSED",
    }


ANYIO = """
@pytest.fixture(params=["asyncio"])
def anyio_backend(request):
    return request.param

@pytest.mark.anyio
@pytest.mark.leak_check(timeout=0.1)
async def test_marked(anyio_backend_name):
    assert anyio_backend_name == "asyncio"
    leak()

@pytest.fixture
async def checked(anyio_backend):
    async with assert_no_leaks(timeout=0.1):
        yield

@pytest.mark.anyio
async def test_a_fixture_of_ones_own(checked):
    leak()

@pytest.mark.anyio
@pytest.mark.leak_check
async def test_clean():
    await asyncio.sleep(0)
"""


def test_with_anyios_plugin(pytester: pytest.Pytester) -> None:
    result = run(pytester, ANYIO, "", "-p", "anyio")
    assert outcomes(result) == {
        "test_marked[asyncio]": "FAILED",
        "test_a_fixture_of_ones_own[asyncio]": "ERROR",  # at its teardown
        "test_clean[asyncio]": "PASSED",
    }
    result.assert_outcomes(passed=2, failed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_a_fixture*", "*LeakError: 1 thing *"])


OTHER_LOOP = """
import pytest

@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    with pytest.raises(StopIteration):  # a loop that is not asyncio's, of one step
        pyfuncitem.obj().send(None)
    return True
"""


def test_without_asyncio(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(OTHER_LOOP)
    code = "async def test_any(): pass\n\n@pytest.mark.leak_check\nasync def test_asked(): pass"
    result = run(pytester, code, "holdfast_leak_check = true\n")
    assert outcomes(result) == {"test_any": "PASSED", "test_asked": "FAILED"}
    result.stdout.fnmatch_lines(["*assert_no_leaks() needs an asyncio event loop*"])


def test_a_wrong_option_is_an_error_of_the_test(pytester: pytest.Pytester) -> None:
    code = "@pytest.mark.leak_check(timeot=1)\nasync def test_it(): pass"
    result = run(pytester, code, AUTO, *BY_ASYNCIO)
    result.stdout.fnmatch_lines(["*unexpected keyword argument 'timeot'*"])


LOOK = """
import sys
def pytest_configure(config):
    assert config.pluginmanager.has_plugin("holdfast"), "is this package installed?"
    heavy = {"fastapi", "starlette", "uvicorn", "msgspec", "holdfast.asgi", "asyncio"}
    print("LOADED", heavy & set(sys.modules))
"""
OTHERS_WITH_ASYNCIO = ("asyncio", "anyio", "hypothesispytest", "xdist", "timeout")


def test_pytest_finds_it_and_loads_nothing_for_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    pytester.makeconftest(LOOK)
    without = [f"-pno:{name}" for name in OTHERS_WITH_ASYNCIO]
    result = pytester.runpytest_subprocess("--help", *without)
    result.stdout.fnmatch_lines(["LOADED set()", "*holdfast_leak_check (bool)*"])
