"""Patient and Population: facts checked, one line read and printed, counts of people and draws."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans import broken, refusal, truly_passes
from resynapse.errors import Refused
from resynapse.therapy import Patient, Population


def test_text_and_arguments_make_the_same_person() -> None:
    made = Patient(weight="82 kg", age=44, sex="female", madrs=33, sbp=128, failed_trials=3)
    assert made == Patient.parse("82 kg, 44 y, female, madrs 33, sbp 128, failed 3")
    assert made == Patient(weight=82, age=44.0, sex="female", madrs=33, sbp=128.0, failed_trials=3)
    assert made.line == "82 kg, 44 y, female, madrs 33, sbp 128, failed 3"
    assert repr(made) == f"Patient.parse({made.line!r})"
    assert made.replace(weight=90).weight == 90.0
    assert Patient().line == "70 kg"
    assert Patient.parse("failed 3,  82 KG , Female") == Patient(weight=82, sex="female", failed_trials=3)


@st.composite
def people(draw: st.DrawFn) -> Patient:
    def maybe(values: st.SearchStrategy[Any]) -> Any:
        return draw(st.one_of(st.none(), values))

    sbp = maybe(st.floats(min_value=161, max_value=260))
    return Patient(
        weight=draw(st.floats(min_value=20, max_value=300)),
        age=maybe(st.floats(min_value=18, max_value=120)),
        sex=maybe(st.sampled_from(["female", "male"])),
        madrs=maybe(st.integers(0, 60)),
        sbp=sbp,
        dbp=maybe(st.integers(30, 160)),
        heart_rate=maybe(st.integers(30, 220)),
        failed_trials=maybe(st.integers(0, 50)),
        new_antidepressant=draw(st.booleans()),
    )


@given(people())
def test_the_line_reads_back(person: Patient) -> None:
    assert Patient.parse(person.line) == person
    assert hash(Patient.parse(person.line)) == hash(person)


@given(broken((Patient.EXAMPLE, "82 kg, dbp 80, hr 72, new antidepressant")))
def test_a_broken_line_is_read_or_refused(text: str) -> None:
    no = refusal(Patient.parse, text)
    if no is None:
        person = Patient.parse(text)
        assert Patient.parse(person.line) == person
        return
    assert no.passes
    assert all(truly_passes(Patient.parse, text, no, value) for value in no.passes)


@pytest.mark.parametrize(
    "facts",
    [
        {"weight": 19},
        {"weight": 301},
        {"weight": True},
        {"weight": float("nan")},
        {"weight": None},
        {"weight": "82"},
        {"age": 17.99},
        {"age": 121},
        {"age": "44"},
        {"sex": "F"},
        {"sex": 1},
        {"madrs": -1},
        {"madrs": 61},
        {"madrs": 33.5},
        {"madrs": "33"},
        {"sbp": 59},
        {"sbp": 261},
        {"dbp": 29},
        {"dbp": 161},
        {"sbp": 120, "dbp": 120},
        {"heart_rate": 29},
        {"heart_rate": 221},
        {"failed_trials": -1},
        {"failed_trials": 1.5},
        {"failed_trials": True},
        {"new_antidepressant": 1},
        {"new_antidepressant": None},
    ],
)
def test_impossible_facts_are_refused(facts: dict[str, Any]) -> None:
    with pytest.raises(Refused) as no:
        Patient(**facts)
    assert no.value.cause
    assert no.value.passes


def test_facts_are_named() -> None:
    with pytest.raises(TypeError):
        Patient(82)  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Patient().weight = 90  # type: ignore[misc]


@pytest.mark.parametrize(
    ("n", "draws", "people_in_each"),
    [(40, 1, 40), (400, 10, 40), (4000, 100, 40), (40_000, 200, 200), (80_000, 2000, 40)],
)
def test_people_nested_in_draws(n: int, draws: int, people_in_each: int) -> None:
    pop = Population.trd(n=n)
    assert (pop.draws, pop.people, pop.n) == (draws, people_in_each, n)


def test_shared_facts() -> None:
    person = Patient(weight="82 kg", madrs=33)
    assert Population.like(person, 400).patient == person
    assert Population.trd(weight="82 kg").patient == Patient(weight=82, failed_trials=2)
    assert Population.trd() == Population(Patient(failed_trials=2), 100, 40)
    assert Population().replace(draws=7).n == 280
    assert str(Population()) == "4000 people (100 draws of 40), each 70 kg"


@pytest.mark.parametrize("n", [0, -40, 39, 41, 4000.0, "4000", True, None, 10**9])
def test_counts_refused(n: Any) -> None:
    with pytest.raises(Refused) as no:
        Population.trd(n=n)
    assert no.value.passes
    with pytest.raises(Refused):
        Population(Patient(), draws=0)


def test_resistant_means_two_failed_trials() -> None:
    with pytest.raises(Refused):
        Population.trd(failed_trials=1)
    with pytest.raises(Refused):
        Population.trd(failed_trials=None)
    with pytest.raises(Refused):
        Population("me")  # type: ignore[arg-type]
