import asyncio

from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    import paramiko
except ImportError:
    paramiko = None

app = FastAPI()


@app.websocket("/shell/{host}")
async def shell(websocket: WebSocket, host: str):
    await websocket.accept()
    client = paramiko.SSHClient()
    await asyncio.to_thread(client.connect, host)
    channel = client.invoke_shell()

    async def read():
        while True:
            if channel.recv_ready():
                await websocket.send_bytes(channel.recv(1024))
            await asyncio.sleep(0.01)

    reading = asyncio.create_task(read())
    try:
        while True:
            channel.send(await websocket.receive_text())
    except WebSocketDisconnect:
        client.close()
    finally:
        reading.cancel()
