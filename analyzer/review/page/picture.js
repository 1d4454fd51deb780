// The picture of a frame, and what is drawn on it: the body, the feet on the ground, what was clicked.
import { from, until } from "./contacts.js";

const CLOSE = { athlete: 1.15, feet: 0.5 }; // height of the view as a share of the crop around the athlete
const DARK = "rgba(16, 20, 26, .85)";
const MOST_ZOOM = 24;
const LEAST_PX = 220; // height of the picture in a low window
const BESIDE_PX = 368; // height of all that must be seen with it: header, buttons, timeline

const apply = (m, x, y) => {
  const w = m[6] * x + m[7] * y + m[8];
  return [(m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w];
};
const inverse = ([a, b, c, d, e, f, g, h, i]) => [
  e * i - f * h, c * h - b * i, b * f - c * e,
  f * g - d * i, a * i - c * g, c * d - a * f,
  d * h - e * g, b * g - a * h, a * e - b * d,
]; // up to its size, which does not count here

export class Picture {
  constructor(canvas, state, body, colours) {
    Object.assign(this, { canvas, state, body, colours });
    this.pen = canvas.getContext("2d");
    this.view = "whole";
    this.free = { zoom: 1, x: 0, y: 0 };
    this.shows = { body: true, ground: true };
    this.index = 0;
    this.bitmap = null;
    this.contacts = [];
    this.points = [];
    this.athlete = null;
    this.length = null;
    this.watching = new ResizeObserver(() => this.fit());
    this.watching.observe(canvas.parentElement);
    this.fit();
  }

  /** Leave the place to another. */
  close() {
    this.watching.disconnect();
  }

  /** Give the canvas the shape of the picture, as far as the window has room for it. */
  fit() {
    const { width, height } = this.state.video;
    const across = this.canvas.parentElement.clientWidth;
    const rest = across < 700 ? 0.54 * window.innerHeight : BESIDE_PX;
    const most = Math.max(LEAST_PX, window.innerHeight - rest);
    const tall = Math.round(Math.min((across * height) / width, most));
    const dense = window.devicePixelRatio || 1;
    this.canvas.style.height = `${tall}px`;
    this.canvas.width = Math.round(across * dense);
    this.canvas.height = Math.round(tall * dense);
    this.size = { width: across, height: tall, dense };
    this.draw();
  }

  show(index, bitmap) {
    this.index = index;
    this.bitmap = bitmap;
    this.draw();
  }

  /** From px of the picture to px of the canvas: [zoom, x, y]. */
  get placed() {
    const { width, height } = this.state.video;
    const { width: w, height: h } = this.size;
    const whole = Math.min(w / width, h / height);
    if (this.view === "free") return [this.free.zoom, this.free.x, this.free.y];
    const crop = this.view === "whole" ? null : this.#crop();
    if (!crop) return [whole, (w - whole * width) / 2, (h - whole * height) / 2];
    const [x, y, side] = crop;
    const zoom = Math.max(whole, Math.min(w, h) / (side * CLOSE[this.view]));
    // What lies beyond the picture's edge is not shown as long as there is picture.
    const inside = (at, room, length) => (zoom * length <= room ? (room - zoom * length) / 2
      : Math.min(0, Math.max(room - zoom * length, room / 2 - zoom * at)));
    return [zoom, inside(x, w, width), inside(y, h, height)];
  }

  /** Where the athlete, or the feet, are in this frame or the nearest in which they were seen. */
  #crop() {
    if (!this.body) return null;
    this.side ??= this.#usualSide();
    for (let away = 0; away < this.state.times.length; away += 1)
      for (const at of [this.index - away, this.index + away]) {
        const [x, y] = [this.body.box[3 * at], this.body.box[3 * at + 1]];
        if (!Number.isFinite(x)) continue;
        const feet = this.view === "feet" && this.#feet(at);
        return [...(feet || [x, y]), this.side];
      }
    return null;
  }

  #usualSide() {
    const sides = this.body.box.filter((_, i) => i % 3 === 2).filter(Number.isFinite).sort();
    return sides[Math.floor(0.75 * sides.length)];
  }

  #feet(at) {
    const ends = ["left_ankle", "right_ankle", "left_foot_index", "right_foot_index"]
      .map((name) => this.joint(at, this.state.joints.indexOf(name)))
      .filter(Boolean);
    if (!ends.length) return null;
    return [0, 1].map((k) => ends.reduce((sum, end) => sum + end[k], 0) / ends.length);
  }

  joint(frame, joint) {
    const at = 2 * (frame * this.state.joints.length + joint);
    const [x, y] = [this.body?.xy[at], this.body?.xy[at + 1]];
    return joint >= 0 && Number.isFinite(x) ? [x, y] : null;
  }

  /** A point of the reference frame in this one, px; what was clicked before an analysis knows its frame. */
  inFrame(point) {
    const matrix = this.#matrix();
    return matrix ? apply(inverse(matrix), point.x, point.y) : [point.x, point.y];
  }

  inReference(x, y) {
    const matrix = this.#matrix();
    return matrix ? apply(matrix, x, y) : [x, y];
  }

  #matrix() {
    return this.body?.camera?.subarray(9 * this.index, 9 * this.index + 9) ?? null;
  }

  /** Where on the picture, px, the pointer is. */
  under(event) {
    const [zoom, x, y] = this.placed;
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left - x) / zoom, (event.clientY - box.top - y) / zoom];
  }

  loose() {
    const [zoom, x, y] = this.placed;
    this.free = { zoom, x, y };
    this.view = "free";
  }

  zoomAt(event, by) {
    this.loose();
    const box = this.canvas.getBoundingClientRect();
    const at = [event.clientX - box.left, event.clientY - box.top];
    const { width, height } = this.state.video;
    const least = Math.min(this.size.width / width, this.size.height / height);
    const zoom = Math.min(Math.max(this.free.zoom * by, least), MOST_ZOOM);
    const ratio = zoom / this.free.zoom;
    this.free = { zoom, x: at[0] - ratio * (at[0] - this.free.x), y: at[1] - ratio * (at[1] - this.free.y) };
    this.draw();
  }

  pan(dx, dy) {
    this.loose();
    this.free.x += dx;
    this.free.y += dy;
    this.draw();
  }

  draw() {
    const { pen } = this;
    const { width, height } = this.state.video;
    const [zoom, x, y] = this.placed;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = "#10141a";
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const d = this.size.dense;
    pen.setTransform(d, 0, 0, d, 0, 0);
    pen.imageSmoothingEnabled = zoom < 3;
    if (this.bitmap) pen.drawImage(this.bitmap, x, y, zoom * width, zoom * height);
    else if (!this.state.video.shown) {
      pen.fillStyle = "#1d242d";
      pen.fillRect(x, y, zoom * width, zoom * height);
    }
    const at = ([px, py]) => [x + zoom * px, y + zoom * py];
    if (this.body && this.shows.body) this.#body(at);
    if (this.body && this.shows.ground) this.#ground(at);
    this.#clicked(at);
  }

  #line(ends, colour, width) {
    const { pen } = this;
    pen.lineCap = "round";
    for (const [ink, wide] of [[DARK, width + 2], [colour, width]]) {
      pen.strokeStyle = ink;
      pen.lineWidth = wide;
      pen.beginPath();
      pen.moveTo(...ends[0]);
      for (const end of ends.slice(1)) pen.lineTo(...end);
      pen.stroke();
    }
  }

  #body(at) {
    for (const [a, b, side] of this.state.bones) {
      const ends = [this.joint(this.index, a), this.joint(this.index, b)];
      if (ends[0] && ends[1]) this.#line(ends.map(at), this.colours[side] ?? "#fff", 1.5);
    }
  }

  /** The feet that are down now, with the number of their contact. */
  #ground(at) {
    const now = this.state.times[this.index];
    this.contacts.forEach((contact, i) => {
      if (now < from(contact) || now >= until(contact)) return;
      const [heel, toe, ankle] = ["heel", "foot_index", "ankle"].map((part) =>
        this.joint(this.index, this.state.joints.indexOf(`${contact.side}_${part}`)));
      const foot = [heel ?? ankle, toe ?? ankle].filter(Boolean).map(at);
      if (foot.length < 2) return;
      this.#line(foot, this.colours[contact.side], 5);
      const [px, py] = [(foot[0][0] + foot[1][0]) / 2, Math.max(foot[0][1], foot[1][1]) + 20];
      this.#label(`${i + 1} ${contact.side}`, px, py, this.colours[contact.side]);
    });
  }

  #clicked(at) {
    const places = this.points.map((point) => at(this.inFrame(point)));
    if (places.length === 2 && this.length !== null) this.#line(places, "#ffd23f", 2);
    places.forEach(([px, py], i) => {
      this.#cross(px, py, "#ffd23f");
      if (this.length === null) this.#label(`${this.points[i].metres} m`, px, py + 24, "#ffd23f");
    });
    if (places.length === 2 && this.length)
      this.#label(`${this.length} m`, (places[0][0] + places[1][0]) / 2, (places[0][1] + places[1][1]) / 2 + 20, "#ffd23f");
    if (this.athlete) {
      const [px, py] = at(this.athlete);
      this.#cross(px, py, "#7dff9a");
      this.#label("athlete", px, py - 18, "#7dff9a");
    }
  }

  #cross(x, y, colour) {
    this.#line([[x - 9, y], [x - 3, y]], colour, 2);
    this.#line([[x + 3, y], [x + 9, y]], colour, 2);
    this.#line([[x, y - 9], [x, y - 3]], colour, 2);
    this.#line([[x, y + 3], [x, y + 9]], colour, 2);
  }

  #label(text, x, y, colour) {
    const { pen } = this;
    pen.font = "600 13px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const wide = pen.measureText(text).width + 12;
    pen.fillStyle = DARK;
    pen.beginPath();
    pen.roundRect(x - wide / 2, y - 10, wide, 20, 5);
    pen.fill();
    pen.fillStyle = colour;
    pen.fillText(text, x, y + 0.5);
  }
}
