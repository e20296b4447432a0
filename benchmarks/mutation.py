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
from .mutants import ROOMS, Mutant, sample

GOAL = 90.0
WORDS = Path(__file__).with_name("survivors.toml")
# the fast and sharp first, slow ones for what survives them; not the test that no number stands in an equation, which
# reads the file and would see any changed number
FIRST = {
    "engine": ("effects", "tail", "normal", "streams", "linear", "grid"),
    "mechanism": (
        "declare",
        "toy_runs",
        "side_branches",
        "routes",
        "vectors",
        "few",
        "same_bits",
        "levels_flint",
        "effects_lsoda",
        "units_balance",
    ),
}
REST = (
    "engine/*", "mechanism/*", "simulation/*", "test_study", "services/test_explore", "services/test_claims",
    "inference/*", "outcome/*", "evidence/test_[ls]*", "web/test_runs",
)  # fmt: skip
TOO_SLOW = "--deselect=tests/mechanism/test_effects_lsoda.py::test_effects_reach_the_goal_as_the_grid_is_refined"


@dataclass(frozen=True)
class Seen:
    """What came of a fault: failed, timeout or passed; was and now: its line; why: the reason if none saw it."""

    mutant: Mutant
    said: str
    was: str
    now: str
    why: str = ""


def main() -> None:
    """Seed, test, say; fails below the goal or where a survivor has no reason."""
    begun = time.perf_counter()
    wanted = os.environ.get("RESYNAPSE_MUTANTS", "200")
    seed = int(os.environ.get("RESYNAPSE_SEED", "1"))
    with tempfile.TemporaryDirectory(prefix="mutation") as folder:
        copy = trial.copied(Path(folder).resolve())
        chosen = sample(copy / "src/resynapse", None if wanted == "all" else int(wanted), seed)
        patience = _patience(copy)
        seen = [_tried(copy, mutant, patience) for mutant in chosen]
    short = _told(seen, seed)
    print(f"  {time.perf_counter() - begun:.0f} s")
    if short:
        raise SystemExit(short)


def _stages(copy: Path, file: str) -> tuple[tuple[str, ...], ...]:
    """Tests of a file, stage by stage: its own and those of its room, then all that may depend on it."""
    room, name = file.removesuffix(".py").split("/")
    known = {p.stem.removeprefix("test_") for p in (copy / "tests" / room).glob("test_*.py")}
    own = sorted(k for k in known if k.startswith((name, name.removeprefix("read_"))))
    first = [f"tests/{room}/test_{part}.py" for part in dict.fromkeys((*own, *FIRST[room]))]
    every = [str(p.relative_to(copy)) for part in REST for p in sorted(copy.glob(f"tests/{part}.py"))]
    return tuple(first), tuple(p for p in every if "/test_" in p and p not in first)


def _patience(copy: Path) -> dict[str, list[float]]:
    """How long each stage may take, by room; refuses to begin where a test fails without any fault."""
    limits: dict[str, list[float]] = {}
    for room in ROOMS:
        first, rest = _stages(copy, f"{room}/none.py")
        limits[room] = [_sound(copy, first), max((v[1] for v in limits.values()), default=0) or _sound(copy, rest)]
    return limits


def _sound(copy: Path, tests: tuple[str, ...]) -> float:
    """Four times what these tests take without a fault, and a little."""
    said, seconds = trial.outcome(copy, (*tests, TOO_SLOW), 1800.0, sound=True)
    if said != "passed":
        raise SystemExit(f"{said} without a fault: {(copy / 'said.txt').read_text('utf-8')[-2000:]}")
    return 4 * seconds + 10


def _tried(copy: Path, mutant: Mutant, patience: dict[str, list[float]]) -> Seen:
    """One fault, by the fast tests and then the slow."""
    path = copy / "src/resynapse" / mutant.file
    source = path.read_text("utf-8")
    was, now = mutant.lines(source)
    said = "passed"
    with trial.changed(path, mutant.code(source)):
        for tests, limit in zip(_stages(copy, mutant.file), patience[mutant.file.split("/")[0]], strict=True):
            said, _ = trial.outcome(copy, (*tests, TOO_SLOW), limit)
            if said != "passed":
                break
    if said == "passed":
        print(f"  no test sees {mutant.file}:{mutant.place[0]}: {was}  ->  {now}", flush=True)
    return Seen(mutant, said, was, now, _why(mutant, was, now) if said == "passed" else "")


def _why(mutant: Mutant, was: str, now: str) -> str:
    """The reason kept for a survivor: by file, function, line and change. One without `now` is for any change."""
    for row in tomllib.loads(WORDS.read_text("utf-8")).get("survivor", []):
        place = (row["file"], row["function"], row["was"]) == (mutant.file, mutant.function, was)
        if place and row.get("now", now) == now:
            return str(row["reason"])
    return ""


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
    same = [s for s in left if s.why.startswith("equivalent")]
    score = 100 * killed.total() / total.total()
    print(f"  seed {seed}: {killed.total()} of {total.total()} seen, {score:.1f} in 100")
    print(f"  less those that change nothing: {100 * killed.total() / (total.total() - len(same)):.1f} in 100")
    for s in left:
        print(f"  {s.mutant.file}:{s.mutant.place[0]} {s.mutant.function}\n    - {s.was}\n    + {s.now}")
        print(f"    {s.why or 'not explained'}")
    if score < GOAL:
        return f"{score:.1f} in 100 is below {GOAL:g}"
    return "" if all(s.why for s in left) else "a survivor is not explained in benchmarks/survivors.toml"


if __name__ == "__main__":
    main()
