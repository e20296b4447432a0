"""Whether a plan lies inside the fitted data: outside, no headline. By a route or drug that no trial in the fit
gave, it is extrapolated by exposure, and trials are taken to differ more."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..therapy.dose import GivenDose
from ..therapy.drug import ESKETAMINE, RACEMIC
from ..therapy.limits import WARN_MG_PER_KG, WARN_WINDOW_H, above, most_within
from .summary import Domain

if TYPE_CHECKING:
    from .outcome import Outcome, PlanResult

SEEN = (("iv", RACEMIC), ("iv", ESKETAMINE), ("nasal", ESKETAMINE))  # what trials in the fit gave
ROUTES = {
    "iv": "intravenous", "im": "intramuscular", "sc": "subcutaneous", "nasal": "nasal", "sublingual": "sublingual",
    "oral": "oral", "rectal": "rectal",
}  # fmt: skip
NAMES = {RACEMIC: "racemic ketamine"}
AGES = (18, 65)  # of the trials in the fit; older people moved less (chain.md, known failure 8)
LONGEST_H = 24.0
FITTED = "IV racemic ketamine, IV and nasal esketamine, to 1.5 mg/kg within 2 h, ages 18 to 65"


def domain(out: Outcome, p: PlanResult) -> Domain:
    """Inside, or outside with the reason in words."""
    reason = _reason(out, p)
    if reason:
        wrong = " There the model is known to be wrong." if reason.startswith("more than") else ""
        text = f"Outside the fitted data: {reason}.{wrong} Fitted: {FITTED}."
        return Domain(False, reason, text, bool(unseen(p.plan.doses)) and not _high(p))
    return Domain(True, "", f"Inside the fitted data: {FITTED}.")


def unseen(doses: Iterable[GivenDose]) -> str:
    """The first route and drug that no trial in the fit gave; empty if there is none."""
    found = (f"{ROUTES[d.route]} {NAMES.get(d.drug, d.drug.name)}" for d in doses if (d.route, d.drug) not in SEEN)
    return next(found, "")


def _high(p: PlanResult) -> bool:
    """Whether more is given than the model is right for."""
    return above(most_within(p.plan.doses, WARN_WINDOW_H) / p.plan.weight, WARN_MG_PER_KG)


def _reason(out: Outcome, p: PlanResult) -> str:
    doses = p.plan.doses
    if new := unseen(doses):
        return new
    if _high(p):
        return f"more than {WARN_MG_PER_KG:g} mg/kg within {WARN_WINDOW_H:g} h"
    if any(above(d.duration_h, LONGEST_H) for d in doses):
        return f"an infusion longer than {LONGEST_H:g} h"
    return _about_the_person(out)


def _about_the_person(out: Outcome) -> str:
    age = out.patient.age
    if age is not None and not AGES[0] <= age <= AGES[1]:
        return f"age {age:g}"
    floor = out.numbers["base_floor"]
    if out.patient.madrs is not None and out.patient.madrs < floor:
        return f"a MADRS of {out.patient.madrs} at the start, below the {floor:g} that trials asked for"
    return ""
