from fastapi import APIRouter, WebSocket, WebSocketDisconnect

router = APIRouter()


@router.websocket("/hub")
async def hub_socket(websocket: WebSocket) -> None:
    hub = websocket.app.state.hub
    await hub.enter(websocket)
    try:
        while True:
            await websocket.send_json(await websocket.receive_json())
    except WebSocketDisconnect:
        await hub.leave(websocket)  # here
