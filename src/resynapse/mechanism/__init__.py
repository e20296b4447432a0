"""The causal chain, one link a file. Equations only: numbers are evidence, loops over time the engine's."""

from .chain import CHAIN
from .declare import Chain, Link, Miswired, Node

__all__ = ["CHAIN", "Chain", "Link", "Miswired", "Node"]
