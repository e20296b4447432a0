// Home: the story of one infusion, drawn from the API.
import { narrow } from "./common.mjs";
import { el, gradeMark, patterns, picture, table } from "./draw.mjs";

const id = (name) => document.getElementById(name);
const KEYS = { established: "established", contested: "contested: studies disagree", inferred: "inferred: not seen in people" };
let told = null;

async function load() {
  const size = narrow() ? "phone" : "screen";
  const answer = await fetch(`/api/v1/home?size=${size}`).catch(() => null);
  if (!answer?.ok) {
    id("story-sub").textContent = "The engine stopped answering. Start it again with: resynapse app";
    return;
  }
  told = await answer.json();
  draw();
}

function draw() {
  if (!told) return;
  id("headline").textContent = told.headline;
  id("last").textContent = told.last;
  id("live-explore").textContent = told.explore;
  const svg = picture({ ...told.strips, tall: true }, id("strips").clientWidth);
  svg.prepend(patterns());
  id("strips").replaceChildren(svg);
  id("strips-table").replaceChildren(table(told.strips.table, "Table of the strips"));
  document.documentElement.dataset.answered = "1";
}

for (const [grade, words] of Object.entries(KEYS)) {
  const sign = el("svg", { class: "sign", viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" }, gradeMark(grade, 6, 6));
  id(`key-${grade}`).replaceChildren(sign, words);
}
addEventListener("resize", draw);
load();
