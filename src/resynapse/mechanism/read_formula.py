"""An expression as the formula text that libsbml reads: every literal with its unit, so that units are checked."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod

import sympy

from ..units import plain
from .declare import Node
from .read_sympy import Exact, Larger, Positive, Smaller, expression
from .read_units import NONE, RATES, Quantity

CALLED = {Larger: "max", Smaller: "min", sympy.exp: "exp", sympy.log: "ln"}  # `log` would be of base 10
Units = Mapping[str, Quantity]


def formula(node: Node, units: Units) -> str:
    """The right side of a node's equation. units: of everything it reads and takes, and of itself."""
    e = expression(node, Exact)
    if e.is_zero:
        per_hour = Quantity({"h": 1}) if node.kind in RATES else NONE
        return literal(0.0, units[node.name] / per_hour)
    return text(e, units)


def literal(value: float, unit: Quantity) -> str:
    """A number with its unit."""
    return f"{plain(value)} {unit_id(unit)}"


def unit_id(unit: Quantity) -> str:
    """Name of a unit in the document: mg_per_L, per_h, dimensionless."""
    over = [_power(base, p) for base, p in unit.powers.items() if p > 0]
    under = [_power(base, -p) for base, p in unit.powers.items() if p < 0]
    return "_per_".join(["_".join(over), *under]).removeprefix("_") or "dimensionless"


def _power(base: str, p: int) -> str:
    return base if p == 1 else f"{base}{p}"


def text(e: sympy.Expr, units: Units) -> str:
    """An expression in the order in which it was written."""
    if e.is_Symbol:
        return str(e.name)
    if e.is_Number:
        return literal(float(e), NONE)
    if e.is_Add:
        return _sum(e, units)
    if e.is_Mul:
        return _product(e, units)
    if e.is_Pow:
        return _raised(e, units)
    return _call(e, units)


def _sum(e: sympy.Expr, units: Units) -> str:
    first, *rest = e.args
    out = text(first, units)
    for a in rest:
        minus = (a.is_Mul and a.args[0] == -1) or (a.is_Number and a < 0)
        part = (-a if a.is_Number else a.func(*a.args[1:], evaluate=False)) if minus else a
        out += f" {'-' if minus else '+'} {_inside(part, units, part.is_Add)}"
    return out


def _product(e: sympy.Expr, units: Units) -> str:
    first, *rest = e.args
    if first == -1:
        return "-" + _inside(e.func(*rest, evaluate=False), units)
    out = f"{literal(1.0, NONE)} / {_inside(first.base, units)}" if _is_under(first) else _factor(first, units)
    for a in rest:
        out += f" / {_inside(a.base, units)}" if _is_under(a) else f" * {_inside(a, units, a.is_Add or a.is_Mul)}"
    return out


def _factor(e: sympy.Expr, units: Units) -> str:
    """A factor that begins a product: only a sum needs brackets."""
    return _inside(e, units, e.is_Add)


def _is_under(e: sympy.Expr) -> bool:
    return bool(e.is_Pow and e.exp == -1)


def _raised(e: sympy.Expr, units: Units) -> str:
    if _is_under(e):
        return f"{literal(1.0, NONE)} / {_inside(e.base, units)}"
    return f"{_inside(e.base, units)}^{_inside(e.exp, units)}"


def _inside(e: sympy.Expr, units: Units, brackets: bool | None = None) -> str:
    """An expression with brackets: where told, else around all that is more than a name or a call."""
    wanted = e.is_Add or e.is_Mul or e.is_Pow if brackets is None else brackets
    return f"({text(e, units)})" if wanted else text(e, units)


def _call(e: sympy.Expr, units: Units) -> str:
    if isinstance(e, Positive):
        return f"max({text(e.args[0], units)}, {literal(0.0, unit(e.args[0], units))})"
    if isinstance(e, sympy.Piecewise):
        (a, condition), (b, _) = e.args
        return f"piecewise({text(a, units)}, {text(condition, units)}, {text(b, units)})"
    if e.is_Relational:
        return f"{_inside(e.lhs, units)} {e.rel_op} {_inside(e.rhs, units)}"
    return f"{CALLED[e.func]}({', '.join(text(a, units) for a in e.args)})"


def unit(e: sympy.Expr, units: Units) -> Quantity:
    """Unit of an expression that balances."""
    if e.is_Symbol:
        return units[e.name]
    if e.is_Mul:
        return prod((unit(a, units) for a in e.args), start=NONE)
    if e.is_Pow and e.exp.is_Integer:
        return unit(e.base, units) ** int(e.exp)
    if e.is_Add or isinstance(e, (Positive, Larger, Smaller)):
        return unit(e.args[0], units)
    return NONE
