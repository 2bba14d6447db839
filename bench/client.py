"""The load client, a process of its own: ``python -m bench.client PORT PID DIALECT LOAD``.

It drives one server through one case, reads the server's CPU time and memory from outside, and
prints one line of JSON.
"""

import json
import selectors
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from bench.load import Load
from bench.process import cpu_seconds, memory
from bench.servers.order import Order
from bench.websocket import DIALECTS, Client, Dialect, connect

STALLED_BUFFER = 4096  # bytes that a client that never reads lets its kernel take
LOOK = 0.02  # seconds between two looks at the server's memory
SETTLE = 0.25  # seconds that a server gets after the last handshake
IDLE_FIRST = 20  # connections made before memory is looked at: they pay for what is shared

Result = dict[str, Any]


class Crowd:
    """The clients that read."""

    def __init__(self, clients: Sequence[Client], dialect: Dialect, pid: int) -> None:
        self.clients = clients
        self.peak = memory(pid)
        self._dialect = dialect
        self._pid = pid
        self._selector = selectors.DefaultSelector()
        self._open = len(clients)
        for client in clients:
            client.sock.setblocking(False)
            self._selector.register(client.sock, selectors.EVENT_READ, client)

    def read(
        self,
        each: int,
        quiet: float,
        deadline: float,
        fresh: Callable[[Client], None] | None = None,
    ) -> str:
        """Read until every client got ``each`` messages; returns how it ended."""
        missing = sum(each - client.got for client in self.clients)
        last = looked = start = time.monotonic()
        while missing > 0 and self._open:
            found = sum(self._serve(key.data, fresh) for key, _ in self._selector.select(0.1))
            missing -= found
            now = time.monotonic()
            if found:
                last = now
            elif now - last > quiet:
                return "silence"
            if now - start > deadline:
                return "deadline"
            if now - looked > LOOK:
                looked = now
                self.peak = max(self.peak, memory(self._pid))
        return "complete" if missing <= 0 else "closed"

    def settle(self, seconds: float) -> None:
        """Read for so long, whatever comes."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            for key, _ in self._selector.select(left):
                self._serve(key.data, None)

    def forget(self) -> None:
        """Count from zero again."""
        for client in self.clients:
            client.got = 0

    def _serve(self, client: Client, fresh: Callable[[Client], None] | None) -> int:
        found = client.read()
        if client.small:
            self._dialect.answer(client)
        if client.closed:
            self._selector.unregister(client.sock)
            client.sock.close()
            self._open -= 1
        elif found and fresh is not None:
            fresh(client)
        return found


class Measurement:
    """One server under one load."""

    def __init__(self, port: int, pid: int, dialect: Dialect, load: Load) -> None:
        self.port = port
        self.pid = pid
        self.dialect = dialect
        self.load = load

    def run(self) -> Result:
        """Measure the load's case."""
        if self.load.case == "idle":
            return self.idle()
        if self.load.case == "echo":
            return self.echo()
        return self.fanout()

    def connect(self, count: int, task: str, receive_buffer: int = 0) -> list[Client]:
        """So many clients, ready for a task."""
        path = self.dialect.path(task)
        clients = []
        for _ in range(count):
            client = connect(self.port, path, self.load.size, receive_buffer)
            self.dialect.greet(client)
            clients.append(client)
        return clients

    def fanout(self) -> Result:
        """Broadcasts to all; of the clients that never read, nothing is expected."""
        load = self.load
        crowd = self._crowd(load.clients - load.stalled)
        self._warm_up(crowd)
        stalled = self.connect(load.stalled, "everyone", STALLED_BUFFER)
        crowd.settle(SETTLE)
        memory_before = crowd.peak = memory(self.pid)
        order = Order(load.messages, load.size, load.per_turn)
        crowd.forget()
        result: Result = {}
        started = self._start()
        crowd.clients[0].send(self.dialect.message("everyone", order.text))
        result["ended"] = crowd.read(load.messages, load.quiet, load.deadline)
        got = [client.got for client in crowd.clients]
        result |= self._stop(started, sum(got))
        if result["ended"] == "silence":
            result["seconds"] -= load.quiet
        result |= {"wanted": load.messages * len(got), "least": min(got), "most": max(got)}
        result |= {"healthy": len(got), "stalled": len(stalled)}
        result["complete"] = sum(one == load.messages for one in got)
        result["grown_mb"] = (crowd.peak - memory_before) / 1e6
        return result

    def idle(self) -> Result:
        """Memory per connection that nothing happens on."""
        crowd = self._crowd(IDLE_FIRST)
        before = memory(self.pid)
        more = Crowd(self.connect(self.load.clients, "everyone"), self.dialect, self.pid)
        more.settle(4 * SETTLE)
        grown = memory(self.pid) - before
        return {
            "kb": grown / 1024 / self.load.clients,
            "open": len(more.clients) + len(crowd.clients),
        }

    def echo(self) -> Result:
        """Round trips: every client sends again when its message came back."""
        load = self.load
        crowd = Crowd(self.connect(load.clients, "echo"), self.dialect, self.pid)
        message = self.dialect.message("echo", "e" * load.size)

        def trips(each: int) -> str:
            def again(client: Client) -> None:
                if client.got < each:
                    client.send(message)

            crowd.forget()
            for client in crowd.clients:
                client.send(message)
            return crowd.read(each, load.quiet, load.deadline, again)

        trips(max(1, load.messages // 10))
        started = self._start()
        ended = trips(load.messages)
        count = sum(client.got for client in crowd.clients)
        wanted = load.messages * load.clients
        return {"ended": ended, "wanted": wanted, **self._stop(started, count)}

    def _crowd(self, count: int) -> Crowd:
        crowd = Crowd(self.connect(count, "everyone"), self.dialect, self.pid)
        crowd.settle(SETTLE)
        return crowd

    def _warm_up(self, crowd: Crowd) -> None:
        """First calls are slower, and buffers grow once."""
        warm = Order(min(16, self.load.messages), self.load.size)
        crowd.clients[0].send(self.dialect.message("everyone", warm.text))
        crowd.read(warm.messages, self.load.quiet, self.load.deadline)

    def _start(self) -> tuple[float, float, float]:
        return cpu_seconds(self.pid), time.monotonic(), time.process_time()

    def _stop(self, started: tuple[float, float, float], count: int) -> Result:
        cpu, clock, own = started
        seconds = time.monotonic() - clock
        return {
            "delivered": count,
            "seconds": seconds,
            "cpu_us": (cpu_seconds(self.pid) - cpu) * 1e6 / max(count, 1),
            "client_busy": (time.process_time() - own) / seconds,
        }


def main(port: str, pid: str, dialect: str, load: str) -> None:
    """Measure, and print."""
    measured = Measurement(int(port), int(pid), DIALECTS[dialect], Load(**json.loads(load)))
    print(json.dumps(measured.run()))


if __name__ == "__main__":
    main(*sys.argv[1:])
