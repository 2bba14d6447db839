import fastapi

app = fastapi.FastAPI()


async def added(sock):  # here
    await sock.accept()
    await sock.close()


app.add_api_websocket_route("/added", added)
app.router.add_api_websocket_route("/again", added)
