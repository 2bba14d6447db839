from dataclasses import dataclass

from fastapi import FastAPI, WebSocket


@dataclass
class Pilot:
    link: WebSocket
    callsign: str


class Tower:
    def __init__(self) -> None:
        self.pilots: dict[str, Pilot] = {}

    def contact(self, pilot: Pilot) -> None:
        self.pilots[pilot.callsign] = pilot

    def lose(self, pilot: Pilot) -> None:
        self.pilots.pop(pilot.callsign, None)  # here


tower = Tower()
app = FastAPI()


@app.websocket("/tower/{callsign}")
async def listen(link: WebSocket, callsign: str) -> None:
    await link.accept()
    pilot = Pilot(link, callsign=callsign)
    tower.contact(pilot)
    try:
        async for text in link.iter_text():
            if text in tower.pilots:
                await tower.pilots[text].link.send_text(f"{callsign} calls")
    finally:
        tower.lose(pilot)
