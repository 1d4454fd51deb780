// What the page asks of the program that serves it.

export class Problem extends Error {
  constructor({ what, why = "", fix = "" }) {
    super(what);
    Object.assign(this, { what, why, fix });
  }
}

async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { cache: "no-store", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ what: "The program does not answer any more.", fix: "Start sprint-analyzer review again." });
  }
  if (answer.ok) return answer;
  const told = await answer.text();
  let problem = { what: told };
  try {
    problem = JSON.parse(told);
  } catch {
    // A refusal in plain words.
  }
  throw new Problem(problem);
}

const post = (path, body) => ask(path, { method: "POST", body });

export const state = async () => (await ask("/state")).json();
export const work = async () => (await ask("/work")).json();
export const begin = (wanted) => post("/begin", JSON.stringify(wanted));
export const stop = () => post("/stop", "");
export const turn = (report) => post("/turn", report);
export const picture = async (index, signal) => (await ask(`/frame/${index}`, { signal })).blob();

/** The joints [frame][joint] px, the crop [frame] px and, where the camera moved, the matrices of the frames. */
export async function body(frames, joints, moving) {
  const all = new Float32Array(await (await ask("/joints")).arrayBuffer());
  const split = frames * joints * 2;
  const camera = moving ? new Float64Array(await (await ask("/camera")).arrayBuffer()) : null;
  return { xy: all.subarray(0, split), box: all.subarray(split), camera };
}
