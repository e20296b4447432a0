// One description of a picture, drawn as SVG: strips, marks, bars, and all text and marks over the curves.
// The description is `PlotSpec` of the API: everything in the units of its axis, colours and strokes by name.

const NS = "http://www.w3.org/2000/svg";
const LABEL_APART = 16;
const OFF = 8;
const TICK = 4;
const DOSE = 11;

/** An SVG element with attributes and children. */
export function el(name, attributes = {}, ...children) {
  const out = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) if (value !== undefined) out.setAttribute(key, value);
  out.append(...children.filter((c) => c !== undefined));
  return out;
}

/** An HTML element with properties and children. */
export function tag(name, properties = {}, ...children) {
  const out = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === "class") out.className = value;
    else if (key.includes("-") || key === "role" || key === "for") out.setAttribute(key, value);
    else out[key] = value;
  }
  out.append(...children);
  return out;
}

/** Places in px: x of the shared axis, y of each panel, heights. */
export function layout(spec, width) {
  const { lo, hi, scale } = spec.x;
  const right = width - spec.right;
  const f = scale === "log" ? Math.log : (v) => v;
  const x = (v) => spec.left + ((f(v) - f(lo)) / (f(hi) - f(lo))) * (right - spec.left);
  const back = (px) => {
    const part = (px - spec.left) / (right - spec.left);
    return scale === "log" ? Math.exp(f(lo) + part * (f(hi) - f(lo))) : lo + part * (hi - lo);
  };
  let top = spec.top;
  const panels = spec.panels.map((panel) => {
    top += panel.gap;
    const box = { top, bottom: top + panel.height, panel };
    box.y = (v) => box.bottom - ((v - panel.lo) / (panel.hi - panel.lo)) * panel.height;
    box.back = (px) => panel.lo + ((box.bottom - px) / panel.height) * (panel.hi - panel.lo);
    top = box.bottom;
    return box;
  });
  return { x, back, panels, left: spec.left, right, bottom: top, width };
}

/** Positions moved as little as needed so that neighbours are `apart`. */
export function spread(at, apart = LABEL_APART) {
  const order = at.map((_, i) => i).sort((a, b) => at[a] - at[b]);
  const groups = [];
  for (const i of order) {
    groups.push({ centre: at[i], members: [i] });
    while (groups.length > 1) {
      const [a, b] = groups.slice(-2);
      if (b.centre - a.centre >= (apart * (a.members.length + b.members.length)) / 2) break;
      const n = a.members.length, m = b.members.length;
      groups.splice(-2, 2, { centre: (a.centre * n + b.centre * m) / (n + m), members: [...a.members, ...b.members] });
    }
  }
  const out = [];
  for (const { centre, members } of groups)
    members.forEach((i, k) => (out[i] = centre + (k - (members.length - 1) / 2) * apart));
  return out;
}

/** Text in a picture; `number` makes it a door to that number's entry. */
function text(words, x, y, { token = "ink", anchor = "start", strong = false, halo = false, number, size } = {}) {
  const node = el("text", {
    x: x.toFixed(1), y: y.toFixed(1), "text-anchor": anchor,
    class: ["t", `f-${token}`, strong ? "strong" : "", halo ? "halo" : "", size ?? ""].filter(Boolean).join(" "),
  });
  node.textContent = words;
  if (!number) return node;
  const link = el("a", { href: `/evidence/numbers/${encodeURIComponent(number)}`, "data-number": number, class: "entry" }, node);
  return link;
}

const points = (grid, y, at) => {
  const parts = [];
  let open = false;
  grid.forEach((x, i) => {
    if (y[i] === null) {
      open = false;
      return;
    }
    parts.push(`${open ? "L" : "M"}${at.x(x).toFixed(1)} ${at.y(y[i]).toFixed(1)}`);
    open = true;
  });
  return parts.join("");
};

function area(grid, lo, hi, at) {
  const runs = [];
  let run = [];
  grid.forEach((x, i) => {
    if (lo[i] === null || hi[i] === null) {
      if (run.length) runs.push(run);
      run = [];
    } else run.push(i);
  });
  if (run.length) runs.push(run);
  return runs
    .map((r) => {
      const up = r.map((i) => `${at.x(grid[i]).toFixed(1)} ${at.y(hi[i]).toFixed(1)}`);
      const down = r.toReversed().map((i) => `${at.x(grid[i]).toFixed(1)} ${at.y(lo[i]).toFixed(1)}`);
      return `M${[...up, ...down].join("L")}Z`;
    })
    .join("");
}

/** Patterns for contested and inferred fills; once a page. */
export function patterns() {
  return el("defs", {},
    el("pattern", { id: "hatched", width: 6, height: 6, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      el("path", { d: "M0 0V6", class: "s-ink", "stroke-width": 2.4, opacity: 0.5 })),
    el("pattern", { id: "dotted", width: 5, height: 5, patternUnits: "userSpaceOnUse" },
      el("circle", { cx: 1.5, cy: 1.5, r: 0.9, class: "f-ink", opacity: 0.6 })));
}

/** Fills and lines of a panel as paths. */
export function curves(spec, box, at) {
  const place = { x: at.x, y: box.y };
  const out = [];
  for (const f of box.panel.fills ?? []) {
    const d = area(spec.grids[f.x], f.lo, f.hi, place);
    const look = { contested: "fill-hatched", inferred: "fill-dotted", cut: "fill-none" }[f.look];
    out.push(el("path", { d, class: look ?? `f-${f.token} look-${f.look}` }));
    if (f.edge) out.push(el("path", { d: points(spec.grids[f.x], f.hi, place), class: `s-${f.edge} line strip-thin` }));
  }
  for (const l of box.panel.lines ?? [])
    out.push(el("path", { d: points(spec.grids[l.x], l.y, place), class: `s-${l.token} line stroke-${l.stroke}` }));
  return out;
}

/** Hairlines, tick text, thresholds: the frame of a panel. */
export function frame(box, at, { lines = true } = {}) {
  const out = [];
  const { panel } = box;
  for (const t of panel.ticks ?? []) {
    const y = box.y(t.at);
    if (lines && t.kind === "plain") out.push(el("path", { d: `M${at.left} ${y}H${at.right}`, class: "s-rule" }));
    const start = t.kind === "start";
    if (!start) out.push(text(t.text, at.left - OFF, y + 4, { token: "ink3", anchor: "end" }));
    else out.push(text(t.text, at.left - OFF - 6, y + 4, { token: panel.token, anchor: "end", strong: true }));
  }
  if (panel.baseline) out.push(el("path", { d: `M${at.left} ${box.bottom}H${at.right}`, class: "s-edge thin" }));
  if (panel.zero) out.push(el("path", { d: `M${at.x(0)} ${box.top}V${box.bottom}`, class: "s-ink zero" }));
  return out;
}

/** The time axis below the last panel, or at a given height. */
export function axis(spec, at, y = at.bottom) {
  const out = [el("path", { d: `M${at.left} ${y}H${at.right}`, class: "s-edge" })];
  spec.x.ticks.forEach((t, i) => {
    const x = at.x(t.at);
    out.push(el("path", { d: `M${x} ${y}v${TICK}`, class: "s-edge" }));
    const last = i === spec.x.ticks.length - 1 && x > at.right - 8 && at.width - at.right < 20;
    out.push(text(t.text, x, y + 16, { token: "ink3", anchor: last ? "end" : "middle" }));
  });
  return out;
}

/** Labels: at the end of a line (moved apart), in corners, at points. */
export function labels(box, at) {
  const list = box.panel.labels ?? [];
  const ends = list.filter((l) => l.place === "end");
  const y = spread(ends.map((l) => box.y(l.y)));
  const out = ends.map((l, i) =>
    text(l.text, at.right + OFF, y[i] + 4, { token: l.token, strong: l.strong, number: l.number }));
  for (const l of list.filter((k) => k.place !== "end")) out.push(placed(l, box, at));
  return out;
}

function placed(l, box, at) {
  const style = { token: l.token, strong: l.strong, anchor: l.anchor, number: l.number };
  const mid = (box.top + box.bottom) / 2 + 4 + 17 * (l.row ?? 0);
  if (l.place === "top") return text(l.text, at.right - 4, box.top + 12, { ...style, anchor: "end", halo: true });
  if (l.place === "left") return text(l.text, at.left + 6, mid, { ...style, anchor: "start", halo: true });
  if (l.place === "right") return text(l.text, at.right - 4, mid, { ...style, anchor: "end", halo: true });
  if (l.place === "above") return text(l.text, at.x(l.x) - 4, box.y(l.y) - 4, { ...style, halo: true });
  const dx = l.anchor === "end" ? -4 : l.anchor === "start" ? 4 : 0;
  return text(l.text, at.x(l.x) + (l.place === "inner" || box.panel.zero ? dx : 0), box.y(l.y) + 4,
    { ...style, halo: l.place === "inner" });
}

const MARKS = {
  disc: (x, y, r) => ({ name: "circle", a: { cx: x, cy: y, r } }),
  diamond: (x, y, r) => ({ name: "path", a: { d: `M${x} ${y - r * 1.25}L${x + r * 1.25} ${y}L${x} ${y + r * 1.25}L${x - r * 1.25} ${y}Z` } }),
};

/** One of a hundred people, a ring or a disc. */
export function mark(kind, shape, token, x, y, r = 4.4) {
  const whole = MARKS[shape](x, y, r);
  if (kind === "worse")
    return el("path", { d: `M${x - 3.6} ${y - 3.6}l7.2 7.2m0-7.2l-7.2 7.2`, class: "s-ink cross" });
  if (kind === "neither") return el(whole.name, { ...whole.a, class: "s-edge hollow" });
  if (kind === "ring") return el(whole.name, { ...whole.a, class: `s-${token} ring` });
  if (kind === "response") {
    const half = shape === "disc" ? `M${x} ${y - r}a${r} ${r} 0 0 1 0 ${2 * r}z` : `M${x} ${y - r * 1.25}L${x + r * 1.25} ${y}L${x} ${y + r * 1.25}Z`;
    return el("g", {}, el(whole.name, { ...whole.a, class: `s-${token} hollow` }), el("path", { d: half, class: `f-${token}` }));
  }
  return el(whole.name, { ...whole.a, class: `f-${token}` });
}

/** Bars with their values. */
function bars(box, at) {
  const out = [];
  let free = 0;
  for (const b of box.panel.bars ?? []) {
    const x = at.x(b.lo), width = at.x(b.hi) - x, y = box.y(b.y) - b.height / 2;
    const attributes = { x, y, width: Math.max(width, 0), height: b.height, rx: b.look === "bar90" ? 1 : 0 };
    out.push(el("rect", { ...attributes, class: `f-${b.token} look-${b.look}${b.edge ? ` s-${b.edge} edged` : ""}` }));
    if (!b.text) continue;
    if (width >= 26) out.push(text(b.text, x + width / 2, y + b.height / 2 + 4, { token: b.text_token, anchor: "middle", strong: true }));
    else if (width > 0.5 || !free) out.push(text(b.text, x + width + 6, y + b.height / 2 + 4, { token: "ink2", strong: true }));
    free = x + width;
  }
  return out;
}

function gutter(box, at, spec) {
  const g = box.panel.gutter;
  if (!g) return [];
  const y = box.panel.key === "mood" ? box.bottom - box.panel.height / 2 : (box.top + box.bottom) / 2;
  const out = [];
  const spineX = 6;
  if (g.spine === "disc") out.push(el("circle", { cx: spineX, cy: y, r: 4, class: "f-ink" }));
  if (g.spine === "empty") out.push(el("circle", { cx: spineX, cy: y, r: 3.4, class: "s-edge hollow page" }));
  if (g.spine === "cut") out.push(el("path", { d: `M${spineX - 5} ${y + 4}l10 -8`, class: "s-ink cross" }));
  out.push(text(g.name, 22, y + 4, { token: g.token, strong: true }));
  const tall = box.panel.height >= 40 && spec.tall;
  if (tall && g.sub) out.push(text(g.sub, 22, y + 20, { token: "ink3" }));
  else if (!tall && box.panel.key === "mood") out.push(text("switch: hope", 22, y + 18, { token: "ink3" }));
  if (spec.right > 20) {
    out.push(gradeMark(g.grade, at.right + 14, y));
    const words = text(tall ? g.grade : `${g.grade} `, at.right + 26, y + 4, { token: "ink2" });
    if (!tall) words.append(el("tspan", { class: "f-ink3" }, g.species));
    out.push(words);
    if (tall) out.push(text(`in ${g.species}`, at.right + 26, y + 20, { token: "ink3" }));
  } else if (tall) out.push(text(`${g.grade}, ${g.species.replace(" and ", ", ")}`, 22, y + 20, { token: "ink3" }));
  return out;
}

/** The sign of a link's grade: full, half, ring. */
export function gradeMark(grade, x, y) {
  const out = el("g", {}, el("circle", { cx: x, cy: y, r: 4.3, class: "s-ink hollow" }));
  if (grade === "established") out.append(el("circle", { cx: x, cy: y, r: 4.9, class: "f-ink" }));
  if (grade === "contested") out.append(el("path", { d: `M${x} ${y - 4.3}a4.3 4.3 0 0 1 0 8.6z`, class: "f-ink" }));
  return out;
}

function spine(at) {
  const on = at.panels.filter((b) => b.panel.gutter && b.panel.gutter.spine !== "branch");
  if (on.length < 2) return [];
  const middle = (b) => (b.panel.key === "mood" ? b.bottom - b.panel.height / 2 : (b.top + b.bottom) / 2);
  const cut = on.find((b) => b.panel.gutter.spine === "cut");
  const y = cut ? middle(cut) : middle(on.at(-1));
  const out = [el("path", { d: `M6 ${middle(on[0])}V${y}`, class: "s-ink spine" })];
  if (cut) out.push(el("path", { d: `M6 ${y}V${middle(on.at(-1))}`, class: "s-ink spine gone" }));
  return out;
}

/** A whole picture as one SVG: what has no canvas below it. */
export function picture(spec, width) {
  const at = layout(spec, width);
  const drawnAxis = spec.x.drawn !== false;
  const height = at.bottom + (drawnAxis ? 22 : 2);
  const root = el("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": spec.alt });
  for (const x of spec.x.verticals ?? [])
    root.append(el("path", { d: `M${at.x(x)} ${spec.top - 4}V${at.bottom}`, class: "s-rule" }));
  root.append(...spine(at));
  for (const box of at.panels) {
    root.append(...frame(box, at), ...curves(spec, box, at), ...bars(box, at));
    for (const m of box.panel.marks ?? []) root.append(mark(m.kind, m.shape, m.token, at.x(m.x), box.y(m.y)));
    root.append(...labels(box, at), ...gutter(box, at, spec));
  }
  if (spec.bar) root.append(...infusion(spec, at));
  if (drawnAxis) root.append(...axis(spec, at));
  return root;
}

function infusion(spec, at) {
  const end = Math.max(at.x(Math.max(spec.bar.start + 1e-9, spec.bar.length)), at.left + 3);
  return [
    el("rect", { x: at.left, y: 2, width: end - at.left, height: 6, class: "f-ink" }),
    text(spec.bar.text, end + 6, 10, { token: "ink" }),
  ];
}

/** A dose on a lane: disc for A, diamond for B, with its stem. */
export function doseMark(shape, x, y, chosen) {
  const out = el("g", {});
  out.append(el("path", { d: `M${x} ${y + DOSE / 2}V${y + 20}`, class: `s-${shape === "disc" ? "ink" : "planb"} stem` }));
  if (chosen) out.append(el("circle", { cx: x, cy: y, r: DOSE / 2 + 4, class: "s-ink ring15 page" }));
  out.append(shape === "disc"
    ? el("circle", { cx: x, cy: y, r: DOSE / 2, class: "f-ink" })
    : el("path", { d: `M${x} ${y - 6.5}L${x + 6.5} ${y}L${x} ${y + 6.5}L${x - 6.5} ${y}Z`, class: "s-planb hollow page" }));
  return out;
}

/** A data table behind a disclosure. */
export function table(data, caption) {
  const head = tag("tr", {}, ...data.head.map((h) => tag("th", { scope: "col" }, h)));
  const body = data.rows.map((row) => tag("tr", {}, ...row.map((c, i) => (i ? tag("td", {}, c) : tag("th", { scope: "row" }, c)))));
  const inner = tag("table", {}, tag("caption", { class: "unseen" }, caption), tag("thead", {}, head), tag("tbody", {}, ...body));
  return tag("div", { class: "scroll", role: "region", "aria-label": caption, tabIndex: 0 }, inner);
}

export { text };
