// The API from the page: one request under way, the newest waits, the rest are dropped.

const API = "/api/v1";
const SLOW = 1000;
const RETRY = 2000;

/** A refused request: what the server said. */
export class Refused extends Error {
  constructor(status, told) {
    super(told.refused ?? "refused");
    this.status = status;
    this.told = told;
  }
}

/** Post JSON and read JSON; a refusal is thrown as `Refused`, a silent server as `TypeError`. */
export async function post(path, body, signal) {
  const answer = await fetch(`${API}${path}`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body), signal,
  });
  const told = await answer.json().catch(() => ({ refused: `the server answered ${answer.status}`, rule: "", passes: [] }));
  if (!answer.ok) throw new Refused(answer.status, told);
  return told;
}

/** Post JSON and read a file. */
export async function download(path, body) {
  const answer = await fetch(`${API}${path}`, {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Refused(answer.status, await answer.json());
  const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1];
  return { blob: await answer.blob(), name };
}

/** Asks for answers one at a time. on: {answer, refused, gone, back, busy(ms since the question, 0 at its end)}. */
export class Asker {
  constructor(path, on) {
    this.path = path;
    this.on = on;
    this.waiting = null;
    this.running = false;
  }

  /** Ask; replaces a question that still waits. */
  ask(body, context) {
    this.waiting = { body, context };
    if (!this.running) this.#run();
  }

  /** Let go of the question under way. */
  stop() {
    this.waiting = null;
    this.abort?.abort();
  }

  async #run() {
    this.running = true;
    while (this.waiting) {
      const { body, context } = this.waiting;
      this.waiting = null;
      this.abort = new AbortController();
      const since = performance.now();
      const clock = setInterval(() => this.on.busy(performance.now() - since), 100);
      // only the server's own silence is its silence: what fails while an answer is drawn is raised as it is
      const { told, no } = await post(this.path, body, this.abort.signal).then((told) => ({ told }), (no) => ({ no }));
      clearInterval(clock);
      this.on.busy(0);
      try {
        if (!no) this.on.answer(told, context);
        else if (no.status === 503) await this.#later(body, context);
        else if (no instanceof Refused) this.on.refused(no, context);
        else if (no.name !== "AbortError") await this.#gone(body, context);
      } catch (fault) {
        reportError(fault);
      }
    }
    this.running = false;
  }

  /** The server is busy with others: the newest question is asked again a little later. */
  async #later(body, context) {
    await new Promise((done) => setTimeout(done, RETRY));
    this.waiting ??= { body, context };
  }

  async #gone(body, context) {
    this.on.gone();
    for (;;) {
      await new Promise((done) => {
        this.again = done;
        setTimeout(done, RETRY);
      });
      const there = await fetch(`${API}/health`, { cache: "no-store" }).then((a) => a.ok, () => false);
      if (there) break;
    }
    this.on.back();
    this.waiting ??= { body, context };
  }

  /** Try the server again now. */
  retry() {
    this.again?.();
  }
}

export { SLOW };
