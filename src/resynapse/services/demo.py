"""The example everybody sees first."""

from __future__ import annotations

from dataclasses import replace

from ..outcome.outcome import Outcome
from .simulate import Request, answer

REQUEST = Request(
    course="0.5 mg/kg over 40 min, iv, mon wed fri, 2 weeks", person="woman-44", against="once", population="200x200",
    command='resynapse simulate "0.5 mg/kg over 40 min, iv, mon wed fri, 2 weeks" --person woman-44 --against once '
    "--population 200x200",
)  # fmt: skip


def run(date: str = "") -> Outcome:
    """Six infusions in two weeks against one, for the example person."""
    return answer(replace(REQUEST, date=date))
