from fastapi import HTTPException, Request, WebSocket
from fastapi.responses import JSONResponse, Response


async def on_http_error(connection: Request | WebSocket, error: HTTPException) -> Response | None:
    if isinstance(connection, WebSocket):
        await connection.close(4000 + error.status_code)
        return None
    return JSONResponse({"error": error.detail}, error.status_code)
