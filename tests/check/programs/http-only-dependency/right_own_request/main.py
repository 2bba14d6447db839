from fastapi import Depends, FastAPI, WebSocket
from models import Request, Response

app = FastAPI()


def parse(request: Request = Depends()) -> Response:
    return Response(request.symbol)


@app.websocket("/ws")
async def endpoint(websocket: WebSocket, answer: Response = Depends(parse)):
    await websocket.accept()
    await websocket.send_text(answer.text)
    await websocket.close()
