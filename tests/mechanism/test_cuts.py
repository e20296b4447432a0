"""Cutting any link leaves a chain that runs, alone and in people, and takes away only what hangs on it."""

from __future__ import annotations

import numpy as np
import pytest

import resynapse as rs
from resynapse.mechanism import CHAIN

PLAN = "0.5 mg/kg over 40 min, every 2 d, 3 times"
NODES = ["x", "G", "P", "D", "F", "Z", "L", "K", "X", "Ed", "Ef", "Es", "onset", "V", "slow", "drive", "CADSS", "dSBP",
         "SBP", "mu_in_S", "C_S", "Cd", "responder", "p_perceived"]  # fmt: skip


@pytest.mark.parametrize("name", NODES)
def test_a_cut_chain_runs(name: str) -> None:
    for who in (rs.Patient(), rs.Population(rs.Patient(), 2, 40)):
        out = rs.simulate(PLAN, who, chain=CHAIN.cut(name), until="1 weeks")
        assert out.summary.plans
        assert "MADRS" in out.dataset


@pytest.mark.parametrize("name", ["G", "P", "X"])
def test_cutting_the_drug_leaves_hope_and_the_body(name: str) -> None:
    people = rs.Population(rs.Patient(), 4, 40)
    whole, cut = (rs.simulate(PLAN, people, chain=c, until="1 weeks").plans[0] for c in (CHAIN, CHAIN.cut(name)))
    assert whole.weeks is not None
    assert cut.weeks is not None
    np.testing.assert_allclose(cut.weeks.plan, whole.weeks.inert, atol=1e-9)
    np.testing.assert_array_equal(cut.minutes.values["CADSS"], whole.minutes.values["CADSS"])  # type: ignore[union-attr]
    np.testing.assert_array_equal(cut.minutes.values["SBP"], whole.minutes.values["SBP"])  # type: ignore[union-attr]


def test_a_block_is_not_scaled_away() -> None:
    """Half the consolidation stays half: the scale of L is that of the whole chain."""
    people = rs.Population(rs.Patient(), 4, 40)
    drug = []
    for chain in (CHAIN, CHAIN.fix(kF=0.0)):
        weeks = rs.simulate(PLAN, people, chain=chain, until="1 weeks").plans[0].weeks
        assert weeks is not None
        drug.append(weeks.drug[weeks.at(24.0)].mean())
    assert drug[1] < 0.9 * drug[0]
