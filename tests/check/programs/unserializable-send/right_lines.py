from fastapi import FastAPI, WebSocket

app = FastAPI()


async def lines(source):
    async for line in source.lines():
        if line:
            yield line + "\n"


@app.websocket("/lines")
async def send_lines(websocket: WebSocket):
    await websocket.accept()
    source = app.state.source
    async for line in lines(source):
        await websocket.send_text(line)
    for word in source.words:
        spoken = source.prefix + word
        await websocket.send_text(spoken)
    await websocket.close()
