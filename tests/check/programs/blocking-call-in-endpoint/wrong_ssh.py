from fastapi import FastAPI, WebSocket, WebSocketDisconnect

try:
    import paramiko
except ImportError:
    paramiko = None

app = FastAPI()


class Shell:
    def __init__(self, host: str):
        self.client = paramiko.SSHClient()
        self.client.connect(host)  # here
        self.channel = self.client.invoke_shell()

    def read(self) -> bytes:
        return self.channel.recv(1024)  # here


@app.websocket("/shell/{host}")
async def shell(websocket: WebSocket, host: str):
    await websocket.accept()
    opened = Shell(host)
    try:
        while True:
            opened.channel.send(await websocket.receive_text())
            await websocket.send_bytes(opened.read())
    except WebSocketDisconnect:
        opened.client.close()
