// The answers to the claims take some seconds the first time: the page stands, they follow.
const host = document.getElementById("claims");
const working = document.getElementById("working");

function say(...parts) {
  working.replaceChildren(...parts);
}

function button(words, act) {
  const out = document.createElement("button");
  out.type = "button";
  out.className = "link";
  out.textContent = words;
  out.addEventListener("click", act);
  return out;
}

async function load() {
  const stop = new AbortController();
  const since = performance.now();
  const told = document.createElement("span");
  const tell = () => (told.textContent = `Working, ${Math.round((performance.now() - since) / 1000)} s so far. `);
  const clock = setTimeout(() => {
    say(told, button("Stop", () => stop.abort()));
    tell();
  }, 1000);
  const ticks = setInterval(tell, 1000);
  host.classList.remove("stopped");
  try {
    const { signal } = stop;
    const answer = await fetch("/api/v1/claims", { signal });
    const told = await answer.json();
    if (!answer.ok) return failed(`${told.refused}. `);
    const piece = await fetch("/evidence/claims/answers", { signal });
    if (!piece.ok) return failed("The answers cannot be shown. ");
    const page = new DOMParser().parseFromString(await piece.text(), "text/html");
    host.replaceChildren(...page.body.childNodes);
  } catch (no) {
    failed(no.name === "AbortError" ? "Stopped. " : "The engine stopped answering. Start it with “resynapse app”. ");
  } finally {
    clearTimeout(clock);
    clearInterval(ticks);
  }
}

function failed(words) {
  host.classList.add("stopped");
  say(words, button("Try again", load));
}

if (working) load();
