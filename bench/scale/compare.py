"""The comparison: programs take turns, round after round, each time with fresh workers and a fresh
Redis; a ratio is formed within one round."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.figures import spread
from bench.process import Failed, cores, run_python
from bench.progress import Progress, say
from bench.runner import Results
from bench.scale.fleet import fleet, redis
from bench.scale.loads import Load, Visit, visits
from bench.scale.programs import HOLDFAST, Program
from bench.servers.broker import ADDRESS

LONGEST = 300.0  # seconds for one visit
OK, SHORT, UNKNOWN = "ok", "short", "not measured"


class Comparison:
    """All programs, all loads, all rounds."""

    def __init__(
        self, programs: Sequence[Program], loads: tuple[Load, ...], clients: int, rounds: int
    ) -> None:
        self.results: Results = {load.name: {} for load in loads}
        self._turns = [
            (number, program, visit)
            for number in range(rounds)
            for program in programs
            for visit in visits(loads, clients, program)
        ]
        self._progress = Progress(len(self._turns))
        self._rounds = rounds

    def run(self) -> Results:
        """Measure everything; what fails is left out, with one sentence."""
        for number, program, visit in self._turns:
            self._progress.begin(f"{visit.task} {number + 1}/{self._rounds}  {program.title}")
            try:
                self._keep(program, measure(program, visit))
            except Failed as error:
                say(f"{program.title} is left out of this turn: {error}")
                self._keep(program, {load.name: {"ended": "failed"} for load in visit.loads})
            self._progress.end()
        self._progress.finish()
        return self.results

    def _keep(self, program: Program, found: dict[str, dict[str, Any]]) -> None:
        for load, result in found.items():
            self.results[load].setdefault(program.name, []).append(result)
            if "cpu_us" in result:
                figures = f"{result['cpu_us']:.2f} µs, {result['delivered']:,} deliveries"
                self._progress.tell(f"{load:6} {program.title:42} {figures}, {result['ended']}")


def measure(program: Program, visit: Visit) -> dict[str, dict[str, Any]]:
    """One visit, once: the workers on one core, the clients and the broker on another."""
    theirs, ours = cores() or (None, None)
    with redis(ours) as broker, fleet(program, theirs, broker) as found:
        told = replace(visit, environment={**visit.environment, ADDRESS: broker.url})
        arguments = [*found.words, json.dumps(told.to_json())]
        output = run_python("bench.scale.client", arguments, ours, LONGEST)
    results: dict[str, dict[str, Any]] = json.loads(output)
    return results


# --- figures -----------------------------------------------------------------------------------


def costs(results: Results, load: str, program: str, key: str = "cpu_us") -> list[float]:
    """µs per delivery, a number per complete round."""
    rounds = results.get(load, {}).get(program, [])
    return [one[key] for one in rounds if _complete(one)]


def advantage(results: Results, load: str, program: str, key: str = "cpu_us") -> list[float]:
    """Deliveries of Holdfast per CPU-second to the program's, a number per round."""
    rounds = results.get(load, {})
    pairs = zip(rounds.get(program, []), rounds.get(HOLDFAST.name, []), strict=False)
    return [one[key] / own[key] for one, own in pairs if _complete(one) and _complete(own)]


def _complete(result: dict[str, Any]) -> bool:
    return bool(result["ended"] == "complete" and result["cpu_us"] > 0)


@dataclass(frozen=True)
class Verdict:
    """One ratio that is asked for, and what was measured."""

    program: Program
    load: Load
    measured: dict[str, float] | None

    @property
    def word(self) -> str:
        """ok from the least that is asked for."""
        if self.measured is None:
            return UNKNOWN
        return OK if self.measured["median"] >= self.program.least else SHORT


def verdicts(results: Results, programs: Sequence[Program], loads: Sequence[Load]) -> list[Verdict]:
    """For every program and load of which something is asked."""
    found = []
    for load in (one for one in loads if one.goal):
        for program in (one for one in programs if one.least):
            shares = advantage(results, load.name, program.name)
            found.append(Verdict(program, load, spread(shares) if shares else None))
    return found
