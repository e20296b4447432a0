"""An expression as the formula text that libsbml reads: every literal with its unit, so that units are checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod

import sympy

from ..units import plain
from .declare import Node
from .read_sympy import Exact, Larger, Positive, Smaller, expression
from .read_units import NONE, RATES, Quantity

CALLED = {Larger: "max", Smaller: "min", sympy.exp: "exp", sympy.log: "ln"}  # `log` would be of base 10


def unit_id(unit: Quantity) -> str:
    """Name of a unit in a document: mg_per_L, per_h, dimensionless."""
    over = [_power(base, p) for base, p in unit.powers.items() if p > 0]
    under = [_power(base, -p) for base, p in unit.powers.items() if p < 0]
    return "_per_".join(["_".join(over), *under]).removeprefix("_") or "dimensionless"


def _power(base: str, p: int) -> str:
    return base if p == 1 else f"{base}{p}"


def _is_under(e: sympy.Expr) -> bool:
    return bool(e.is_Pow and e.exp == -1)


@dataclass(frozen=True)
class Formulas:
    """units: of every name that an equation may read, and of the nodes. used: units that have been named, by name."""

    units: Mapping[str, Quantity]
    used: dict[str, Quantity] = field(default_factory=dict)

    def name(self, unit: Quantity) -> str:
        """Name of a unit, kept among those used."""
        self.used[unit_id(unit)] = unit
        return unit_id(unit)

    def literal(self, value: float, unit: Quantity = NONE) -> str:
        """A number with its unit."""
        return f"{plain(value)} {self.name(unit)}"

    def formula(self, node: Node) -> str:
        """The right side of a node's equation; of one that is held, 0 in its unit."""
        e = expression(node, Exact)
        if e.is_zero:
            per_hour = Quantity({"h": 1}) if node.kind in RATES else NONE
            return self.literal(0.0, self.units[node.name] / per_hour)
        return self.text(e)

    def text(self, e: sympy.Expr) -> str:
        """An expression in the order in which it was written."""
        if e.is_Symbol:
            return str(e.name)
        if e.is_Number:
            return self.literal(float(e))
        if e.is_Add:
            return self._sum(e)
        if e.is_Mul:
            return self._product(e)
        return self._raised(e) if e.is_Pow else self._call(e)

    def _sum(self, e: sympy.Expr) -> str:
        first, *rest = e.args
        out = self.text(first)
        for a in rest:
            minus = (a.is_Mul and a.args[0] == -1) or (a.is_Number and a < 0)
            part = (-a if a.is_Number else a.func(*a.args[1:], evaluate=False)) if minus else a
            out += f" {'-' if minus else '+'} {self._inside(part, part.is_Add)}"
        return out

    def _product(self, e: sympy.Expr) -> str:
        first, *rest = e.args
        if first == -1:
            return "-" + self._inside(e.func(*rest, evaluate=False))
        out = self._raised(first) if _is_under(first) else self._inside(first, first.is_Add)
        for a in rest:
            under = _is_under(a)
            out += f" / {self._inside(a.base)}" if under else f" * {self._inside(a, a.is_Add or a.is_Mul)}"
        return out

    def _raised(self, e: sympy.Expr) -> str:
        if _is_under(e):
            return f"{self.literal(1.0)} / {self._inside(e.base)}"
        return f"{self._inside(e.base)}^{self._inside(e.exp)}"

    def _inside(self, e: sympy.Expr, brackets: bool | None = None) -> str:
        """An expression with brackets: where told, else around all that is more than a name or a call."""
        wanted = e.is_Add or e.is_Mul or e.is_Pow if brackets is None else brackets
        return f"({self.text(e)})" if wanted else self.text(e)

    def _call(self, e: sympy.Expr) -> str:
        if isinstance(e, Positive):
            return f"max({self.text(e.args[0])}, {self.literal(0.0, self.unit(e.args[0]))})"
        if isinstance(e, sympy.Piecewise):
            (a, condition), (b, _) = e.args
            return f"piecewise({self.text(a)}, {self.text(condition)}, {self.text(b)})"
        if e.is_Relational:
            return f"{self._inside(e.lhs)} {e.rel_op} {self._inside(e.rhs)}"
        return f"{CALLED[e.func]}({', '.join(map(self.text, e.args))})"

    def unit(self, e: sympy.Expr) -> Quantity:
        """Unit of an expression that balances."""
        if e.is_Symbol:
            return self.units[e.name]
        if e.is_Mul:
            return prod(map(self.unit, e.args), start=NONE)
        if e.is_Pow and e.exp.is_Integer:
            return self.unit(e.base) ** int(e.exp)
        return self.unit(e.args[0]) if e.is_Add or isinstance(e, (Positive, Larger, Smaller)) else NONE
