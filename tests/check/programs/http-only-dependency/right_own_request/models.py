class Request:
    """A request for a price: nothing of HTTP."""

    def __init__(self, symbol: str = "X"):
        self.symbol = symbol


class Response:
    def __init__(self, text: str):
        self.text = text
