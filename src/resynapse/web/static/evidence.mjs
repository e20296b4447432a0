// Evidence: search in what is listed, copy, open a number from anywhere.
import "./popover.mjs";

const find = document.getElementById("find");
const found = document.getElementById("found");
const list = document.getElementById("numbers");

find?.addEventListener("input", () => {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  let n = 0;
  for (const item of list.querySelectorAll("[data-words]")) {
    const text = item.dataset.words.toLowerCase();
    item.hidden = !words.every((word) => text.includes(word));
    n += item.hidden ? 0 : 1;
  }
  for (const group of list.querySelectorAll(".group")) group.hidden = !group.querySelector("li:not([hidden])");
  found.textContent = `${n} found`;
  document.getElementById("nothing").hidden = n > 0;
});

for (const button of document.querySelectorAll("[data-copy]"))
  button.addEventListener("click", async () => {
    const said = document.getElementById("copied");
    said.textContent = await navigator.clipboard.writeText(button.dataset.copy).then(() => "copied", () => "the browser does not allow it");
  });
