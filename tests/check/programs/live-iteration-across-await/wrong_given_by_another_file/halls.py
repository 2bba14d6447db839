from fastapi import WebSocket


class Halls:
    def __init__(self):
        self._halls: dict[str, set[WebSocket]] = {}

    def hall(self, name: str) -> set[WebSocket]:
        return self._halls.setdefault(name, set())

    def enter(self, name: str, guest: WebSocket):
        self.hall(name).add(guest)

    def leave(self, name: str, guest: WebSocket):
        self.hall(name).discard(guest)


halls = Halls()
