"""What the answer leans on: each fitted number moved over its 90 %, the others held, people the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..inference.draws import covariance, shifted
from ..simulation import nodes, people, weeks
from .summary import Leaning

if TYPE_CHECKING:
    from .outcome import Outcome

Array = NDArray[np.float64]
Z90 = 1.6448536269514722
PEOPLE = 400
SHOWN = 8
DAY_H = 24.0

SPREADS = {"u_d": "omega_d", "u_c": "omega_c"}  # variates of a trial, and the numbers they are drawn by


def leanings(out: Outcome) -> tuple[Leaning, ...]:
    """The numbers that move the drug's part on day 1 most, largest first; none for one person alone."""
    if out.people is None:
        return ()
    names, cov = covariance()
    moved = [*names, *SPREADS]
    low, high = _parts(out, moved, np.sqrt(np.diag(cov)))
    order = np.argsort(-np.abs(high - low))[:SHOWN]
    return tuple(_leaning(out, moved[i], low[i], high[i]) for i in order)


def _parts(out: Outcome, moved: list[str], sd: Array) -> tuple[Array, Array]:
    """Drug's part on day 1 with each number at its lower and its upper end."""
    k = len(moved)
    step = np.concatenate([-np.eye(k), np.eye(k)]) * Z90
    shifts = {name: step[:, [i]] * sd[i] for i, name in enumerate(moved[: len(sd)])}
    draws = shifted(out.ledger, shifts)
    draws["kL"] = nodes.scale_of_labile(out.numbers, draws)
    plan = out.plans[0].plan
    trunk = nodes.trunk(out.chain, plan, draws, np.array([0.0, DAY_H]))
    crowd = people.gather(out.chain, out.patient, out.numbers, out.seed, 1, PEOPLE)
    trial = {
        n.name: step[:, [moved.index(n.name)]] if n.name in moved else np.zeros((2 * k, 1))
        for n in out.chain
        if n.kind == "vary" and n.by == "draw"
    }
    same = {name: np.broadcast_to(v, (2 * k, PEOPLE)) for name, v in crowd.variates.items() if name not in trial}
    wide = replace(
        crowd, draws=2 * k, variates={**same, **trial}, base=np.broadcast_to(crowd.base, (2 * k, PEOPLE)),
        rank=np.broadcast_to(crowd.rank, (2 * k, PEOPLE)),
    )  # fmt: skip
    log_xi = np.broadcast_to(plan.omega * crowd.z_xi, (2 * k, PEOPLE))
    full = weeks.scores(
        out.chain, plan, trunk, trunk_times(), wide, draws, out.setting, out.patient,
        out.plans[0].weight_of_hope, log_xi,
    )  # fmt: skip
    part = full.drug[1].mean(axis=-1)
    return part[:k], part[k:]


def trunk_times() -> Array:
    """Start and day 1, h."""
    return np.array([0.0, DAY_H])


def _leaning(out: Outcome, name: str, low: float, high: float) -> Leaning:
    moves = f"{min(low, high):.1f} to {max(low, high):.1f} points"
    if name not in out.ledger:
        number = out.ledger[SPREADS[name]]
        return Leaning(name, out.chain[name].doc, f"SD {number.value:g}", _origin(number), number.grade, moves)
    n = out.ledger[name]
    value = f"{n.value:.3g}" + (f" ({n.lo:.3g} to {n.hi:.3g})" if n.lo is not None and n.hi is not None else "")
    unit = "" if n.unit in ("1", "-", "logit") else f" {n.unit}"
    return Leaning(name, n.meaning, (value + unit).replace("-", "−"), _origin(n), n.grade, moves)


def _origin(number: object) -> str:
    keys = [key for key in getattr(number, "source", ()) if key != "ChainFit"]
    return "; ".join(keys) or "joint fit to the trials"
