from fastapi import FastAPI, HTTPException, Request, WebSocket
from fastapi.responses import JSONResponse

app = FastAPI()


@app.exception_handler(HTTPException)
async def on_http_error(request: Request, error: HTTPException):
    return JSONResponse({"error": error.detail, "path": request.url.path}, error.status_code)


@app.websocket("/orders")
async def orders(websocket: WebSocket):
    await websocket.accept()
    async for order in websocket.iter_json():
        if order.get("amount", 0) > 100:
            raise HTTPException(413)  # here
        await websocket.send_json(order)
