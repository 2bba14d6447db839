"""Notifications to one user, on all of their devices, from an ordinary HTTP endpoint.

Shows who is connected: a dependency turns a token into the user, and refuses who has none. The
token travels in the subprotocol list, the place a browser offers that no log records.

    uvicorn examples.notifications:app
    python -c 'from websockets.sync.client import connect
    with connect("ws://127.0.0.1:8000/ws", subprotocols=["bearer", "token-of-ann"]) as ws:
        print(ws.recv())'
    curl -H "Content-Type: application/json" -d '{"text": "Hello"}' http://127.0.0.1:8000/users/ann
"""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from holdfast import Holdfast, SubprotocolToken

app = FastAPI()
hf = Holdfast(app)

USERS = {"token-of-ann": "ann", "token-of-ben": "ben"}  # in earnest: signed tokens, or a table


class Notification(BaseModel):
    text: str


def current_user(token: Annotated[str, Depends(SubprotocolToken())]) -> str:
    """The user whose token it is."""
    if token not in USERS:
        raise HTTPException(401, "no such token")
    return USERS[token]


@hf.subscribe("/ws", user=Depends(current_user), sse=False)
async def inbox(user: Annotated[str, Depends(current_user)]) -> str:
    """Name the channel that this user listens to."""
    return f"users.{user}"


@app.post("/users/{user}", status_code=202)
async def notify(user: str, notification: Notification) -> None:
    """Reach every device of the user (in earnest: check who may do this)."""
    await hf.publish(f"users.{user}", notification)


@app.delete("/users/{user}/connections")
async def log_out(user: str) -> dict[str, int]:
    """Close every device of the user."""
    return {"closed": await hf.disconnect(user=user, reason="logged out")}
