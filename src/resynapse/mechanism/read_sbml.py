"""SBML reads the chain: a course in one person as a document of Level 3 Version 2 that other software runs.

States are parameters with rate rules, read-outs have assignment rules, derived numbers initial assignments. Doses and
visits are events. Time is in hours.
"""

from __future__ import annotations

from collections.abc import Container
from math import fsum
from xml.sax.saxutils import escape

import libsbml

from ..engine.grid import TOUCH_H, merge
from .declare import Chain, Node
from .read_numpy import evaluate
from .read_sbml_parts import HOUR, XHTML, Case, Writer, begin
from .read_sympy import Exact, Phi, Truncated, expression
from .read_units import RATES

OWN = "Set for this run."
RATE = "rate_"  # what the name of a drug's rate into a compartment begins with


def document(case: Case) -> str:
    """The document as text, the same bytes for the same case."""
    w = begin(case)
    out = left_out(case.chain, {name for _, name, _ in case.changes})
    nodes = [node for node in case.chain if node.name not in out]
    _numbers(w, nodes)
    fed = dict.fromkeys(i.into for i in case.inputs if i.rate)
    for name in fed:
        w.units[RATE + name] = w.units[name] / HOUR
        w.parameter(RATE + name, 0.0, f"drug given into {name}")
    for node in nodes:
        _node(w, node, set(fed))
    _events(w)
    w.define()
    _tell(w, sorted(out))
    return str(libsbml.writeSBMLToString(w.document))


def left_out(chain: Chain, changing: Container[str] = ()) -> set[str]:
    """Names that SBML cannot say, with all that read them; what is constant over the run is written as its value."""
    constant: set[str] = set()
    out: set[str] = set()
    for node in chain:
        moves = node.kind in RATES or node.name in changing or not constant.issuperset(node.reads)
        if node.kind != "derived" and not moves:
            constant.add(node.name)
        if out.intersection(node.reads) or (moves and _unsayable(node)):
            out.add(node.name)
    return out


def _unsayable(node: Node) -> bool:
    return node.function is not None and expression(node, Exact).has(Phi, Truncated)


def _numbers(w: Writer, nodes: list[Node]) -> None:
    """Evidence that some equation takes, with grade and source; a value of this person's or run's own says so."""
    numbers, made = w.case.held, {n.name for n in nodes if n.kind == "derived"}
    names = dict.fromkeys(n for node in nodes if node.function is not None for n in node.numbers)
    for name in names:
        if name not in made:
            row = w.case.ledger[name]
            note = f"Evidence: grade {row.grade}, source {', '.join(row.source) or 'none'}."
            own = numbers[name] != row.canonical
            w.parameter(name, numbers[name], row.meaning, OWN if own else note, constant=True)


def _node(w: Writer, node: Node, fed: set[str]) -> None:
    """One node: its parameter, and its rule if it has an equation."""
    if node.function is None:
        changes = any(name == node.name for _, name, _ in w.case.changes)
        value = w.case.given.get(node.name, node.usual(w.case.held))
        w.parameter(node.name, value, node.doc, constant=not changes)
    elif node.kind == "derived" and node.name in dict(w.case.chain.fixed):
        w.parameter(node.name, w.case.held[node.name], node.doc, OWN, constant=True)
    elif _unsayable(node):
        value = evaluate(w.case.chain, [node.name], {}, w.case.numbers, w.case.given)[node.name]
        note = "Constant over the run; computed by Resynapse, since SBML has no quantile of a truncated normal."
        w.parameter(node.name, value, node.doc, note, constant=True)
    else:
        w.parameter(node.name, node.start if node.kind in RATES else None, node.doc, constant=node.kind == "derived")
        _rule(w, node, fed)


def _rule(w: Writer, node: Node, fed: set[str]) -> None:
    text = w.formulas.formula(node)
    if node.kind == "derived":
        rule = w.model.createInitialAssignment()
        rule.setSymbol(node.name)
    else:
        rule = w.model.createRateRule() if node.kind in RATES else w.model.createAssignmentRule()
        rule.setVariable(node.name)
    rule.setMath(w.maths(f"{text} + {RATE}{node.name}" if node.name in fed else text))


def _events(w: Writer) -> None:
    """One event a time at which something is given or changes."""
    case = w.case
    for k, time in enumerate(merge([i.time for i in case.inputs] + [t for t, _, _ in case.changes]).tolist(), 1):
        event = w.model.createEvent()
        event.setId(f"event_{k}")
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setInitialValue(False)  # so that an event at time 0 fires
        trigger.setPersistent(True)
        trigger.setMath(w.maths(f"time >= {w.formulas.literal(time, HOUR)}"))
        for name, text in _assigned(w, time).items():
            assignment = event.createEventAssignment()
            assignment.setVariable(name)
            assignment.setMath(w.maths(text))


def _assigned(w: Writer, time: float) -> dict[str, str]:
    """What an event sets: the whole rate into each compartment whose rate changes, what is added, and inputs."""
    now = [i for i in w.case.inputs if abs(i.time - time) <= TOUCH_H]
    out = {}
    for name in dict.fromkeys(i.into for i in now if i.rate):
        given = fsum(i.amount for i in w.case.inputs if i.rate and i.into == name and i.time <= time + TOUCH_H)
        out[RATE + name] = w.formulas.literal(given, w.units[RATE + name])
    for name in dict.fromkeys(i.into for i in now if not i.rate):
        added = fsum(i.amount for i in now if not i.rate and i.into == name)
        out[name] = f"{name} + {w.formulas.literal(added, w.units[name])}"
    changes = [(name, value) for t, name, value in w.case.changes if abs(t - time) <= TOUCH_H]
    return out | {name: w.formulas.literal(value, w.units[name]) for name, value in changes}


def _tell(w: Writer, out: list[str]) -> None:
    """What the document is, and what of the chain it lacks."""
    lacks = f"Left out, since SBML has no normal distribution: {', '.join(out)}." if out else ""
    lines = "".join(f"<p>{escape(line)}</p>" for line in (*w.case.notes, lacks) if line)
    w.model.setNotes(f'<body xmlns="{XHTML}">{lines}</body>')
