import os
import subprocess

import uvicorn
from pydantic import BaseModel

DEBUG = bool(os.environ.get("DEBUG"))


class Settings(BaseModel):
    port: int = 8000
    workers: int = 4


settings = Settings()


def serve() -> None:
    uvicorn.run("main:app", port=settings.port, workers=settings.workers)  # here


def serve_or_reload() -> None:
    options = {"reload": DEBUG, "workers": 1 if DEBUG else 2}
    uvicorn.run("main:app", **options)  # here


def serve_apart() -> None:
    subprocess.run(["uvicorn", "main:app", "--workers", "3"], check=True)  # here


def serve_with_gunicorn(run) -> None:
    from main import app

    run(app, {"workers": 3, "worker_class": "uvicorn.workers.UvicornWorker"})  # here


def serve_with_hypercorn() -> None:
    from hypercorn.config import Config
    from hypercorn.run import run

    config = Config()
    config.application_path = "main:app"
    config.workers = 3  # here
    run(config)


if __name__ == "__main__":
    serve()
