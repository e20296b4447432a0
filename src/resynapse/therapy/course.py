"""A course: parts as written, and the doses they mean for one person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from resynapse import language
from resynapse.errors import Refused
from resynapse.spans import at, place, proved
from resynapse.therapy import limits
from resynapse.therapy.dose import Dose, GivenDose
from resynapse.therapy.drug import ESKETAMINE
from resynapse.therapy.limits import Caution
from resynapse.therapy.part import Part
from resynapse.therapy.reading import read_part
from resynapse.therapy.session import PlannedDose, Session, sessions

_EPS_H = 1e-9
EXAMPLE = "0.5 mg/kg over 40 min, mon wed fri, 2 weeks"


@dataclass(frozen=True)
class Course:
    """Parts in order; a part starts when the one before is over (`starts_h`). Hours from its first dose."""

    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", tuple(self.parts))
        if not self.parts:
            raise Refused("no part", "A course has one part or more.", ("0.5 mg/kg over 40 min",))
        if sum(p.schedule.given for p in self.parts) > limits.MOST_DOSES:
            raise Refused(
                f"more than {limits.MOST_DOSES} doses",
                f"A course has at most {limits.MOST_DOSES} doses.",
                (EXAMPLE,),
            )
        limits.often([p.time_h for p in self.planned])

    # -- text

    @staticmethod
    def parse(text: str) -> Course:
        """A course from one line of text; Refused with the place and a text that would pass."""
        try:
            return _read(text)
        except Refused as no:
            raise proved(text, _read, no, EXAMPLE) from None

    def against(self, text: str) -> Course:
        """A second plan; fields it leaves out are taken from this one, part by part.

        "1 mg/kg" changes the dose only, "once" the schedule only. With another number of parts than
        here nothing can be taken over: every part must then give its dose, route and schedule.
        """
        try:
            return self._against(text)
        except Refused as no:
            raise proved(text, self._against, no, self.text) from None

    def _against(self, text: str) -> Course:
        written = language.parse(text, partial=True)
        same = len(written) == len(self.parts)
        if not same:
            self._refuse_gaps(text, written)
        firsts: Iterable[Part | None] = self.parts if same else [None] * len(written)
        with at(text, (0, len(text))):
            return Course(tuple(read_part(text, w, f) for w, f in zip(written, firsts, strict=True)))

    def _refuse_gaps(self, text: str, written: tuple[language.WrittenPart, ...]) -> None:
        for w in written:
            if w.dose is None or w.schedule is None:
                missing = "dose" if w.dose is None else "schedule"
                rule = f"The first plan has {len(self.parts)} parts, this one {len(written)}: write every field."
                passes = (", then ".join([text.strip()] * len(self.parts)),) if len(written) == 1 else (self.text,)
                raise Refused(f"a part without its {missing}", rule, passes, place(text, w.span))

    @property
    def text(self) -> str:
        """The shortest line that reads back to the same course."""
        return ", then ".join(p.text for p in self.parts)

    @property
    def whole(self) -> str:
        """A line that reads to the same course beside any first plan: `once` is said."""
        return ", then ".join(f"{p.dose.text}, {p.schedule.text or 'once'}" for p in self.parts)

    # -- times

    @cached_property
    def starts_h(self) -> tuple[float, ...]:
        """Start of each part, hours.

        After `every`: one interval after its last dose. After weekdays: when its weeks are over, and
        a part with weekdays waits for the first named day of it. After `once`: when the dose is over.
        """
        starts, now, monday = [], 0.0, None
        for part in self.parts:
            when = part.schedule
            if when.kind == "days":
                if monday is not None:
                    wait = (monday + 24.0 * when.days[0] - now) % 168.0
                    now += wait if wait < 168.0 - _EPS_H else 0.0  # a hair below a week is rounding
                monday = now - 24.0 * when.days[0]
            starts.append(now)
            now += part.dose.end_h if when.kind == "once" else when.length_h
        if now > limits.MOST_WEEKS * 168.0 + limits.LONG_H:
            raise Refused(
                f"more than {limits.MOST_WEEKS} weeks",
                f"A course lasts at most {limits.MOST_WEEKS} weeks.",
                (EXAMPLE,),
            )
        return tuple(starts)

    @cached_property
    def planned(self) -> tuple[PlannedDose, ...]:
        """Every dose with its time, in order."""
        pairs = zip(self.parts, self.starts_h, strict=True)
        every = [PlannedDose(s + t, p.dose) for p, s in pairs for t in p.schedule.offsets_h]
        return tuple(sorted(every, key=lambda p: p.time_h))

    @cached_property
    def sessions(self) -> tuple[Session, ...]:
        """The visits, in order; the rule stands in `therapy/session.py`."""
        return sessions(self.planned)

    @property
    def last_h(self) -> float:
        """When the last dose has been given: end of the last infusion, time of the last device."""
        return max(s.end_h for s in self.sessions)

    # -- for one person

    def doses(self, weight_kg: float) -> tuple[GivenDose, ...]:
        """What enters a person of `weight_kg`, in order of time; Refused if a limit is passed."""
        kg = limits.weight(float(weight_kg))
        given = [d for s in self.sessions for d in _session_doses(s, kg)]
        return tuple(sorted(given, key=lambda d: d.time_h))

    def cautions(self, weight_kg: float) -> tuple[Caution, ...]:
        """Warnings for a person of this weight; empty if there are none."""
        doses, kg = self.doses(weight_kg), float(weight_kg)
        out = []
        most = limits.most_within(doses, limits.WARN_WINDOW_H) / kg
        if limits.above(most, limits.WARN_MG_PER_KG):
            out.append(Caution(f"{most:.3g} mg/kg within 2 h is above 1.5 mg/kg", "The model is not valid above it."))
        sprays = [p.dose.amount for p in self.planned if p.dose.route == "nasal" and p.dose.drug == ESKETAMINE]
        if sprays and max(sprays) > limits.LABEL_NASAL_MG:
            cause = f"{max(sprays):.0f} mg of nasal esketamine is above the label's 84 mg"
            out.append(Caution(cause))
        if any(_compounded(p.dose) for p in self.planned):
            out.append(Caution("outside a clinic this is a compounded product", limits.COMPOUNDED))
        return tuple(out)

    def words(self, weight_kg: float = limits.DEFAULT_WEIGHT_KG) -> str:
        """The course echoed in words and in mg for this person, a line a part."""
        kg = limits.weight(float(weight_kg))
        lines = []
        for part in self.parts:
            when = part.schedule.text
            lines.append(part.dose.words(kg) + (f", {when}" if when else ""))
        return "; then ".join(lines)

    def calendar(self, weight_kg: float | None = None, start_date: dt.date | None = None) -> str:
        """A text calendar, a line a week; mg where a weight is given, else the dose as written."""
        from resynapse.therapy.calendar import calendar

        return calendar(self, weight_kg, start_date)

    def replace(self, **changes: Any) -> Course:
        """A new course with these fields changed."""
        return replace(self, **changes)

    def __str__(self) -> str:
        return f"{self.text}\n{self.calendar()}"

    def __repr__(self) -> str:
        return f"Course.parse({self.text!r})"

    def _repr_html_(self) -> str:
        from html import escape

        return f"<p><code>{escape(self.text)}</code></p><pre>{escape(self.calendar())}</pre>"


def _read(text: str) -> Course:
    """As `Course.parse`, before the passing values have been tried."""
    written = language.parse(text)
    with at(text, (0, len(text))):
        return Course(tuple(read_part(text, w) for w in written))


def _session_doses(session: Session, kg: float) -> Iterable[GivenDose]:
    """The doses of one visit for one person; only its first nasal device counts as first."""
    sprayed = 0
    for p in session.doses:
        dose = p.dose
        each = dose.mg_base(kg) / dose.devices
        for k in range(dose.devices):
            device = min(sprayed, 1) if dose.route == "nasal" else 0
            sprayed += dose.route == "nasal"
            time = p.time_h + k * dose.gap_h
            yield GivenDose(time, each, dose.drug, dose.route, dose.duration_h, device, session.number)


def _compounded(dose: Dose) -> bool:
    """Whether a dose comes as something that people take home: mouth, or a spray that is no labelled device."""
    return dose.route in ("oral", "sublingual") or (dose.route == "nasal" and dose.drug != ESKETAMINE)
