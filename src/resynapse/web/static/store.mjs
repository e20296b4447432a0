// The state of Explore: what the address holds, and the steps that can be undone.

const STEPS = 100;

/** Every field of the state with its usual value; the address holds them by these short names. */
export const FIELDS = {
  person: ["p", "82 kg, 44 y, female, madrs 33, sbp 128, dbp 80, hr 72, failed 3"],
  plan: ["a", "0.5 mg/kg over 40 min, mon wed fri, 2 weeks"],
  against: ["b", ""],
  cut: ["cut", []],
  setting: ["setting", "masked trial"],
  compare: ["compare", "active placebo"],
  floor: ["floor", ""],
  until: ["until", "6 weeks"],
  seed: ["seed", 1],
  day: ["day", 14],
  shown: ["plan", 0],
  session: ["session", 1],
  view: ["view", "people"],
  panels: ["panels", []],
  guess: ["guess", ""],
};

const LISTS = new Set(["cut", "panels"]);
const COUNTS = new Set(["seed", "day", "shown", "session"]);

/** The state that an address holds; an empty address is the example, six infusions against one. */
export function fromAddress(search) {
  const params = new URLSearchParams(search);
  const state = Object.fromEntries(Object.entries(FIELDS).map(([name, [, usual]]) => [name, usual]));
  if (![...params.keys()].some((key) => key === "a" || key === "b" || key === "cut")) state.against = "once";
  for (const [name, [key]] of Object.entries(FIELDS)) {
    const said = params.get(key);
    if (said === null) continue;
    if (LISTS.has(name)) state[name] = said.split(",").filter(Boolean);
    else if (COUNTS.has(name)) state[name] = /^\d{1,16}$/.test(said) ? Number(said) : said;
    else state[name] = said;
  }
  return state;
}

/** The address of a state: every field, so that it restores exactly; ages from 90 are kept as 90. */
export function toAddress(state) {
  const params = new URLSearchParams();
  for (const [name, [key]] of Object.entries(FIELDS)) {
    const value = LISTS.has(name) ? state[name].join(",") : String(state[name]);
    if (value) params.set(key, name === "person" ? value.replace(/\b(9\d|1\d\d)(\.\d+)? y\b/, "90 y") : value);
  }
  return `?${params.toString().replaceAll("%2C", ",").replaceAll("%2F", "/")}`;
}

/** Undo and redo over whole states. */
export class Steps {
  constructor() {
    this.back = [];
    this.forth = [];
  }

  /** Remember the state before a change. */
  push(state) {
    this.back.push(structuredClone(state));
    if (this.back.length > STEPS) this.back.shift();
    this.forth = [];
  }

  /** Let go of one edit: of the step that made it, and in every state that holds it. */
  forget(key) {
    const holds = (state) => state.edits.some((e) => e.key === key);
    const first = this.back.findIndex(holds);
    const step = (first < 0 ? this.back.length : first) - 1; // the state before the edit; gone if it was the oldest
    if (step >= 0) this.back.splice(step, 1);
    for (const state of [...this.back, ...this.forth]) state.edits = state.edits.filter((e) => e.key !== key);
  }

  undo(state) {
    if (!this.back.length) return null;
    this.forth.push(structuredClone(state));
    return this.back.pop();
  }

  redo(state) {
    if (!this.forth.length) return null;
    this.back.push(structuredClone(state));
    return this.forth.pop();
  }
}
