// The work that was asked for: how far it is, and the report that it ends with.
import * as server from "./server.js";

const $ = (id) => document.getElementById(id);
const EVERY_MS = 300;

const words = (seconds) => (seconds < 90 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`);

export class Work {
  #following = false;

  constructor({ trouble, reload }) {
    Object.assign(this, { trouble, reload });
    $("stop").onclick = () => server.stop().catch(trouble);
  }

  /** Show how far it is until it is over; then what came of it. */
  async follow() {
    if (this.#following) return;
    this.#following = true;
    $("work").hidden = false;
    $("go").disabled = true;
    try {
      let told;
      do {
        ({ work: told } = await server.work());
        this.#draw(told);
        await new Promise((resolve) => { setTimeout(resolve, told.busy ? EVERY_MS : 0); });
      } while (told.busy);
      if (told.error) this.trouble(told.error);
      else await this.reload(told);
    } catch (problem) {
      this.trouble(problem);
    } finally {
      this.#following = false;
      $("work").hidden = true;
      $("go").disabled = false;
    }
  }

  #draw({ stage, done, total, share, left }) {
    $("stage-name").textContent = stage;
    const counts = total > 2 ? `${done.toLocaleString("en")} of ${total.toLocaleString("en")} frames` : "";
    $("stage-count").textContent = [counts, left === null ? "" : `about ${words(left)} left`].filter(Boolean).join(", ");
    if (total > 2) $("bar").value = share;
    else $("bar").removeAttribute("value"); // no telling how far: it moves
  }

  /** Point to the report of what is open; after work that is `done`, show it beside the numbers before. */
  report(state, before, done) {
    if (state.kind !== "results") return;
    const address = `${state.files}${state.place}report.html?version=${state.version}`;
    this.address = address;
    $("alone").href = address;
    $("page").removeAttribute("src");
    const were = new Map((done && before?.headline ? before.headline : []).map(({ label, value }) => [label, value]));
    const changed = state.headline.filter(({ label, value }) => were.has(label) && were.get(label) !== value);
    $("numbers").replaceChildren(...changed.map(({ label, value }) => {
      const row = document.createElement("div");
      const [name, is, was] = ["dt", "dd", "small"].map((kind) => document.createElement(kind));
      name.textContent = label;
      is.textContent = value;
      was.textContent = `was ${were.get(label)}`;
      is.append(was);
      row.append(name, is);
      return row;
    }));
    this.show(done ? "report" : "review");
    if (done) $("told").textContent = `${done.kind === "analyze" ? "Analysed" : "Rebuilt"} in ${words(done.seconds)}.`;
  }

  show(what) {
    const report = what === "report";
    if (report && !$("page").src) $("page").src = this.address;
    $("report").hidden = !report;
    $("desk").hidden = report;
    $("show-report").setAttribute("aria-pressed", String(report));
    $("show-review").setAttribute("aria-pressed", String(!report));
    if (!report) window.dispatchEvent(new Event("resize"));
  }
}
