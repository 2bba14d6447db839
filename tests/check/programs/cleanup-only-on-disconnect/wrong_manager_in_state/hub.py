from starlette.websockets import WebSocket


class Hub:
    def __init__(self) -> None:
        self.members: list[WebSocket] = []

    async def enter(self, member: WebSocket) -> None:
        await member.accept()
        self.members.append(member)

    async def leave(self, member: WebSocket) -> None:
        if member in self.members:
            self.members.remove(member)
