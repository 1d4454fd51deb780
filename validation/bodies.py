"""Coordination of measured runners: through the analyzer, beside the same from all their markers.

The reference is measured in another way than the analyzer's wherever the data allow: force plates for the
contacts, marker clusters of the thigh (no hip or knee centres), native rate, no noise. ``python -m
validation.bodies`` prints the table; the data are not part of the project, and without the folder beside the
repository nothing is done.
"""

from __future__ import annotations

import sys
from functools import cache

import numpy as np
from scipy.signal import butter, filtfilt

from analyzer.arrays import Array
from analyzer.metrics import METRICS
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.standard_error import evaluate
from analyzer.metrics.wording import number
from validation.measured import DATA, TREADMILL, Trial, _markers, detect, trial

JOG = "jog_full_body"
TRIALS = (JOG, *(name for name in TREADMILL))
KEYS = ("arm_leg_lag", "arm_leg_correlation", "anti_phase_share", "shoulder_range")


def smooth(x: Array, rate: float) -> Array:
    b, a = butter(2, 12 / 0.802 / (rate / 2))
    return np.asarray(filtfilt(b, a, x, axis=0))


def turn(points: Array) -> Array:
    """Rotation of a marker cluster (n, m, 2) in the plane, deg, unwrapped; zero is its mean shape."""
    centred = points - points.mean(axis=1, keepdims=True)
    z = centred[..., 0] + 1j * centred[..., 1]
    shape = z[0]
    for _ in range(5):
        turned = z * np.exp(-1j * np.angle((z * shape.conj()).sum(axis=1)))[:, None]
        shape = turned.mean(axis=0)
    return np.degrees(np.unwrap(np.angle((z * shape.conj()).sum(axis=1))))


def slope(a: Array, b: Array) -> Array:
    """Angle of the line from a down to b against hanging, forward positive, deg, unwrapped."""
    v = b - a
    return np.degrees(np.unwrap(np.arctan2(v[:, 0], -v[:, 1])))


@cache
def reference(name: str) -> dict[str, float]:
    """Coordination from all markers, at their own rate, with the force plates' contacts."""
    run = trial(name)
    t = run.time
    rate = 1 / np.median(np.diff(t))
    angle: dict[str, Array] = {}
    if name == JOG:
        j = run.joints
        for side in ("left", "right"):
            angle[f"{side}_thigh"] = slope(j[f"{side}_hip"], j[f"{side}_knee"])
            angle[f"{side}_arm"] = slope(j[f"{side}_shoulder"], j[f"{side}_elbow"])
        table = np.genfromtxt(DATA / "jog_full_body/JA1Gait21_landmarks.csv", delimiter=",", names=True)
        neck, hips = (np.column_stack([table[f"{n}_x"], table[f"{n}_y"]]) for n in ("c7", "sacrum"))
    else:
        _, m = _markers(DATA / f"{name}.trc")
        for side, s in (("left", "L"), ("right", "R")):
            angle[f"{side}_thigh"] = turn(np.stack([m[f"{s}TH{i}"] for i in (1, 2, 3)], axis=1))
            elbow = (m[f"{s}LEL"] + m[f"{s}MEL"]) / 2
            angle[f"{side}_arm"] = slope(m[f"{s}ACR"], elbow)
        neck, hips = m["C7"], (m["LPSI"] + m["RPSI"]) / 2
    angle = {key: smooth(x, rate) for key, x in angle.items()}
    trunk = smooth(slope(neck, hips) * -1, rate)
    starts = {side: [c[1] for c in run.contacts if c[0] == side] for side in ("left", "right")}
    stride = float(np.median(np.concatenate([np.diff(starts[s]) for s in starts if len(starts[s]) > 1])))
    side = max(starts, key=lambda s: len(starts[s]))
    whole = int((starts[side][-1] - starts[side][0]) / stride + 0.5)
    grid = starts[side][0] + np.arange(whole * 100) * (starts[side][-1] - starts[side][0]) / (whole * 100)
    lags, heights = [], []
    for arm, leg in (("left", "right"), ("right", "left")):
        a, b = (np.interp(grid, t, angle[key]) for key in (f"{arm}_arm", f"{leg}_thigh"))
        a, b = a - a.mean(), b - b.mean()
        rho = [np.corrcoef(np.roll(a, -k), b)[0, 1] for k in range(-25, 26)]
        lags.append(3.6 * (int(np.argmax(rho)) - 25))
        heights.append(max(rho))
    speed = {s: np.interp(grid, t, np.gradient(angle[f"{s}_thigh"], t)) for s in ("left", "right")}
    coupling = np.degrees(np.arctan2(speed["left"], speed["right"])) % 180
    moving = np.hypot(speed["left"], speed["right"]) > 60
    ranges = []
    for s in ("left", "right"):
        arm = np.interp(grid, t, angle[f"{s}_arm"] + trunk).reshape(whole, 100)
        ranges.append(np.ptp(arm, axis=1).mean())
    return {
        "arm_leg_lag": float(np.mean(lags)),
        "arm_leg_correlation": float(np.mean(heights)),
        "anti_phase_share": 100 * float(np.mean(np.abs(coupling[moving] - 135) <= 22.5)),
        "shoulder_range": float(np.mean(ranges)),
    }


@cache
def ours(name: str, fps: float = 120.0) -> dict[str, float]:
    """The same through kinematics, events and metrics, as a camera would have tracked it."""
    run = with_arms(name)
    motion, steps, _ = detect(run, fps, 0.005, 0, 0.01)
    found = {key: evaluate(METRICS[key], Run(motion, steps)) for key in KEYS}
    return {key: float(np.nanmean(found[key])) for key in KEYS}


def with_arms(name: str) -> Trial:
    """Return the trial with elbow and wrist, which the test of events does without."""
    run = trial(name)
    if name == JOG:
        return run
    _, m = _markers(DATA / f"{name}.trc")
    joints = dict(run.joints)
    for side, s in (("left", "L"), ("right", "R")):
        joints[f"{side}_elbow"] = (m[f"{s}LEL"] + m[f"{s}MEL"]) / 2
        joints[f"{side}_wrist"] = (m[f"{s}FAradius"] + m[f"{s}FAulna"]) / 2
    return Trial(run.name, run.time, joints, run.contacts, run.belt_mps)


def table(fps: float = 120.0) -> str:
    """Return the table in Markdown: through the analyzer / from all markers; "" without the data."""
    if not DATA.is_dir():
        return ""
    heads = [METRICS[key].label for key in KEYS]
    lines = ["| runner | " + " | ".join(heads) + " |", "|---" * (len(KEYS) + 1) + "|"]
    for name in TRIALS:
        ours_, theirs = ours(name, fps), reference(name)
        cells = [f"{number(METRICS[k], ours_[k])} / {number(METRICS[k], theirs[k])}" for k in KEYS]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    spread = [
        f"{np.mean(e):.2f} / {np.std(e):.2f}"
        for key in KEYS
        for e in [[ours(n, fps)[key] - reference(n)[key] for n in TRIALS]]
    ]
    return "\n".join([*lines, "| *difference: mean / SD* | " + " | ".join(spread) + " |"])


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
