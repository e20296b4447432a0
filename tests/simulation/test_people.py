"""People: nine exposures against full runs, common random numbers, and the figures the notes print."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from resynapse.evidence import load
from resynapse.mechanism import CHAIN
from resynapse.mechanism.read_numpy import run
from resynapse.oracles import lsoda, notes
from resynapse.outcome.durability import still_well, visits
from resynapse.outcome.rating import chance_below, fluctuation, spread
from resynapse.simulation import nodes, people, weeks
from resynapse.simulation.plan import CompiledPlan
from resynapse.study import simulate
from resynapse.therapy.course import Course
from resynapse.therapy.patient import Patient
from resynapse.therapy.population import Population
from resynapse.therapy.setting import Setting

ONE, SIX, NASAL = "0.5 mg/kg over 40 min, once", "0.5 mg/kg over 40 min, mon wed fri, 2 weeks", "3 x 28 mg"
# the goals of the interpolation are 0.1 in the mean over people and 0.3 at most, points of MADRS


@cache
def outcome(text: str, draws: int = 40, each: int = 10, seed: int = 3):
    return simulate(text, Population(Patient(), draws, each), seed=seed)


# -- interpolation between nine exposures against full runs


def full_runs(text: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Errors (times, 200) of those with drawn exposures and of those with own kinetics; times in h."""
    o = outcome(text)
    plan, w, crowd = o.plans[0].plan, o.plans[0].weeks, o.people
    t, own = w.time, (crowd.own_draw, crowd.own_person)
    numbers, grid = {**o.numbers, **o.draws}, plan.grid(w.time)
    fixed = {"nasal": plan.nasal, "perceived": o.plans[0].weight_of_hope, "n_class": numbers["n_mid"]}
    fixed["s_class"] = numbers["s_nat"]
    given = {
        **plan.signals(grid, 2), **crowd.variates, **fixed, "base": crowd.base, "responder": w.responder,
        "xi": np.exp(plan.omega * crowd.z_xi),
    }  # fmt: skip
    course = [*plan.inputs(), *plan.visits()]
    drawn = run(CHAIN, ["MADRS"], grid, numbers, given, course, crowd.base.shape).at("MADRS", t)
    others = np.ones(crowd.base.shape, bool)
    others[own] = False

    kinetics = people.own_numbers(o.ledger, o.numbers, crowd)
    mine = {**o.numbers, **{name: v[crowd.own_draw, 0] for name, v in o.draws.items()}, **kinetics}
    given = {
        **plan.signals(grid, 1), **{name: crowd.own(name) for name in crowd.variates}, **fixed,
        "n_class": mine["n_mid"], "s_class": mine["s_nat"], "base": crowd.base[own],
        "responder": w.responder[own], "xi": np.exp(plan.omega_own * crowd.z_xi[own]),
    }  # fmt: skip
    course = [*plan.inputs(mine), *plan.visits()]
    whole = run(CHAIN, ["MADRS"], grid, mine, given, course, (len(own[0]),)).at("MADRS", t)
    return np.abs(drawn - w.plan)[:, others], np.abs(whole - w.plan[:, own[0], own[1]]), t


# Mean and most over people at the worst time; the same from day 1 on. As seen in 200 + 200 people, rounded up.
# Drawn exposures meet both goals at every time. THE GOALS ARE MISSED for own kinetics in the first hours: one
# number, the integral of the pulse, cannot hold its timing as well. From day 1 on the mean meets its goal.
DRAWN = {ONE: (0.004, 0.1, 0.004, 0.05), SIX: (0.004, 0.1, 0.004, 0.05), NASAL: (0.006, 0.3, 0.006, 0.1)}
OWN = {ONE: (0.2, 1.5, 0.05, 0.6), SIX: (0.2, 1.5, 0.05, 0.6), NASAL: (0.2, 3.0, 0.05, 0.8)}


@pytest.mark.parametrize("text", [ONE, SIX, NASAL])
def test_nine_exposures_against_full_runs(worst, text):
    drawn, own, t = full_runs(text)
    for what, error, bounds in (("drawn exposure", drawn, DRAWN[text]), ("own kinetics", own, OWN[text])):
        late = error[t >= 24.0]
        seen = (error.mean(axis=1).max(), error.max(), late.mean(axis=1).max(), late.max())
        words = ("mean, worst time", "most", "mean, from day 1 on", "most, from day 1 on")
        for value, bound, word in zip(seen, bounds, words, strict=True):
            worst(f"MADRS of nine exposures v full runs, {what}, {word}: {text}", value, bound)


# -- shares, common random numbers, prefixes


@pytest.mark.parametrize("text", [ONE, SIX, NASAL])
def test_shares_of_time_hope_and_drug_add_up(worst, text):
    w = outcome(text).plans[0].weeks
    worst(
        "time + hope + drug less the whole change", np.abs(w.spent + w.hope + w.drug - (w.base - w.plan)).max(), 1e-13
    )
    assert np.all(w.drug >= -1e-12)
    assert np.all(w.hope >= -1e-12)
    assert np.all(w.spent >= 0)


@pytest.mark.parametrize("text", [SIX, NASAL])
def test_a_plan_against_itself_is_exactly_nothing(text):
    o = simulate(text, Population(Patient(), 6, 20), against=text, seed=5)
    a, b = o.plans
    assert np.array_equal(a.weeks.plan, b.weeks.plan)
    assert np.array_equal(a.observed, b.observed)
    assert np.array_equal(a.minutes.drive, b.minutes.drive)
    assert all(np.array_equal(a.minutes.values[n], b.minutes.values[n]) for n in a.minutes.values)
    assert a.back == b.back


def test_plans_share_people_until_they_part():
    o = simulate(SIX, Population(Patient(), 6, 20), against=ONE, seed=5)
    a, b = (p.weeks for p in o.plans)
    before = a.time <= 24.0
    assert np.array_equal(a.base, b.base)
    assert np.array_equal(a.responder, b.responder)
    # one pulse each so far; the grids differ, so the last bits may
    assert np.abs(a.plan - b.plan)[before].max() < 1e-4
    assert np.abs(a.plan - b.plan)[~before].max() > 1


def test_first_people_stay_when_more_are_asked(worst):
    few, many = outcome(ONE, 20, 10), outcome(ONE, 30, 16)
    a, b = few.plans[0].weeks, many.plans[0].weeks
    assert np.array_equal(a.base, b.base[:20, :10])
    assert np.array_equal(a.responder, b.responder[:20, :10])
    for name, value in few.draws.items():
        assert np.array_equal(value, many.draws[name][:20])
    for name, value in few.people.variates.items():
        assert np.array_equal(value, many.people.variates[name][:20, : value.shape[1]])
    # own kinetics go to 200 people spread over all draws, so who has them depends on how many are asked
    own = [np.zeros(o.people.base.shape, bool) for o in (few, many)]
    for mask, o in zip(own, (few, many), strict=True):
        mask[o.people.own_draw, o.people.own_person] = True
    same = own[0] == own[1][:20, :10]
    assert same.mean() > 0.5
    worst("first people when more are asked, points", np.abs(a.plan - b.plan[:, :20, :10])[:, same].max(), 0.0)


def test_another_seed_is_other_people():
    assert not np.array_equal(outcome(ONE, 6, 10).plans[0].weeks.plan, outcome(ONE, 6, 10, 4).plans[0].weeks.plan)


# -- figures of the notes


def test_scale_of_labile_synapses_at_published_numbers(worst):
    # whatever the person's weight and age; the notes' own steps leave 1e-4 of it
    numbers = {**load().values(), "WT": 91.0, "AGE": 77.0}
    got = float(nodes.scale_of_labile(numbers, {})[0, 0])
    worst("kL at published numbers v the notes, 1/h", abs(got - 0.369759), 1e-4)
    dose = notes.Given(0.0, 35.0, 0.5, 0.5, "iv", 40 / 60, False)
    case = notes.Case((dose,), (0.0,), chain=notes.CHAIN | {"kL": 1.0})
    peak = lsoda.whole(case, [0.0, *np.arange(34.0, 35.0, 0.01)])["L"].max()
    worst("kL at published numbers v LSODA, 1/h", abs(got - 1 / peak), 1e-6)


def published(text: str, count: int, seed: int = 2):
    """Many people at the published numbers, no trial effects: weeks at daily times and later visits."""
    numbers = {**load().values(), "WT": 70.0, "AGE": 40.0}
    plan, patient = CompiledPlan(Course.parse(text), 70.0, numbers), Patient()
    crowd = people.gather(CHAIN, patient, numbers, seed, 1, count)
    for node in CHAIN:
        if node.by == "draw":
            crowd.variates[node.name][:] = 0.0
    rated = visits(numbers, 120.0)
    times = np.unique(np.concatenate([[24.0, 168.0, 336.0], float(plan.starts[-1]) + 24 * rated]))
    trunk = nodes.trunk(CHAIN, plan, {}, times)
    setting = Setting.named("masked trial")
    w = weeks.scores(
        CHAIN, plan, trunk, times, crowd, {}, setting, patient, 1.0, plan.omega * crowd.z_xi
    )  # fmt: skip
    return numbers, crowd, rated, w


# fall by drug at days 1, 7, 14; response at day 1 with a hard class (chain.md 4)
DOSES = {
    "0.1": ((-4.1, -1.8, -0.8), 29.2),
    "0.2": ((-6.1, -3.6, -1.9), 39.7),
    "0.5": ((-7.5, -5.6, -3.7), 45.6),
    "1": ((-7.9, -6.6, -4.8), 47.3),
}


@pytest.mark.parametrize("dose", DOSES)
def test_drug_part_by_dose_at_published_numbers(worst, dose):
    numbers, _, _, w = published(f"{dose} mg/kg over 40 min, once", 20_000)
    drug, response = DOSES[dose]
    for day, printed in zip((1, 7, 14), drug, strict=True):
        got = -w.drug[w.at(24.0 * day)].mean()
        worst("drug part of the change by dose, days 1, 7, 14, v the notes, points", abs(got - printed), 0.12)
    got = chance_below(w.plan[w.at(24.0)], w.base / 2, spread(numbers))[0]
    worst("response at day 1 by dose v the notes, of 100", abs(got - response), 0.3)


# last day with a dose; first date at which half are lost, % still well near day 28 (chain.md 4, every 2 days)
LOSS = {ONE: (0, 11.0, 17.0), SIX: (11, 27.0, 47.0)}


@pytest.mark.parametrize("text", LOSS)
def test_time_to_loss_at_published_numbers(say, text):
    last, median, well = LOSS[text]
    numbers, _, rated, w = published(text, 20_000)
    noise = fluctuation(4, 1, 20_000, int(last + rated[-1]), numbers)[(last + rated).astype(int)]
    y = w.plan[[w.at(24.0 * (last + d)) for d in rated]]
    share = still_well(y, noise, w.base, rated, numbers)[0][:, 0]
    say(f"{text}: half lost at {rated[np.argmax(share <= 0.5)]:g} d (notes {median:g}); {100 * share[14]:.1f} % well "
        f"at day {rated[14]:g} and {100 * share[13]:.1f} % at day {rated[13]:g} (notes {well:g} % at 28)")  # fmt: skip
    assert rated[np.argmax(share <= 0.5)] == median
    assert 100 * share[14] - 1 <= well <= 100 * share[13] + 1


# chain.md 9: mean over people at days 1, 7, 14, its 90 % interval between draws
PARAMETERS = {
    "drug": ((-8.8, -5.6), (-6.9, -4.2), (-5.1, -2.6)),
    "change": ((-16.1, -13.9), (-12.9, -10.7), (-11.5, -9.1)),
    "response": ((40, 50), (28, 37), (22, 31)),
}
TRIALS = {
    "drug": ((-11.0, -3.6), (-8.5, -2.7), (-6.2, -1.7)),
    "change": ((-19.4, -10.9), (-15.8, -8.4), (-15.2, -6.7)),
    "response": ((28, 64), (19, 48), (14, 46)),
}


def means(o) -> dict[str, np.ndarray]:
    """Means of each draw at days 1, 7, 14: (3, draws)."""
    w, sd = o.plans[0].weeks, spread({**o.numbers, **o.draws})
    at = [w.at(24.0 * d) for d in (1, 7, 14)]
    return {
        "drug": -np.stack([w.drug[i].mean(axis=1) for i in at]),
        "change": np.stack([(w.plan[i] - w.base).mean(axis=1) for i in at]),
        "response": np.stack([chance_below(w.plan[i], w.base / 2, sd) for i in at]),
    }


@pytest.mark.parametrize("trials", [False, True])
def test_intervals_of_the_notes(worst, trials):
    """60 draws of 100 people against 2,000 of 4,096.

    An end of a 90 % interval from 60 draws has an SE of 0.27 of their SD; 18 ends at 4.2 SE (plus half a digit)
    would fail for fewer than 1 seed in 1,000. The seed is fixed.
    """
    chain = CHAIN if trials else CHAIN.fix(omega_c=0.0, omega_s=0.0, omega_d=0.0)
    o = simulate(ONE, Population(Patient(), 60, 100), seed=1, chain=chain)
    for name, rows in (TRIALS if trials else PARAMETERS).items():
        half = 0.5 if name == "response" else 0.05
        for got, (lo, hi) in zip(means(o)[name], rows, strict=True):
            se = 0.27 * (hi - lo) / 3.29
            for end, printed in zip(np.percentile(got, (5, 95)), (lo, hi), strict=True):
                what = f"ends of 90 % intervals v the notes, SE, {'with trial effects' if trials else 'parameters'}"
                worst(what, max(abs(end - printed) - half, 0) / se, 4.2)
