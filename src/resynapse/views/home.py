"""The first page: the causal story in six strips, what happens written in each, read off the model."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from resynapse.outcome.summary import Strip, Summary
from resynapse.views import sentence
from resynapse.views import strips as strips_
from resynapse.views import words as w
from resynapse.views.page import drawn, foot
from resynapse.views.plotspec import Gutter, Label, Panel, PlotSpec, Size

TALL, MOOD_PX, APART_PX = 74.0, 196.0, 12.0
SIZES = {"screen": Size(800.0), "phone": Size(343.0, narrow=True)}
LEFT_PX = {"screen": 166.0, "phone": 172.0}  # room for the second line of a name
PHONE_PX, PHONE_MOOD_PX = 44.0, 110.0


def home(summary: Summary, size: str = "screen") -> dict[str, Any]:
    """Headline with its counterfactual, how long, and the strips of one infusion."""
    plan = summary.plans[0]
    first, last = (
        sentence.headline(summary).split(". ", 1)[0] + ".",
        f"Half of the responders are back {sentence.back_by(plan)}",
    )
    return {
        "headline": first, "last": f"{last} {w.interval(plan.back.since_start, w.whole)}.".replace(" .", "."),
        "strips": drawn(_strips(summary, size)), "foot": foot(summary),
    }  # fmt: skip


def _strips(summary: Summary, size: str) -> PlotSpec:
    spec, data = strips_.strips(summary, SIZES[size]), summary.plans[0].strips
    tall, mood = (TALL, MOOD_PX) if size == "screen" else (PHONE_PX, PHONE_MOOD_PX)
    strips = {"blood": data.blood, "receptor": data.receptor, "glutamate": data.glutamate,
              "connections": data.connections, "mood": data.mood}  # fmt: skip
    panels = tuple(
        replace(p, height=mood if p.key == "mood" else tall, gap=APART_PX if k else 0.0,
                labels=_said(p, strips.get(p.key), size), gutter=_beside(p.gutter, size))
        for k, p in enumerate(spec.panels)
    )  # fmt: skip
    return replace(
        spec, panels=panels, left=LEFT_PX[size], sub=f"One infusion of {data.dose_text}; right: how sure, and in whom."
    )


def _beside(gutter: Gutter | None, size: str) -> Gutter | None:
    """What stands left of a strip: on a phone the grade takes the place of the second name."""
    return replace(gutter, sub="") if gutter and size == "phone" else gutter


def _said(panel: Panel, strip: Strip | None, size: str) -> tuple[Label, ...]:
    """What happens, in words of the strip's own times; the layers of the mood keep their names."""
    if strip is None or size == "phone":
        return panel.labels
    if panel.key == "mood":
        lifts = Label(f"{strip.note}, most at {strip.peaks}", panel.token, place="top", strong=True)
        return (*panel.labels[:-1], lifts)
    said, place = _HAPPENS[panel.key](strip), panel.labels[-1].place
    lines = (said,) if panel.key == "blood" else (said, strips_.TIMING_ONLY)
    return tuple(
        Label(text, "ink3" if k else panel.token, place=place, strong=not k, row=k) for k, text in enumerate(lines)
    )


_HAPPENS = {
    "blood": lambda s: f"{s.note}, gone by {s.over_by}",
    "receptor": lambda s: f"blocked until {s.over_by}",
    "glutamate": lambda s: f"surges by {s.peaks}, over by {s.over_by}",
    "connections": lambda s: f"from {s.starts}, most at {s.peaks}",
}
