"""The account of the push of measured runners: ``python -m validation.account``.

Shares of the upward change of velocity in contact, through everything behind the pose track (landmark noise,
contacts as found, the program's filters), beside the same from all the markers: their own rate, no noise, the
plates' contacts, hip centres where they were told. How much velocity the body gained upward in all tells the
force under the feet as well, which knows nothing of any marker. The sprint's markers leave out the arms: its
account is that of a body without them, which the program does not tell (``definitions.support``). The data
are not part of the project; without the folder beside the repository nothing is done.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache
from typing import Final

import numpy as np
from scipy.signal import butter, filtfilt

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.metrics import METRICS
from analyzer.metrics.momentum import Momenta, momenta
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.standard_error import evaluate
from analyzer.metrics.wording import signed
from validation import measured
from validation.force import MEMORY_S, NOISE_M, told, truth
from validation.measured import DATA, TREADMILL, Trial, trial
from validation.measured_coordination import JOG, with_arms

SPRINT: Final = "sprint_6_6mps"
TRIALS: Final = (SPRINT, JOG, *TREADMILL)
PARTS: Final = {
    "push leg": "single_leg_push", "swing leg": "swing_share", "arms": "arm_share",
    "trunk": "trunk_lift_share", "push leg and trunk": "push_trunk_share",
}  # fmt: skip
_PASS_HZ: Final = 20.0
"""Low-pass of the markers' own motion: twice what the program takes for a body."""
G: Final = 9.81


def seen(name: str, fps: float, seed: int = 0) -> Run:
    """Return a trial as the program sees it; a body without arms passes for whole."""
    who = trial(name) if name == SPRINT else with_arms(name)
    motion, steps, _ = measured.detect(who, fps, NOISE_M, seed, MEMORY_S)
    return _as_whole(Run(motion, steps))


def _armless(found: Momenta) -> Momenta:
    """Return momenta in which arms that have no markers move with the trunk."""
    return replace(found, arm={side: np.nan_to_num(arm) for side, arm in found.arm.items()}, whole=True)


def _as_whole(run: Run) -> Run:
    vars(run)["momenta"] = _armless(run.momenta)
    return run


@cache
def reference(name: str) -> Run:
    """Return a trial as all its markers and the plates tell it."""
    who = trial(name) if name == SPRINT else with_arms(name)
    joints = dict(who.joints)
    if name == SPRINT:
        _, virtual = measured._markers(DATA / "sprint_6_6mps/maxSprintVirtualMarkers.trc")
        joints |= {"left_hip": virtual["LHJC"], "right_hip": virtual["RHJC"]}
    rate = 1 / float(np.median(np.diff(who.time)))
    position = np.full((len(who.time), len(JOINTS), 2), np.nan)
    for joint, path in joints.items():
        position[:, JOINTS.index(joint)] = _smooth(who.time, path, rate)
    for side in ("left", "right"):
        elbow, wrist = (position[:, JOINTS.index(f"{side}_{n}")] for n in ("elbow", "wrist"))
        for finger in ("pinky", "index"):
            position[:, JOINTS.index(f"{side}_{finger}")] = wrist + 0.36 * (wrist - elbow)
    n, nothing = len(who.time), np.zeros(len(JOINTS))
    motion = Motion(
        time=who.time, raw=position, position=position, angles={}, rates={}, com=np.zeros((n, 2)),
        com_velocity=np.zeros((n, 2)), noise_sd=nothing, offset_sd=nothing, leg_length=0.9,
        near_side="right", sex="unspecified", view_angle_deg=np.zeros(n),
    )  # fmt: skip
    steps = tuple(
        Step(i + 1, "left" if side == "left" else "right", down, 0.0, off, 0.0, "fit")
        for i, (side, down, off) in enumerate(who.contacts)
    )
    run = Run(motion, steps)
    vars(run)["momenta"] = _armless(momenta(motion))
    return run


def _smooth(time: Array, path: Array, rate: float) -> Array:
    good = np.isfinite(path).all(axis=1)
    b, a = butter(2, _PASS_HZ / 0.802 / (rate / 2))
    filled = np.column_stack([np.interp(time, time[good], axis[good]) for axis in path.T])
    out = np.asarray(filtfilt(b, a, filled, axis=0))
    out[(time < time[good][0]) | (time > time[good][-1])] = np.nan
    return out


def rise_by_plates(who: Trial) -> float:
    """Upward velocity gained in a contact, m/s, by the force under the feet: mean of the contacts."""
    force = truth(who.name)
    gained = []
    for _, down, off in who.contacts:
        inside = (force.time >= down) & (force.time < off)
        gained.append(G * float(np.trapezoid(force.force[inside] - 1, force.time[inside])))
    return float(np.mean(gained))


def rise(run: Run) -> float:
    """The same by the markers."""
    up = run.momenta.total[:, 1]
    gained = [run.at(up, step.toe_off_s) - run.at(up, step.touchdown_s) for step in run.steps]
    return float(np.nanmean(gained))


def table(fps: float = 120.0, seed: int = 0) -> str:
    """Return the shares in Markdown: the program's with its standard error / from all markers.

    In brackets those of a body without arms.
    """
    if not DATA.is_dir():
        return ""
    lines = [
        f"| runner | contacts | upward gain, m/s: program / markers / plates | {' | '.join(PARTS)} |",
        "|---" * (3 + len(PARTS)) + "|",
    ]
    apart: dict[str, list[tuple[float, float]]] = {part: [] for part in PARTS}
    for name in TRIALS:
        run, whole = seen(name, fps, seed), reference(name)
        numbers = told(run, tuple(PARTS.values()))
        cells = []
        for part, metric in PARTS.items():
            value, sd = (float(x[0]) for x in numbers[metric])
            true = float(evaluate(METRICS[metric], whole)[0])
            if name == SPRINT:
                cells.append(f"({signed(value, 0)} / {signed(true, 0)})")
                continue
            withheld = "" if sd <= METRICS[metric].max_sd else ", withheld"
            cells.append(f"{signed(value, 0)} ± {sd:.0f}{withheld} / {signed(true, 0)}")
            apart[part].append((value - true, sd))
        gains = f"{rise(run):.2f} / {rise(whole):.2f} / {rise_by_plates(trial(name)):.2f}"
        lines.append(f"| {name} | {len(run.steps)} | {gains} | {' | '.join(cells)} |")
    ends = []
    for found in apart.values():
        off, sd = np.array(found).T
        inside = int((np.abs(off) < 2 * sd).sum())
        ends.append(f"{signed(float(np.mean(off)), 0)} / {np.std(off):.0f}; {inside} of {len(off)}")
    lines.append(f"| *difference: mean / SD; within ± 2 sd* | | | {' | '.join(ends)} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write((table() or "The measured motion is not here; nothing to compare.") + "\n")
