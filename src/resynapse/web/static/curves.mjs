// Curves on canvas by uPlot: bands, thresholds, lines of one panel. Text and marks stand over it in SVG.
/* global uPlot */

const CASE = 3;
const STROKES = {
  a: { width: 2.5, cased: true }, b: { width: 2, dash: [6, 4], cased: true },
  control: { width: 1.5, dash: [6, 4], cased: true }, secondary: { width: 1.5 },
  venous: { width: 1.5, dash: [1, 3] }, metabolite: { width: 2, dash: [6, 4] },
  outside: { width: 2.5, dash: [5, 5] }, edge90: { width: 1, dash: [3, 3], alpha: 0.55 },
  ghost: { width: 1.5, dash: [3, 3], alpha: 0.35 },
};
const LOOKS = { band90: [0.12, 0.15], band50: [0.26, 0.3], b50: [0.19, 0.22] };

let colours = new Map();

/** Forget the colours: the theme has changed. */
export function retheme() {
  colours = new Map();
}

function colour(token, alpha = 1) {
  if (!colours.has(token))
    colours.set(token, getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim());
  const hex = colours.get(token);
  if (alpha === 1) return hex;
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  return `rgba(${r},${g},${b},${alpha})`;
}

/** One panel of curves in a host element; `draw` shows another panel of the same picture. */
export class Curves {
  constructor(host) {
    this.host = host;
    this.shape = "";
  }

  /** Draw a panel at a place: at {left, right, top, height} in px; ghost: an earlier line {x, y}. */
  draw(spec, panel, at, dark, ghost) {
    this.now = { spec, panel, at, dark };
    const lines = [...(panel.lines ?? [])];
    if (ghost) lines.unshift({ ...ghost, token: panel.token, stroke: "ghost" });
    const shape = JSON.stringify([
      (panel.fills ?? []).map((f) => [f.token, f.look]), lines.map((l) => [l.token, l.stroke]), dark,
    ]);
    const data = this.#data(spec, panel, lines);
    const size = { width: Math.round(at.right - at.left), height: Math.round(at.height) };
    if (shape !== this.shape) {
      this.plot?.destroy();
      this.plot = new uPlot(this.#options(panel, lines, size, dark), data, this.host);
      this.shape = shape;
      this.size = size;
    } else {
      if (size.width !== this.size.width || size.height !== this.size.height) this.plot.setSize(size);
      this.size = size;
      this.plot.setData(data);
    }
    this.host.style.left = `${at.left}px`;
    this.host.style.top = `${at.top}px`;
  }

  #data(spec, panel, lines) {
    const grids = [...(panel.fills ?? []), ...lines].map((c) => (Array.isArray(c.x) ? c.x : spec.grids[c.x]));
    const curves = [...(panel.fills ?? []).map((f) => [f.lo, f.hi]), ...lines.map((l) => (STROKES[l.stroke].cased ? [l.y, l.y] : [l.y]))];
    if (grids.every((g) => g === grids[0])) return [grids[0] ?? [], ...curves.flat()];
    return uPlot.join(grids.map((g, i) => [g, ...curves[i]]));
  }

  #options(panel, lines, size, dark) {
    const series = [{}];
    const bands = [];
    for (const f of panel.fills ?? []) {
      const k = series.length;
      series.push(quiet(), quiet());
      bands.push({ series: [k + 1, k], fill: colour(f.token, LOOKS[f.look][dark ? 1 : 0]) });
    }
    for (const l of lines) {
      const s = STROKES[l.stroke];
      if (s.cased) series.push({ ...quiet(), stroke: colour("page"), width: s.width + CASE });
      series.push({ ...quiet(), stroke: colour(l.token, s.alpha ?? 1), width: s.width, dash: s.dash });
    }
    return {
      ...size, pxAlign: 0, series, bands, padding: [0, 0, 0, 0], legend: { show: false }, cursor: { show: false },
      axes: [{ show: false }, { show: false }],
      scales: {
        x: { time: false, range: () => [this.now.spec.x.lo, this.now.spec.x.hi] },
        y: { range: () => [this.now.panel.lo, this.now.panel.hi] },
      },
      hooks: { drawClear: [(u) => this.#under(u)] },
    };
  }

  /** Verticals, hairlines and thresholds, below the bands. */
  #under(u) {
    const { ctx } = u;
    const { spec, panel } = this.now;
    const ratio = devicePixelRatio || 1;
    const line = (token, dash, x1, y1, x2, y2) => {
      ctx.strokeStyle = colour(token);
      ctx.lineWidth = ratio;
      ctx.setLineDash(dash.map((d) => d * ratio));
      ctx.beginPath();
      ctx.moveTo(x1, y1);
      ctx.lineTo(x2, y2);
      ctx.stroke();
    };
    const { left, top, width, height } = u.bbox;
    for (const x of spec.x.verticals ?? []) {
      const px = u.valToPos(x, "x", true);
      line("rule", [], px, top, px, top + height);
    }
    for (const t of panel.ticks ?? []) {
      const y = Math.round(u.valToPos(t.at, "y", true)) + 0.5;
      if (t.kind === "plain") line("rule", [], left, y, left + width, y);
    }
    for (const t of panel.thresholds ?? []) {
      const y = Math.round(u.valToPos(t.at, "y", true)) + 0.5;
      line(t.site ? "ink" : "ink3", t.site ? [5, 3] : [3, 3], left, y, left + width, y);
    }
    ctx.setLineDash([]);
  }
}

function quiet() {
  return { points: { show: false }, spanGaps: false };
}
