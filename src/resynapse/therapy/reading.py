"""From parts as written to parts of a course: defaults, limits, and what a comparison leaves out."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from resynapse.errors import Refused
from resynapse.language import WrittenDose, WrittenPart, WrittenSchedule
from resynapse.spans import at, place
from resynapse.therapy import limits
from resynapse.therapy.dose import Dose
from resynapse.therapy.drug import DRUGS, ESKETAMINE, RACEMIC, Drug
from resynapse.therapy.part import Part
from resynapse.therapy.schedule import Schedule


def read_part(text: str, written: WrittenPart, first: Part | None = None) -> Part:
    """One part; fields that were not written come from `first`, or are the defaults.

    A part that gives dose, route and schedule stands by itself: nothing comes from `first`.
    """
    by_itself = written.dose and written.schedule and (written.route or written.over or written.dose.devices)
    first = None if by_itself else first
    dose = _dose(text, written, first.dose if first else None)
    if written.schedule is None:
        return Part(dose, first.schedule if first else Schedule())
    return Part(dose, _schedule(text, written.schedule))


def _schedule(text: str, w: WrittenSchedule) -> Schedule:
    if w.interval is not None:
        with at(text, w.interval.span):
            limits.interval(float(w.interval.hours))
    with at(text, w.span):
        return _scheduled(w)


def _scheduled(w: WrittenSchedule) -> Schedule:
    if w.interval is None:
        return Schedule(w.kind, w.count or 1, w.days)
    count = w.count or 0 if w.total is None else ceil(w.total.hours / w.interval.hours)
    return Schedule("every", count, (), float(w.interval.hours))


def _dose(text: str, w: WrittenPart, first: Dose | None) -> Dose:
    drug = _drug(text, w, first)
    route = _route(text, w, first)
    hours = _hours(text, w, first, route)
    if w.dose is None:
        assert first is not None
        amount, unit, form = first.amount, first.unit, first.form
        span = w.span
    else:
        amount, unit, form = _amount(w.dose, w), w.dose.unit, w.dose.form or (first.form if first else "base")
        span = w.dose.span
    devices, gap = _devices(w, first, drug, route, amount)
    with at(text, span):
        try:
            return Dose(amount, unit, form, drug, route, hours, devices, gap)
        except Refused as no:
            if w.dose and w.dose.rate:  # what stands in for a rate is a rate
                no.passes = tuple(f"{p}/h" for p in no.passes)
            raise


def _amount(dose: WrittenDose, w: WrittenPart) -> float:
    hours = w.over.hours if dose.rate and w.over else Fraction(1)
    return float(dose.amount * hours)


def _drug(text: str, w: WrittenPart, first: Dose | None) -> Drug:
    if w.dose is None or not (w.dose.drug or w.dose.devices):
        return first.drug if first else RACEMIC
    drug = DRUGS[w.dose.drug] if w.dose.drug else ESKETAMINE
    if w.dose.devices and drug is not ESKETAMINE:
        rule = "Devices of 28 mg hold esketamine."
        raise Refused(f"devices of {drug}", rule, ("esketamine",), place(text, w.dose.drug_span))
    return drug


def _route(text: str, w: WrittenPart, first: Dose | None) -> str:
    devices = bool(w.dose and w.dose.devices)
    if w.route is None:
        return _unsaid_route(text, w, first, devices)
    name, span = w.route.name, w.route.span
    if w.over is not None and name != "iv":
        rule = "over and for go with iv only."
        raise Refused(f"over with {name}", rule, ("iv",), place(text, span))
    if devices and name != "nasal":
        raise Refused(f"devices by {name}", "Devices are nasal.", ("nasal",), place(text, span))
    return name


def _unsaid_route(text: str, w: WrittenPart, first: Dose | None, devices: bool) -> str:
    if devices and w.over is not None:
        cut = (text[: w.over.span[0]].rstrip().removesuffix("over").rstrip(" ,") + text[w.over.span[1] :]).strip()
        raise Refused("over with devices", "over goes with iv only.", (cut,), place(text, w.over.span))
    if devices:
        return "nasal"
    if w.over is not None:
        return "iv"
    if first is not None:
        return first.route
    assert w.dose is not None
    said = text[slice(*w.dose.span)]
    rule = "A route is needed where neither over nor devices say it."
    raise Refused("no route", rule, (f"{said}, iv",), place(text, w.dose.span))


def _hours(text: str, w: WrittenPart, first: Dose | None, route: str) -> float:
    if w.over is None:  # iv said without a length is a bolus
        return first.duration_h if first and route == "iv" and w.route is None else 0.0
    with at(text, w.over.span):
        limits.infusion(float(w.over.hours), w.over.long)
    return float(w.over.hours)


def _devices(w: WrittenPart, first: Dose | None, drug: Drug, route: str, amount: float) -> tuple[int, float]:
    """How many devices, and the hours between: a racemic spray counts as two halves."""
    if route != "nasal":
        return 1, 0.0
    gap = limits.DEFAULT_GAP_H
    if w.dose is not None and w.dose.gap is not None:
        gap = float(w.dose.gap.hours)
    elif first is not None and first.route == "nasal" and first.drug == drug:
        gap = first.gap_h
    if drug is not ESKETAMINE:
        return 2, gap
    return max(1, round(min(amount, limits.MOST_MG) / limits.DEVICE_MG)), gap
