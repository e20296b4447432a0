"""Worst errors of levels, effects and nine exposures, at full counts.

RESYNAPSE_REGIMENS raises the count of regimens for levels (300), RESYNAPSE_EFFECTS that for effects (100).
"""

from __future__ import annotations

import os
import time

import numpy as np
import test_people as people

from resynapse.oracles import balls, lsoda, regimens

LEVELS = int(os.environ.get("RESYNAPSE_REGIMENS", "300"))
EFFECTS = int(os.environ.get("RESYNAPSE_EFFECTS", "100"))
NAMES = ("P", "F", "L", "K", "X", "Ed", "MADRS", "CADSS", "dSBP")
CORNER = 4.8  # odds of block near which glutamate reaches 0 with a corner


def keep(worst: dict[str, float], seen: dict[str, float]) -> None:
    for name, error in seen.items():
        worst[name] = max(error, worst.get(name, 0.0))


def levels() -> None:
    begun, worst = time.perf_counter(), {}
    for case, numbers in regimens.cases(LEVELS, seed=11):
        times = regimens.level_times(case)
        want = balls.levels(case, times)
        run = regimens.engine(case, numbers, times, want)
        keep(worst, regimens.worst_of({n: run.at(n, times) for n in want}, want, want))
    print(f"Levels v 200-bit ball arithmetic, {LEVELS} people and regimens ({time.perf_counter() - begun:.0f} s),")
    print("of the level or of 1e-3 of the person's peak, whichever is more:")
    for name, error in worst.items():
        print(f"  {error:8.1e}  {name}")


def effects() -> None:
    begun = time.perf_counter()
    worst: dict[tuple[str, int], dict[str, float]] = {}
    counts: dict[str, int] = {}
    for case, numbers in regimens.cases(EFFECTS, seed=12):
        times = regimens.effect_times(case)
        want = lsoda.whole(case, times)
        deep = regimens.engine(case, numbers, times, ["x", "P"]).nodes("x").max() > CORNER
        bolus = any(d.route == "iv" and not d.hours for d in case.doses)
        kind = "deep block" if deep else "bolus" if bolus else "infusion or nasal"
        counts[kind] = counts.get(kind, 0) + 1
        for refine in (0, 2, 4):
            run = regimens.engine(case, numbers, times, NAMES, refine)
            seen = regimens.worst_of({n: run.at(n, times) for n in NAMES}, want, NAMES)
            keep(worst.setdefault((kind, refine), {}), seen)
    print(f"\nEffects v LSODA at 1e-10, {EFFECTS} people and regimens ({time.perf_counter() - begun:.0f} s), likewise:")
    print(f"  {'regimens':28s}{'grid':>10s}" + "".join(f"{n:>9s}" for n in NAMES))
    for (kind, refine), seen in sorted(worst.items()):
        grid = "standard" if not refine else f"/{2**refine}"
        print(f"  {f'{kind} ({counts[kind]})':28s}{grid:>10s}" + "".join(f"{seen[n]:9.0e}" for n in NAMES))


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


def main() -> None:
    levels()
    effects()
    exposures()


if __name__ == "__main__":
    main()
