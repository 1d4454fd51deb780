// The contacts over time: the whole clip in one strip, and the frames around now, with marks to drag.
import { from, inOrder, nearest, snapped, until } from "./contacts.js";

const FRAME_PX = 6; // a frame of the strip with the marks, at least
const SPAN_S = [0.5, 2]; // what it shows, at least and at most
const MARGIN = 0.12; // share of it that stays ahead of now

export const WORDS = { on: "touchdown", off: "toe-off" };

export class Timeline {
  #marks = new Map();

  constructor(parts, times, edits, act) {
    Object.assign(this, { ...parts, times, edits, act });
    this.now = 0;
    this.selected = null;
    this.start = times[0];
    this.dragging = false;
    parts.scrub.max = String(times.length - 1);
    parts.scrub.oninput = () => act.seek(Number(parts.scrub.value));
    this.#scrubbing();
    this.watching = new ResizeObserver(() => this.draw());
    this.watching.observe(parts.detail);
    this.watching.observe(parts.overview);
  }

  /** Leave the place to another. */
  close() {
    this.watching.disconnect();
    for (const parts of this.#marks.values()) for (const part of Object.values(parts)) part.remove();
  }

  get span() {
    const frame = (this.times.at(-1) - this.times[0]) / Math.max(1, this.times.length - 1);
    const room = (this.detail.clientWidth / FRAME_PX) * frame;
    return Math.min(Math.max(room, SPAN_S[0]), SPAN_S[1]);
  }

  seek(index) {
    this.now = index;
    this.scrub.value = String(index);
    this.draw();
  }

  draw() {
    const time = this.times[this.now];
    const { span } = this;
    if (!this.dragging) {
      const edge = MARGIN * span;
      if (time < this.start || time > this.start + span) this.start = time - span / 3; // a jump
      if (time < this.start + edge) this.start = time - edge;
      if (time > this.start + span - edge) this.start = time - span + edge;
      const last = this.times.at(-1) - span + edge;
      this.start = Math.max(this.times[0] - edge, Math.min(this.start, Math.max(last, this.times[0] - edge)));
    }
    this.#overview(span);
    if (!this.detail.clientWidth || !this.edits.now.contacts) return;
    this.#ticks(span);
    this.#lanes(span);
    this.needle.style.left = `${this.#at(time)}px`;
  }

  #at(time) {
    return ((time - this.start) / this.span) * this.detail.clientWidth;
  }

  #timeAt(clientX) {
    const box = this.detail.getBoundingClientRect();
    return this.start + ((clientX - box.left) / box.width) * this.span;
  }

  #overview(span) {
    const length = this.times.at(-1) - this.times[0] || 1;
    const share = (time) => `${(100 * (Math.min(Math.max(time, this.times[0]), this.times.at(-1)) - this.times[0])) / length}%`;
    const bars = (this.edits.now.contacts ?? []).map((contact) => {
      const bar = document.createElement("i");
      bar.className = contact.side;
      bar.style.left = share(from(contact));
      bar.style.right = `calc(100% - ${share(until(contact))})`;
      return bar;
    });
    const part = this.act.part();
    if (part) {
      const kept = document.createElement("i");
      kept.className = "part";
      kept.style.left = share(part[0]);
      kept.style.right = `calc(100% - ${share(part[1])})`;
      bars.push(kept);
    }
    const view = document.createElement("i");
    view.className = "view";
    view.style.left = share(this.start);
    view.style.right = `calc(100% - ${share(this.start + span)})`;
    this.all.replaceChildren(...bars, ...(this.edits.now.contacts ? [view] : []));
  }

  #ticks(span) {
    const dense = window.devicePixelRatio || 1;
    const [width, height] = [this.detail.clientWidth, this.detail.clientHeight];
    this.ticks.width = Math.round(width * dense);
    this.ticks.height = Math.round(height * dense);
    const pen = this.ticks.getContext("2d");
    pen.setTransform(dense, 0, 0, dense, 0, 0);
    const style = getComputedStyle(this.detail);
    pen.strokeStyle = style.getPropertyValue("--line");
    pen.fillStyle = style.getPropertyValue("--soft");
    pen.font = "11px system-ui, sans-serif";
    const first = nearest(this.times, this.start);
    const last = nearest(this.times, this.start + span);
    if (width / Math.max(1, last - first) >= 4) {
      pen.beginPath();
      for (let i = first; i <= last; i += 1) {
        const x = Math.round(this.#at(this.times[i])) + 0.5;
        pen.moveTo(x, 18);
        pen.lineTo(x, height);
      }
      pen.stroke();
    }
    const step = [0.05, 0.1, 0.2, 0.5].find((s) => (s / span) * width > 54) ?? 1;
    for (let k = Math.ceil(Math.max(0, this.start) / step); k * step <= this.start + span; k += 1) {
      const x = this.#at(k * step);
      pen.fillText(`${(k * step).toFixed(2)} s`, x + 3, 12);
      pen.fillRect(x, 4, 1, 14);
    }
  }

  #lanes(span) {
    const kept = new Set();
    inOrder(this.edits.now.contacts).forEach((contact, i) => {
      if (until(contact) < this.start - 0.1 || from(contact) > this.start + span + 0.1) return;
      kept.add(contact.id);
      const parts = this.#marks.get(contact.id) ?? this.#made(contact.id);
      const lane = contact.side === "left" ? this.left : this.right;
      for (const part of Object.values(parts)) if (part.parentElement !== lane) lane.append(part);
      const [a, b] = [this.#at(contact.on ?? this.times[0]), this.#at(contact.off ?? this.times.at(-1))];
      const chosen = this.selected?.id === contact.id;
      parts.bar.className = `bar ${contact.side}${chosen ? " chosen" : ""}`;
      parts.bar.style.left = `${a}px`;
      parts.bar.style.width = `${Math.max(2, b - a)}px`;
      parts.bar.textContent = String(i + 1);
      for (const which of ["on", "off"]) {
        const mark = parts[which];
        mark.hidden = contact[which] === null;
        mark.style.left = `${which === "on" ? a : b}px`;
        mark.className = `mark ${which} ${contact.side}`;
        mark.setAttribute("aria-pressed", String(chosen && this.selected.which === which));
        const at = contact[which] === null ? "" : `, ${contact[which].toFixed(3)} s`;
        mark.setAttribute("aria-label", `Contact ${i + 1}, ${contact.side} ${WORDS[which]}${at}`);
      }
    });
    for (const [id, parts] of this.#marks)
      if (!kept.has(id)) {
        for (const part of Object.values(parts)) part.remove();
        this.#marks.delete(id);
      }
  }

  #made(id) {
    const bar = document.createElement("div");
    const parts = { bar };
    bar.onpointerdown = (event) => event.stopPropagation();
    bar.onclick = () => this.act.select({ id, which: "on" }, false);
    for (const which of ["on", "off"]) {
      const mark = document.createElement("button");
      mark.type = "button";
      mark.onpointerdown = (event) => this.#drag(event, mark, id, which);
      mark.onclick = (event) => {
        if (event.detail === 0) this.act.select({ id, which }, true); // by the keyboard
      };
      parts[which] = mark;
    }
    this.#marks.set(id, parts);
    return parts;
  }

  #drag(event, mark, id, which) {
    event.stopPropagation();
    if (event.button) return;
    const begun = event.clientX;
    const grip = this.edits.now.contacts.find((c) => c.id === id)[which] - this.#timeAt(begun);
    let moved = false;
    this.act.select({ id, which }, true);
    this.dragging = true;
    this.edits.hold();
    mark.setPointerCapture(event.pointerId);
    mark.onpointermove = (on) => {
      moved ||= Math.abs(on.clientX - begun) > 3;
      if (!moved) return;
      this.edits.live(({ contacts }) => {
        const contact = contacts.find((c) => c.id === id);
        contact[which] = snapped(contacts, contact, which, this.#timeAt(on.clientX) + grip, this.times);
      });
      this.act.seek(nearest(this.times, this.edits.now.contacts.find((c) => c.id === id)[which]));
    };
    mark.onpointerup = mark.onpointercancel = () => {
      mark.onpointermove = mark.onpointerup = mark.onpointercancel = null;
      this.dragging = false;
      this.edits.release(`${WORDS[which]} moved`);
      this.draw();
    };
  }

  /** A drag beside the marks moves through the clip. */
  #scrubbing() {
    const { detail } = this;
    detail.onpointerdown = (event) => {
      if (event.button) return;
      detail.setPointerCapture(event.pointerId);
      this.dragging = true;
      const go = (on) => this.act.seek(nearest(this.times, this.#timeAt(on.clientX)));
      go(event);
      detail.onpointermove = go;
      detail.onpointerup = detail.onpointercancel = () => {
        detail.onpointermove = detail.onpointerup = detail.onpointercancel = null;
        this.dragging = false;
        this.draw();
      };
    };
  }
}
