// The minutes of the chosen session: levels over the dose block, dissociation, pressure; grips to change them.
import { axis, el, frame, labels, layout, table, tag, text } from "./draw.mjs";
import { Curves } from "./curves.mjs";
import { ahead, doseKey, follow, stepped, valueAt } from "./weeks.mjs";

const AXIS = 22, BLOCK = [8, 28], HEAD = 20;

/** on: {edit(edit, done), pressure(mmHg, done)} */
export class Minutes {
  constructor(root, on) {
    this.root = root;
    this.on = on;
    this.plot = root.querySelector(".plot");
    this.drawn = root.querySelector(".drawn");
    this.hand = root.querySelector(".hand");
    this.canvases = root.querySelector(".canvases");
    this.curves = [];
  }

  draw(answer, state, dark, ghost, width = this.plot.clientWidth) {
    const spec = { ...answer.pictures.session, top: HEAD + 8 };
    const at = layout(spec, width);
    Object.assign(this, { answer, state, spec, at });
    while (this.curves.length < at.panels.length) this.curves.push(new Curves(this.canvases.appendChild(tag("div"))));
    while (this.curves.length > at.panels.length) {
      const gone = this.curves.pop();
      gone.plot?.destroy();
      gone.host.remove();
    }
    at.panels.forEach((box, i) =>
      this.curves[i].draw(spec, box.panel, { left: at.left, right: at.right, top: box.top, height: box.panel.height }, dark,
        ghost?.[box.panel.key]));
    const height = at.bottom + AXIS + 8;
    const root = el("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": spec.alt });
    root.append(text(width < 800 ? spec.title : `${spec.title}, from the start of the dose`, at.left + 6, 14, { strong: true }));
    if (width >= 560) root.append(text(spec.sub, at.right - 4, 14, { token: "ink3", anchor: "end" }));
    this.doors = [];
    for (const box of at.panels) {
      const said = labels(box, at);
      root.append(...frame(box, at, { lines: false }), ...said.filter((l) => !l.dataset.number));
      this.doors.push(...said.filter((l) => l.dataset.number));
    }
    root.append(...axis(spec, at));
    this.drawn.replaceChildren(root);
    this.surface(width, height);
    if (!this.held) this.#hands(width, height);
  }

  surface(width, height) {
    const { at } = this;
    let under = this.plot.querySelector(":scope > svg.under");
    if (!under) {
      under = el("svg", { class: "under", "aria-hidden": "true" });
      this.plot.prepend(under);
    }
    under.setAttribute("width", width);
    under.setAttribute("height", height);
    under.replaceChildren(el("rect", { x: at.left, y: 0, width: at.right - at.left, height: at.bottom, class: "surface" }));
  }

  #hands(width, height) {
    const focus = this.hand.contains(document.activeElement) ? document.activeElement?.dataset?.key : null;
    const root = el("svg", { width, height, viewBox: `0 0 ${width} ${height}` });
    root.append(this.#cursor(), ...this.doors, ...this.#blocks(), ...this.#pressure());
    this.hand.replaceChildren(root);
    if (focus) root.querySelector(`[data-key="${focus}"]`)?.focus();
  }

  /** A line under the pointer with the medians it meets. */
  #cursor() {
    const { at, spec } = this;
    const group = el("g", { "aria-hidden": "true" });
    const plane = el("rect", { x: at.left, y: at.panels[0].top, width: at.right - at.left, height: at.bottom - at.panels[0].top, class: "hit" });
    const shown = el("g");
    plane.addEventListener("pointermove", (e) => {
      const px = e.clientX - this.plot.getBoundingClientRect().left;
      const minute = Math.round(at.back(px) / 2.5) * 2.5;
      const x = at.x(minute);
      shown.replaceChildren(el("path", { d: `M${x} ${at.panels[0].top}V${at.bottom}`, class: "cursor-line" }));
      for (const box of at.panels) {
        const line = (box.panel.lines ?? []).findLast((l) => l.stroke === "a");
        const v = line ? valueAt(spec.grids[line.x], line.y, minute) : null;
        if (v === null) continue;
        shown.append(el("circle", { cx: x, cy: box.y(v), r: 4, class: `s-${line.token} ring` }),
          text(v >= 9.95 ? v.toFixed(0) : v.toPrecision(2), x + 7, box.y(v) - 5, { token: line.token, strong: true, halo: true }));
      }
      shown.append(text(`${minute.toFixed(0)}\u202fmin`, x, at.bottom - 4, { token: "ink", anchor: "middle", strong: true, halo: true }));
    });
    plane.addEventListener("pointerleave", () => shown.replaceChildren());
    group.append(plane, shown);
    return group;
  }

  #blocks() {
    const { at, spec, answer, state } = this;
    const level = at.panels.find((b) => b.panel.key === "level");
    if (!level) return [];
    const doses = answer.plans[state.shown].doses.filter((d) => d.session === state.session);
    return (level.panel.blocks ?? []).map((b, i) => this.#block(b, doses[Math.min(i, doses.length - 1)], level.bottom, spec));
  }

  #block(b, d, y) {
    const { at, state } = this;
    const x = at.x(b.start);
    const width = Math.max(3, at.x(b.start + b.length) - x);
    const height = BLOCK[0] + (BLOCK[1] - BLOCK[0]) * Math.min(1, b.height);
    const group = el("g");
    const given = el("rect", { x, y, width, height, rx: 2, class: "given" });
    group.append(given);
    if (b.text) group.append(width > 52 ? text(b.text, x + width / 2, y + height / 2 + 4, { token: "panel", anchor: "middle", strong: true })
      : text(b.text, x + width + 14, y + height / 2 + 4, { strong: true, halo: true }));
    if (!d) return group;
    const plan = state.shown;
    const n = this.answer.plans[plan].doses.length;
    const says = (what, value, unit, range) => ({ role: "slider", tabindex: 0, "aria-label": `${what} of dose ${d.index + 1} of ${n}`, "aria-valuenow": value,
      "aria-valuemin": range[0], "aria-valuemax": range[1], "aria-valuetext": `${value} ${unit}` });
    if (d.stretch) {
      const grip = el("g", { ...says("Length", d.minutes, "min", [1, 1440]), class: "ew", "data-key": `length-${d.index}` },
        el("rect", { x: x + width - 12, y: y - 6, width: 24, height: height + 12, class: "hit" }),
        el("rect", { x: x + width - 3.5, y: y - 4, width: 7, height: height + 8, rx: 3.5, class: "grip" }),
        el("rect", { x: x + width - 7, y: y - 8, width: 14, height: height + 16, rx: 6, class: "halo-ring" }));
      this.#drag(grip, "x", (px) => ({ plan, dose: d.index, op: "stretch", minutes: Math.max(5, Math.round((at.back(px) - b.start) / 5) * 5) }), (edit) => `${edit.minutes} min`,
        (edit) => given.setAttribute("width", Math.max(3, at.x(b.start + edit.minutes) - x)));
      grip.addEventListener("keydown", (e) => this.#keys(e, { ArrowLeft: "[", ArrowRight: "]", ArrowDown: "[", ArrowUp: "]" }, plan, d));
      group.append(grip);
    }
    const low = el("g", { ...says("Amount", d.amount, d.unit, [d.step, d.most]), class: "ns", "data-key": `amount-${d.index}` },
      el("rect", { x: x + width / 2 - 14, y: y + height - 8, width: 28, height: 22, class: "hit" }),
      el("rect", { x: x + width / 2 - 9, y: y + height - 3.5, width: 18, height: 7, rx: 3.5, class: "grip" }),
      el("rect", { x: x + width / 2 - 13, y: y + height - 8, width: 26, height: 16, rx: 6, class: "halo-ring" }));
    this.#drag(low, "y", (_, dy) => ({ plan, dose: d.index, op: "resize", amount: stepped(d, Math.round(dy / 6)) }), (edit) => `${edit.amount} ${d.unit}`,
      (edit) => given.setAttribute("height", Math.max(4, (height * edit.amount) / d.amount)));
    low.addEventListener("keydown", (e) => this.#keys(e, {}, plan, d));
    group.append(low);
    return group;
  }

  #keys(e, as, plan, d) {
    const edit = doseKey(as[e.key] ? { key: as[e.key], shiftKey: e.shiftKey } : e, plan, d);
    if (!edit || edit === "open" || edit.op === "move") return;
    e.preventDefault();
    this.on.edit(edit, true);
    ahead(d, edit);
  }

  /** Drag a grip along an axis; `edit` says what a place means, `words` what the flag shows. */
  #drag(grip, along, edit, words, live) {
    grip.addEventListener("pointerdown", (e) => {
      e.preventDefault();
      grip.focus();
      this.held = true;
      const rect = this.plot.getBoundingClientRect();
      const flag = el("g");
      this.hand.firstChild.append(flag);
      let last = null;
      const move = (ev) => {
        const now = edit(ev.clientX - rect.left, ev.clientY - e.clientY);
        const shift = along === "x" ? [ev.clientX - e.clientX, 0] : [0, Math.max(-14, Math.min(30, ev.clientY - e.clientY))];
        grip.setAttribute("transform", `translate(${shift.join(" ")})`);
        const x = ev.clientX - rect.left, y = ev.clientY - rect.top - 26, half = words(now).length * 3.6 + 10;
        flag.replaceChildren(el("rect", { x: x - half, y: y - 13, width: 2 * half, height: 18, rx: 9, class: "cursor-flag" }),
          text(words(now), x, y, { token: "panel", anchor: "middle", strong: true }));
        if (JSON.stringify(now) === JSON.stringify(last)) return;
        last = now;
        live(now);
        this.on.edit(now, false);
      };
      follow(move, () => {
        this.held = false;
        flag.remove();
        if (last) this.on.edit(last, true);
      });
    });
  }

  /** The starting pressure is a grip on the left edge of the pressure plot. */
  #pressure() {
    const { at, answer } = this;
    const box = at.panels.find((b) => b.panel.key === "SBP");
    const start = box?.panel.ticks?.find((t) => t.kind === "start");
    if (!start) return [];
    const now = answer.person.values.sbp ?? Math.round(start.at);
    const y = box.y(start.at);
    const grip = el("g", { role: "slider", tabindex: 0, class: "ns", "data-key": "sbp", "aria-label": "Starting pressure, systolic", "aria-valuenow": now,
      "aria-valuemin": 60, "aria-valuemax": 260, "aria-valuetext": `${now} mmHg` },
    el("rect", { x: at.left - 12, y: y - 12, width: 24, height: 24, class: "hit" }),
    el("rect", { x: at.left - 4, y: y - 7, width: 8, height: 14, rx: 4, class: "grip s-press" }),
    el("rect", { x: at.left - 8, y: y - 11, width: 16, height: 22, rx: 6, class: "halo-ring" }));
    grip.addEventListener("keydown", (e) => {
      const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[e.key];
      if (!step) return;
      e.preventDefault();
      this.on.pressure(now + step * (e.shiftKey ? 10 : 1), true);
    });
    grip.addEventListener("pointerdown", (e) => {
      e.preventDefault();
      grip.focus();
      this.held = true;
      const per = (box.panel.hi - box.panel.lo) / box.panel.height;
      let last = now;
      const move = (ev) => {
        const next = Math.max(80, Math.min(200, Math.round(now + (e.clientY - ev.clientY) * per)));
        if (next !== last) this.on.pressure(next, false);
        last = next;
      };
      follow(move, () => {
        this.held = false;
        this.on.pressure(last, true);
      });
    });
    return [grip];
  }

  table(host) {
    host.replaceChildren(table(this.spec.table, "Table of the minutes"));
  }
}
