from typing import Annotated

from fastapi import Depends, FastAPI, WebSocket

from session import Session

app = FastAPI()


def language(lang: str = "en") -> str:
    return lang


@app.websocket("/session")
async def session_endpoint(ws: WebSocket, lang: Annotated[str, Depends(language)]):
    await ws.accept()
    session = Session(ws, lang)
    await session.run()
