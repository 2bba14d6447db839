"""socketify: uWebSockets from Python, with its topics. ``socketify_app.py PORT``."""

import sys

from socketify import App, CompressOptions, OpCode, WebSocket

from bench.servers.order import EVERYONE, JOINED, Order, joined_channels

app = App()
BACK_PRESSURE = 1 << 30  # bytes; with its own limit it drops what a client does not take at once


async def publish(channel: str, text: str) -> None:
    """To a topic."""
    app.publish(channel, text, OpCode.TEXT)


def subscribe(ws: WebSocket) -> None:
    """One topic for all."""
    ws.subscribe(EVERYONE)


async def obey(ws: WebSocket, message: str, _: OpCode) -> None:
    """Publish on order, or subscribe to the topics that the client names."""
    names = joined_channels(message)
    for name in names:
        ws.subscribe(name)
    if names:
        ws.send(JOINED, OpCode.TEXT)
    elif order := Order.parse(message):
        await order.carry_out(publish)


def echo(ws: WebSocket, message: str, opcode: OpCode) -> None:
    """Send back what came."""
    ws.send(message, opcode)


COMMON = {"compression": CompressOptions.DISABLED, "max_backpressure": BACK_PRESSURE}
app.ws("/ws", {**COMMON, "open": subscribe, "message": obey})
app.ws("/channels", {**COMMON, "message": obey})
app.ws("/echo", {**COMMON, "message": echo})

if __name__ == "__main__":
    app.listen({"port": int(sys.argv[1]), "host": "127.0.0.1"})
    app.run()
