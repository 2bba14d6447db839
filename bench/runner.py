"""Runs the visits: within one the peers take turns, round after round, so that whatever else the
machine does hits all of them alike."""

import json
import time
from collections.abc import Sequence
from typing import Any

from bench.cases import MEMORY, Case, Visit, visits
from bench.peers import FLOOR, HOLDFAST, SANSIO, Peer
from bench.process import Failed, cores, run_python, server
from bench.progress import Progress, say

LONG = 15.0  # seconds: a peer whose visit takes longer is visited once, but for those
ALWAYS = (FLOOR, SANSIO)  # that others are compared with, and ours

Rounds = dict[str, list[dict[str, Any]]]
"""Peer's name -> its result in each round."""

Results = dict[str, Rounds]
"""Case -> what came of it."""


class Run:
    """All visits, all rounds."""

    def __init__(self, cases: Sequence[Case], peers: Sequence[Peer], rounds: int) -> None:
        self.results: Results = {case.name: {} for case in cases}
        self._visits = visits(cases)
        self._peers = peers
        self._rounds = rounds
        self._progress = Progress(sum(len(self._turns(one)) for one in self._visits))

    def run(self) -> Results:
        """Measure everything; what fails is left out, with one sentence."""
        for visit in self._visits:
            left_out: set[str] = set()
            for number, peer in self._turns(visit):
                label = f"{visit.title} {number + 1}/{self._rounds}  {peer.title}"
                self._progress.begin(label)
                if peer.name not in left_out and not self._measure(visit, peer):
                    left_out.add(peer.name)
                self._progress.end()
        self._progress.finish()
        return self.results

    def _turns(self, visit: Visit) -> list[tuple[int, Peer]]:
        """Round and peer, in order."""
        rounds = 1 if visit.group == "stalled" else self._rounds
        peers = [peer for peer in self._peers if takes_part(peer, visit)]
        return [(number, peer) for number in range(rounds) for peer in peers]

    def _measure(self, visit: Visit, peer: Peer) -> bool:
        """Whether to come again."""
        begin = time.monotonic()
        try:
            found = measure_memory(visit) if visit.group == MEMORY else measure(peer, visit)
        except Failed as error:
            say(f"{peer.title} is left out from {visit.title}: {error}")
            return False
        for case, result in found.items():
            self.results[case].setdefault(peer.name, []).append(result)
            self._progress.tell(f"{case}  {peer.title:38} {brief(result)}")
        return time.monotonic() - begin < LONG or peer.ours or peer in ALWAYS


def takes_part(peer: Peer, visit: Visit) -> bool:
    """Whether the peer has what the visit asks for."""
    if visit.group == MEMORY:
        return peer is HOLDFAST
    if visit.group == "stalled":
        return peer.name != "floor"  # it waits for everybody, and says so
    return peer.channels or not visit.cases[0].channels


def measure(peer: Peer, visit: Visit) -> dict[str, dict[str, Any]]:
    """One visit, once, on a fresh server."""
    server_core, client_core = cores() or (None, None)
    with server(peer.command(), server_core) as (pid, port, gauge):
        arguments = [str(port), str(pid), gauge, peer.dialect, json.dumps(visit.to_json())]
        output = run_python("bench.client", arguments, client_core, visit.deadline)
    found: dict[str, dict[str, Any]] = json.loads(output)
    return {case: _rounded(result) for case, result in found.items()}


def measure_memory(visit: Visit) -> dict[str, dict[str, Any]]:
    """Channels, in a process without any socket."""
    [case] = visit.cases
    output = run_python("bench.channels", [str(case.messages)], None, case.deadline)
    return {case.name: _rounded(json.loads(output))}


def _rounded(result: dict[str, Any]) -> dict[str, Any]:
    return {
        name: round(value, 3) if isinstance(value, float) else value
        for name, value in result.items()
    }


def brief(result: dict[str, Any]) -> str:
    """One line about one result."""
    if "passed" in result:
        return f"passed by: {result['passed']}"
    if "kb" in result:
        return f"{result['kb']:.2f} KB each"
    if "p50_ms" in result:
        return f"{result['p50_ms']:.2f} ms, 99 %: {result['p99_ms']:.2f} ms"
    if "lag_ms" in result:
        return f"{result['lag_ms']:.1f} ms at most"
    counts = f"{result['delivered']:,} in {result['seconds']:.2f} s"
    ended = f", {result['ended']}" if result.get("ended", "complete") != "complete" else ""
    return f"{result['cpu_us']:.2f} µs, {counts}{ended}"
