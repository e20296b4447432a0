// The left column: the person as a sentence with editors, plans as text, sliders, comparison.
import { tag } from "./draw.mjs";

const FACTS = {
  weight: { label: "Weight", unit: "kg", min: 40, max: 160, lo: 20, hi: 300, step: 1, start: 70 },
  age: { label: "Age", unit: "years", min: 18, max: 90, lo: 18, hi: 120, step: 1, start: 44, inside: [18, 65] },
  madrs: { label: "MADRS at the start", unit: "", min: 0, max: 60, lo: 0, hi: 60, step: 1, start: 33, inside: [20, 60] },
  sbp: { label: "Starting pressure, systolic", unit: "mmHg", min: 80, max: 200, lo: 60, hi: 260, step: 1, start: 128 },
  dbp: { label: "Starting pressure, diastolic", unit: "mmHg", min: 40, max: 130, lo: 30, hi: 160, step: 1, start: 80 },
  heart_rate: { label: "Pulse at the start", unit: "/min", min: 40, max: 130, lo: 30, hi: 220, step: 1, start: 72 },
  failed_trials: { label: "Failed trials", unit: "", min: 0, max: 10, lo: 0, hi: 50, step: 1, start: 3 },
  sex: { label: "Sex", choices: [["", "not given"], ["female", "female"], ["male", "male"]] },
  new_antidepressant: { label: "New oral antidepressant", choices: [["", "none starts"], ["yes", "starts within 14 days"]] },
  setting: { label: "Setting" },
};
const WORDS = { madrs: "madrs", sbp: "sbp", dbp: "dbp", heart_rate: "hr", failed_trials: "failed" };

/** The line of a person, in the words of the plan language. */
export function personLine(values) {
  const out = [`${values.weight} kg`];
  if (values.age !== null) out.push(`${values.age} y`);
  if (values.sex) out.push(values.sex);
  for (const [name, word] of Object.entries(WORDS)) if (values[name] !== null) out.push(`${word} ${values[name]}`);
  if (values.new_antidepressant) out.push("new antidepressant");
  return out.join(", ");
}

/** The person sentence and its editors. on: {change(values, done), setting(name)}. */
export class PersonView {
  constructor(on, settings) {
    this.on = on;
    this.settings = settings;
    this.open = null;
    this.sentence = document.getElementById("person");
    this.editor = document.getElementById("fact-editor");
  }

  show(person, setting) {
    const focused = document.activeElement?.dataset?.fact;
    this.values = person.values;
    this.setting = setting;
    const v = person.values;
    const unusable = new Set(person.facts.filter((f) => f.verdict === "not usable").map((f) => f.name));
    const fact = (name, text) => {
      const dead = unusable.has(name === "failed_trials" ? "failed trials" : name);
      const button = tag("button", { type: "button", class: `fact${dead ? " unusable" : ""}`, "data-fact": name,
        "aria-expanded": String(this.open === name), "aria-controls": "fact-editor", "aria-label": `${FACTS[name].label}: ${text}` }, text);
      button.addEventListener("click", () => this.#toggle(name));
      return button;
    };
    const old = v.age === null ? "age not given" : `${v.age}`;
    const who = { female: "woman", male: "man" }[v.sex] ?? "person";
    const words = this.settings.find((s) => s.name === setting)?.words ?? setting;
    this.sentence.replaceChildren(
      "A ", fact("age", old), v.age === null ? " " : "-year-old ", fact("sex", who), " of ", fact("weight", `${v.weight}\u202fkg`),
      ", MADRS ", fact("madrs", v.madrs === null ? "not given" : `${v.madrs}`), ", starting pressure ",
      fact("sbp", v.sbp === null ? "not given" : `${v.sbp}`), "/", fact("dbp", v.dbp === null ? "–" : `${v.dbp}`),
      ", pulse ", fact("heart_rate", v.heart_rate === null ? "not given" : `${v.heart_rate}`), ", ",
      fact("failed_trials", v.failed_trials === null ? "unknown" : `${v.failed_trials}`), " failed trials, ",
      fact("new_antidepressant", v.new_antidepressant ? "a new" : "no new"), " oral antidepressant, ", fact("setting", words), ".");
    this.#facts(person.facts);
    if (focused && !this.editor.contains(document.activeElement)) this.sentence.querySelector(`[data-fact=${focused}]`)?.focus();
    if (this.open) this.#fill();
    else this.#toggle("weight", false);
  }

  #facts(facts) {
    const list = document.getElementById("facts");
    list.replaceChildren();
    for (const [verdict, name] of [["moved it", "Moved it"], ["no change", "No change"], ["not usable", "Not usable"]]) {
      const those = facts.filter((f) => f.verdict === verdict);
      if (!those.length) continue;
      list.append(tag("dt", {}, name), tag("dd", { title: those.map((f) => `${f.name}: ${f.why}`).join("; ") }, those.map((f) => f.name).join(", ")));
    }
  }

  #toggle(name, focus = true) {
    this.open = name;
    for (const b of this.sentence.querySelectorAll(".fact")) b.setAttribute("aria-expanded", String(b.dataset.fact === name));
    this.editor.replaceChildren(...this.#controls(name));
    this.#fill();
    if (focus) this.editor.querySelector("input,select")?.focus();
  }

  #controls(name) {
    const f = FACTS[name];
    if (name === "setting" || f.choices) {
      const choices = name === "setting" ? this.settings.map((s) => [s.name, s.words]) : f.choices;
      const select = tag("select", { id: "fact-choice" }, ...choices.map(([value, words]) => tag("option", { value }, words)));
      select.addEventListener("change", () => this.#chosen(name, select.value));
      return [tag("label", { class: "small" }, `${f.label} `, select)];
    }
    const range = tag("input", { type: "range", id: "fact-range", min: f.min, max: f.max, step: f.step });
    const box = tag("input", { type: "number", id: "fact-number", min: f.lo, max: f.hi, step: f.step, "aria-label": `${f.label}, number` });
    range.addEventListener("input", () => {
      box.value = range.value;
      this.#number(name, range.value, false);
    });
    range.addEventListener("change", () => this.#number(name, range.value, true));
    box.addEventListener("change", () => this.#number(name, box.value, true));
    return [tag("div", { class: "slider" }, tag("label", { for: "fact-range" }, f.label),
      tag("div", { class: "pair" }, range, tag("span", { class: "box" }, box, tag("span", { class: "unit" }, f.unit))))];
  }

  #fill() {
    const f = FACTS[this.open];
    const value = this.open === "setting" ? this.setting : this.values[this.open];
    const choice = this.editor.querySelector("select");
    if (choice) {
      choice.value = this.open === "new_antidepressant" ? (value ? "yes" : "") : value ?? "";
      return;
    }
    const [range, box] = this.editor.querySelectorAll("input");
    if (document.activeElement !== range) range.value = value ?? f.start;
    if (document.activeElement !== box) box.value = value ?? "";
    const [lo, hi] = f.inside ?? [-Infinity, Infinity];
    range.classList.toggle("beyond", value !== null && (value < lo || value > hi));
  }

  #chosen(name, value) {
    if (name === "setting") this.on.setting(value);
    else this.on.change({ ...this.values, [name]: name === "new_antidepressant" ? value === "yes" : value || null }, true);
  }

  #number(name, text, done) {
    const value = text === "" ? null : Number(text);
    if (name === "weight" && value === null) return;
    this.on.change({ ...this.values, [name]: value }, done);
  }
}

/** A refusal below its field: cause, the faulty part, values that pass as buttons. */
export function showRefusal(node, told, use) {
  if (!told) {
    node.hidden = true;
    node.replaceChildren();
    return;
  }
  const parts = [tag("b", {}, `Refused: ${told.refused}.`), ` ${told.rule} `];
  const at = told.place;
  if (at?.text && at.end > at.start) {
    parts.push(tag("span", { class: "mono" }, at.text.slice(Math.max(0, at.start - 24), at.start),
      tag("mark", {}, at.text.slice(at.start, at.end)), at.text.slice(at.end, at.end + 24)), " ");
  }
  (told.passes ?? []).forEach((value, i) => {
    const button = tag("button", { type: "button", class: "link" }, `${i ? "" : "Use "}${value}`);
    button.addEventListener("click", () => use(value, at));
    parts.push(i ? " or " : "", button);
  });
  parts.push(tag("span", { class: "quiet" }, " The picture keeps the last plan that could be read."));
  node.replaceChildren(...parts);
  node.hidden = false;
}
