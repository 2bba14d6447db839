from starlette.websockets import WebSocket


class Games:
    def __init__(self) -> None:
        self._players: dict[str, dict[str, WebSocket]] = {}

    def enter(self, game: str, player: str, socket: WebSocket) -> None:
        self._players.setdefault(game, {})[player] = socket

    def leave(self, game: str, player: str, socket: WebSocket) -> None:
        players = self._players.get(game, {})
        if players.get(player) is socket:
            players.pop(player)  # here


games = Games()
