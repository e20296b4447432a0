"""The same bits for a person whoever else is there, and the same bytes for a command that is run again."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..engine.grid import Grid
from ..full_runs import everybody
from ..mechanism import Chain
from ..mechanism.read_numpy import run
from ..simulation.plan import CompiledPlan
from ..study import FULL, Study
from ..therapy.course import Course
from ..therapy.population import Population
from .verify_seen import Seen, Size

COURSES = (
    "0.5 mg/kg over 33.7 min, every 37 h, 2 times, then 2 x 28 mg",
    "1 mg/kg, sublingual, every 26 h, 2 times, then 0.5 mg/kg, im",
)
WANT = ("MADRS", "CADSS", "SBP", "ketamine_arterial", "norketamine")
PEOPLE = 12
TIMES = (0.0, 0.7, 2.0, 40.0, 168.0)
PLAN = "0.5 mg/kg over 33.7 min, every 3.1 d, 3 times"
# Ends the folder itself, so that none is left where whoever asked is stopped meanwhile. The report quotes the command
# that made it, with this folder.
COMMANDS = f"""
import pathlib, sys, tempfile
from resynapse.cli.main import app
plan = ["simulate", {PLAN!r}, "--population", "12x10", "--seed", "3"]
with tempfile.TemporaryDirectory() as folder:
    report = pathlib.Path(folder, "report.html")
    for more in (["--json"], ["--out", str(report), "--date", "2026-01-01"]):
        if app([*plan, *more], standalone_mode=False):
            sys.exit(1)
    sys.stdout.write("\\0" + report.read_text("utf-8").replace(str(report), "report.html"))
"""


def bits(size: Size) -> list[Seen]:
    """People with kinetics of their own: each alone, in parts, in another order."""
    everyone, differing = np.arange(PEOPLE), dict.fromkeys(("alone", "in parts", "in another order"), 0)
    order = np.random.default_rng(size.seed).permutation(PEOPLE)
    for text in COURSES:
        crowd = Crowd.of(text, size.seed)
        whole = crowd.told(everyone)
        groups: dict[str, list[Any]] = {
            "alone": [[k] for k in everyone],
            "in parts": [everyone[:5], everyone[5:]],
            "in another order": [order],
        }
        for how, parts in groups.items():
            for who in parts:
                part = crowd.told(np.array(who))
                differing[how] += sum(int((part[n] != whole[n][..., who]).sum()) for n in WANT)
    count = PEOPLE * len(COURSES)
    return [Seen(f"a person {how}", count, float(n), 0.0, "values that differ") for how, n in differing.items()]


@dataclass(frozen=True)
class Crowd:
    """People on a plan, each with numbers of their own, whom any of may be asked for."""

    chain: Chain
    plan: CompiledPlan
    grid: Grid
    numbers: dict[str, Any]
    given: dict[str, Any]

    @staticmethod
    def of(text: str, seed: int) -> Crowd:
        """All of them on a plan as text."""
        study = Study.of(Population(draws=PEOPLE, people=1), seed=seed, effort=replace(FULL, own=PEOPLE))
        plan = study.compiled(Course.parse(text))
        chain = study.between(study.chain, plan)
        numbers, given = everybody(study, chain, plan)
        return Crowd(chain, plan, plan.grid([*TIMES, *(i.time for i in plan.inputs(numbers))]), numbers, given)

    def told(self, who: Any) -> dict[str, Any]:
        """Names at all steps, (3, K, some), of some of them."""
        numbers, given = ({n: v[who] if np.ndim(v) else v for n, v in d.items()} for d in (self.numbers, self.given))
        inputs, given = [*self.plan.inputs(numbers), *self.plan.visits()], given | self.plan.signals(self.grid, 1)
        out = run(self.chain, WANT, self.grid, numbers, given, inputs, (len(who),))
        return {name: np.broadcast_to(out.full(name), (3, self.grid.steps, len(who))) for name in WANT}


def bytes_(_: Size) -> list[Seen]:
    """A whole answer and a whole report by the command, each in a process of its own: again, on one thread of
    ours and of the library, and on five of the library."""
    usual = _digests()
    others = {
        "again": _digests(), "on one thread": _digests(one=True, OPENBLAS_NUM_THREADS="1"),
        "on 5 threads of the library": _digests(OPENBLAS_NUM_THREADS="5"),
    }  # fmt: skip
    return [
        Seen(f"answer and report, {how}", 2, float(sum(a != b for a, b in zip(usual, found, strict=True))), 0.0,
             "files that differ")
        for how, found in others.items()
    ]  # fmt: skip


def _digests(one: bool = False, **environment: str) -> tuple[str, str]:
    """SHA-256 of the JSON answer and of the report; one: on one thread of ours."""
    fewer = "from resynapse.engine import threads; threads.MOST = 1\n" if one else ""
    done = subprocess.run(
        [sys.executable, "-c", fewer + COMMANDS], capture_output=True, check=False, env={**os.environ, **environment}
    )
    if done.returncode:
        raise RuntimeError(f"the command ended with {done.returncode}: {done.stderr.decode(errors='replace')[-2000:]}")
    said, _, written = done.stdout.partition(b"\0")
    return hashlib.sha256(said).hexdigest(), hashlib.sha256(written).hexdigest()
