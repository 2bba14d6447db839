"""The examples in one process, each mounted under its own name."""

from examples import chat, echo, metrics, notifications, token_stream
from fastapi import FastAPI

app = FastAPI()
for example in (chat, echo, metrics, notifications, token_stream):
    app.mount("/" + example.__name__.rpartition(".")[2], example.app)
