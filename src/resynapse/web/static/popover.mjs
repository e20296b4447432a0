// A number's entry where it is used: what, value, range, source, grade; one at a time, closed by Escape or outside.
const FULL = "/evidence/numbers/";
let open = null;

const el = (name, text, properties = {}) => Object.assign(document.createElement(name), { textContent: text ?? "" }, properties);
const show = (v) => (Math.abs(v) >= 1e4 || (v !== 0 && Math.abs(v) < 1e-3) ? v.toPrecision(3) : Number(v.toPrecision(4)).toString()).replace("-", "−");

/** Open the entry of a number beside a button or link; the focus goes in, and returns. */
export async function openNumber(anchor, name) {
  close();
  const box = el("div", "", { className: "popover" });
  box.setAttribute("role", "dialog");
  box.setAttribute("aria-label", `Number ${name}`);
  const shut = el("button", "×", { type: "button", className: "icon shut" });
  shut.setAttribute("aria-label", "Close");
  shut.addEventListener("click", () => close(true));
  box.append(shut);
  document.body.append(box);
  open = { box, anchor };
  const told = await fetch(`/api/v1/evidence/numbers/${encodeURIComponent(name)}`).then((a) => a.json()).catch(() => null);
  if (open?.box !== box) return;
  if (!told || told.refused) box.append(el("p", told ? `${told.refused}.` : "The engine stopped answering."));
  else box.append(...entry(told));
  place(box, anchor);
  shut.focus();
}

function entry(n) {
  const value = el("p", "", { className: "popover-value" });
  const range = n.lo !== null && n.hi !== null ? ` (${show(n.lo)} to ${show(n.hi)})` : "";
  value.append(el("b", show(n.value)), ` ${n.unit}${range}`);
  const first = n.sources_full[0];
  const more = n.sources_full.length > 1 ? ` and ${n.sources_full.length - 1} more` : "";
  const link = el("a", "open this number", { href: FULL + encodeURIComponent(n.name) });
  const last = el("p", "", { className: "popover-last" });
  last.append(el("span", n.grade, { className: `graded ${n.grade}` }), link);
  return [el("p", n.meaning, { className: "popover-what" }), value, el("p", first ? first.citation + more : n.reason || n.rule, { className: "small" }), last];
}

function place(box, anchor) {
  const at = anchor.getBoundingClientRect();
  const width = Math.min(312, innerWidth - 16);
  const left = Math.max(8, Math.min(innerWidth - width - 8, at.left));
  const below = at.bottom + 8 + box.offsetHeight < innerHeight;
  box.style.width = `${width}px`;
  box.style.left = `${left + scrollX}px`;
  box.style.top = `${(below ? at.bottom + 8 : Math.max(8, at.top - box.offsetHeight - 8)) + scrollY}px`;
}

function close(back = false) {
  if (!open) return;
  const { box, anchor } = open;
  open = null;
  box.remove();
  if (back) anchor.focus();
}

addEventListener("keydown", (e) => {
  if (e.key === "Escape" && open) close(true);
});
addEventListener("pointerdown", (e) => {
  if (open && !open.box.contains(e.target)) close();
});
addEventListener("click", (e) => {
  const anchor = e.target.closest?.("[data-number]");
  if (!anchor || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  openNumber(anchor, anchor.dataset.number);
});
