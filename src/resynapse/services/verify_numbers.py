"""Random people on random regimens: levels and effects against other arithmetic, mass, and what values can be.

All routes, boluses, overlapping infusions, odd times, 35 to 180 kg, every number a person's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..mechanism import CHAIN
from ..mechanism.read_numpy import Run
from ..oracles import notes, regimens
from .verify_seen import THOUSANDTH, Seen, Size, Worst

LEVEL, EFFECT = 1e-9, 1e-4
DEEPEST = 5e-4  # random people far above therapeutic block have shown 1.5e-4 in F and Ed, 7e-6 in MADRS
CORNER = 4.8  # odds of block near which glutamate reaches 0 with a corner
RANGES = {"occupancy": (0.0, 1.0), "CADSS": (0.0, 92.0), "MADRS": (0.0, 60.0), "Ed": (0.0, 1.0), "Ef": (0.0, 1.0)}
DEPOTS = ("mu_in", "mu_im", "mu_sc", "mu_sl", "mu_pr", "g_in", "g_sl", "gd_sl", "g_po", "g_pr")
BODY = (*DEPOTS, "C", "P1", "P2", "M1", "M2", "N", "NP", "H1", "H2", "H", "HP")
PLACES = {  # of the chain's compartments in the matrix of the notes
    "mu_in": notes.NOSE, "mu_im": notes.MUSCLE, "mu_sc": notes.SKIN, "mu_sl": notes.MOUTH, "mu_pr": notes.RECTUM,
    "g_in": notes.GUT_NOSE, "g_sl": notes.GUT_MOUTH, "gd_sl": notes.DELAY_MOUTH, "g_po": notes.GUT_ORAL,
    "g_pr": notes.GUT_RECTUM, **{name: getattr(notes, name) for name in BODY[len(DEPOTS) :]},
}  # fmt: skip


def levels(size: Size) -> list[Seen]:
    """Blood, metabolites and effect sites against ball arithmetic, at events and away from them."""
    from ..oracles import balls

    worst = Worst()
    for case, numbers in regimens.cases(size.regimens, size.seed):
        times = regimens.level_times(case)
        want = balls.levels(case, times)
        run = regimens.engine(case, numbers, times, want)
        got = {name: run.at(name, times) for name in want}
        for name, error in regimens.worst_of(got, want, want).items():
            worst.note(_analyte(name), error, len(times))
    return [Seen(name, worst.count[name], error, LEVEL, THOUSANDTH) for name, error in worst.worst.items()]


def _analyte(name: str) -> str:
    """One row for the effect sites of both drugs and enantiomers."""
    return "effect sites and drive" if name in ("EK_S", "EK_R", "EN_S", "EN_R", "Cd", "Md", "drive") else name


NAMES = ("P", "F", "L", "K", "X", "Ed", "MADRS", "CADSS", "dSBP")


def effects(size: Size) -> list[Seen]:
    """From the pulse to the scores against LSODA, by how deep the block is."""
    from ..oracles import lsoda

    worst = Worst()
    for case, numbers in regimens.cases(size.effects, size.seed + 1):
        times = regimens.effect_times(case)
        want = lsoda.whole(case, times)
        run = regimens.engine(case, numbers, times, (*NAMES, "x"))
        deep = ", deep block" if run.nodes("x").max() > CORNER else ""
        got = {name: run.at(name, times) for name in NAMES}
        for name, error in regimens.worst_of(got, want, NAMES).items():
            kind = "scores, pressure" if name in ("MADRS", "CADSS", "dSBP") else "plasticity to drug effect"
            worst.note(kind + deep, error, len(times))
    bounds = {name: DEEPEST if name == "plasticity to drug effect, deep block" else EFFECT for name in worst.worst}
    return [
        Seen(name, worst.count[name], error, bounds[name], THOUSANDTH) for name, error in sorted(worst.worst.items())
    ]


def _random(
    count: int, seed: int, names: list[str], refine: int = 0
) -> Iterator[tuple[notes.Case, dict[str, Any], Run]]:
    for case, numbers in regimens.cases(count, seed):
        yield case, numbers, regimens.engine(case, numbers, regimens.effect_times(case), names, refine)


def mass(size: Size) -> list[Seen]:
    """What was given is in the body or has left it, S and R, all routes: losses integrated by the parabola of each
    step on a fine grid, at the rates of loss that the notes say."""
    worst, names = Worst(), [f"{name}_{e}" for e in "SR" for name in BODY]
    for case, _, run in _random(max(4, size.effects // 4), size.seed + 2, [*names, "P"], refine=2):
        for e in "SR":
            entered = _entered(case, e, run)
            if entered <= 0:
                continue
            held = sum(float(run.full(f"{name}_{e}")[2, -1]) for name in BODY)
            left = sum(rate * float(run.integral(f"{name}_{e}")) for name, rate in _losses(case, e).items())
            worst.note(f"{e}-ketamine and metabolites", abs(held + left - entered) / entered)
    return [Seen(name, worst.count[name], error, 1e-8, "the dose") for name, error in worst.worst.items()]


def _entered(case: notes.Case, e: str, run: Run) -> float:
    """mg that reached a compartment before the end of the run."""
    last, total = float(run.grid.time[-1]), 0.0
    for time, _, amount, is_rate in notes.entries(case, e):
        total += amount * (last - time if is_rate else 1.0) if time < last else 0.0
    return total


def _losses(case: notes.Case, e: str) -> dict[str, float]:
    """Rates at which drug leaves for good, 1/h: what the columns of the notes' matrix do not give on."""
    held = [PLACES[name] for name in BODY]
    lost = -notes.rates(case, e)[np.ix_(held, held)].sum(axis=0)
    return {name: float(rate) for name, rate in zip(BODY, lost, strict=True)}


def ranges(size: Size) -> list[Seen]:
    """Every read-out of the chain at every node: finite, and inside what it can be."""
    names = [n.name for n in CHAIN if n.kind in ("readout", "effect")]
    worst = Worst()
    for _, _, run in _random(size.effects, size.seed + 3, names):
        for name in names:
            value = run.full(name)
            worst.note("finite, every state and read-out", 0.0 if np.isfinite(value).all() else np.inf, value.size)
            if name in RANGES:
                low, high = RANGES[name]
                outside = float(np.maximum(low - value, value - high).max())
                worst.note(f"{name} in [{low:g}, {high:g}]", max(0.0, outside), value.size)
    # a value may pass an end by its own rounding
    return [Seen(name, worst.count[name], error, 1e-12, "how far outside") for name, error in worst.worst.items()]
