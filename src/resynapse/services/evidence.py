"""The evidence as a use case: one number in full, and what is missing from the tables."""

from __future__ import annotations

from resynapse.evidence import Fault, check, describe, load, trials, unused
from resynapse.evidence.faults import check_figures


def show(name: str) -> list[str]:
    """Lines on one number, with the nodes that read it. Refused, with near names, if there is none."""
    return describe(name, used_in().get(name, ()))


def check_all() -> tuple[list[Fault], list[Fault]]:
    """Faults of the shipped tables, and remarks: numbers that no equation reads."""
    ledger, used = load(), set(used_in())
    return check(ledger, used) + check_figures(ledger, trials().values()), unused(ledger, used)


def used_in() -> dict[str, tuple[str, ...]]:
    """Evidence names to the nodes that read them, as "link, node"; numbers made of numbers left out."""
    from resynapse.mechanism import CHAIN  # the chain is built when first asked for

    made = {node.name for link in CHAIN.links for node in link.nodes}
    found: dict[str, list[str]] = {}
    for link in CHAIN.links:
        for node in link.nodes:
            for name in node.numbers:
                if name not in made:
                    found.setdefault(name, []).append(f"{link.name}, {node.name}")
    return {name: tuple(places) for name, places in found.items()}
