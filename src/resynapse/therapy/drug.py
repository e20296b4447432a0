"""The three drugs of the language: racemic ketamine and its two enantiomers."""

from __future__ import annotations

from dataclasses import dataclass

from resynapse.errors import Refused


@dataclass(frozen=True)
class Drug:
    """A drug by name. s, r: share of the base that is S- and R-ketamine (they sum to 1)."""

    name: str
    s: float
    r: float

    @staticmethod
    def named(name: str) -> Drug:
        """The drug called `name`; Refused if there is none."""
        if name not in DRUGS:
            raise Refused(f"{name[:40]!r} is not a drug here", f"Drugs are {', '.join(DRUGS)}.", ("racemic",))
        return DRUGS[name]

    def __str__(self) -> str:
        return self.name


RACEMIC = Drug("racemic", 0.5, 0.5)
ESKETAMINE = Drug("esketamine", 1.0, 0.0)
ARKETAMINE = Drug("arketamine", 0.0, 1.0)
DRUGS: dict[str, Drug] = {d.name: d for d in (RACEMIC, ESKETAMINE, ARKETAMINE)}
