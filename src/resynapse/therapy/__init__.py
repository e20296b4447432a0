"""The nouns: drugs, doses, courses, people. Frozen, comparable, checked; no simulation in here."""

from resynapse.therapy.course import Course
from resynapse.therapy.dose import Dose, GivenDose
from resynapse.therapy.drug import ARKETAMINE, ESKETAMINE, RACEMIC, Drug
from resynapse.therapy.limits import Caution
from resynapse.therapy.part import Part
from resynapse.therapy.patient import Patient
from resynapse.therapy.population import Population
from resynapse.therapy.schedule import Schedule
from resynapse.therapy.session import PlannedDose, Session

__all__ = [
    "ARKETAMINE",
    "ESKETAMINE",
    "RACEMIC",
    "Caution",
    "Course",
    "Dose",
    "Drug",
    "GivenDose",
    "Part",
    "Patient",
    "PlannedDose",
    "Population",
    "Schedule",
    "Session",
]
