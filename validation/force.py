"""The modelled vertical force of measured runners against force plates: ``python -m validation.force``.

The runs of ``measured``, at three frame rates and with landmark noise, go through everything behind the pose
track; the force of the two-mass model, and of the half-sine with the same mean, is laid beside that under
their feet: with the contacts that the program found, and with those of the plates. Forces that came filtered
(``plates``) are compared with a model that is filtered alike; what the filter took off a landing no
comparison can bring back, so the force 20 ms after touchdown is told overground only. Body weight is the mean
force over whole steps. Nothing of the model was fitted to these forces. The data are not part of the project;
without the folder beside the repository nothing is done.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.data.steps import Step
from analyzer.metrics import METRICS
from analyzer.metrics.definitions.push_force import EARLY_S, push_of
from analyzer.metrics.run import Run
from analyzer.metrics.two_mass import Push
from analyzer.metrics.uncertainty.replicates import perturbed_copies
from analyzer.metrics.uncertainty.standard_error import Remeasured, evaluate, refiltered, standard_error
from analyzer.metrics.wording import signed
from validation import measured, plates
from validation.measured import DATA, TREADMILL, Trial, trial

NOISE_M: Final = 0.005
MEMORY_S: Final = 0.01
"""Landmark noise, and over what time it is alike, as in ``bodies``."""
PLATES_SD_S: Final = 0.001
"""What a plate's event is uncertain by; 2 ms where a filter was undone."""
GROUPS: Final = {
    "sprint at 6.6 m/s, overground": ("sprint_6_6mps",),
    "jog at 3.5 m/s, overground": ("jog_full_body",),
    "four runners at 4 m/s, treadmill": tuple(n for n in TREADMILL if n.endswith("4")),
    "four runners at 5 m/s, treadmill": tuple(n for n in TREADMILL if n.endswith("5")),
}
SPRINT_CUT_OFF_HZ: Final = 55.0
"""Of the filter that the sprint's forces came with (``measured.trial``)."""
_STEP_S: Final = 0.001
_AROUND_S: Final = 0.15
_OF_SHOE: Final = (0.05, 0.05)
"""The ankle from the heel's marker, along the sole and up from it, m: where no marker is on the ankle."""


@dataclass(frozen=True)
class Plates:
    """Vertical force (n,) under both feet, body weights, at ``time`` s on the trial's clock."""

    time: Array
    force: Array
    cut_off_hz: float

    def filtered(self, force: Array) -> Array:
        """Return a force (n,) at ``_STEP_S`` as these plates would have given it."""
        return plates.damped(force, self.cut_off_hz) if np.isfinite(self.cut_off_hz) else force


@cache
def shod(name: str) -> Trial:
    """Return a trial whose ankles turn with the shoe; where they are not marked, they sit on it."""
    run = trial(name)
    if name == "jog_full_body":
        return run
    joints = dict(run.joints)
    for side in ("left", "right"):
        heel, toe = joints[f"{side}_heel"], joints[f"{side}_foot_index"]
        along = (toe - heel) / np.linalg.norm(toe - heel, axis=1, keepdims=True)
        up = np.column_stack([-along[:, 1], along[:, 0]])
        joints[f"{side}_ankle"] = heel + _OF_SHOE[0] * along + _OF_SHOE[1] * up
    return replace(run, joints=joints)


def seen(name: str, fps: float, seed: int) -> tuple[Run, float]:
    """Return a trial as the program sees it, and the shift of its clock against the trial's.

    Contacts are found as in ``measured``, whose ankles keep their place at the heel.
    """
    _, steps, shift = measured.detect(trial(name), fps, NOISE_M, seed, MEMORY_S)
    motion, _, _ = measured.detect(shod(name), fps, NOISE_M, seed, MEMORY_S)
    return Run(motion, steps), shift


@cache
def truth(name: str) -> Plates:
    """Return the force under the feet of a trial, body weights."""
    if name == "jog_full_body":
        table = np.genfromtxt(DATA / "jog_full_body/JA1Gait21_landmarks.csv", delimiter=",", names=True)
        clock, force, cut = table["time_s"], np.nan_to_num(table["grf_vertical_N"]), np.inf
    else:
        sprint = name.startswith("sprint")
        file = DATA / ("sprint_6_6mps/refGRF.mot" if sprint else f"{name}_grf.mot")
        lines = file.read_text(encoding="utf-8").splitlines()
        head = lines.index("endheader") + 1
        names = lines[head].split()
        table = np.array([[float(c) for c in line.split()] for line in lines[head + 1 :] if line.strip()])
        up = [i for i, column in enumerate(names) if column.endswith("_vy")]
        clock, force = table[:, names.index("time")], table[:, up].sum(axis=1)
        cut = SPRINT_CUT_OFF_HZ if sprint else plates.CUT_OFF_HZ
    time = np.arange(clock[0], clock[-1], _STEP_S)
    force = np.interp(time, clock, force)
    contacts = trial(name).contacts
    whole = (time >= contacts[0][1]) & (time < contacts[-1][1])
    return Plates(time, force / force[whole].mean(), cut)


@dataclass(frozen=True)
class Fit:
    """One contact: R2 and RMSE, body weights, of both models; error and standard error of each metric."""

    two_r2: float
    two_rmse: float
    sine_r2: float
    sine_rmse: float
    errors: dict[str, tuple[float, float]]


def half_sine(push: Push, t: Array) -> Array:
    """Return the half-sine of the same impulse, body weights, at ``t`` s after touchdown."""
    inside = (t >= 0) & (t <= push.contact_s)
    size = np.pi / 2 * push.impulse / push.contact_s
    return np.asarray(np.where(inside, size * np.sin(np.pi * t / push.contact_s), 0.0))


def fit(
    force: Plates,
    contact: tuple[float, float],
    touchdown_s: float,
    push: Push,
    told: dict[str, tuple[float, float]],
) -> Fit:
    """Lay both models of a push that begins at ``touchdown_s`` beside the force of a contact.

    The errors of ``told`` (value, standard error) are against the same of the plates; what the plates' filter
    does to the model is taken as what it did to them.
    """
    down, off = contact
    near = (force.time > down - _AROUND_S) & (force.time < off + _AROUND_S)
    t = force.time[near]
    # The neighbours' forces are not this contact's: half of a flight is left on either side.
    own = (t > down - push.flight_s / 2) & (t < off + push.flight_s / 2)
    true = np.where(own, force.force[near], 0.0)
    models = {
        "two": force.filtered(push.force(t - touchdown_s)),
        "sine": force.filtered(half_sine(push, t - touchdown_s)),
    }
    inside = (t >= down) & (t <= off)
    rest = {name: (model - true)[inside] for name, model in models.items()}
    scatter = float(true[inside].var())
    r2 = {name: 1 - float((x**2).mean()) / scatter for name, x in rest.items()}
    rmse = {name: float(np.sqrt((x**2).mean())) for name, x in rest.items()}
    found = {name: _figures(t, model, down, off) for name, model in models.items()}
    real = _figures(t, true, down, off)
    errors = {
        metric: (found[kind][key] - real[key], told[metric][1])
        for metric, (kind, key) in _OF.items()
        # A filter of the treadmill's length leaves nothing of the first 20 ms.
        if np.isfinite(told[metric][0]) and not (key == "early" and force.cut_off_hz < SPRINT_CUT_OFF_HZ)
    }
    return Fit(r2["two"], rmse["two"], r2["sine"], rmse["sine"], errors)


_OF: Final = {
    "two_mass_peak_force": ("two", "peak"),
    "peak_vertical_force": ("sine", "peak"),
    "peak_force_time": ("two", "time"),
    "early_push_share": ("two", "half"),
    "vertical_impulse": ("two", "impulse"),
    "early_force": ("two", "early"),
}
"""Which figure of which model each metric is."""


def _figures(t: Array, force: Array, down: float, off: float) -> dict[str, float]:
    """Return what the metrics say of a force (n,) between two times."""
    inside = (t >= down) & (t <= off)
    top = int(np.argmax(np.where(inside, force, -np.inf)))
    whole = float(force.sum())
    return {
        "peak": float(force[top]),
        "time": 100 * float(t[top] - down) / (off - down),
        "half": 100 * float(force[t < (down + off) / 2].sum()) / whole,
        "impulse": _STEP_S * whole,
        "early": float(np.interp(down + EARLY_S, t, force)),
    }


def told(run: Run, names: Sequence[str]) -> dict[str, tuple[Array, Array]]:
    """Return value and standard error of some metrics, step by step, before anything is withheld."""
    others, smoother = perturbed_copies(run), refiltered(run)
    out = {}
    for name in names:
        metric = METRICS[name]
        value = evaluate(metric, run)
        again = Remeasured(
            np.array([evaluate(metric, other) for other in others]), evaluate(metric, smoother), metric.gain
        )
        sd = standard_error(value, again, floor=metric.floor, ceiling=metric.ceiling)
        out[name] = (value, np.hypot(sd, metric.own_sd(run) if metric.own_sd else 0.0))
    return out


def fits(name: str, fps: float, seed: int, *, by_plates: bool = False) -> list[Fit]:
    """Return every contact of a trial with a force under it, seen by the program.

    With ``by_plates`` the program is told when the plates say that feet touch down and leave.
    """
    run, shift = seen(name, fps, seed)
    who, force = trial(name), truth(name)
    if by_plates:
        timed = (_timed(step, _true(who, step, shift), shift) for step in run.steps)
        run = replace(run, steps=tuple(step for step in timed if step))
    numbers = told(run, tuple(_OF))
    out = []
    for i, step in enumerate(run.steps):
        true, push = _true(who, step, shift), push_of(run, step)
        if true is None or push is None or step.side in who.loose:
            continue
        mine = {metric: (float(value[i]), float(sd[i])) for metric, (value, sd) in numbers.items()}
        out.append(fit(force, true, step.touchdown_s + shift, push, mine))
    return out


def _true(who: Trial, step: Step, shift: float) -> tuple[float, float] | None:
    """Return the plates' touchdown and toe-off of a step, None where they saw none."""
    middle = (step.touchdown_s + step.toe_off_s) / 2 + shift
    near = [(a, b) for side, a, b in who.contacts if side == step.side and abs((a + b) / 2 - middle) < 0.1]
    return near[0] if near else None


def _timed(step: Step, true: tuple[float, float] | None, shift: float) -> Step | None:
    if true is None:
        return None
    return replace(
        step,
        touchdown_s=true[0] - shift,
        toe_off_s=true[1] - shift,
        touchdown_sd_s=PLATES_SD_S,
        toe_off_sd_s=PLATES_SD_S,
    )


HEADS: Final = {
    "two_mass_peak_force": "peak, BW",
    "peak_vertical_force": "peak of the half-sine, BW",
    "peak_force_time": "time of the peak, % of contact",
    "early_push_share": "first half, %",
    "vertical_impulse": "impulse, BW·ms",
    "early_force": "after 20 ms, BW",
}
_FACTORS: Final = {"vertical_impulse": (1000.0, 0), "peak_force_time": (1.0, 1), "early_push_share": (1.0, 1)}


def _cell(metric: str, found: list[Fit]) -> str:
    errors = np.array([f.errors[metric] for f in found if metric in f.errors])
    errors = errors[np.isfinite(errors).all(axis=1)] if len(errors) else errors
    if len(errors) == 0:
        return "–"
    factor, digits = _FACTORS.get(metric, (1.0, 2))
    off, sd = errors.T
    covered = 100 * np.mean(np.abs(off) < 2 * sd)
    bias, spread = (f"{signed(factor * x, digits)}" for x in (off.mean(), off.std()))
    return f"{bias} / {spread} ({covered:.0f} %)"


def _row(found: list[Fit]) -> str:
    both = [
        f"{np.mean([getattr(f, f'two_{key}') for f in found]):.2f} / "
        f"{np.mean([getattr(f, f'sine_{key}') for f in found]):.2f}"
        for key in ("r2", "rmse")
    ]
    return " | ".join([str(len(found)), *both, *(_cell(metric, found) for metric in HEADS)])


def table(seeds: int = 1) -> str:
    """Return the table in Markdown, a row for each group, rate and kind of contacts; "" without data."""
    if not DATA.is_dir():
        return ""
    lines = [
        "| runners | fps | contacts by | contacts | R²: two masses / half-sine | RMSE, BW | "
        + " | ".join(HEADS.values())
        + " |",
        "|---" * (6 + len(HEADS)) + "|",
    ]
    better: dict[str, float] = {}
    for group, names in GROUPS.items():
        draws = seeds * (measured.ALONE if len(names) == 1 else 1)
        for fps in (240.0, 120.0, 60.0):
            for by_plates in (False, True):
                found = [
                    f
                    for name in names
                    for seed in range(draws)
                    for f in fits(name, fps, seed, by_plates=by_plates)
                ]
                who = "plates" if by_plates else "program"
                lines.append(f"| {group} | {fps:.0f} | {who} | {_row(found)} |")
                if not by_plates:
                    better[group] = better.get(group, 0.0) + sum(f.two_r2 - f.sine_r2 for f in found)
    more = "; ".join(group for group, gain in better.items() if gain > 0) or "nobody"
    less = "; ".join(group for group, gain in better.items() if gain <= 0) or "nobody"
    lines.append(
        "\nBy R² with the program's contacts, all rates together, two masses fit better than a half-sine "
        f"for: {more}. No better for: {less}."
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write((table() or "The measured motion is not here; nothing to compare.") + "\n")
