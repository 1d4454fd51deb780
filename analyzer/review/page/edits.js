// What the coach has set: one document, every change of which can be undone.

export class Edits extends EventTarget {
  #past = [];
  #future = [];
  #held = null;

  constructor(document) {
    super();
    this.now = document;
    this.loaded = JSON.stringify(document);
  }

  /** Change the document; `make` gets a copy to change, and returns false to change nothing. */
  change(words, make) {
    const draft = structuredClone(this.now);
    if (make(draft) === false || JSON.stringify(draft) === JSON.stringify(this.now)) return false;
    this.#past.push([this.now, words]);
    this.#future = [];
    this.#show(draft, words);
    return true;
  }

  /** Begin a change that goes on under the pointer. */
  hold() {
    this.#held = this.now;
  }

  live(make) {
    const draft = structuredClone(this.now);
    if (make(draft) !== false) this.#show(draft, "");
  }

  /** End it: one step of the history, however far it went. */
  release(words) {
    const before = this.#held;
    this.#held = null;
    if (!before || JSON.stringify(before) === JSON.stringify(this.now)) return;
    this.#past.push([before, words]);
    this.#future = [];
    this.#show(this.now, words);
  }

  undo() {
    this.#go(this.#past, this.#future, "Undone");
  }

  redo() {
    this.#go(this.#future, this.#past, "Done again");
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  get changed() {
    return JSON.stringify(this.now) !== this.loaded;
  }

  #go(from, to, word) {
    const step = from.pop();
    if (!step || this.#held) return;
    to.push([this.now, step[1]]);
    this.#show(step[0], `${word}: ${step[1]}`);
  }

  #show(document, words) {
    this.now = document;
    this.dispatchEvent(new CustomEvent("change", { detail: words }));
  }
}
