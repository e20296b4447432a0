"""Slopes: how much an answer moves with each number of the evidence, and with each dose's amount, time and duration.

>>> import resynapse as rs
>>> rs.slopes("0.5 mg/kg over 40 min, mon wed fri, 2 weeks", rs.Patient(weight="82 kg"), of="MADRS", at="14 d")
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
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
from .mechanism.routes import ROUTES
from .outcome.outcome import DOOR_UNITS
from .simulation import weeks
from .simulation.movable import Laid, MovablePlan
from .simulation.plan import CompiledPlan, prefix
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
    set by. The weight of hope follows, where doses are hard to notice. A visit moves with the
    first dose of its session; sessions keep their numbers. Columns: of, at_h, value, unit, input, input_value,
    input_unit, slope (units of value per unit of input), step (1 %, or 1 min later) and moves (what such a step does,
    in units of the value). Needs the extra `fast`. Refused: a name that is none, a population.
    """
    if find_spec("jax") is None:
        raise needs_fast("slopes")
    import pandas as pd

    told: Any = person
    if not isinstance(told, Patient | None):
        rule = "Slopes are those of one person: give a Patient."
        raise Refused("person is no Patient", rule, ('Patient(weight="82 kg")',), Place(field="person"))
    if not isinstance(responder, bool | np.bool_):
        raise Refused(f"responder is {responder!r}", "True or False.", ("True", "False"), Place(field="responder"))
    place = Setting.named(setting) if isinstance(setting, str) else setting
    study = Study.of(person, setting=place)
    plan = study.compiled(Course.parse(course) if isinstance(course, str) else course)
    chain, times = study.between(study.chain, plan), hours(at)
    names, movable = known(chain, of, "of"), movable_in(study, plan, times, responder)
    inputs = _inputs(movable, chain, names, by)
    values, found = gradient(chain, names, movable, inputs)
    rows = [
        _row(chain, study.ledger, movable, name, float(time), values[name][k], which, found[name][j, k])
        for name in names
        for k, time in enumerate(times)
        for j, which in enumerate(inputs)
    ]
    table = pd.DataFrame(rows)
    return table.loc[(-table["moves"].abs()).sort_values(kind="stable").index].reset_index(drop=True)


def movable_in(study: Study, plan: CompiledPlan, times: Iterable[float], responder: bool = True) -> MovablePlan:
    """A plan in the one person of a study, read at times, h."""
    hope, one = study.hope(plan), {"responder": float(responder)}
    moves = _hope_moves(study, plan) if hope < 1 else lambda _: {}
    return MovablePlan(plan, tuple(times), lambda numbers: study.given(plan, hope, numbers) | one, moves)


def _hope_moves(study: Study, plan: CompiledPlan) -> Callable[[str], dict[str, float]]:
    """How the weight of hope moves with an input, where doses are hard to notice: by differences over four places, as
    it is a largest value over a run, against that of the reference dose."""
    chain, seen = study.chain, MovablePlan(plan, tuple(plan.starts + weeks.NOTICED_H), lambda _: {})

    def weight(changed: dict[str, float]) -> float:
        peak = float(seen.run(chain, ["p_perceived"], changed).nodes("p_perceived").max())
        other = weeks.reference(replace(plan, numbers=seen.laid(changed).numbers))
        return peak / weeks.noticed(chain, other)

    def moves(name: str) -> dict[str, float]:
        value = seen.values[name]
        step = 1e-3 * (1.0 if name.endswith(" time") else abs(value) or 1.0)
        low, below, above, high = (weight({name: value + k * step}) for k in (-2, -1, 1, 2))
        return {"perceived": (low - 8 * below + 8 * above - high) / (12 * step)}

    return moves


def gradient(
    chain: Chain, want: tuple[str, ...], movable: MovablePlan, inputs: tuple[str, ...]
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Values at the plan's outputs, (times,), and their slopes in each of the inputs, (inputs, times), by name; all in
    canonical units. inputs: of `movable.values`."""
    from .mechanism import read_jax

    shape, grid = read_jax.shape_of(chain, want, moving=True), movable.grid.grid
    nodes = movable.seen_at, movable.entering

    def parts(laid: Laid) -> read_jax.Data:
        told = laid.given | movable.signals
        return read_jax.data_of(shape, grid, nodes[0], laid.numbers, told, laid.inputs, nodes[1])

    def tangent(name: str) -> Any:
        laid = movable.slope(name)
        laid.numbers.update(dict.fromkeys(dict(chain.fixed), 0.0))
        made = read_jax.floats(parts(laid))
        sizes = movable.sizes(laid)
        return (np.append(sizes, np.zeros(len(made[0]) - len(sizes))), *made[1:])

    here = movable.laid({})
    here.numbers.update(dict(chain.fixed))
    values, found = read_jax.slopes(shape, parts(here), [tangent(name) for name in inputs])
    count = len(movable.outputs)
    return {n: v[:count, 0] for n, v in values.items()}, {n: v[:, :count, 0] for n, v in found.items()}


def _inputs(movable: MovablePlan, chain: Chain, want: tuple[str, ...], by: Iterable[str]) -> tuple[str, ...]:
    """What slopes are wanted in. Refused: a name that is none."""
    asked = names_of(by, "by")
    if not asked:
        upstream = chain.upstream(want)
        needed = {n for name in upstream for n in _numbers(chain, name)}
        found = (n for n in movable.values if n in needed or _enters(movable, n, upstream))
        return tuple(n for n in found if not n.startswith(_other_routes(movable)))
    for name in asked:
        if name not in movable.values:
            near = get_close_matches(name, movable.values, n=1, cutoff=0.4) or ["P50"]
            rule = "An evidence name, or `dose 2 amount`, `dose 2 time`, `dose 2 duration` of an infusion."
            raise Refused(f"no slope in {name!r}", rule, (near[0],), Place(field="by"))
    return asked


def _other_routes(movable: MovablePlan) -> tuple[str, ...]:
    """What names begin with that only routes of no dose of the plan go by."""
    return tuple({prefix(route) for route in ROUTES} - set(movable.plan.codes))


def _enters(movable: MovablePlan, name: str, upstream: set[str]) -> bool:
    """Whether doses, their times or what the chain is told go by an input, beside what its equations take."""
    laid = movable.slope(name)
    told = [value for given, value in laid.given.items() if given in upstream]
    return any(map(bool, (*laid.events, *(i.amount for i in laid.inputs), *told)))


def _numbers(chain: Chain, name: str) -> tuple[str, ...]:
    """Numbers that an equation takes; the usual value of what is told moves only where nothing else is told."""
    try:
        node = chain[name]
    except KeyError:
        return ()
    return () if node.kind == "given" else node.numbers


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
