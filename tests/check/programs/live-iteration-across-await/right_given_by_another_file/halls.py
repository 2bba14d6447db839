from fastapi import WebSocket


class Halls:
    def __init__(self):
        self._halls: dict[str, set[WebSocket]] = {}

    def hall(self, name: str) -> frozenset[WebSocket]:
        return frozenset(self._halls.get(name, ()))

    def enter(self, name: str, guest: WebSocket):
        self._halls.setdefault(name, set()).add(guest)

    def leave(self, name: str, guest: WebSocket):
        self._halls[name].discard(guest)


halls = Halls()
