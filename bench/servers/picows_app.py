"""picows: a protocol class, and a loop over all transports. ``picows_app.py PORT``."""

import asyncio
import sys

from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server

from bench.servers.loops import run
from bench.servers.order import Order

transports: dict[WSTransport, None] = {}
tasks: set["asyncio.Task[None]"] = set()


async def publish(_: str, text: str) -> None:
    """To everyone."""
    data = text.encode()
    for transport in transports:
        transport.send(WSMsgType.TEXT, data)


class Everyone(WSListener):
    """Broadcast on order."""

    def on_ws_connected(self, transport: WSTransport) -> None:
        transports[transport] = None

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        transports.pop(transport, None)

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()
        elif order := Order.parse(frame.get_payload_as_utf8_text()):
            task = asyncio.create_task(order.carry_out(publish))
            tasks.add(task)
            task.add_done_callback(tasks.discard)


class Echo(WSListener):
    """Send back what came."""

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.disconnect()
        else:
            transport.send(frame.msg_type, frame.get_payload_as_bytes())


def listener(request: WSUpgradeRequest) -> WSListener:
    """By path."""
    return Echo() if request.path == b"/echo" else Everyone()


async def main(port: int) -> None:
    """Serve for ever."""
    server = await ws_create_server(listener, "127.0.0.1", port, backlog=4096)
    await server.serve_forever()


if __name__ == "__main__":
    run(main(int(sys.argv[1])))
