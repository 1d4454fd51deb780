"""Speed lost and regained in contact beside the truth: ``python -m validation.braking``.

Braking is how far the centre of mass slows from touchdown to its slowest, propulsion what it gains from there
to toe-off. Two ways are tried: its forward speed as the program has it; and the force of the two-mass model,
taken to point from the foot to the centre of mass. The truth is the horizontal force under the feet over body
mass, and the path of the rendered body. Why neither way is a metric is in docs/decisions/0025; the section in
docs/accuracy.md is written by this command. Without the measured data only the rendered rows are made.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.data.steps import Step
from analyzer.metrics.definitions.push_force import push_of
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.replicates import perturbed_copies
from analyzer.metrics.wording import signed
from validation import changes, map_alone, measured
from validation.force import GROUPS, MEMORY_S, NOISE_M
from validation.gait import G
from validation.measured import DATA, trial
from validation.measured_coordination import JOG, with_arms
from validation.pose_models import write_section

TITLE: Final = "Braking and propulsion"
RATES: Final = (240.0, 120.0)
RUNNERS: Final = 4
"""Rendered runners of the report set, with a tracker's errors."""
JOG_LATE_S: Final = 1.187
"""The clock of the jog's forces is that much behind its markers': four touchdowns and toe-offs tell it to
1 ms. Of its first contact this file has the end alone."""
_STEP_S: Final = 0.001
_INTRODUCTION: Final = """\
How much forward speed the centre of mass loses from touchdown to its slowest, and gains from there to toe-
off (`python -m validation.braking`). The truth: horizontal force under the feet over body mass, of measured
runners with 5 mm of landmark noise, and the path of rendered ones with a tracker's errors. "By speed" is
the program's centre of mass; "by the line" the modelled force pointing from the foot to the centre of mass,
which a rendered body does not obey. Found minus true, m/s: mean / SD over contacts. Beside it how far the
mean of a run is off in standard errors that perturbed copies of the run show: 1 would be honest. Where arms
have no markers (the sprint) they move with the trunk. Neither way is good enough to be given
(docs/decisions/0025)."""


class Change(NamedTuple):
    """Speed lost and regained in one contact, m/s."""

    lost: float
    gained: float


class Contact(NamedTuple):
    """One contact: the truth, and what each way finds; NaN where it finds nothing."""

    true: Change
    speed: Change
    line: Change


class Found(NamedTuple):
    """The contacts of one run, and how far its mean is off in its stated standard errors, lost and gained."""

    contacts: list[Contact]
    off: Change


NOTHING: Final = Change(np.nan, np.nan)


def change(speed: Array) -> Change:
    """Return loss and gain of a speed (n,) over one contact."""
    if len(speed) == 0 or not np.isfinite(speed).all():
        return NOTHING
    return Change(float(speed[0] - speed.min()), float(speed[-1] - speed.min()))


def by_speed(run: Run, step: Step) -> Change:
    """Return the change by the speed of the centre of mass as the program has it."""
    return change(run.between(run.motion.com_velocity[:, 0], step.touchdown_s, step.toe_off_s))


def by_line(run: Run, step: Step) -> Change:
    """Return the change by the modelled vertical force, pointing from the foot to the centre of mass."""
    push = push_of(run, step)
    if push is None:
        return NOTHING
    t = np.arange(0.0, step.toe_off_s - step.touchdown_s, _STEP_S)
    ahead, high = (np.interp(step.touchdown_s + t, run.motion.time, axis) for axis in run.motion.com.T)
    force = push.force(t) * (ahead - run.foot_x(step)) / high
    return change(np.concatenate([[0.0], np.cumsum(G * _STEP_S * force)]))


def held(name: str) -> tuple[tuple[str, float, float], ...]:
    """Return the contacts of a trial whose forward force is known throughout: side, touchdown, toe-off, s."""
    contacts = trial(name).contacts
    return contacts[1:] if name == JOG else contacts


@cache
def forces(name: str) -> tuple[Array, Array]:
    """Return times (n,), s on the trial's clock, and the speed (n,), m/s, that the forward force makes."""
    sprint = name.startswith("sprint")
    file = "jog_full_body/jog_grf.mot" if name == JOG else f"{name}_grf.mot"
    lines = (DATA / ("sprint_6_6mps/refGRF.mot" if sprint else file)).read_text("utf-8").splitlines()
    head = lines.index("endheader") + 1
    names = lines[head].split()
    table = np.array([[float(c) for c in line.split()] for line in lines[head + 1 :] if line.strip()])
    late = JOG_LATE_S if name == JOG else 0.0
    clock = table[:, names.index("time")] + late
    time = np.arange(clock[0], clock[-1], _STEP_S)
    up, on = (
        np.interp(time, clock, table[:, [i for i, n in enumerate(names) if n.endswith(axis)]].sum(axis=1))
        for axis in ("_vy", "_vx")
    )
    contacts = held(name)
    whole = (time >= contacts[0][1]) & (time < contacts[-1][1])
    mass = float(up[whole].mean()) / G
    return time, np.cumsum(on) * _STEP_S / mass


def of_plates(name: str, fps: float, seed: int = 0) -> Found:
    """Return a measured run: every contact that the program and the plates saw."""
    who = trial(name) if name.startswith("sprint") else with_arms(name)
    motion, steps, shift = measured.detect(who, fps, NOISE_M, seed, MEMORY_S)
    run = Run(motion, steps)
    time, speed = forces(name)
    true: dict[int, Change] = {}
    for step in steps:
        near = [c for c in held(name) if c[0] == step.side and abs(c[1] - shift - step.touchdown_s) < 0.06]
        if near:
            _, down, off = near[0]
            true[step.number] = change(speed[(time >= down) & (time <= off)])
    return _found(run, true)


def of_render(fps: float, number: int) -> Found:
    """Return a rendered runner of the report set with the errors of a tracker."""
    recipe, _ = map_alone.recipes_of("report", fps, "nothing", number)
    run, truth = changes.run_of(recipe, 0, map_alone.lender("report", fps, number))
    true: dict[int, Change] = {}
    for step in run.steps:
        contact = min(truth.contacts, key=lambda c: abs(c.touchdown_s - step.touchdown_s))
        if abs(contact.touchdown_s - step.touchdown_s) < 0.03:
            inside = (truth.t >= contact.touchdown_s) & (truth.t <= contact.toe_off_s)
            true[step.number] = change(truth.com_velocity[inside, 0])
    return _found(run, true)


def _found(run: Run, true: dict[int, Change]) -> Found:
    steps = [step for step in run.steps if step.number in true]
    contacts = [Contact(true[s.number], by_speed(run, s), by_line(run, s)) for s in steps]
    seen = [i for i, contact in enumerate(contacts) if np.isfinite(contact.speed.lost)]
    means = []
    for copy in perturbed_copies(run):
        by_number = {step.number: step for step in copy.steps}
        again = [by_speed(copy, by_number[steps[i].number]) for i in seen]
        means.append(np.nanmean(np.array(again), axis=0) if again else NOTHING)
    error = np.nanstd(np.array(means), axis=0, ddof=1)
    off = (
        np.mean([np.subtract(contacts[i].speed, contacts[i].true) for i in seen], axis=0) if seen else NOTHING
    )
    return Found(contacts, Change(*(float(x) for x in off / error)))


def groups() -> Iterator[tuple[str, float, list[Found]]]:
    """Yield what was found of each group of runners at each frame rate."""
    for fps in RATES:
        yield "rendered, report set, at top speed", fps, [of_render(fps, i) for i in range(RUNNERS)]
    if DATA.is_dir():
        for group, names in GROUPS.items():
            for fps in RATES:
                yield group, fps, [of_plates(name, fps) for name in names]


def row(group: str, fps: float, found: list[Found]) -> str:
    """Return one line of the table."""
    every = [contact for one in found for contact in one.contacts]
    cells = []
    for key in Change._fields:
        true = np.array([getattr(c.true, key) for c in every])
        cells.append(f"{true.mean():.2f}")
        for way in ("speed", "line"):
            off = np.array([getattr(getattr(c, way), key) for c in every]) - true
            off = off[np.isfinite(off)]
            said = f"{signed(float(off.mean()), 2)} / {off.std():.2f}" if len(off) else "–"
            cells.append("–" if way == "line" and group.startswith("rendered") else said)
        z = np.array([getattr(one.off, key) for one in found])
        cells.append(f"{np.sqrt(np.nanmean(z**2)):.1f}" if np.isfinite(z).any() else "–")
    return f"| {group} | {fps:.0f} | {len(every)} | {' | '.join(cells)} |"


def table() -> str:
    """Return the table in Markdown."""
    heads = []
    for what in ("lost", "gained"):
        heads += [f"{what}, m/s", "by speed", "by the line", "off in stated errors"]
    lines = [f"| runners | fps | contacts | {' | '.join(heads)} |", "|---" * (3 + len(heads)) + "|"]
    for one in groups():
        lines.append(row(*one))
        print(lines[-1], file=sys.stderr, flush=True)
    return "\n".join(lines)


def main() -> int:
    """Measure and write the section."""
    said = table()
    print(said)
    write_section(f"{_INTRODUCTION}\n\n{said}", TITLE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
