// Explore: one state, many views. Every change goes through `change`, every picture comes from one answer.
import { isDark, narrow } from "./common.mjs";
import { Asker, download, post, Refused, SLOW } from "./client.mjs";
import { el, patterns, picture, table, tag } from "./draw.mjs";
import { doses as dosesTable } from "./doses.mjs";
import { retheme } from "./curves.mjs";
import { Guess } from "./guess.mjs";
import { personLine, PersonView, showRefusal } from "./inputs.mjs";
import { Leans, readout } from "./readout.mjs";
import { Minutes } from "./minutes.mjs";
import { readScores } from "./scores.mjs";
import { FIELDS as USUAL, fromAddress, Steps, toAddress } from "./store.mjs";
import { ahead, stepped, Weeks } from "./weeks.mjs";
import "./popover.mjs";

const QUIET_FULL = 160, QUIET_TEXT = 250, SPEAK = 800, BAR = 400;
const SWITCHES = ["blood", "receptor", "glutamate", "connections", "mood"];
const id = (name) => document.getElementById(name);
const settings = [...document.querySelectorAll("#settings-data option")].map((o) => ({ name: o.value, words: o.textContent }));

let state = fromAddress(location.search);
let edits = []; // changes of the plans that the text does not hold yet, each with a key of its own
let count = 0;
let moving = null; // a change under the thumb
let answer = null;
let shown = null; // the state that is drawn: a plan that cannot be read does not move it
let ghost = null;
let before = null; // the state at the start of a drag
const steps = new Steps();
const timers = {};

const later = (name, ms, f) => {
  clearTimeout(timers[name]);
  timers[name] = setTimeout(f, ms);
};

// asking

const TEXTS = ["plan", "against", "person"];
const bad = new Set(); // texts that could not be read: what is drawn stands in for them until they are typed anew
let turn = 0; // counts what makes an answer under way speak of texts that are no longer these

function body(coarse) {
  const { guess, ...rest } = state;
  for (const name of TEXTS) if (bad.has(name)) rest[name] = shown ? shown[name] : USUAL[name][1];
  const all = [...edits, ...(moving ? [moving] : [])];
  return { ...rest, edits: all.map(({ key, ...one }) => one), size: narrow() ? "phone" : "screen", moving: coarse };
}

/** The question behind what is drawn. */
function request() {
  const { guess, ...rest } = shown ?? state;
  return { ...rest, edits: [], size: narrow() ? "phone" : "screen", moving: false };
}

const asker = new Asker("/explore", { answer: answered, refused, gone, back, busy });

function ask(coarse = false) {
  asker.ask(body(coarse), { sent: edits.map((e) => e.key), state: structuredClone(state), moving: Boolean(moving), coarse, turn });
}

/** Change the state: `fields` replace its own; done: a step that can be undone. */
function change(fields, done = true) {
  if (!before) before = snapshot();
  turn += [...TEXTS, "cut"].some((name) => name in fields) ? 1 : 0;
  for (const name of TEXTS) if (name in fields) bad.delete(name);
  Object.assign(state, fields);
  if (done) commit();
  ask(!done);
  if (!done) later("full", QUIET_FULL, () => ask(false));
}

/** Change a plan by an edit of its doses; a plan B with a cut is plan A's and follows it. */
function edit(one, done) {
  if (one.plan === 1 && state.cut.length) return;
  if (edits.some((e) => e.op === "remove" && e.plan === one.plan && e.dose === one.dose)) return; // gone already
  if (!before) before = snapshot();
  const text = TEXTS[one.plan];
  if (bad.delete(text)) {
    state[text] = shown[text]; // the plan that is drawn is the one that is edited
    refusal(text, null);
  }
  keepGhost();
  if (done) {
    moving = null;
    edits.push({ ...one, key: ++count });
    commit();
    ghost = null;
  } else moving = one;
  ask(!done);
  if (!done) later("full", QUIET_FULL, () => ask(false));
}

const snapshot = () => structuredClone({ state, edits });

function commit() {
  steps.push(before);
  before = null;
  clearTimeout(timers.full);
  buttons();
}

function keepGhost() {
  if (ghost || !answer) return;
  const main = (name, key) => {
    const spec = answer.pictures[name];
    const line = spec?.panels.find((p) => p.key === key)?.lines?.findLast((l) => l.stroke === "a");
    return line && { x: spec.grids[line.x], y: line.y };
  };
  ghost = { weeks: main("weeks", "madrs"), session: { level: main("session", "level"), CADSS: main("session", "CADSS"), SBP: main("session", "SBP") } };
}

function restore(old) {
  if (!old) return;
  ({ state, edits } = structuredClone(old));
  turn += 1;
  bad.clear();
  for (const name of TEXTS) refusal(name, null);
  moving = before = ghost = null;
  fields();
  ask();
  buttons();
}

function buttons() {
  id("undo").disabled = !steps.back.length;
  id("redo").disabled = !steps.forth.length;
}

// answers

function answered(told, context) {
  told.pictures.strips ??= answer?.pictures.strips; // while something moves the strips of before stand
  answer = told;
  const ours = context.turn === turn; // else it speaks of texts that have been replaced since
  if (ours && !context.moving) adopt(told, context);
  draw();
  if (ours && !context.coarse && !edits.length) {
    history.replaceState(null, "", toAddress(shown));
    document.documentElement.dataset.answered = String(Number(document.documentElement.dataset.answered ?? 0) + 1);
  }
  document.documentElement.dataset.drawn = String(Number(document.documentElement.dataset.drawn ?? 0) + 1);
}

/** The texts of an answer become those of the state, and its edits are done. */
function adopt(told, asked) {
  edits = edits.filter((e) => !asked.sent.includes(e.key)).map((e) => since(told, e)).filter(Boolean);
  const texts = { plan: told.plans[0].text, against: state.cut.length ? "" : told.plans[1]?.whole ?? "", person: told.person.line };
  for (const name of ["plan", "against"]) if (!bad.has(name)) state[name] = texts[name];
  for (const name of TEXTS) if (!bad.has(name)) refusal(name, null);
  const { session, shown: plan } = told.state;
  if (state.session === asked.state.session && state.shown === asked.state.shown) Object.assign(state, { session, shown: plan });
  shown = { ...asked.state, ...texts, session, shown: plan };
}

/** An edit still to be asked, counted from the plan as answered: its start may have moved, its doses their places. */
function since(told, one) {
  const plan = told.plans[one.plan];
  if (!plan) return one;
  const out = { ...one };
  if ("hours" in out) out.hours -= plan.shift;
  if ("dose" in out) out.dose = plan.origin.indexOf(out.dose);
  return out.dose === -1 ? null : out; // of a dose that is gone nothing is left to ask
}

function refused(no, context) {
  if (context.turn !== turn) return;
  const [field, at] = (no.told.place?.field ?? "").split(".");
  if (!shown && field in USUAL && !TEXTS.includes(field)) return usual(field, no);
  const typed = TEXTS.includes(field) && !bad.has(field) && state[field] !== shown?.[field];
  const key = typed ? undefined : field === "edits" ? context.sent[at] : context.sent.at(-1);
  const name = key !== undefined ? TEXTS[edits.find((e) => e.key === key)?.plan ?? 0] : field === "edits" && moving ? TEXTS[moving.plan] : TEXTS.includes(field) ? field : TEXTS.find((t) => state[t] !== shown?.[t]) ?? "plan";
  moving = null;
  // a value that would pass is offered where it can be put
  refusal(name, TEXTS.includes(field) || field === "edits" ? no.told : { ...no.told, passes: [] });
  if (context.sent.length && !typed) {
    // the edit is let go, with its step; all else is asked again
    edits = edits.filter((e) => e.key !== key);
    steps.forget(key);
    buttons();
    ask();
  } else {
    const again = !shown && !bad.has(name); // nothing is drawn yet: the example stands in
    bad.add(name);
    if (again) ask();
  }
  if (answer) draw();
}

/** A part of the address that cannot be: its usual value instead, and a word about it. */
function usual(field, no) {
  state[field] = structuredClone(USUAL[field][1]);
  const note = id("server");
  note.className = "alert warn";
  note.textContent = `The address cannot be read in full: ${no.told.refused}. The usual ${field} stands in.`;
  note.hidden = false;
  ask();
}

const FIELDS = { person: ["refused-person"], plan: ["refused-a", "plan-a"], against: ["refused-b", "plan-b"] };

function refusal(name, told) {
  const [note, field] = FIELDS[name];
  showRefusal(id(note), told, (value, at) => useValue(name, value, at));
  if (field) id(field).setAttribute("aria-invalid", String(Boolean(told)));
}

/** A value that passes stands for the faulty part, or for the whole line: the reader says which. */
async function useValue(name, value, at) {
  const old = at?.text ?? "";
  let text = value;
  if (at && at.end > at.start && old === state[name]) {
    const spliced = old.slice(0, at.start) + value + old.slice(at.end);
    const against = name === "against" ? { plan: spliced, first: state.plan } : { plan: spliced };
    text = name === "person" ? spliced : await post("/plans/read", against).then(() => spliced, () => value);
  }
  change({ [name]: text });
  fields();
}

const weeks = new Weeks(id("pic-weeks"), {
  day: (day, done) => change({ day }, done),
  choose: (shown, session) => change({ shown, session }),
  edit, open: openRow,
});
const minutes = new Minutes(id("pic-session"), {
  edit, pressure: (sbp, done) => person({ ...answer.person.values, sbp }, done),
});
const personView = new PersonView({ change: person, setting: (setting) => change({ setting }) }, settings);
const leans = new Leans(request);
const guess = new Guess({ go: () => draw(), ask: request });

function person(values, done) {
  change({ person: personLine(values) }, done);
}

function draw() {
  if (!answer) return;
  const dark = isDark();
  // follows the state between two answers, and is never of a plan that is not drawn
  const view = Object.assign(Object.create(state), { blind: guess.blind });
  Object.defineProperty(view, "shown", { get: () => Math.min(state.shown, answer.plans.length - 1) });
  // all that is measured is measured before anything is written: the browser lays the page out once
  const host = id("pic-strips").querySelector(".plot");
  const widths = [host.clientWidth || id("pic-strips").clientWidth - 44, weeks.plot.clientWidth, minutes.plot.clientWidth];
  id("headline").textContent = answer.headline;
  id("ground").textContent = answer.ground;
  later("speak", SPEAK, () => (id("spoken").textContent = answer.headline));
  strips(host, widths[0]);
  weeks.draw(answer, view, dark, ghost?.weeks, widths[1]);
  minutes.draw(answer, view, dark, ghost?.session, widths[2]);
  id("weeks-note").textContent = answer.pictures.weeks.sub;
  id("weeks-title").textContent = answer.pictures.weeks.title.replace("The course: ", "");
  id("session-title").textContent = answer.pictures.session.title;
  weeks.table(id("weeks-table"));
  minutes.table(id("minutes-table"));
  id("leave").textContent = `Ready to leave: ${answer.leave[Math.min(state.shown, answer.leave.length - 1)]}.`;
  readout(answer);
  leans.stale();
  personView.show(answer.person, state.setting);
  domain();
  fields();
  dosesTable(id("doses").querySelector(".table"), answer, edit);
  id("foot").textContent = answer.foot;
  thumb();
}

// strips and switches

let strip = { spec: null, width: 0 }; // what is drawn

function strips(host, width) {
  const spec = answer.pictures.strips;
  for (const input of id("switches").querySelectorAll("input")) input.checked = !state.cut.includes(input.value);
  if (strip.spec === spec && strip.width === width) return;
  strip = { spec, width };
  const svg = picture(spec, width);
  svg.prepend(patterns());
  host.replaceChildren(svg);
  id("strips-note").textContent = spec.sub.includes("dashed") ? "dashed: plan B, on the same scale; a switch cuts its link" : "a switch cuts its link and empties what follows";
  id("pic-strips").querySelector(".table").replaceChildren(table(spec.table, "Table of the strips"));
  id("cut-said").textContent = answer.cut.map((c) => c.words).join(" ");
  let top = spec.top;
  for (const p of spec.panels) {
    top += p.gap;
    const input = id("switches").querySelector(`[data-strip="${p.key}"]`);
    if (input) input.parentElement.style.top = `${(top + p.height / 2 - 12).toFixed(0)}px`;
    top += p.height;
  }
  const row = spec.panels.filter((p) => p.gutter && p.gutter.spine !== "branch").map((p) => tag("span", { class: `f-${p.gutter.token}` }, tag("b", {}, p.gutter.name)));
  id("chain-row").replaceChildren(...row.flatMap((r, i) => (i ? [" › ", r] : [r])));
}

function switches() {
  const names = { mood: "hope" };
  for (const key of SWITCHES) {
    const value = names[key] ?? key;
    const input = tag("input", { type: "checkbox", role: "switch", value, checked: true, "aria-label": `Cut: ${value === "connections" ? "new connections" : value}`, "data-strip": key });
    input.addEventListener("change", () => {
      const cut = new Set(state.cut);
      if (input.checked) cut.delete(value);
      else cut.add(value);
      change({ cut: [...cut], ...(cut.size ? { against: "", shown: 0 } : {}) });
    });
    id("switches").append(tag("label", { title: `Cut: ${value}` }, input));
  }
}

// the left column

function fields() {
  const texts = [state.plan, state.cut.length ? "" : state.against];
  for (const [k, name] of [[0, "plan-a"], [1, "plan-b"]]) {
    const area = id(name);
    if (document.activeElement !== area) area.value = texts[k];
    area.rows = area.value.length > 120 ? 4 : 2;
  }
  id("plan-b").placeholder = state.cut.length ? `plan A, ${state.cut.join(" and ")} link cut` : "none: type a plan, or “once”";
  for (const input of document.querySelectorAll('input[name="compare"]')) input.checked = input.value === state.compare;
  for (const input of document.querySelectorAll('input[name="view"]')) input.checked = input.value === state.view;
  for (const input of document.querySelectorAll('input[name="panel"]')) input.checked = state.panels.includes(input.value);
  for (const input of document.querySelectorAll('input[name="plan"]')) {
    input.checked = Number(input.value) === state.shown;
    input.disabled = Number(input.value) === 1 && (!answer?.plans[1] || state.cut.length > 0);
  }
  sliders();
}

function sliders() {
  const plan = answer?.plans[Math.min(state.shown, answer.plans.length - 1)];
  if (!plan) return;
  const d = plan.slider;
  const set = (name, value, options = {}) => {
    const range = id(name), box = id(`${name}-n`);
    Object.assign(range, options);
    if (document.activeElement !== range) range.value = value;
    if (document.activeElement !== box) box.value = value;
    range.disabled = box.disabled = value === null;
  };
  id("dose-unit").textContent = d.unit;
  set("dose", d.amount, { min: d.step, max: d.most, step: d.step });
  id("dose").classList.toggle("beyond", d.amount > d.fitted);
  set("over", d.minutes, { max: Math.max(120, d.minutes ?? 0) });
  choose(id("route"), d.routes.map((r) => [r, r]), d.route);
  choose(id("schedule"), d.schedules.map((s) => [s, s]), d.schedule);
}

function choose(select, options, value) {
  if (document.activeElement === select) return;
  select.replaceChildren(...options.map(([v, words]) => tag("option", { value: v }, words)));
  select.value = value;
}

function domain() {
  const outside = answer.plans.filter((p) => !p.domain.inside);
  const warned = answer.plans.flatMap((p) => p.warnings.map((t) => (answer.plans.length > 1 ? `Plan ${p.tag}: ${t}` : t)));
  const note = id("domain");
  note.className = `alert ${outside.length ? "info" : warned.length ? "warn" : "ok"}`;
  const sign = el("svg", { class: "sign", viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" });
  if (!outside.length && !warned.length) sign.append(el("circle", { cx: 6, cy: 6, r: 5.5, fill: "currentColor" }));
  else if (outside.length) sign.append(el("circle", { cx: 6, cy: 6, r: 4.6, fill: "none", stroke: "currentColor", "stroke-width": 1.6 }));
  else sign.append(el("path", { d: "M6 .8 11.6 11H.4z", fill: "currentColor" }));
  const words = outside.length ? outside.map((p) => (answer.plans.length > 1 ? `Plan ${p.tag}: ${p.domain.text}` : p.domain.text)) : [answer.plans[0].domain.text];
  note.replaceChildren(sign, tag("span", {}, [...words, ...warned].join(" ")));
}

function openRow(plan, d) {
  id("doses").open = true;
  id("doses").querySelector(`[data-row="${plan}-${d.index}"]`)?.focus();
}

// the phone's bar: the chosen dose with four nudges

function thumb() {
  const plan = answer.plans[state.shown] ?? answer.plans[0];
  const d = plan.doses.find((x) => x.session === state.session) ?? plan.doses[0];
  const nudge = (words, label, make) => {
    const b = tag("button", { type: "button", "aria-label": label }, words);
    b.addEventListener("click", () => {
      const one = make();
      edit(one, true);
      ahead(d, one);
    });
    return b;
  };
  const k = plan.tag === "B" ? 1 : 0;
  id("thumb").replaceChildren(
    tag("span", { class: "text" }, `${plan.tag}: ${plan.text}`), tag("span", { class: "small" }, tag("b", {}, `Dose ${d.index + 1}`), `, ${d.when}, ${d.said}`),
    nudge("◀", "A day earlier", () => ({ plan: k, op: "move", dose: d.index, hours: d.hours - 24 })), nudge("▶", "A day later", () => ({ plan: k, op: "move", dose: d.index, hours: d.hours + 24 })),
    nudge("−", "Less", () => ({ plan: k, op: "resize", dose: d.index, amount: stepped(d, -1) })), nudge("+", "More", () => ({ plan: k, op: "resize", dose: d.index, amount: stepped(d, 1) })));
}

// states of the server

function gone() {
  const note = id("server");
  const again = tag("button", { type: "button", class: "link" }, "Try again");
  again.addEventListener("click", () => asker.retry());
  note.className = "alert stop";
  note.replaceChildren(tag("span", {}, tag("b", {}, "The engine stopped answering. "), "Your plan is safe in the address bar. ", again, " or restart with ", tag("code", {}, "resynapse app"), "."));
  note.hidden = false;
  history.replaceState(null, "", toAddress(state));
}

function back() {
  const note = id("server");
  note.className = "alert ok";
  note.replaceChildren(tag("span", {}, tag("b", {}, "The engine answers again. "), "The picture is up to date."));
  later("back", 4000, () => (note.hidden = true));
}

let waits = ""; // what is said of the wait: nothing, a bar, or how long it has been

/** Nothing for the first 300 ms; then the old picture pale under a bar, which stays a moment once it is there. */
function busy(ms) {
  const now = ms < 300 ? "" : ms < SLOW ? "bar" : "words";
  if (now === waits && now !== "words") return;
  if (now !== waits) {
    const bars = [...document.querySelectorAll("#pic-weeks .plot, #pic-session .plot")];
    if (now) clearTimeout(timers.bar);
    if (!waits) for (const node of bars) node.classList.add("busy");
    if (!now) later("bar", BAR, () => bars.forEach((node) => node.classList.remove("busy")));
    for (const node of document.querySelectorAll(".canvases")) node.classList.toggle("dim", Boolean(now));
    waits = now;
  }
  const note = id("working");
  note.hidden = now !== "words";
  if (note.hidden) return note.replaceChildren();
  if (!note.firstChild) {
    const stop = tag("button", { type: "button", class: "link" }, "Stop");
    stop.addEventListener("click", () => asker.stop());
    note.replaceChildren(tag("b", {}, "Working, "), tag("span"), " so far. ", stop);
  }
  note.querySelector("span").textContent = `${Math.floor(ms / 1000)}\u202fs`;
}

// wiring

function typed(area, name) {
  let fresh = false; // typed and not sent yet: an answer writes the same text in its own words
  const send = () => {
    if (!fresh) return;
    fresh = false;
    if (area.value === state[name] || (name === "plan" && !area.value.trim())) return;
    const cut = name === "against" && area.value.trim() ? [] : state.cut;
    change({ [name]: area.value, cut });
  };
  area.addEventListener("input", () => {
    fresh = true;
    later(name, QUIET_TEXT, send);
  });
  area.addEventListener("keydown", (e) => {
    if (e.key !== "Enter" || e.shiftKey) return;
    e.preventDefault();
    clearTimeout(timers[name]);
    send();
  });
  area.addEventListener("blur", () => {
    clearTimeout(timers[name]);
    send();
    fields();
  });
}

function slide(name, make) {
  const range = id(name), box = id(`${name}-n`);
  const go = (value, done) => {
    const one = make(Number(value));
    if (one && value !== "") edit({ plan: state.shown, op: "set_all", ...one }, done);
  };
  range.addEventListener("input", () => {
    box.value = range.value;
    go(range.value, false);
  });
  range.addEventListener("change", () => go(range.value, true));
  box.addEventListener("change", () => go(box.value, true));
}

function take(what, button) {
  const said = id("take-said");
  const asked = { ...request(), date: id("date").value };
  for (const key of ["edits", "size", "moving", "day", "shown", "session", "view", "panels"]) delete asked[key];
  button.disabled = true;
  said.textContent = "Working …";
  download(`/${what}`, asked).then(({ blob, name }) => {
    const link = tag("a", { href: URL.createObjectURL(blob), download: name ?? "resynapse" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    said.textContent = `Saved: ${link.download}`;
  }, (no) => (said.textContent = no instanceof Refused ? `Refused: ${no.told.refused}. ${no.told.rule} ${(no.told.passes ?? []).join(" or ")}` : "The engine stopped answering."))
    .finally(() => (button.disabled = false));
}

function wire() {
  typed(id("plan-a"), "plan");
  typed(id("plan-b"), "against");
  slide("dose", (amount) => (amount > 0 ? { amount } : null));
  slide("over", (m) => ({ minutes: m }));
  id("route").addEventListener("change", (e) => edit({ plan: state.shown, op: "set_all", route: e.target.value }, true));
  id("schedule").addEventListener("change", (e) => edit({ plan: state.shown, op: "set_schedule", schedule: e.target.value }, true));
  const start = (select, f) => select.addEventListener("change", () => {
    if (select.value) f(select.value);
    select.value = "";
  });
  start(id("protocol"), (value) => change(state.shown === 1 ? { against: value, cut: [], session: 1 } : { plan: value, session: 1 }));
  start(id("example"), (value) => change({ person: value }));
  id("swap").addEventListener("click", () => {
    if (!state.against) return;
    const swapped = { plan: state.against, against: answer?.plans[0].whole ?? state.plan, session: 1, shown: 0 };
    if (!before) before = snapshot();
    edits = edits.map((e) => ({ ...e, plan: 1 - e.plan }));
    change(swapped);
  });
  id("copy-a").addEventListener("click", () => change({ against: state.plan, cut: [] }));
  id("clear-b").addEventListener("click", () => change({ against: "", cut: [], shown: 0, session: 1 }));
  for (const input of document.querySelectorAll('input[name="plan"]')) input.addEventListener("change", () => change({ shown: Number(input.value), session: 1 }));
  for (const input of document.querySelectorAll('input[name="compare"]')) input.addEventListener("change", () => change({ compare: input.value }));
  for (const input of document.querySelectorAll('input[name="view"]')) input.addEventListener("change", () => change({ view: input.value }));
  for (const input of document.querySelectorAll('input[name="panel"]'))
    input.addEventListener("change", () => change({ panels: [...document.querySelectorAll('input[name="panel"]:checked')].map((i) => i.value) }));
  id("undo").addEventListener("click", () => restore(steps.undo(snapshot())));
  id("redo").addEventListener("click", () => restore(steps.redo(snapshot())));
  addEventListener("keydown", (e) => {
    if (!(e.ctrlKey || e.metaKey) || e.key.toLowerCase() !== "z" || e.target.matches("textarea,input[type=text]")) return;
    e.preventDefault();
    restore(e.shiftKey ? steps.redo(snapshot()) : steps.undo(snapshot()));
  });
  id("copy").addEventListener("click", async () => {
    history.replaceState(null, "", toAddress(state));
    const words = id("copy").querySelector("span");
    words.textContent = await navigator.clipboard.writeText(location.href).then(() => "Copied", () => "In the address bar");
    later("copied", 2000, () => (words.textContent = "Copy link"));
  });
  id("report").addEventListener("click", () => {
    const open = id("take").hidden;
    id("take").hidden = !open;
    id("report").setAttribute("aria-expanded", String(open));
    if (open) id("date").focus();
  });
  addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || id("take").hidden) return;
    id("take").hidden = true;
    id("report").setAttribute("aria-expanded", "false");
    id("report").focus();
  });
  for (const button of document.querySelectorAll("[data-take]")) button.addEventListener("click", () => take(button.dataset.take, button));
  id("open-strips").addEventListener("click", () => {
    const open = id("pic-strips").classList.toggle("open");
    id("open-strips").setAttribute("aria-expanded", String(open));
    if (open) draw();
  });
  id("scores").addEventListener("change", ownScores);
  id("scores-clear").addEventListener("click", () => {
    id("scores").value = "";
    noScores();
  });
  document.addEventListener("themechange", () => {
    retheme();
    draw();
  });
  for (const name of ["beforeprint", "afterprint"]) addEventListener(name, () => {
    retheme();
    draw();
  });
  let width = innerWidth;
  addEventListener("resize", () => later("resize", 60, () => {
    const other = narrow(width) !== narrow();
    width = innerWidth;
    if (other) ask();
    else draw();
  }));
}

function noScores() {
  weeks.scores = [];
  id("scores-said").replaceChildren();
  id("scores-refused").hidden = id("scores-clear").hidden = true;
  draw();
}

async function ownScores() {
  const file = id("scores").files[0];
  if (!file) return;
  const note = id("scores-refused");
  try {
    if (file.size > 1_000_000) throw Object.assign(new Error(), { line: 1, field: "", cause: "the file is larger than 1 MB", rule: "A file holds the scores of one person.", passes: "a smaller file" });
    weeks.scores = readScores(await file.text());
    note.hidden = true;
    id("scores-said").replaceChildren(table({ head: ["Day", "MADRS"], rows: weeks.scores.map((s) => [String(s.day), String(s.madrs)]) }, "Own scores"));
    id("scores-clear").hidden = false;
    draw();
  } catch (no) {
    if (!no.rule) throw no;
    noScores();
    note.textContent = `Refused: ${file.name}, line ${no.line}${no.field ? `, ${no.field}` : ""}: ${no.cause}. ${no.rule} A value that would pass: ${no.passes}`;
    note.hidden = false;
  }
}

switches();
wire();
fields();
guess.start(state);
ask();
