"""The outcome: names, units, and what must hold between its parts."""

from __future__ import annotations

import json

import numpy as np
import pytest

import resynapse as rs

SIX = "0.5 mg/kg over 40 min, iv, mon wed fri, 2 weeks"


@pytest.fixture(scope="module")
def out() -> rs.Outcome:
    return rs.simulate(SIX, rs.Population.trd(n=800), against="once", seed=3, until="4 weeks")


def test_dataset_has_names_dims_and_units(out: rs.Outcome) -> None:
    ds = out.dataset
    assert ds.MADRS.dims == ("arm", "time", "draw", "patient")
    assert ds.MADRS.attrs["units"] == "point"
    assert ds.CADSS.dims == ("arm", "minute", "site", "own_patient")
    doses = json.loads(ds.attrs["doses"])
    assert [d["mg_base"] for d in doses if d["arm"] == "A"] == [35.0] * 6
    assert ds.attrs["seed"] == 3


def test_shares_add_up_person_by_person(out: rs.Outcome) -> None:
    for plan in out.plans:
        w = plan.weeks
        assert w is not None
        np.testing.assert_allclose(w.drug + w.hope + w.spent, w.base - w.plan, atol=1e-10)


def test_scores_stay_in_range(out: rs.Outcome) -> None:
    rated = out.dataset.MADRS_rated
    assert float(rated.min()) >= 0
    assert float(rated.max()) <= 60
    occupancy = out.plans[0].minutes.values["occupancy"]  # type: ignore[union-attr]
    assert occupancy.min() >= 0
    assert occupancy.max() <= 1


def test_plans_that_begin_alike_agree_until_they_part(out: rs.Outcome) -> None:
    a, b = (p.weeks for p in out.plans)
    assert a is not None
    assert b is not None
    before = a.time <= 24.0
    np.testing.assert_allclose(a.plan[before], b.plan[before], rtol=0, atol=1e-4)
    np.testing.assert_array_equal(a.log_xi, b.log_xi)


def test_weight_of_hope_shrinks_below_the_reference() -> None:
    weights = [
        rs.simulate(f"{dose} mg/kg over 40 min, once", rs.Patient()).plans[0].weight_of_hope
        for dose in (0.02, 0.05, 0.1, 0.5)
    ]
    assert weights[0] < weights[1] < 1
    assert weights[2:] == [1.0, 1.0]


def test_no_floor_for_iv_and_the_label_for_nasal() -> None:
    iv, nasal = (
        rs.simulate(course, rs.Patient()).summary.plans[0].session.ready
        for course in ("35 mg over 40 min", "2 x 28 mg")
    )
    assert iv.floor_min is None
    assert nasal.floor_min == 120
    assert rs.simulate("35 mg over 40 min", rs.Patient(), floor="100 min").floor_min == 100


def test_above_the_fitted_dose_nothing_is_headlined() -> None:
    plan = rs.simulate("2 mg/kg over 40 min", rs.Patient()).summary.plans[0]
    assert not plan.domain.inside
    assert plan.warnings


def test_table_is_tidy(out: rs.Outcome) -> None:
    table = out.table()
    assert {"plan", "day", "quantity", "unit", "value", "lo", "hi"} <= set(table.columns)
    row = table.query("plan == 'A' and day == 1 and quantity == 'response'").iloc[0]
    assert row.lo < row.value < row.hi


def test_known_madrs_is_everybodys_start() -> None:
    out = rs.simulate("35 mg over 40 min", rs.Population.like(rs.Patient(madrs=28), 80))
    assert np.all(out.plans[0].weeks.base == 28)  # type: ignore[union-attr]


def test_baselines_keep_the_mean_of_the_cut_normal() -> None:
    base = rs.simulate("35 mg over 40 min", rs.Population(rs.Patient(), 20, 400)).plans[0].weeks.base  # type: ignore[union-attr]
    assert base.min() >= 20
    assert base.mean() == pytest.approx(33, abs=0.05)


def test_a_score_below_entry_is_outside_the_fitted_data() -> None:
    assert not rs.simulate("35 mg over 40 min", rs.Patient(madrs=12)).summary.plans[0].domain.inside
    assert rs.simulate("35 mg over 40 min", rs.Patient(madrs=20)).summary.plans[0].domain.inside


def test_a_plot_carries_its_quantity_and_unit(out: rs.Outcome) -> None:
    for name in ("course", "session", "strips", "person"):
        fig = out.plot(name)
        words = " ".join(t.get_text() for t in fig.texts)
        assert ("MADRS, points" in words) or name in ("session", "strips")
        assert len(words) > 20
    with pytest.raises(rs.Refused):
        out.plot("nothing")
