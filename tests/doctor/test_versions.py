import pytest

from holdfast.doctor.versions import floors, normalised, older


@pytest.mark.parametrize(
    ("version", "than"),
    [("0.52.0", "0.52.1"), ("0.9", "0.10"), ("0.52", "0.52.1"), ("1.0.post1", "1.1"), ("0", "1")],
)
def test_older(version: str, than: str) -> None:
    assert older(version, than)
    assert not older(than, version)


@pytest.mark.parametrize("version", ["0.52.1", "0.52.1rc1", "0.52.1+local", "0.52.1.0", "", "dev"])
def test_not_older_or_not_known(version: str) -> None:
    assert not older(version, "0.52.1")


def test_floors_are_those_that_hold_always() -> None:
    requirements = [
        "fastapi>=0.121.0",
        "msgspec <2, >= 0.19.0",
        "click",
        "uvicorn[standard]>=0.38; extra == 'demo'",
    ]
    assert dict(floors(requirements)) == {"fastapi": "0.121.0", "msgspec": "0.19.0"}


def test_names_are_compared_as_indexes_do() -> None:
    assert normalised("Uvicorn_Worker") == "uvicorn-worker"
