from time import monotonic

from fastapi import WebSocketDisconnect


class Limiter:
    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.times: list[float] = []

    def count(self, text: str) -> None:
        self.times = [one for one in self.times if one > monotonic() - 1] + [monotonic()]
        if len(self.times) > self.rate or len(text) > 1_000:
            raise WebSocketDisconnect(code=1008, reason="too fast")


class Recorded:
    """Plays back what a client sent once, and then leaves as it did."""

    def __init__(self, texts: list[str]) -> None:
        self.texts = texts

    def next(self) -> str:
        if not self.texts:
            raise WebSocketDisconnect(1000)
        return self.texts.pop(0)
