"""The weeks: everybody's score on the plan, on an inert dose they believed in, compared, and untreated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..mechanism import Chain
from ..mechanism.read_numpy import evaluate, run
from ..therapy.course import Course
from ..therapy.patient import Patient
from ..therapy.setting import COMPARED, Setting
from .nodes import Trunk, read_between
from .people import People
from .plan import CompiledPlan

Array = NDArray[np.float64]


NOTICED_H = 6.0  # after the start of a session: what is noticed is noticed by then
EARLY_H = (0.0, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 18.0)  # ratings on the first day; then daily


def study_times(until_h: float) -> Array:
    """Times of the weeks, h: close on the first day, then daily."""
    return np.concatenate([EARLY_H, np.arange(24.0, until_h + 1e-6, 24.0)])


@dataclass(frozen=True)
class Weeks:
    """Scores and fractions, (times, draws, people). time in h; base (draws, people)."""

    time: Array
    base: Array
    plan: Array
    inert: Array
    untreated: Array
    compared: Array
    log_xi: Array
    responder: Array
    share: Array

    @property
    def drug(self) -> Array:
        """Points gained by the drug: the inert dose minus this plan."""
        return self.inert - self.plan

    @property
    def hope(self) -> Array:
        """Points gained by hope and setting: untreated minus the inert dose."""
        return self.untreated - self.inert

    @property
    def spent(self) -> Array:
        """Points gained by time alone."""
        return self.base - self.untreated

    def take(self, keep: NDArray[np.intp]) -> Weeks:
        """The same people at some of the times."""
        cut = {name: getattr(self, name)[keep] for name in ("time", "plan", "inert", "untreated", "compared")}
        return replace(self, **cut)

    def at(self, hours: float) -> int:
        """Index of a time."""
        found = int(np.argmin(np.abs(self.time - hours)))
        if abs(self.time[found] - hours) > 1e-6:
            raise KeyError(f"{hours} h was not computed")
        return found


def perceived(chain: Chain, plan: CompiledPlan, full: float) -> float:
    """Weight of hope: chance of noticing the most noticeable session, against `full`, that of the reference dose."""
    return min(1.0, noticed(chain, plan) / full) if full > 0 else 1.0


def noticed(chain: Chain, plan: CompiledPlan) -> float:
    """Chance of noticing the most noticeable session; 0 in a chain that does not say."""
    if not any(node.name == "p_perceived" for node in chain):
        return 0.0
    grid = plan.grid(plan.starts + NOTICED_H)
    given = plan.signals(grid, 0)
    return float(run(chain, ["p_perceived"], grid, plan.numbers, given, plan.inputs()).nodes("p_perceived").max())


def reference(plan: CompiledPlan) -> CompiledPlan:
    """The dose that everybody notices, in the same person."""
    dose, hours = plan.numbers["w_ref_dose"], plan.numbers["w_ref_duration"]
    course = Course.parse(f"{dose:g} mg/kg over {hours * 60:.6g} min")
    return CompiledPlan(course, plan.weight, plan.numbers)


def classes(setting: Setting, patient: Patient, numbers: Mapping[str, Any]) -> dict[str, Any]:
    """Classes of expectancy and recovery for the chain."""
    slow = setting.slow or ("s_ad" if patient.new_antidepressant else "s_nat")
    return {"n_class": numbers[setting.fast], "s_class": numbers[slow]}


def scores(
    chain: Chain, plan: CompiledPlan, trunk: Trunk, times: Array, people: People, draws: Mapping[str, Array],
    setting: Setting, patient: Patient, weight_of_hope: float, log_xi: Array,
) -> Weeks:  # fmt: skip
    """Scores of all people in all arms, common random numbers throughout."""
    numbers = {**plan.numbers, **draws}
    given = {
        **people.variates, **classes(setting, patient, numbers), "base": people.base,
        "nasal": plan.nasal, "perceived": weight_of_hope,
    }  # fmt: skip
    share = evaluate(chain, ["share"], {}, numbers, given)["share"]
    responder = (people.rank < share).astype(float)
    known = {**trunk.hope, "X": read_between(trunk.X, trunk.log_xi, log_xi)}
    given["responder"] = responder
    parts = evaluate(chain, chain["MADRS"].reads, known, numbers, given)

    def arm(**changes: Any) -> Array:
        """The score where some givens are others: what they do not touch is as it was."""
        same = {name: value for name, value in parts.items() if not chain.upstream([name], known) & set(changes)}
        # who does not respond gains nothing, whatever X is
        free = {"X": np.zeros(1)} if "responder" in changes else {}
        full = evaluate(chain, ["MADRS"], {**known, **free, **same}, numbers, {**given, **changes})["MADRS"]
        return np.asarray(np.broadcast_to(full, (len(times), *people.base.shape)))

    compared = COMPARED[setting.compare]
    inert, untreated = arm(responder=0.0), arm(responder=0.0, treated=0.0)
    return Weeks(
        times, people.base, arm(), inert, untreated,
        untreated if compared.fast is None
        else arm(responder=0.0, n_class=numbers[compared.fast]) if compared.fast else inert,
        log_xi, responder, np.broadcast_to(share, (people.draws, 1))[:, 0],
    )  # fmt: skip
