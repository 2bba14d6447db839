import logging

from fastapi import FastAPI
from holdfast import Connection, Holdfast
from holdfast.errors import HoldfastError

app = FastAPI()
hf = Holdfast(app)
log = logging.getLogger(__name__)


@hf.websocket("/ws")
async def echo(peer: Connection[dict]) -> None:
    while True:
        try:
            message = await peer.receive(timeout=30)
            await peer.send({"echo": message})
        except HoldfastError as error:  # here
            log.warning("failed: %s", error)
