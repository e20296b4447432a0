"""What is said about a person, the defaults, and what is known; sentences, each tied to a field or a fault."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from ..therapy import calendar as calendar_
from ..therapy.course import Course
from ..therapy.dose import mg_text
from .summary import Fact

if TYPE_CHECKING:
    from .outcome import Outcome

KNOWN = (
    "Ketamine's levels and their spread, and that dissociation and pressure rise and end with them: seen in people.",
    "That more people respond on ketamine than on midazolam the next day: seen in people, many trials.",
    "That the control arm explains why saline trials look larger: the ketamine arms agree, the controls do not.",
)
ASSUMED = (
    "Receptor block, glutamate and new connections are scaled variables: their timing and sign mean something, their "
    "size does not. No gain of synapses has been shown in people.",
    "Of 22 fitted numbers the trials know 13 directions; the others rest on priors. Fixed numbers graded assumed "
    "do not move in the draws.",
    "Hope counts in full from 0.1 mg/kg over 40 min upwards; below, it shrinks with the chance of noticing the dose.",
    "A person has one exposure, the same in all sessions; between sessions kinetics do not vary.",
)
CANNOT_TELL = (
    "Where patients know what they got, drug and hope cannot be told apart; the split rests on midazolam-controlled "
    "trials.",
    "The range between people is wider than the range of the average.",
    "Levels of both arms are less certain than the gap between them: slow recovery differs between trials.",
    "Nasal esketamine responds less in the large programmes than in the small one; the shift describes this, it does "
    "not explain it. Nasal peaks come about 10 min earlier than the labels say.",
    "Dissociation is scaled from volunteers by a factor with no known mechanism.",
    "Durability after six infusions, and its dependence on dose, are reproduced in order but not in size.",
    "A rating above the start comes from day-to-day fluctuation alone: nobody gets worse in the model.",
    "No lifetime limit of dose has been published, so none is shown.",
)
UNUSED = "the evidence cannot use it for one person"


def facts(out: Outcome) -> tuple[Fact, ...]:
    """Each fact of the person and what it did to this answer."""
    p, n = out.patient, out.numbers
    weighed = any(d.dose.unit == "mg/kg" for plan in out.plans for d in plan.plan.course.planned)
    old = p.age is not None and p.age > n["age_ref"]
    rows = [
        ("weight", f"{p.weight:g} kg", "no change" if p.weight == n["wt_ref"] else "moved it",
         "sets the dose in mg and the levels" if weighed else "sets the levels"),
        ("MADRS", "not given" if p.madrs is None else f"{p.madrs}",
         "moved it" if p.madrs is not None else "no change",
         "the effect is a fraction of the score"
         if p.madrs is not None else f"people start at {n['base_mean']:g} (SD {n['base_sd']:g})"),
        ("starting pressure", "not given" if p.sbp is None else f"{p.sbp:g}" + (f"/{p.dbp:g}" if p.dbp else ""),
         "moved it" if p.sbp is not None else "no change",
         "thresholds are crossed by those who start high" if p.sbp is not None else f"assumed {n['sbp_0']:g} mmHg"),
        ("oral antidepressant", "starts" if p.new_antidepressant else "none starts",
         "moved it" if p.new_antidepressant else "no change", "a new one sets the class of slow recovery"),
        ("setting", out.setting.words, "moved it", "sets hope and its comparison"),
        ("age", "not given" if p.age is None else f"{p.age:g}", "moved it" if old else "no change",
         "hepatic flow falls with age above 60" if old else "no change from 18 to 60"),
    ]  # fmt: skip
    if p.heart_rate is not None:
        rows.append(("heart rate", f"{p.heart_rate:g}", "moved it", "the rise adds to it"))
    if p.sex is not None:
        rows.append(("sex", p.sex, "not usable", UNUSED))
    if p.failed_trials is not None:
        rows.append(("failed trials", f"{p.failed_trials}", "not usable", UNUSED))
    return tuple(Fact(*row) for row in rows)


def defaults(out: Outcome) -> tuple[tuple[str, str], ...]:
    """Fields that stood at their default, with their values: printed with every figure that depends on them."""
    p, n, place = out.patient, out.numbers, out.setting
    slow = place.slow or ("s_ad" if p.new_antidepressant else "s_nat")
    fast = out.ledger[place.fast].meaning.removesuffix(", logit")
    drift = out.ledger[slow].meaning.removesuffix(", logit")
    rows = [("classes", f"{fast} ({place.fast}); {drift} ({slow}); {place.words}")]
    if any(plan.plan.nasal for plan in out.plans):
        rows.append(("nasal shift", "d_in applies to nasal esketamine"))
    rows.append(("visits", "session days"))
    if p.madrs is None:
        rows.append(("baseline", f"MADRS {n['base_mean']:g} (SD {n['base_sd']:g}), from {n['base_floor']:g}"))
    if p.weight == n["wt_ref"]:
        rows.append(("weight", f"{p.weight:g} kg"))
    rows.append(
        ("ratings", "every 2 days to day 29, then weekly, from the last dose; loss = two misses in a row, "
         "dated at the first")
    )  # fmt: skip
    rows.append(("remission", f"MADRS at most {n['rem_cut']:g} (and {n['rem_cut_wide']:g} beside it)"))
    floor = "none" if out.floor_min is None else f"{out.floor_min:g} min, {out.floor_source}"
    rows.append(("floor before leaving", floor))
    rows.append(("weight of hope", ", ".join(f"{plan.tag} {plan.weight_of_hope:.2f}" for plan in out.plans)))
    return tuple(rows)


def count(mg: Sequence[float]) -> str:
    """How many sessions of how much: "6 × 41 mg"; unequal sessions one after the other."""
    runs = [(sum(1 for _ in group), text) for text, group in groupby(mg_text(v) for v in mg)]
    return ", ".join(f"{times} × {text}" for times, text in runs)


def calendar(course: Course, weight: float) -> tuple[tuple[str, ...], ...]:
    """The course as rows of a calendar, heads first."""
    return tuple(tuple(row) for row in calendar_.rows(course, weight))


def sources(out: Outcome, names: Iterable[str]) -> tuple[tuple[str, str, str], ...]:
    """Publications behind the numbers used: key, citation, DOI or address."""
    keys = dict.fromkeys(key for name in names for key in out.ledger[name].source)
    found = (out.ledger.source(key) for key in sorted(keys))
    return tuple((s.key, s.citation, s.doi or (f"PMID {s.pmid}" if s.pmid else s.url)) for s in found)
