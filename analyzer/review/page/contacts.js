// Contacts: {id, side, on, off}, seconds; null where an event lies outside the clip.

const USUAL_S = 0.11; // a contact of a sprinter, where the clip has none to go by

export const other = (side) => (side === "left" ? "right" : "left");
export const from = (contact) => contact.on ?? -Infinity;
export const until = (contact) => contact.off ?? Infinity;
export const middle = (contact) =>
  contact.on === null ? contact.off : contact.off === null ? contact.on : (contact.on + contact.off) / 2;

export const inOrder = (contacts) => [...contacts].sort((a, b) => middle(a) - middle(b));

export function nearest(times, time) {
  let low = 0;
  let high = times.length - 1;
  while (high - low > 1) {
    const half = (low + high) >> 1;
    if (times[half] <= time) low = half;
    else high = half;
  }
  return time - times[low] <= times[high] - time ? low : high;
}

/** The first frame at or after `time`: of a touchdown, the first one that bears. */
export function first(times, time) {
  const index = nearest(times, time);
  return times[index] < time - 1e-6 && index < times.length - 1 ? index + 1 : index;
}

/** Between which times an event can be moved: within its contact, clear of the same foot's others. */
export function room(contacts, contact, which, times) {
  const frame = times.length > 1 ? (times.at(-1) - times[0]) / (times.length - 1) : 0;
  const others = contacts.filter((c) => c.side === contact.side && c.id !== contact.id);
  const before = others.filter((c) => middle(c) < middle(contact)).map(until);
  const after = others.filter((c) => middle(c) > middle(contact)).map(from);
  let low = Math.max(times[0], ...before);
  let high = Math.min(times.at(-1), ...after);
  if (which === "on" && contact.off !== null) high = Math.min(high, contact.off - frame / 2);
  if (which === "off" && contact.on !== null) low = Math.max(low, contact.on + frame / 2);
  return [low, high];
}

export function fits(contacts, contact, which, time, times) {
  const [low, high] = room(contacts, contact, which, times);
  return time >= low && time <= high;
}

/** The frame's time that is nearest to `time` within the room that an event has. */
export function snapped(contacts, contact, which, time, times) {
  const [low, high] = room(contacts, contact, which, times);
  let index = nearest(times, Math.min(Math.max(time, low), high));
  while (index < times.length - 1 && times[index] < low) index += 1;
  while (index > 0 && times[index] > high) index -= 1;
  return times[index];
}

/** A new contact that begins (or, for "off", ends) at a time; null where its foot is down already. */
export function added(contacts, which, time, times) {
  const lasts = inOrder(contacts).filter((c) => c.on !== null && c.off !== null).map((c) => c.off - c.on);
  lasts.sort((a, b) => a - b);
  const usual = lasts.length ? lasts[lasts.length >> 1] : USUAL_S;
  const before = inOrder(contacts).filter((c) => middle(c) < time).at(-1);
  const after = inOrder(contacts).find((c) => middle(c) >= time);
  const sides = before ? [other(before.side), before.side] : after ? [other(after.side), after.side] : ["left", "right"];
  for (const side of sides) {
    const same = contacts.filter((c) => c.side === side);
    if (same.some((c) => from(c) <= time && time <= until(c))) continue;
    const low = Math.max(times[0], ...same.filter((c) => until(c) < time).map(until));
    const high = Math.min(times.at(-1), ...same.filter((c) => from(c) > time).map(from));
    const near = (t) => times[nearest(times, Math.min(Math.max(t, low), high))];
    const [on, off] = which === "on" ? [time, near(time + usual)] : [near(time - usual), time];
    if (off > on) return { id: Math.max(0, ...contacts.map((c) => c.id)) + 1, side, on, off };
  }
  return null;
}

/** What is wrong with a table of contacts, in words; "" where nothing is. */
export function problem(contacts) {
  if (contacts.length < 2) return "At least two contacts are needed.";
  for (const side of ["left", "right"]) {
    const same = inOrder(contacts.filter((c) => c.side === side));
    for (let i = 1; i < same.length; i += 1)
      if (from(same[i]) < until(same[i - 1])) return `Two contacts of the ${side} foot overlap.`;
  }
  return "";
}
