"""Cut a step of the chain and see: what is held at rest, what stays, and on what ground the step is believed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import Place, Refused
from .declare import Chain

PATH = ("blood", "receptor", "glutamate", "connections")  # each leads to the next, the last to relief


@dataclass(frozen=True)
class Cut:
    """One switch. name: of the link in a sentence; nodes: what is held at rest; words: what comes of it;
    ground: why the step is believed; source: key of a publication in the evidence, where the ground is one.
    """

    key: str
    name: str
    nodes: tuple[str, ...]
    words: str
    ground: str
    source: str = ""


def read(text: str) -> tuple[str, ...]:
    """Steps to cut, as typed: "glutamate", or "receptor, hope"; in the order of the chain. Refused with the names
    there are."""
    typed, at = text.split(",") if text.strip() else [], 0
    for part in typed:
        if part.strip().lower() not in CUTS:
            raise Refused(
                "no step that can be cut",
                f"Steps: {', '.join(CUTS)}; commas between several.", ("glutamate",),
                Place(text=text, start=at, end=at + len(part), field="cut"),
            )  # fmt: skip
        at += len(part) + 1
    names = {part.strip().lower() for part in typed}
    return tuple(key for key in CUTS if key in names)


def cut(chain: Chain, keys: Iterable[str]) -> Chain:
    """The chain with these steps at rest, and so all they lead to; a name the chain lacks is passed over."""
    held = {name for key in keys for name in CUTS[key].nodes}
    names = {node.name for node in chain}
    for name in sorted(held & names):
        chain = chain.cut(name)
    return chain


def drug_gone(keys: Iterable[str]) -> bool:
    """Whether the drug can do nothing for mood any more."""
    return any(key in PATH for key in keys)


_LEVELS = ("ketamine_arterial", "ketamine_venous", "norketamine", "hydroxynorketamine")
CUTS = {
    c.key: c
    for c in (
        Cut(
            "blood", "blood", (*_LEVELS, "x", "drive"),
            "No drug in the blood: no block, no dissociation, no rise of pressure; hope and time stay.",
            "Ground: what does not reach the blood does nothing; seen in people.",
        ),
        Cut(
            "receptor", "receptor", ("x",),
            "The receptor is not blocked: glutamate stays quiet; level, dissociation and pressure stay as they are.",
            "Ground: it binds the receptor at levels such a dose reaches. That block alone is enough is doubtful: "
            "memantine and lanicemine block it too, and do less.",
            "Zanos2018",
        ),
        Cut(
            "glutamate", "glutamate", ("G",),
            "Glutamate cannot act: no new connections, no drug effect on mood; level, dissociation and pressure stay.",
            "Ground: in rats a block of AMPA receptors stops what the surge sets off downstream. In people unproven.",
            "Moghaddam1997",
        ),
        Cut(
            "connections", "new connections", ("P",),
            "No synapse strengthens or grows: the drug's part of mood goes; all before it, and the body, stay.",
            "Ground: in mice the early effect starts without new spines and the later one needs them. In people no "
            "gain of synapses has been shown.",
            "ModaSava2019",
        ),
        Cut(
            "hope", "hope", ("Ef",),
            "Hope and setting taken away: what is left is drug and time.",
            "Ground: people in the control arms of masked trials improve too.",
        ),
    )
}  # fmt: skip
