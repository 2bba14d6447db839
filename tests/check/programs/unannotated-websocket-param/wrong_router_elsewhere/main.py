from routers import api, app


@api.websocket("/live")
async def live(websocket, page: int = 1):  # here
    await websocket.accept()
    await websocket.send_json({"page": page})
    await websocket.close()


app.include_router(api)
