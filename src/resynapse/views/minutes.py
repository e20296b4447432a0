"""The minutes: levels over the dose, dissociation and pressure of one session, on one time axis."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from resynapse.outcome.summary import Bands, Range, SessionView, Summary
from resynapse.views import tokens
from resynapse.views import words as w
from resynapse.views.course import nearest
from resynapse.views.plotspec import (
    PAGE_HALF,
    Axis,
    Block,
    Fill,
    Label,
    Line,
    Panel,
    PlotSpec,
    Size,
    Table,
    Threshold,
    Tick,
)

LEVELS = (("ketamine_arterial", "level", "a"), ("ketamine_venous", "level", "venous"),
          ("norketamine", "level2", "metabolite"))  # fmt: skip
TABLED = ("ketamine_arterial", "ketamine_venous", "norketamine", "CADSS", "SBP")
MINUTE_STEPS = (20, 30, 60, 120, 240, 480, 720)
LEVEL_PX, SIDE_PX, PRESSURE_PX, GAP_PX, UNDER_DOSE_PX = 54.0, 32.0, 56.0, 12.0, 31.0
BLOCK_OF_TALLEST = 0.45  # of the tallest block: room for what hangs below
TABLE_STEP = 30.0
ENTRIES = {"caution": "sbp_caution", "do not": "sbp_stop"}  # thresholds and their numbers in the evidence
SAME = "the same under A and B"


def session(summary: Summary, size: Size = PAGE_HALF, plan: int = 0, ask: tuple[str, ...] = ()) -> PlotSpec:
    """One session in minutes: levels over the dose, dissociation, pressure; `ask` adds further read-outs."""
    view = summary.plans[plan].session
    scale = size.font_px / tokens.TICK_PX
    left, right = 32.0 * scale, 14.0 * scale
    panels = [_level_panel(view, size), *_side_panels(view, size, ask)]
    return PlotSpec(
        key="session",
        title=f"Session {view.number}, in minutes",
        sub=_session_sub(summary, plan),
        alt=_session_alt(view),
        width=size.width,
        left=left,
        right=right,
        x=_minutes(view, size.width - left - right),
        panels=tuple(panels),
        table=_session_table(view, ask),
        font_px=size.font_px,
        top=8.0,
    )


def session_of_two(summary: Summary, size: Size, plan: int, ask: tuple[str, ...] = ()) -> PlotSpec:
    """The same, with the other plan's medians dashed where its session differs."""
    spec = session(summary, size, plan, ask)
    others = [p for k, p in enumerate(summary.plans) if k != plan]
    if not others or same_session(summary):
        return spec
    return replace(spec, panels=tuple(_beside(p, others[0].session) for p in spec.panels))


def same_session(summary: Summary) -> bool:
    """Whether the sessions shown of two plans are one and the same."""
    views = [p.session for p in summary.plans]
    return len(views) > 1 and views[0].blocks == views[1].blocks and views[0].number == views[1].number


def _beside(panel: Panel, other: SessionView) -> Panel:
    """A panel with the other plan's median behind its own lines; its range holds both."""
    band = other.bands.get({"level": "ketamine_arterial"}.get(panel.key, panel.key))
    if band is None:
        return panel
    line = Line(band.time, band.q50, "planb", "b", "the other plan")
    hi = panel.hi if panel.key == "SBP" else max(panel.hi, round_above(float(np.nanmax(band.q50))))
    return replace(panel, lines=(line, *panel.lines), hi=hi)


def _session_sub(summary: Summary, plan: int) -> str:
    views, same = [p.session for p in summary.plans], same_session(summary)
    who = f"{SAME}; " if same else f"plan {summary.plans[plan].tag}; " if len(views) > 1 else ""
    return f"{who}block: {block_words(views[plan])}"


def block_words(view: SessionView) -> str:
    """What the block stands for: "41 mg over 40 min", "2 × 28 mg"."""
    if not view.blocks:
        return "no dose"
    _, length, mg = view.blocks[0]
    count = f"{len(view.blocks)} {w.TIMES} " if len({b[1:] for b in view.blocks}) == 1 < len(view.blocks) else ""
    return f"{count}{w.dose_mg(mg)}" + (f" over {w.minutes(length)}" if length > 0 else "")


def _minutes(view: SessionView, room: float) -> Axis:
    time = next(iter(view.bands.values())).time
    end = float(time[-1])
    fits = [s for s in MINUTE_STEPS if end / s * 34.0 <= room]
    step = fits[0] if fits else MINUTE_STEPS[-1]
    ticks = tuple(Tick(float(t), w.minutes(float(t)) if t == 0 else w.whole(t)) for t in np.arange(0, end + 1, step))
    ends = {s for start, length, _ in view.blocks for s in (start, start + length)}
    return Axis(0.0, end, ticks, verticals=tuple(sorted(ends)))


def _level_panel(view: SessionView, size: Size) -> Panel:
    shown = [(view.bands[k], token, stroke, view.labels[k]) for k, token, stroke in LEVELS if k in view.bands]
    main = shown[0][0]
    top = round_above(max(float(np.nanmax(b.q95)) for b, *_ in shown))
    lines = tuple(Line(b.time, b.q50, token, stroke, label) for b, token, stroke, label in reversed(shown))
    return Panel(
        "level", LEVEL_PX * size.tall, 0.0, top, token="level", fills=_quantity_bands(main, "level"), lines=lines,
        ticks=tuple(Tick(t, w.whole(t)) for t in (0, top / 2, top)), blocks=_blocks(view),
        labels=(Label("ketamine, ng/mL", "level", place="top", strong=True),), baseline=True,
    )  # fmt: skip


def _quantity_bands(b: Bands, token: str) -> tuple[Fill, ...]:
    return (Fill(b.time, b.q05, b.q95, token, "band90", name="9 in 10"),
            Fill(b.time, b.q25, b.q75, token, "band50", name="half of people"))  # fmt: skip


def round_above(x: float) -> float:
    """The next of 1, 2, 4, 5, 6, 8 × 10ⁿ above a value."""
    if not math.isfinite(x) or x <= 0:
        return 1.0
    ten = 10.0 ** math.floor(math.log10(x))
    return next(m * ten for m in (1, 2, 3, 4, 5, 6, 8, 10) if m * ten >= x)


def _blocks(view: SessionView) -> tuple[Block, ...]:
    """Height is rate against the fastest; a bolus has no length and stands as high as the tallest."""
    rates = [mg / length if length else math.inf for _, length, mg in view.blocks]
    finite = [rate for rate in rates if math.isfinite(rate)]
    top = max(finite, default=1.0) or 1.0
    return tuple(
        Block(
            start, length, BLOCK_OF_TALLEST * (1.0 if math.isinf(rate) else rate / top), w.dose_mg(mg) if k == 0 else ""
        )
        for k, ((start, length, mg), rate) in enumerate(zip(view.blocks, rates, strict=True))
    )


def _side_panels(view: SessionView, size: Size, ask: tuple[str, ...]) -> list[Panel]:
    out = [_cadss_panel(view, size)] if "CADSS" in view.bands else []
    out += [_pressure_panel(view, size)] if "SBP" in view.bands else []
    return out + [_plain_panel(view, key, size) for key in ask if key in view.bands]


def _cadss_panel(view: SessionView, size: Size) -> Panel:
    b = view.bands["CADSS"]
    top = round_above(max(float(np.nanmax(b.q95)), 5 * tokens.CADSS_SETTLED))
    return Panel(
        "CADSS", SIDE_PX * size.tall, 0.0, top, UNDER_DOSE_PX * size.tall, "diss", _quantity_bands(b, "diss"),
        (Line(b.time, b.q50, "diss", "a", view.labels["CADSS"]),), (Tick(0, "0"), Tick(top, w.whole(top))),
        (Threshold(tokens.CADSS_SETTLED, "settled", number="leave_CADSS"),),
        (Label("dissociation, CADSS", "diss", place="top", strong=True),
         Label("4: settled", "ink3", tokens.CADSS_SETTLED, float(b.time[-1]), "above", anchor="end",
               number="leave_CADSS")), baseline=True,
    )  # fmt: skip


def _pressure_panel(view: SessionView, size: Size) -> Panel:
    """The starting value and the marks that mean something; the range is fixed so that sessions compare."""
    b, start = view.bands["SBP"], view.sbp_start
    lo, hi = start - tokens.PRESSURE["below"], max(tokens.PRESSURE["top"], float(np.nanmax(b.q95)))
    height = PRESSURE_PX * size.tall
    near = tokens.NEAR_START_PX * (hi - lo) / height
    marks = [(tokens.PRESSURE[word], word) for word in ("caution", "do not") if tokens.PRESSURE[word] > start]
    ticks = [Tick(start, w.whole(start), "start")]
    ticks += [Tick(at, w.whole(at), "mark") for at, _ in marks if at - start >= near]
    end = float(b.time[-1])
    labels = [Label(f"{w.whole(at)}: {word}", "ink3", at, end, "inner", anchor="end", number=ENTRIES[word])
              for at, word in marks]  # fmt: skip
    name_at = (marks[0][0] + hi) / 2 if marks else hi
    return Panel(
        "SBP", height, lo, hi, GAP_PX * size.tall, "press", _quantity_bands(b, "press"),
        (Line(b.time, b.q50, "press", "a", view.labels["SBP"]),), tuple(ticks),
        tuple(Threshold(at, word, number=ENTRIES[word]) for at, word in marks),
        (Label("systolic, mmHg", "press", name_at, end, "inner", True, "end"), *labels),
    )  # fmt: skip


def _plain_panel(view: SessionView, key: str, size: Size) -> Panel:
    """A further read-out, asked for by name."""
    b = view.bands[key]
    pressure = view.units.get(key) in ("mmHg", "per min")
    token = "press" if pressure else "diss"
    lo = math.floor(float(np.nanmin(b.q05)) / 10) * 10 if pressure else 0.0
    hi = math.ceil(float(np.nanmax(b.q95)) / 10) * 10 if pressure else round_above(float(np.nanmax(b.q95)))
    name = ", ".join(part for part in (view.labels[key], view.units.get(key, "")) if part)
    return Panel(
        key, SIDE_PX * size.tall, lo, max(hi, lo + 1), GAP_PX * size.tall, token, _quantity_bands(b, token),
        (Line(b.time, b.q50, token, "a", view.labels[key]),), (Tick(lo, w.whole(lo)), Tick(hi, w.whole(hi))),
        labels=(Label(name, token, place="top", strong=True),),
    )  # fmt: skip


def _session_alt(view: SessionView) -> str:
    peaks = [f"{p.label} peaks at {w.ranged(p.value, form_of(p.unit), p.unit)}" for p in view.peaks]
    return f"Session {view.number}, {view.dose_text}: {'; '.join(peaks)}." if peaks else view.dose_text


def _session_table(view: SessionView, ask: tuple[str, ...]) -> Table:
    """Every half hour: the median of each read-out, with 9 in 10 for those that have their bands drawn."""
    keys = [k for k in (*TABLED, *ask) if k in view.bands]
    head = tuple(", ".join(p for p in (view.labels[k], view.units.get(k, "")) if p not in ("", "point")) for k in keys)
    time = view.bands[keys[0]].time
    ends = [start + length for start, length, _ in view.blocks]
    wanted = sorted({*np.arange(0.0, float(time[-1]) + 1, TABLE_STEP).tolist(), *ends})
    rows = tuple(_session_row(view, keys, t) for t in wanted)
    return Table(("Time", *(w.first_upper(h) for h in head)), rows)


def form_of(unit: str) -> w.Form:
    """Levels by three digits, the rest whole."""
    return w.level if unit == "ng/mL" else w.whole


def _session_row(view: SessionView, keys: list[str], t: float) -> tuple[str, ...]:
    cells = [w.minutes(t)]
    for key in keys:
        b = view.bands[key]
        k = nearest(b.time, t)
        form = form_of(view.units.get(key, ""))
        cells.append(w.ranged(Range(float(b.q50[k]), float(b.q05[k]), float(b.q95[k])), form))
    return tuple(cells)
