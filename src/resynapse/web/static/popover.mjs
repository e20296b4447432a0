// A number's entry where it is used: what, value and range, grade, one line, source. One at a time;
// closed by Escape, outside, or the same button; the focus goes in and returns.
const FULL = "/evidence/numbers/";
const NS = "http://www.w3.org/2000/svg";
const WIDTH = 312, EDGE = 8;
let open = null;

function el(name, properties = {}, ...children) {
  const out = Object.assign(document.createElement(name), properties);
  out.append(...children);
  return out;
}

/** The sign of a grade; its word stands beside it. */
function sign(grade) {
  const svg = document.createElementNS(NS, "svg");
  const add = (name, attributes) => {
    const node = document.createElementNS(NS, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    svg.append(node);
  };
  for (const [key, value] of Object.entries({ class: "sign", viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" })) svg.setAttribute(key, value);
  const ring = { cx: 6, cy: 6, r: 4.3, fill: "none", stroke: "currentColor", "stroke-width": 1.4 };
  if (grade === "read") add("circle", { cx: 6, cy: 6, r: 5, fill: "currentColor" });
  else if (grade === "unverified") add("circle", { ...ring, "stroke-dasharray": "2 1.38" });
  else add("circle", ring);
  if (grade === "derived") add("path", { d: "M6 1.7a4.3 4.3 0 0 1 0 8.6z", fill: "currentColor" });
  return svg;
}

/** Open the entry of a number beside a button or link. */
export async function openNumber(button, name) {
  const again = open?.button === button;
  close(again);
  if (again) return;
  const shut = el("button", { type: "button", className: "icon shut", textContent: "×" });
  shut.setAttribute("aria-label", "Close");
  shut.addEventListener("click", () => close(true));
  const body = el("div", { className: "popover-body" }, el("p", { className: "quiet small", textContent: "Reading the entry …" }));
  const box = el("div", { className: "popover", tabIndex: -1 }, shut, body);
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-label", `Number ${name}`);
  document.body.append(box);
  button.setAttribute("aria-expanded", "true");
  open = { box, button };
  place();
  shut.focus({ preventScroll: true });
  const told = await fetch(`/api/v1/evidence/numbers/${encodeURIComponent(name)}`).then((a) => a.json()).catch(() => null);
  if (open?.box !== box) return;
  if (!told || told.refused) body.replaceChildren(el("p", { textContent: told ? `${told.refused}.` : "The engine stopped answering." }));
  else body.replaceChildren(...entry(told));
  place();
}

function entry(n) {
  const first = n.sources_full[0];
  const more = n.sources_full.length > 1 ? ` and ${n.sources_full.length - 1} more` : "";
  const source = first ? first.citation + more : n.inputs.length ? `made of ${n.inputs.join(", ")}` : "";
  const link = el("a", { href: FULL + encodeURIComponent(n.name), textContent: "open this number" });
  const out = [
    el("p", { className: "popover-what" }, el("span", { className: "quiet", textContent: n.table_said }), document.createElement("br"), n.meaning),
    el("p", { className: "popover-value" }, el("b", { textContent: n.value_said }), ` ${n.range_said}`),
  ];
  if (n.line) out.push(el("p", { className: "small", textContent: n.line }));
  if (source) out.push(el("p", { className: "small popover-source", textContent: source }));
  out.push(el("p", { className: "popover-last" }, el("span", { className: "grade" }, sign(n.grade), ` ${n.grade}`), link));
  return out;
}

/** Below the button if there is room, else above; inside the window across. */
function place() {
  const { box, button } = open;
  const at = button.getBoundingClientRect();
  const width = Math.min(WIDTH, document.documentElement.clientWidth - 2 * EDGE);
  const left = Math.max(EDGE, Math.min(document.documentElement.clientWidth - width - EDGE, at.left));
  box.style.width = `${width}px`;
  const below = at.bottom + EDGE + box.offsetHeight <= innerHeight || at.top - EDGE - box.offsetHeight < 0;
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${(below ? at.bottom + EDGE : at.top - box.offsetHeight - EDGE) + scrollY}px`;
}

function close(back = false) {
  if (!open) return;
  const { box, button } = open;
  open = null;
  box.remove();
  button.setAttribute("aria-expanded", "false");
  if (back) button.focus({ preventScroll: true });
}

addEventListener("keydown", (e) => {
  if (e.key === "Escape" && open) close(true);
});
addEventListener("pointerdown", (e) => {
  if (open && !open.box.contains(e.target) && !open.button.contains(e.target)) close();
});
addEventListener("focusin", (e) => {
  if (open && !open.box.contains(e.target) && e.target !== open.button) close();
});
addEventListener("resize", () => open && place());
addEventListener("click", (e) => {
  const button = e.target.closest?.("[data-number]");
  if (!button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
  e.preventDefault();
  openNumber(button, button.dataset.number);
});
