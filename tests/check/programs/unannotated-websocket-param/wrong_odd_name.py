from fastapi import (
    Depends,
    FastAPI,
)

app = FastAPI()


def token(token: str = "") -> str:
    return token


@app.websocket("/chat/{room}")
async def chat(
    connection,  # here
    room: str,
    key: str = Depends(token),
):
    await connection.accept()
    async for text in connection.iter_text():
        await connection.send_text(f"{room}: {text}")


@app.websocket("/client")
async def client_endpoint(client):  # here
    await client.accept()
    while True:
        await client.send_json(await client.receive_json())
