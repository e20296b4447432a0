"""Validate safety: published figures of sessions beside the model's: dissociation, pressure, sedation, leaving.

One session of people with kinetics of their own, at as many sites as draws: sites differ, people differ, and a trial
has its own n. The numbers of this part of the chain are fixed, so their ignorance is in no interval here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine.streams import normals
from ..evidence.observations import SafetyRow, safety
from ..mechanism import CHAIN, Chain
from ..mechanism.read_numpy import evaluate
from ..simulation import minutes
from ..simulation.plan import CompiledPlan
from ..study import Effort, Study
from ..therapy.course import Course
from ..therapy.patient import Patient
from ..therapy.population import Population
from .redrawn import tossed
from .validate_outcomes import Scored, Seen, checked, scored_by, seen

Array = NDArray[np.float64]
CLASSES = ("dissociation", "pressure", "event", "time")
OWN = 300  # people with kinetics of their own at every site
WEIGHT_KG = 75.0  # weights were not published; that of the notes' own table
OUTPUTS = {"CADSS": "CADSS", "dSBP": "dSBP", "DBP": "DBP", "HR": "HR"}
STARTS = {"DBP": "DBP_0", "HR": "HR_0"}  # what is said of these is a rise
Spec = Mapping[str, str]


@dataclass(frozen=True)
class Session:
    """One session of one regimen. drive: (M, own) at `time` (h); model: CADSS and pressures of any drive."""

    chain: Chain
    time: Array
    drive: Array
    numbers: Mapping[str, Any]
    given: Mapping[str, Any]

    def read(self, name: str, drive: Array) -> Array:
        """A read-out at a drive (own,), of everybody at every site, (sites, own); of pressures the rise."""
        value = evaluate(self.chain, [OUTPUTS[name]], {"drive": drive[None, :]}, self.numbers, self.given)[
            OUTPUTS[name]
        ]
        value = value - (self.given[STARTS[name]] if name in STARTS else 0.0)
        sites = len(self.given["z_site"])
        return np.asarray(np.broadcast_to(value, (sites, drive.shape[-1])))

    def at(self, hours: float) -> Array:
        """Drive at a time, (own,)."""
        k = int(np.searchsorted(self.time, hours - 1e-9))
        return np.asarray(self.drive[min(k, len(self.time) - 1)])

    def middle(self, name: str) -> Array:
        """Mean over people at the median site, (M,)."""
        still = {k: np.zeros((1, 1)) if k in ("z_site", "z_site_BP") else v for k, v in self.given.items()}
        one = Session(self.chain, self.time, self.drive, self.numbers, still)
        return np.array([one.read(name, d).mean() for d in self.drive])


@dataclass(frozen=True)
class Sessions:
    """Sites and people that all rows share."""

    seed: int
    sites: int
    own: int = OWN
    shelf: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def study(self) -> Study:
        """The study whose people these are, at published numbers."""
        each = -(-self.own // self.sites)
        who = Population(Patient(weight=f"{WEIGHT_KG:g} kg"), self.sites, each)
        return Study.of(who, until=24.0, seed=self.seed, effort=Effort(own=self.own), common={"draws": {}})

    def session(self, spec: Spec) -> Session:
        """The session of a row; rows of one regimen share it."""
        key = tuple((k, spec.get(k, "")) for k in ("drug", "route", "mgkg", "mg", "min", "then", "f", "sdz", "session"))
        key = (*key, ("pool", spec.get("pool", "")))
        if key not in self.shelf:
            self.shelf[key] = self._made(spec)
        found: Session = self.shelf[key]
        return found

    def _made(self, spec: Spec) -> Session:
        study, crowd = self.study, self.study.people
        assert crowd is not None
        volunteers = {"f_patient": float(spec["f"]), "sd_CADSS": float(spec["sdz"])} if "f" in spec else {}
        chain = CHAIN.fix(**volunteers) if volunteers else CHAIN
        plan = CompiledPlan(Course.parse(course(spec)), WEIGHT_KG, study.numbers)
        _, own = study.own_in(plan, 1)
        one = minutes.own_session(chain, plan, own, 1)
        seen = minutes.session(chain, plan, one, own, crowd, study.body, 1, 1)
        given: dict[str, Any] = {**study.body, "session": float(spec.get("session", 1))}
        for node in chain:
            if node.kind == "vary":
                value = crowd.variates[node.name]
                given[node.name] = value[:, :1] if node.by == "draw" else crowd.own(node.name)[None, :]
        if "pool" in spec:  # many sites at once: what is left of their differences is in the published interval
            given |= {name: np.zeros_like(given[name]) for name in ("z_site", "z_site_BP")}
        return Session(chain, seen.time, np.asarray(seen.drive), {**study.numbers, **own}, given)

    def drawn(self, row: SafetyRow) -> tuple[Array, Array] | None:
        """What each site has with endlessly many people, and what a trial there would have printed, (sites,) each."""
        if not row.spec:
            return None
        spec = dict(part.split("=", 1) for part in row.spec.split(";"))
        people = self._people(spec)
        if people is None:
            true = np.full(self.sites, self._peak_min(spec))
            return true, true
        if row.unit == "%":
            true = 100 * people.mean(axis=1)
            return true, tossed(true, row.n, self.seed, f"sampled:{row.id}") if row.n else true
        sd, z = people.std(axis=1, ddof=1), normals(self.seed, f"sampled:{row.id}", 1, self.sites)[0]
        if spec.get("stat") == "sd":
            return sd, sd + z * sd / np.sqrt(2 * (row.n - 1))
        true = people.mean(axis=1)
        error = sd / np.sqrt(row.n) if row.n else np.full_like(true, row.se or 0.0)
        return true, true + z * error

    def _people(self, spec: Spec) -> Array | None:
        """Everybody's value, or whether it holds of them, (sites, own); None for the time of a peak."""
        s, what = self.session(spec), spec["out"]
        if what == "sedated":
            p = evaluate(s.chain, ["p_sedated"], {}, s.numbers, s.given)["p_sedated"]
            return np.broadcast_to(1 - (1 - p) ** int(spec["sessions"]), (self.sites, s.drive.shape[1]))
        if what == "ready":
            return self._ready(s, float(spec["at"]) / 60)
        if spec.get("peak") == "time":
            return None
        if "above" in spec or spec.get("peak") == "own":
            value = s.read(what, s.drive.max(axis=0))
            return (value > float(spec["above"])).astype(float) if "above" in spec else value
        hours = float(spec["at"]) / 60 if "at" in spec else s.time[int(np.argmax(s.middle(what)))]
        return s.read(what, s.at(hours))

    def _peak_min(self, spec: Spec) -> float:
        s = self.session(spec)
        return float(60 * s.time[int(np.argmax(s.middle(spec["out"])))])

    def _ready(self, s: Session, hours: float) -> Array:
        """Whether nobody's limits are passed from a time on; sedation by its chance."""
        n, later = s.numbers, s.drive[s.time >= hours - 1e-9].max(axis=0)
        awake = later <= n["part_sed"] * s.drive.max(axis=0)
        p = evaluate(s.chain, ["p_sedated"], {}, s.numbers, s.given)["p_sedated"]
        within = (s.read("CADSS", later) <= n["leave_CADSS"]) & (s.read("dSBP", later) <= n["leave_SBP"])
        return np.asarray(within * np.where(awake, 1.0, 1 - p))


@dataclass(frozen=True)
class SafetyValidation:
    """Rows drawn from shared sites. left_out: rows that the model has no output for, or that cannot be simulated."""

    sessions: Sessions

    @cached_property
    def seen(self) -> tuple[Seen, ...]:
        """Rows with a figure of the model, in the order of the table."""
        found = ((row, self.sessions.drawn(row)) for row in safety())
        return tuple(seen(row, *both, row.drug == "none") for row, both in found if both is not None)

    @property
    def left_out(self) -> tuple[SafetyRow, ...]:
        """The others."""
        return tuple(row for row in safety() if not row.spec)

    @cached_property
    def scored(self) -> tuple[Scored, ...]:
        """By role and class."""
        return scored_by(self.seen, CLASSES)


def safety_validation(seed: int = 1, draws: int = 1000, own: int = OWN) -> SafetyValidation:
    """The rows of safety at as many sites as `draws`. Refused outside the counts that make sense."""
    checked(draws=draws)
    return SafetyValidation(Sessions(seed, draws, own))


def course(spec: Spec) -> str:
    """The regimen of a row in the language of plans."""
    dose = f"{spec['mgkg']} mg/kg" if "mgkg" in spec else f"{int(spec['mg']) // 28} x 28 mg"
    if spec["route"] == "nasal":
        return dose
    over = f" over {spec['min']} min" if "min" in spec else f", {spec['route']}"
    return dose + over + (f", then {spec['then']}" if "then" in spec else "")
