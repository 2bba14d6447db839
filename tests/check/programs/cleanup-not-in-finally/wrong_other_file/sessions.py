from starlette.websockets import WebSocket


class Sessions:
    def __init__(self) -> None:
        self._open: dict[str, set[WebSocket]] = {}

    async def open(self, group: str, socket: WebSocket) -> None:
        await socket.accept()
        self._open.setdefault(group, set()).add(socket)

    async def close(self, group: str, socket: WebSocket) -> None:
        if group in self._open:
            self._open[group].discard(socket)
            if not self._open[group]:
                del self._open[group]
