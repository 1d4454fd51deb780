// What stands beside the picture: the contacts as a table, the scale, the athlete.
import { inOrder } from "./contacts.js";

const $ = (id) => document.getElementById(id);
const METHODS = {
  marks: "the marks", points: "the two points", file: "the file of joints", "leg length": "the leg length",
  height: "the athlete’s height",
};

export const seconds = (time) => (time === null ? "–" : time.toFixed(3));
const milliseconds = (time) => (Number.isFinite(time) ? Math.round(1000 * time) : "–");

/** A number as people write it; null for an empty field, NaN for what is none. */
export function number(text) {
  const plain = text.trim().replace(",", ".").replace(/\s*(m|cm|fps|m\/s)$/i, "");
  return plain === "" ? null : /^\d*\.?\d+$/.test(plain) ? Number(plain) : NaN;
}

/** A standing height in metres: 1.80, 1,80, 180 or 5'11". */
export function height(text) {
  const feet = /^(\d)['’]\s*(\d{1,2})?["”]?$/.exec(text.trim());
  if (feet) return Math.round(2.54 * (12 * feet[1] + Number(feet[2] ?? 0))) / 100;
  const found = number(text);
  return found >= 100 && found <= 250 ? found / 100 : found;
}

export class Panels {
  constructor(state, edits, act) {
    Object.assign(this, { state, edits, act });
    this.fields = [...$("facts").elements].filter((field) => field.name);
    for (const field of this.fields) field.onchange = () => this.#fact(field);
    $("facts").onsubmit = (event) => event.preventDefault();
    for (const radio of document.getElementsByName("kind")) radio.onchange = () => this.#kind(radio.value);
    $("known").replaceChildren($("known").firstElementChild, ...Object.entries(state.known).map(([name, metres]) =>
      new Option(`${name}: ${metres.toFixed(2)} m`, metres)));
    $("known").onchange = () => {
      const metres = Number($("known").value);
      if (metres) edits.change("length given", ({ scale }) => { scale.metres = metres; });
      $("known").value = "";
    };
    $("metres").onchange = () => {
      const metres = number($("metres").value);
      if (!(metres > 0)) return act.trouble({ what: "The length cannot be read.", fix: "Give metres: 5 or 9.14." });
      return edits.change("length given", ({ scale }) => { scale.metres = metres; });
    };
    $("kind-calibration").hidden = state.scale.kind !== "calibration";
    for (const at of document.querySelectorAll(".results-only")) at.hidden = state.kind !== "results";
    $("again-legend").textContent = state.kind === "results" ? "Read the video again" : "Who and which part";
    this.#warn();
  }

  draw(selected) {
    const { now } = this.edits;
    if (now.contacts) this.#contacts(inOrder(now.contacts), selected);
    if (now.answers) this.#sheet(now.answers);
    this.#scale(now.scale);
    for (const field of this.fields)
      field.value = now.settings[field.name] ?? (field.name === "sex" ? "unspecified" : "");
    const { athlete, start_s: start, stop_s: stop } = now.settings;
    $("picked").textContent = athlete ? `at ${Math.round(athlete[0])}, ${Math.round(athlete[1])} px` : "found by itself";
    $("unpick").hidden = !athlete;
    $("part").textContent = !start && !stop ? "the whole clip"
      : `${(start ?? 0).toFixed(2)} s to ${stop ? `${stop.toFixed(2)} s` : "the end"} of the file`;
    $("whole").hidden = !start && !stop;
  }

  tab(name) {
    for (const tab of document.querySelectorAll("[role=tab]")) {
      const chosen = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      $(tab.getAttribute("aria-controls")).hidden = !chosen;
    }
  }

  #contacts(contacts, selected) {
    const found = this.state.found;
    const same = (a, b) => (a === null) === (b === null) && (a === null || Math.abs(a - b) < 6e-4);
    $("rows").replaceChildren(...contacts.map((contact, i) => {
      const row = document.createElement("tr");
      row.className = contact.id === selected?.id ? "chosen" : "";
      const next = contacts[i + 1];
      const as = found.some((f) => f.side === contact.side && same(f.touchdown_s, contact.on) && same(f.toe_off_s, contact.off));
      const cells = [
        contact.side, "on", "off", milliseconds(contact.off !== null && contact.on !== null ? contact.off - contact.on : NaN),
        milliseconds(next && contact.off !== null && next.on !== null ? next.on - contact.off : NaN),
      ];
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = `${i + 1}${as || !found.length ? "" : " •"}`;
      head.title = as || !found.length ? "" : "not as it was found";
      row.append(head, ...cells.map((content) => {
        const cell = document.createElement("td");
        if (content === "on" || content === "off") {
          const go = document.createElement("button");
          go.textContent = seconds(contact[content]);
          go.disabled = contact[content] === null;
          go.setAttribute("aria-label", `Contact ${i + 1}, ${content === "on" ? "touchdown" : "toe-off"} at ${seconds(contact[content])} s`);
          go.setAttribute("aria-pressed", String(selected?.id === contact.id && selected.which === content));
          go.onclick = () => this.act.select({ id: contact.id, which: content }, true);
          cell.append(go);
        } else cell.textContent = content;
        if (content === contact.side) cell.className = contact.side;
        return cell;
      }));
      return row;
    }));
    const asFound = contacts.length === found.length && contacts.every((c, i) =>
      c.side === found[i].side && same(found[i].touchdown_s, c.on) && same(found[i].toe_off_s, c.off));
    $("found").disabled = !found.length || asFound;
  }

  #sheet(answers) {
    const { sheet } = this.state;
    const focused = document.activeElement?.id;
    $("sheet").replaceChildren(...sheet.filter(({ side }) => side === "left").map((left) => {
      const row = document.createElement("tr");
      const head = document.createElement("th");
      head.scope = "row";
      head.textContent = `${left.item}. ${left.name}`;
      head.title = left.seen;
      row.append(head, ...sheet.filter(({ item }) => item === left.item).map((one) => this.#answer(one, answers)));
      return row;
    }));
    if (focused?.startsWith("answer-")) $(focused)?.focus();
    const told = ["left", "right"].map((side) => {
      const n = Object.entries(answers).filter(([key, yes]) => key.endsWith(side) && yes !== null).length;
      return `${side} ${n} of ${sheet.length / 2} answered`;
    });
    const score = Object.values(answers).some((yes) => yes !== null) ? "" : "No score yet: ";
    $("answered").textContent = `${score}${told.join(", ")}.`;
    // Where the score is not made for this run, every row says the same.
    const { reason } = sheet[0] ?? {};
    const whole = reason && sheet.every((one) => !one.proposal && one.reason === reason);
    $("hindered").textContent = whole ? `Nothing is proposed: ${reason}.` : "";
  }

  #answer(one, answers) {
    const cell = document.createElement("td");
    const key = `${one.item} ${one.side}`;
    const choice = document.createElement("select");
    choice.id = `answer-${one.item}-${one.side}`;
    choice.setAttribute("aria-label", `${one.name}, ${one.side}`);
    choice.append(new Option("–", ""), new Option("yes", "yes"), new Option("no", "no"));
    choice.value = answers[key] === null ? "" : answers[key] ? "yes" : "no";
    choice.onchange = () => this.edits.change(`item ${one.item}, ${one.side}`, (draft) => {
      draft.answers[key] = choice.value === "" ? null : choice.value === "yes";
    });
    cell.append(choice);
    if (one.frame) {
      const go = document.createElement("button");
      go.textContent = one.frame;
      go.title = "frame to look at";
      go.setAttribute("aria-label", `${one.name}, ${one.side}: frame ${one.frame}`);
      go.onclick = () => this.act.seek(one.frame - 1);
      cell.append(" ", go);
    }
    const proposal = document.createElement("small");
    proposal.textContent = one.proposal && `proposed: ${one.proposal}`;
    cell.append(proposal);
    return cell;
  }

  #scale(scale) {
    const { scaled } = this.state;
    const share = scaled && `${(100 * scaled.relative_sd).toFixed(1)} %`;
    $("scaled").textContent = !scaled ? "" : scaled.method
      ? `Metres come from ${METHODS[scaled.method] ?? scaled.method}, sure to ${share}.`
      : "No length is known, so no metres and speeds are given.";
    for (const radio of document.getElementsByName("kind")) radio.checked = radio.value === scale.kind;
    const clicked = scale.kind === "points" || scale.kind === "marks";
    $("clicked").hidden = !clicked;
    $("length").hidden = scale.kind !== "points";
    $("metres").value = scale.metres ?? "";
    $("points").replaceChildren(...scale.points.map((point, i) => this.#point(point, i, scale.kind)));
  }

  #point(point, i, kind) {
    const row = document.createElement("li");
    const field = (name, words) => {
      const input = document.createElement("input");
      input.value = name === "metres" ? point.metres : point[name].toFixed(1);
      input.inputMode = "decimal";
      input.size = 6;
      input.setAttribute("aria-label", `Point ${i + 1}, ${words}`);
      input.onchange = () => {
        const value = name === "metres" ? Number(input.value.replace(",", ".")) : number(input.value);
        if (Number.isFinite(value)) this.edits.change("point moved", ({ scale }) => { scale.points[i][name] = value; });
        else this.draw();
      };
      return input;
    };
    row.append(field("x", "x in pixels"), field("y", "y in pixels"));
    if (kind === "marks") row.append(" at ", field("metres", "metres along the lane"), " m");
    const remove = document.createElement("button");
    remove.textContent = "×";
    remove.setAttribute("aria-label", `Remove point ${i + 1}`);
    remove.onclick = () => this.edits.change("point removed", ({ scale }) => { scale.points.splice(i, 1); });
    row.append(" ", remove);
    return row;
  }

  #kind(kind) {
    this.edits.change("scale", ({ scale }) => {
      if (kind === "points") scale.points = scale.points.slice(0, 2);
      scale.kind = kind;
    });
    this.act.tool(kind === "points" || kind === "marks" ? "points" : null);
  }

  #fact(field) {
    const { name } = field;
    const text = field.value;
    let value = text.trim() || null;
    if (name === "height_m") value = height(text);
    else if (field.inputMode === "decimal") value = number(text);
    else if (name === "sex") value = text;
    if (Number.isNaN(value) || (name === "height_m" && value !== null && (value < 1 || value > 2.5))) {
      this.act.trouble({
        what: `${field.labels[0].firstChild.textContent.trim()}: ${text} cannot be used.`,
        fix: name === "height_m" ? "Give metres, from 1 to 2.5: 1.80" : "Give a number.",
      });
      field.value = this.edits.now.settings[name] ?? "";
      return;
    }
    this.edits.change(field.labels[0].firstChild.textContent.trim().toLowerCase(), ({ settings }) => { settings[name] = value; });
    field.value = value ?? "";
  }

  #warn() {
    const said = this.state.warnings ?? [];
    $("warnings").hidden = !said.length;
    $("warnings").querySelector("ul").replaceChildren(...said.map((text) => {
      const item = document.createElement("li");
      item.textContent = text;
      return item;
    }));
  }
}
