"""A copy of the tree, and whether its tests see a fault in it. The checkout itself is never written to."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import sys
import time
from contextlib import contextmanager, suppress
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
NEEDED = ("src", "tests", "benchmarks", "docs", "examples", "pyproject.toml", "README.md", "CHANGELOG.md", "Makefile")
# what tests import and no fault can reach: loaded once, each run of the tests begins with it
LOADED = (
    "numpy", "pandas", "xarray", "matplotlib.figure", "scipy.integrate", "scipy.linalg", "scipy.stats", "flint",
    "pydantic", "pytest", "_pytest.assertion.rewrite", "hypothesis.strategies", "benchmarks.trial",
)  # fmt: skip
# fewer regimens than CI takes: what these miss CI may still see
LEAN = {"RESYNAPSE_REGIMENS": "12", "OPENBLAS_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1"}
FLAGS = (
    "-x", "-q", "--tb=line", "-p", "no:cacheprovider", "-p", "no:xdist", "-W",
    "ignore::pytest.PytestAssertRewriteWarning", "--hypothesis-seed=0",
)  # fmt: skip
NOTHING_RUN = (4, 5)  # what pytest ends with where a path is wrong or nothing is found
MEMORY = 16 * 2**30  # a loop that never ends may ask for more


def copied(target: Path) -> Path:
    """What the tests need, in another folder."""
    for name in NEEDED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        elif source.exists():
            shutil.copy2(source, target / name)
    return target


@contextmanager
def changed(file: Path, code: str) -> Iterator[None]:
    """A file of the copy with other content, and then as before."""
    source, seen = file.read_bytes(), file.stat()
    try:
        file.write_text(code, "utf-8")
        yield
    finally:
        file.write_bytes(source)
        os.utime(file, ns=(seen.st_atime_ns, seen.st_mtime_ns))


def outcome(copy: Path, tests: tuple[str, ...], patience: float, sound: bool = False) -> tuple[str, float]:
    """How the tests end, "passed", "failed" or "timeout", and seconds taken. sound: without a fault, what is compiled
    may stay."""
    context = get_context("forkserver")
    context.set_forkserver_preload(list(LOADED))
    os.environ.update(LEAN)
    begun = time.perf_counter()
    child = context.Process(target=_tested, args=(str(copy), tests, sound))
    child.start()
    child.join(patience)
    status = child.exitcode
    _ended(child.pid)
    child.join()
    if status in NOTHING_RUN:
        raise SystemExit(f"no test was run: {said(copy)}")
    return "timeout" if status is None else "failed" if status else "passed", time.perf_counter() - begun


def said(copy: Path, most: int = 2000) -> str:
    """The last lines of the last tests, or the last line of those that failed."""
    text = (copy / "said.txt").read_text("utf-8", "replace")
    failed = [line for line in text.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[-1][:most] if failed else text[-most:]


def _ended(pid: int | None) -> None:
    """The child and whatever it has started, which is a group of its own."""
    with suppress(ProcessLookupError):
        if pid:
            os.killpg(pid, signal.SIGKILL)


def _tested(copy: str, tests: tuple[str, ...], sound: bool) -> None:
    """In the child: run the tests on the copy, and on nothing else."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.chdir(copy)
    sys.dont_write_bytecode = not sound
    sys.path.insert(0, f"{copy}/src")
    os.environ |= {**LEAN, "PYTHONPATH": f"{copy}/src"}
    out = os.open(f"{copy}/said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(out, 1)
    os.dup2(out, 2)
    import hypothesis
    import pytest

    import resynapse

    # on a busy machine a slow example is no finding
    hypothesis.settings.register_profile("trial", deadline=None)
    hypothesis.settings.load_profile("trial")
    assert Path(resynapse.__file__).is_relative_to(copy), "not the copy"
    sys.exit(int(pytest.main([*FLAGS, *tests])))
