"""The causal picture: six strips on one log-time axis, who leads to whom, how sure, and in whom."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from resynapse.outcome.summary import Strip, Strips, Summary
from resynapse.views import tokens
from resynapse.views import words as w
from resynapse.views.plotspec import (
    PAGE_WIDE,
    Array,
    Axis,
    Block,
    Fill,
    Gutter,
    Label,
    Line,
    Panel,
    PlotSpec,
    Size,
    Table,
    Tick,
)

TIMING_ONLY = "timing and sign only"
TICKS_H = ((1 / 6, "10 min"), (2 / 3, "40 min"), (2, "2 h"), (6, "6 h"), (24, "day 1"), (72, "day 3"),
           (168, "week 1"), (336, "2"), (672, "4"))  # fmt: skip
NARROW_TICKS = frozenset({"10 min", "2 h", "day 1", "4"})
ROW_PX, MOOD_PX, GAP_PX = 18.0, 42.0, 5.0
GONE = 0.02  # of the peak: below it a strip is only its baseline
ROOM_FROM, ROOM_HIGH, ROOM_MOOD = 0.55, 0.25, 0.62  # where text needs room, and how high a curve may stand there
HEAD = ("Strip", "Starts", "Peaks", "Over by", "Grade", "In whom")


def strips(
    summary: Summary, size: Size = PAGE_WIDE, beside: bool = False
) -> PlotSpec:  # fmt: skip
    """Six strips of plan A's first infusion; steps that are cut in plan B empty what they lead to.

    beside: with those of plan B dashed, on the same scale, where it begins with another dose.
    """
    cut = summary.plans[-1].cut
    data, other = summary.plans[0].strips, _other(summary, cut) if beside else None
    labels, grades = (142.0, 2.0) if size.narrow else (142.0, 180.0)
    scale = size.font_px / tokens.TICK_PX
    return PlotSpec(
        key="strips",
        title="One dose, 10 minutes to 4 weeks: glutamate surges, new connections grow, mood lifts",
        sub=f"plan {summary.plans[0].tag}, first dose: {data.dose_text}" + (BESIDE if other else ""),
        alt=_alt(data, cut),
        width=size.width,
        left=labels * scale,
        right=grades * scale,
        x=_axis(size),
        panels=_beside(_emptied(_panels(data, size), data, cut, size), data, other),
        table=Table(HEAD, tuple(_row(s) for s in _all(data))),
        bar=Block(tokens.STRIP_FROM_H, data.infusion_h, 1.0, "infusion" if data.infusion_h > 0 else "dose"),
        font_px=size.font_px,
        top=17.0 * scale,
    )


def _axis(size: Size) -> Axis:
    shown = [t for t in TICKS_H if not size.narrow or t[1] in NARROW_TICKS]
    ticks = tuple(Tick(at, "week 4" if size.narrow and at == tokens.STRIP_TO_H else text) for at, text in shown)
    verticals = tuple(at for at, _ in TICKS_H[1:])
    return Axis(tokens.STRIP_FROM_H, tokens.STRIP_TO_H, ticks, "log", verticals)


def _panels(data: Strips, size: Size) -> tuple[Panel, ...]:
    """Blood, receptor, glutamate, connections, body, mood: from the top."""
    chain = (("blood", data.blood, "level"), ("receptor", data.receptor, "ink"),
             ("glutamate", data.glutamate, "ink"), ("connections", data.connections, "ink"))  # fmt: skip
    rows = [_chain_panel(data.time_h, key, strip, token, size) for key, strip, token in chain]
    return (*rows, _body(data, size), _mood(data, size))


# what each step leads to, itself first
PATH = ("blood", "receptor", "glutamate", "connections")
CUT_HERE, EMPTY, GONE_DRUG, GONE_HOPE = "cut: nothing from here", "empty", "drug: gone", "hope: gone"


def emptied(cut: tuple[str, ...]) -> frozenset[str]:
    """Strips that a cut leaves empty: the step itself and all below it; the body only without blood."""
    out = {step for key in cut if key in PATH for step in PATH[PATH.index(key) :]}
    return frozenset(out | ({"body"} if "blood" in cut else set()))


def _emptied(panels: tuple[Panel, ...], data: Strips, cut: tuple[str, ...], size: Size) -> tuple[Panel, ...]:
    if not cut:
        return panels
    gone = emptied(cut)
    out = [_outlined(p, "cut" if p.key in cut else "empty") if p.key in gone else p for p in panels[:-1]]
    on_path = [replace(p, labels=_not_on_path(p)) if p.key == "body" and p.key not in gone else p for p in out]
    return (*on_path, _mood(data, size, drug="connections" not in gone, hope="hope" not in cut))


BESIDE = "; dashed: plan B, on the same scale"


def _other(summary: Summary, cut: tuple[str, ...]) -> Strips | None:
    """Strips of plan B, if it begins with another dose."""
    if len(summary.plans) < 2 or cut or summary.plans[1].strips is summary.plans[0].strips:
        return None
    return summary.plans[1].strips


def _beside(panels: tuple[Panel, ...], data: Strips, other: Strips | None) -> tuple[Panel, ...]:
    if other is None:
        return panels
    pairs = {
        "blood": (data.blood, other.blood), "receptor": (data.receptor, other.receptor),
        "glutamate": (data.glutamate, other.glutamate), "connections": (data.connections, other.connections),
    }  # fmt: skip
    out = []
    for panel in panels:
        if panel.key in pairs:
            ours, theirs = pairs[panel.key]
            y = _visible(theirs.y * theirs.size / ours.size)
            line = Line(other.time_h, y, "planb", "strip-b", "plan B")
            panel = replace(panel, lines=(*panel.lines, line), hi=max(panel.hi, _ceiling(y)))
        out.append(panel)
    return tuple(out)


def _outlined(panel: Panel, why: str) -> Panel:
    """A strip without its fill: a dashed outline, and a word for why."""
    text = CUT_HERE if why == "cut" else EMPTY
    gutter = None if panel.gutter is None else replace(panel.gutter, spine=why, token="ink3")
    fills = tuple(replace(f, look="cut") for f in panel.fills)
    lines = tuple(replace(line, stroke="cut", token="ink3") for line in panel.lines)
    labels = tuple(Label(text, "ink", place="right") for _ in panel.labels[:1])
    return replace(panel, fills=fills, lines=lines, labels=labels, gutter=gutter)


def _not_on_path(panel: Panel) -> tuple[Label, ...]:
    return tuple(replace(label, text=f"{label.text}; not on this path") for label in panel.labels)


def _height(size: Size, base: float = ROW_PX) -> float:
    return base * size.tall * (1.75 if size.narrow else 1.0)


def _chain_panel(t: Array, key: str, strip: Strip, token: str, size: Size) -> Panel:
    y = _visible(strip.y)
    look = "band50" if token == "level" else strip.grade
    return Panel(
        key, _height(size), 0.0, _ceiling(strip.y), GAP_PX, token,
        fills=(Fill(t, np.zeros_like(t), y, token, look),),
        lines=(Line(t, y, token, "strip", strip.name),),
        labels=(_note(t, strip, token, size),),
        gutter=_gutter(strip, token), baseline=True,
    )  # fmt: skip


def _visible(y: Array) -> Array:
    """A gap where nothing is left, so that no thick line runs along the baseline."""
    peak = float(np.nanmax(y)) if np.isfinite(y).any() else 0.0
    return np.where(y > GONE * peak, y, np.nan)


def _ceiling(y: Array) -> float:
    peak = float(np.nanmax(y)) if np.isfinite(y).any() else 0.0
    return peak * 1.05 if peak > 0 else 1.0


def _gutter(strip: Strip, token: str, spine: str = "disc") -> Gutter:
    return Gutter(strip.name, strip.sub, token, strip.grade, strip.species, spine)


def _note(t: Array, strip: Strip, token: str, size: Size) -> Label:
    only = "timing, sign only" if size.narrow else TIMING_ONLY
    text = only if strip.timing_only else strip.note
    shade = "ink3" if strip.timing_only else token
    return Label(text, shade, place="right" if _room_right(t, strip.y) else "left")


def _room_right(t: Array, y: Array) -> bool:
    """Whether the right part of a strip is low enough to hold text."""
    at = (np.log(t) - np.log(tokens.STRIP_FROM_H)) / np.log(tokens.STRIP_TO_H / tokens.STRIP_FROM_H)
    right = y[at > ROOM_FROM]
    return bool(right.size == 0 or np.nanmax(right) < ROOM_HIGH * np.nanmax(y))


def _body(data: Strips, size: Size) -> Panel:
    """Dissociation and pressure, each to its own peak: a side branch, not a cause."""
    t, cadss, sbp = data.time_h, data.body_cadss, data.body_sbp
    pairs = ((sbp, "press"), (cadss, "diss"))
    curves = [(_visible(s.y) / _ceiling(s.y), token, s.sub) for s, token in pairs]
    return Panel(
        "body", _height(size), 0.0, 1.0, GAP_PX, "ink",
        fills=tuple(Fill(t, np.zeros_like(t), y, token, "band50") for y, token, _ in curves),
        lines=tuple(Line(t, y, token, "strip", name) for y, token, name in curves),
        labels=(Label(body_words(data, size.narrow), "ink", place="right"),),
        gutter=Gutter("Body", "dissociation, pressure", "ink", cadss.grade, cadss.species, "branch"),
        baseline=True,
    )  # fmt: skip


def body_words(data: Strips, narrow: bool = False) -> str:
    """ "CADSS 6, systolic +11 mmHg, over by 90 min"; shorter where there is little room."""
    cadss, sbp = data.body_cadss, data.body_sbp
    if narrow:
        return f"{cadss.note}, {sbp.note.removeprefix('systolic ')}"
    ends = list(dict.fromkeys(e for e in (cadss.over_by, sbp.over_by) if e))
    over = f"over by {w.listed(ends)}" if ends else ""
    return ", ".join(part for part in (cadss.note, sbp.note, over) if part)


def _mood(data: Strips, size: Size, drug: bool = True, hope: bool = True) -> Panel:
    """Points gained: drug, hope and setting, time, one on the other; a layer that is cut leaves its outline."""
    high = float(np.nanmax(np.maximum(data.mood.y, data.mood_drug + data.mood_hope)))
    top = high * 1.08 if high > 0 else 1.0
    whole = _layered(data, size, top, data.mood_drug, data.mood_hope)
    if drug and hope:
        return whole
    nothing = np.zeros_like(data.time_h)
    left = _layered(data, size, top, data.mood_drug if drug else nothing, data.mood_hope if hope else nothing)
    ghost = [f for f, kept in (("drug", drug), ("hope and setting", hope)) if not kept]
    outlines = tuple(replace(line, stroke="cut", token="ink3") for line in whole.lines if line.name in ghost)
    said = " and ".join(text for text, kept in ((GONE_DRUG, drug), (GONE_HOPE, hope)) if not kept)
    note = Label(said, "ink3" if drug else "symp", place=whole.labels[-1].place)
    return replace(left, lines=(*left.lines, *outlines), labels=(*left.labels[:-1], note))


def _layered(data: Strips, size: Size, top: float, drug: Array, lift: Array) -> Panel:
    t, zero = data.time_h, np.zeros_like(data.time_h)
    hope, total = drug + lift, drug + lift + data.mood_time
    return Panel(
        "mood", _height(size, MOOD_PX), min(0.0, float(np.nanmin(drug))), top, GAP_PX, "symp",
        fills=(Fill(t, hope, total, "planb", "time", "edge", "time"),
               Fill(t, drug, hope, "hope", "hope", "hopetxt", "hope and setting"),
               Fill(t, zero, drug, "symp", "band50", "symp", "drug")),
        lines=(Line(t, total, "edge", "strip-thin", "time"), Line(t, hope, "hopetxt", "strip-thin", "hope and setting"),
               Line(t, drug, "symp", "strip", "drug")),
        labels=(*_layers(t, top, size, (zero, drug, hope, total)),
                Label(data.mood.note, "symp", place="top" if float(total[-1]) < ROOM_MOOD * top else "left")),
        gutter=_gutter(data.mood, "symp"), baseline=True,
    )  # fmt: skip


def _layers(t: Array, top: float, size: Size, edges: tuple[Array, ...]) -> tuple[Label, ...]:
    """A name in each layer, where it is thickest, if it is thick enough for text."""
    out, height = [], _height(size, MOOD_PX)
    hoped = "hope" if size.narrow else "hope and setting"
    for name, lo, hi in zip(("drug", hoped, "time"), edges, edges[1:], strict=False):
        inner = (t > 8) & (t < 200)
        k = int(np.argmax(np.where(inner, hi - lo, -np.inf)))
        if (hi[k] - lo[k]) / top * height >= 10.0:
            out.append(Label(name, "ink", float(lo[k] + hi[k]) / 2, float(t[k]), "point", True))
    return tuple(out)


def _all(data: Strips) -> tuple[Strip, ...]:
    return (data.blood, data.receptor, data.glutamate, data.connections, data.body_cadss, data.body_sbp, data.mood)


def _row(strip: Strip) -> tuple[str, ...]:
    name = f"{strip.name}, {strip.sub}" if strip.sub else strip.name
    return (name, strip.starts, strip.peaks, strip.over_by, strip.grade, strip.species)


def _alt(data: Strips, cut: tuple[str, ...] = ()) -> str:
    """The story in a sentence; no number where there is none."""
    if cut:
        said = w.listed([f"{key} cut" for key in cut])
        left = w.listed(sorted(emptied(cut))) or "no strip"
        return f"{data.dose_text}, {said}: {left} empty; hope and time {'stay' if 'hope' not in cut else 'lose hope'}."
    return (
        f"{data.dose_text}: {data.blood.note or 'blood level rises'}; the receptor is blocked within the hour, "
        f"glutamate surges by {data.glutamate.peaks}, new connections peak at {data.connections.peaks}, "
        f"mood: {data.mood.note or 'lifts'}; body, a side branch: {body_words(data)}."
    )
