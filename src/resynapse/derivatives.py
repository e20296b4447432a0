"""Slopes: how much an answer moves with each number of the evidence, and with each dose's amount, time and duration.

>>> import resynapse as rs
>>> rs.slopes("0.5 mg/kg over 40 min, mon wed fri, 2 weeks", rs.Patient(weight="82 kg"), of="MADRS", at="14 d")
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import units
from .errors import Place, Refused
from .evidence import Ledger
from .full_runs import hours, known, names_of, needs_fast
from .mechanism import Chain
from .outcome.outcome import DOOR_UNITS
from .simulation.movable import Laid, MovablePlan
from .study import Study
from .therapy.course import Course
from .therapy.patient import Patient
from .therapy.setting import Setting

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
GIVEN = {"base_mean", "sbp_0", "dbp_0", "hr_0"}  # no slope in these where the person's own are known
DOSE_UNITS = {"amount": "mg", "time": "h", "duration": "h"}


def slopes(
    course: Course | str, person: Patient | None = None, *, of: str | Iterable[str] = "MADRS",
    at: str | float | Iterable[str | float] = "24 h", by: Iterable[str] = (), setting: Setting | str = "masked trial",
    responder: bool = True,
) -> pd.DataFrame:  # fmt: skip
    """One row for each of `of`, time of `at` and input, steepest first: how the value moves with the input.

    by: evidence names; `dose 2 amount` (mg of base), `dose 2 time`, `dose 2 duration` (h); all that matter, if nothing
    is said. Each is moved alone: the dose of a plan in mg/kg does not follow WT, kL does not follow the numbers it was
    set by, and hope keeps the weight it has at these doses, which is below 1 where they are hard to notice. A visit
    moves with the first dose of its session; sessions keep their numbers. Columns: of, at_h, value, unit, input,
    input_value, input_unit, slope (units of value per unit of input), step (1 %, or 1 min later) and moves (what such
    a step does, in units of the value). Needs the extra `fast`. Refused: a name that is none.
    """
    if find_spec("jax") is None:
        raise needs_fast("slopes")
    import pandas as pd

    if not isinstance(person, Patient | None):
        raise Refused("person is no Patient", "Slopes are those of one person.", ("Patient()",), Place(field="person"))
    if not isinstance(responder, (bool, np.bool_)):
        raise Refused(f"responder is {responder!r}", "True or False.", ("True", "False"), Place(field="responder"))
    place = Setting.named(setting) if isinstance(setting, str) else setting
    study = Study.of(person, setting=place)
    plan = study.compiled(Course.parse(course) if isinstance(course, str) else course)
    chain, times = study.between(study.chain, plan), hours(at)
    names, movable = known(chain, of, "of"), MovablePlan(plan, tuple(times))
    follow = _follow(study)
    inputs = _inputs(movable, chain, names, by, follow)
    given = {**study.given(plan, study.hope(plan)), "responder": float(responder)}
    values, found = gradient(chain, names, movable, inputs, given, follow)
    rows = [
        _row(chain, study.ledger, movable, name, float(time), values[name][k], which, found[name][j, k])
        for name in names
        for k, time in enumerate(times)
        for j, which in enumerate(inputs)
    ]
    table = pd.DataFrame(rows)
    return table.loc[(-table["moves"].abs()).sort_values(kind="stable").index].reset_index(drop=True)


def gradient(
    chain: Chain, want: tuple[str, ...], movable: MovablePlan, inputs: tuple[str, ...], given: dict[str, Any],
    follow: dict[str, str],
) -> tuple[dict[str, Array], dict[str, Array]]:  # fmt: skip
    """Values at the plan's outputs, (times,), and their slopes in each of the inputs, (inputs, times), by name.

    follow: givens that are numbers of the evidence: given name to number.
    """
    from .mechanism import read_jax

    shape, grid = read_jax.shape_of(chain, want, moving=True), movable.grid.grid
    nodes = movable.seen_at, movable.entering

    def parts(laid: Laid, told: dict[str, Any]) -> read_jax.Data:
        told = told | {name: laid.numbers[number] for name, number in follow.items()} | movable.signals
        return read_jax.data_of(shape, grid, nodes[0], laid.numbers, told, laid.inputs, nodes[1])

    def tangent(name: str) -> Any:
        laid = movable.slope(name)
        laid.numbers.update(dict.fromkeys(dict(chain.fixed), 0.0))
        made = read_jax.floats(parts(laid, dict.fromkeys(given, 0.0)))
        sizes = movable.sizes(laid)
        return (np.append(sizes, np.zeros(len(made[0]) - len(sizes))), *made[1:])

    here = movable.laid({})
    here.numbers.update(dict(chain.fixed))
    values, found = read_jax.slopes(shape, parts(here, given), [tangent(name) for name in inputs])
    count = len(movable.outputs)
    return {n: v[:count, 0] for n, v in values.items()}, {n: v[:, :count, 0] for n, v in found.items()}


def _follow(study: Study) -> dict[str, str]:
    """Givens that are numbers of the evidence: classes of the setting, and what is not known of the person."""
    person = study.patient
    slow = study.setting.slow or ("s_ad" if person.new_antidepressant else "s_nat")
    usual = {
        "base": ("base_mean", person.madrs), "SBP_0": ("sbp_0", person.sbp), "HR_0": ("hr_0", person.heart_rate),
        "DBP_0": ("dbp_0", person.sbp if person.dbp is None else person.dbp),
    }  # fmt: skip
    unknown = {name: number for name, (number, fact) in usual.items() if fact is None}
    return {"n_class": study.setting.fast, "s_class": slow, **unknown}


def _inputs(
    movable: MovablePlan, chain: Chain, want: tuple[str, ...], by: Iterable[str], follow: dict[str, str]
) -> tuple[str, ...]:  # fmt: skip
    """What slopes are wanted in. Refused: a name that is none."""
    asked = names_of(by, "by")
    if not asked:
        reached = chain.upstream(want)
        needed = {n for name in reached for n in _numbers(chain, name)} - GIVEN
        needed |= {number for name, number in follow.items() if name in reached}
        needed |= {"grace"} & set(movable.values) if "over" in reached else set()
        return tuple(n for n in movable.values if n in needed or n.startswith(("dose ", *movable.plan.codes)))
    for name in asked:
        if name not in movable.values:
            near = get_close_matches(name, movable.values, n=1, cutoff=0.4) or ["P50"]
            rule = "An evidence name, or `dose 2 amount`, `dose 2 time`, `dose 2 duration` of an infusion."
            raise Refused(f"no slope in {name!r}", rule, (near[0],), Place(field="by"))
    return asked


def _numbers(chain: Chain, name: str) -> tuple[str, ...]:
    try:
        return chain[name].numbers
    except KeyError:
        return ()


def _row(
    chain: Chain, ledger: Ledger, movable: MovablePlan, of: str, at_h: float, value: float, which: str, slope: float
) -> dict[str, Any]:  # fmt: skip
    unit, factor = DOOR_UNITS.get(chain[of].unit, (chain[of].unit, 1.0))
    number = ledger.get(which)
    own = (
        number.unit if number else DOSE_UNITS.get(which.rsplit(" ", 1)[-1], {"WT": "kg", "AGE": "years"}.get(which, ""))
    )
    into = units.factor(own) if number else 1.0
    here, later = movable.values[which], which.endswith(" time")
    return {
        "of": of, "at_h": at_h, "value": value * factor, "unit": unit, "input": which, "input_value": here / into,
        "input_unit": own, "slope": slope * factor * into, "step": "1 min" if later else "1 %",
        "moves": slope * factor * (units.factor("min") if later else here * units.factor("%")),
    }  # fmt: skip
