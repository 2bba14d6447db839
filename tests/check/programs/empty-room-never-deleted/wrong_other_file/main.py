from fastapi import APIRouter, FastAPI, WebSocket

from games import games

router = APIRouter()


@router.websocket("/games/{game}/{player}")
async def game_socket(socket: WebSocket, game: str, player: str):
    await socket.accept()
    games.enter(game, player, socket)
    try:
        async for move in socket.iter_json():
            await socket.send_json(move)
    finally:
        games.leave(game, player, socket)


app = FastAPI()
app.include_router(router)
