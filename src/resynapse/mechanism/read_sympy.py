"""SymPy reads the chain: each equation as an expression, to be printed or written for other software.

One vocabulary with two faces. `Printed` has powers and Hill terms as papers print them; `Exact` cuts powers at 0 as
the arrays do, which solvers need where noise falls below zero. Nothing is evaluated, so terms keep their order.
"""

from __future__ import annotations

from typing import Any

import sympy

from .declare import Node

TINY = sympy.Symbol("tiny")


class positive(sympy.Function):  # type: ignore[misc]
    """The value, or 0 where it is negative."""

    def _latex(self, printer: Any, exp: str = "") -> str:
        return _called(printer, r"\max", (self.args[0], 0), exp)


class larger(sympy.Function):  # type: ignore[misc]
    """The larger of two, in the order they were written."""

    def _latex(self, printer: Any, exp: str = "") -> str:
        return _called(printer, r"\max", self.args, exp)


class smaller(sympy.Function):  # type: ignore[misc]
    """The smaller of two."""

    def _latex(self, printer: Any, exp: str = "") -> str:
        return _called(printer, r"\min", self.args, exp)


class expit(sympy.Function):  # type: ignore[misc]
    """The logistic function."""

    def _latex(self, printer: Any, exp: str = "") -> str:
        return _called(printer, r"\mathrm{expit}", self.args, exp)


class phi(sympy.Function):  # type: ignore[misc]
    """The standard normal distribution."""

    def _latex(self, printer: Any, exp: str = "") -> str:
        return _called(printer, r"\Phi", self.args, exp)


class truncated(sympy.Function):  # type: ignore[misc]
    """A standard normal carried to the normal cut at both ends, each half on its own."""

    def _latex(self, printer: Any, exp: str = "") -> str:
        return _called(printer, r"\mathrm{truncated}", self.args, exp)


def _called(printer: Any, name: str, args: Any, exp: str) -> str:
    inside = ", ".join(printer._print(sympy.sympify(a)) for a in args)
    power = f"^{{{exp}}}" if exp else ""
    return rf"{name}{power}\left({inside}\right)"


class Printed:
    """Mathematics that equations may use, as papers print it."""

    tiny = TINY
    exp, log = sympy.exp, sympy.log
    maximum, minimum, positive = larger, smaller, positive
    expit, phi, truncated = expit, phi, truncated

    @staticmethod
    def where(condition: Any, a: Any, b: Any) -> Any:
        """One or the other."""
        return sympy.Piecewise((a, condition), (b, True))

    @staticmethod
    def power(a: Any, n: Any) -> Any:
        """a**n, as it stands."""
        return sympy.Pow(a, n)

    @classmethod
    def hill(cls, a: Any, half: Any, n: Any) -> Any:
        """Saturation, the ratio formed first."""
        r = cls.power(a / half, n)
        return r / (1 + r)


class Exact(Printed):
    """The same with a cut at 0 under every power, and nothing that has to be explained."""

    @staticmethod
    def power(a: Any, n: Any) -> Any:
        """a**n with a cut at 0."""
        return sympy.Pow(positive(a), n)

    @staticmethod
    def expit(a: Any) -> Any:
        """Logistic function."""
        return 1 / (1 + sympy.exp(-a))


def expression(node: Node, face: type[Printed] = Printed) -> sympy.Expr:
    """The right side of a node's equation: its value, or its rate if it is a state. Symbols have the names it reads."""
    with sympy.evaluate(False):
        symbols = {name: sympy.Symbol(name) for name in (*node.reads, *node.numbers)}
        return sympy.sympify(node(face, dict(symbols), dict(symbols)))
