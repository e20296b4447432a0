"""Worst errors of levels, effects, nine exposures and the other readers, at full counts.

RESYNAPSE_REGIMENS sets the count of regimens for levels (10,000), RESYNAPSE_EFFECTS that for effects (300).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import test_people as people

from resynapse.oracles import balls, lsoda, regimens
from resynapse.services.verify_numbers import CORNER, NAMES

LEVELS = int(os.environ.get("RESYNAPSE_REGIMENS", "10000"))
EFFECTS = int(os.environ.get("RESYNAPSE_EFFECTS", "300"))
PART = 50  # regimens that one process takes at a time, from a seed of its own
Worst = dict[tuple[str, ...], tuple[int, dict[str, float]]]  # by kind: how many, and the largest error of each name


def keep(worst: Worst, kind: tuple[str, ...], seen: dict[str, float], count: int = 1) -> None:
    """One more regimen of a kind, or what a process saw of many."""
    before, largest = worst.get(kind, (0, {}))
    worst[kind] = before + count, {name: max(error, largest.get(name, 0.0)) for name, error in seen.items()}


def in_processes(part: Callable[[int, int], Worst], count: int, seed: int) -> Iterator[Worst]:
    """Parts of so many regimens, each from its own seed, on all cores."""
    sizes = [min(PART, count - first) for first in range(0, count, PART)]
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        yield from pool.map(part, sizes, range(seed, seed + len(sizes)))


def some_levels(count: int, seed: int) -> Worst:
    worst: Worst = {}
    for case, numbers in regimens.cases(count, seed):
        times = regimens.level_times(case)
        want = balls.levels(case, times)
        run = regimens.engine(case, numbers, times, want)
        keep(worst, ("levels",), regimens.worst_of({n: run.at(n, times) for n in want}, want, want))
    return worst


def some_effects(count: int, seed: int) -> Worst:
    worst: Worst = {}
    for case, numbers in regimens.cases(count, seed):
        times = regimens.effect_times(case)
        want = lsoda.whole(case, times)
        deep = regimens.engine(case, numbers, times, ["x", "P"]).nodes("x").max() > CORNER
        bolus = any(d.route == "iv" and not d.hours for d in case.doses)
        kind = "deep block" if deep else "bolus" if bolus else "slower"
        for refine in (0, 2, 4):
            run = regimens.engine(case, numbers, times, NAMES, refine)
            seen = regimens.worst_of({n: run.at(n, times) for n in NAMES}, want, NAMES)
            keep(worst, (kind, "standard" if not refine else f"/{2**refine}"), seen)
    return worst


def together(parts: Iterator[Worst]) -> Worst:
    worst: Worst = {}
    for part in parts:
        for kind, (count, seen) in part.items():
            keep(worst, kind, seen, count)
    return worst


def levels() -> None:
    begun = time.perf_counter()
    ((_, (count, worst)),) = together(in_processes(some_levels, LEVELS, 11_000)).items()
    print(f"Levels v 200-bit ball arithmetic, {count} people and regimens ({time.perf_counter() - begun:.0f} s),")
    print("of the level or of 1e-3 of the person's peak, whichever is more:")
    for name, error in worst.items():
        print(f"  {error:8.1e}  {name}", flush=True)


def effects() -> None:
    begun = time.perf_counter()
    worst = together(in_processes(some_effects, EFFECTS, 12_000))
    print(f"\nEffects v LSODA at 1e-10, {EFFECTS} people and regimens ({time.perf_counter() - begun:.0f} s), likewise:")
    print(f"  {'regimens':28s}{'grid':>10s}" + "".join(f"{n:>9s}" for n in NAMES))
    for (kind, grid), (count, seen) in sorted(worst.items()):
        print(f"  {f'{kind} ({count})':28s}{grid:>10s}" + "".join(f"{seen[n]:9.0e}" for n in NAMES), flush=True)


def exposures() -> None:
    print("\nMADRS of nine exposures v full runs, points: 200 people each; mean and most at the worst time")
    print(f"  {'course':44s}{'':16s}{'any time':>16s}{'from day 1':>16s}")
    for text in (people.ONE, people.SIX, people.NASAL):
        drawn, own, t = people.full_runs(text)
        for what, error in (("drawn exposure", drawn), ("own kinetics", own)):
            cells = [f"{e.mean(axis=1).max():.4f} {e.max():.2f}" for e in (error, error[t >= 24.0])]
            print(f"  {text:44s}{what:16s}" + "".join(f"{c:>16s}" for c in cells))
        most = np.percentile(own[t >= 24.0].max(axis=0), 95)
        print(f"  {'':44s}own kinetics: 95 of 100 people stay below {most:.2f} from day 1 on")


def readers() -> None:
    """The tests of JAX and of slopes, with every route and in every number and dose."""
    tests = [
        str(Path(people.__file__).parent.parent / name) for name in ("test_slopes.py", "mechanism/test_read_jax.py")
    ]
    print("\nJAX and slopes v NumPy and LSODA, all inputs:", flush=True)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *tests], capture_output=True, text=True, check=False,
        env={**os.environ, "RESYNAPSE_SLOPES": "all"},
    )  # fmt: skip
    print(
        "\n".join(
            f"  {line}" for line in done.stdout.splitlines() if "(" in line or "passed" in line or "failed" in line
        )
    )
    if done.returncode:
        raise SystemExit("A test of the readers fails.")


def main() -> None:
    levels()
    effects()
    exposures()
    readers()


if __name__ == "__main__":
    main()
