// The doses as a table: all that dragging does, without dragging.
import { tag } from "./draw.mjs";

/** Rows of both plans; each field is an edit. */
export function doses(host, answer, edit) {
  if (host.contains(document.activeElement) && document.activeElement.matches("input") && host.dataset.typing) return;
  const focus = host.contains(document.activeElement) ? document.activeElement.dataset.row ?? document.activeElement.dataset.field : null;
  host.replaceChildren(...answer.plans.map((plan, k) => one(plan, k, edit)));
  if (focus) host.querySelector(`[data-row="${focus}"],[data-field="${focus}"]`)?.focus();
}

function one(plan, k, edit) {
  const fixed = plan.fixed;
  const head = ["Dose", "Day", "Amount", "Over, min", "mg", ""].map((h) => tag("th", { scope: "col" }, h));
  const rows = plan.doses.map((d) => {
    const field = (name, value, attributes, make) => {
      const input = tag("input", { type: "number", value, step: "any", disabled: fixed, "data-field": `${k}-${d.index}-${name}`, "aria-label": `${name} of dose ${d.index + 1}, plan ${plan.tag}`, size: 6, ...attributes });
      input.addEventListener("change", () => {
        if (input.value !== "") edit({ plan: k, dose: d.index, ...make(Number(input.value)) }, true);
      });
      return input;
    };
    const remove = tag("button", { type: "button", class: "link", disabled: fixed, "aria-label": `Remove dose ${d.index + 1}, plan ${plan.tag}` }, "remove");
    remove.addEventListener("click", () => edit({ plan: k, op: "remove", dose: d.index }, true));
    return tag("tr", {}, tag("th", { scope: "row", tabIndex: -1, "data-row": `${k}-${d.index}` }, String(d.index + 1)),
      tag("td", {}, field("day", Number(d.day.toFixed(4)), { "data-row": `${k}-${d.index}` }, (v) => ({ op: "move", hours: 24 * v }))),
      tag("td", {}, field("amount", d.amount, { min: 0 }, (v) => ({ op: "resize", amount: v })), ` ${d.unit}`),
      tag("td", {}, d.stretch ? field("length", d.minutes, { min: 0 }, (v) => ({ op: "stretch", minutes: v })) : d.route),
      tag("td", { class: "num" }, d.said), tag("td", {}, remove));
  });
  const when = tag("input", { type: "number", min: 0, max: 3650, step: 1, value: Math.ceil((plan.doses.at(-1)?.day ?? 0) + 1), disabled: fixed, "aria-label": `Day of a new dose, plan ${plan.tag}` });
  const add = tag("button", { type: "button", disabled: fixed }, "Add a dose");
  add.addEventListener("click", () => edit({ plan: k, op: "add", hours: 24 * Number(when.value) }, true));
  return tag("section", {}, tag("h3", {}, `Plan ${plan.tag}: ${plan.count}`),
    tag("div", { class: "scroll", role: "region", tabIndex: 0, "aria-label": `Doses of plan ${plan.tag}` }, tag("table", {}, tag("thead", {}, tag("tr", {}, ...head)), tag("tbody", {}, ...rows))),
    tag("p", { class: "row" }, "on day ", when, add));
}
