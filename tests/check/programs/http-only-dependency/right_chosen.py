from typing import Annotated

from fastapi import Depends, FastAPI, Request, WebSocket
from starlette.requests import HTTPConnection

app = FastAPI()


def path_of(connection: HTTPConnection) -> str:
    return connection.url.path


def method_of(request: Request) -> str:
    return request.method


def about(kind: str):
    """Give the dependency for this kind of connection."""
    if kind == "http":
        return method_of
    return path_of


@app.get("/about")
def about_request(method: Annotated[str, Depends(about("http"))]) -> str:
    return method


@app.websocket("/about")
async def about_socket(websocket: WebSocket, path: Annotated[str, Depends(about("ws"))]) -> None:
    await websocket.accept()
    await websocket.send_text(path)
    await websocket.close()
