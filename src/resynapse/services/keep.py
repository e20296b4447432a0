"""Studies and plans just computed, kept by content: an edited plan is made anew, the other is at hand.

Nothing here belongs to anybody: the same question by two people is one answer.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from ..mechanism import cuts
from ..outcome.outcome import Outcome, PlanResult
from ..study import Effort, Study
from ..therapy.course import Course
from ..therapy.patient import Patient
from ..therapy.population import Population
from ..therapy.setting import Setting

if TYPE_CHECKING:
    from .explore import Question

MOST_STUDIES, MOST_PLANS = 6, 4
KEPT_PEOPLE = 5_000  # studies of more people than this are not kept: some hundred MB each


@dataclass
class Held:
    """A study with the plans it was asked for last."""

    study: Study
    plans: OrderedDict[tuple[str, tuple[str, ...]], PlanResult] = field(default_factory=OrderedDict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def outcome(self, courses: tuple[Course, ...], cut: tuple[str, ...], floor: str) -> Outcome:
        """One or two plans; a cut is plan B, the same as A with these steps at rest."""
        with self.lock:
            plans = [self._plan("A", courses[0], ())]
            if cut:
                plans.append(self._plan("B", courses[0], cut))
            elif len(courses) > 1:
                plans.append(self._plan("B", courses[1], ()))
            return self.study.outcome(*plans, floor=floor or None)

    def lighten(self) -> None:
        """Let go of everybody's minutes, some ten MB a session: what was read off them is kept."""
        for plan in self.plans.values():
            for key in [k for k in plan.shelf if isinstance(k, tuple) and k[0] == "session"]:
                del plan.shelf[key]

    def _plan(self, tag: str, course: Course, cut: tuple[str, ...]) -> PlanResult:
        key = (course.text, cuts.read(",".join(cut)))
        if key not in self.plans:
            self.plans[key] = self.study.plan(tag, course, key[1])
        self.plans.move_to_end(key)
        while len(self.plans) > MOST_PLANS:
            self.plans.popitem(last=False)
        return replace(self.plans[key], tag=tag)


_studies: OrderedDict[tuple[Any, ...], Held] = OrderedDict()
_commons: OrderedDict[tuple[Any, ...], dict[Any, Any]] = OrderedDict()
_lock = threading.Lock()


def study(patient: Patient, query: Question, effort: Effort, draws: int) -> Held:
    """The study of a question, made if it is not at hand; studies of the same draws share what no person changes."""
    place = Setting.named(query.setting, query.compare)
    key = (patient.line, place.name, place.compare, query.until, query.seed, draws, query.people, effort)
    with _lock:
        found = _studies.get(key)
        if found is None:
            small = draws * query.people <= KEPT_PEOPLE
            common = _commons.setdefault((query.until, query.seed, draws, query.people, effort), {}) if small else {}
            made = Study.of(Population(patient, draws, query.people), until=query.until, seed=query.seed, setting=place,
                            effort=effort, common=common)  # fmt: skip
            found = Held(made)
            if small:
                _studies[key] = found
        else:
            _studies.move_to_end(key)
        while len(_studies) > MOST_STUDIES:
            _studies.popitem(last=False)
        while len(_commons) > MOST_STUDIES:
            _commons.popitem(last=False)
    return found
