"""One infusion on one log-time axis, ten minutes to four weeks: the causal story in six strips."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..engine.grid import TICK_H
from ..engine.last import Last
from ..mechanism import cuts
from ..mechanism.read_numpy import Run, run
from ..simulation import nodes, weeks
from ..simulation.minutes import WINDOW_H
from ..therapy.dose import mg_text
from .domain import domain
from .summary import Strip, Strips

if TYPE_CHECKING:
    from .outcome import Outcome, PlanResult

Array = NDArray[np.float64]
POINTS = np.geomspace(1 / 6, 672.0, 121)
# each on the largest of the grid's steps that moves it by less than 2 %, so that few steps lie between two of them
MOVE_H = TICK_H * 2.0 ** np.floor(np.log2(0.04 * POINTS / TICK_H))
TIME_H = np.unique(np.minimum(np.round(POINTS / MOVE_H) * MOVE_H, POINTS[-1]))
SURGE_H = 2.0
SLOW_H = np.unique([*TIME_H[::2], TIME_H[-1]])  # mood turns slowly: every second time will do
FAINT = 0.05  # a strip has started, and is over, at this part of its peak


def span(hours: float) -> str:
    """A time for people: minutes to 120, hours to 48, then days."""
    if hours <= 2:
        return f"{hours * 60:.0f} min"
    return f"{hours:.0f} h" if hours <= 48 else f"day {hours / 24:.0f}"


def timing(time: Array, y: Array) -> tuple[str, str, str]:
    """When a curve starts, peaks and is over."""
    seen = np.flatnonzero(y > FAINT * y.max()) if y.max() > 0 else np.array([], int)
    if not len(seen):
        return "", "", ""
    last = seen[-1]
    over = f"after {span(time[-1])}" if last == len(time) - 1 else span(time[last])
    return span(time[seen[0]]), span(time[int(y.argmax())]), over


def strips(out: Outcome, result: PlanResult) -> Strips:
    """Strips of the first session of a plan, alone: the typical person, mood as the mean over people."""
    plan = replace(result.plan, first_only=True)
    typical = _typical(out, plan, result)
    mood = _mood(out, plan, result, typical)
    doses = plan.doses
    end = max(d.time_h + d.duration_h for d in doses)

    def strip(name: str, sub: str, node: str, note: str, scaled: bool = False, factor: float = 1.0) -> Strip:
        link = out.chain.link_of(node)
        y = typical.at(node, TIME_H)[:, 0] * factor
        fine = typical.nodes(node)[:, 0]
        size = float(fine.max()) if scaled and fine.max() > 0 else 1.0
        return Strip(name, sub, link.sure, link.species, y / size, scaled, note, *timing(typical.grid.time, fine), size)

    level = typical.nodes("ketamine_arterial")[:, 0].max() * 1e3
    scores = (typical.nodes("CADSS")[:, 0].max(), typical.nodes("dSBP")[:, 0].max())
    link = out.chain.link_of("MADRS")
    total = np.asarray(sum(mood))
    inside = domain(out, result).inside
    said = f"lifts by {total.max():.0f} points" if inside else "outside the fitted data"
    return Strips(
        TIME_H, end, f"{mg_text(sum(d.mg_base for d in doses))}",
        strip("Blood", "ketamine", "ketamine_arterial", f"{level:.0f} ng/mL at its peak", factor=1e3),
        strip("Receptor", "NMDA block", "occupancy", "timing and sign only", True),
        strip("Glutamate", "the surge", "G", "timing and sign only", True),
        strip("New connections", "synapses", "synapses", "timing and sign only", True),
        strip("Body", "dissociation", "CADSS", f"CADSS {scores[0]:.0f}"),
        strip("Body", "pressure", "dSBP", f"systolic +{scores[1]:.0f} mmHg"),
        Strip("Mood", "points gained on MADRS", link.sure, link.species, total, False,
              said, *timing(TIME_H, total)),
        *mood, _surge(typical),
    )  # fmt: skip


def _surge(typical: Run) -> float:
    """Area of glutamate over the first two hours of the typical person."""
    time, y = typical.grid.time, typical.nodes("G")[:, 0]
    early = time <= SURGE_H
    return float(np.trapezoid(y[early], time[early]))


def _typical(out: Outcome, plan: Any, result: PlanResult) -> Run:
    grid = plan.grid([*TIME_H, *np.arange(0, WINDOW_H, 4 * TICK_H)])
    want = ["ketamine_arterial", "occupancy", "G", "synapses", "CADSS", "dSBP"]
    want += ["MADRS", "Ed", "Ef", "Es"] if out.alone else []
    base = out.numbers["base_mean"] if out.patient.madrs is None else float(out.patient.madrs)
    given = {
        **plan.signals(grid, 1), **weeks.classes(out.setting, out.patient, out.numbers), "base": base,
        "responder": np.array([1.0, 0.0]), "nasal": plan.nasal,
        "perceived": result.weight_of_hope,
    }  # fmt: skip
    return run(result.chain, want, grid, out.numbers, given, [*plan.inputs(), *plan.visits()], (2,))


def _mood(out: Outcome, plan: Any, result: PlanResult, typical: Run) -> tuple[Array, Array, Array]:
    """Points gained by drug, hope and time: means over people, or the two medians weighed for one person."""
    people = out.people
    if people is None or result.weeks is None:
        ed, ef, es = (np.broadcast_to(typical.at(name, TIME_H), (len(TIME_H), 2)) for name in ("Ed", "Ef", "Es"))
        base = float(typical.values["base"].max())
        share = _share(out, plan)
        left = base * (1 - es[:, 0])
        return left * (1 - ef[:, 0]) * ed[:, 0] * share, left * ef[:, 0], base * es[:, 0]
    trunk = nodes.trunk(
        out.chain, plan, out.draws, SLOW_H, matched=False, visits=out.shelf.setdefault("visits", Last())
    )
    if cuts.drug_gone(result.cut):
        trunk = replace(trunk, X=np.zeros_like(trunk.X))
    full = weeks.scores(
        result.chain, plan, trunk, SLOW_H, people, out.draws, out.setting, out.patient, result.weight_of_hope,
        result.weeks.log_xi,
    )  # fmt: skip
    means = (part.mean(axis=(1, 2)) for part in (full.drug, full.hope, full.spent))
    return tuple(np.interp(np.log(TIME_H), np.log(SLOW_H), y) for y in means)


def _share(out: Outcome, plan: Any) -> float:
    from ..mechanism.read_numpy import evaluate

    return float(evaluate(out.chain, ["share"], {}, out.numbers, {"nasal": plan.nasal})["share"])
