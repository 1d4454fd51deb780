// Steps the runs through their stride together: one clock, s from the moment at which they were set together.
"use strict";
(() => {
  const desk = document.getElementById("film");
  const films = [...document.querySelectorAll("[data-film]")].map((figure) => ({
    ...JSON.parse(figure.dataset.film),
    shots: [...figure.querySelectorAll(".shot")],
    when: figure.querySelector(".when"),
    zero: 0,
    at: 0,
  }));
  if (!films.length) return;
  const step = Number(desk.dataset.step);
  const clock = document.getElementById("clock");
  const play = document.getElementById("play");
  const turn = document.getElementById("turn");
  turn?.addEventListener("click", () => {
    turn.setAttribute("aria-pressed", desk.classList.toggle("turned"));
  });
  const events = [...document.querySelectorAll("[data-event]")];
  const SLOWER = 8;  // times, when played
  let now = 0;
  let name = events.length ? events[0].dataset.event : "";
  let running = 0;

  const ms = (t) => `${t < -0.0005 ? "−" : "+"}${Math.abs(Math.round(1000 * t))} ms`;
  const nearest = (times, t) => times.reduce((best, x, i) => (Math.abs(x - t) < Math.abs(times[best] - t) ? i : best), 0);
  const first = () => Math.min(...films.map((film) => film.times[0] - film.zero));
  const last = () => Math.max(...films.map((film) => film.times.at(-1) - film.zero));

  function show(t) {
    now = Math.min(Math.max(t, first()), last());
    for (const film of films) {
      const at = nearest(film.times, film.zero + now);
      film.shots[film.at].hidden = true;
      film.shots[at].hidden = false;
      film.at = at;
      const over = film.zero + now > film.times.at(-1) + step ? " (its stride is over)" : "";
      film.when.textContent = ms(film.times[at] - film.zero) + over;
    }
    clock.textContent = `${ms(now)} from ${name}`;
    document.body.dataset.time = now.toFixed(4);
    document.body.dataset.shown = films.map((film) => film.at).join(" ");
  }

  function together(event) {
    name = event;
    films.forEach((film) => { film.zero = film.events[event]; });
    events.forEach((button) => button.setAttribute("aria-pressed", button.dataset.event === event));
    show(0);
  }

  function stop() {
    cancelAnimationFrame(running);
    running = 0;
    play.textContent = "▶ slowly";
  }

  function start() {
    let before = performance.now();
    if (now >= last() - step / 2) show(first());
    play.textContent = "❚❚ stop";
    const on = (at) => {
      show(now + (at - before) / 1000 / SLOWER);
      before = at;
      if (now >= last()) stop();
      else running = requestAnimationFrame(on);
    };
    running = requestAnimationFrame(on);
  }

  const by = (n) => { stop(); show(now + n * step); };
  document.querySelectorAll("[data-by]").forEach((button) => {
    button.addEventListener("click", () => by(Number(button.dataset.by)));
  });
  events.forEach((button) => button.addEventListener("click", () => { stop(); together(button.dataset.event); }));
  play.addEventListener("click", () => (running ? stop() : start()));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest(".scroll, summary")) return;
    if (event.key === "ArrowLeft") by(-1);
    else if (event.key === "ArrowRight") by(1);
    else if (event.key === "Home" && event.target.closest("#film")) { stop(); show(first()); }
    else if (event.key === "End" && event.target.closest("#film")) { stop(); show(last()); }
    else if (event.key === " " && !event.target.closest("button, a")) { if (running) stop(); else start(); }
    else return;
    event.preventDefault();
  });
  if (name) together(name);
  else show(0);
})();
