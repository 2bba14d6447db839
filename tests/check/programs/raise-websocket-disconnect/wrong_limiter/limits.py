from time import monotonic

from fastapi import WebSocketDisconnect


class Limiter:
    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.times: list[float] = []
        self.size = 0

    def count(self, text: str) -> None:
        self.times = [one for one in self.times if one > monotonic() - 1] + [monotonic()]
        self.size += len(text)
        self.check()

    def check(self) -> None:
        if len(self.times) > self.rate:
            raise WebSocketDisconnect(code=1008, reason="too fast")  # here
        if self.size > 1_000_000:
            error = WebSocketDisconnect(1009)
            raise error  # here
