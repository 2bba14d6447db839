from dataclasses import dataclass

from fastapi import FastAPI, WebSocket

app = FastAPI()


@dataclass
class Wizard:
    websocket: WebSocket

    async def ask(self) -> str:
        await self.websocket.accept()
        await self.websocket.send_text("name?")
        return await self.websocket.receive_text()

    async def tell(self, text: str) -> None:
        await self.websocket.send_text(text)


@app.websocket("/wizard")
async def wizard(websocket: WebSocket) -> None:
    name = await Wizard(websocket).ask()
    if name == "admin":
        await websocket.send_text("not you")  # here
    else:
        await websocket.close(1000)


@app.websocket("/greeter")
async def greeter(websocket: WebSocket) -> None:
    it = Wizard(websocket)
    name = await it.ask()
    await it.tell(f"hello {name}")  # here
