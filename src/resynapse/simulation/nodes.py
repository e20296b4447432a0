"""Nine exposures, the rest is arithmetic: the mood chain at nodes of log exposure, for every draw.

A person enters through one number, the log of exposure; X(t) is read between nodes in straight lines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine import progress
from ..engine.grid import make
from ..engine.last import Last
from ..engine.threads import in_threads
from ..mechanism import CHAIN, Chain
from ..mechanism.read_few import Few
from ..mechanism.read_numpy import Run, run
from ..mechanism.routes import inputs as route_inputs
from ..therapy.course import Course
from .plan import CompiledPlan

Array = NDArray[np.float64]

HELD = 50_000  # steps x draws held at a time: bounds memory; each draw is computed alone, so no bit changes
MOST_DRAWS = 50
SESSION_H = 72.0  # a session's pulse is over by then
HOPE = ("onset", "V", "overshoot", "slow")  # what hope and time need, free of people
REFERENCE = "35 mg over 40 min"  # L is 1 at its peak after this, in a person of the typical weight


@dataclass(frozen=True)
class Trunk:
    """X: (times, draws, nodes); hope: name to (times, draws, 1); pulse: (draws, nodes), integral of D."""

    log_xi: Array
    X: Array
    hope: dict[str, Array]
    pulse: Array


def exposures(numbers: Mapping[str, Any], omega: float, nodes: int | None = None) -> Array:
    """Nodes of log exposure, even, to x_span SD on both sides; as many as usual, or `nodes`."""
    span = numbers["x_span"] * omega
    return np.linspace(-span, span, nodes or int(numbers["x_nodes"]))


def pulse_run(chain: Chain, plan: CompiledPlan, log_xi: Array, outputs: list[float], session: int | None) -> Run:
    """P at the nodes, (3, K, 1, nodes), for the whole course or for one session."""
    some = None if session is None else (session,)
    grid = plan.grid(outputs, some)
    given = {"xi": np.exp(log_xi)[None, :], **plan.signals(grid, 2)}
    return run(chain, ["P"], grid, plan.numbers, given, plan.inputs(sessions=some), (1, len(log_xi)))


def scale_of_labile(numbers: Mapping[str, Any], draws: Mapping[str, Array]) -> Array:
    """kL of each draw, (draws, 1): one over the peak that L reaches with kL = 1 after the reference dose.

    Always of the whole chain: a cut or a block must not be scaled away.
    """
    outputs = np.arange(0.0, 120.5, 0.5)
    typical = {**numbers, "WT": numbers["wt_ref"], "AGE": 0.0}
    doses = route_inputs(Course.parse(REFERENCE).doses(numbers["wt_ref"]), typical)
    grid = make([i.time for i in doses], outputs)
    pulse = run(CHAIN, ["P"], grid, typical, {}, doses, (1, 1))
    known = {"P": pulse.values["P"]}
    level = run(CHAIN, ["L"], grid, {**typical, **draws, "kL": 1.0}, {}, (), (1, 1), known).at("L", outputs)[..., 0]
    return np.asarray(1 / _peak(level))[:, None]


def _peak(y: Array) -> Array:
    """Largest value of (times, draws), by the parabola through the three points around it."""
    top = np.clip(y.argmax(axis=0), 1, len(y) - 2)
    column = np.arange(y.shape[1])
    a, b, c = (y[top + k, column] for k in (-1, 0, 1))
    bend = a - 2 * b + c
    safe = np.where(bend == 0, 1.0, bend)
    return np.asarray(np.where(bend == 0, b, b - (c - a) ** 2 / (8 * safe)))


def trunk(
    chain: Chain, plan: CompiledPlan, draws: Mapping[str, Array], times: Array, matched: bool = True,
    visits: Last[dict[str, Array]] | None = None,
) -> Trunk:  # fmt: skip
    """The mood chain down to X at the nodes, with what hope and time need, at `times` (h).

    matched: with the pulse of the first session, which own kinetics are matched on; else it is 0.
    visits: what hope needs by visits and times, kept for the next plan of the same chain and draws.
    """
    log_xi = exposures(plan.numbers, plan.omega, plan.nodes)
    course = pulse_run(chain, plan, log_xi, list(times), None)
    one = pulse_run(chain, plan, log_xi, [SESSION_H], 1) if matched else None
    count = max((len(v) for v in draws.values()), default=1)
    size = int(np.clip(HELD // course.grid.steps, 1, MOST_DRAWS))
    numbers = {**plan.numbers, **draws}
    weeks = Few(chain, ["X"], course.grid, times, numbers, {"P": course.values["P"]})
    hoped = (visits or Last(1)).of((tuple(plan.starts), tuple(times)), lambda: hope(chain, plan, draws, times))
    done: list[int] = []
    telling = Lock()

    def chunk(i: int) -> tuple[Array, Array]:
        part, batch = slice(i, i + size), (min(size, count - i), len(log_xi))
        x = weeks.read(part, batch)["X"]
        out = x, _pulse(chain, {**plan.numbers, **_slice(draws, part)}, one, batch) if one else np.zeros(batch)
        with telling:  # counts are told in their order
            done.append(i)
            progress.tell(min(len(done) * size, count), count)
        return out

    x, pulse = zip(*in_threads(chunk, range(0, count, size)), strict=True)
    return Trunk(log_xi, np.concatenate(x, axis=1), hoped, np.concatenate(pulse))


def hope(chain: Chain, plan: CompiledPlan, draws: Mapping[str, Array], times: Array) -> dict[str, Array]:
    """What hope and time need, free of people and of the drug: name to (times, draws, 1)."""
    count = max((len(v) for v in draws.values()), default=1)
    grid = plan.visit_grid(times)
    out = run(chain, HOPE, grid, {**plan.numbers, **draws}, plan.signals(grid, 2), plan.visits(), (count, 1))
    return {name: np.broadcast_to(out.at(name, times), (len(times), count, 1)) for name in HOPE}


def _slice(draws: Mapping[str, Array], part: slice) -> dict[str, Array]:
    return {name: value[part] for name, value in draws.items()}


def _pulse(chain: Chain, numbers: Mapping[str, Any], one: Run, batch: tuple[int, int]) -> Array:
    """Integral of D over the first session."""
    single = run(chain, ["D"], one.grid, numbers, {}, (), batch, {"P": one.values["P"]})
    return np.broadcast_to(single.integral("D"), batch)


def match(pulse: Array, trunk_: Trunk, draw: NDArray[np.intp]) -> Array:
    """Log exposure at which the typical person has this pulse: pulse (people,), draw (people,)."""
    out = np.empty(len(pulse))
    for i, (value, d) in enumerate(zip(pulse, draw, strict=True)):
        out[i] = _inverse(value, trunk_.pulse[d], trunk_.log_xi)
    return out


def _inverse(value: float, y: Array, x: Array) -> float:
    """x at which the rising piecewise line y(x) takes a value, its end pieces continued."""
    y = np.maximum.accumulate(y)
    k = int(np.clip(np.searchsorted(y, value) - 1, 0, len(y) - 2))
    rise = y[k + 1] - y[k]
    return float(x[k] + (value - y[k]) / rise * (x[k + 1] - x[k])) if rise > 0 else float(x[k])


def read_between(x: Array, log_xi: Array, person: Array) -> Array:
    """X of people: x (times, draws, nodes), person (draws, people) -> (times, draws, people)."""
    place = (person - log_xi[0]) / (log_xi[1] - log_xi[0])
    k = np.clip(place.astype(np.intp), 0, len(log_xi) - 2)
    low = np.take_along_axis(x, k[None], axis=2)
    high = np.take_along_axis(x, k[None] + 1, axis=2)
    return np.asarray(np.maximum(low + (place - k) * (high - low), 0.0))
