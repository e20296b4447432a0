"""What is known: every number as data, with its unit, grade and source."""

from resynapse.evidence.digest import digest, version
from resynapse.evidence.faults import Fault, check, unused
from resynapse.evidence.ledger import Figure, Ledger, Number, Source, covariance, load, trials
from resynapse.evidence.words import describe

__all__ = [
    "Fault",
    "Figure",
    "Ledger",
    "Number",
    "Source",
    "check",
    "covariance",
    "describe",
    "digest",
    "load",
    "trials",
    "unused",
    "version",
]
