from ends import end
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/cells")
async def cells(ws: WebSocket):
    await ws.accept()
    try:
        while True:
            source = await ws.receive_text()
            try:
                compile(source, "cell", "exec")
            except SyntaxError as error:
                await end(ws, 1003, f"no cell: {error}")  # here
                return
            await ws.send_text("ok")
    except WebSocketDisconnect:
        pass
    except Exception as error:
        await end(ws, reason=repr(error))  # here
