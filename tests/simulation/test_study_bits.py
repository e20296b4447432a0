"""A whole study to the bit: however many people are asked for, in whatever chunks, on however many threads."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from resynapse.engine import linear, threads
from resynapse.mechanism import read_few
from resynapse.simulation import nodes
from resynapse.study import Study
from resynapse.therapy.course import Course
from resynapse.therapy.patient import Patient
from resynapse.therapy.population import Population

DRAWS = 20
COURSES = ["0.5 mg/kg over 33 min, every 3.1 d, 3 times", "1 mg/kg, sublingual, every 26 h, 2 times, then 2 x 28 mg"]
ARMS = ("base", "plan", "inert", "untreated", "compared", "log_xi")
MINUTES = ("ketamine_arterial", "norketamine", "CADSS", "SBP")


def told(course: str, people: int = 40, first: int | None = None) -> dict[str, np.ndarray]:
    """Everybody's weeks and the minutes of those with their own kinetics, of the first people only if asked."""
    study = Study.of(Population(Patient.parse("82 kg, 70 y, madrs 33"), DRAWS, people), until="2 weeks", seed=5)
    plan = study.plan("A", Course.parse(course))
    out = {name: np.asarray(getattr(plan.weeks, name))[..., :first] for name in ARMS}
    return out | {f"minutes {name}": np.asarray(plan.session(1).values[name]) for name in MINUTES}


def same(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> list[str]:
    """Names that differ in any bit."""
    return [name for name in a if a[name].shape != b[name].shape or a[name].tobytes() != b[name].tobytes()]


def digest(course: str) -> str:
    return hashlib.sha256(b"".join(np.ascontiguousarray(v).tobytes() for v in told(course).values())).hexdigest()


@pytest.mark.parametrize("course", COURSES)
def test_the_first_people_are_the_same_whoever_else_is_asked_for(course):
    # ten of each draw have kinetics of their own, in both
    assert same(told(course, 15), told(course, 40, first=15)) == []


@pytest.mark.parametrize("course", COURSES)
def test_chunks_and_threads_change_no_bit(course, monkeypatch):
    usual = told(course)
    for draws, steps, most in ((3, 32, 1), (20, 96, 2), (7, 640, 4)):
        monkeypatch.setattr(nodes, "MOST_DRAWS", draws)
        monkeypatch.setattr(read_few, "AT_ONCE", steps)
        monkeypatch.setattr(threads, "MOST", most)
        assert same(usual, told(course)) == [], (draws, steps, most)


def test_threads_of_the_library_change_no_bit():
    """Products stay below the size that it would share between threads."""
    assert linear.AT_ONCE < 262_144  # multiplications from which OpenBLAS uses more than one
    code = "import sys; sys.path.insert(0, 'tests'); from simulation.test_study_bits import digest, COURSES; "
    code += "print(*map(digest, COURSES))"
    found = set()
    for count in ("1", "2", "5"):
        env = os.environ | {"OPENBLAS_NUM_THREADS": count}
        found.add(
            subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
        )
    assert len(found) == 1
