"""How many workers serve an app, and what each of them says of it."""

import pytest

from holdfast.asgi.workers import Process, this_process, workers
from holdfast.testing import until
from tests.support.servers import Servers

VENV = "/venv/lib/python3.11/site-packages"


def found(argv: str = "/venv/bin/uvicorn main:app", child: bool = True, **environ: str) -> int:
    return workers(Process(argv.split(), environ, child))


@pytest.mark.parametrize(
    "argv",
    [
        "/venv/bin/uvicorn main:app --workers 4",
        f"{VENV}/uvicorn/__main__.py main:app --workers=4",
        "/venv/bin/hypercorn -w 4 main:app",
        "/venv/bin/gunicorn -w4 main:app",
        "/venv/bin/granian --workers 4 main:app",
        "/venv/bin/fastapi run --workers 4",
        "/venv/bin/holdfast run main:app --workers 4",
    ],
)
def test_several_workers(argv: str) -> None:
    assert found(argv) == 4


@pytest.mark.parametrize(
    "argv",
    [
        "/venv/bin/uvicorn main:app",
        "/venv/bin/uvicorn main:app --workers 1",
        "/venv/bin/uvicorn main:app --workers 4 --reload",
        "/venv/bin/holdfast dev main:app --workers 4",
        "/venv/bin/pytest --workers 4",
        "/venv/bin/uvicorn app-w4:app",
        "-c",
        "",
    ],
)
def test_one_worker_or_nobody_knows(argv: str) -> None:
    assert found(argv) == 1


def test_workers_of_the_environment() -> None:
    assert found(WEB_CONCURRENCY="2") == 2
    assert found("/venv/bin/uvicorn main:app --workers 1", WEB_CONCURRENCY="2") == 1
    assert found(WEB_CONCURRENCY="2", child=False) == 1  # in no worker: a shell, a test
    assert found("/venv/bin/gunicorn a:b", child=False, GUNICORN_CMD_ARGS="-w 3") == 3
    assert found("/venv/bin/holdfast run a:b", UVICORN_WORKERS="2") == 2
    assert found("/venv/bin/hypercorn a:b", WEB_CONCURRENCY="2") == 1
    assert found("/venv/bin/granian a:b", GRANIAN_WORKERS="2") == 2
    assert found(WEB_CONCURRENCY="auto") == 1


def test_of_this_process_nothing_is_said() -> None:
    assert workers(this_process()) == 1


@pytest.mark.servers
async def test_in_a_real_worker(servers: Servers) -> None:
    server = servers.fresh("uvicorn-sansio", "tests.doctor.apps:app", "--workers", "2")
    await until(lambda: server.text.count("2 workers with the memory backplane") == 2, 20)
