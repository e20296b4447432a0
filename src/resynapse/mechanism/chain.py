"""The causal chain: infusion, blood, receptor, glutamate, plasticity, synapses, mood; and the body beside it."""

from .body import body
from .circulation import circulation
from .declare import Chain
from .dissociation import dissociation
from .expectancy import expectancy
from .glutamate import glutamate
from .kinetics import kinetics_R, kinetics_S, levels
from .plasticity import plasticity
from .receptor import receptor
from .sedation import sedation
from .symptoms import drug, mood

CHAIN = Chain(
    (
        body, kinetics_S, kinetics_R, levels, receptor, glutamate, plasticity, drug, expectancy, mood,
        dissociation, circulation, sedation,
    )
)  # fmt: skip
