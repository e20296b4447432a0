"""Faults seeded in the engine and the mechanism, and how many the tests see: at least 90 in 100.

RESYNAPSE_MUTANTS says how many (200, or `all`), RESYNAPSE_SEED which. What no test sees is explained in
`survivors.toml`; what is not fails, and so does a score below 90. Counted as seen: a test fails, or never ends.
"""

from __future__ import annotations

import os
import tempfile
import time
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from . import trial
from .mutant_tests import patience, stages
from .mutants import Mutant, sample

GOAL = 90.0
WORDS = Path(__file__).with_name("survivors.toml")


@dataclass(frozen=True)
class Seen:
    """What came of a fault: failed, timeout or passed; late: after the first tests; was and now: its line."""

    mutant: Mutant
    said: str
    late: bool
    was: str
    now: str

    @property
    def why(self) -> str:
        """The reason kept for a survivor: by file, function, line and change. One without `now` is for any change."""
        for row in _reasons():
            place = (row["file"], row["function"], row["was"]) == (self.mutant.file, self.mutant.function, self.was)
            if place and row.get("now", self.now) == self.now:
                return str(row["reason"])
        return ""


def _reasons() -> list[dict[str, str]]:
    return list(tomllib.loads(WORDS.read_text("utf-8"))["survivor"])


def main() -> None:
    """Seed, test, say; fails below the goal or where a survivor has no reason."""
    begun = time.perf_counter()
    wanted = os.environ.get("RESYNAPSE_MUTANTS", "200")
    seed = int(os.environ.get("RESYNAPSE_SEED", "1"))
    with tempfile.TemporaryDirectory(prefix="mutation") as folder:
        copy = trial.copied(Path(folder).resolve())
        chosen = sample(copy / "src/resynapse", None if wanted == "all" else int(wanted), seed)
        _lost(copy)
        limits = patience(copy)
        seen = [_tried(copy, mutant, limits) for mutant in chosen]
    short = _told(seen, seed)
    print(f"  {time.perf_counter() - begun:.0f} s")
    if short:
        raise SystemExit(short)


def _lost(copy: Path) -> None:
    """Say which reasons are for lines that stand no longer in the code."""
    for row in _reasons():
        code = (copy / "src/resynapse" / row["file"]).read_text("utf-8")
        if row["was"] not in map(str.strip, code.splitlines()):
            print(f"  survivors.toml: {row['file']} holds no line `{row['was']}`")


def _tried(copy: Path, mutant: Mutant, limits: dict[str, list[float]]) -> Seen:
    """One fault, by the first tests and then the rest."""
    path, room = copy / "src/resynapse" / mutant.file, mutant.file.split("/")[0]
    limit = limits.get(mutant.file.removesuffix(".py"), limits[room])
    source = path.read_text("utf-8")
    was, now = mutant.lines(source)
    first, rest = stages(copy, mutant.file)
    with trial.changed(path, mutant.code(source)):
        said, late = trial.outcome(copy, first, limit[0])[0], False
        if said == "passed" and rest:
            said, late = trial.outcome(copy, rest, limit[1])[0], True
    if said == "passed":
        print(f"  no test sees {mutant.file}:{mutant.place[0]}: {was}  ->  {now}", flush=True)
    elif late:
        print(f"  late {said}: {mutant.file}:{mutant.place[0]}: {now}: {trial.said(copy, 120)}", flush=True)
    return Seen(mutant, said, late, was, now)


def _told(seen: list[Seen], seed: int) -> str:
    """Print the counts and the survivors; what falls short, or nothing."""
    total, killed, hung = (
        Counter(s.mutant.file for s in seen if s.said not in but)
        for but in ((), ("passed",), ("passed", "failed"))
    )  # fmt: skip
    print(f"  {'file':32s}{'faults':>8s}{'seen':>6s}{'hung':>6s}")
    for file in total:
        print(f"  {file:32s}{total[file]:8d}{killed[file]:6d}{hung[file]:6d}")
    left = [s for s in seen if s.said == "passed"]
    for s in left:
        print(f"  {s.mutant.file}:{s.mutant.place[0]} {s.mutant.function}\n    - {s.was}\n    + {s.now}")
        print(f"    {s.why or 'not explained'}")
    score = 100 * killed.total() / total.total()
    same = sum(s.why.startswith("equivalent") for s in left)
    print(f"  seed {seed}: {killed.total()} of {total.total()} seen, {score:.1f} in 100, {hung.total()} of them hung")
    print(f"  less {same} that change nothing: {100 * killed.total() / (total.total() - same):.1f} in 100")
    if score < GOAL:
        return f"{score:.1f} in 100 is below {GOAL:g}"
    return "" if all(s.why for s in left) else "a survivor is not explained in benchmarks/survivors.toml"


if __name__ == "__main__":
    main()
