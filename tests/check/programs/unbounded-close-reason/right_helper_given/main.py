from ends import end, refuse
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()


@app.websocket("/cells")
async def cells(ws: WebSocket, first: str = ""):
    try:
        number = int(first)
    except ValueError as error:
        await refuse(ws, f"no number: {error}")
        return
    await ws.accept()
    try:
        while True:
            source = await ws.receive_text()
            try:
                compile(source, f"cell {number}", "exec")
            except SyntaxError as error:
                await end(ws, 1003, f"no cell: {error}")
                return
            await ws.send_text("ok")
    except WebSocketDisconnect:
        pass
    except Exception as error:
        await end(ws, reason=repr(error))
