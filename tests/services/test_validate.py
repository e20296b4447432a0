"""Observed levels: the fold errors that the notes print, and what each row is simulated as."""

import numpy as np
import pytest

from resynapse.errors import Refused
from resynapse.services.validate import ALL, folds, kinetics, predict

# study, analyte, role: n, ratio, fold as the notes print them (pk.md 3)
PRINTED = {
    ("Zarate 2006", "ketamine", "calib"): (1, 0.99, 1.01), ("Hasan 2021", "ketamine", "check"): (4, 0.86, 1.16),
    ("Hasan 2021 (curve)", "ketamine", "check"): (12, 1.28, 1.35), ("Hasan 2021", "hydroxynorketamine", "calib"): (2, 0.59, 1.71),
    ("Simons 2022 IV", "ketamine", "check"): (2, 0.85, 1.17), ("Simons 2022 film", "ketamine", "tuned"): (4, 0.90, 1.21),
    ("Simons 2022 film", "norketamine", "calib"): (4, 0.96, 1.10), ("Simons 2022 film", "hydroxynorketamine", "calib"): (4, 0.93, 1.09),
    ("Perez-Ruixo 2021 IN", "ketamine", "check"): (3, 0.98, 1.02), ("Perez-Ruixo 2021 IN", "ketamine", "calib"): (3, 0.96, 1.05),
    ("Perez-Ruixo 2021 IN", "norketamine", "tuned"): (3, 1.11, 1.11), ("Perez-Ruixo 2021 IN", "norketamine", "check"): (3, 1.03, 1.03),
    ("Wang 2019", "ketamine", "check"): (3, 1.15, 1.15), ("Persson 2002", "ketamine", "check"): (2, 0.85, 1.17),
    ("Hirlinger 1984 IM", "ketamine", "tuned"): (2, 0.85, 1.18), ("Yanagihara 2003", "norketamine", "check"): (4, 1.07, 1.16),
    ("Grant 1981 (via", "ketamine", "tuned"): (1, 0.53, 1.90), ("Kamp 2020 BJA", "norketamine", "calib"): (45, 0.96, 1.09),
    ("Kamp 2020 BJA", "hydroxynorketamine", "check"): (15, 2.87, 2.87),
    (ALL, "ketamine", "check"): (26, None, 1.23), (ALL, "norketamine", "check"): (7, None, 1.10),
}  # fmt: skip


@pytest.mark.parametrize(("key", "printed"), PRINTED.items(), ids=[f"{k[0]}, {k[1]}, {k[2]}" for k in PRINTED])
def test_fold_errors_of_the_notes(key, printed):
    study, analyte, role = key
    exact = [f for f in folds(kinetics()) if (f.study, f.analyte, f.role) == key]
    (found,) = exact or [
        f for f in folds(kinetics()) if f.study.startswith(study) and (f.analyte, f.role) == (analyte, role)
    ]
    n, ratio, error = printed
    assert found.n == n
    assert ratio is None or abs(found.ratio - ratio) <= 0.0051
    assert abs(found.error - error) <= 0.0051


def test_the_goals_of_the_check_rows():
    pooled = {f.analyte: f for f in folds(kinetics()) if f.study == ALL}
    assert pooled["ketamine"].error <= 1.25
    assert pooled["norketamine"].error <= 1.15
    assert pooled["ketamine"].within_2 == 1.0


def test_clearances_and_uptake_are_the_model_s_own():
    assert predict({"param": "CL", "en": "S", "wt": "70"}, "mL/min") == pytest.approx(84.0 * 1000 / 60, rel=1e-3)
    assert predict({"param": "Fpo", "en": "S"}, "%") == pytest.approx(17.8, abs=0.1)
    assert predict({"F": "sl"}, "%") == pytest.approx(np.mean([27.6, 29.6]), abs=0.1)
    with pytest.raises(Refused):
        predict({"F": "ear"}, "%")
