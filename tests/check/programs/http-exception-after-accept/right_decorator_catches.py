import functools

from fastapi import FastAPI, HTTPException, WebSocket

app = FastAPI()


def closing(serve):
    """Close with a code of the application's own for what an endpoint raises."""

    @functools.wraps(serve)
    async def run(websocket: WebSocket) -> None:
        try:
            await serve(websocket)
        except HTTPException as error:
            await websocket.close(4000 + error.status_code, str(error.detail)[:100])

    return run


def known(word: str) -> str:
    if word == "404":
        raise HTTPException(404, "no such word")
    return word


@app.websocket("/words")
@closing
async def words(websocket: WebSocket) -> None:
    await websocket.accept()
    word = await websocket.receive_text()
    if word == "401":
        raise HTTPException(401, "who are you?")
    await websocket.send_text(known(word))
    await websocket.close()
