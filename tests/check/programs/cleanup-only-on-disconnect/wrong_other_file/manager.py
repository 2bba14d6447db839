from starlette.websockets import WebSocket


class Registry:
    def __init__(self) -> None:
        self.by_user: dict[int, list[WebSocket]] = {}

    async def register(self, user_id: int, conn: WebSocket) -> None:
        await conn.accept()
        self.by_user.setdefault(user_id, []).append(conn)

    async def unregister(self, user_id: int, conn: WebSocket) -> None:
        known = self.by_user.get(user_id, [])
        if conn in known:
            known.remove(conn)
        if not known:
            self.by_user.pop(user_id, None)

    async def notify(self, user_id: int, text: str) -> None:
        for conn in list(self.by_user.get(user_id, [])):
            await conn.send_text(text)


registry = Registry()
