"""A new side effect is one file and one table: everything else finds it in the chain."""

from __future__ import annotations

from pathlib import Path

import hiccups
import numpy as np
import pytest

from resynapse.evidence import Ledger, check, load
from resynapse.mechanism import CHAIN, Chain
from resynapse.mechanism.read_units import check_units
from resynapse.outcome.outcome import Outcome
from resynapse.study import simulate
from resynapse.therapy.population import Population

TABLE = Path(__file__).with_name("hiccups.csv")
DOSE = "0.5 mg/kg over 40 min"


@pytest.fixture(scope="module")
def chain() -> Chain:
    return CHAIN + hiccups.link


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load().extend(TABLE)


@pytest.fixture(scope="module")
def out(chain: Chain, ledger: Ledger) -> Outcome:
    return simulate(DOSE, Population(draws=5, people=40), until=48.0, chain=chain, ledger=ledger)


@pytest.fixture(scope="module")
def plain() -> Outcome:
    return simulate(DOSE, Population(draws=5, people=40), until=48.0)


def test_its_evidence_passes_the_check_of_the_evidence(chain: Chain, ledger: Ledger) -> None:
    assert check(ledger, chain.numbers) == []


def test_it_is_in_the_minutes_of_the_session(out: Outcome) -> None:
    minutes = out.plans[0].minutes
    assert minutes is not None
    seen = minutes.values["hiccups"]
    assert seen.shape[0] == len(minutes.time)
    assert seen[0].max() == 0
    assert seen.max() > 10
    assert np.ptp(seen.max(axis=0)) > 1  # people differ
    assert seen[-1].max() < seen.max() / 10  # and it passes


def test_it_is_the_formula_with_canonical_numbers(out: Outcome) -> None:
    minutes, people = out.plans[0].minutes, out.people
    assert minutes is not None
    assert people is not None
    part = minutes.drive / (minutes.drive + 100e-3)
    expected = 180 * part * np.exp(0.5 * people.own("z_hiccups"))
    np.testing.assert_allclose(minutes.values["hiccups"][:, 0, :], expected, rtol=1e-12)


def test_it_is_in_the_dataset_with_its_unit(out: Outcome) -> None:
    found = out.dataset["hiccups"]
    assert found.attrs["units"] == "1/h"
    assert found.attrs["long_name"] == "Hiccups"
    assert float(found.max()) > 10


def test_it_is_in_the_summary(out: Outcome) -> None:
    session = out.summary.plans[0].session
    assert session.labels["hiccups"] == "Hiccups"
    assert session.bands["hiccups"].q50.max() > 1
    assert "hiccups" in [peak.name for peak in session.peaks]


def test_its_units_are_checked(chain: Chain, ledger: Ledger) -> None:
    assert check_units(chain, ledger) == []
    rows = {**ledger, "hiccups_ED50": ledger["MW_K"]}
    (fault,) = check_units(chain, rows)
    assert fault.place == "hiccups.hiccups"
    assert fault.came == "mg/L and mg/umol"


def test_nothing_else_moves(out: Outcome, plain: Outcome) -> None:
    """Streams are keyed by name, so one more variate changes no other."""
    a, b = out.plans[0], plain.plans[0]
    assert a.weeks is not None
    assert b.weeks is not None
    np.testing.assert_array_equal(a.weeks.plan, b.weeks.plan)
    assert a.minutes is not None
    assert b.minutes is not None
    for name, value in b.minutes.values.items():
        np.testing.assert_array_equal(a.minutes.values[name], value)


def test_without_its_row_it_is_refused(chain: Chain) -> None:
    (fault,) = check_units(chain, load())
    assert fault.expected == "a unit for 'hiccups_max'"
