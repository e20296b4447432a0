"""What is known: every number as data, with its unit, grade and source."""

from resynapse.evidence.ledger import Ledger, Number, load

__all__ = ["Ledger", "Number", "load"]
