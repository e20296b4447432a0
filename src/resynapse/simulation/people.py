"""People: who they are in each draw, all from streams keyed by name, draw and person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..engine import normal
from ..engine.streams import even, normals, paired
from ..evidence import Ledger
from ..evidence.ledger import SESSION, Number
from ..mechanism import Chain, Node
from ..therapy.patient import Patient

Array = NDArray[np.float64]
OWN_KINETICS = 200  # people who also have their own kinetics
EVEN = ("responder", "z_slow", "z_fast", "z_X50", "xi", "base")  # what moves the mean score, most first
APART = ("s_HNK",)  # a scale between studies, not between people


@dataclass(frozen=True)
class People:
    """variates: name to (draws, people), or (draws, 1) where trials or sites differ.

    base: MADRS at the start; rank: place of each person in the order of who responds, uniform.
    own_draw, own_person: who has kinetics of their own.
    """

    seed: int
    draws: int
    people: int
    variates: dict[str, Array]
    base: Array
    z_xi: Array
    rank: Array
    own_draw: NDArray[np.intp]
    own_person: NDArray[np.intp]

    def own(self, name: str) -> Array:
        """A variate of those with their own kinetics, (own,)."""
        value = self.variates[name]
        return np.asarray(value[self.own_draw, np.minimum(self.own_person, value.shape[1] - 1)])


def gather(
    chain: Chain, patient: Patient, numbers: Mapping[str, Any], seed: int, draws: int, people: int,
    own: int = OWN_KINETICS, drawn: tuple[dict[str, Array], dict[str, Array]] | None = None,
) -> People:  # fmt: skip
    """The people of a population that shares a patient's facts; `own` of them with kinetics of their own.

    drawn: what `variates` gives, if it is at hand.
    """
    u, variates_ = drawn or variates(chain, seed, draws, people)
    each = min(people, -(-own // draws))
    who = np.arange(min(own, each * draws))
    return People(
        seed, draws, people, variates_,
        baselines(patient, numbers, u["base"]), normal.ppf(u["xi"]), u["responder"],
        who // each, who % each,
    )  # fmt: skip


def variates(chain: Chain, seed: int, draws: int, people: int) -> tuple[dict[str, Array], dict[str, Array]]:
    """Uniforms spread evenly, and every variate of the chain: the same whatever the facts of the person."""
    u = even(seed, EVEN, draws, people)
    return u, {n.name: _variate(n, u, seed, draws, people) for n in chain if n.kind == "vary"}


def _variate(node: Node, u: Mapping[str, Array], seed: int, draws: int, people: int) -> Array:
    if node.by == "draw":
        return paired(seed, node.name, draws, 1)
    return normal.ppf(u[node.name]) if node.name in u else normals(seed, node.name, draws, people)


def baselines(patient: Patient, numbers: Mapping[str, Any], u: Array) -> Array:
    """MADRS at the start: the person's own if known, else a normal cut at the entry threshold, mean kept."""
    if patient.madrs is not None:
        return np.full_like(u, float(patient.madrs))
    mean, sd, floor = (numbers[k] for k in ("base_mean", "base_sd", "base_floor"))
    centre = _centre(mean, sd, floor, numbers["MADRS_max"])
    lo, hi = normal.cdf((floor - centre) / sd), normal.cdf((numbers["MADRS_max"] - centre) / sd)
    return np.asarray(centre + sd * normal.ppf(lo + (hi - lo) * u))


def _centre(mean: float, sd: float, floor: float, top: float) -> float:
    """Centre of the normal whose part between floor and top has this mean."""
    centre = mean
    for _ in range(50):
        a, b = (floor - centre) / sd, (top - centre) / sd
        weight = float(normal.cdf(b) - normal.cdf(a))
        centre += mean - (centre + sd * float(normal.density(a) - normal.density(b)) / weight)
    return centre


def own_numbers(ledger: Ledger, numbers: Mapping[str, Any], people: People) -> dict[str, Array]:
    """Kinetic numbers of those with their own, (own,): log- or logit-normal, effects shared as declared."""
    varied = [n for n in ledger.rows if n.iiv_sd and n.name not in APART and n.name in numbers]
    return _varied([n for n in varied if n.iiv_with != SESSION], numbers, people)


def session_numbers(ledger: Ledger, numbers: Mapping[str, Any], people: People, session: int) -> dict[str, Array]:
    """Those that each of them draws anew in every session, (own,)."""
    varied = [n for n in ledger.rows if n.iiv_sd and n.iiv_with == SESSION and n.name in numbers]
    return _varied(varied, numbers, people, f":{session}")


def _varied(
    varied: Iterable[Number], numbers: Mapping[str, Any], people: People, stream: str = ""
) -> dict[str, Array]:  # fmt: skip
    out = {}
    for number in varied:
        with_ = number.name + stream if number.iiv_with in ("", SESSION) else number.iiv_with
        eta = (number.iiv_sd or 0.0) * _eta(with_, numbers, people)
        value = numbers[number.name]
        if number.scale == "logit":
            out[number.name] = 1 / (1 + (1 - value) / value * np.exp(-eta))
        else:
            out[number.name] = value * np.exp(eta)
    return out


def _eta(name: str, numbers: Mapping[str, Any], people: People) -> Array:
    """Random effect of a number; that of clearance goes with that of the central volume."""
    z = _own_normal(name, people)
    if name == "CLint_S":
        r = numbers["corr_V1_CLint"]
        z = r * _own_normal("V1_S", people) + np.sqrt(1 - r * r) * z
    return z


def _own_normal(name: str, people: People) -> Array:
    return np.asarray(
        normals(people.seed, f"eta:{name}", people.draws, people.people)[people.own_draw, people.own_person]
    )
