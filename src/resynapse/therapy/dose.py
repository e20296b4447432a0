"""One dose: how much of what, by which route, over how long. And a dose as given to one person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from resynapse.errors import Refused
from resynapse.therapy import limits
from resynapse.therapy.drug import ESKETAMINE, RACEMIC, Drug
from resynapse.units import plain, rational

ROUTES = ("iv", "im", "sc", "nasal", "sublingual", "oral", "rectal")


@dataclass(frozen=True)
class GivenDose:
    """What enters one person. time_h: from the start of the course; mg_base: mg of free base.

    duration_h: 0 for all but infusions. device: 0 for the first nasal device of a session and for
    every other route, 1 for each later device. session_number: from 1.
    """

    time_h: float
    mg_base: float
    drug: Drug
    route: str
    duration_h: float
    device: int
    session_number: int


@dataclass(frozen=True)
class Dose:
    """A dose as planned; refused if it is outside the limits.

    amount: in `unit` (mg or mg/kg of body weight), all devices together; form: what the amount
    weighs, base or hcl. duration_h: hours of an iv infusion, 0 for a bolus and every other route.
    devices, gap_h: nasal only; esketamine comes in devices of 28 mg, a racemic spray is given as
    two halves.
    """

    amount: float
    unit: str = "mg/kg"
    form: str = "base"
    drug: Drug = RACEMIC
    route: str = "iv"
    duration_h: float = 0.0
    devices: int = 1
    gap_h: float = 0.0

    def __post_init__(self) -> None:
        self._check_words()
        base = limits.HCL_TO_BASE if self.form == "hcl" else 1.0
        limits.amount(self.amount * base, self.unit, limits.above(self.duration_h, limits.INFUSION_H[1]))
        if self.duration_h:
            self._check_infusion()
        if self.route == "nasal":
            self._check_devices()
        elif self.devices != 1 or self.gap_h:
            raise Refused(f"devices by {self.route}", "Devices and gap are nasal.", ("nasal",))

    def _check_words(self) -> None:
        for word, known in (
            (self.unit, ("mg", "mg/kg")),
            (self.form, ("base", "hcl")),
            (self.route, ROUTES),
        ):
            if word not in known:
                raise Refused(f"{str(word)[:40]!r} is not read here", f"One of {', '.join(known)}.", known[:1])

    def _check_infusion(self) -> None:
        if self.route != "iv":
            raise Refused(
                f"over with {self.route}",
                "over and for go with iv only.",
                (f"{self.text_amount}, {self.route}",),
            )
        limits.infusion(self.duration_h)

    def _check_devices(self) -> None:
        if self.devices < 1:
            raise Refused("no device", "A count of devices starts at 1.", ("2 x 28 mg",))
        if self.devices > 1:
            limits.interval(self.gap_h, "a gap")
        if (self.devices - 1) * self.gap_h >= SESSION_H:
            rule = "All devices of a dose are given within 6 h, one session."
            raise Refused("the devices do not fit one session", rule, ("2 x 28 mg gap 5 min",))
        if self.drug == ESKETAMINE and (
            self.unit != "mg" or self.form != "base" or self.amount != self.devices * limits.DEVICE_MG
        ):
            rule = "Nasal esketamine comes in devices of 28 mg base: a multiple of 28 mg."
            raise Refused(f"{self.text_amount} of nasal esketamine", rule, ("2 x 28 mg",))

    def mg_base(self, weight_kg: float) -> float:
        """mg of free base for a person of `weight_kg`, all devices together; Refused above the limits."""
        mg = self.amount * (weight_kg if self.unit == "mg/kg" else 1.0)
        mg *= limits.HCL_TO_BASE if self.form == "hcl" else 1.0
        limits.for_person(mg, weight_kg, self.duration_h)
        return mg

    @property
    def end_h(self) -> float:
        """Hours from its start until it is over: the infusion's end, one gap after the last device."""
        return self.duration_h if self.route != "nasal" else self.devices * self.gap_h

    def replace(self, **changes: Any) -> Dose:
        """A new dose with these fields changed."""
        return replace(self, **changes)

    # -- words

    @property
    def text_amount(self) -> str:
        """Amount, unit, form and drug, shortest: "0.5 mg/kg", "35 mg hcl esketamine"."""
        form = "" if self.form == "base" else " hcl"
        drug = "" if self.drug == RACEMIC else f" {self.drug}"
        return f"{plain(self.amount)} {self.unit}{form}{drug}"

    @property
    def text(self) -> str:
        """The dose part of a plan, shortest text that reads back to the same dose."""
        if self.route == "nasal":
            return self._nasal_text()
        if not self.duration_h:
            return f"{self.text_amount}, {self.route}"
        return self._rate_text() or f"{self.text_amount} over {infusion_text(self.duration_h)}"

    def _nasal_text(self) -> str:
        if self.drug != ESKETAMINE:
            return f"{self.text_amount}, nasal"
        gap = "" if self.gap_h == limits.DEFAULT_GAP_H else f" gap {time_text(self.gap_h)}"
        return f"{self.devices} x 28 mg{gap}"

    def _rate_text(self) -> str:
        """The rate form, where the amount would print as a long fraction and the rate does not."""
        if len(plain(self.amount)) <= 8 or self.form != "base" or self.drug != RACEMIC:
            return ""
        hours = exact_hours(self.duration_h)
        rate = plain(float(f"{self.amount / self.duration_h:.12g}"))
        same = len(rate) < len(plain(self.amount)) and float(rational(rate) * hours) == self.amount
        return f"{rate} {self.unit}/h for {infusion_text(self.duration_h)}" if same else ""

    def words(self, weight_kg: float) -> str:
        """The dose echoed for one person: "0.5 mg/kg over 40 min = 35 mg at 52.5 mg/h for 70 kg"."""
        mg = self.mg_base(weight_kg)
        steps = [self._said()]
        if self.form == "hcl":
            salt = self.amount * (weight_kg if self.unit == "mg/kg" else 1.0)
            steps.append(f"{mg_text(salt)} hcl x {limits.HCL_TO_BASE}")
        if self.unit == "mg/kg" or self.form == "hcl" or self.duration_h:
            rate = f" at {mg / self.duration_h:.3g} mg/h" if self.duration_h else ""
            steps.append(f"{mg_text(mg)}{' base' if self.form == 'hcl' else ''}{rate}")
        elif self.drug == ESKETAMINE and self.route == "nasal":
            steps.append(f"{mg_text(mg)} esketamine, {plain(round(self.gap_h * 60, 6))} min apart")
        return " = ".join(steps) + f" for {plain(weight_kg)} kg"

    def _said(self) -> str:
        if self.duration_h:
            return self._rate_text() or f"{self.text_amount} over {infusion_text(self.duration_h)}"
        return self.text if self.route == "nasal" else f"{self.text_amount} {self.route}"


SESSION_H = 6.0  # a dose that starts within this of a session's start belongs to it


def mg_text(mg: float) -> str:
    """mg for people: whole from 10, three significant digits below."""
    return f"{mg:.0f} mg" if mg >= 9.95 else f"{mg:.3g} mg"


_TIME_UNITS = (("min", Fraction(1, 60)), ("h", Fraction(1)), ("d", Fraction(24)), ("weeks", Fraction(168)))


def exact_hours(hours: float) -> Fraction:
    """The fraction that was likely written: 2/3 for the float of 40 min; else the float itself."""
    near = Fraction(hours).limit_denominator(100_000)
    return near if float(near) == hours else Fraction(hours)


@lru_cache(maxsize=4096)
def time_text(hours: float, favour: str = "d") -> str:
    """Shortest time that reads back to the same float: min to 120, then h, from a day `favour`."""
    exact = exact_hours(hours)
    liked = "min" if hours <= 2 else "h" if hours < 24 else favour
    found = []
    for unit, each in _TIME_UNITS:
        number = plain(float(exact / each))
        if float(Fraction(number) * each) == hours:
            found.append((len(number) + len(unit) + (0 if unit == liked else 2), f"{number} {unit}"))
    return min(found)[1] if found else f"{plain(hours)} h"


def infusion_text(hours: float) -> str:
    """A duration of an infusion, with the word long where it is needed."""
    return time_text(hours, "h") + (" long" if limits.above(hours, limits.INFUSION_H[1]) else "")
