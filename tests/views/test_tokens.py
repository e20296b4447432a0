"""Colours: legible on every ground in both themes, and apart for eyes that do not see red and green."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from resynapse.views import tokens as t

THEMES = (t.LIGHT, t.DARK)
pairs = list(itertools.product(THEMES, t.GROUNDS))


@pytest.mark.parametrize(("theme", "ground"), pairs)
def test_text_is_legible(theme: dict[str, str], ground: str) -> None:
    low = {name: t.contrast(theme[name], theme[ground]) for name in t.TEXT_TOKENS}
    assert min(low.values()) >= 4.5, low


@pytest.mark.parametrize(("theme", "ground"), pairs)
def test_lines_and_edges_are_seen(theme: dict[str, str], ground: str) -> None:
    low = {name: t.contrast(theme[name], theme[ground]) for name in t.LINE_TOKENS}
    assert min(low.values()) >= 3.0, low


@pytest.mark.parametrize("theme", THEMES)
def test_alerts_are_legible_on_their_own_ground(theme: dict[str, str]) -> None:
    assert all(t.contrast(theme[name], theme[f"{name}-on"]) >= 4.5 for name in t.ALERT_TOKENS)


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_hope(theme: dict[str, str]) -> None:
    assert t.contrast(t.ON_HOPE, theme["hope"]) >= 4.5


def over(colour: str, ground: str, alpha: float) -> str:
    """A colour seen through a band."""
    mixed = [round(int(colour[i : i + 2], 16) * alpha + int(ground[i : i + 2], 16) * (1 - alpha)) for i in (1, 3, 5)]
    return "#" + "".join(f"{c:02X}" for c in mixed)


@pytest.mark.parametrize("token", ["level", "diss", "press", "symp", "planb"])
def test_ink_is_legible_on_every_band(token: str) -> None:
    band90 = over(t.LIGHT[token], t.LIGHT["panel"], t.LOOKS["band90"].light)
    band50 = over(t.LIGHT[token], band90, t.LOOKS["band50"].light)
    assert t.contrast(t.LIGHT["ink"], band50) >= 7


def deuteranope_lab(colour: str) -> np.ndarray:
    """CIELAB of a colour as a deuteranope sees it (Machado and others 2009, full severity)."""
    rgb = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    see = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]])
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(see @ linear, 0, 1) / np.array([0.9505, 1.0, 1.089])
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("one", "other"), [("symp", "planb"), ("level", "level2"), ("symp", "hope")])
def test_pairs_on_one_axis_differ_without_red_and_green(theme: dict[str, str], one: str, other: str) -> None:
    apart = float(np.linalg.norm(deuteranope_lab(theme[one]) - deuteranope_lab(theme[other])))
    print(f"{one} to {other}: {apart:.1f}")
    assert apart >= 10


def test_a_and_b_differ_by_more_than_colour() -> None:
    assert t.STROKES["a"].dash == ()
    assert t.STROKES["b"].dash
