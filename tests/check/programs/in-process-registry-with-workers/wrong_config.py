from fastapi import FastAPI, WebSocket

app = FastAPI()
clients: set[WebSocket] = set()


@app.websocket("/ws")
async def endpoint(ws: WebSocket) -> None:
    await ws.accept()
    clients.add(ws)
    try:
        async for text in ws.iter_text():
            for client in list(clients):
                await client.send_text(text)
    finally:
        clients.discard(ws)


def main() -> None:
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    config = uvicorn.Config("wrong_config:app", workers=4)  # here
    Multiprocess(config, sockets=[config.bind_socket()]).run()


if __name__ == "__main__":
    main()
