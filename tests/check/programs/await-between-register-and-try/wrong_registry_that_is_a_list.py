"""The registry is a list with a name of its own."""

from fastapi import FastAPI, WebSocket

app = FastAPI()


class Guest:
    def __init__(self, client: WebSocket):
        self.client = client

    async def say(self, **data) -> None:
        await self.client.send_json(data)


class Guests(list[Guest]):
    pass


guests = Guests()


@app.websocket("/ws")
async def endpoint(client: WebSocket):
    guest = Guest(client)
    await client.accept()
    guests.append(guest)
    await guest.say(others=len(guests))  # here
    try:
        async for text in client.iter_text():
            await guest.say(echo=text)
    finally:
        guests.remove(guest)
