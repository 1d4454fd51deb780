"""What is true of a run in the frontal plane: no number here passes through ``analyzer``.

The plane is that across the lane: y to the athlete's left, z up. A stance is from touchdown to toe-off.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from validation.sprinter import Array, Pose


@dataclass(frozen=True)
class Contact:
    """A contact and what is true of it by measure."""

    side: str
    middle_s: float
    values: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Course:
    """Joints (n, 3) m over time: x forward, y to the left, z up; contacts as side, touchdown, toe-off, s."""

    time: Array
    joint: dict[str, Array]
    contacts: tuple[tuple[str, float, float], ...]
    leg_m: float

    def middle(self, part: str) -> Array:
        return np.asarray((self.joint[f"left_{part}"] + self.joint[f"right_{part}"]) / 2)


def course(pose: Pose, time: Array, contacts: tuple[tuple[str, float, float], ...], leg_m: float) -> Course:
    """Return the course of a rendered runner."""
    names = [n for n, v in pose.items() if v.ndim == 2 and n.startswith(("left_", "right_"))]
    return Course(time, {n: pose[n] for n in names}, contacts, leg_m)


def of_stances(run: Course) -> list[Contact]:
    """Return what is true of every contact that has a stride around it."""
    t = run.time
    middles = [(side, (down + up) / 2) for side, down, up in run.contacts]
    stride = 2 * float(np.median(np.diff([m for _, m in middles])))
    hips, shoulders = run.middle("hip"), run.middle("shoulder")
    lean = np.degrees(np.arctan2((shoulders - hips)[:, 1], (shoulders - hips)[:, 2]))
    across = run.joint["left_hip"] - run.joint["right_hip"]
    tilt = np.degrees(np.arctan2(across[:, 2], across[:, 1]))
    width = _width(run)
    out = []
    for i, (side, now) in enumerate(middles):
        sign = 1.0 if side == "left" else -1.0
        swings = "right" if side == "left" else "left"
        joint = run.joint
        contact = Contact(side, now)
        found = contact.values
        whole = (t >= now - stride / 2) & (t <= now + stride / 2)
        if whole.sum() < 3 or t[0] > now - stride / 2 or t[-1] < now + stride / 2:
            out.append(contact)
            continue

        def at(series: Array, now: float = now) -> float:
            return float(np.interp(now, t, series))

        ankle = joint[f"{side}_ankle"]
        found["foot_from_midline"] = 100 * sign * at((ankle - hips)[:, 1]) / run.leg_m
        thigh = joint[f"{side}_hip"] - joint[f"{side}_knee"]
        shank = joint[f"{side}_knee"] - ankle
        turn = np.arctan2(thigh[:, 1], thigh[:, 2]) - np.arctan2(shank[:, 1], shank[:, 2])
        found["knee_inward"] = sign * at(np.degrees(turn))
        way = joint[f"{swings}_knee"] - joint[f"{swings}_hip"]
        length = float(np.median(np.linalg.norm(way, axis=1)))
        found["knee_lift"] = 100 * float((way[whole, 2] / length).max())
        if f"{side}_hand" in joint:
            reach = -sign * (joint[f"{side}_hand"] - shoulders)[:, 1] / width
            found["hand_across"] = 100 * float(reach[whole].max())
        found["trunk_side_lean"] = float(lean[whole].mean())
        found["trunk_sway"] = float(np.ptp(lean[whole]))
        found["pelvis_drop"] = sign * (at(tilt) - float(tilt[whole].mean()))
        if i and middles[i - 1][0] != side:
            before = float(np.interp(middles[i - 1][1], t, joint[f"{swings}_ankle"][:, 1]))
            found["step_width"] = 100 * sign * (at(ankle[:, 1]) - before) / run.leg_m
        out.append(contact)
    return out


def of_run(run: Course, first_s: float, last_s: float) -> dict[tuple[str, str], float]:
    """Return what is true over the stances between two instants: (measure, side) -> value."""
    found = [c for c in of_stances(run) if first_s <= c.middle_s <= last_s]
    names = sorted({name for c in found for name in c.values})
    out: dict[tuple[str, str], float] = {}
    for name in names:
        of = {
            s: [c.values[name] for c in found if c.side == s and name in c.values] for s in ("left", "right")
        }
        # What is told at a stance of the leg that swings is that leg's.
        turned = (
            {"left": "right", "right": "left"} if name == "knee_lift" else {"left": "left", "right": "right"}
        )
        means = {turned[s]: float(np.mean(v)) for s, v in of.items() if v}
        out |= {(name, s): v for s, v in means.items()}
        out[name, "both"] = float(np.mean(list(means.values())))
    middle = [c.middle_s for c in found]
    steps = [(a.side, b.middle_s - a.middle_s) for a, b in pairwise(found)]
    out["step_rate", "both"] = (len(middle) - 1) / (middle[-1] - middle[0])
    to_right = float(np.mean([d for side, d in steps if side == "left"]))
    to_left = float(np.mean([d for side, d in steps if side == "right"]))
    out["step_time_difference", "both"] = 100 * (to_right - to_left) / ((to_right + to_left) / 2)
    stride = 2 / out["step_rate", "both"]
    lags = {}
    for side, arm in (("left", "right"), ("right", "left")):
        if f"{arm}_hand" in run.joint:
            hips, shoulders = run.middle("hip"), run.middle("shoulder")
            knee = (run.joint[f"{side}_knee"] - hips)[:, 2]
            hand = (run.joint[f"{arm}_hand"] - shoulders)[:, 2]
            lags[side] = _lag(run.time, knee, hand, stride, first_s, last_s)
    for side, lag in lags.items():
        out["arm_leg_lag", side] = lag
    if len(lags) == 2:
        out["arm_leg_lag", "both"] = float(np.mean(list(lags.values())))
    return out


def _width(run: Course) -> float:
    way = run.joint["left_shoulder"] - run.joint["right_shoulder"]
    return float(np.median(np.linalg.norm(way, axis=1)))


def _lag(time: Array, knee: Array, hand: Array, stride: float, first_s: float, last_s: float) -> float:
    """Return how much later, in percent of a stride, the hand is highest than the knee."""
    inside = (time >= first_s - stride / 2) & (time <= last_s + stride / 2)
    t = time[inside]
    lags = []
    for start in np.arange(t[0], t[-1] - stride, stride):
        part = (t >= start) & (t < start + stride)
        top = t[part][int(np.argmax(knee[inside][part]))]
        near = np.abs(t - top) < stride / 2
        lag = (t[near][int(np.argmax(hand[inside][near]))] - top) / stride
        lags.append(lag)
    return 100 * float(np.median(lags)) if lags else float("nan")


__all__ = ["Contact", "Course", "course", "of_run", "of_stances"]
