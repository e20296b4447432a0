"""Dose records: the rules of docs/dosing.md row by row; closed forms; random tables against ball arithmetic."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as tried
from hypothesis import settings

from plans import courses
from resynapse.errors import Refused
from resynapse.evidence import load
from resynapse.formats.event_table import events_csv, given, parse_events
from resynapse.mechanism import CHAIN
from resynapse.mechanism.read_numpy import derive
from resynapse.mechanism.routes import inputs
from resynapse.oracles import balls, notes
from resynapse.simulation.records import COLUMNS, Kinetics
from resynapse.therapy.drug import ARKETAMINE, ESKETAMINE, RACEMIC
from resynapse.therapy.records import Record

DOCS = Path(__file__).parents[2] / "docs" / "dosing.md"
NUMBERS = load().values()
HEAD = ("ID", "TIME", "EVID", "AMT", "RATE", "DUR", "CMT", "ADDL", "II", "SS", "DRUG", "WT", "LIMIT", "MDV")
USUAL = {"ID": "1", "WT": ".", "CMT": "iv"}
RULES = [
    [cell.strip() for cell in re.split(r" \| ", line.strip("| "))]
    for line in DOCS.read_text("utf-8").split("refused at |\n|---|---|---|\n")[1].splitlines()
]


def table(cell: str) -> str:
    """The CSV of a cell of the docs."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEAD, restval="")
    writer.writeheader()
    for k, row in enumerate(re.findall(r"`([^`]+)`", cell)):
        said = {name.upper(): value.strip('"') for name, value in (pair.split("=") for pair in row.split())}
        said["TIME"] = said.pop("T")
        usual = USUAL if k else {**USUAL, "WT": "70"}
        writer.writerow({**usual, **said})
    return out.getvalue()


def lags(rule: str) -> dict[str, float]:
    found = re.search(r"\((iv|oral) (\d) h\)", rule)
    return {found[1]: float(found[2])} if found else {}


def levels(text: str, late: dict[str, float] | None = None) -> np.ndarray:
    (rows,) = parse_events(text, late).people.values()
    return Kinetics(NUMBERS, late).levels([row.record for row in rows])


@pytest.mark.parametrize(("rule", "records", "meaning"), RULES, ids=[r[0][:60] for r in RULES])
def test_rules(worst, rule, records, meaning):
    late = lags(rule)
    if re.fullmatch(r"[A-Z]+", meaning):
        with pytest.raises(Refused) as no:
            parse_events(table(records), late)
        assert no.value.place.field == meaning
        assert no.value.place.line > 1
        assert no.value.rule
        return
    got, want = levels(table(records), late), levels(table(meaning), late)
    assert got.shape == want.shape
    assert len(got)
    if "pending" not in rule and "lost" not in rule and "EVID 3" not in rule and "EVID 4 resets" not in rule:
        assert want.any()
    worst("records that mean the same, of the largest level", np.abs(got - want).max() / max(want.max(), 1e-9), 2e-12)


def test_the_steady_state_of_an_endless_infusion_is_its_rate_over_clearance(worst):
    for weight in (40.0, 70.0, 160.0):
        n = derive(CHAIN, {**NUMBERS, "WT": weight})
        got = Kinetics(NUMBERS).levels([Record(0, 1, weight, rate=10.0, ss=1), Record(0, 0, weight)])[0]
        for column, want in {
            "ketamine_arterial_S": 5e3 / n["CL_S"], "ketamine_arterial_R": 5e3 / n["CL_R"],
            "ketamine_venous_S": n["phi"] * 5e3 / n["CL_S"] + (1 - n["phi"]) * 5e3 / n["CL_S"],
            "ketamine_effect_site_R": 5e3 / n["CL_R"],
            "norketamine_S": 5e3 * n["fm_S"] / (n["CLN_S"] * n["flow"]) * n["MW_NK"] / n["MW_K"],
        }.items():  # fmt: skip
            worst(f"endless infusion, {column}", abs(got[COLUMNS.index(column)] / want - 1), 1e-12)


def test_a_very_short_interval_is_an_infusion_in_the_limit(worst):
    n = derive(CHAIN, {**NUMBERS, "WT": 70.0})
    short = 1e-4
    got = Kinetics(NUMBERS).levels(
        [Record(0, 1, 70.0, 10 * short, interval=short, ss=1, drug=ESKETAMINE), Record(0, 0, 70.0)]
    )
    want = 1e4 / n["CL_S"]
    worst(
        "bolus every 0.36 s v infusion, relative",
        abs(
            got[0, COLUMNS.index("norketamine_S")]
            / (1e4 * n["fm_S"] / (n["CLN_S"] * n["flow"]) * n["MW_NK"] / n["MW_K"])
            - 1
        ),
        1e-9,
    )
    assert got[0, COLUMNS.index("ketamine_arterial_S")] == pytest.approx(want, rel=1e-2)  # half a dose above the mean


def test_random_tables_v_ball_arithmetic(worst):
    """Doses of every route, repeated, overlapping, at odd times, of heavy and light people."""
    routes = ("iv", "im", "sc", "nasal", "sublingual", "oral", "rectal")
    seen = set()
    for seed in range(12):
        rng = np.random.default_rng([7, seed])
        weight = round(float(rng.uniform(35, 180)), 1)
        records, given, t = [], [], 0.0
        for _ in range(rng.integers(2, 6)):
            t += round(float(rng.choice([0.0, 0.37, 3.1, 11.9, 31.7])), 3)
            route = routes[rng.integers(len(routes))]
            seen.add(route)
            drug = (RACEMIC, ESKETAMINE, ARKETAMINE)[rng.integers(3)]
            hours = round(float(rng.uniform(0.1, 9)), 2) if route == "iv" and rng.random() < 0.6 else 0.0
            mg, later = round(float(rng.uniform(5, 90)), 1), route == "nasal" and rng.random() < 0.5
            more, gap = (
                (int(rng.integers(1, 4)), round(float(rng.uniform(0.5, 20)), 2)) if rng.random() < 0.5 else (0, 0.0)
            )
            records.append(Record(t, 1, weight, mg, hours, 0.0, route, later, drug, more, gap))
            given += [notes.Given(t + k * gap, mg, drug.s, drug.r, route, hours, later) for k in range(more + 1)]
        first = notes.Case(tuple(sorted(given, key=lambda d: d.time)), (0.0,), common=notes.COMMON | {"WT": weight})
        times = [t + d for d in (0.011, 0.5, 2.0, 9.3, 30.0, 61.0)]
        looks = [Record(x, 0, weight) for x in times]
        got = Kinetics({**NUMBERS, "AGE": 40.0}).levels([*records, *looks])
        want = balls.levels(first, times)
        for name in ("ketamine_arterial", "ketamine_venous", "norketamine", "hydroxynorketamine"):
            error = np.abs(got[:, COLUMNS.index(name)] - 1e3 * want[name]) / (1e3 * want[name].max())
            worst(f"{name} v 200-bit balls, 12 tables, of the highest seen", error.max(), 1e-11)
    assert seen == set(routes)


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("ID,TIME,EVID,WT\n1,0,0,70\n2,0,0,70\n1,5,0,70\n", 4, "ID"), ("ID,TIME,EVID,WT\n0,0,0,70\n", 2, "ID"),
        ("ID,TIME,EVID,WT\n1,0,0\n", 2, ""), ("id,TIME,EVID,WT\n1,0,0,70\n", 1, "ID"),
        ("ID,TIME,EVID,WT,WT\n", 1, "WT"),
        ("ID,TIME,EVID,WT\n1,nan,0,70\n", 2, "TIME"), ("ID,TIME,EVID,WT\n1,0,,70\n", 2, "EVID"),
        ("ID,TIME,EVID,WT\n1,0,0,700\n", 2, "WT"), ("ID,TIME,EVID,WT\n", 1, ""),
        ("ID,TIME,EVID,AMT,CMT,WT,DRUG\n1,0,1,35,iv,70,lsd\n", 2, "DRUG"),
    ],
)  # fmt: skip
def test_what_no_row_can_be(text, line, field):
    with pytest.raises(Refused) as no:
        parse_events(text)
    assert (no.value.place.line, no.value.place.field) == (line, field)


@tried(courses())
@settings(max_examples=150, deadline=None)
def test_a_course_is_a_table_and_comes_back_input_for_input(course):
    for weight in (41.3, 70.0, 163.7):
        try:
            doses = course.doses(weight)
        except Refused:  # too much for this weight
            continue
        (rows,) = parse_events(events_csv(doses, weight)).people.values()
        back = given(row.record for row in rows)
        assert inputs(back, NUMBERS) == inputs(doses, NUMBERS)
        assert {row.record.weight for row in rows} == {weight}


def test_resets_and_steady_states_are_no_single_doses():
    for record in (Record(0, 3, 70.0), Record(0, 4, 70.0, 35.0), Record(0, 1, 70.0, 35.0, ss=1, interval=12.0)):
        with pytest.raises(Refused):
            given([record])
