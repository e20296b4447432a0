"""Parts of an SBML document: parameters with units and notes, formulas as trees, definitions of the units used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import libsbml

from ..evidence import Ledger
from .declare import Chain
from .read_formula import Formulas
from .read_numpy import Input
from .read_units import Quantity, dimensions

HOUR = Quantity({"h": 1})
# base of ours: kind of SBML, scale, multiplier, exponent. A point is counted; a beat a minute is one per 60 s.
BASES = {
    "mg": (libsbml.UNIT_KIND_GRAM, -3, 1.0, 1), "kg": (libsbml.UNIT_KIND_KILOGRAM, 0, 1.0, 1),
    "umol": (libsbml.UNIT_KIND_MOLE, -6, 1.0, 1), "L": (libsbml.UNIT_KIND_LITRE, 0, 1.0, 1),
    "h": (libsbml.UNIT_KIND_SECOND, 0, 3600.0, 1), "point": (libsbml.UNIT_KIND_ITEM, 0, 1.0, 1),
    "mmHg": (libsbml.UNIT_KIND_PASCAL, 0, 133.322387415, 1), "bpm": (libsbml.UNIT_KIND_SECOND, 0, 60.0, -1),
}  # fmt: skip
XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True)
class Case:
    """What is run. numbers: evidence names to floats. inputs: drug and visits, floats. given: inputs of the chain and
    variates, floats. changes: (h, name, value) of those that change. title, notes: of the document."""

    chain: Chain
    ledger: Ledger
    numbers: Mapping[str, Any]
    inputs: tuple[Input, ...]
    given: Mapping[str, Any]
    changes: tuple[tuple[float, str, float], ...] = ()
    title: str = ""
    notes: tuple[str, ...] = ()

    @property
    def held(self) -> dict[str, Any]:
        """Numbers, with those that the chain fixes."""
        return {**self.numbers, **dict(self.chain.fixed)}


@dataclass(frozen=True)
class Writer:
    """The document on its way. units: of every name; formulas: the equations as text, with the units they name."""

    case: Case
    document: Any
    units: dict[str, Quantity]
    formulas: Formulas

    @property
    def model(self) -> Any:
        """What the document holds."""
        return self.document.getModel()

    def parameter(self, name: str, value: float | None, says: str, note: str = "", constant: bool = False) -> None:
        """A quantity with its unit; says: its meaning."""
        p = self.model.createParameter()
        p.setId(name)
        p.setName(says)
        p.setConstant(constant)
        p.setUnits(self.formulas.name(self.units[name]))
        if value is not None:
            p.setValue(float(value))
        if note:
            p.setNotes(f'<p xmlns="{XHTML}">{escape(note)}</p>')

    def maths(self, text: str) -> Any:
        """A formula as its tree."""
        settings = libsbml.L3ParserSettings()
        settings.setComparisonCaseSensitivity(libsbml.L3P_COMPARE_BUILTINS_CASE_SENSITIVE)
        tree = libsbml.parseL3FormulaWithSettings(text, settings)
        assert tree is not None, f"{text}: {libsbml.getLastParseL3Error()}"
        return tree

    def define(self) -> None:
        """Definitions of the units that were used."""
        for name, unit in sorted(self.formulas.used.items()):
            if unit.powers:
                definition = self.model.createUnitDefinition()
                definition.setId(name)
                for base, power in unit.powers.items():
                    _base(definition.createUnit(), base, power)


def _base(unit: Any, base: str, power: int) -> None:
    kind, scale, multiplier, exponent = BASES[base]
    unit.setKind(kind)
    unit.setScale(scale)
    unit.setMultiplier(multiplier)
    unit.setExponent(power * exponent)


def begin(case: Case) -> Writer:
    """An empty document."""
    made = libsbml.SBMLDocument(3, 2)
    model = made.createModel()
    model.setId("resynapse")
    if case.title:
        model.setName(case.title)
    units = dimensions(case.chain, case.ledger)
    w = Writer(case, made, units, Formulas(units))
    model.setTimeUnits(w.formulas.name(HOUR))
    return w
