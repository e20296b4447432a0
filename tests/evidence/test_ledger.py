"""The evidence loads, holds, and says what is missing when it does not."""

from __future__ import annotations

import csv
import time
from math import exp, isclose, log, sqrt
from pathlib import Path

import numpy as np
import pytest

from resynapse import units
from resynapse.errors import Refused
from resynapse.evidence import (
    Ledger,
    Number,
    check,
    covariance,
    describe,
    digest,
    load,
    trials,
    unused,
    version,
)
from resynapse.evidence.faults import check_figures
from resynapse.evidence.ledger import COLUMNS, DATA, TABLES, _read

NINETY = 1.6448536269514722  # standard normal quantile of a two-sided 90 % interval
GOOD = {
    "name": "test_number",
    "meaning": "a number of the tests",
    "value": "0.5",
    "unit": "1/h",
    "grade": "assumed",
    "reason": "only a test",
}


def logit(p: float) -> float:
    return log(p / (1 - p))


def expit(x: float) -> float:
    return 1 / (1 + exp(-x))


FORWARD = {"log": log, "logit": logit, "id": float}
BACK = {"log": exp, "logit": expit, "id": float}


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return load()


def _with(tmp_path: Path, *rows: dict[str, str]) -> Ledger:
    """The shipped ledger and a table of these rows in a file."""
    path = tmp_path / "more.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return load().extend(path)


# ---- what ships


def test_shipped_tables_hold(ledger: Ledger) -> None:
    assert [str(fault) for fault in check(ledger)] == []
    assert [str(fault) for fault in check_figures(ledger)] == []


def test_every_table_is_read_and_none_is_left(ledger: Ledger) -> None:
    others = {"sources", "trials", "covariance"}
    assert {p.stem for p in DATA.glob("*.csv")} == {*TABLES, *others}
    assert {n.table for n in ledger.rows} == set(TABLES)


def test_every_source_is_cited(ledger: Ledger) -> None:
    cited = {key for n in ledger.rows for key in (*n.source, *n.inputs)}
    cited |= {key for f in trials().values() for key in f.source}
    assert set(ledger.sources) - cited == set()


def test_reading_is_fast() -> None:
    def once() -> float:
        start = time.perf_counter()
        for table in TABLES:
            _read(DATA / f"{table}.csv")
        return time.perf_counter() - start

    assert min(once() for _ in range(5)) < 0.015


def test_values_are_canonical(ledger: Ledger) -> None:
    values = ledger.values()
    assert set(values) == set(ledger)
    for name, canonical in [
        ("V1_S", 25.0),
        ("D50", 0.735),  # ng/mL to mg/L
        ("t_half_Cd", 8.3 / 60),  # min to h
        ("ke0", 0.116 * 60),  # 1/min to 1/h
        ("lrec", 0.00115736 / 24),  # 1/d to 1/h
        ("MW_K", 0.23773),  # g/mol to mg/umol
        ("KiS", 0.3),
        ("visit_step", 48.0),
    ]:
        assert isclose(values[name], canonical, rel_tol=1e-12), name
        assert ledger[name].canonical_unit == units.canonical(ledger[name].unit)


def test_a_changed_copy_of_values_leaves_the_ledger_alone(ledger: Ledger) -> None:
    ledger.values()["V1_S"] = 0.0
    assert ledger.values()["V1_S"] == 25.0


def test_interval_is_said_to_be_what_it_is(ledger: Ledger) -> None:
    for n in ledger.rows:
        if n.lo is not None:
            assert "lo and hi" in n.note, n.name


# ---- numbers that follow from others


@pytest.mark.parametrize("name", ["V1", "V2", "V3", "Q2", "Q3"])
def test_R_is_nine_tenths_of_S(ledger: Ledger, name: str) -> None:
    assert isclose(ledger[f"{name}_R"].value, 0.90 * ledger[f"{name}_S"].value, rel_tol=1e-12)


@pytest.mark.parametrize("name", ["VN1", "VN2", "QN", "CLN"])
def test_norketamine_of_R_follows_S(ledger: Ledger, name: str) -> None:
    printed = ledger[f"{name}_R"].value  # three digits printed
    assert isclose(printed, 0.83 * ledger[f"{name}_S"].value, rel_tol=2e-3)


@pytest.mark.parametrize("name", ["QHEP", "FG", "fm", "MTT", "fh", "MTTH", "VH1", "VH2", "QH"])
def test_the_rest_of_R_is_S(ledger: Ledger, name: str) -> None:
    assert ledger[f"{name}_R"].value == ledger[f"{name}_S"].value


@pytest.mark.parametrize(("e", "printed"), [("S", 84.0), ("R", 75.6)])
def test_clearance_follows(ledger: Ledger, e: str, printed: float) -> None:
    flow, intrinsic = ledger[f"QHEP_{e}"].value, ledger[f"CLint_{e}"].value
    assert isclose(flow * intrinsic / (flow + intrinsic), printed, rel_tol=5e-4)


def test_rules_that_are_arithmetic(ledger: Ledger) -> None:
    v = {name: n.value for name, n in ledger.items()}
    assert isclose(v["ke0"], log(2) / 6, rel_tol=5e-3)
    assert isclose(v["hcl_to_base"], v["MW_K"] / (v["MW_K"] + 36.46), abs_tol=5e-4)
    assert isclose(v["centre_BP"], (v["sd_BP_person"] ** 2 + v["sd_BP_session"] ** 2) / 2, abs_tol=2e-3)
    assert isclose(v["omega_x0_iv"], sqrt(0.27**2 - 0.23**2) / (0.27 / v["omega_x_iv"]), abs_tol=5e-3)
    assert isclose(v["omega_x0_in"], sqrt(0.37**2 - 0.28**2) / (0.37 / v["omega_x_in"]), abs_tol=7e-3)
    assert isclose(v["CLH_S"], sqrt(56 * 27.9), rel_tol=0.02)
    assert isclose(v["CLH_R"], sqrt(56 * 13.8), rel_tol=0.02)
    assert v["n_mask"] == v["n_mid"]
    assert v["WT"] == v["wt_ref"]


@pytest.mark.parametrize("name", ["n_adm", "n_mask"])
def test_uncertainty_stands_in_two_places_alike(ledger: Ledger, name: str) -> None:
    assert ledger[name].se == ledger[f"sd_{name}"].value


# ---- the covariance of the fitted numbers


def test_covariance_is_of_fitted_numbers(ledger: Ledger) -> None:
    names, matrix = covariance()
    assert len(names) == 22
    assert np.shape(matrix) == (22, 22)
    assert all(name in ledger and ledger[name].scale for name in names)


def test_covariance_is_symmetric_and_positive_definite() -> None:
    matrix = np.array(covariance()[1])
    assert np.max(np.abs(matrix - matrix.T)) <= 1e-9 * np.max(np.abs(matrix))
    assert np.linalg.eigvalsh(matrix).min() > 0


def test_covariance_agrees_with_se(ledger: Ledger) -> None:
    names, matrix = covariance()
    for i, name in enumerate(names):
        se = ledger[name].se
        assert se is not None
        assert isclose(matrix[i][i], se**2, rel_tol=1e-6), name


def test_intervals_agree_with_se(ledger: Ledger) -> None:
    """The printed 90 % intervals, to half a unit of their fourth digit."""
    for name in covariance()[0]:
        n = ledger[name]
        assert n.se is not None
        assert n.lo is not None
        assert n.hi is not None
        centre = FORWARD[n.scale](n.value)
        for end, sign in ((n.lo, -1), (n.hi, 1)):
            expected = BACK[n.scale](centre + sign * NINETY * n.se)
            assert isclose(end, expected, rel_tol=6e-4), (name, end, expected)


# ---- each fault is caught

FAULTS = [
    ({"unit": ""}, "unit is missing"),
    ({"unit": "furlong"}, "unit is unknown"),
    ({"value": ""}, "not a finite number"),
    ({"value": "much"}, "not a finite number"),
    ({"value": "inf"}, "not a finite number"),
    ({"name": ""}, "name is missing"),
    ({"meaning": ""}, "meaning is missing"),
    ({"grade": ""}, "grade is missing"),
    ({"grade": "sure"}, "grade 'sure' is unknown"),
    ({"grade": "read"}, "no source with a DOI"),
    ({"grade": "read", "source": "AtomicWeights"}, "no source with a DOI"),
    ({"grade": "read", "source": "MADRSscale", "note": "no DOI or address in hand"}, "no source with a DOI"),
    ({"grade": "unverified", "source": "MADRSscale"}, "no source with a DOI"),
    ({"grade": "unverified", "note": "no DOI or address in hand"}, "no source with a DOI"),
    ({"source": "Nobody1999"}, "source 'Nobody1999' is unknown"),
    ({"grade": "derived", "inputs": "V1_S"}, "rule is missing"),
    ({"grade": "derived", "rule": "half of it"}, "inputs are missing"),
    ({"grade": "derived", "rule": "half of it", "inputs": "V9_S"}, "input 'V9_S' is unknown"),
    ({"reason": ""}, "reason is missing"),
    ({"iiv_sd": "0.3"}, "without its scale"),
    ({"se": "0.3"}, "without its scale"),
    ({"scale": "root", "se": "0.3"}, "scale 'root' is unknown"),
    ({"scale": "log", "iiv_sd": "-0.3"}, "iiv_sd is not a positive number"),
    ({"scale": "log", "se": "wide"}, "se is not a positive number"),
    ({"scale": "log", "iiv_sd": "0.3", "iiv_with": "V9_S"}, "'V9_S', which is unknown"),
    ({"scale": "log", "iiv_sd": "0.3", "iiv_with": "V1_S"}, "not its SD or scale"),
    ({"lo": "0.9", "hi": "0.1"}, "is above hi"),
    ({"lo": "0.6", "hi": "0.9"}, "is outside"),
    ({"lo": "0.4"}, "one end"),
    ({"name": "V1_S", "unit": "L"}, "stands twice"),
]


@pytest.mark.parametrize(("change", "says"), FAULTS, ids=[says for _, says in FAULTS])
def test_each_fault_is_caught(tmp_path: Path, change: dict[str, str], says: str) -> None:
    found = check(_with(tmp_path, GOOD | change))
    mine = [f for f in found if f.table == "more"]
    assert [f for f in mine if says in f.missing], [str(f) for f in found]
    assert all(f.line == 2 and f.passes for f in mine)


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"grade": "read", "source": "Ebert1997"},
        {"grade": "unverified", "source": "MADRSscale", "note": "no DOI or address in hand; seen by all"},
        {"grade": "derived", "rule": "half of it", "inputs": "V1_S; Ebert1997"},
        {"scale": "log", "iiv_sd": "0.27", "iiv_with": "V1_S", "se": "0.1", "lo": "0.4", "hi": "0.6"},
    ],
)
def test_a_good_row_passes(tmp_path: Path, change: dict[str, str]) -> None:
    assert check(_with(tmp_path, GOOD | change)) == []


def test_line_is_the_line_of_the_file(tmp_path: Path) -> None:
    second = GOOD | {"name": "other_number", "unit": "furlong"}
    (fault,) = check(_with(tmp_path, GOOD, second))
    assert (fault.table, fault.line, fault.name) == ("more", 3, "other_number")
    assert "more.csv, line 3, other_number" in str(fault)


def test_used_but_absent_is_a_fault_and_unused_a_remark(ledger: Ledger) -> None:
    (fault,) = check(ledger, ["V1_S", "V1_s"])
    assert "no table holds it" in fault.missing
    assert "V1_S" in fault.passes
    assert {f.name for f in unused(ledger, ["V1_S"])} == set(ledger) - {"V1_S"}


# ---- extending, finding, telling


def test_extend_leaves_the_old_ledger_alone(ledger: Ledger) -> None:
    more = ledger.extend([GOOD], "mine")
    assert "test_number" in more
    assert "test_number" not in ledger
    assert more.values()["test_number"] == 0.5
    assert (more["test_number"].table, more["test_number"].line) == ("mine", 2)


def test_extend_refuses_other_columns(tmp_path: Path, ledger: Ledger) -> None:
    path = tmp_path / "other.csv"
    path.write_text("name,value\nx,1\n", encoding="utf-8")
    with pytest.raises(Refused, match="other columns"):
        ledger.extend(path)


@pytest.mark.parametrize(("typed", "meant"), [("d50", "D50"), ("tauf", "tauF"), ("CLint", "CLint_S")])
def test_unknown_name_is_refused_with_a_guess(typed: str, meant: str) -> None:
    with pytest.raises(Refused) as no:
        describe(typed)
    assert meant in no.value.passes


def test_unknown_source_is_refused_with_a_guess(ledger: Ledger) -> None:
    with pytest.raises(Refused) as no:
        ledger.source("Ebert1998")
    assert "Ebert1997" in no.value.passes


def test_every_number_can_be_told(ledger: Ledger) -> None:
    for name, n in ledger.items():
        text = "\n".join(describe(name, ["kinetics_S, C_S"]))
        assert n.grade in text
        assert n.meaning in text
        assert "kinetics_S, C_S" in text
        for part in (n.rule, n.reason, n.place, n.note):
            assert part in text


def test_telling_a_read_number_names_its_source() -> None:
    text = "\n".join(describe("KiS"))
    assert "0.3 umol/L" in text
    assert "\u25cf read" in text
    assert "PMID 9311667" in text


def test_digest_moves_with_any_table(tmp_path: Path) -> None:
    for table in DATA.glob("*.csv"):
        (tmp_path / table.name).write_bytes(table.read_bytes())
    assert digest(tmp_path) == digest()
    with (tmp_path / "trials.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    assert digest(tmp_path) != digest()
    assert version() == "2026.11"


def test_figures_beside_claims() -> None:
    figures = trials()
    assert (
        figures["response_day1_midazolam_trials"].value,
        figures["response_day1_midazolam_trials"].lo,
    ) == (45, 34)
    assert figures["zarate_response_day1"].n == 17
    assert figures["zarate_past_two_weeks"].grade == "unverified"


def test_a_number_is_frozen(ledger: Ledger) -> None:
    n: Number = ledger["V1_S"]
    with pytest.raises(AttributeError):
        n.value = 1.0  # type: ignore[misc]
