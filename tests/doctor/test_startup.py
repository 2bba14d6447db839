"""What a running server is told of, from inside."""

import pytest

from holdfast.doctor.startup import SANSIO, Process, at_start
from holdfast.testing import until
from tests.support.servers import Servers

VENV = "/venv/lib/python3.11/site-packages"


def ids(
    argv: str = "/venv/bin/uvicorn main:app",
    uvicorn: str = "0.54.0",
    child: bool = True,
    sansio: bool = True,
    **environ: str,
) -> list[str]:
    process = Process(argv.split(), environ, {SANSIO} if sansio else set(), child)
    return [sentence.partition(":")[0] for sentence in at_start({"uvicorn": uvicorn}, process)]


@pytest.mark.parametrize(
    "argv",
    [
        "/venv/bin/uvicorn main:app --workers 4",
        f"{VENV}/uvicorn/__main__.py main:app --workers=4",
        "/venv/bin/hypercorn -w 4 main:app",
        "/venv/bin/gunicorn -w4 main:app",
        "/venv/bin/granian --workers 4 main:app",
        "/venv/bin/fastapi run --workers 4",
    ],
)
def test_several_workers(argv: str) -> None:
    assert ids(argv) == ["HD301"]


@pytest.mark.parametrize(
    "argv",
    [
        "/venv/bin/uvicorn main:app",
        "/venv/bin/uvicorn main:app --workers 1",
        "/venv/bin/uvicorn main:app --workers 4 --reload",
        "/venv/bin/pytest --workers 4",
        "/venv/bin/uvicorn app-w4:app",
        "-c",
        "",
    ],
)
def test_one_worker_or_nobody_knows(argv: str) -> None:
    assert ids(argv) == []


def test_workers_of_the_environment() -> None:
    assert ids(WEB_CONCURRENCY="2") == ["HD301"]
    assert ids(WEB_CONCURRENCY="2", argv="/venv/bin/uvicorn main:app --workers 1") == []
    assert ids(WEB_CONCURRENCY="2", child=False) == []  # in no worker: a shell, a test
    assert ids("/venv/bin/gunicorn a:b", child=False, GUNICORN_CMD_ARGS="-w 3") == ["HD301"]
    assert ids("/venv/bin/hypercorn a:b", WEB_CONCURRENCY="2") == []
    assert ids("/venv/bin/granian a:b", GRANIAN_WORKERS="2") == ["HD301"]
    assert ids(WEB_CONCURRENCY="auto") == []


def test_a_protocol_that_buffers_without_bound() -> None:
    assert ids(uvicorn="0.51.0") == ["HD101"]
    assert ids("/app/serve.py", uvicorn="0.51.0", child=False) == ["HD101"]  # uvicorn.run()
    assert ids(uvicorn="0.51.0", sansio=False) == []
    assert ids(uvicorn="0.52.1") == []


def test_of_this_process_nothing_is_said() -> None:
    assert list(at_start({"uvicorn": "0.54.0"})) == []


@pytest.mark.servers
async def test_in_a_real_worker(servers: Servers) -> None:
    server = servers.fresh("uvicorn-sansio", "tests.doctor.apps:starting", "--workers", "2")
    await until(lambda: server.text.count("HD301: 2 workers with the memory backplane") == 2, 20)
    assert "HD101" not in server.text
