// The pictures: one at once, those around it meanwhile; what is no longer wanted is not waited for.
import * as server from "./server.js";

const BLOBS = 300; // encoded pictures kept: some 100 MB
const READY = 12; // decoded ones: 8 MB each in 1080p
const AHEAD = 8;

export class Frames {
  #blobs = new Map();
  #ready = new Map();
  #asked = new Map();
  #wanted = -1;

  constructor(count, shown) {
    this.count = count;
    this.shown = shown; // whether there are any
  }

  /** Return a picture that is there already, or null. */
  ready(index) {
    return this.#ready.get(index) ?? null;
  }

  /** Return the picture of a frame, or null where it was overtaken or cannot be decoded. */
  async get(index, direction = 1) {
    if (!this.shown) return null;
    this.#wanted = index;
    for (const [other, asked] of this.#asked)
      if (Math.abs(other - index) > 2 * AHEAD) asked.control.abort();
    let found = null;
    try {
      found = await this.#decoded(index);
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
    if (this.#wanted === index) this.#prepare(index, direction);
    return found;
  }

  async #decoded(index) {
    const there = this.#ready.get(index);
    if (there) return there;
    const blob = await this.#blob(index);
    const bitmap = await createImageBitmap(blob);
    this.#ready.set(index, bitmap);
    if (this.#ready.size > READY) {
      const [oldest] = [...this.#ready.keys()].filter((i) => Math.abs(i - this.#wanted) > 1);
      this.#ready.get(oldest)?.close();
      this.#ready.delete(oldest);
    }
    return bitmap;
  }

  #blob(index) {
    const there = this.#blobs.get(index);
    if (there) return Promise.resolve(there);
    const coming = this.#asked.get(index);
    if (coming) return coming.blob;
    const control = new AbortController();
    const blob = server
      .picture(index, control.signal)
      .then((found) => {
        this.#blobs.set(index, found);
        if (this.#blobs.size > BLOBS) this.#blobs.delete(this.#blobs.keys().next().value);
        return found;
      })
      .finally(() => this.#asked.delete(index));
    this.#asked.set(index, { control, blob });
    return blob;
  }

  /** Fetch what comes next, one after the other, as long as nothing else is wanted. */
  async #prepare(index, direction) {
    for (let step = 1; step <= AHEAD; step += 1) {
      const next = index + direction * step;
      if (this.#wanted !== index || next < 0 || next >= this.count) return;
      if (this.#blobs.has(next) || this.#asked.has(next)) continue;
      try {
        await this.#blob(next);
      } catch {
        return;
      }
    }
  }
}
