"""Units against factors written out by hand, and the strict number."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans import refusal
from resynapse import units
from resynapse.errors import Refused

# unit: exact factor, canonical name; worked out by hand, not read from the table
BY_HAND = {
    "mg": (Fraction(1), "mg"),
    "g": (Fraction(1000), "mg"),
    "ug": (Fraction(1, 1000), "mg"),
    "mcg": (Fraction(1, 1000), "mg"),
    "\u00b5g": (Fraction(1, 1000), "mg"),
    "\u03bcg": (Fraction(1, 1000), "mg"),
    "ng": (Fraction(1, 1_000_000), "mg"),
    "nmol": (Fraction(1, 1000), "umol"),
    "mol": (Fraction(1_000_000), "umol"),
    "uM": (Fraction(1), "umol/L"),
    "nM": (Fraction(1, 1000), "umol/L"),
    "mmol/L": (Fraction(1000), "umol/L"),
    "mL": (Fraction(1, 1000), "L"),
    "s": (Fraction(1, 3600), "h"),
    "min": (Fraction(1, 60), "h"),
    "d": (Fraction(24), "h"),
    "weeks": (Fraction(168), "h"),
    "mg/L": (Fraction(1), "mg/L"),
    "ng/mL": (Fraction(1, 1000), "mg/L"),
    "ug/mL": (Fraction(1), "mg/L"),
    "ug/L": (Fraction(1, 1000), "mg/L"),
    "nmol/mL": (Fraction(1), "umol/L"),
    "mg/min": (Fraction(60), "mg/h"),
    "mg/kg/h": (Fraction(1), "mg/kg/h"),
    "ug/kg/min": (Fraction(60, 1000), "mg/kg/h"),
    "L/min": (Fraction(60), "L/h"),
    "mL/min": (Fraction(60, 1000), "L/h"),
    "1/min": (Fraction(60), "1/h"),
    "1/day": (Fraction(1, 24), "1/h"),
    "per day": (Fraction(1, 24), "1/h"),
    "g/mol": (Fraction(1, 1000), "mg/umol"),
    "%": (Fraction(1, 100), "1"),
    "fraction": (Fraction(1), "1"),
    "logit": (Fraction(1), "1"),
    "points": (Fraction(1), "point"),
    "mmHg": (Fraction(1), "mmHg"),
    "beats/min": (Fraction(1), "bpm"),
    "mg/L/umol": (Fraction(1), "mg/umol/L"),
}


@pytest.mark.parametrize("unit", [u for u in BY_HAND if u != "per day"])
def test_factor_and_name_by_hand(unit: str) -> None:
    factor, name = BY_HAND[unit]
    assert units.exact(unit) == factor
    assert units.factor(unit) == float(factor)
    assert units.canonical(unit) == name


def test_every_unit_of_the_parameter_tables_is_read() -> None:
    # the units of the kinetics, chain and safety parameter tables, as they stand there
    tables = (
        "1/min, fraction, min, L/h, L, -, prop SD, g/mol, ng/mL, logit, h, points, uM, 1/h, SD, 1/day, kg, "
        "mmHg, percent, sessions, nmol/mL, beats/min, fraction per year"
    )
    for unit in tables.split(", "):
        units.factor(unit)
        units.dimension(unit)


def test_body_weight_is_a_dimension_of_its_own() -> None:
    assert dict(units.dimension("mg/kg")) == {"mg": 1, "kg": -1}
    assert dict(units.dimension("g")) == {"mg": 1}
    assert not units.dimension("mg/mg")
    assert not units.dimension("%")


def test_canonical_unit_has_factor_one_and_the_same_dimension() -> None:
    for unit in BY_HAND:
        if unit == "per day":
            continue
        name = units.canonical(unit)
        assert units.exact(name) == 1
        assert dict(units.dimension(name)) == dict(units.dimension(unit))


@pytest.mark.parametrize("unit", ["", "lb", "mg/", "/h", "mg/kgg", "m", "mgkg", "kg*h", "mg//h", "9" * 9999])
def test_other_units_are_refused(unit: str) -> None:
    for ask in (units.factor, units.canonical, units.dimension):
        with pytest.raises(Refused) as no:
            ask(unit)
        assert all(units.factor(p) for p in no.value.passes)


@pytest.mark.parametrize(("text", "value"), [("0.5", 0.5), ("40", 40.0), ("0", 0.0), ("0.50", 0.5), ("12.25", 12.25)])
def test_numbers_are_read(text: str, value: float) -> None:
    assert units.number(text) == value


FAULTS = {
    "0,5": "0.5",
    "1 000": "1000",
    "1,000": "1000",
    "\u22125": "5",
    "+5": "5",
    "-5": "5",
    "1e3": "1000",
    "1E-3": "0.001",
    "nan": "0.5",
    "-inf": "0.5",
    "Infinity": "0.5",
    ".5": "0.5",
    "5.": "5",
    "05": "0.5",
    "1_000": "1000",
    "\uff15": "5",
    "\u0665": "5",
    "1\u2009000": "1000",
    "1\u00a0000": "1000",
    "1.2.3": "0.5",
    "9**9": "0.5",
    "0x10": "0.5",
    "": "0.5",
    "1e999": "0.5",
    "9" * 5000: "0.5",
    "\u00bd": "0.5",
    "5\n": "0.5",
}


@pytest.mark.parametrize("text", FAULTS)
def test_every_other_number_is_refused_with_the_rule_and_a_value_that_passes(text: str) -> None:
    with pytest.raises(Refused) as no:
        units.number(text)
    assert FAULTS[text] in no.value.passes
    assert no.value.rule == units.NUMBER_RULE
    assert (no.value.place.start, no.value.place.end) == (0, len(text))
    for value in no.value.passes:
        units.number(value)


@given(st.floats(min_value=1e-6, max_value=1e9))
def test_plain_text_reads_back_to_the_same_number(value: float) -> None:
    text = units.plain(value)
    assert "e" not in text
    assert float(text) == value


@given(st.text(max_size=30))
def test_any_text_is_a_number_or_refused(text: str) -> None:
    no = refusal(units.number, text)
    if no is None:
        assert units.number(text) == float(text)
    else:
        assert all(units.number(p) >= 0 for p in no.passes)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("82 kg", "weight", 82.0),
        ("82 KG", "weight", 82.0),
        ("82000 g", "weight", 82.0),
        ("40 min", "time", 40 / 60),
        ("2 weeks", "time", 336.0),
        ("3.5 days", "time", 84.0),
        ("500 ug/kg", "dose per weight", 0.5),
        ("500 mcg", "dose", 0.5),
        ("44 y", "age", 44.0),
        ("200 ng/mL", "concentration", 0.2),
        ("90 %", "share", 0.9),
    ],
)
def test_quantities(text: str, kind: str, value: float) -> None:
    assert units.quantity(text, kind) == value


@pytest.mark.parametrize(
    ("text", "kind", "passes"),
    [
        ("82", "weight", "82 kg"),
        ("82kg", "weight", "82 kg"),
        ("82,5 kg", "weight", "82.5"),
        ("82 lb", "weight", "82 kg"),
        ("40", "time", "40 min"),
        ("40 mins", "time", "40 min"),
        ("40 min please", "time", "40 min"),
        ("", "time", "40 min"),
        ("1e2 min", "time", "100"),
        ("x" * 999, "time", "40 min"),
    ],
)
def test_quantities_refused(text: str, kind: str, passes: str) -> None:
    with pytest.raises(Refused) as no:
        units.quantity(text, kind)
    assert passes in no.value.passes
