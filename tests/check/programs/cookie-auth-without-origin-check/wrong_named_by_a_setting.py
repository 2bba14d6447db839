from dataclasses import dataclass

from fastapi import FastAPI, WebSocket


@dataclass
class Settings:
    login: str = "session_id"


settings = Settings()
app = FastAPI()
people: dict[str, str] = {}


@app.websocket("/notes")
async def notes(ws: WebSocket) -> None:
    name = people.get(ws.cookies.get(settings.login, ""))  # here
    if name is None:
        await ws.close()
        return
    await ws.accept()
    async for text in ws.iter_text():
        await ws.send_text(f"{name}: {text}")
