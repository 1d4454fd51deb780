// The page: what is open, what was set, and every key and button that changes it.
import * as marks from "./contacts.js";
import { Edits } from "./edits.js";
import { Frames } from "./frames.js";
import { Panels, seconds } from "./panels.js";
import { Picture } from "./picture.js";
import { pointing } from "./pointing.js";
import { WORDS, Timeline } from "./timeline.js";
import * as server from "./server.js";
import { Work } from "./work.js";

const $ = (id) => document.getElementById(id);
let state, edits, frames, picture, timeline, panels;
let index = 0;
let selected = null;
let playing = 0;
let tool = null;

const act = { seek, select, trouble, tool: take, part, index: () => index, tool_now: () => tool };
const work = new Work({ trouble, reload: (done) => open(done) });

// --- opening -------------------------------------------------------------------------------------

function documentOf(told) {
  const contacts = told.contacts?.map((c, i) => ({ id: i + 1, side: c.side, on: c.touchdown_s, off: c.toe_off_s }));
  const answers = told.sheet && Object.fromEntries(told.sheet.map(({ item, side, yes }) => [`${item} ${side}`, yes]));
  return { contacts: contacts ?? null, answers: answers ?? null, scale: told.scale, settings: told.settings };
}

async function open(done = null) {
  const before = state;
  state = await server.state();
  const body = state.kind === "results"
    ? await server.body(state.times.length, state.joints.length, state.moving) : null;
  for (const [side, shade] of Object.entries(state.colours)) document.documentElement.style.setProperty(`--${side}`, shade);
  edits = new Edits(documentOf(state));
  selected = null;
  if (!before || before.video.file !== state.video.file || before.times.length !== state.times.length) {
    frames = new Frames(state.times.length, state.video.shown);
    index = Math.min(index, state.times.length - 1);
  }
  panels = new Panels(state, edits, act);
  picture?.close();
  timeline?.close();
  const view = before?.kind === state.kind ? picture.view : state.kind === "results" ? "athlete" : "whole";
  picture = new Picture($("picture"), state, body, state.on_video);
  picture.view = view === "free" ? "whole" : view;
  $("view").value = picture.view;
  timeline = new Timeline({
    scrub: $("scrub"), overview: $("overview"), all: $("all"), detail: $("detail"), ticks: $("ticks"),
    left: $("lane-left"), right: $("lane-right"), needle: $("now"),
  }, state.times, edits, act);
  edits.addEventListener("change", (event) => redraw(event.detail));
  document.body.classList.toggle("clip", state.kind === "clip");
  document.title = `${state.name} – review`;
  $("name").textContent = state.name;
  $("about").textContent = state.kind === "clip" ? "not analysed yet: choose the part and, among several people, the athlete; give a height or a scale; then analyse"
    : state.video.shown ? state.folder.split(/[\\/]/).at(-1) : "the video is not where it was; the body is shown without it";
  $("about").title = state.folder;
  $("switch").hidden = !state.report;
  $("passes").hidden = !state.passes?.length;
  $("pass").replaceChildren(new Option(state.name, ""), ...(state.passes ?? []).map((p) => new Option(p.name, p.report)));
  panels.tab(before?.kind === state.kind ? shownTab() : state.kind === "clip" ? "athlete" : "contacts");
  if (!before && state.kind === "results" && edits.now.contacts.length) {
    const first = marks.inOrder(edits.now.contacts)[0];
    index = marks.first(state.times, first.on ?? first.off);
  }
  work.report(state, before, done);
  take(null);
  redraw("");
  await seek(index);
  if (state.work?.busy) work.follow();
}

const shownTab = () => document.querySelector("[role=tab][aria-selected=true]").id.slice(4);

// --- showing -------------------------------------------------------------------------------------

function redraw(words) {
  picture.contacts = edits.now.contacts ? marks.inOrder(edits.now.contacts) : [];
  picture.points = ["points", "marks"].includes(edits.now.scale.kind) ? edits.now.scale.points : [];
  picture.length = edits.now.scale.kind === "points" ? edits.now.scale.metres ?? 0 : null;
  const { athlete } = edits.now.settings;
  picture.athlete = athlete && (state.kind === "clip" || Math.abs((athlete[2] ?? -1) - fileTime(index)) < 0.02) ? athlete : null;
  if (selected && !edits.now.contacts?.some((c) => c.id === selected.id)) selected = null;
  timeline.selected = selected;
  timeline.draw();
  picture.draw();
  panels.draw(selected);
  $("undo").disabled = !edits.canUndo;
  $("redo").disabled = !edits.canRedo;
  for (const id of ["side", "remove", "let-go"]) $(id).disabled = !selected;
  $("go").textContent = state.kind === "clip" ? "Analyse" : again() ? "Analyse again" : "Rebuild";
  $("go").classList.toggle("waiting", edits.changed);
  if (words) tell(words[0].toUpperCase() + words.slice(1));
}

const tell = (words) => { $("told").textContent = words; };
const fileTime = (i) => state.times[i] * state.video.slow;

async function seek(to) {
  const next = Math.min(Math.max(Math.round(to), 0), state.times.length - 1);
  const direction = next >= index ? 1 : -1;
  index = next;
  timeline.seek(index);
  $("where").textContent = `${index + 1} of ${state.times.length} · ${seconds(state.times[index])} s`;
  $("picture").setAttribute("aria-label", `Frame ${index + 1} of ${state.times.length}, ${seconds(state.times[index])} s`);
  if (!frames.shown) return shown(null);
  const late = setTimeout(() => { $("waiting").hidden = false; }, 200);
  // The old picture under the new number would be taken for the new one.
  $("picture").classList.toggle("old", !frames.ready(index));
  try {
    const bitmap = frames.ready(index) ?? (await frames.get(index, direction));
    if (bitmap && next === index) shown(bitmap);
    frames.get(index, direction); // and those that come next
  } catch (problem) {
    if (next === index) shown(null);
    trouble(problem);
  } finally {
    clearTimeout(late);
    if (next === index) $("waiting").hidden = true;
  }
  return undefined;
}

function shown(bitmap) {
  $("picture").classList.remove("old");
  picture.show(index, bitmap);
  document.body.dataset.frame = String(index); // the picture and what is drawn on it are of this frame now
}

function trouble({ what, why = "", fix = "", message = "" }) {
  $("what").textContent = what ?? message;
  $("why").textContent = why;
  $("fix").textContent = fix;
  $("trouble").hidden = false;
}

function play() {
  playing = playing ? 0 : performance.now();
  $("play").textContent = playing ? "Pause" : "Play";
  $("play").setAttribute("aria-label", playing ? "Pause" : "Play");
  if (playing) roll(playing, index === state.times.length - 1 ? 0 : index);
}

/** Show frames in their time, slowed down; one that is late holds up those after it. */
async function roll(run, first) {
  let [since, begun, at] = [performance.now(), state.times[first], first];
  while (playing === run) {
    await seek(at);
    await new Promise(requestAnimationFrame);
    const time = begun + ((performance.now() - since) / 1000) * Number($("speed").value);
    let next = at;
    while (next < state.times.length - 1 && state.times[next + 1] <= time) next += 1;
    if (next > at + 4) [since, begun, next] = [performance.now(), state.times[at + 1], at + 1]; // do not jump
    if (next === state.times.length - 1) play();
    at = next;
    if (!playing) seek(at);
  }
}

// --- contacts ------------------------------------------------------------------------------------

function select(what, go) {
  selected = what;
  redraw("");
  const contact = what && edits.now.contacts.find((c) => c.id === what.id);
  const time = contact && (contact[what.which] ?? contact.on ?? contact.off);
  if (go && contact) seek(marks.first(state.times, time));
}

/** Put an event at the frame that is shown: of the selected contact, or of a new one. */
function place(which) {
  if (!edits.now.contacts) return;
  const time = state.times[index];
  const chosen = selected && edits.now.contacts.find((c) => c.id === selected.id);
  if (chosen && marks.fits(edits.now.contacts, chosen, which, time, state.times)) {
    selected = { id: chosen.id, which };
    edits.change(`${WORDS[which]} of the ${chosen.side} foot at ${seconds(time)} s`, ({ contacts }) => {
      contacts.find((c) => c.id === chosen.id)[which] = time;
    });
    return;
  }
  const made = marks.added(edits.now.contacts, which, time, state.times);
  if (!made) {
    tell("Both feet are on the ground here already: select the contact to move its marks.");
    return;
  }
  selected = { id: made.id, which };
  edits.change(`new contact of the ${made.side} foot at ${seconds(time)} s`, ({ contacts }) => { contacts.push(made); });
}

function remove() {
  if (!selected) return;
  const { id } = selected;
  edits.change("contact removed", (draft) => { draft.contacts = draft.contacts.filter((c) => c.id !== id); });
}

function swap() {
  if (!selected) return;
  const { id } = selected;
  edits.change("other foot", ({ contacts }) => {
    const contact = contacts.find((c) => c.id === id);
    contact.side = marks.other(contact.side);
  });
}

/** Go to the mark before or after the frame that is shown, and select it. */
function hop(way) {
  const events = (edits.now.contacts ?? []).flatMap((c) => ["on", "off"].filter((w) => c[w] !== null)
    .map((which) => ({ id: c.id, which, frame: marks.first(state.times, c[which]) })));
  const there = events.filter(({ frame }) => way * (frame - index) > 0).sort((a, b) => way * (a.frame - b.frame));
  if (there.length) select({ id: there[0].id, which: there[0].which }, true);
}

// --- clicking in the picture ---------------------------------------------------------------------

const HINTS = {
  athlete: "Click the athlete’s hips. Esc ends it.",
  points: "Click the points: zoom in first. Esc ends it.",
};

function take(what) {
  tool = tool === what ? null : what;
  $("tool-hint").hidden = !tool;
  $("tool-hint").textContent = HINTS[tool] ?? "";
  $("picture").classList.toggle("clicking", Boolean(tool));
  $("pick").setAttribute("aria-pressed", String(tool === "athlete"));
  $("click-points").setAttribute("aria-pressed", String(tool === "points"));
  if (tool === "points" && picture.view !== "whole") setView("whole");
}

function clicked(x, y) {
  const { width, height } = state.video;
  if (x < 0 || y < 0 || x > width || y > height) return;
  if (tool === "athlete") {
    edits.change("athlete clicked", ({ settings }) => { settings.athlete = [x, y, fileTime(index)].map((v) => Number(v.toFixed(3))); });
    take(null);
  } else if (tool === "points") {
    const [px, py] = picture.inReference(x, y);
    const frame = state.kind === "clip" ? { frame: index } : {};
    edits.change("point clicked", ({ scale }) => {
      if (scale.kind === "points" && scale.points.length === 2) return false;
      const last = scale.points.at(-1)?.metres;
      scale.points.push({ x: px, y: py, metres: scale.kind === "marks" && last !== undefined ? last + 1 : 0, ...frame });
      return true;
    });
    if (edits.now.scale.kind === "points" && edits.now.scale.points.length === 2) {
      take(null);
      $("metres").focus();
    }
  }
}

function setView(view) {
  picture.view = view;
  $("view").value = view;
  picture.draw();
}

// --- the part of the clip, and the work ----------------------------------------------------------

/** The part that is wanted, s on the clock of the page; null for the whole clip. */
function part() {
  const { start_s: start, stop_s: stop } = edits.now.settings;
  if (!start && !stop) return null;
  return [(start ?? 0) / state.video.slow, (stop ?? Infinity) / state.video.slow];
}

const RE_READ = ["athlete", "start_s", "stop_s"];
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
const again = () => RE_READ.some((name) => !same(edits.now.settings[name], state.settings[name]));

async function go() {
  const before = documentOf(state);
  const { now } = edits;
  const wanted = { settings: {}, overlay: $("overlay").checked };
  for (const [name, value] of Object.entries(now.settings))
    if (!same(value, state.settings[name])) wanted.settings[name] = value;
  if (now.contacts && !again() && !same(now.contacts, before.contacts)) {
    const wrong = marks.problem(now.contacts);
    if (wrong) return trouble({ what: wrong, fix: "Move or remove one." });
    wanted.contacts = marks.inOrder(now.contacts).map((c) => ({ side: c.side, touchdown_s: c.on, toe_off_s: c.off }));
  }
  if (now.answers && !same(now.answers, before.answers)) {
    const said = Object.entries(now.answers).filter(([, yes]) => yes !== null);
    wanted.answers = said.map(([key, yes]) => ({ item: Number(key.split(" ")[0]), side: key.split(" ")[1], yes }));
  }
  if (!same(now.scale, before.scale) || (state.kind === "clip" && now.scale.kind !== "body")) {
    const { kind, points, metres } = now.scale;
    const lacks = kind === "points" ? points.length < 2 || !metres : kind === "marks" && points.length < 2;
    if (lacks) return trouble({ what: "The scale is not complete.", fix: "Click two points and give their metres." });
    wanted.scale = { kind, points: points.map(({ x, y, metres: m, frame }) => ({ x, y, metres: m, frame: frame ?? null })), metres };
  }
  if (again() && state.kind === "results" && !same(now.contacts, before.contacts)
    && !window.confirm("The video is read again: what you changed in the contacts is lost. Go on?")) return undefined;
  $("trouble").hidden = true;
  try {
    await server.begin(wanted);
    work.follow();
  } catch (problem) {
    trouble(problem);
  }
  return undefined;
}

// --- buttons and keys ----------------------------------------------------------------------------

const KEYS = {
  ArrowLeft: (event) => seek(index - (event.shiftKey ? 10 : 1)),
  ArrowRight: (event) => seek(index + (event.shiftKey ? 10 : 1)),
  Home: () => seek(0),
  End: () => seek(state.times.length - 1),
  " ": play,
  ",": () => hop(-1),
  ".": () => hop(1),
  t: () => place("on"),
  o: () => place("off"),
  s: swap,
  Delete: remove,
  Backspace: remove,
  Escape: () => (tool ? take(null) : select(null, false)),
  z: (event) => (event.shiftKey ? edits.redo() : edits.undo()),
  y: () => edits.redo(),
  v: () => setView({ whole: "athlete", athlete: "feet" }[picture.view] ?? "whole"),
  b: () => $("body").click(),
  "?": () => $("help").showModal(),
};
const WITH_CONTROL = ["z", "y"];

document.addEventListener("keydown", (event) => {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const typing = event.target.matches("input:not([type=range], [type=checkbox], [type=radio]), textarea");
  const picks = event.target.matches("select, [type=radio], [role=tab]") && (key.startsWith("Arrow") || key === " ");
  const presses = event.target.matches("button, summary, a, [type=checkbox]") && (key === " " || key === "Enter");
  const control = event.ctrlKey || event.metaKey;
  if (!state || !KEYS[key] || typing || picks || presses || event.altKey || $("help").open || $("desk").hidden) return;
  if (control && !WITH_CONTROL.includes(key)) return;
  event.preventDefault();
  KEYS[key](event);
});

const BUTTONS = {
  back10: () => seek(index - 10), back: () => seek(index - 1), on: () => seek(index + 1), on10: () => seek(index + 10),
  play, touchdown: () => place("on"), "toe-off": () => place("off"), side: swap, remove,
  "let-go": () => select(null, false), undo: () => edits.undo(), redo: () => edits.redo(), go,
  keys: () => $("help").showModal(), dismiss: () => { $("trouble").hidden = true; },
  found: () => edits.change("back to what was found", (draft) => { draft.contacts = documentOf({ contacts: state.found }).contacts; }),
  "click-points": () => take("points"), pick: () => take("athlete"),
  unpick: () => edits.change("athlete found by itself", ({ settings }) => { settings.athlete = null; }),
  from: () => edits.change("the part starts here", ({ settings }) => { settings.start_s = Math.floor(1e4 * fileTime(index)) / 1e4; }),
  to: () => edits.change("the part ends here", ({ settings }) => {
    settings.stop_s = index < state.times.length - 1 ? Math.floor(1e4 * fileTime(index + 1)) / 1e4 : null;
  }),
  whole: () => edits.change("whole clip", ({ settings }) => { settings.start_s = state.kind === "results" ? 0 : null; settings.stop_s = null; }),
  "show-review": () => work.show("review"), "show-report": () => work.show("report"),
};
for (const [id, does] of Object.entries(BUTTONS)) $(id).onclick = does;
$("view").onchange = () => setView($("view").value);
$("body").onchange = () => { picture.shows.body = $("body").checked; picture.draw(); };
$("ground").onchange = () => { picture.shows.ground = $("ground").checked; picture.draw(); };
for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.onclick = () => panels.tab(tab.id.slice(4));
  tab.onkeydown = (event) => {
    const all = [...document.querySelectorAll("[role=tab]")].filter((t) => !t.hidden);
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (way) all[(all.indexOf(tab) + way + all.length) % all.length].click();
    if (way) document.querySelector("[role=tab][aria-selected=true]").focus();
  };
}
$("pass").onchange = async () => {
  if (edits.changed && !window.confirm("What you changed in this run and did not rebuild is lost. Go on?")) return;
  try {
    await server.turn($("pass").value);
    index = 0;
    state = null;
    await open();
  } catch (problem) {
    trouble(problem);
  }
};
pointing($("picture"), { picture: () => picture, edits: () => edits, tool: () => tool, clicked, zoomed: () => { $("view").value = "free"; } });
window.addEventListener("beforeunload", (event) => { if (edits?.changed) event.preventDefault(); });
window.addEventListener("resize", () => picture?.fit());
history.replaceState(null, "", "/"); // the token is in the cookie now, and need not stay in the address
open().catch(trouble);
