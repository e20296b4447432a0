"""Whether a plan lies inside the fitted data: outside, no headline, no band."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        return Domain(False, reason, f"Outside the fitted data: {reason}.{wrong} Fitted: {FITTED}.")
    return Domain(True, "", f"Inside the fitted data: {FITTED}.")


def _reason(out: Outcome, p: PlanResult) -> str:
    doses, weight = p.plan.doses, p.plan.weight
    unseen = [f"{ROUTES[d.route]} {NAMES.get(d.drug, d.drug.name)}" for d in doses if (d.route, d.drug) not in SEEN]
    if unseen:
        return unseen[0]
    if above(most_within(doses, WARN_WINDOW_H) / weight, WARN_MG_PER_KG):
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
