"""Patients per second, six infusions followed for six weeks: nine exposures, NumPy and JAX with own kinetics.

RESYNAPSE_PEOPLE sets how many (10,000). A first call is made in a fresh process.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

PEOPLE = int(os.environ.get("RESYNAPSE_PEOPLE", "10000"))
SIX = "0.5 mg/kg over 40 min, mon wed fri, 2 weeks"
DAYS = [*(h * 0.5 for h in range(9)), *(24.0 * d for d in range(1, 43))]
NODES = f"import resynapse as rs; rs.simulate({SIX!r}, rs.Population(draws=100, people={PEOPLE // 100}), seed=1)"


def full(reader: str, people: int) -> str:
    return (
        f"import resynapse as rs; rs.everyone({SIX!r}, rs.Population(draws=100, people={people // 100}), "
        f"want=('MADRS',), at={DAYS!r}, reader={reader!r})"
    )


def timed(code: str, people: int, words: str) -> None:
    """Seconds of two runs in one fresh process, and people per second of each."""
    script = f"import time\nfor _ in range(2):\n t = time.perf_counter(); {code}; print(time.perf_counter() - t)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    first, warm = map(float, done.stdout.split())
    print(f"  {words:44s}{people:7d} people   first {first:6.2f} s {people / first:7.0f}/s   "
          f"warm {warm:6.2f} s {people / warm:7.0f}/s", flush=True)  # fmt: skip


def main() -> None:
    begun = time.perf_counter()
    timed(NODES, PEOPLE, "nine exposures, all arms, ratings, a session")
    timed(full("numpy", PEOPLE), PEOPLE, "NumPy, everyone with own kinetics, MADRS")
    timed(full("jax", PEOPLE), PEOPLE, "JAX, everyone with own kinetics, MADRS")
    print(f"  ({time.perf_counter() - begun:.0f} s)")


if __name__ == "__main__":
    main()
