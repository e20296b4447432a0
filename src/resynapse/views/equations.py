"""Every equation of the chain in print, from the declarations that are run: Markdown with LaTeX."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..evidence import Ledger, Number, version
from ..mechanism.declare import Chain, Link, Node
from ..mechanism.read_latex import STATES, equation, symbol
from ..units import canonical, plain

HEAD = """# The equations

Written by `make docs` from the declarations in `src/resynapse/mechanism/`, which are what is run: nothing here was
typed twice. Links stand in the order in which they act; numbers as they were published (evidence {version}), while
equations take mg, L, h, kg, umol. A rate is per hour; compartments begin at 0. max(a, 0) is a, or 0 where a is
negative; expit is the logistic function, Φ the standard normal distribution, truncated a standard normal carried to
the normal cut at two ends, each half on its own.

Research and education. Not for prescribing.
"""
KINDS = {
    "compartment": "Compartment", "effect": "State", "readout": "Read-out", "derived": "Number made of numbers",
}  # fmt: skip
INPUTS = "| told | symbol | unit | usual value | meaning |\n|---|---|---|---|---|"
NUMBERS = "| number | symbol | value | unit | grade | meaning |\n|---|---|---|---|---|---|"


def page(chain: Chain, ledger: Ledger) -> str:
    """The whole text; a link that has the form of one before is printed with its numbers alone."""
    out = [HEAD.format(version=version())]
    before: dict[tuple[object, ...], str] = {}
    for link in chain.links:
        form = tuple(node.function for node in link.nodes)
        out += _link(link, ledger, before.get(form, ""))
        before.setdefault(form, link.name)
    return "\n".join(out)


def _link(link: Link, ledger: Ledger, like: str) -> Iterator[str]:
    """Head, inputs, equations and numbers of a link."""
    words = f"{link.doc[:1].upper()}{link.doc[1:]}. " if link.doc else ""
    yield f"## {link.name}\n\n{words}Evidence: {link.sure}; seen in {link.species}.\n"
    told = [node for node in link.nodes if node.kind in ("given", "vary")]
    if told:
        yield "\n".join((INPUTS, *(_told(node, ledger) for node in told), ""))
    if like:
        yield f"The same equations as `{like}`, each name of its own in place of that one's.\n"
    else:
        yield from (_equation(node) for node in link.nodes if node.function is not None)
    if taken := _numbers(link.nodes, ledger):
        yield "\n".join((NUMBERS, *map(_number, taken), ""))


def _told(node: Node, ledger: Ledger) -> str:
    """A row of what is given, or drawn for a person, a session or a trial."""
    usual = f"`{node.numbers[0]}`, {_value(ledger[node.numbers[0]])}" if node.numbers else plain(node.start)
    drawn = f"; standard normal, by {node.by}" if node.kind == "vary" else ""
    return f"| `{node.name}` | ${symbol(node.name)}$ | {node.unit} | {usual} | {node.doc}{drawn} |"


def _equation(node: Node) -> str:
    """Name, what it is, unit, and the equation."""
    at = f", {plain(node.start)} at the start" if node.kind == "effect" else ""
    unit = canonical(node.unit)
    what = KINDS[node.kind] + (" without unit" if unit == "1" else f" in {unit}")
    rate = f", its rate in {unit}/h" if node.kind in STATES else ""
    return f"`{node.name}`: {node.doc} {what}{rate}{at}.\n\n$$\n{equation(node)}\n$$\n"


def _numbers(nodes: Iterable[Node], ledger: Ledger) -> list[Number]:
    """Rows of the evidence that equations take, each once."""
    names = dict.fromkeys(n for node in nodes if node.function is not None for n in node.numbers)
    return [ledger[name] for name in names if name in ledger]


def _number(row: Number) -> str:
    return f"| `{row.name}` | ${symbol(row.name)}$ | {plain(row.value)} | {row.unit} | {row.grade} | {row.meaning} |"


def _value(row: Number) -> str:
    return plain(row.value) if row.unit == "1" else f"{plain(row.value)} {row.unit}"
