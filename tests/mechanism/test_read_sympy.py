"""What is printed is what is run: expressions against arrays, and the page in docs/ as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import sympy

from resynapse.engine import normal
from resynapse.engine.maths import Maths
from resynapse.evidence import load
from resynapse.mechanism import CHAIN, Chain, Link
from resynapse.mechanism.declare import readout
from resynapse.mechanism.read_formula import Formulas
from resynapse.mechanism.read_latex import equation, right, symbol
from resynapse.mechanism.read_sympy import TINY, Exact, Printed, expression
from resynapse.mechanism.read_units import declared, dimensions
from resynapse.views.equations import page

DOCS = Path(__file__).parents[2] / "docs" / "equations.md"
NODES = [node for node in CHAIN if node.function is not None]
HEADS = {
    "Positive": Maths.positive, "Larger": np.maximum, "Smaller": np.minimum, "Expit": Maths.expit,
    "Phi": normal.cdf, "Truncated": normal.truncated_halves,
}  # fmt: skip
STATES = 200


def numerically(node, face):
    """An expression as a function of what the node reads and takes, in that order."""
    names = (*node.reads, *node.numbers)
    arguments = [*(sympy.Symbol(n) for n in names), TINY]
    return names, sympy.lambdify(arguments, expression(node, face), [HEADS, "numpy"])


def states(names, rng):
    """Random values: evidence near its value, all else from 0 up; variates and logits may be below."""
    known, low = load().values(), {n.name for n in CHAIN if n.kind == "vary" or n.unit == "logit"}
    scale = {n: abs(known.get(n, 1.0)) or 1.0 for n in names}
    return {n: scale[n] * rng.uniform(-1 if n in low else 0.05, 2, STATES) * np.sign(known.get(n, 1.0)) for n in names}


@pytest.mark.parametrize("face", [Printed, Exact])
def test_every_expression_is_the_equation_that_is_run(face, worst) -> None:
    rng = np.random.default_rng(1)
    for node in NODES:
        names, function = numerically(node, face)
        at = states(names, rng)
        want = np.broadcast_to(node(Maths, at, at), STATES)
        got = np.broadcast_to(function(*at.values(), Maths.tiny), STATES)
        error = np.abs(got - want) / np.maximum(np.abs(want), 1e-6 * np.abs(want).max() + 1e-300)
        worst(f"{face.__name__} expressions v arrays, {len(NODES)} equations", error.max(), 1e-12)


def test_the_page_in_docs_is_the_one_that_is_written() -> None:
    assert DOCS.read_text("utf-8") == page(CHAIN, load()), "make docs"


def test_every_equation_and_number_is_on_the_page() -> None:
    text = page(CHAIN, load())
    printed = [node for node in NODES if not node.name.endswith("_R")]
    assert text.count("$$\n") == 2 * len(printed)
    assert all(f"\n{equation(node)}\n" in text for node in printed)
    assert all(f"| `{name}` | ${symbol(name)}$ |" in text for node in NODES for name in node.numbers if name in load())
    assert "The same equations as `kinetics_S`" in text


def test_symbols_are_distinct_and_safe_in_markdown() -> None:
    names = {name for node in CHAIN for name in (node.name, *node.numbers)}
    assert len({symbol(name) for name in names}) == len(names)
    for block in re.findall(r"\$\$\n(.*?)\n\$\$", page(CHAIN, load()), re.S):
        assert not re.search(r"(^|[^A-Za-z0-9])_|\\[^A-Za-z]|[*~<]", block), block
        assert block.count("{") == block.count("}")
        assert block.count(r"\left") == block.count(r"\right")


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("P50", "P_{50}"), ("tauP", r"\tau_{\mathrm{P}}"), ("C_S", r"C_{\mathrm{S}}"), ("xi", r"\xi"),
        ("omega_c", r"\omega_{\mathrm{c}}"), ("MADRS", r"\mathrm{MADRS}"), ("IN_kmu", r"k_{\mathrm{mu,IN}}"),
        ("dSBP", r"\Delta\mathrm{SBP}"), ("ketamine_arterial", r"\mathrm{ketamine_{arterial}}"),
    ],
)  # fmt: skip
def test_typography(name: str, printed: str) -> None:
    assert symbol(name) == printed


def test_terms_stay_in_the_order_in_which_they_were_written() -> None:
    assert equation(CHAIN["F"]) == (
        r"\frac{dF}{dt} = k_{\mathrm{F}} \thinspace D \thinspace \left(1 - F\right) - \frac{F}{\tau_{\mathrm{F}}}"
    )
    assert right(CHAIN["p_perceived"]).startswith(r"\Phi\left(")
    hill = r"\left(\frac{P}{P_{50}}\right)^{n_{\mathrm{P}}}"
    assert right(CHAIN["D"]) == rf"\frac{{{hill}}}{{1 + {hill}}}"


@readout("1")
def either(xp, x, G):
    return xp.where(x > G, x, G)


def test_a_choice_is_printed_and_a_held_node_is_0() -> None:
    assert r"\begin{cases}" in right(either)
    assert right(CHAIN.cut("G")["G"]) == "0.0"
    toy = Chain((*CHAIN.links, Link("toy", (either,))))
    assert "## toy" in page(toy, load())
    assert declared(either).powers == {}


@readout("mg/L")
def chosen(xp, Cd, Md, drive):
    return xp.where(Cd > Md, xp.maximum(Cd - Md, drive), -(drive**2) / (Cd + Md))


def test_the_formula_text_has_units_on_literals_and_brackets_where_needed() -> None:
    formula = Formulas(dimensions(CHAIN, load())).formula
    assert formula(chosen) == "piecewise(max(Cd - Md, drive), Cd > Md, -(drive^2 dimensionless) / (Cd + Md))"
    assert formula(CHAIN["F"]) == "kF * D * (1 dimensionless - F) - F / tauF"
    assert formula(CHAIN["drive"]) == "max(Cd - theta * Md, 0 mg_per_L)"
    assert formula(CHAIN["km"]) == "ln(2 dimensionless) / t_half_Md"
    assert formula(CHAIN["fading"]).endswith("exp(-(session - 1 dimensionless) / tol_n)")
    assert formula(CHAIN.cut("C_S")["C_S"]) == "0 mg_per_h"
    assert formula(CHAIN.cut("drive")["drive"]) == "0 mg_per_L"
