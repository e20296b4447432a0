"""One session in minutes: bands over people, peaks, pressure marks and readiness to leave."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..engine.maths import Maths
from ..engine.threads import in_threads
from ..simulation.minutes import Minutes, leaving
from .summary import Bands, Peak, Range, Readiness, SessionView

if TYPE_CHECKING:
    from .outcome import Outcome, PlanResult

Array = NDArray[np.float64]
SHOWN_MIN = np.arange(0.0, 241.0, 2.5)
WITHIN_MIN = (60, 90, 120)
BESIDE_MIN = 5.0  # the peak of a median is looked for so near to the largest of the times shown
QUANTILES = (5, 25, 50, 75, 95)
SETTLED = 95.0  # an effect is over once this many of 100 people are within its limit
DOORS = {"mg/L": ("ng/mL", 1e3)}  # units of equations and of people


def bands(time: Array, value: Array) -> Bands:
    """Quantiles over all axes but the first."""
    return Bands(time, *_quantiles(value))


def _quantiles(value: Array) -> Array:
    """(quantiles, times), to the seven digits of single precision: sorted so, they take half the time."""
    flat = np.sort(_narrow(value).reshape(len(value), -1).astype(np.float32), axis=1)
    place = np.array(QUANTILES) / 100 * (flat.shape[1] - 1)
    low = place.astype(np.intp)
    high = np.minimum(low + 1, flat.shape[1] - 1)
    below, above = (flat[:, k].astype(float) for k in (low, high))
    return np.asarray((below + (place - low) * (above - below)).T)


def _narrow(value: Array) -> Array:
    """(time, sites, people) with one site where sites do not differ."""
    return value[:, :1] if value.ndim == 3 and value.strides[1] == 0 else value


def over(per_site: Array) -> Range:
    """People of 100, mean over sites with the 90 % interval between them: (sites,)."""
    lo, hi = np.percentile(per_site, (5, 95))
    return Range(float(per_site.mean()), float(lo), float(hi), "sites")


def door(unit: str) -> tuple[str, float]:
    """Unit people read and the factor to it."""
    return DOORS.get(unit, (unit, 1.0))


def view(out: Outcome, result: PlanResult, number: int = 1, outputs: tuple[str, ...] | None = None) -> SessionView:
    """One session of a plan; of its read-outs those named, or all."""
    found: SessionView = result.kept(("view", number, outputs), lambda: _view(out, result, number, outputs))
    return found


def _view(out: Outcome, result: PlanResult, number: int, outputs: tuple[str, ...] | None) -> SessionView:
    m = result.session(number)
    node = {n.name: n for n in out.chain}
    names = [name for name in m.values if outputs is None or name in outputs]
    units = {name: door(node[name].unit) for name in names}
    at = m.near(SHOWN_MIN)
    given = [d for d in result.plan.doses if d.session_number == number]
    shown = _shown(out, m, names, at)
    blocks = tuple(((d.time_h - m.start) * 60, d.duration_h * 60, d.mg_base) for d in given)
    limits = {name: limit for name, limit in _limits(out).items() if outputs is None or name in outputs}
    sbp = m.values["SBP"].max(axis=0)
    n = out.numbers
    return SessionView(
        m.number, m.start / 24, _dose_text(result, number), blocks,
        {name: Bands(SHOWN_MIN, *(shown[name] * units[name][1])) for name in names},
        {name: node[name].label for name in names}, {name: u for name, (u, _) in units.items()},
        tuple(_peak(m, name, node[name].label, *units[name], limit, shown[name][2]) for name, limit in limits.items()),
        over(100 * (sbp > n["sbp_caution"]).mean(axis=-1)), over(100 * (sbp > n["sbp_stop"]).mean(axis=-1)),
        float(m.values["SBP"][0].mean()), readiness(out, m), m.drive.shape[1],
    )  # fmt: skip


def _shown(out: Outcome, m: Minutes, names: list[str], at: NDArray[np.intp]) -> dict[str, Array]:
    """Quantiles of read-outs at the times shown, (quantiles, times).

    Those of a read-out that is a rising line of another, all else alike in all people, are read off the other's.
    """
    lines = {name: line for name in names if (line := _line(out, name)) is not None and line[0] in names}
    sorted_ = [name for name in names if name not in lines]
    parts = in_threads(lambda i: _quantiles(_narrow(m.values[sorted_[i]])[at]), range(len(sorted_)))
    found = dict(zip(sorted_, parts, strict=True))
    for name, (other, rise) in lines.items():
        found[name] = np.take(m.values[name][at, 0, 0] - rise * m.values[other][at, 0, 0], [0]) + rise * found[other]
    return found


def _line(out: Outcome, name: str) -> tuple[str, float] | None:
    """The read-out that a read-out is a rising line of, and its slope; None where there is none."""
    node = out.chain[name]
    varying = [r for r in node.reads if out.chain[r].kind != "given"]
    if len(varying) != 1 or any(np.ndim(out.numbers[n]) for n in node.numbers):
        return None
    fixed = dict.fromkeys(node.reads, 0.0)
    y = [float(node(Maths, {**fixed, varying[0]: x}, dict(out.numbers))) for x in (0.0, 1.0, 3.0)]
    rise = y[1] - y[0]
    return (varying[0], rise) if rise > 0 and np.isclose(y[2] - y[0], 3 * rise, rtol=1e-12) else None


def _dose_text(result: PlanResult, number: int) -> str:
    given = result.plan.course.sessions[number - 1].doses
    return "; ".join(p.dose.words(result.plan.weight) for p in given)


def _limits(out: Outcome) -> dict[str, float | None]:
    """Peaks shown, each with the limit within which it counts as over."""
    n = out.numbers
    known: dict[str, float | None] = {"CADSS": n["leave_CADSS"], "dSBP": n["leave_SBP"]}
    names = [node.name for link in out.chain.links if link.pace == "minutes" for node in link.nodes if node.label]
    return {name: known.get(name) for name in names if "timing only" not in out.chain[name].label}


def _peak(m: Minutes, name: str, label: str, unit: str, factor: float, limit: float | None, median: Array) -> Peak:
    """median: of the read-out, at the times shown."""
    value = _narrow(m.values[name])
    lo, mid, hi = np.percentile(value.max(axis=0) * factor, (5, 50, 95))
    top = SHOWN_MIN[median.argmax()]
    # all that comes later too, where the curve is still high when the times shown end
    late = (m.time * 60 > SHOWN_MIN[-1]) & (2 * median[-1] > median.min() + median.max())
    near = np.flatnonzero((np.abs(m.time * 60 - top) <= BESIDE_MIN) | late)
    typical = np.median(value[near].reshape(len(near), -1), axis=1)
    ends = None
    if limit is not None:
        within = 100 * (value <= limit).reshape(len(m.time), -1).mean(axis=1)
        outside = np.flatnonzero(within < SETTLED)
        ends = float(m.time[min(outside[-1] + 1, len(m.time) - 1)] * 60) if len(outside) else 0.0
    return Peak(name, label, unit, Range(float(mid), float(lo), float(hi), "people"),
                float(m.time[near[typical.argmax()]] * 60), ends)  # fmt: skip


def readiness(out: Outcome, m: Minutes) -> Readiness:
    """Shares past the limits by time; no time of its own for those who never pass them."""
    left = leaving(m, out.numbers) * 60
    n, floor = out.numbers, out.floor_min
    share = {t: over(100 * (left <= t).mean(axis=-1)) for t in WITHIN_MIN}
    return Readiness(
        floor, out.floor_source, share, None if floor is None else over(100 * (left <= floor).mean(axis=-1)),
        over(100 * (left == 0).mean(axis=-1)),
        f"CADSS at most {n['leave_CADSS']:g}, systolic rise at most {n['leave_SBP']:g} mmHg, awake (MOAA/S 5)",
    )  # fmt: skip
