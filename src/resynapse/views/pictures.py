"""Summary to specs: every picture there is, each in a file of its own."""

from resynapse.views.course import course
from resynapse.views.minutes import session
from resynapse.views.points import difference, people, person, shares
from resynapse.views.strips import strips

__all__ = ["course", "difference", "people", "person", "session", "shares", "strips"]
