"""One worker by default; what is given on the command line nobody can tell."""

import subprocess
import sys

import uvicorn
from pydantic import BaseModel


class Settings(BaseModel):
    workers: int = 1


class Given(BaseModel):
    workers: int = 4


settings = Settings()
given = Given(workers=int(sys.argv[1]) if sys.argv[1:] else 1)


def serve() -> None:
    uvicorn.run("main:app", workers=settings.workers)


def serve_as_given() -> None:
    uvicorn.run("main:app", workers=given.workers)


def serve_apart() -> None:
    subprocess.run(["uvicorn", "main:app", "--workers", "1"], check=True)
    subprocess.run(["celery", "-A", "jobs:app", "--workers", "4"], check=False)


if __name__ == "__main__":
    serve()
