// The weeks: curves, the cursor, the lanes with their doses, own scores. All of it can be dragged and typed at.
import { axis, doseMark, el, frame, labels, layout, spread, table, tag, text } from "./draw.mjs";
import { Curves } from "./curves.mjs";

const FLAG = 24, AXIS = 22, LANE = 30, SURFACE = 34;
const KEYS = { ArrowLeft: -1, ArrowRight: 1, PageUp: 10, PageDown: -10 };
const round = (v, step) => Math.round(v / step) * step;

/** on: {day(d, done), choose(plan, session), edit(edit, done), open(plan, dose)} */
export class Weeks {
  constructor(root, on) {
    this.root = root;
    this.on = on;
    this.plot = root.querySelector(".plot");
    this.drawn = root.querySelector(".drawn");
    this.hand = root.querySelector(".hand");
    this.curves = new Curves(root.querySelector(".canvases").appendChild(tag("div")));
    this.scores = [];
  }

  draw(answer, state, dark, ghost, width = this.plot.clientWidth) {
    const spec = { ...(state.blind ? blinded(answer.pictures.weeks, state.seed) : answer.pictures.weeks), top: FLAG };
    const at = layout(spec, width);
    const box = at.panels[0];
    Object.assign(this, { answer, state, spec, at, box });
    this.curves.draw(spec, box.panel, { left: at.left, right: at.right, top: box.top, height: box.panel.height }, dark, ghost);
    const lanes = spec.lanes ?? [];
    const height = at.bottom + AXIS + lanes.length * LANE + SURFACE;
    const root = el("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": spec.alt });
    root.append(...frame(box, at, { lines: false }), ...axis(spec, at));
    // doors to numbers stand in the layer that is touched, not inside the picture
    const said = labels(box, at);
    root.append(...said.filter((l) => !l.dataset.number));
    this.doors = said.filter((l) => l.dataset.number);
    this.drawn.replaceChildren(root);
    // what is held stays in hand: a mark follows the pointer until it is let go
    if (!this.held) this.#hands(width, height, lanes);
    else this.#moveCursor();
  }

  #hands(width, height, lanes) {
    const focus = this.hand.contains(document.activeElement) ? document.activeElement?.dataset?.key : null;
    const root = el("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
    root.append(this.#surface(lanes.length), this.#ownScores(), this.#plane(), ...this.doors, this.#cursor(), ...lanes.map((lane, k) => this.#lane(lane, k)));
    this.hand.replaceChildren(root);
    if (focus) root.querySelector(`[data-key="${focus}"]`)?.focus();
  }

  // the cursor

  #moveCursor() {
    this.hand.querySelector('[data-key="cursor"]')?.replaceWith(this.#cursor());
  }

  #plane() {
    const { at, box } = this;
    const plane = el("rect", { x: at.left, y: box.top, width: at.right - at.left, height: box.panel.height, class: "hit ew" });
    plane.addEventListener("pointerdown", (e) => this.#dragCursor(e, plane));
    return plane;
  }

  #dragCursor(e, node) {
    e.preventDefault();
    this.dragging = true;
    const rect = this.plot.getBoundingClientRect();
    const day = (ev) => this.#clampDay(Math.round(this.at.back(ev.clientX - rect.left)));
    const move = (ev) => this.on.day(day(ev), false);
    follow(move, (ev, held) => {
      this.dragging = false;
      this.on.day(held ? day(ev) : this.state.day, true);
    });
    move(e);
    node.blur?.();
  }

  #clampDay(d) {
    return Math.max(1, Math.min(Math.floor(this.spec.x.hi), d));
  }

  #cursor() {
    const { at, box, state, spec } = this;
    const x = at.x(state.day);
    const words = this.answer.day;
    const group = el("g", { role: "slider", tabindex: 0, "data-key": "cursor", class: "ew", "aria-label": "Day shown",
      "aria-valuemin": 1, "aria-valuemax": Math.floor(spec.x.hi), "aria-valuenow": state.day, "aria-valuetext": words });
    const half = Math.max(26, words.length * 3.6 + 8);
    const flagX = Math.max(half, Math.min(at.width - half, x));
    group.append(el("path", { d: `M${x} ${box.top - 2}V${box.bottom}`, class: "cursor-line" }),
      el("rect", { x: flagX - half, y: box.top - 20, width: 2 * half, height: 18, rx: 9, class: "cursor-flag" }),
      el("rect", { x: flagX - half - 2, y: box.top - 22, width: 2 * half + 4, height: 22, rx: 11, class: "halo-ring" }));
    const flag = text(words, flagX, box.top - 7, { token: "panel", anchor: "middle", strong: true });
    group.append(flag, ...this.#values(x));
    group.addEventListener("pointerdown", (e) => this.#dragCursor(e, group));
    group.addEventListener("keydown", (e) => {
      const step = KEYS[e.key] ?? { Home: -9999, End: 9999 }[e.key];
      if (step === undefined) return;
      e.preventDefault();
      this.on.day(this.#clampDay(state.day + step * (e.shiftKey ? 7 : 1)), true);
    });
    return group;
  }

  /** Rings on the medians and their values, moved apart. */
  #values(x) {
    const { box, spec, state } = this;
    const main = (box.panel.lines ?? []).filter((l) => ["a", "b"].includes(l.stroke) && l.token !== "ink");
    const found = main.map((l) => ({ l, v: valueAt(spec.grids[l.x], l.y, state.day) })).filter((p) => p.v !== null);
    const y = spread(found.map((p) => box.y(p.v) - 8), 15);
    return found.flatMap((p, i) => [
      el("circle", { cx: x, cy: box.y(p.v), r: 4, class: `s-${p.l.token} ring` }),
      text(p.v.toFixed(0), x + 7, y[i] + 4, { token: p.l.token, strong: true, halo: true }),
    ]);
  }

  // own scores

  #ownScores() {
    const { at, box } = this;
    const inside = this.scores.filter((s) => s.day >= this.spec.x.lo && s.day <= this.spec.x.hi && s.madrs <= box.panel.hi);
    const group = el("g", { role: "img", "aria-label": inside.length ? `Own scores: ${inside.map((s) => `day ${s.day}: ${s.madrs}`).join(", ")}` : "" });
    if (!inside.length) {
      group.setAttribute("aria-hidden", "true");
      return group;
    }
    const d = inside.map((s, i) => `${i ? "L" : "M"}${at.x(s.day).toFixed(1)} ${box.y(s.madrs).toFixed(1)}`).join("");
    group.append(el("path", { d, class: "s-symp line strip-thin" }));
    for (const s of inside) {
      group.append(el("circle", { cx: at.x(s.day), cy: box.y(s.madrs), r: 5, class: "observed" }));
      if (inside.length <= 16) group.append(text(String(s.madrs), at.x(s.day) + 8, box.y(s.madrs) - 6, { token: "symp", strong: true, halo: true }));
    }
    return group;
  }

  // the lanes

  laneY(k) {
    return this.at.bottom + AXIS + k * LANE + 10;
  }

  #lane(lane, k) {
    const { at } = this;
    const y = this.laneY(k);
    const group = el("g", { class: "lane" });
    const base = y + 20;
    group.append(el("path", { d: `M${at.left} ${base}H${at.right}`, class: "s-rule" }));
    group.append(k === 0 ? el("circle", { cx: 14, cy: y + 8, r: 9, class: "f-ink" }) : el("rect", { x: 5.5, y: y - 0.5, width: 17, height: 17, rx: 4, class: "s-planb hollow page" }));
    group.append(text(lane.tag, 14, y + 12, { token: k === 0 ? "panel" : "ink", anchor: "middle", strong: true }));
    group.append(text(lane.text, at.right + 8, y + 12, { token: "ink2" }));
    const { doses, fixed } = this.answer.plans[k]; // a plan with a cut follows plan A: its doses are not moved
    if (!fixed) group.append(this.#free(k, y, base));
    for (const d of doses) if (d.day <= this.spec.x.hi + 1e-9) group.append(fixed ? doseMark(lane.shape, at.x(d.day), y, false) : this.#dose(lane, k, d, y));
    return group;
  }

  /** The empty lane: a click adds a dose on that day. */
  #free(k, y, base) {
    const { at } = this;
    const area = el("g", { class: "add" });
    const hint = el("g", { class: "hint", "aria-hidden": "true" });
    area.append(el("rect", { x: at.left, y: y - 8, width: at.right - at.left, height: base - y + 8, class: "hit" }), hint);
    const dayAt = (e) => Math.max(0, Math.round(at.back(e.clientX - this.plot.getBoundingClientRect().left)));
    area.addEventListener("pointermove", (e) => {
      const day = dayAt(e);
      if (this.dragging || this.answer.plans[k].doses.some((d) => Math.abs(d.day - day) < 0.6)) return hint.replaceChildren();
      const x = at.x(day);
      const left = x > at.right - 130;
      hint.replaceChildren(el("circle", { cx: x, cy: y, r: 5.5, class: "s-edge hollow", "stroke-dasharray": "2 2" }),
        text(`add a dose on day ${day}`, left ? x - 10 : x + 10, y + 4, { token: "ink3", anchor: left ? "end" : "start", halo: true }));
    });
    area.addEventListener("pointerleave", () => hint.replaceChildren());
    area.addEventListener("click", (e) => this.on.edit({ plan: k, op: "add", hours: 24 * dayAt(e) }, true));
    return area;
  }

  #dose(lane, k, d, y) {
    const { at, state } = this;
    const n = this.answer.plans[k].doses.length;
    const chosen = state.shown === k && state.session === d.session;
    const name = `Dose ${d.index + 1} of ${n}, ${d.when}, ${d.said}`;
    const group = el("g", { role: "slider", tabindex: 0, class: "grab", "data-key": `${k}-${d.index}`, "aria-label": `Plan ${lane.tag}: ${name}`,
      "aria-valuemin": 0, "aria-valuemax": Math.floor(this.spec.x.hi), "aria-valuenow": Number(d.day.toFixed(2)), "aria-valuetext": `${d.when}, ${d.said}` });
    const x = at.x(d.day);
    group.append(el("rect", { x: x - 11, y: y - 11, width: 22, height: 34, class: "hit" }),
      el("circle", { cx: x, cy: y, r: 11, class: "halo-ring" }), doseMark(lane.shape, x, y, chosen));
    group.addEventListener("pointerdown", (e) => this.#dragDose(e, k, d, group, x, lane, y));
    group.addEventListener("keydown", (e) => this.#keyDose(e, k, d));
    return group;
  }

  #dragDose(e, k, d, group, x0, lane, y) {
    e.preventDefault();
    e.stopPropagation();
    group.focus();
    this.dragging = this.held = true;
    const from = e.clientX;
    const flag = el("g");
    this.hand.firstChild.append(flag);
    let last = null;
    const hours = (ev) => round(24 * this.at.back(x0 + ev.clientX - from), ev.altKey ? 1 : 24);
    const move = (ev) => {
      if (last === null && Math.abs(ev.clientX - from) < 4) return;
      const h = hours(ev);
      const x = this.at.x(h / 24);
      group.setAttribute("transform", `translate(${x - x0} 0)`);
      const label = h % 24 ? `day ${(h / 24).toFixed(1)}` : `day ${h / 24}`;
      flag.replaceChildren(el("rect", { x: x - 28, y: y - 32, width: 56, height: 18, rx: 9, class: "cursor-flag" }),
        text(label, x, y - 19, { token: "panel", anchor: "middle", strong: true }));
      if (h === last) return;
      last = h;
      this.on.edit({ plan: k, op: "move", dose: d.index, hours: h }, false);
    };
    follow(move, () => {
      this.dragging = this.held = false;
      flag.remove();
      if (last === null) this.on.choose(k, d.session);
      else this.on.edit({ plan: k, op: "move", dose: d.index, hours: last }, true);
    });
  }

  #keyDose(e, k, d) {
    const edit = doseKey(e, k, d);
    if (edit === undefined) return;
    e.preventDefault();
    if (edit === "open") this.on.open(k, d);
    else if (edit) {
      this.on.edit(edit, true);
      ahead(d, edit);
    }
  }

  /** The pale surface that joins the chosen dose to its minutes. */
  #surface(n) {
    const { at, state } = this;
    const top = this.at.bottom + AXIS + n * LANE;
    const chosen = this.answer.plans[state.shown]?.doses.find((d) => d.session === state.session);
    const x = chosen ? at.x(Math.min(chosen.day, this.spec.x.hi)) : at.left;
    const from = this.laneY(Math.min(state.shown, n - 1)) + 21;
    const d = `M${x - 3} ${from}C${x - 3} ${top + 20} ${at.left} ${top} ${at.left} ${top + SURFACE}H${at.right}C${at.right} ${top} ${x + 3} ${top + 20} ${x + 3} ${from}Z`;
    return el("path", { d, class: "surface", "pointer-events": "none" });
  }

  table(host) {
    host.replaceChildren(table(this.spec.table, "Table of the weeks"));
  }
}

/** Follow the pointer until it is let go, or taken away by the system (held: false): what was reached then stands. */
export function follow(move, done) {
  const end = (e) => {
    removeEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) removeEventListener(name, end);
    done(e, e.type === "pointerup");
  };
  addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end);
}

/** What a key on a dose does: an edit, "open", null (nothing more), or undefined (not ours). */
export function doseKey(e, plan, d) {
  if (e.ctrlKey || e.metaKey) return undefined;
  const many = e.shiftKey ? 10 : 1;
  const dose = { plan, dose: d.index };
  switch (e.key) {
    case "ArrowLeft": return { ...dose, op: "move", hours: d.hours - 24 * many };
    case "ArrowRight": return { ...dose, op: "move", hours: d.hours + 24 * many };
    case "ArrowUp": return { ...dose, op: "resize", amount: stepped(d, many) };
    case "ArrowDown": return { ...dose, op: "resize", amount: stepped(d, -many) };
    case "[": return d.stretch ? { ...dose, op: "stretch", minutes: Math.max(1, d.minutes - 5 * many) } : null;
    case "]": return d.stretch ? { ...dose, op: "stretch", minutes: d.minutes + 5 * many } : null;
    case "Delete": case "Backspace": return { ...dose, op: "remove" };
    case "Enter": return "open";
    default: return undefined;
  }
}

/** What a dose is once an edit is through: the next key counts from there, before the answer is. */
export function ahead(d, edit) {
  for (const name of ["hours", "amount", "minutes"]) if (edit[name] !== undefined) d[name] = edit[name];
}

/** The next amount: 0.05 mg/kg, 1 mg, or one device; never below one step. */
export function stepped(d, many) {
  const step = d.step;
  const next = Math.max(step, Math.round((d.amount + many * step) / step) * step);
  return Number(next.toFixed(6));
}

/** The value of a curve at a place, between its points in a straight line. */
export function valueAt(grid, y, x) {
  let i = 1;
  while (i < grid.length - 1 && grid[i] < x) i += 1;
  if (y[i] === null || y[i - 1] === null) return null;
  const part = Math.min(1, Math.max(0, (x - grid[i - 1]) / (grid[i] - grid[i - 1])));
  return y[i - 1] + part * (y[i] - y[i - 1]);
}

/** Both medians alike, without bands and names; which is line 1 turns with the seed. */
function blinded(spec, seed) {
  const panel = spec.panels[0];
  const ends = ["a", "b"].map((stroke) => panel.lines?.findLast((l) => l.stroke === stroke)).filter(Boolean);
  const order = seed % 2 ? ends : ends.toReversed();
  const labels = order.map((l, i) => ({ text: `line ${i + 1}`, token: "ink", y: l.y.at(-1), place: "end", strong: true }));
  const lines = order.map((l) => ({ ...l, token: "ink", stroke: "a" }));
  return { ...spec, alt: "Two lines without their names", panels: [{ ...panel, fills: [], lines, labels }] };
}
