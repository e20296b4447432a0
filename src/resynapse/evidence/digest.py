"""Which evidence an answer rests on: a version and a hash for the foot of every report."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from resynapse.evidence.ledger import DATA


def digest(folder: Path = DATA) -> str:
    """sha256 over the tables of a folder, in the order of their names; names and line ends count too."""
    total = hashlib.sha256()
    for table in sorted(folder.glob("*.csv")):
        own = hashlib.sha256(table.read_bytes()).hexdigest()
        total.update(f"{table.name} {own}\n".encode())
    return total.hexdigest()


@cache
def version() -> str:
    """Version of the evidence, as year and month."""
    return (DATA / "version.txt").read_text(encoding="utf-8").strip()
