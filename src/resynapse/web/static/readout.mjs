// Right of the pictures: people on the cursor's day, the difference, the shares, what the answer leans on.
import { el, mark, picture, tag } from "./draw.mjs";
import { post } from "./client.mjs";

const KEY = [["remission", "remission"], ["response", "response"], ["neither", "neither"], ["worse", "worse than at the start"]];
const id = (name) => document.getElementById(name);

/** All read-outs of one answer. */
export function readout(answer) {
  people(answer);
  difference(answer);
  shares(answer);
}

function people(answer) {
  id("h-people").textContent = `Of 100 people like this, on ${answer.day}`;
  const host = id("people");
  if (!answer.people.length) {
    host.replaceChildren(tag("p", { class: "small quiet" }, "No number: the plan is outside the fitted data."));
    id("people-key").hidden = true;
    return;
  }
  host.replaceChildren(...answer.people.map((p) => {
    const spec = answer.pictures[`people-${p.tag.toLowerCase()}`];
    const lines = tag("div", {}, ...[
      [`${p.respond} respond`, p.respond_range, "b"], [`${p.compared} on ${p.compared_words.replace(/^on /, "")}`, p.compared_range, "hopetxt"],
      [`${p.remission} in remission`, p.remission_range, ""], [`${p.worse} worse`, p.worse_range, ""],
    ].map(([words, range, look]) => tag("div", { class: look === "hopetxt" ? "hopetxt" : "" }, look ? tag("b", {}, words) : words,
      range ? tag("span", { class: "quiet" }, ` (${range})`) : "")));
    return tag("div", { class: "plan-col" }, picture(spec, spec.width), tag("span", { class: `tag ${p.tag.toLowerCase()}`, "aria-hidden": "true" }, p.tag), lines);
  }));
  const key = id("people-key");
  key.hidden = false;
  key.replaceChildren(...KEY.map(([kind, words]) => {
    const svg = el("svg", { width: 12, height: 12, viewBox: "0 0 12 12", "aria-hidden": "true" }, mark(kind, "disc", "symp", 6, 6));
    return tag("span", {}, svg, words);
  }));
}

function difference(answer) {
  const host = id("difference");
  const d = answer.difference;
  host.hidden = !d;
  if (!d) return;
  id("h-difference").textContent = d.title;
  host.querySelector(".value").replaceChildren(d.value, tag("small", {}, ` ${d.range}`));
  host.querySelector(".plot").replaceChildren(picture(answer.pictures.difference, 260));
  host.querySelector("p.small").textContent = d.words;
}

function shares(answer) {
  const host = id("shares");
  const s = answer.shares;
  host.hidden = !s;
  if (!s) return;
  id("h-shares").textContent = s.title;
  host.querySelector(".plot").replaceChildren(picture(answer.pictures.shares, 260));
  const names = ["drug", "hope", "time"];
  host.querySelector("dl").replaceChildren(...s.definitions.flatMap(([name, words], i) => [tag("dt", { class: names[i] }, name.toLowerCase()), tag("dd", {}, words)]));
  host.querySelector(".sum").replaceChildren(`${s.sum}. The drug’s part is ${s.drug} ${s.drug_range}. Where patients know what they got, the first two cannot be told apart.`);
}

/** What the answer leans on, asked for once it is opened. */
export class Leans {
  constructor(ask) {
    this.button = id("leans-open");
    this.host = id("leans");
    this.button.addEventListener("click", async () => {
      const open = this.host.hidden;
      this.host.hidden = !open;
      this.button.setAttribute("aria-expanded", String(open));
      if (open) await this.fill(ask());
    });
  }

  /** The picture has moved on: what was told no longer holds. */
  stale() {
    this.host.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
  }

  async fill(body) {
    this.host.replaceChildren(tag("p", { class: "quiet" }, "Working …"));
    try {
      const told = await post("/leanings", body);
      const rows = told.leanings.map((l) => tag("li", {}, tag("a", { href: `/evidence/numbers/${encodeURIComponent(l.number)}`, "data-number": l.number, class: "source" }, l.meaning),
        ` ${l.value}; over its range the drug’s part on day 1 is ${l.moves}. `, tag("span", { class: "quiet" }, `${l.grade}; ${l.source}`)));
      this.host.replaceChildren(tag("ul", { class: "leans" }, ...rows), tag("h3", {}, "What the evidence cannot use or tell"),
        tag("ul", { class: "leans" }, ...told.cannot_tell.map((t) => tag("li", {}, t))));
    } catch (no) {
      this.host.replaceChildren(tag("p", { class: "refusal" }, `Not told: ${no.message}.`));
    }
  }
}
