"""The unit checker reads the chain: values that carry exponents only, so an equation balances or does not.

Sums and comparisons need equal units; exp, log, expit, phi and real powers need none. It cannot see a
number taken for another of the same unit (tauF for tauZ): test vectors are there for that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .. import units
from ..errors import Refused
from .declare import Chain, Node, _guess

RATES = ("compartment", "effect")
PLAIN = (1, 2)
WORDS = "exp, log, power, maximum, minimum, where, positive, hill, expit, phi, truncated, tiny"


class HasUnit(Protocol):
    """A row of the evidence, as far as units go."""

    @property
    def unit(self) -> str: ...


class Unbalanced(Exception):
    """What an operation needs, and what came instead."""

    def __init__(self, expected: str, came: str) -> None:
        super().__init__(f"{expected}; {came} came")
        self.expected, self.came = expected, came


@dataclass(frozen=True)
class Fault:
    """One equation that does not balance: link.node, what was expected, what came, and the cure."""

    place: str
    expected: str
    came: str
    cure: str

    def __str__(self) -> str:
        return f"{self.place}: expected {self.expected}, came {self.came}. {self.cure}"


@dataclass(frozen=True, eq=False)
class Quantity:
    """A value of which only the unit is known. powers: exponents of the bases; zero: the literal 0."""

    powers: Mapping[str, int]
    zero: bool = False

    def __str__(self) -> str:
        return written(self.powers)

    def _with(self, other: Any, what: str) -> Quantity:
        """The unit of two things added or compared."""
        other = quantity(other)
        if not (self.zero or other.zero or self.powers == other.powers):
            raise Unbalanced(f"one unit on both sides of {what}", f"{self} and {other}")
        return other if self.zero else self

    def _times(self, other: Any, sign: int) -> Quantity:
        other = quantity(other)
        total = Counter(self.powers)
        for base, power in other.powers.items():
            total[base] += sign * power
        return Quantity({base: p for base, p in total.items() if p})

    def __add__(self, other: Any) -> Quantity:
        return self._with(other, "a sum")

    def __sub__(self, other: Any) -> Quantity:
        return self._with(other, "a difference")

    def __radd__(self, other: Any) -> Quantity:
        return quantity(other)._with(self, "a sum")

    def __rsub__(self, other: Any) -> Quantity:
        return quantity(other)._with(self, "a difference")

    def __mul__(self, other: Any) -> Quantity:
        return self._times(other, 1)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Quantity:
        return self._times(other, -1)

    def __rtruediv__(self, other: Any) -> Quantity:
        return quantity(other)._times(self, -1)

    def __neg__(self) -> Quantity:
        return self

    def __pow__(self, n: Any) -> Quantity:
        if isinstance(n, int):
            return Quantity({base: n * power for base, power in self.powers.items() if n})
        return UnitMaths.power(self, n)

    def __rpow__(self, base: Any) -> Quantity:
        return UnitMaths.power(base, self)

    def _compared(self, other: Any) -> Quantity:
        self._with(other, "a comparison")
        return NONE

    __lt__ = __le__ = __gt__ = __ge__ = __eq__ = __ne__ = _compared  # type: ignore[assignment]
    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise Unbalanced("xp.where for a choice", "an if, and, or, min or max on a value")


NONE = Quantity({})


def quantity(value: Any) -> Quantity:
    """A quantity as it is, or a literal: 0 fits any unit, 1 and 2 have none; others are not read."""
    if isinstance(value, Quantity):
        return value
    if isinstance(value, (int, float)) and value == 0:
        return Quantity({}, zero=True)
    if isinstance(value, (int, float)) and value in PLAIN:
        return NONE
    raise Unbalanced("numbers by evidence name, or 0, 1, 2", repr(value))


def written(powers: Mapping[str, int]) -> str:
    """A unit as text: mg/L/h, 1/h, 1; powers as mg·mg."""
    above = [base for base in units.BASES for _ in range(powers.get(base, 0))]
    below = [base for base in units.BASES for _ in range(-powers.get(base, 0))]
    return "/".join(["·".join(above) or "1", *below])


def _plain(what: str, *values: Any) -> Quantity:
    """The result of an operation that needs values without unit."""
    for value in map(quantity, values):
        if value.powers:
            raise Unbalanced(f"no unit inside {what}", str(value))
    return NONE


class UnitMaths:
    """The vocabulary of equations, over units."""

    tiny = NONE

    @staticmethod
    def exp(a: Any) -> Quantity:
        return _plain("exp", a)

    @staticmethod
    def log(a: Any) -> Quantity:
        return _plain("log", a)

    @staticmethod
    def expit(a: Any) -> Quantity:
        return _plain("expit", a)

    @staticmethod
    def phi(a: Any) -> Quantity:
        return _plain("phi", a)

    @staticmethod
    def truncated(a: Any, lo: Any, hi: Any) -> Quantity:
        return _plain("truncated", a, lo, hi)

    @staticmethod
    def positive(a: Any) -> Quantity:
        return quantity(a)

    @staticmethod
    def maximum(a: Any, b: Any) -> Quantity:
        return quantity(a)._with(b, "maximum")

    @staticmethod
    def minimum(a: Any, b: Any) -> Quantity:
        return quantity(a)._with(b, "minimum")

    @staticmethod
    def where(condition: Any, a: Any, b: Any) -> Quantity:
        _plain("a condition", condition)
        return quantity(a)._with(b, "where")

    @staticmethod
    def power(a: Any, n: Any) -> Quantity:
        """A whole literal multiplies the exponents; any other power needs both without unit."""
        if not isinstance(n, Quantity) and n in PLAIN:
            return quantity(a) ** int(n)
        _plain("the exponent of a power", n)
        return _plain("a power with a real exponent", a)

    @staticmethod
    def hill(a: Any, half: Any, n: Any) -> Quantity:
        """The ratio is formed first, so level and half-level need one unit."""
        quantity(a)._with(half, "hill")
        return UnitMaths.power(quantity(a) / half, n)


def declared(node: Node) -> Quantity:
    """What a node is, as declared: its unit, whatever its equation gives."""
    return Quantity(units.dimension(node.unit))


def result(node: Node, values: Mapping[str, Quantity]) -> Quantity:
    """What the equation of a node gives, called once. values: units of what it reads and takes."""
    return quantity(node(UnitMaths, dict(values), dict(values)))


def wanted(node: Node) -> Quantity:
    """What the equation of a node has to give: its unit, per hour for states."""
    unit = declared(node)
    return unit / Quantity({"h": 1}) if node.kind in RATES else unit


def balance(node: Node, values: Mapping[str, Quantity], place: str = "") -> Fault | None:
    """The fault of one node, or None. values: units by name, as `dimensions` gives them."""
    place = place or node.name
    for name in (*node.reads, *node.numbers):
        if name not in values:
            cure = f"No evidence row holds '{name}', or its unit is unknown.{_guess(name, values)}"
            return Fault(place, f"a unit for '{name}'", "none", cure)
    if node.function is None:
        return _input(node, values, place)
    try:
        came = result(node, values)
    except Unbalanced as no:
        return Fault(place, no.expected, no.came, _takes(node, values))
    except (TypeError, AttributeError) as no:
        return Fault(place, f"the vocabulary of equations ({WORDS})", str(no), "Take mathematics from xp.")
    need = wanted(node)
    if came.zero or came.powers == need.powers:
        return _start(node, place)
    cure = f"A factor of {need / came} is missing, or the declared unit is another. {_takes(node, values)}"
    return Fault(place, str(need), str(came), cure)


def _input(node: Node, values: Mapping[str, Quantity], place: str) -> Fault | None:
    """Givens and held nodes: the usual value has the unit of the node."""
    unit = declared(node)
    if not node.numbers:
        if node.start == 0 or not unit.powers:
            return None
        return Fault(place, "0, or an evidence name", f"{node.start:g} without its unit", "Give the number a row.")
    came = values[node.numbers[0]]
    if came.powers == unit.powers:
        return None
    cure = f"Its usual value is {node.numbers[0]}: one of the two has another unit."
    return Fault(place, str(unit), str(came), cure)


def _start(node: Node, place: str) -> Fault | None:
    """A value at rest is a bare literal: 0, or any where there is no unit."""
    if node.start == 0 or not declared(node).powers:
        return None
    return Fault(place, "0, or an evidence name", f"{node.start:g} without its unit", "Give the number a row.")


def _takes(node: Node, values: Mapping[str, Quantity]) -> str:
    """What a node reads and takes, with units: where to look."""
    return "Look among: " + ", ".join(f"{n} ({values[n]})" for n in (*node.reads, *node.numbers)) + "."


def dimensions(chain: Chain, ledger: Mapping[str, HasUnit]) -> dict[str, Quantity]:
    """Units of everything an equation may read: the evidence, and nodes as they are declared."""
    rows = {
        **{name: ledger[name].unit for name in ledger},
        **{node.name: node.unit for node in chain},
    }
    out = {}
    for name, unit in rows.items():
        try:
            out[name] = Quantity(units.dimension(unit))
        except Refused:
            continue  # said by `check_units` for nodes, by the check of the evidence for its rows
    return out


def check_units(chain: Chain, ledger: Mapping[str, HasUnit]) -> list[Fault]:
    """Faults of all equations of a chain; each is called once, downstream sees the declared unit."""
    values = dimensions(chain, ledger)
    faults: list[Fault] = []
    for link in chain.links:
        for node in link.nodes:
            place = f"{link.name}.{node.name}"
            if node.name not in values:
                faults.append(
                    Fault(place, "a unit of the table", repr(node.unit), "Units are " + ", ".join(units.BASES))
                )
            elif fault := balance(node, values, place):
                faults.append(fault)
    return faults
