"""Claims: the binomial is exact, the mixture is what sampling gives, and the answers come out of the model."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from resynapse.evidence import load, trials
from resynapse.mechanism import CHAIN
from resynapse.services.claims import (
    CLAIMS,
    HOLDS,
    IN_PART,
    KIND,
    NO_OUTPUT,
    NOT,
    Claim,
    Study,
    answer,
    claims_json,
    half_by,
    lottery,
    within_a_day,
)
from resynapse.services.lottery import HITS, N, drawn_again, mixture, recentred, tail
from resynapse.views.claims import model_row, render, span, trial_row

SMALL = {"draws": 40, "people": 20}


@pytest.fixture(scope="module")
def claims() -> tuple[Claim, ...]:
    return answer(seed=1)


# the trial drawn again


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 60), st.integers(-1, 61), st.floats(0, 1))
def test_the_tail_is_the_binomial(n: int, hits: int, p: float) -> None:
    assert float(tail(n, hits, p)) == pytest.approx(float(binom.sf(hits - 1, n, p)), rel=1e-11, abs=1e-300)


def test_the_tail_over_an_array() -> None:
    p = np.linspace(0, 1, 101)
    error = np.abs(tail(N, HITS, p) - binom.sf(HITS - 1, N, p)).max()
    print(f"worst error of the tail: {error:.1e}")
    assert error < 1e-14


def test_zarate_by_chance_alone() -> None:
    lot = drawn_again(np.full(10, 0.45))
    assert lot.by_chance == pytest.approx(float(binom.sf(11, 17, 0.45)), rel=1e-12)
    assert lot.with_spread == pytest.approx(lot.by_chance, rel=1e-12)
    assert lot.with_spread_error == pytest.approx(0, abs=1e-15)


def test_the_mixture_is_what_tossing_gives() -> None:
    """Brute force: 200,000 trials, each of 17 people in a draw taken at random; false alarm 1 in 10,000."""
    rng = np.random.default_rng(20)
    shares = rng.beta(6, 7, 300)
    exact, _ = mixture(N, HITS, shares)
    tosses = 200_000
    seen = np.mean(rng.binomial(N, rng.choice(shares, tosses)) >= HITS)
    z = (seen - exact) / math.sqrt(exact * (1 - exact) / tosses)
    print(f"mixture {exact:.4f}, tossed {seen:.4f}, z {z:.2f}")
    assert abs(z) < 3.89


def test_the_error_of_the_mixture_covers() -> None:
    """Error over draws against repeats: 400 sets of 100 draws; SD of the means within 15 %, false alarm 1 in 10^4."""
    rng = np.random.default_rng(21)
    runs = [mixture(N, HITS, rng.beta(6, 7, 100)) for _ in range(400)]
    means, errors = np.array(runs).T
    assert means.std() == pytest.approx(errors.mean(), rel=0.15)
    assert math.isnan(mixture(N, HITS, np.array([0.4]))[1])


@pytest.mark.parametrize("mean", [0.05, 0.45, 0.9])
def test_recentring_sets_the_mean_and_keeps_the_order(mean: float) -> None:
    shares = np.random.default_rng(3).beta(4, 5, 200)
    moved = recentred(shares, mean)
    assert moved.mean() == pytest.approx(mean, abs=1e-9)
    assert (np.argsort(moved) == np.argsort(shares)).all()


def test_spread_between_trials_makes_extremes_likelier() -> None:
    lot = lottery(**SMALL)
    assert lot.draws == 4 * SMALL["draws"]
    assert lot.pooled == trials()["response_day1_midazolam_trials"].value / 100
    assert lot.with_spread > 2 * lot.by_chance
    assert lot.model_with_spread > lot.model_by_chance
    assert 0 < lot.with_spread_error < lot.with_spread
    assert lottery(n=17, hits=1, **SMALL).with_spread > 0.99


# the claims


def test_every_claim_has_an_answer_a_rule_and_trials_with_a_source(claims: tuple[Claim, ...]) -> None:
    ledger = load()
    assert len(claims) == len(CLAIMS)
    for claim in claims:
        assert claim.answer in {"holds", "holds in part", "does not hold", "not an output"}
        assert claim.answer != NO_OUTPUT
        assert claim.text.endswith(".")
        assert claim.rule
        assert claim.model
        assert claim.trials
        for row in claim.trials:
            assert row.source
            assert row.grade in ("read", "derived", "unverified")
            assert all(key in ledger.sources for key in row.key.split(";"))
            assert row.value == trials()[row.name].value


def test_model_lines_lie_in_their_intervals(claims: tuple[Claim, ...]) -> None:
    for claim in claims:
        for line in claim.model:
            assert line.lo <= line.value <= line.hi, line


def test_sentences_hold_the_numbers_of_the_lines(claims: tuple[Claim, ...]) -> None:
    """Each number of a sentence is a line of the model as it prints, or a time, count or level that is fixed."""
    fixed = {"100", "1", "2", "14", "13", "27", "60", "90", "120", "24", "12", "17", "45", "0", "99"}
    for claim in claims:
        shown = {n for line in claim.model for n in re.findall(r"\d+(?:\.\d+)?", model_row(line).text)}
        shown |= {str(round(line.value)) for line in claim.model}
        said = set(re.findall(r"\d+(?:\.\d+)?", claim.sentence))
        assert said - fixed <= shown, (claim.sentence, said - shown)
        assert len(said & shown) >= 2


def test_no_share_without_its_counterfactual(claims: tuple[Claim, ...]) -> None:
    assert "active placebo" in claims[0].sentence
    assert "active placebo" in claims[1].sentence
    assert "on placebo" in claims[3].sentence


def test_the_answers_of_the_shipped_chain(claims: tuple[Claim, ...]) -> None:
    """Not a target: a change here is a change of what people are told, and should be seen."""
    assert [c.answer for c in claims] == [IN_PART, HOLDS, IN_PART, HOLDS, HOLDS, IN_PART]


def test_cutting_the_drug_flips_the_answers() -> None:
    whole = answer(chain=CHAIN, **SMALL)
    cut = answer(chain=CHAIN.cut("Ed"), **SMALL)
    assert whole[0].answer != NOT
    assert [c.answer for c in cut] == [NOT, NOT, NOT, NOT, HOLDS, NOT]
    assert cut[1].sentence.startswith("The drug gives nothing")
    assert cut[4].model == whole[4].model  # the body does not know of the mood


def test_a_stronger_drug_makes_claim_1_hold() -> None:
    ledger = load()
    row = ledger["lpi"]
    raised = type(ledger)(
        tuple(row_ if row_.name != row.name else _with(row_, 4.0) for row_ in ledger.rows), ledger.sources
    )
    (claim,) = answer(ledger=raised, claims=[within_a_day], **SMALL)
    assert claim.answer == HOLDS


def _with(row: Any, value: float) -> Any:
    return replace(row, value=value)


def test_half_by_of_a_drug_that_gives_nothing_is_never() -> None:
    assert np.isinf(half_by(Study(chain=CHAIN.cut("Ed"), **SMALL).one)).all()


def test_without_the_body_side_effects_are_no_output() -> None:
    claim = CLAIMS[4](Study(chain=CHAIN.without("circulation"), **SMALL))
    assert (claim.answer, claim.model) == (NO_OUTPUT, ())
    assert claim.trials
    assert "– not an output" in render([claim])


def test_the_same_seed_gives_the_same_answers() -> None:
    one, two, other = (answer(seed=s, claims=[within_a_day], **SMALL) for s in (5, 5, 6))
    assert one == two
    assert one[0].model != other[0].model


def test_json_is_strict_and_complete(claims: tuple[Claim, ...]) -> None:
    found = json.loads(json.dumps(claims_json(claims), allow_nan=False))
    assert (found["schema"], found["kind"]) == (1, KIND)
    assert [c["text"] for c in found["claims"]] == [c.text for c in claims]
    assert set(found["claims"][0]) == {"text", "model", "trials", "answer", "rule", "sentence"}


# in a terminal


@pytest.mark.parametrize("width", [60, 80, 100, 300])
def test_the_page_keeps_its_width(claims: tuple[Claim, ...], width: int) -> None:
    page = render(claims, width)
    assert max(map(len, page.splitlines())) <= min(width, 100)
    assert "\033" not in page
    for claim in claims:
        assert f"“{claim.text}”" in page
        assert claim.answer in page


def test_colour_changes_no_text(claims: tuple[Claim, ...]) -> None:
    painted = render(claims, colour=True)
    assert "\033[38;2;" in painted
    assert re.sub(r"\033\[[0-9;]*m", "", painted) == render(claims)


def test_shares_stand_on_0_to_100_and_model_and_trials_on_one_axis(claims: tuple[Claim, ...]) -> None:
    rows = [*map(model_row, claims[0].model), *map(trial_row, claims[0].trials)]
    assert {row.axis for row in rows} == {"of 100"}
    assert span("of 100", rows) == (0.0, 100.0)
    changes = [*map(model_row, claims[1].model), *map(trial_row, claims[1].trials)]
    lo, hi = span("point", [row for row in changes if row.axis == "point"])
    assert lo <= -18.9
    assert hi == 0


def test_a_time_beyond_the_ratings_prints_and_serialises() -> None:
    from resynapse.services.claims import Line
    from resynapse.views.claims import draw

    line = Line("back", 20.0, 9.0, float("inf"), "d")
    row = model_row(line)
    assert row.text == "day 20 (9–later)"
    assert draw(row, 0.0, 30.0, 10).endswith("→")
    claim = Claim("x.", (line,), (), HOLDS, "r", "s")
    assert json.loads(json.dumps(claims_json([claim]), allow_nan=False))["claims"][0]["model"][0]["hi"] is None
