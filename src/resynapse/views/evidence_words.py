"""A number of the evidence in words: value, range, group, what its grade means, how it is cited."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from resynapse.units import plain
from resynapse.views import words as w

Number = Mapping[str, Any]  # as `services.evidence` gives it, in short or in full

# table: its name on the page, and the colour of its quantity
TABLES: dict[str, tuple[str, str]] = {
    "kinetics": ("Kinetics", "level"),
    "absorption": ("Absorption", "level"),
    "receptor": ("Receptor", "ink2"),
    "glutamate": ("Glutamate", "ink2"),
    "plasticity": ("Plasticity", "ink2"),
    "symptoms": ("Symptoms", "symp"),
    "expectancy": ("Hope and time", "hopetxt"),
    "dissociation": ("Dissociation", "diss"),
    "circulation": ("Circulation", "press"),
    "sedation": ("Sedation", "diss"),
    "rating": ("Rating", "symp"),
    "population": ("People", "ink2"),
    "session": ("Session rules", "press"),
}
GRADES = {
    "read": "the figure was read; what of the source was read stands with it",
    "derived": "computed or fitted by the rule, from what it is made of",
    "unverified": "quoted or remembered: the source was not checked for it",
    "assumed": "chosen for the reason given; fitted ones that the data hardly narrow count here too",
}
SURE = {
    "established": "seen in those named",
    "contested": "studies disagree",
    "inferred": "not seen in people",
}
MOST_DIGITS, FEW_DIGITS = 5, 3  # as printed up to five significant digits, else three
WITH_RANGE = 4  # beside a range: as printed up to four
OFF = 0.02  # an end of a range may be off by this part when it is rounded
MOST_PLACES = 6


def group(table: str) -> str:
    """Name of a table on the page."""
    return TABLES[table][0]


def token(table: str) -> str:
    """Colour of what a table speaks of."""
    return TABLES[table][1]


def figure(x: float) -> str:
    """A value as printed; one that was fitted to many digits is cut to three significant."""
    if _significant(x) > MOST_DIGITS:
        return w.significant(x, FEW_DIGITS)
    return (w.MINUS if x < 0 else "") + plain(abs(x))


def _significant(x: float) -> int:
    """Significant digits of a value as printed."""
    return len(plain(abs(x)).replace(".", "").lstrip("0"))


def digits(value: float, ends: tuple[float, ...]) -> int:
    """Decimals that value and ends share: those of the value as printed, more where an end would be off."""
    text = plain(abs(value)) if _significant(value) <= WITH_RANGE else w.significant(value, FEW_DIGITS)
    own = len(text.partition(".")[2])
    near = (d for d in range(own, MOST_PLACES) if all(abs(round(x, d) - x) <= OFF * abs(x) for x in ends))
    return next(near, MOST_PLACES)


def said(n: Number) -> tuple[str, str]:
    """Value with unit, and "(a to b)" in the same decimals; "" where no range is printed."""
    unit = unit_said(n["unit"])
    if n["lo"] is None or n["hi"] is None:
        return w.unit(figure(n["value"]), unit), ""
    places = digits(n["value"], (n["lo"], n["hi"]))
    value, lo, hi = (w.number(x, places) for x in (n["value"], n["lo"], n["hi"]))
    return w.unit(value, unit), f"({lo} to {hi})"


def unit_said(unit: str) -> str:
    """A unit as people write it: per h, µmol/L; "" where there is none."""
    text = unit.replace("umol", "µmol")
    return f"per {text[2:]}" if text.startswith("1/") else "" if text == "1" else text


def in_full(n: Number) -> str:
    """Value, unit and range in one."""
    return " ".join(filter(None, said(n)))


def title(n: Number) -> str:
    """The meaning, with a capital."""
    return w.first_upper(str(n["meaning"]))


def line(n: Number) -> str:
    """One line on where it stands, from its own entry: place, rule, reason or note, the first there is."""
    return next((str(n[key]) for key in ("place", "rule", "reason", "note") if n[key]), "")


def citation(n: Number, version: str) -> str:
    """What is copied to cite a number."""
    sources = "; ".join(_cited(s) for s in n["sources_full"])
    made = f"Made of {', '.join(n['inputs'])}. " if n["inputs"] else ""
    came = f"{sources}. " if sources else ""
    return f"{title(n)}: {in_full(n)} ({n['grade']}). {came}{made}Resynapse, evidence {version}, {n['name']}."


def _cited(s: Mapping[str, str]) -> str:
    where = [f"doi {s['doi']}" if s["doi"] else "", f"PMID {s['pmid']}" if s["pmid"] and not s["doi"] else ""]
    return ". ".join([s["citation"], *filter(None, where)])


_TOML = (
    ("meaning", "meaning"), ("value", "value"), ("unit", "unit"), ("lo", "lo"), ("hi", "hi"), ("scale", "scale"),
    ("iiv_sd", "between_people"), ("iiv_with", "shared_with"), ("se", "se"), ("grade", "grade"), ("source", "sources"),
    ("place", "place"), ("rule", "rule"), ("inputs", "inputs"), ("reason", "reason"), ("note", "note"),
)  # fmt: skip


def toml(n: Number) -> str:
    """The row as TOML, under the number's name; what is empty is left out."""
    rows = [f"{key} = {_value(n[field])}" for key, field in _TOML if n[field] not in (None, "", [])]
    return "\n".join([f"[{n['name']}]", *rows, ""])


def _value(x: Any) -> str:
    """Floats as TOML has them; JSON's strings and lists of strings are TOML's too."""
    if isinstance(x, float):
        return repr(x) if math.isfinite(x) else "nan"
    return json.dumps(x, ensure_ascii=False)
