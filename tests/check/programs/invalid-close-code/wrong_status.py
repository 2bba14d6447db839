from fastapi import APIRouter, Depends, FastAPI, WebSocket, WebSocketException, status
from starlette import status as codes
from starlette.status import WS_1005_NO_STATUS_RCVD
from http import HTTPStatus

app = FastAPI()
router = APIRouter()


async def get_user(websocket: WebSocket, token: str = ""):
    if not token:
        raise WebSocketException(code=status.HTTP_403_FORBIDDEN, reason="no token")  # here
    return token


@router.websocket("/ws")
async def endpoint(websocket: WebSocket, user: str = Depends(get_user)):
    await websocket.accept()
    text = await websocket.receive_text()
    if text == "a":
        await websocket.close(code=status.WS_1006_ABNORMAL_CLOSURE)  # here
    elif text == "b":
        await websocket.close(codes.HTTP_401_UNAUTHORIZED)  # here
    elif text == "c":
        await websocket.close(code=WS_1005_NO_STATUS_RCVD)  # here
    elif text == "d":
        raise WebSocketException(status.WS_1015_TLS_HANDSHAKE)  # here
    else:
        await websocket.close(HTTPStatus.BAD_REQUEST)  # here


app.include_router(router)
