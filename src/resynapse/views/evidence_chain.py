"""The chain as a graph of its own declarations, and its equations with their names as doors."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from resynapse.views.html import esc, icon, tag

Link = Mapping[str, Any]  # as `services.evidence.chain` gives it
BOX_W, BOX_H, GAP_X, GAP_Y, HEAD = 280.0, 92.0, 28.0, 36.0, 26.0
LETTERS, LINES = 40, 2  # of 12 px in a box
SHAPES = {"established": "full", "contested": "half", "inferred": "ring"}
NAME = re.compile(r"[A-Za-z_]\w*")


def slug(name: str) -> str:
    """A link's name as the end of an address."""
    return "link-" + re.sub(r"\W+", "-", name)


@dataclass(frozen=True)
class Box:
    """One link in its place."""

    link: Link
    column: int
    row: int

    @property
    def x(self) -> float:
        """Left edge."""
        return self.column * (BOX_W + GAP_X)

    @property
    def y(self) -> float:
        """Top edge."""
        return HEAD + self.row * (BOX_H + GAP_Y)


@dataclass(frozen=True)
class Edge:
    """One link reads another; names: what passes."""

    start: str
    end: str
    names: tuple[str, ...]


def edges(links: Iterable[Link]) -> tuple[Edge, ...]:
    """Every link that reads a name of another."""
    return tuple(Edge(start, link["name"], tuple(names)) for link in links for start, names in link["passes"].items())


def boxes(links: Sequence[Link]) -> tuple[Box, ...]:
    """Links that lead to mood on the left, in the order they act; the others beside them, below what they read."""
    rows = _rows(links)
    columns: dict[str, int] = {}
    taken: set[tuple[int, int]] = set()
    left = 0
    for to_mood in (True, False):
        for link in (one for one in links if one["to_mood"] == to_mood):
            name, row = link["name"], rows[link["name"]]
            above = [columns[r] for r in link["passes"] if columns.get(r, -1) >= left]
            free = (c for c in (*above, *range(left, left + len(links))) if (c, row) not in taken)
            columns[name] = next(free)
            taken.add((columns[name], row))
        left = max(columns.values()) + 1
    return tuple(Box(link, columns[link["name"]], rows[link["name"]]) for link in links)


def _rows(links: Sequence[Link]) -> dict[str, int]:
    """Below all it reads; what reads nothing stands just above its first reader, or below all others of its kind."""
    rows: dict[str, int] = {}
    for link in links:
        rows[link["name"]] = 1 + max((rows[r] for r in link["passes"] if r in rows), default=-1)
    for link in links:
        if link["passes"]:
            continue
        readers = [rows[other["name"]] for other in links if link["name"] in other["passes"]]
        beside = [rows[o["name"]] for o in links if o["to_mood"] == link["to_mood"] and o["passes"]]
        rows[link["name"]] = min(readers) - 1 if readers else 1 + max(beside, default=-1)
    return rows


def graph(links: Sequence[Link]) -> str:
    """The picture: boxes as links to their equations, a line where one reads the other."""
    placed = {box.link["name"]: box for box in boxes(links)}
    width = max(box.x for box in placed.values()) + BOX_W
    height = max(box.y for box in placed.values()) + BOX_H
    beside = min((box.x for box in placed.values() if not box.link["to_mood"]), default=None)
    heads = _text("On the way to mood", 0, 14, "strong f-ink2")
    if beside is not None:
        heads += _text("Beside it: no cause of mood", beside, 14, "strong f-ink2")
    lines = "".join(_edge(e, placed) for e in edges(links))
    inner = heads + lines + "".join(_box(box) for box in placed.values())
    return tag("svg", inner, class_="graph", viewBox=f"-4 -4 {width + 8:g} {height + 8:g}", width=f"{width + 8:g}",
               height=f"{height + 8:g}", role="group", aria_label=f"The chain: {len(placed)} links")  # fmt: skip


def _text(text: str, x: float, y: float, kind: str) -> str:
    return tag("text", esc(text), x=f"{x:g}", y=f"{y:g}", class_=f"t {kind}")


def _box(box: Box) -> str:
    link, x, y = box.link, box.x, box.y
    doc = textwrap.wrap(link["doc"], LETTERS, max_lines=LINES, placeholder=" …")
    parts = [
        tag("rect", "", x=f"{x:g}", y=f"{y:g}", width=f"{BOX_W:g}", height=f"{BOX_H:g}", rx="6", class_="box"),
        _text(link["name"], x + 12, y + 22, "strong big f-ink"),
        *(_text(line, x + 12, y + 41 + 16 * k, "f-ink2") for k, line in enumerate(doc)),
        tag("g", icon(SHAPES[link["sure"]]), transform=f"translate({x + 12:g} {y + BOX_H - 20:g})"),
        _text(link["sure"], x + 30, y + BOX_H - 10, "f-ink"),
        tag("text", esc(link["species"]), x=f"{x + BOX_W - 12:g}", y=f"{y + BOX_H - 10:g}", text_anchor="end",
            class_="t f-ink3"),
    ]  # fmt: skip
    said = f"{link['name']}: {link['doc']}; {link['sure']}, {link['species']}"
    return tag("a", "".join(parts), href=f"#{slug(link['name'])}", aria_label=said, class_="link-box",
               data_link=link["name"])  # fmt: skip


def _edge(e: Edge, placed: Mapping[str, Box]) -> str:
    a, b = placed[e.start], placed[e.end]
    x1, y1, x2, y2 = a.x + BOX_W / 2, a.y + BOX_H, b.x + BOX_W / 2, b.y
    bend = (y1 + y2) / 2
    path = f"M{x1:g} {y1:g}C{x1:g} {bend:g} {x2:g} {bend:g} {x2:g} {y2 - 2:g}"
    tip = f"M{x2 - 4:g} {y2 - 7:g}L{x2:g} {y2 - 1.5:g}L{x2 + 4:g} {y2 - 7:g}"
    title = tag("title", esc(f"{e.end} reads {', '.join(e.names)} of {e.start}"))
    return tag("g", title + tag("path", "", d=path) + tag("path", "", d=tip), class_="edge", data_from=e.start,
               data_to=e.end)  # fmt: skip


# equations


def doors(node: Mapping[str, Any], known: Collection[str], nodes: Collection[str]) -> str:
    """The source of an equation, escaped; its numbers open their entries, its quantities lead to theirs."""
    names = {name: name for name in (*node["reads"], *node["numbers"])} | dict(node["inner"])
    out, at, code = [], 0, node["equation"]
    for found in NAME.finditer(code):
        word = names.get(found.group(), "")
        out.append(esc(code[at : found.start()]))
        out.append(_door(found.group(), word, known, nodes))
        at = found.end()
    return "".join([*out, esc(code[at:])])


def _door(text: str, name: str, known: Collection[str], nodes: Collection[str]) -> str:
    if name in known:
        return tag("a", esc(text), href=f"/evidence/numbers/{quote(name)}", class_="source", data_number=name)
    return tag("a", esc(text), href=f"#node-{quote(name)}", class_="quantity") if name in nodes else esc(text)
