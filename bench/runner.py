"""Runs the cases: within one case the peers take turns, so that what else the machine does hits
all of them alike."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from bench.load import Load
from bench.peers import PEERS, Peer
from bench.process import Failed, cores, run_client, server

HANDSHAKES = 60.0  # seconds that the client has beside the load's own deadline

Rounds = dict[str, list[dict[str, Any]]]
"""Peer's name -> its result in each round."""


def say(text: str) -> None:
    """Tell how far it is."""
    print(text, file=sys.stderr, flush=True)


def run(wanted: Iterable[Load], rounds: int) -> dict[str, Rounds]:
    """Case -> peer -> results. A peer that cannot run is left out, with one sentence."""
    peers = []
    for peer in PEERS:
        if peer.missing:
            say(peer.missing)
        else:
            peers.append(peer)
    return {load.case: _run_case(load, peers, rounds) for load in wanted}


def _run_case(load: Load, peers: list[Peer], rounds: int) -> Rounds:
    results: Rounds = {peer.name: [] for peer in peers}
    for number in range(rounds):
        for peer in list(peers):
            try:
                result = measure(peer, load)
            except Failed as error:
                say(f"{peer.name} is left out from here: {error}")
                peers.remove(peer)
                continue
            results[peer.name].append(result)
            say(f"{load.case} {number + 1}/{rounds}  {peer.name:16} {_brief(result)}")
    return {name: found for name, found in results.items() if found}


def measure(peer: Peer, load: Load) -> dict[str, Any]:
    """One case, once, on a fresh server."""
    server_core, client_core = cores() or (None, None)
    with server(peer.app, server_core) as (pid, port):
        arguments = [str(port), str(pid), peer.dialect, json.dumps(asdict(load))]
        output = run_client(arguments, client_core, load.deadline + HANDSHAKES)
    result: dict[str, Any] = json.loads(output)
    return {
        name: round(value, 3) if isinstance(value, float) else value
        for name, value in result.items()
    }


def _brief(result: dict[str, Any]) -> str:
    if "kb" in result:
        return f"{result['kb']:.1f} KB per connection"
    counts = f"{result['delivered']} of {result['wanted']} in {result['seconds']:.2f} s"
    return f"{result['cpu_us']:.2f} µs, {counts}, {result['ended']}"


def left_out(results: dict[str, Rounds], names: Sequence[str]) -> bool:
    """Whether one of these is missing from any case."""
    return any(name not in rounds for rounds in results.values() for name in names)
