from fastapi import FastAPI, HTTPException, WebSocket

app = FastAPI()
KEYS = {"k1": "ada", "k2": "grace"}


def owner_of(key: str | None) -> str:
    if key not in KEYS:
        raise HTTPException(status_code=401, detail="Unknown key")
    return KEYS[key]


@app.websocket("/log")
async def log(websocket: WebSocket):
    try:
        name = owner_of(websocket.headers.get("x-key"))
    except HTTPException:
        await websocket.close(code=4401)  # here
        return
    await websocket.accept()
    async for line in websocket.iter_text():
        print(name, line)
