"""Figures beside those the notes print: changes and responses by dose, days to relapse, intervals.

Ours: people and draws (200 x 200). The notes: chain.md sections 3, 4 and 9. Shares are in people of 100.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import test_people as people

from resynapse.mechanism import CHAIN
from resynapse.outcome.rating import chance_below, over_draws, spread
from resynapse.study import simulate
from resynapse.therapy.patient import Patient
from resynapse.therapy.population import Population

TIMES_H = (2.0, 24.0, 72.0, 168.0, 336.0)
DOSES = ("0.1", "0.2", "0.5", "1")
# at 24 h and day 7 (chain.md 3, 4): change at published numbers where printed; response, hard class
NOTES_DRUG = {
    "0.1": "response 29.2, 14.0; drug -4.1, -1.8, -0.8",
    "0.2": "response 39.7, 21.9; drug -6.1, -3.6, -1.9",
    "0.5": "response 45.6, 32.2; drug -7.5, -5.6, -3.7",
    "1": "response 47.3, 37.2; drug -7.9, -6.6, -4.8",
}
NOTES_CONTROL = {
    "active placebo": ("midazolam", "change -7.7, -6.3; response 12, 9"),
    "saline crossover": ("saline, crossover", "change -1.5, -3.3; response 2, 4"),
    "saline parallel": ("saline, parallel", "change -3.1, -5.1; response 3, 7"),
}
NOTES_INTERVALS = {
    "drug, parameters only": ("-8.8 to -5.6", "-6.9 to -4.2", "-5.1 to -2.6"),
    "drug, with trial effects": ("-11.0 to -3.6", "-8.5 to -2.7", "-6.2 to -1.7"),
    "change, parameters only": ("-16.1 to -13.9", "-12.9 to -10.7", "-11.5 to -9.1"),
    "change, with trial effects": ("-19.4 to -10.9", "-15.8 to -8.4", "-15.2 to -6.7"),
    "response, parameters only": ("40 to 50", "28 to 37", "22 to 31"),
    "response, with trial effects": ("28 to 64", "19 to 48", "14 to 46"),
}
LARGE = Population(Patient(), 200, 200)


def rows(o: Any, arm: str) -> str:
    """Change and response at each time, means over draws."""
    w, sd = o.plans[0].weeks, spread({**o.numbers, **o.draws})
    cells = []
    for h in TIMES_H:
        y = getattr(w, arm)[w.at(h)]
        cells.append(f"{(y - w.base).mean():7.1f} {chance_below(y, w.base / 2, sd).mean():3.0f}")
    return "".join(f"{c:>13s}" for c in cells)


def by_dose() -> None:
    print("MADRS change and response, mean over 200 draws of 200 people; notes at 24 h and day 7 (drug: and day 14)")
    print(f"  {'':22s}" + "".join(f"{f'{h:g} h':>13s}" for h in TIMES_H) + "   notes, published numbers")
    for dose in DOSES:
        o = simulate(f"{dose} mg/kg over 40 min, once", LARGE, seed=1)
        print(f"  {dose + ' mg/kg':22s}{rows(o, 'plan')}   {NOTES_DRUG[dose]}")
    for compare, (name, notes) in NOTES_CONTROL.items():
        o = simulate("0.5 mg/kg over 40 min, once", LARGE, seed=1, compare=compare)
        print(f"  {name:22s}{rows(o, 'compared')}   {notes}")


def relapse() -> None:
    print(
        "\nDays after the last dose until half of the responders are back; % well near day 28 (lo, hi: between draws)"
    )
    for text, notes in (("once", "11 d, 17 %"), ("mon wed fri, 2 weeks", "27 d, 47 %")):
        b = simulate(f"0.5 mg/kg over 40 min, {text}", LARGE, seed=1).plans[0].back
        m, well = b.median, b.well_day_28
        print(f"  {text:22s}{m.value:g} ({m.lo:g}, {m.hi:g}) d; {well.value:.0f} ({well.lo:.0f}, {well.hi:.0f}) %"
              f"   notes, published numbers: {notes}")  # fmt: skip
    print(f"  {b.schedule}; {b.rule}")


def intervals() -> None:
    print("\n90 % intervals between draws of the mean over people, days 1, 7, 14: ours, then [notes: 2,000 x 4,096]")
    for words, chain in (
        ("parameters only", CHAIN.fix(omega_c=0.0, omega_s=0.0, omega_d=0.0)), ("with trial effects", CHAIN)
    ):  # fmt: skip
        o = simulate(people.ONE, LARGE, seed=1, chain=chain)
        for name, value in people.means(o).items():
            digits = 0 if name == "response" else 1
            cells = []
            for row, printed in zip(value, NOTES_INTERVALS[f"{name}, {words}"], strict=True):
                r = over_draws(row)
                cells.append(f"{r.lo:.{digits}f} to {r.hi:.{digits}f} [{printed}]")
            print(f"  {f'{name}, {words}':30s}" + "".join(f"{c:>34s}" for c in cells))
        spread_of_change(o, words)


def spread_of_change(o: Any, words: str) -> None:
    w, rating = o.plans[0].weeks, spread({**o.numbers, **o.draws})
    change = w.plan[w.at(24.0)] - w.base
    within = np.sqrt((change.var(axis=1) + np.ravel(rating) ** 2).mean())
    print(f"  {'SD at day 1, ' + words:32s}{change.mean(axis=1).std():.1f} between draws, {within:.1f} within, ratings "
          "counted   [2.5 and 10.8, with trial effects]")  # fmt: skip


def main() -> None:
    by_dose()
    relapse()
    intervals()


if __name__ == "__main__":
    main()
