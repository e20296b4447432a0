// Evidence: search in what is listed, copy, open a number from anywhere.
import "./popover.mjs";

const find = document.getElementById("find");
const listed = document.getElementById("listed");
const found = document.getElementById("found");

/** A text as it is searched: lower case, without accents. */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

function search() {
  const words = folded(find.value).split(/\s+/).filter(Boolean);
  let n = 0;
  for (const item of listed.querySelectorAll("[data-words]")) {
    item.hidden = !words.every((word) => item.dataset.words.includes(word));
    n += item.hidden ? 0 : 1;
  }
  for (const group of listed.querySelectorAll(".group")) group.hidden = !group.querySelector("li:not([hidden])");
  const all = Number(found.dataset.all);
  const [one, many] = listed.dataset.what.split(",");
  found.textContent = n === all ? `${all} ${many}` : `${n} of ${all} ${all === 1 ? one : many}`;
  document.getElementById("nothing").hidden = n > 0;
  listed.classList.toggle("searching", words.length > 0);
}

if (listed) {
  find.addEventListener("input", search);
  if (find.value) search();
  find.form.addEventListener("submit", (e) => {
    e.preventDefault();
    const left = [...listed.querySelectorAll("[data-words]:not([hidden]) a")];
    const one = listed.querySelectorAll("[data-words]:not([hidden])").length === 1;
    if (one && listed.dataset.what.startsWith("number")) left[0].click();
  });
}

// the chosen number stands in view in its own list, without moving the page
const chosen = listed?.querySelector("[aria-current]");
if (chosen && listed.scrollHeight > listed.clientHeight)
  listed.scrollTop = chosen.getBoundingClientRect().top - listed.getBoundingClientRect().top - listed.clientHeight / 3;

for (const button of document.querySelectorAll("[data-copy]"))
  button.addEventListener("click", async () => {
    const said = document.getElementById("copied");
    const done = await navigator.clipboard?.writeText(button.dataset.copy).then(() => true, () => false);
    said.textContent = done ? "Copied." : "This browser does not let the page copy.";
  });
