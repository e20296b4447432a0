"""The other readers of the same declarations against NumPy: JAX, its slopes, and the SBML export in libRoadRunner."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..derivatives import gradient, movable_in
from ..evidence import load
from ..full_runs import everyone
from ..mechanism import CHAIN
from ..mechanism.read_numpy import run
from ..oracles.notes import apart
from ..oracles.regimens import worst_of
from ..simulation.movable import MovablePlan
from ..simulation.plan import CompiledPlan
from ..study import Study
from ..therapy.course import Course
from ..therapy.patient import Patient
from ..therapy.population import Population
from .verify_seen import THOUSANDTH, Seen, Size, Worst

Array = NDArray[np.float64]
PLAN = "0.5 mg/kg over 33.7 min, every 37 h, 2 times, then 2 x 28 mg, then 0.2 mg/kg, iv"
WANT = ("ketamine_arterial", "L", "MADRS", "CADSS")
AT = (0.3, 2.0, 37.2, 74.3, 76.5, 168.0)  # away from where a dose begins: there slopes have two sides
INPUTS = (
    "P50", "tauF", "Emax", "KiS", "CLint_S", "WT", "IN_Fn1", "theta", "dose 1 amount", "dose 3 amount",
    "dose 2 time", "dose 4 time", "dose 1 duration", "dose 2 duration",
)  # fmt: skip
AFTER = 1e-3  # h: a document holds 15 digits of a time, so it is read so long after an event


def jax_values(size: Size) -> list[Seen]:
    """People with kinetics and draws of their own."""
    people = Population(draws=40, people=1)
    ours, theirs = (everyone(PLAN, people, want=WANT, at=AT, seed=size.seed, reader=r) for r in ("jax", "numpy"))
    worst = []
    for name in WANT:
        got, want = (data[name].to_numpy().reshape(len(AT), -1) for data in (ours, theirs))
        scale = np.maximum(np.abs(want), 1e-3 * np.abs(want).max(axis=0))
        worst.append(float((np.abs(got - want) / scale).max()))
    return [Seen("level, synapses, scores", 40, max(worst), 1e-12, THOUSANDTH)]


def slopes(_: Size) -> list[Seen]:
    """Slopes in numbers, amounts, times and durations against differences of NumPy over four places."""
    study = Study.of(Patient(weight="82 kg", age=70))
    movable = movable_in(study, study.compiled(Course.parse(PLAN)), AT)
    found = gradient(CHAIN, WANT, movable, INPUTS)[1]
    worst = Worst()
    for j, name in enumerate(INPUTS):
        error = slope_error(movable, WANT, name, np.stack([found[of][j] for of in WANT]))
        kind = f"in {name.split()[-1]}s of doses" if name.startswith("dose") else "in numbers"
        worst.note(kind, error)
    of = "the whole of the input, of the value or 1e-3 of its peak"
    return [Seen(kind, worst.count[kind], error, 1e-6, of) for kind, error in worst.worst.items()]


def slope_error(movable: MovablePlan, want: Sequence[str], name: str, ours: Array) -> float:
    """How far slopes (names, times) in one input are from NumPy's differences: for the whole of the input (an hour
    for times), of the value or a thousandth of its peak."""
    value = movable.values[name]
    whole = 1.0 if name.endswith("time") else abs(value) or 1.0
    at = {k: by_numpy(movable, want, {name: value + k * 1e-3 * whole}) for k in (-2, -1, 1, 2)}
    here = by_numpy(movable, want, {})
    scale = np.maximum(np.abs(here), 1e-3 * np.abs(here).max(axis=1, keepdims=True))
    slope = (at[-2] - 8 * at[-1] + 8 * at[1] - at[2]) / (12e-3 * whole)
    return float((np.abs(ours - slope) * whole / scale).max())


def by_numpy(movable: MovablePlan, want: Sequence[str], changed: dict[str, float]) -> Array:
    """Values (names, times) by NumPy where some inputs are others, the grid moved with them."""
    out = movable.run(CHAIN, want, changed)
    full, last = np.stack([out.full(name) for name in want]), out.grid.steps - 1
    return np.stack([full[:, 2, last] if k > last else full[:, 0, k] for k in movable.seen_at], axis=1)


def sbml(_: Size) -> list[Seen]:
    """The exported document, run by other software, against the engine on a fine grid."""
    from ..mechanism.read_sbml import document
    from ..mechanism.read_sbml_parts import Case

    numbers = {**load().values(), "WT": 82.0, "AGE": 70.0}
    plan = CompiledPlan(Course.parse(PLAN), 82.0, numbers, refine=4)
    drugs, visits = plan.inputs(), plan.visits()
    given = {"n_class": numbers["n_mid"], "s_class": numbers["s_nat"], "base": 31.0, "xi": 1.2}
    at = apart([*AT, *(i.time + AFTER for i in drugs)])
    text = document(Case(CHAIN, load(), numbers, (*drugs, *visits), given, tuple(plan.changes())))
    grid = plan.grid(at)
    out = run(CHAIN, list(WANT), grid, numbers, {**given, **plan.signals(grid, 0)}, [*drugs, *visits])
    want = {name: np.broadcast_to(out.at(name, at), len(at)) for name in WANT}
    errors = worst_of(by_roadrunner(text, at, WANT), want, WANT)
    return [Seen(name, len(at), error, 1e-7, THOUSANDTH) for name, error in errors.items()]


def by_roadrunner(document: str, at: Sequence[float], names: Sequence[str]) -> dict[str, Array]:
    """Values of an SBML document at times, h, by libRoadRunner's CVODE at a relative tolerance of 1e-9."""
    import roadrunner

    model = roadrunner.RoadRunner(document)
    model.integrator.relative_tolerance = 1e-9  # at 1e-10 it gives up after some events
    model.integrator.absolute_tolerance = 1e-12  # below that it stops where a depot has long been empty
    model.integrator.maximum_num_steps = 200_000
    model.resetToOrigin()  # `reset` would keep what events have changed
    out = np.asarray(model.simulate(times=[0.0, *at], selections=["time", *names]), float)
    return dict(zip(names, out[1:, 1:].T, strict=True))
