"""The chain in print: an equation as LaTeX, and a name of the code as the symbol that stands for it.

An underscore follows a letter or a digit everywhere, so that Markdown never takes it for emphasis.
"""

from __future__ import annotations

import re

import sympy

from .declare import Node
from .read_sympy import TINY, expression

STATES = ("compartment", "effect")
GREEK = ("gamma", "theta", "rho", "phi", "xi", "tau", "omega", "sigma")
ROUTES = ("IN", "IM", "SC", "SL", "PO", "PR")  # what the names of a route's numbers begin with
WHOLE = (*GREEK, "kick")
SPELT = {"sd": "sigma", "dSBP": r"\Delta\mathrm{SBP}", "tiny": r"\varepsilon"}
# a name without an underscore that is a letter and its index all the same
SPLIT = (
    r"(tau|omega)(\w+)", r"(CL|MTT)(int|N|H)", r"([VQ])([A-Z]+\d?|c)", r"(E)(K|N|d|f|s|max)", r"(K)(i)(\w+)",
    r"(K)(puu)", r"([A-Za-z])(\d+)", r"(k)(\w{1,3})", r"([a-z])([A-Z])", r"([fgx])([a-z])", r"([CMNHF])([dPG])",
)  # fmt: skip


def equation(node: Node) -> str:
    """A whole equation: what is given, an equals sign, and the right side as it is declared."""
    left = symbol(node.name)
    if node.kind in STATES:
        left = rf"\frac{{d{left}}}{{dt}}"
    return f"{left} = {right(node)}"


def right(node: Node) -> str:
    """The right side, its terms in the order they were written."""
    with sympy.evaluate(False):
        names = {sympy.Symbol(n): symbol(n) for n in (*node.reads, *node.numbers)} | {TINY: symbol("tiny")}
        flat = _flat(expression(node))
        return str(sympy.latex(flat, order="none", symbol_names=names, ln_notation=True, mul_symbol=r" \thinspace "))


def _flat(e: sympy.Expr) -> sympy.Expr:
    """Without the brackets that no reader needs: of a sum that begins a sum, of a sign that begins a product."""
    if not e.args:
        return e
    first, *rest = (_flat(a) for a in e.args)
    opens = type(first) is type(e) and (e.is_Add or (e.is_Mul and first.args[0] == -1))
    return e.func(*(first.args if opens else (first,)), *rest)


def symbol(name: str) -> str:
    r"""LaTeX of a name: tauP is \tau_{\mathrm{P}}, P50 is P_{50}, IN_kmu is k_{\mathrm{mu,IN}}."""
    head, index = _pieces(name)
    inside = ",".join(index)
    if inside and not inside.isdecimal():
        inside = rf"\mathrm{{{inside}}}"
    head = SPELT.get(head, head)
    if head in GREEK or len(head) == 1 or head.startswith("\\"):
        head = rf"\{head}" if head in GREEK else head
        return f"{head}_{{{inside}}}" if inside else head
    return rf"\mathrm{{{head}_{{{','.join(index)}}}}}" if index else rf"\mathrm{{{head}}}"


def _pieces(name: str) -> tuple[str, tuple[str, ...]]:
    """Head and indices."""
    first, *rest = name.split("_")
    if first in ROUTES and rest:
        head, index = _pieces("_".join(rest))
        return head, (*index, first)
    for pattern in SPLIT if first not in WHOLE else ():
        if found := re.fullmatch(pattern, first):
            return found[1], (*found.groups()[1:], *rest)
    return first, tuple(rest)
