"""Everyone followed through the whole chain with kinetics of their own: the check of the nine exposures, and the
tool where levels matter.

>>> import resynapse as rs
>>> rs.everyone("2 x 28 mg, tue fri, 2 weeks", rs.Population.trd(n=400), want=("norketamine", "MADRS"), at="14 d")
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from difflib import get_close_matches
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from . import units
from .errors import Place, Refused
from .mechanism import Chain
from .mechanism.read_numpy import evaluate, run
from .outcome.outcome import DOOR_UNITS
from .simulation import weeks
from .simulation.plan import CompiledPlan
from .study import FULL, LONGEST_H, Study
from .therapy.course import Course
from .therapy.population import Population
from .therapy.setting import Setting
from .version import __version__

if TYPE_CHECKING:
    import xarray as xr

Array = NDArray[np.float64]
READERS = ("jax", "numpy")
NUMBERS = (int, float, np.integer, np.floating)
PART = 400  # people that NumPy runs at a time: bounds memory, and changes no bit


def everyone(
    course: Course | str, people: Population | None = None, *, want: Iterable[str] = ("MADRS",),
    at: str | float | Iterable[str | float] = ("24 h", "7 d"), seed: int = 1, setting: Setting | str = "masked trial",
    reader: str = "",
) -> xr.Dataset:  # fmt: skip
    """States and read-outs of every person of a population, (time, draw, person), in people's units.

    want: names of the chain (`resynapse evidence` and docs/equations.md list them). at: times since the start, text or
    hours. reader: `jax` (the extra `fast`; many people) or `numpy`; JAX where it is installed, if nothing is said. The
    two agree to 1e-12. People, draws and seeds are those of `simulate`; what a person absorbs in the first session
    serves the whole course. Refused: a name, a time or a reader that is none.
    """
    import xarray as xr

    if people is not None and not hasattr(people, "draws"):
        cure = ("Population.like(Patient())",)
        raise Refused("people is no Population", "People share a Patient's facts.", cure, Place(field="people"))
    population = people or Population()
    times, reader = hours(at), reader_of(reader)
    place = Setting.named(setting) if isinstance(setting, str) else setting
    study = Study.of(population, seed=seed, setting=place, effort=replace(FULL, own=population.n))
    plan = study.compiled(Course.parse(course) if isinstance(course, str) else course)
    chain, names = study.between(study.chain, plan), known(study.chain, want)
    found = _read(reader, chain, names, plan, study, times)
    shape = (len(times), population.draws, population.people)
    variables: dict[str, Any] = {}
    for name in names:
        unit, factor = DOOR_UNITS.get(chain[name].unit, (chain[name].unit, 1.0))
        said = {"units": unit, "long_name": chain[name].label or chain[name].doc}
        variables[name] = (("time", "draw", "person"), found[name].reshape(shape) * factor, said)
    about = {"course": plan.course.text, "seed": seed, "person": study.patient.line, "setting": place.name}
    return xr.Dataset(
        variables, {"time": ("time", times, {"units": "h"})}, about | {"reader": reader, "resynapse": __version__}
    )


def _read(
    reader: str, chain: Chain, want: tuple[str, ...], plan: CompiledPlan, study: Study, times: Array
) -> dict[str, Array]:  # fmt: skip
    """Name to (times, everybody)."""
    numbers, given = everybody(study, chain, plan)
    inputs = [*plan.inputs(numbers), *plan.visits()]
    grid = plan.grid([*times, *(i.time for i in inputs)])
    given |= plan.signals(grid, 1)
    count = study.population.n if study.population else 1
    if reader == "jax":
        from .mechanism import read_jax

        return read_jax.run(chain, want, grid, numbers, given, inputs, count, times)
    parts = []
    for first in range(0, count, PART):
        who = slice(first, first + PART)
        some = [replace(i, amount=_some(i.amount, who, count)) for i in inputs]
        ours, theirs = ({n: _some(v, who, count) for n, v in d.items()} for d in (numbers, given))
        batch = (min(PART, count - first),)
        out = run(chain, want, grid, ours, theirs, some, batch)
        parts.append({name: np.broadcast_to(out.at(name, times), (len(times), *batch)) for name in want})
    return {name: np.concatenate([p[name] for p in parts], axis=1) for name in want}


def _some(value: Any, who: slice, count: int) -> Any:
    return value[who] if np.shape(value) == (count,) else value


def everybody(study: Study, chain: Chain, plan: CompiledPlan) -> tuple[dict[str, Any], dict[str, Any]]:
    """Numbers and givens of each person of a study in which all have their own kinetics: floats or (people,)."""
    crowd = study.people
    assert crowd is not None
    who = (crowd.own_draw, crowd.own_person)
    drawn = {name: value[crowd.own_draw, 0] for name, value in study.draws.items()}
    numbers = {**study.numbers, **drawn, **study.own_in(plan, 1)[1]}
    own = {name: crowd.own(name) for name in crowd.variates}
    given = {
        **study.given(plan, study.hope(plan)), **weeks.classes(study.setting, study.patient, numbers), **own,
        "base": crowd.base[who], "xi": np.exp(plan.omega_own * crowd.z_xi[who]),
    }  # fmt: skip
    share = evaluate(chain, ["share"], {}, numbers, given)["share"]
    return numbers, given | {"responder": (crowd.rank[who] < share).astype(float)}


def hours(at: str | float | Iterable[str | float]) -> Array:
    """Times since the start, h, rising: text with a unit, or hours. Refused outside 0 h to 2 years."""
    found = []
    for time in several(at):
        place = Place(text=str(time)[:80], end=len(str(time)[:80]), field="at")
        if isinstance(time, str):
            try:
                value = units.quantity(time, "time")
            except Refused as no:
                raise Refused(no.cause, f"{no.rule} Times have a unit.", ("24 h",), place) from None
        elif isinstance(time, (bool, np.timedelta64)) or not isinstance(time, NUMBERS):
            raise Refused(f"{time!r} is no time", "Text with a unit, or a number of hours.", ("24 h",), place)
        else:
            value = np.inf if time > LONGEST_H else float(time)  # a whole number may be too large for a float
        if not 0 <= value <= LONGEST_H:
            raise Refused(f"{time} is outside 0 h to 2 years", "Times since the start.", ("24 h",), place)
        found.append(value)
    if not found:
        raise Refused("no time", "One time since the start, or more.", ("24 h",), Place(field="at"))
    return np.unique(found)


def several(value: Any) -> list[Any]:
    """What was asked for, as a list, where one of a kind may stand alone."""
    if isinstance(value, np.ndarray):
        return list(np.ravel(value))
    return list(value) if isinstance(value, Iterable) and not isinstance(value, (str, bytes)) else [value]


def names_of(value: Any, field: str) -> tuple[str, ...]:
    """Names, each once. Refused: what is no text."""
    names = several(value)
    for name in names:
        if not isinstance(name, str):
            raise Refused(f"{name!r} is no name", "Names are text.", ("MADRS",), Place(field=field))
    return tuple(dict.fromkeys(names))


def known(chain: Chain, want: str | Iterable[str], field: str = "want") -> tuple[str, ...]:
    """States and read-outs by name. Refused: a name that the chain does not compute, or none at all."""
    made = [n.name for n in chain if n.kind in ("compartment", "effect", "readout")]
    names = names_of(want, field)
    for name in names:
        if name not in made:
            near = get_close_matches(name, made, n=1, cutoff=0.4) or ["MADRS"]
            rule = "A state or read-out of the chain, as docs/equations.md lists them."
            raise Refused(f"{name!r} is none of the chain's", rule, (near[0],), Place(field=field))
    if not names:
        raise Refused("no name", "One state or read-out, or more.", ("MADRS",), Place(field=field))
    return names


def reader_of(asked: str) -> str:
    """The reader that is asked for, or the fastest there is. Refused: one that is none, or not installed."""
    here = find_spec("jax") is not None
    if not asked:
        return "jax" if here else "numpy"
    if asked not in READERS:
        raise Refused(f"{asked!r} is no reader", f"One of {', '.join(READERS)}.", READERS, Place(field="reader"))
    if asked == "jax" and not here:
        raise needs_fast("the reader jax", "reader")
    return asked


def needs_fast(what: str, field: str = "") -> Refused:
    """What is said where JAX is not installed."""
    return Refused(f'{what} needs the extra fast: pip install ".[fast]"', place=Place(field=field))
