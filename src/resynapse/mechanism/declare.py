"""How a link of the chain is declared: plain functions whose signature is the wiring.

An optional first `xp` is the reader's mathematics; then come upstream names (a state's own name if it
reads itself); after `*` the numbers, by evidence name. The decorator gives kind and unit.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property, partial
from typing import Any

KINDS = ("compartment", "effect", "readout", "derived", "given", "vary")


class Miswired(Exception):
    """A chain that does not hold together: which node, what is wrong, and the cure."""


@dataclass(frozen=True)
class Node:
    """One quantity of the chain.

    reads: upstream names in the order of the function's arguments. numbers: evidence names it takes.
    start: value of a state at rest, or the default of a given. label: how people read it; a node with a
    label is an output. by: for `vary`, who differs: person, session or draw.
    """

    name: str
    unit: str
    kind: str
    function: Callable[..., Any] | None
    reads: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    wants_xp: bool = False
    start: float = 0.0
    doc: str = ""
    label: str = ""
    by: str = ""
    rename: tuple[tuple[str, str], ...] = ()

    def usual(self, numbers: Mapping[str, Any]) -> Any:
        """Value of a given or variate that nobody set."""
        return numbers[self.numbers[0]] if self.numbers else self.start

    def __call__(self, xp: Any, upstream: dict[str, Any], numbers: dict[str, Any]) -> Any:
        """Value or rate of this node from what it reads."""
        assert self.function is not None
        inner = dict(self.rename)
        args = [upstream[name] for name in self.reads]
        taken = {inner.get(name, name): numbers[name] for name in self.numbers}
        return self.function(xp, *args, **taken) if self.wants_xp else self.function(*args, **taken)


def _signature(function: Callable[..., Any]) -> tuple[bool, tuple[str, ...], tuple[str, ...]]:
    reads: list[str] = []
    numbers: list[str] = []
    for p in inspect.signature(function).parameters.values():
        if p.default is not p.empty or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            raise Miswired(f"{function.__name__}: defaults and * arguments hide numbers; name each one")
        (numbers if p.kind is p.KEYWORD_ONLY else reads).append(p.name)
    if function.__closure__:
        raise Miswired(f"{function.__name__}: a closure hides what it reads; take it as an argument")
    wants_xp = reads[:1] == ["xp"]
    return wants_xp, tuple(reads[wants_xp:]), tuple(numbers)


def _declare(kind: str, unit: str, start: float, label: str, function: Callable[..., Any]) -> Node:
    wants_xp, reads, numbers = _signature(function)
    doc = (inspect.getdoc(function) or "").split("\n")[0]
    return Node(function.__name__, unit, kind, function, reads, numbers, wants_xp, start, doc, label)


Decorator = Callable[[Callable[..., Any]], Node]


def compartment(unit: str) -> Decorator:
    """A linear state: its function returns the rate, reads only compartments, takes doses."""
    return partial(_declare, "compartment", unit, 0.0, "")


def effect(unit: str, start: float = 0.0, label: str = "") -> Decorator:
    """A state driven by anything upstream and by itself: its function returns the rate."""
    return partial(_declare, "effect", unit, start, label)


def readout(unit: str, label: str = "") -> Decorator:
    """A value at each time. With a label it is an output of every run."""
    return partial(_declare, "readout", unit, 0.0, label)


def derived(unit: str) -> Decorator:
    """A number made of numbers, read downstream after the `*`."""
    return partial(_declare, "derived", unit, 0.0, "")


def given(name: str, unit: str, default: float | str, doc: str) -> Node:
    """An input, constant between events. default: 0, 1, or the evidence name of its usual value."""
    if isinstance(default, str):
        return Node(name, unit, "given", None, numbers=(default,), doc=doc)
    return Node(name, unit, "given", None, start=default, doc=doc)


def vary(name: str, doc: str, by: str = "person") -> Node:
    """A standard normal that differs by person, by session of a person, or by draw (trial and site)."""
    return Node(name, "1", "vary", None, doc=doc, by=by)


@dataclass(frozen=True)
class Link:
    """A few nodes that tell one step of the story, in the order they act.

    sure: established, contested or inferred; species: in whom it was seen; pace: minutes or weeks.
    """

    name: str
    nodes: tuple[Node, ...]
    sure: str = "established"
    species: str = "people"
    pace: str = "minutes"
    doc: str = ""

    def copy(self, suffix: str, shared: Iterable[str] = ()) -> Link:
        """The same link again, each name not shared given a suffix (one copy per enantiomer)."""
        keep = set(shared)

        def name(old: str) -> str:
            return old if old in keep else old + suffix

        def node(old: Node) -> Node:
            return replace(
                old,
                name=name(old.name),
                reads=tuple(map(name, old.reads)),
                numbers=tuple(map(name, old.numbers)),
                rename=tuple((name(n), n) for n in old.numbers),
            )

        own = tuple(node(n) for n in self.nodes if n.name not in keep)
        return replace(self, name=self.name + suffix, nodes=own)


@dataclass(frozen=True)
class Chain:
    """The ordered tuple of links, checked when made. Changes are new chains."""

    links: tuple[Link, ...]
    fixed: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        _check(self)

    def __iter__(self) -> Iterator[Node]:
        return (node for link in self.links for node in link.nodes)

    @cached_property
    def _by_name(self) -> dict[str, Node]:
        return {node.name: node for node in self}

    @cached_property
    def _links(self) -> dict[str, Link]:
        return {node.name: link for link in self.links for node in link.nodes}

    def __getitem__(self, name: str) -> Node:
        return self._by_name[name]

    def link_of(self, name: str) -> Link:
        """The link that gives a name."""
        return self._links[name]

    def __add__(self, link: Link) -> Chain:
        return replace(self, links=(*self.links, link))

    def swap(self, name: str, link: Link) -> Chain:
        """The chain with one link in place of another."""
        return replace(self, links=tuple(link if old.name == name else old for old in self.links))

    def without(self, name: str) -> Chain:
        """The chain without a link; fails where another link reads it."""
        return replace(self, links=tuple(link for link in self.links if link.name != name))

    def cut(self, name: str) -> Chain:
        """The chain with a node held at rest: a state at its start, a read-out at 0."""
        if not any(node.name == name for node in self):
            raise Miswired(f"{name}: nothing to cut.{_guess(name, [n.name for n in self])}")
        held = tuple(
            replace(link, nodes=tuple(_held(n) if n.name == name else n for n in link.nodes)) for link in self.links
        )
        return replace(self, links=held)

    def fix(self, **numbers: float) -> Chain:
        """The chain with numbers of its own (canonical units): a block, a compound, a scenario."""
        known = {name for node in self for name in node.numbers}
        for name in numbers:
            if name not in known:
                raise Miswired(f"{name}: no equation takes this number.{_guess(name, known)}")
        return replace(self, fixed=(*self.fixed, *numbers.items()))

    @property
    def numbers(self) -> tuple[str, ...]:
        """Evidence names taken by any node, in order of first use, derived ones left out."""
        made = {node.name for node in self if node.kind == "derived"}
        return tuple(dict.fromkeys(n for node in self for n in node.numbers if n not in made))

    def used_in(self, number: str) -> tuple[str, ...]:
        """Nodes that take a number, as link.node."""
        return tuple(f"{link.name}.{n.name}" for link in self.links for n in link.nodes if number in n.numbers)

    def upstream(self, names: Iterable[str], known: Iterable[str] = ()) -> set[str]:
        """The names and everything they depend on, not looking behind what is known."""
        by_name, known = self._by_name, set(known)
        want: set[str] = set()
        todo = [name for name in names if name not in known]
        while todo:
            name = todo.pop()
            if name in by_name and name not in want:
                want.add(name)
                todo += [n for n in (*by_name[name].reads, *by_name[name].numbers) if n not in known]
        return want


def _nothing() -> float:
    """The value of a read-out, and the rate of a compartment, that is held."""
    return 0.0


def _held(node: Node) -> Node:
    """A node at rest: read-outs are 0, compartments keep what they are given, effects stay at their start."""
    if node.kind == "derived":
        raise Miswired(f"{node.name} is a number: fix it instead of cutting it")
    if node.kind in ("readout", "compartment"):
        return Node(node.name, node.unit, node.kind, _nothing, doc=node.doc, label=node.label)
    return Node(node.name, node.unit, "given", None, start=node.start, doc=node.doc)


def _guess(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1)
    return f" Did you mean '{near[0]}'?" if near else ""


def _check(chain: Chain) -> None:
    """Names once; reads point upstream (compartments may be mutual); compartments read compartments."""
    where = {node.name: i for i, node in enumerate(chain)}
    if len(where) != sum(1 for _ in chain):
        names = [node.name for node in chain]
        raise Miswired(f"{next(n for n in names if names.count(n) > 1)}: given twice; names are one space")
    nodes = list(chain)
    for link in chain.links:
        for node in link.nodes:
            for read in node.reads:
                _check_read(f"{link.name}.{node.name}", node, read, where, nodes)


def _check_read(place: str, node: Node, read: str, where: dict[str, int], nodes: list[Node]) -> None:
    if read not in where:
        raise Miswired(f"{place} reads '{read}', which no link gives.{_guess(read, where)}")
    source = nodes[where[read]]
    if node.kind == "compartment":
        if source.kind != "compartment":
            raise Miswired(f"{place} is linear and may read compartments only, not '{read}'")
    elif source.kind == "derived":
        raise Miswired(f"{place} reads '{read}', a derived number: take it after the *")
    elif where[read] > where[node.name]:
        raise Miswired(f"{place} reads '{read}', declared later: put that before '{node.name}'")
    elif read == node.name and node.kind != "effect":
        raise Miswired(f"{place} reads itself, and only an effect or a compartment may")
