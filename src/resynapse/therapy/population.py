"""A population: the facts its people share, and how many draws and people. No random numbers here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from resynapse.errors import Refused
from resynapse.therapy.patient import Patient

PEOPLE = 40  # people in a draw: enough for the spread between people, few enough for many draws
_LARGE_N, _LARGE_SIDE = 40_000, 200  # the large population is square
_MOST = 10_000_000  # technical: a slip of the keyboard does not fill the memory
TRD_FAILED_TRIALS = 2  # treatment-resistant: two antidepressants failed (label, trial entry)


@dataclass(frozen=True)
class Population:
    """`draws` draws of the parameters, each with `people` people nested in it: n = draws x people."""

    patient: Patient = field(default_factory=Patient)
    draws: int = 100
    people: int = PEOPLE

    def __post_init__(self) -> None:
        if not isinstance(self.patient, Patient):
            raise Refused("patient is not a Patient", "A population shares a Patient's facts.", ("Patient()",))
        for name in ("draws", "people"):
            object.__setattr__(self, name, _count(name, getattr(self, name), "100"))
        if self.n > _MOST:
            raise Refused(f"{self.n} people are above {_MOST}", f"At most {_MOST} people.", ("4000",))

    @property
    def n(self) -> int:
        """People in all, over all draws."""
        return self.draws * self.people

    @staticmethod
    def trd(n: int = 4_000, **facts: Any) -> Population:
        """People with treatment-resistant depression: two failed trials or more; facts as in Patient."""
        facts = {"failed_trials": TRD_FAILED_TRIALS, **facts}
        failed = facts["failed_trials"]
        patient = Patient(**facts)
        if patient.failed_trials is None or patient.failed_trials < TRD_FAILED_TRIALS:
            raise Refused(
                f"{failed} failed trials is not treatment-resistant",
                "Treatment-resistant means two failed trials or more.",
                ("2",),
            )
        return Population.like(patient, n)

    @staticmethod
    def like(patient: Patient, n: int = 4_000) -> Population:
        """n people who share this person's facts: n/40 draws of 40 people; 200 x 200 for 40,000."""
        total = _count("n", n, "4000")
        if total == _LARGE_N:
            return Population(patient, _LARGE_SIDE, _LARGE_SIDE)
        if total % PEOPLE:
            below = total // PEOPLE * PEOPLE
            passes = tuple(str(k) for k in (below, below + PEOPLE) if k)
            raise Refused(f"{total} is not a multiple of {PEOPLE}", "n is draws of 40 people.", passes)
        return Population(patient, total // PEOPLE, PEOPLE)

    def replace(self, **changes: Any) -> Population:
        """A new population with these fields changed."""
        return replace(self, **changes)

    def __str__(self) -> str:
        return f"{self.n} people ({self.draws} draws of {self.people}), each {self.patient.line}"


def _count(name: str, value: Any, example: str) -> int:
    """A whole number of 1 or more."""
    whole = not isinstance(value, (bool, str)) and hasattr(value, "__index__")
    if not whole or value < 1:
        raise Refused(f"{name} is not a count", f"{name} is a whole number of 1 or more.", (example,))
    return int(value)
