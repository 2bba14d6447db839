import json

from fastapi import FastAPI, HTTPException, WebSocket, WebSocketDisconnect

app = FastAPI()
REASON = "Error: please try again later"


def short(text: str) -> str:
    return text.encode()[:123].decode(errors="ignore")


@app.websocket("/ws")
async def endpoint(websocket: WebSocket):
    await websocket.accept()
    try:
        json.loads(await websocket.receive_text())
        raise RuntimeError("no")
    except WebSocketDisconnect as gone:
        print(f"gone: {gone}")
    except json.JSONDecodeError as e:
        await websocket.close(1007, f"not JSON: {e}")
    except UnicodeError as e:
        await websocket.close(code=1007, reason=str(e)[:120])
    except OSError as e:
        await websocket.close(code=1011, reason=f"{e}"[:100])
    except LookupError as e:
        await websocket.close(1011, short(str(e)))
    except TypeError as e:
        await websocket.close(1011, reason=type(e).__name__)
    except ArithmeticError as e:
        await websocket.close(1011, reason=f"failed: {e.__class__.__name__}")
    except HTTPException as e:
        await websocket.close(code=4000 + e.status_code, reason=f"HTTP {e.status_code}")
    except RuntimeError as e:
        reason = f"failed: {e}"[:123]
        await websocket.close(1011, reason=reason)
    except Exception as e:
        print(e)
        await websocket.close(1011, reason=REASON)
