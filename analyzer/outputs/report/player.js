// Links the annotated video, the charts over time and the step table through one clock: seconds of the clip.
"use strict";
(() => {
  const video = document.getElementById("player");
  const start = video ? Number(video.dataset.start) : 0;
  const slow = video ? Number(video.dataset.slow) : 1;
  const frame = video ? Number(video.dataset.frame) / slow : 0;  // seconds of the run
  const times = video ? video.dataset.times.split(" ").map(Number) : [];  // of its frames
  const label = document.getElementById("frame-shown");
  let playable = false;
  let now = start;

  const charts = [...document.querySelectorAll(".chart[data-time]")].map((figure) => {
    const [t0, t1, left, right, top, bottom] = figure.dataset.time.split(" ").map(Number);
    const svg = figure.querySelector("svg");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "line");
    line.setAttribute("class", "cursor");
    line.setAttribute("y1", top);
    line.setAttribute("y2", bottom);
    line.setAttribute("visibility", "hidden");
    svg.append(line);
    figure.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      goTo(times.length ? moved(by) : Math.min(Math.max(now + by * (t1 - t0) / 100, t0), t1));
    });
    svg.addEventListener("click", (event) => {
      const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      const t = t0 + ((at.x - left) / (right - left)) * (t1 - t0);
      if (t >= t0 && t <= t1) goTo(playable ? t - frame / 2 : t);  // the nearest frame
    });
    return (t) => {
      const inside = t >= t0 && t <= t1;
      const x = left + ((t - t0) / (t1 - t0)) * (right - left);
      line.setAttribute("visibility", inside ? "visible" : "hidden");
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
    };
  });
  const rows = [...document.querySelectorAll("tr[data-from]")];

  // The first frame at or after a moment: of a touchdown, the first one of the contact.
  const from = (t) => {
    const found = times.findIndex((at) => at >= t - 1e-6);
    return found < 0 ? times.length - 1 : found;
  };
  // The frame that is on the screen at a moment.
  const during = (t) => Math.max(0, times.findLastIndex((at) => at <= t + 1e-6));
  const moved = (by) => times[Math.min(Math.max(during(now) + by, 0), times.length - 1)];
  const seen = (t) => (playable ? times[from(t)] : t);

  function show(t) {
    now = t;
    if (label && playable) label.textContent = `frame ${Number(video.dataset.first) + Number(video.dataset.every) * during(t)} · ${times[during(t)].toFixed(3)} s`;
    charts.forEach((draw) => draw(t));
    const begun = rows.filter((row) => Number(row.dataset.from) <= t + 1e-6);
    rows.forEach((row) => row.classList.toggle("now", row === begun.at(-1)));
    document.body.dataset.time = t.toFixed(4);
  }

  function goTo(t) {
    show(seen(t));
    if (playable) {
      video.pause();
      // Into the middle of the frame's time: however a player rounds, it shows this one.
      const at = from(t);
      video.currentTime = ((times[at] + (times[at + 1] ?? times[at] + frame)) / 2 - start) * slow;
    }
  }

  document.querySelectorAll("[data-seek]").forEach((thing) => {
    thing.addEventListener("click", () => {
      goTo(Number(thing.dataset.seek));
      if (thing.matches("button.seek") && video && !video.hidden) {
        video.closest("details").open = true;
        video.scrollIntoView({ block: "center" });
      }
    });
  });

  document.querySelectorAll("[data-frames]").forEach((button) => {
    button.addEventListener("click", () => goTo(moved(Number(button.dataset.frames))));
  });
  document.querySelectorAll("[data-step]").forEach((button) => {
    const by = Number(button.dataset.step);
    button.addEventListener("click", () => {
      const downs = rows.map((row) => seen(Number(row.dataset.from)));
      const next = by > 0 ? downs.find((t) => t > now + 1e-4) : downs.findLast((t) => t < now - 1e-4);
      if (next !== undefined) goTo(next);
    });
  });

  if (video) {
    const missing = () => {
      video.hidden = true;
      document.querySelector(".moves").hidden = true;
      document.querySelectorAll("button.seek").forEach((button) => { button.disabled = true; });
      document.getElementById("video-hint").textContent =
        "The annotated video, overlay.mp4, is not beside this page. Keep both in one folder to play it here.";
    };
    const ready = () => {
      if (playable) return;
      playable = true;
      // The poster is a picture to see; without it, seek: not every browser shows a frame of its own accord.
      const first = rows.length ? Number(rows[0].dataset.from) : start;
      if (video.poster) show(seen(first));
      else goTo(first);
    };
    if (video.error) missing();
    if (video.readyState > 0) ready();
    video.addEventListener("error", missing);
    video.addEventListener("loadedmetadata", ready);
    const follow = () => {
      show(times[during(start + video.currentTime / slow)]);
      if (!video.paused) requestAnimationFrame(follow);
    };
    video.addEventListener("play", follow);
    video.addEventListener("timeupdate", () => { if (video.paused) follow(); });
  }

  // A link into a fold opens it and those around it.
  const unfold = () => {
    let fold = document.querySelector(":target");
    while ((fold = fold?.closest("details"))) { fold.open = true; fold = fold.parentElement; }
  };
  addEventListener("hashchange", () => { unfold(); document.querySelector(":target")?.scrollIntoView(); });
  document.querySelectorAll('a[href^="#"]').forEach((link) => link.addEventListener("click", () => {
    if (link.hash === location.hash) dispatchEvent(new Event("hashchange"));
  }));
  unfold();
  // Paper has no folds: what belongs on four pages is opened for it, and closed again.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details.paper:not([open])")];
    opened.forEach((fold) => { fold.open = true; });
  });
  addEventListener("afterprint", () => opened.forEach((fold) => { fold.open = false; }));
})();
