"""SymPy reads the chain: each equation as an expression, to be printed or written for other software.

One vocabulary with two faces. `Printed` has powers and Hill terms as papers print them; `Exact` cuts powers at 0 as
the arrays do, which solvers need where noise falls below zero. Nothing is evaluated, so terms keep their order.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sympy

from .declare import Node

TINY = sympy.Symbol("tiny")


class _Named(sympy.Function):  # type: ignore[misc]
    """A function that is printed under a name, its arguments in the order they were written."""

    printed = ""

    def _latex(self, printer: Any) -> str:
        inside = ", ".join(printer._print(a) for a in self.args)
        return rf"{self.printed}\left({inside}\right)"


class Positive(_Named):
    """The value, or 0 where it is negative."""

    def _latex(self, printer: Any) -> str:
        return rf"\max\left({printer._print(self.args[0])}, 0\right)"


class Larger(_Named):
    """The larger of two."""

    printed = r"\max"


class Smaller(_Named):
    """The smaller of two."""

    printed = r"\min"


class Expit(_Named):
    """The logistic function."""

    printed = r"\mathrm{expit}"


class Phi(_Named):
    """The standard normal distribution."""

    printed = r"\Phi"


class Truncated(_Named):
    """A standard normal carried to the normal cut at both ends, each half on its own."""

    printed = r"\mathrm{truncated}"


class Printed:
    """Mathematics that equations may use, as papers print it."""

    tiny = TINY
    exp, log = sympy.exp, sympy.log
    maximum, minimum, positive = Larger, Smaller, Positive
    phi, truncated = Phi, Truncated

    @staticmethod
    def expit(a: Any) -> Any:
        """Logistic function, by its name."""
        return Expit(a)

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
        return sympy.Pow(Positive(a), n)

    @staticmethod
    def expit(a: Any) -> Any:
        """Logistic function, written out."""
        return 1 / (1 + sympy.exp(-a))


@lru_cache(maxsize=1000)
def expression(node: Node, face: type[Printed] = Printed) -> sympy.Expr:
    """The right side of a node's equation: its value, or its rate if it is a state. Symbols have the names it reads."""
    with sympy.evaluate(False):
        symbols = {name: sympy.Symbol(name) for name in (*node.reads, *node.numbers)}
        return sympy.sympify(node(face, dict(symbols), dict(symbols)))
