// The answers to the claims take some seconds the first time: the page stands, they follow.
const host = document.getElementById("claims");

async function load() {
  const answer = await fetch("/evidence/claims/answers").catch(() => null);
  if (answer?.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    host.replaceChildren(...page.body.childNodes);
    return;
  }
  const again = document.createElement("button");
  again.type = "button";
  again.textContent = "Try again";
  again.addEventListener("click", load);
  host.replaceChildren("The engine stopped answering. Start it with “resynapse app”. ", again);
}

load();
