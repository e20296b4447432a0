"""What numerical tests saw: the worst error beside its bound, said at the end of every run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Note = Callable[[str, float, float], None]
SEEN = pytest.StashKey[dict[str, tuple[float, float]]]()
SAID = pytest.StashKey[list[str]]()
LONG = ("test_slopes.py", "test_explore.py", "test_states.py", "test_read_jax.py", "test_cli.py")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[SEEN], config.stash[SAID] = {}, []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take minutes begin first: else one worker ends with them while the others have nothing left."""
    items.sort(key=lambda item: item.path.name not in LONG)


@pytest.fixture(scope="session")
def worst(pytestconfig: pytest.Config) -> Note:
    """Note an error under a name, with its bound; the largest is printed. Fails if it passes the bound."""
    seen = pytestconfig.stash[SEEN]

    def note(name: str, error: float, bound: float) -> None:
        seen[name] = (max(float(error), seen.get(name, (0.0, bound))[0]), bound)
        assert error <= bound, f"{name}: {error:.3g} is above {bound:.3g}"

    return note


@pytest.fixture(scope="session")
def say(pytestconfig: pytest.Config) -> Callable[[str], None]:
    """A line for the end of the run: a known difference, a figure beside its source."""
    return pytestconfig.stash[SAID].append


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of several gives what it saw to the one that prints."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput |= {"seen": session.config.stash[SEEN], "said": session.config.stash[SAID]}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """What a worker saw; nothing where it died."""
    output, seen = getattr(node, "workeroutput", {}), node.config.stash[SEEN]
    for name, (error, bound) in output.get("seen", {}).items():
        seen[name] = max(error, seen.get(name, (0.0, bound))[0]), bound
    node.config.stash[SAID].extend(output.get("said", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    seen, said = config.stash[SEEN], config.stash[SAID]
    if seen:
        terminalreporter.write_sep("-", "worst errors seen (bound)")
        for name, (error, bound) in seen.items():
            terminalreporter.write_line(f"{error:9.2e} ({bound:.3g})  {name}")
    if said:
        terminalreporter.write_sep("-", "beside the sources")
        for line in said:
            terminalreporter.write_line(line)
