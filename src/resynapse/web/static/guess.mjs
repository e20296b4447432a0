// A guess before the answer: the question stands alone until it is answered; then the model answers.
import { post } from "./client.mjs";
import { picture, tag } from "./draw.mjs";

const id = (name) => document.getElementById(name);

/** on: {go() draws again, ask() gives the request of the state} */
export class Guess {
  constructor(on) {
    this.on = on;
    this.host = id("guess");
    this.blind = false;
  }

  async start(state) {
    if (!state.guess) return;
    const answer = await fetch(`/api/v1/presets/${encodeURIComponent(state.guess)}`).catch(() => null);
    if (!answer?.ok) return;
    this.preset = await answer.json();
    this.blind = Boolean(this.preset.blind);
    document.body.classList.add("guessing");
    document.body.classList.toggle("blind", this.blind);
    this.#ask(state);
    this.on.go();
  }

  #ask(state) {
    const { title, question, options } = this.preset;
    const radios = options.map((words, i) => tag("label", { class: "radio" }, tag("input", { type: "radio", name: "guess", value: String(i) }), words));
    const form = tag("form", {}, tag("p", { class: "label" }, title), tag("p", { class: "sentence" }, question),
      tag("div", { class: "options", role: "radiogroup", "aria-label": "Your guess" }, ...radios),
      tag("button", { class: "primary", type: "submit" }, "See what the model says"), " ");
    const skip = tag("button", { type: "button", class: "link" }, "skip");
    skip.addEventListener("click", () => this.#tell(state, null));
    form.append(skip);
    form.addEventListener("submit", (e) => {
      e.preventDefault();
      const chosen = form.querySelector("input:checked");
      if (chosen) this.#tell(state, Number(chosen.value));
      else form.querySelector("input").focus();
    });
    this.host.replaceChildren(form);
    this.host.hidden = false;
  }

  async #tell(state, guess) {
    this.blind = false;
    document.body.classList.remove("guessing", "blind");
    this.host.replaceChildren(tag("p", { class: "quiet", role: "status" }, "Working …"));
    this.on.go();
    try {
      const told = await post(`/presets/${encodeURIComponent(this.preset.key)}`, { seed: state.seed });
      const said = guess === null ? "" : guess === told.right ? "You guessed it. " : `You said: ${this.preset.options[guess]}. `;
      this.host.replaceChildren(tag("p", { class: "label" }, this.preset.title), tag("p", { class: "sentence", tabIndex: -1 }, `${said}${told.sentence}`), tag("p", { class: "small" }, told.why));
      if (told.picture) this.#lottery(told);
      this.host.querySelector(".sentence").focus();
    } catch (no) {
      this.host.replaceChildren(tag("p", { class: "refusal" }, `Not told: ${no.message}.`));
    }
  }

  #lottery(told) {
    const host = id("lottery");
    host.hidden = false;
    host.querySelector(".plot").replaceChildren(picture(told.picture, 260));
    host.querySelector("p").textContent = told.picture.alt;
  }
}
