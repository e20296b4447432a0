"""Where treatment happens, as far as hope and time are concerned, and what it is compared with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TypeVar

from resynapse.errors import Refused

T = TypeVar("T")


@dataclass(frozen=True)
class Setting:
    """fast, slow: evidence names of the class of expectancy and of slow recovery ("": by the person).

    compare: name of the arm beside every headline; see COMPARED.
    """

    name: str
    words: str
    fast: str
    slow: str = ""
    compare: str = "active placebo"

    @staticmethod
    def named(name: str, compare: str = "active placebo") -> Setting:
        """The setting of that name; Refused, with the names, if there is none."""
        setting = _pick(name, SETTINGS, "setting")
        return replace(setting, compare=_pick(compare, COMPARED, "comparison").name)


@dataclass(frozen=True)
class Compared:
    """An arm without drug. fast: its class of expectancy ("": that of the setting); None: untreated."""

    name: str
    words: str
    fast: str | None = ""


SETTINGS = {
    s.name: s
    for s in (
        Setting("masked trial", "as in a masked trial", "n_mid"),
        Setting("admission", "admitted in a suicidal crisis", "n_adm", "s_ad"),
        Setting("anaesthesia", "drug and control masked by anaesthesia", "n_mask"),
    )
}
COMPARED = {
    c.name: c
    for c in (
        Compared("active placebo", "active placebo, believed in"),
        Compared("saline crossover", "saline, crossover", "n_xo"),
        Compared("saline parallel", "saline, parallel", "n_par"),
        Compared("placebo spray", "a placebo spray", "n_spr"),
        Compared("no treatment", "no treatment", None),
    )
}


def _pick(name: str, table: dict[str, T], what: str) -> T:
    key = name.strip().lower().replace("-", " ")
    if key in table:
        return table[key]
    near = get_close_matches(key, table, n=1)
    raise Refused(f"{name[:40]!r} is no {what}", f"Known: {', '.join(table)}.", tuple(near) or (next(iter(table)),))
