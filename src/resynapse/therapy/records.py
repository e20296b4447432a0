"""A dose record: one row of a table of what was given and when it was looked at."""

from __future__ import annotations

from dataclasses import dataclass

from resynapse.therapy.drug import RACEMIC, Drug


@dataclass(frozen=True)
class Record:
    """One row. time: h; evid: 0 observation, 1 dose, 2 other, 3 reset, 4 reset and dose; amount: mg base.

    duration: h of an infusion, 0 for all else; rate: mg/h of the endless infusion of a steady state (amount 0, ii 0).
    route: as `therapy.dose.ROUTES`; later: a nasal device after the first; ss: 0, 1 or 2; after: an observation that
    reads what all records of its time leave. weight: kg, from this row on.
    """

    time: float
    evid: int
    weight: float
    amount: float = 0.0
    duration: float = 0.0
    rate: float = 0.0
    route: str = "iv"
    later: bool = False
    drug: Drug = RACEMIC
    more: int = 0
    interval: float = 0.0
    ss: int = 0
    after: bool = False
