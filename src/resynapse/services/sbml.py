"""A course in one person as SBML: published numbers, the median responder, or non-responder."""

from __future__ import annotations

from typing import Any

from ..evidence import digest
from ..evidence import version as evidence_version
from ..mechanism.read_sbml import document
from ..mechanism.read_sbml_parts import Case
from ..study import Study
from ..therapy.course import Course
from ..therapy.patient import Patient
from ..therapy.setting import Setting
from ..version import __version__
from .simulate import read_course, read_patient

CONSTANTS = (
    "Constant over the run: variates (0 is the median person, the usual session, trial and site), the classes of hope "
    "and of slow recovery (n_class, s_class) and perceived, the weight of hope, which Resynapse computes from how "
    "perceptible the doses are. Change a dose, and perceived has to be computed again below 0.1 mg/kg over 40 min."
)


def request(course: str, person: str, facts: dict[str, Any], setting: str, responder: bool = True) -> str:
    """The document of what was typed; facts win over the person. Refused with place, rule and a value that passes."""
    patient = read_patient(person).replace(**facts)
    return text(read_course(course), patient, Setting.named(setting), responder)


def text(course: Course, patient: Patient, setting: Setting | None = None, responder: bool = True) -> str:
    """The document; the same bytes for the same course, person and evidence. Refused as a run would be."""
    study = Study.of(patient, setting=setting)
    plan = study.compiled(course)
    given = {**study.given(plan, study.hope(plan)), "responder": float(responder)}
    return document(
        Case(
            study.chain, study.ledger, study.numbers, (*plan.inputs(), *plan.visits()), given, tuple(plan.changes()),
            course.text, (*_notes(study, course, responder), CONSTANTS),
        )
    )  # fmt: skip


def _notes(study: Study, course: Course, responder: bool) -> tuple[str, ...]:
    who = "responder" if responder else "non-responder"
    return (
        f"{course.text}, in {study.patient.line}: the median {who}, published numbers, {study.setting.words}.",
        f"Resynapse {__version__}, evidence {evidence_version()}, sha256 {digest()}.",
        "Research and education. Not for prescribing.",
        "Time is in hours from the start of the course. A point of a scale is counted as an item.",
        "Solvers that take error bounds: 1e-9 of a value and 1e-12 of its unit serve (CVODE); usual bounds may stop at "
        "a dose, where depots have long been empty.",
    )
