"""The true value of every metric, by the catalogue's words and this file's own arithmetic.

``of_step`` answers for one contact, ``of_run`` for a row of contacts. A metric that is not here has no
exact truth (vector coding's cut of slow movement).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import atan, atan2, degrees, hypot, log, nan, pi

import numpy as np

from validation import pushing
from validation.build import CENTRE, MASS
from validation.gait import G
from validation.sprinter import Array
from validation.truth import GRID_S, SIDES, Contact, Truth

Values = dict[str, float]


class Measures:
    """True values of one run."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.t = truth.t
        self.contacts = {c.index: c for c in truth.contacts}
        s = truth.sprinter.steps
        self.td, self.to = s.touchdown, s.toe_off
        self._right = s.right
        inner = [c.index for c in truth.contacts]
        self.step_time = float(np.median(np.diff(self.td[inner])))
        self._momenta()

    def side(self, k: int) -> str:
        return "right" if self._right[k] else "left"

    def cut(self, series: Array, start: float, stop: float) -> Array:
        return series[(self.t >= start) & (self.t <= stop)]

    def at(self, series: Array, t: float) -> float:
        return float(np.interp(t, self.t, series))

    def top(self, series: Array, start: float, stop: float) -> tuple[float, float]:
        """When and how high the highest point inside a stretch is; NaN on its edge is not asked for."""
        inside = np.flatnonzero((self.t >= start) & (self.t <= stop))
        best = inside[np.argmax(series[inside])]
        return float(self.t[best]), float(series[best])

    def _momenta(self) -> None:
        """Specific momentum of legs and arms about where they hang, and of the trunk, (n, 2) m/s."""
        b, pose = self.truth.recipe.build, self.truth.pose
        mass, centre = MASS[b.sex], CENTRE[b.sex]

        def speed(p: Array) -> Array:
            return np.asarray(np.gradient(p[:, [0, 2]], GRID_S, axis=0))

        hips = speed((pose["left_hip"] + pose["right_hip"]) / 2)
        shoulders = speed((pose["left_shoulder"] + pose["right_shoulder"]) / 2)
        self.leg, self.arm = {}, {}
        for s in SIDES:
            j = {n: pose[f"{s}_{n}"] for n in (
                "hip", "knee", "ankle", "heel", "foot_index", "shoulder", "elbow", "wrist")}  # fmt: skip
            knuckles = (pose[f"{s}_index"] + pose[f"{s}_pinky"]) / 2
            parts = (("thigh", j["hip"], j["knee"]), ("shank", j["knee"], j["ankle"]),
                     ("foot", j["heel"], j["foot_index"]))  # fmt: skip
            self.leg[s] = sum(mass[n] * (speed(a + centre[n] * (z - a)) - hips) for n, a, z in parts)
            parts = (("upper_arm", j["shoulder"], j["elbow"]), ("forearm", j["elbow"], j["wrist"]),
                     ("hand", j["wrist"], knuckles))  # fmt: skip
            self.arm[s] = sum(mass[n] * (speed(a + centre[n] * (z - a)) - shoulders) for n, a, z in parts)
        arms = sum(mass[n] for n in ("upper_arm", "forearm", "hand")) * 2
        ears = speed((pose["left_ear"] + pose["right_ear"]) / 2)
        body = mass["trunk"] * centre["trunk"] * (shoulders - hips) + mass["head"] * (ears - hips)
        self.trunk = body + arms * (shoulders - hips)
        self.hips = hips
        self.total = (
            hips + self.leg["left"] + self.leg["right"] + self.arm["left"] + self.arm["right"] + self.trunk
        )

    def _foot_x(self, k: int) -> float:
        toe = self.truth.joint[self.side(k) + "_foot_index"][:, 0]
        return self.at(toe, (self.td[k] + self.to[k]) / 2)

    def _mid_stance(self, k: int) -> float:
        """When the centre of mass passes over the forefoot."""
        inside = (self.t >= self.td[k]) & (self.t <= self.to[k])
        ahead = self.truth.com[inside, 0] - self._foot_x(k)
        return float(np.interp(0.0, ahead, self.t[inside])) if ahead[0] < 0 < ahead[-1] else nan

    def of_step(self, k: int) -> Values:
        """Return the true value of every per-step metric of contact ``k``."""
        return (
            self._times(k) | self._push(k) | self._swing(k) | self._upper(k) | self._together(k)
            | pushing.of_step(self, k)
        )  # fmt: skip

    def _times(self, k: int) -> Values:
        td, to, nxt = self.td[k], self.to[k], self.td[k + 1]
        com = self.truth.com[:, 0]
        contact, flight, step = to - td, nxt - to, nxt - td
        length = self._foot_x(k + 1) - self._foot_x(k)
        height = self.cut(self.truth.com[:, 1], td, nxt)
        on, up = (self.at(v, to + 2 * GRID_S) for v in self.truth.com_velocity.T)
        down = self.at(self.truth.com_velocity[:, 1], nxt - 2 * GRID_S)
        return {
            "contact_time": contact, "flight_time": flight, "step_time": step, "step_frequency": 1 / step,
            "step_length": length, "relative_step_length": length / self.truth.recipe.build.leg_length,
            "step_speed": length / step, "duty_factor": contact / (2 * step),
            "flight_contact_ratio": flight / contact,
            "contact_length": self.at(com, to) - self.at(com, td),
            "flight_distance": self.at(com, nxt) - self.at(com, to),
            "swing_time": self.td[k + 2] - to,
            "vertical_oscillation": float(np.ptp(height)),
            "takeoff_velocity": up, "takeoff_angle": degrees(atan2(up, on)),
            "flight_rise": max(up, 0.0) ** 2 / (2 * G), "flight_fall": max(-down, 0.0) ** 2 / (2 * G),
            "touchdown": td, "toe_off": to,
        }  # fmt: skip

    def _push(self, k: int) -> Values:
        side, td, to = self.side(k), self.td[k], self.to[k]
        com, angle = self.truth.com, self.truth.angle
        thigh, shank, knee = (angle[f"{side}_{n}"] for n in ("thigh", "shank", "knee"))
        foot = self._foot_x(k)
        on, off = foot - self.at(com[:, 0], td), foot - self.at(com[:, 0], to)
        sweep = self.at(thigh, td) - self.at(thigh, to)
        contact, step = to - td, self.td[k + 1] - td
        mean = step / contact
        peak = pi / 2 * mean
        bend = self.cut(knee, td, td + 0.75 * contact)
        sink = self.cut(com[:, 1], td, to)
        return {
            "touchdown_distance": on, "toe_off_distance": off,
            "relative_toe_off_distance": off / self.truth.recipe.build.leg_length,
            "push_angle": degrees(atan2(-off, self.at(com[:, 1], to))),
            "thigh_angle_touchdown": self.at(thigh, td), "thigh_angle_toe_off": self.at(thigh, to),
            "stance_thigh_sweep": sweep, "stance_thigh_speed": sweep / contact,
            "shank_angle_touchdown": self.at(shank, td), "shank_angle_toe_off": self.at(shank, to),
            "knee_flexion_touchdown": self.at(knee, td), "knee_flexion_toe_off": self.at(knee, to),
            "knee_collapse": float(bend.max() - bend[0]), "com_drop": float(sink[0] - sink.min()),
            "mean_vertical_force": mean, "peak_vertical_force": peak,
            "vertical_stiffness": peak / (G * contact**2 * (peak / pi**2 - 1 / 8)),
        }  # fmt: skip

    def _swing(self, k: int) -> Values:
        side, td, to = self.side(k), self.td[k], self.to[k]
        opposite = "left" if side == "right" else "right"
        angle, rate, joint = self.truth.angle, self.truth.rate, self.truth.joint
        own, swung = angle[f"{side}_thigh"], angle[f"{opposite}_thigh"]
        again, step = self.td[k + 2], self.step_time
        fast = self.top(rate[f"{opposite}_thigh"], self.to[k - 1] + 0.002, to)
        bent = self.top(angle[f"{side}_knee"], to, again)
        high = self.top(own, to, again)
        low = self.top(-own, td, td + 1.2 * step)
        toe = joint[f"{side}_foot_index"]
        near = (self.t >= td - 0.12 * step) & (self.t <= td)
        hips = (joint["left_hip"][:, 0] + joint["right_hip"][:, 0]) / 2
        ahead = self.top(toe[:, 0] - hips, td - 0.6 * step, td)
        gap = joint[f"{opposite}_knee"][:, 0] - joint[f"{side}_knee"][:, 0]
        window = (self.t > td - 0.4 * step) & (self.t < td + 0.4 * step)
        apart = (swung - own)[window]
        at = np.flatnonzero((apart[:-1] <= 0) & (apart[1:] > 0))
        cross = self.t[window][at[np.argmin(np.abs(self.t[window][at] - td))]] - td if len(at) else nan
        return {
            "peak_thigh_speed": fast[1], "peak_thigh_speed_timing": fast[0] - td,
            "swing_thigh_touchdown": self.at(swung, td),
            "knee_gap_touchdown": self.at(gap, td) / self.truth.recipe.build.thigh,
            "thigh_retraction_speed": self.top(-rate[f"{side}_thigh"], td - 0.38 * step, td)[1],
            "foot_descent_speed": float(np.polyfit(self.t[near], toe[near, 1], 1)[0]),
            "foot_forward_speed": float(np.polyfit(self.t[near], toe[near, 0], 1)[0]),
            "peak_knee_flexion": bent[1], "peak_knee_flexion_timing": 100 * (bent[0] - to) / (again - to),
            "peak_thigh_flexion": high[1], "peak_thigh_extension": -low[1],
            "trail_thigh_reversal": 100 * (low[0] - td) / (again - td),
            "lead_thigh_reversal": 100 * (high[0] - td) / (again - td),
            "front_side_share": 100 * high[1] / (high[1] + low[1]),
            "thigh_switch_time": cross, "thigh_switch_share": 100 * cross / (self.td[k + 1] - td),
            "retraction_window": td - ahead[0],
        }  # fmt: skip

    def _upper(self, k: int) -> Values:
        side, td, to, nxt, again = self.side(k), self.td[k], self.to[k], self.td[k + 1], self.td[k + 2]
        angle, rate, joint = self.truth.angle, self.truth.rate, self.truth.joint
        arm, turn = angle[f"{side}_upper_arm"], rate[f"{side}_upper_arm"]
        elbow, trunk = angle[f"{side}_elbow"], angle["trunk"]
        speed = np.abs(self.cut(turn, td, again))
        left, right = (self.cut(self.arm[s][:, 0], td, to) for s in SIDES)
        shoulders = (joint["left_shoulder"] + joint["right_shoulder"]) / 2
        hips = (joint["left_hip"] + joint["right_hip"]) / 2
        heights = self.cut(shoulders[:, 1], td, to), self.cut(hips[:, 1], td, to)
        return {
            "shoulder_range": float(np.ptp(self.cut(angle[f"{side}_shoulder"], td, again))),
            "peak_arm_speed_forward": self.top(turn, td, again)[1],
            "peak_arm_speed_backward": self.top(-turn, td, again)[1],
            "elbow_flexion_front": self.at(elbow, self.top(arm, td, again)[0]),
            "elbow_flexion_rear": self.at(elbow, self.top(-arm, td, again)[0]),
            "elbow_range": float(np.ptp(self.cut(elbow, td, again))),
            "arm_dwell": float(np.mean(speed < 0.25 * speed.max()) * (again - td) / 2),
            "arm_cancellation": 1 - float(np.abs(left + right).sum() / (np.abs(left) + np.abs(right)).sum()),
            "trunk_lean_touchdown": self.at(trunk, td), "trunk_lean_toe_off": self.at(trunk, to),
            "trunk_lean_mean": float(self.cut(trunk, td, nxt).mean()),
            "trunk_excursion": float(np.ptp(self.cut(trunk, td, to))),
            "hip_shoulder_coherence": float(np.corrcoef(*heights)[0, 1]),
        }  # fmt: skip

    def _together(self, k: int) -> Values:
        side, td, to, again = self.side(k), self.td[k], self.to[k], self.td[k + 2]
        opposite = "left" if side == "right" else "right"
        angle, rate, step = self.truth.angle, self.truth.rate, self.step_time
        stride = 2 * step
        apart = angle[f"{opposite}_thigh"] - angle[f"{side}_thigh"]
        turning = rate[f"{opposite}_thigh"] - rate[f"{side}_thigh"]
        out: Values = {}
        for name, end, centre in (
            ("arm_leg_phase", 1, td + 0.65 * step),
            ("arm_leg_phase_rear", -1, td - 0.4 * step),
        ):
            leg = self.top(end * angle[f"{opposite}_thigh"], centre - 0.6 * step, centre + 0.6 * step)[0]
            arm = self.top(end * angle[f"{side}_upper_arm"], leg - stride / 3, leg + stride / 3)[0]
            out[name] = 360 * (arm - leg) / stride
        lift = self._lift(k)
        swing = self.leg[opposite][:, 0]
        middle = self._mid_stance(k)
        start = td - 0.45 * step
        swing_in, stance_in = self.cut(swing, td, to), self.cut(self.leg[side][:, 0], td, to)
        working = (-rate[f"{side}_thigh"], rate[f"{opposite}_thigh"], -rate[f"{opposite}_upper_arm"],
                   rate[f"{side}_upper_arm"])  # fmt: skip
        early = td - 0.2 * step
        thigh = self.cut(angle[f"{side}_thigh"], td, again)
        return out | {
            "scissor_angle_touchdown": self.at(apart, td), "scissor_angle_toe_off": self.at(apart, to),
            "peak_scissor_speed": self.top(turning, td - 0.4 * step, to)[1],
            "thigh_whip": self.top(rate[f"{side}_thigh"], td, again)[1] * (again - td)
            / (pi * float(np.ptp(thigh))),
            "swing_lift_share": lift["swing"], "arm_lift_share": lift["arms"],
            "push_trunk_lift_share": lift["push"] + lift["trunk"],
            "swing_transfer": self.at(swing, middle) - self.at(swing, to),
            "swing_gain": self.at(swing, middle) - self.at(swing, td),
            "push_swing_balance": float(np.abs(swing_in).sum() / np.abs(stance_in).sum()),
            "push_swing_lag": self.top(swing, start, to)[0] - self.top(-self.leg[side][:, 0], start, to)[0],
            "simultaneity": float(np.mean([
                abs(self.at(w, middle)) / np.abs(self.cut(w, early, to)).max() for w in working])),
            "foot_slip": 0.0,
        }  # fmt: skip

    def _lift(self, k: int) -> Values:
        """Shares of the upward change of velocity in contact, percent."""
        gain = self._gains(k)
        return {n: 100 * g / gain["all"] for n, g in gain.items()}

    def _gains(self, k: int) -> Values:
        """Upward velocity that each part gains in contact, m/s; just inside the contact."""
        side = self.side(k)
        opposite = "left" if side == "right" else "right"
        parts = {
            "push": self.hips + self.leg[side], "swing": self.leg[opposite],
            "arms": self.arm["left"] + self.arm["right"], "trunk": self.trunk, "all": self.total,
        }  # fmt: skip
        edge = 2 * GRID_S
        return {
            n: self.at(p[:, 1], self.to[k] - edge) - self.at(p[:, 1], self.td[k] + edge)
            for n, p in parts.items()
        }

    # --- whole runs --------------------------------------------------------------------------------

    def of_run(self, ks: Sequence[int]) -> Values:
        """Return the true values of a run that consists of the contacts ``ks``, in a row."""
        if len(ks) < 2:
            return {}
        td, to = self.td[list(ks)], self.to[list(ks)]
        feet = np.array([self._foot_x(k) for k in ks])
        times, lengths = np.diff(td), np.diff(feet)
        out: Values = {"mean_speed": float((feet[-1] - feet[0]) / (td[-1] - td[0]))}
        sides = np.array([0.5 if self.side(k) == "left" else -0.5 for k in ks])
        number = np.arange(len(ks), dtype=float)
        if len(ks) >= 5:
            out["contact_symmetry"] = _symmetry_angle(number, sides, to - td)
            out["step_length_symmetry"] = _symmetry_angle(number[:-1], sides[:-1], lengths)
            level, _, difference = _trend(number[:-1], sides[:-1], np.array([log(x) for x in times]))[0]
            out["step_time_ratio"] = float(np.exp(difference + 0 * level))
            middles, speeds = (td[1:] + td[:-1]) / 2, lengths / times
            slopes = [
                (speeds[j] - speeds[i]) / (middles[j] - middles[i])
                for i in range(len(speeds)) for j in range(i + 2, len(speeds))
            ]  # fmt: skip
            a = float(np.median(slopes)) if slopes else nan
            out["acceleration"] = a
            out["ratio_of_forces"] = 100 * a / hypot(a, G)
        if len(ks) >= 7:
            (level, *_), rest = _trend(number[:-1], sides[:-1], times)
            out["step_time_variability"] = 100 * float(np.sqrt(rest @ rest / (len(rest) - 3)) / level)
        gains = [self._gains(k) for k in ks]
        lift = {n: 100 * sum(g[n] for g in gains) / sum(g["all"] for g in gains) for n in gains[0]}
        out |= {
            "single_leg_push": lift["push"], "whole_body_support": 100 - lift["push"],
            "swing_share": lift["swing"], "arm_share": lift["arms"], "trunk_lift_share": lift["trunk"],
            "push_trunk_share": lift["push"] + lift["trunk"],
        }  # fmt: skip
        rates = self.truth.rate["trunk"]
        out["trunk_response"] = float(np.mean([
            self.top(rates, self.td[k], self.to[k])[0] - self._mid_stance(k) for k in ks]))  # fmt: skip
        return out | self._coupling(ks) | self._about_vertical(ks)

    def _coupling(self, ks: Sequence[int]) -> Values:
        strides = (len(ks) - 1) // 2
        if not strides:
            return {}
        count = 512
        grid = np.linspace(self.td[ks[0]], self.td[ks[2 * strides]], count * strides + 1)[:-1]
        lags, tops, phases = [], [], []
        for arm_side, leg_side in (("left", "right"), ("right", "left")):
            names = (f"{arm_side}_upper_arm", f"{leg_side}_thigh")
            arm, leg = (self._level(np.interp(grid, self.t, self.truth.angle[n]), count) for n in names)
            reach = np.arange(-count // 4, count // 4 + 1)
            rho = np.array([float(np.dot(np.roll(arm, -r), leg)) for r in reach])
            rho = rho / np.sqrt((arm @ arm) * (leg @ leg))
            lags.append(360 * reach[int(np.argmax(rho))] / count)
            tops.append(float(rho.max()))
            phases.append(_analytic(leg) - _analytic(arm))
        mean = np.mean(np.exp(1j * np.concatenate(phases)))
        return {
            "arm_leg_lag": float(np.mean(lags)), "arm_leg_correlation": float(np.mean(tops)),
            "relative_phase": float(np.degrees(np.angle(mean))),
            "relative_phase_scatter": float(np.degrees(np.sqrt(-2 * np.log(min(abs(mean), 1.0))))),
        }  # fmt: skip

    @staticmethod
    def _level(x: Array, count: int) -> Array:
        """Take out level and, over two strides or more, the drift from stride to stride."""
        n = np.arange(len(x), dtype=float)
        if len(x) > count:
            means = x.reshape(-1, count).mean(axis=1)
            slope = np.polyfit(np.arange(len(means)) * count, means, 1)[0]
            x = x - slope * (n - n.mean())
        return np.asarray(x - x.mean())

    def _about_vertical(self, ks: Sequence[int]) -> Values:
        last = (len(ks) - 1) - (len(ks) - 1) % 2
        start, stop = self.td[ks[0]], self.td[ks[last]]
        if not last:
            return {}
        stature = self.truth.recipe.build.height_m
        legs = self.cut(-0.05 * stature * (self.leg["left"] - self.leg["right"])[:, 0], start, stop)
        arms = self.cut(-0.105 * stature * (self.arm["left"] - self.arm["right"])[:, 0], start, stop)
        return {
            "axis_cancellation": 1 - float((legs + arms).std() / legs.std()),
            "axis_ratio": float(np.ptp(arms) / np.ptp(legs)),
        }


def _trend(number: Array, sides: Array, values: Array) -> tuple[Array, Array]:
    """Level, slope and left-right difference by least squares, and what they leave."""
    design = np.stack([np.ones_like(number), number - number.mean(), sides], axis=1)
    fit, *_ = np.linalg.lstsq(design, values, rcond=None)
    return fit, values - design @ fit


def _symmetry_angle(number: Array, sides: Array, values: Array) -> float:
    level, _, difference = _trend(number, sides, values)[0]
    return 100 * (degrees(atan((level + difference / 2) / (level - difference / 2))) - 45) / 90


def _analytic(x: Array) -> Array:
    """Phase of a periodic signal whose swing on both sides is brought to one, rad."""
    from scipy.signal import hilbert

    y = (x - (x.max() + x.min()) / 2) / (np.ptp(x) / 2)
    return np.angle(hilbert(y - y.mean()))


__all__ = ["Contact", "Measures"]
