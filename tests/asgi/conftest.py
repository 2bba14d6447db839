"""An app and its Holdfast; a file that needs other deadlines has its own ``hf``."""

import pytest
from fastapi import FastAPI

from holdfast import Holdfast


@pytest.fixture
def app() -> FastAPI:
    return FastAPI()


@pytest.fixture
def hf(app: FastAPI) -> Holdfast:
    return Holdfast(app)
