"""Colours, type, dashes and fills: the only place in the views where a design number stands."""

from __future__ import annotations

from dataclasses import dataclass

LIGHT: dict[str, str] = {
    "page": "#FAFAF7",
    "panel": "#FFFFFF",
    "sunken": "#F1F2EE",
    "rule": "#E3E5E0",
    "edge": "#7D858E",
    "ink": "#15181C",
    "ink2": "#454D57",
    "ink3": "#626B76",
    "level": "#005FA3",
    "level2": "#4B8DB8",
    "diss": "#AB4593",
    "press": "#B84700",
    "symp": "#007D5F",
    "hope": "#E5A21A",
    "hopetxt": "#855700",
    "planb": "#4F565F",
    "stop": "#93160F",
    "stop-on": "#FDE6E3",
    "warn": "#6B4300",
    "warn-on": "#FFF0CC",
    "info": "#2F3B4A",
    "info-on": "#EAEEF3",
    "ok": "#0B5A3E",
    "ok-on": "#E2F3EA",
}
DARK: dict[str, str] = {
    "page": "#101215",
    "panel": "#171A1E",
    "sunken": "#1F2328",
    "rule": "#2C3138",
    "edge": "#78828D",
    "ink": "#ECEFF2",
    "ink2": "#B9C1CA",
    "ink3": "#959FAA",
    "level": "#58AEE6",
    "level2": "#4A86AC",
    "diss": "#DC8AC6",
    "press": "#F0814A",
    "symp": "#3CC09A",
    "hope": "#E3A93A",
    "hopetxt": "#E9B654",
    "planb": "#939DA9",
    "stop": "#FFB0A6",
    "stop-on": "#471713",
    "warn": "#F6CF7B",
    "warn-on": "#3A2C0C",
    "info": "#C5D0DC",
    "info-on": "#232B34",
    "ok": "#8FDDB8",
    "ok-on": "#123326",
}
ON_HOPE = "#15181C"  # text on the hope fill, in both themes

# Text and lines against these three; 4.5 : 1 for text, 3 : 1 for lines and edges.
GROUNDS = ("page", "panel", "sunken")
TEXT_TOKENS = ("ink", "ink2", "ink3", "level", "diss", "press", "symp", "hopetxt", "planb")
LINE_TOKENS = ("edge", "level2", *TEXT_TOKENS)
ALERT_TOKENS = ("stop", "warn", "info", "ok")

SANS = '-apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif'
MONO = '"SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace'
STRONG = 600

PX_PER_INCH = 96
PT_PER_PX = 0.75
TICK_PX = 12.0  # smallest text on a screen
PRINT_PX = 10.5  # and on paper


@dataclass(frozen=True)
class Stroke:
    """A line: width in px, dash in px (empty: solid), opacity, and whether it is cased by the page."""

    width: float
    dash: tuple[float, ...] = ()
    opacity: float = 1.0
    cased: bool = False


@dataclass(frozen=True)
class Look:
    """A fill: opacity on light and dark ground, and its pattern."""

    light: float
    dark: float
    pattern: str = "full"  # full, hatched, dotted, none


CASE_PX = 3.0
STROKES: dict[str, Stroke] = {
    "a": Stroke(2.5, cased=True),
    "b": Stroke(2.0, (6, 4), cased=True),
    "control": Stroke(1.5, (6, 4), cased=True),
    "secondary": Stroke(1.5),
    "venous": Stroke(1.5, (1, 3)),
    "metabolite": Stroke(2.0, (6, 4)),
    "diastolic": Stroke(1.5, (6, 4)),
    "pulse": Stroke(1.5, (1, 3)),
    "ghost": Stroke(1.5, (3, 3), 0.35),
    "outside": Stroke(2.5, (5, 5)),
    "edge90": Stroke(1.0, (3, 3), 0.55),
    "strip": Stroke(1.6),
    "strip-thin": Stroke(1.0),
    "strip-b": Stroke(1.4, (6, 4)),
    "cut": Stroke(1.2, (3, 3)),
    "threshold": Stroke(1.0, (3, 3)),
    "site": Stroke(1.0, (5, 3)),
    "hair": Stroke(1.0),
}
LOOKS: dict[str, Look] = {
    "band90": Look(0.12, 0.15),
    "band50": Look(0.26, 0.30),
    "b50": Look(0.19, 0.22),
    "established": Look(0.20, 0.22),
    "contested": Look(0.45, 0.50, "hatched"),
    "inferred": Look(0.50, 0.55, "dotted"),
    "cut": Look(0.0, 0.0, "none"),
    "hope": Look(0.62, 0.62),
    "time": Look(0.30, 0.40),
    "solid": Look(1.0, 1.0),
    "bar90": Look(0.35, 0.35),
}
HATCH_PX, DOT_PX = 6.0, 5.0

# Geometry of the pictures, px: the plot's left edge and right gutter, and how far text keeps off.
LEFT_PX, RIGHT_PX, OFF_PX, TICK_LEN_PX, APART_PX = 46.0, 112.0, 8.0, 4.0, 16.0
NEAR_START_PX = 14.0
CHARACTER = 0.58  # width of a character in a wide face, of its size
INSIDE_PX = 26.0  # a bar this long holds its own value
DISC_PX, STEM_PX = 11.0, (8.0, 20.0)
BLOCK_PX = (8.0, 28.0)

PRESSURE = {"caution": 140.0, "do not": 180.0, "top": 184.0, "below": 9.0}
CADSS_SETTLED = 4.0
REMISSION = {"remission": 10.0, "wide": 12.0}
MADRS_TOPS = (42.0, 60.0)
MADRS_START_HIGH = 38.0

STRIP_FROM_H, STRIP_TO_H = 1 / 6, 672.0


def madrs_top(start: float) -> float:
    """The top of a MADRS axis: 42, or 60 when the start is above 38."""
    return MADRS_TOPS[1] if start > MADRS_START_HIGH else MADRS_TOPS[0]


def css_variables(theme: dict[str, str]) -> str:
    """The theme as CSS custom properties, without the braces."""
    return "".join(f"--{name}:{value};" for name, value in theme.items())


def luminance(colour: str) -> float:
    """Relative luminance of `#RRGGBB`, as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)
