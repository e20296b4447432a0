"""A figure as SVG that can stand in a page: same bytes each time, text as text, no styles, no stray ids."""

from __future__ import annotations

import hashlib
import io
import re
from typing import Any
from xml.etree import ElementTree as ET

import matplotlib as mpl
from matplotlib.figure import Figure

from resynapse.views import tokens
from resynapse.views.words import clean

HALO = "5"  # 3.3 px to each side of a letter, in points
SVG, XLINK = "http://www.w3.org/2000/svg", "{http://www.w3.org/1999/xlink}"
_NUMBER = re.compile(r"-?\d+\.\d+")
_REF = re.compile(r"url\(#([^)]+)\)")
_SETTINGS = {"svg.fonttype": "none", "svg.hashsalt": "resynapse", "svg.image_inline": True, "path.simplify": True}
_KEPT = {"d", "x", "y", "width", "height", "transform", "clip-path", "viewBox", "id", "href"}
_DROPPED = ("font", "font-family", "font-style", "font-variant", "font-stretch")


def to_svg(fig: Figure, title: str, desc: str, key: str = "") -> str:
    """The figure as one `<svg role="img">` with title and description; ids begin with `key` or a digest."""
    raw = _written(fig)
    prefix = key or "p" + hashlib.sha256(raw.encode()).hexdigest()[:8]
    root = ET.fromstring(raw)
    _strip(root)
    _halos(root)
    for element in root.iter():
        _plain(element)
    _ids(root, prefix)
    _named(root, title, desc, prefix)
    ET.register_namespace("", SVG)
    return ET.tostring(root, encoding="unicode", short_empty_elements=True)


_CLEAR = re.compile(r"opacity: 0(?![.\d])")


def _written(fig: Figure) -> str:
    """As matplotlib writes it, without date, maker or licence."""
    out = io.StringIO()
    settings: Any = _SETTINGS
    with mpl.rc_context(settings):
        metadata = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        fig.savefig(out, format="svg", transparent=True, metadata=metadata)
    return out.getvalue()


def _strip(root: ET.Element) -> None:
    """Away with metadata and with matplotlib's style sheet, which would speak to the whole page."""
    for parent in list(root.iter()):
        for child in list(parent):
            if _name(child) in ("metadata", "style") or (
                _name(child) == "g" and child.get("id", "").startswith("patch") and _invisible(child)
            ):
                parent.remove(child)


def _name(element: ET.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _invisible(group: ET.Element) -> bool:
    return all(_CLEAR.search(e.get("style", "")) for e in group.iter() if _name(e) == "path")


def _halos(root: ET.Element) -> None:
    """Text inside a plot keeps clear of the curves by an outline in the panel's colour."""
    for group in root.iter(f"{{{SVG}}}g"):
        if group.get("id", "").startswith("halo"):
            for text in group.iter(f"{{{SVG}}}text"):
                text.set("class", "halo")


def _plain(element: ET.Element) -> None:
    """Style to attributes, so that a strict policy holds and a sheet can restyle; two decimals."""
    style = element.attrib.pop("style", "")
    for part in filter(None, (p.strip() for p in style.split(";"))):
        name, value = (s.strip() for s in part.split(":", 1))
        if name not in _DROPPED:
            element.set(name, value)
    if _name(element) == "text":
        _text(element, style)
    for name, value in list(element.attrib.items()):
        if name.startswith(XLINK):
            element.set("href", element.attrib.pop(name))
        elif name not in ("id", "class"):
            element.set(name, _NUMBER.sub(_shorter, value))
    if element.get("transform", "").startswith("rotate(-0") or "rotate(0" in element.get("transform", ""):
        del element.attrib["transform"]


def _shorter(match: re.Match[str]) -> str:
    text = f"{float(match.group()):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _text(element: ET.Element, style: str) -> None:
    """Size and weight out of the shorthand; the face is the page's own."""
    size = re.search(r"([\d.]+)px", style)
    if size:
        element.set("font-size", size.group(1))
    if re.search(r"\b(600|700|bold)\b", style):
        element.set("font-weight", str(tokens.STRONG))
    if element.get("class") == "halo":
        element.set("paint-order", "stroke")
        element.set("stroke", tokens.LIGHT["panel"].lower())
        element.set("stroke-width", HALO)
        element.set("stroke-linejoin", "round")


def _ids(root: ET.Element, prefix: str) -> None:
    """Only ids that something points to stay, and they begin with the picture's own prefix."""
    used = {m for e in root.iter() for v in e.attrib.values() for m in _REF.findall(v)}
    used |= {e.attrib["href"][1:] for e in root.iter() if e.get("href", "").startswith("#")}
    short = {old: f"{prefix}-{k}" for k, old in enumerate(sorted(used))}
    for e in root.iter():
        if "id" in e.attrib:
            old = e.attrib.pop("id")
            if old in short:
                e.set("id", short[old])
        for name, value in list(e.attrib.items()):
            e.set(name, _REF.sub(lambda m: f"url(#{short[m.group(1)]})", value))
        if e.get("href", "").startswith("#"):
            e.set("href", "#" + short[e.attrib["href"][1:]])


def _named(root: ET.Element, title: str, desc: str, prefix: str) -> None:
    """Title and description first, named by the picture; size from the view box alone."""
    for name in ("version", "width", "height"):
        root.attrib.pop(name, None)
    root.set("role", "img")
    root.set("aria-labelledby", f"{prefix}-title {prefix}-desc")
    root.set("font-family", tokens.SANS.replace('"', "'"))
    root.set("stroke-linejoin", "round")
    for at, (name, text) in enumerate((("title", title), ("desc", desc))):
        element = ET.Element(f"{{{SVG}}}{name}", {"id": f"{prefix}-{name}"})
        element.text = clean(text)
        root.insert(at, element)
