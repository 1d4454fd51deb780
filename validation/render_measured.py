"""A measured runner in the renderer's skeleton: ``python -m validation.render_measured``.

Landmarks of a sprinter who jogs over force plates (Dorn, Schache & Pandy 2012, J Exp Biol 215:1944; 250 Hz,
full body) move the same body of solids that the model of a sprinter moves, and the clip is rendered and
analysed like any other. The body is approximate: knee and ankle were marked on their outer sides, hands and
head were not marked, stature and sex are assumed, bones are given one length each, and a stiff shoe does not
give way under load as a real one does. The truth is therefore the rendered skeleton, not the person; contacts
are those of the plates, and the rendered sole's stand beside them. The data are not part of the project;
without the folder beside the repository nothing is done.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline
from scipy.signal import butter, sosfiltfilt

from validation import compare, tracking
from validation.build import Build
from validation.measured import DATA
from validation.numbers import name_and_unit, named, numbers, show
from validation.scene import Recipe
from validation.sprinter import Array, Pose, centre_of_mass
from validation.truth import Truth

TRIAL: Final = "jog_full_body"
FILE: Final = DATA / TRIAL / "JA1Gait21_landmarks.csv"
BUILD: Final = Build(name="measured", height_m=1.85, leg=1.013, shoulder=0.92, hip=0.90)
"""Lengths of thigh and shank, trunk, shoulders and hips as measured; the stature that goes with them."""
START_S, DURATION_S = 1.61, 1.96
"""From after a toe-off off the plates to before the next touchdown off them."""
_PASS_HZ: Final = 30.0
_ROLL_FROM, _ROLL = np.radians(12.0), 0.75
"""In contact the toes turn with the foot by this share of its pitch beyond ``_ROLL_FROM``."""

_TOUCHES_M: Final = 0.006
"""The sole is on the ground when its lowest point is this close to it."""


class Captured:
    """One measured run with what ``Recipe``, ``render`` and ``Truth`` ask of a ``Sprinter``."""

    def __init__(self, build: Build, start_s: float, duration_s: float) -> None:
        self.build, self.start_s = build, start_s
        table = np.genfromtxt(FILE, delimiter=",", names=True)
        time = table["time_s"] - start_s
        smooth = butter(2, _PASS_HZ, fs=1 / float(np.median(np.diff(time))), output="sos")
        names = sorted({n.rpartition("_")[0] for n in table.dtype.names if n.endswith("_x")})
        # x forward, y to the athlete's left, z up.
        places = {
            n: sosfiltfilt(smooth, np.stack([table[f"{n}_x"], -table[f"{n}_z"], table[f"{n}_y"]], -1), axis=0)
            for n in names
        }
        self.steps = _contacts(start_s)
        middle = (places["left_hip"] + places["right_hip"]) / 2
        here = (time >= 0) & (time <= duration_s)
        centre = np.array([np.ptp(middle[here, 0]) / 2 + middle[here, 0].min(), middle[here, 1].mean(), 0.0])
        places = {n: p - centre for n, p in places.items()}
        self._level(time, places)
        self._marks = {n: CubicSpline(time, p) for n, p in places.items()}
        self._flat = {side: self._flat_foot(side) for side in ("left", "right")}
        self.sole = self._visible()
        com = CubicSpline(time, centre_of_mass(self.pose(time), build)[:, [0, 2]])
        self.path = SimpleNamespace(
            position=lambda t: np.atleast_2d(com(t)), velocity=lambda t: np.atleast_2d(com(t, 1))
        )

    def _level(self, time: Array, places: dict[str, Array]) -> None:
        """Bring the ground of the laboratory, which slopes by 3 in 1000, and the toes down to the ground."""
        x, z = [], []
        for k in self.steps.measured:
            toe = places[("right" if self.steps.right[k] else "left") + "_foot_index"]
            inside = (time > self.steps.touchdown[k] + 0.06) & (time < self.steps.toe_off[k] - 0.06)
            x.append(float(np.median(toe[inside, 0])))
            z.append(float(np.median(toe[inside, 2])))
        slope, height = np.polyfit(x, z, 1)
        for place in places.values():
            place[:, 2] += self.build.sole - height - slope * place[:, 0]

    def _visible(self) -> SimpleNamespace:
        """Contacts of the rendered sole: the plates', moved to where it reaches and leaves the ground."""
        b, s = self.build, self.steps
        touchdown, toe_off = s.touchdown.copy(), s.toe_off.copy()
        for k in s.measured:
            t = np.arange(touchdown[k] - 0.05, toe_off[k] + 0.05, 0.0005)
            foot = self._leg(t, "right" if s.right[k] else "left")
            heel = foot["heel"][:, 2] - (b.sole + 0.014 * b.scale)
            low = np.minimum(heel, np.minimum(foot["ball"], foot["tip"])[:, 2] - b.sole)
            on = t[low < _TOUCHES_M]
            touchdown[k], toe_off[k] = on[0], on[-1]
        return SimpleNamespace(
            touchdown=touchdown,
            toe_off=toe_off,
            contact=toe_off - touchdown,
            right=s.right,
            measured=s.measured,
        )

    def _flat_foot(self, side: str) -> float:
        """Pitch of the line from heel to toe marker while the foot stands flat, rad."""
        found = []
        for k in self.steps.measured:
            if bool(self.steps.right[k]) == (side == "right"):
                t = np.linspace(self.steps.touchdown[k], self.steps.toe_off[k], 60)
                found.append(float(self._pitch(t, side).min()))
        return float(np.median(found))

    def _pitch(self, t: Array, side: str) -> Array:
        way = self._marks[side + "_foot_index"](t) - self._marks[side + "_heel"](t)
        return np.asarray(np.arctan2(-way[:, 2], way[:, 0]))

    def foot(self, k: Any) -> Array:
        """Return where the ball of the foot of contacts ``k`` stands, (n, 3) m."""
        out = []
        for i in np.atleast_1d(k):
            t = np.array([(self.steps.touchdown[i] + self.steps.toe_off[i]) / 2])
            out.append(self._leg(t, "right" if self.steps.right[i] else "left")["ball"][0])
        return np.array(out)

    def _leg(self, t: Array, side: str) -> Pose:
        b, zero = self.build, np.zeros(len(t))
        hip, tip = self._marks[side + "_hip"](t), self._marks[side + "_foot_index"](t)
        phi = self._pitch(t, side) - self._flat[side]
        # The foot rolls over its tip, and the toes straighten when that is up.
        free = np.clip((tip[:, 2] - b.sole) / (0.5 * b.toe), 0, 1)
        rolled = _ROLL * np.maximum(phi - _ROLL_FROM, 0)
        toes = np.maximum(np.minimum(phi, rolled + np.arcsin(free)), phi - np.radians(64))
        foot_x, foot_z = _tilted(phi)
        toe_x, toe_z = _tilted(toes)
        ball = tip - b.toe * toe_x
        ankle = ball - b.foot_forward * foot_x + b.foot_down * foot_z
        way = ankle - hip
        reach = np.linalg.norm(way, axis=1)
        d = np.minimum(reach, 0.9999 * (b.thigh + b.shank))
        along = way / reach[:, None]
        ahead = np.array([1.0, 0, 0]) - along[:, :1] * along
        ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
        down = (b.thigh**2 + d**2 - b.shank**2) / (2 * d)
        bend = np.sqrt(np.maximum(b.thigh**2 - down**2, 0))
        knee = hip + along * down[:, None] + ahead * bend[:, None]
        side_tilt = np.arctan2(way[:, 1], -way[:, 2])
        up = np.stack([zero, -np.sin(side_tilt), np.cos(side_tilt)], -1)
        return {
            "hip": hip, "knee": knee, "ankle": ankle, "ball": ball, "tip": tip,
            "heel": ankle - 0.052 * b.scale * foot_x - 0.058 * b.scale * foot_z,
            "foot_index": ball + 0.65 * b.toe * toe_x + 0.10 * b.toe * toe_z,
            "foot_x": foot_x, "foot_z": foot_z, "toe_x": toe_x, "toe_z": toe_z, "leg_z": up,
        }  # fmt: skip

    def _arm(self, t: Array, side: str) -> Pose:
        b, sign = self.build, -1.0 if side == "right" else 1.0
        shoulder, elbow, wrist = (self._marks[f"{side}_{n}"](t) for n in ("shoulder", "elbow", "wrist"))
        down, away = _unit(elbow - shoulder), _unit(wrist - elbow)
        across = np.cross(-down, _unit(away - np.sum(away * down, axis=1, keepdims=True) * down))
        upper = np.stack([np.cross(across, -down), across, -down], -1)
        lower = np.stack([np.cross(across, -away), across, -away], -1)
        elbow = shoulder + b.upper_arm * down
        wrist = elbow + b.forearm * away

        def hand(far: float, forward: float, out: float) -> Array:
            shift = far * away + forward * lower[..., 0] + sign * out * lower[..., 1]
            return np.asarray(wrist + b.scale * shift)

        return {
            "shoulder": shoulder, "elbow": elbow, "wrist": wrist, "upper": upper, "lower": lower,
            "hand": hand(0.085, 0, 0), "index": hand(0.085, 0.026, 0), "pinky": hand(0.080, -0.026, 0),
            "thumb": hand(0.075, 0.050, -0.018),
        }  # fmt: skip

    def pose(self, t: Any) -> Pose:
        """Return every joint and frame at times ``t`` (n,) s, as ``Sprinter.pose`` does."""
        t = np.atleast_1d(np.asarray(t, float))
        k = self.build.scale
        hips, shoulders = (
            (self._marks["left_" + n](t), self._marks["right_" + n](t)) for n in ("hip", "shoulder")
        )
        pelvis, chest = (hips[0] + hips[1]) / 2, (shoulders[0] + shoulders[1]) / 2
        trunk = _unit(chest - pelvis)
        upright = np.broadcast_to([0.0, 0.0, 1.0], trunk.shape)
        thorax = _frame(shoulders[0] - shoulders[1], trunk)
        pelvic = _frame(hips[0] - hips[1], _unit(trunk + upright))
        ahead = _unit(shoulders[0] - shoulders[1]) + np.array([0.0, 4.0, 0.0])  # the eyes stay on the lane
        skull = _frame(ahead, _unit(trunk + 6 * upright))
        neck = chest + thorax @ (k * np.array([0.005, 0, 0.045]))
        head = neck + skull @ (k * np.array([0.030, 0, 0.145]))
        out: Pose = {
            "time": t, "pelvis": pelvis, "hips": pelvic, "thorax": thorax, "skull": skull,
            "waist": pelvis + pelvic @ np.array([0, 0, 0.16 * k]),
            "chest": chest + thorax @ np.array([0, 0, 0.015 * k]), "neck": neck, "head": head,
            "nose": head + skull @ (k * np.array([0.120, 0, -0.040])),
        }  # fmt: skip
        for side in ("right", "left"):
            sign = -1.0 if side == "right" else 1.0
            out |= {f"{side}_{n}": v for n, v in (self._leg(t, side) | self._arm(t, side)).items()}
            for name, at in (("ear", (-0.005, 0.078, -0.015)), ("eye", (0.086, 0.032, -0.005)),
                             ("mouth", (0.086, 0.020, -0.070))):  # fmt: skip
                out[f"{side}_{name}"] = head + skull @ (k * np.array([at[0], sign * at[1], at[2]]))
        return out


def _unit(v: Array) -> Array:
    return np.asarray(v / np.linalg.norm(v, axis=-1, keepdims=True))


def _tilted(angle: Array) -> tuple[Array, Array]:
    """Forward and up of a foot that is pitched toe down by ``angle`` rad, (n, 3) each."""
    zero = np.zeros(len(angle))
    return (
        np.stack([np.cos(angle), zero, -np.sin(angle)], -1),
        np.stack([np.sin(angle), zero, np.cos(angle)], -1),
    )


def _frame(left: Array, up: Array) -> Array:
    """Axes (n, 3, 3), columns forward, left and up, from two directions."""
    forward = _unit(np.cross(left, up))
    return np.stack([forward, np.cross(up, forward), up], -1)


def _contacts(start_s: float) -> SimpleNamespace:
    """Contacts of the plates, and three before and after at the same rhythm, which the clip does not show."""
    rows = []
    with (DATA / "contacts_from_force_plates.csv").open(encoding="utf-8") as file:
        rows = [
            (float(r["touchdown_s"]) - start_s, float(r["toe_off_s"]) - start_s, r["side"] == "R")
            for r in csv.DictReader(file)
            if r["trial"] == TRIAL
        ]
    rows.sort()
    touchdown, toe_off = np.array([r[0] for r in rows]), np.array([r[1] for r in rows])
    step, contact = float(np.diff(touchdown).mean()), float((toe_off - touchdown).mean())
    count, more = len(rows), 3
    every = np.r_[
        touchdown[0] - step * np.arange(more, 0, -1), touchdown, touchdown[-1] + step * np.arange(1, more + 1)
    ]
    index = np.arange(count + 2 * more)
    inner = slice(more, more + count)
    left = every + contact
    left[inner] = toe_off
    return SimpleNamespace(
        touchdown=every, toe_off=left, contact=left - every, right=rows[0][2] ^ ((index - more) % 2 == 1),
        measured=index[inner],
    )  # fmt: skip


@dataclass(frozen=True)
class CapturedRecipe(Recipe):
    """A clip of the measured runner; its digest hashes the measured data as well."""

    data: str = ""
    skeleton: int = 1
    """Raised whenever the same data would move the body in another way."""

    @cached_property
    def sprinter(self) -> Any:
        """The measured runner in place of the model."""
        return Captured(self.build, START_S, self.duration_s)


def recipe() -> CapturedRecipe | None:
    """Return the clip of the measured runner, None without the data."""
    if not FILE.exists():
        return None
    return CapturedRecipe(
        name="captured_jog_120fps_300px", build=BUILD, height_px=300, fps=120, duration_s=DURATION_S,
        seed=900, tags=("captured", "120fps", "300px", "right"),
        data=hashlib.sha256(FILE.read_bytes()).hexdigest()[:16],
    )  # fmt: skip


_SHOWN: Final = (
    "touchdown", "toe_off", "contact_time", "flight_time", "step_time", "step_length", "mean_step_speed",
    "trunk_lean_mean", "thigh_angle_touchdown", "thigh_angle_toe_off", "knee_flexion_touchdown",
    "knee_flexion_toe_off", "peak_knee_flexion", "peak_thigh_flexion", "peak_thigh_speed",
    "thigh_switch_time", "scissor_angle_touchdown", "shoulder_range", "arm_leg_phase", "arm_leg_lag",
    "relative_phase", "vertical_oscillation",
)  # fmt: skip


def table() -> str:
    """Return the clip's analysis against plates and skeleton as a table, "" without the data."""
    clip = recipe()
    if clip is None:
        return ""
    truth = Truth(clip)
    video = next(r for r in compare.by_video(clip, truth) if r.route == "video")
    joints = compare.by_joints(clip, truth)
    if video.failure or video.found is None:
        return f"No analysis: {video.failure}"
    plates, sole = clip.sprinter.steps, clip.sprinter.sole
    late = (
        1000
        * np.stack([(sole.touchdown - plates.touchdown), (sole.toe_off - plates.toe_off)])[:, sole.measured]
    )
    lines = [
        f"{video.contacts} contacts on the plates; found {video.contacts - video.missed}, invented "
        f"{video.invented}, wrong side {video.wrong_side}. The rendered sole reaches the ground "
        f"{late[0].mean():.0f} ± {late[0].std():.0f} ms after the plates' touchdown and leaves it "
        f"{late[1].mean():+.0f} ± {late[1].std():.0f} ms from their toe-off.",
        "",
        "| | true mean | n | video: bias / SD | within ± 2 sd, % | true joints: bias / SD |",
        "|---|---|---|---|---|---|",
    ]
    for metric in _SHOWN:
        seen, given = (r.rows[r.rows["metric"] == metric] for r in (video, joints))
        if seen.empty and given.empty:
            continue
        factor = name_and_unit(metric)[1]
        level = pd.concat([seen, given])["truth"].mean()
        covered = show(numbers(seen).coverage) if len(seen) else "–"
        lines.append(
            f"| {named(metric)} | {show(factor * level)} | {len(seen)} | {_scatter(seen, factor)} "
            f"| {covered} | {_scatter(given, factor)} |"
        )
    followed = tracking.figures(clip, truth, video.found.pose, video.found.camera)
    for row in followed[np.isfinite(followed["value"])].itertuples():
        lines.append(f"| {tracking.FIGURES[row.figure]} | | | {show(row.value)} | | |")
    for name in compare.SERIES:
        cells = [r.rows.loc[r.rows["metric"] == f"{name}_rmse", "value"] for r in (video, joints)]
        said = [show(float(c.iloc[0])) if len(c) else "–" for c in cells]
        lines.append(f"| {name.replace('_', ' ')} angle, RMSE, ° | | | {said[0]} | | {said[1]} |")
    return "\n".join(lines)


def _scatter(rows: pd.DataFrame, factor: float) -> str:
    if rows.empty:
        return "–"
    found = numbers(rows, factor)
    return f"{show(found.bias)} / {show(found.sd)}"


if __name__ == "__main__":
    sys.stdout.write((table() or "The measured motion is not here; nothing to compare.") + "\n")
