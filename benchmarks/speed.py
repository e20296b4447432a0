"""Wall times of fresh processes, median of five: one person, 4,000 people on two plans, the command line."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

TIMES = 5
SIX = "0.5 mg/kg over 40 min, mon wed fri, 2 weeks"
MANY = f"import resynapse as rs; rs.simulate({SIX!r}, rs.Population.trd(n=4_000), against='once', seed=1)"
PYTHON = {
    "python -c 'pass'": "pass",
    "import numpy": "import numpy",
    "import resynapse": "import resynapse",
    "one person, six infusions": f"import resynapse as rs; rs.simulate({SIX!r})",
    "4,000 people, six infusions against one": MANY,
    "the same, summarised": MANY + ".summary",
}
COMMANDS = {
    "resynapse --help": ["--help"],
    "resynapse simulate, one person alone": ["simulate", SIX, "--population", "1"],
    "resynapse simulate, 4,000 people": ["simulate", SIX],
    "resynapse simulate --against once --json, 4,000 people": ["simulate", SIX, "--against", "once", "--json"],
}


def wall(command: list[str]) -> str:
    """Median, least and most of some runs, s; or why it did not run."""
    seen = []
    for _ in range(TIMES):
        begun = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        seen.append(time.perf_counter() - begun)
        if done.returncode:
            last = (done.stderr or done.stdout).strip().splitlines()[-1:]
            return f"did not run: {last[0] if last else done.returncode}"
    return f"{median(seen):6.2f} s  ({min(seen):.2f} to {max(seen):.2f})"


def warm() -> None:
    import resynapse as rs

    people = rs.Population.trd(n=4_000)
    for words, who, against in (("one person", None, None), ("4,000 people, two plans", people, "once")):
        seen = []
        for _ in range(TIMES):
            begun = time.perf_counter()
            rs.simulate(SIX, who, against=against, seed=1)
            seen.append(time.perf_counter() - begun)
        print(f"  {median(seen):6.3f} s  warm: {words}")


def main() -> None:
    for words, code in PYTHON.items():
        print(f"  {wall([sys.executable, '-c', code])}  {words}", flush=True)
    script = Path(sys.executable).parent / "resynapse"
    if script.exists():
        for words, arguments in COMMANDS.items():
            print(f"  {wall([str(script), *arguments])}  {words}", flush=True)
    warm()


if __name__ == "__main__":
    main()
