"""Resynapse: ketamine therapy in software, from the infusion to the month after.

>>> import resynapse as rs
>>> rs.simulate("0.5 mg/kg over 40 min, iv, once", rs.Population.trd(n=200), seed=1).plot()

Research and education. Not for prescribing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .version import __version__

if TYPE_CHECKING:
    from .derivatives import slopes
    from .errors import Refused
    from .full_runs import everyone
    from .outcome.outcome import Outcome
    from .study import simulate
    from .therapy.course import Course
    from .therapy.dose import Dose
    from .therapy.drug import Drug
    from .therapy.patient import Patient
    from .therapy.population import Population
    from .therapy.session import Session
    from .therapy.setting import Setting

# loaded when first asked for, so that `resynapse --help` waits for none of them
_HOME = {
    "Course": "therapy.course", "Dose": "therapy.dose", "Drug": "therapy.drug", "Outcome": "outcome.outcome",
    "Patient": "therapy.patient", "Population": "therapy.population", "Refused": "errors",
    "Session": "therapy.session", "Setting": "therapy.setting", "everyone": "full_runs", "simulate": "study",
    "slopes": "derivatives",
}  # fmt: skip

__all__ = [
    "Course", "Dose", "Drug", "Outcome", "Patient", "Population", "Refused", "Session", "Setting", "__version__",
    "everyone", "simulate", "slopes",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'resynapse' has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value
