"""A stick runner with exact contacts: what tests of events, clock and speed look at.

Hips glide on ballistic arcs, each toe stands between its touchdown and just before its toe-off and
swings on a smooth curve in between; knees follow from two links. Nothing here is copied from the fit:
only touchdown and toe-off times are truth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.interpolate import BPoly

from analyzer.config import Config
from analyzer.contacts import detect
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.motion import kinematics
from analyzer.scene.calibration import calibrate
from analyzer.scene.passes import chosen

G = 9.81
LEG = 0.92
PIXELS = 200.0  # a metre
NAMES = tuple(
    f"{side}_{joint}"
    for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
    for side in ("left", "right")
)


@dataclass(frozen=True)
class Runner:
    """A run at constant speed; times in seconds, lengths in metres.

    ``slow`` stretches the clock as slow motion does; ``left_longer`` is added to left contacts and
    taken from right ones.
    """

    speed: float = 9.0
    step_s: float = 0.23
    contact_s: float = 0.105
    steps: int = 8
    left_longer: float = 0.0
    first: str = "left"

    def contacts(self) -> list[tuple[str, float, float]]:
        """Return (side, touchdown, toe-off) of every contact."""
        out = []
        for i in range(self.steps):
            side = self.first if i % 2 == 0 else ("right" if self.first == "left" else "left")
            contact = self.contact_s + (self.left_longer if side == "left" else -self.left_longer)
            touchdown = 0.15 + i * self.step_s
            out.append((side, touchdown, touchdown + contact))
        return out

    @property
    def duration(self) -> float:
        return 0.3 + self.steps * self.step_s

    def joints(self, time: np.ndarray) -> dict[str, np.ndarray]:
        """Return (n, 2) m paths, x forward and y up."""
        hip = np.column_stack([self.speed * time, 0.93 * LEG + self.height(time)])
        out = {}
        for side in ("left", "right"):
            toe, heel = self._foot(side, time)
            ankle = heel + 0.3 * (toe - heel) + np.array([0.0, 0.06])
            out |= chain(side, hip, ankle, toe, heel)
            swing = 0.25 * np.sin(np.pi * (time - 0.15) / self.step_s + (0 if side == self.first else np.pi))
            shoulder = hip + np.array([0.08, 0.50])
            out[f"{side}_shoulder"] = shoulder
            out[f"{side}_elbow"] = shoulder + np.column_stack([swing, -0.25 + 0 * swing])
            out[f"{side}_wrist"] = out[f"{side}_elbow"] + np.column_stack([0.2 + 0 * swing, swing])
        return out

    def height(self, time: np.ndarray) -> np.ndarray:
        """Return how far the hips are over their height at touchdown, m."""
        phase = (time - 0.15) % self.step_s
        air = self.step_s - self.contact_s
        flight = np.clip(phase - self.contact_s, 0, air)
        up = G * air / 2  # speed at toe-off, and downwards at the next touchdown
        return np.where(
            phase >= self.contact_s,
            up * flight - G * flight**2 / 2,
            -up * self.contact_s / np.pi * np.sin(np.pi * np.clip(phase, 0, self.contact_s) / self.contact_s),
        )

    def _foot(self, side: str, time: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        stride = 2 * self.step_s
        own = [(a, b) for s, a, b in self.contacts() if s == side]
        own = [(own[0][0] - stride, own[0][1] - stride), *own, (own[-1][0] + stride, own[-1][1] + stride)]
        own = [(own[0][0] - stride, own[0][1] - stride), *own, (own[-1][0] + stride, own[-1][1] + stride)]
        toe, pitch = np.zeros((len(time), 2)), np.zeros(len(time))
        v, t = self.speed, self.step_s
        for (a, b), (c, _) in pairwise(own):
            place = self.speed * (a + 0.045)
            there = self.speed * (c + 0.045)
            leave = b - 0.1 * t  # sprinters roll over the toes: the landmark rises before the tip leaves
            knots = [leave, (leave + c) / 2, c]
            x = BPoly.from_derivatives(
                knots,
                [[place, 0.0, 3.0 * v / t], [(place + there) / 2, 1.9 * v], [there, 0.35 * v, -2 * v / t]],
            )
            y = BPoly.from_derivatives(knots, [[0.0, 0.0, 3.5 * v / t], [0.45, 0.0], [0.0, -0.25 * v, 0.0]])
            stand = (time >= a) & (time < leave)
            swing = (time >= leave) & (time < c)
            toe[stand] = [place, 0.0]
            toe[swing] = np.column_stack([x(time[swing]), y(time[swing])])
            pitch[stand] = np.radians(20 + 40 * ((time[stand] - a) / (b - a)) ** 4)
            u = (time[swing] - leave) / (c - leave)
            pitch[swing] = np.radians(58 - 38 * u + 50 * np.sin(np.pi * u) ** 2)
        heel = toe + 0.2 * np.column_stack([-np.cos(pitch), np.sin(pitch)])
        return toe + np.array([0.0, 0.02]), heel + np.array([0.0, 0.02])

    def pose(
        self,
        fps: float = 240.0,
        noise_m: float = 0.0,
        seed: int = 0,
        slow: float = 1.0,
        leftward: bool = False,
    ) -> PoseTrack:
        """Return what a camera filming at ``fps`` sees, its clock slowed ``slow`` times."""
        time = np.arange(0, self.duration, 1 / fps)
        joints = self.joints(time)
        rng = np.random.default_rng(seed)
        xy = np.stack([joints[name] for name in NAMES], axis=1)
        xy = xy + noise_m * rng.standard_normal(xy.shape)
        if leftward:
            xy = xy * np.array([-1.0, 1.0]) + np.array([self.speed * self.duration, 0.0])
        pixels = np.stack([100 + PIXELS * xy[..., 0], 500 - PIXELS * xy[..., 1]], axis=-1)
        width = int(200 + PIXELS * self.speed * self.duration)
        return PoseTrack(
            time * slow,
            pixels,
            np.ones(xy.shape[:2]),
            NAMES,
            np.full((len(time), 3), 300.0),
            width,
            600,
            "test",
        )


def there_and_back(there: PoseTrack, back: PoseTrack, away_s: float = 0.5) -> PoseTrack:
    """Return one clip of two runs between which the athlete is out of the picture."""
    step = float(np.diff(there.time[:2])[0])
    gap = round(away_s / step)
    empty = np.full((gap, *there.xy.shape[1:]), np.nan)
    shift = np.array([there.joint("left_hip")[-1, 0] - back.joint("left_hip")[0, 0], 0.0])
    return replace(
        there,
        time=np.arange(len(there.time) + gap + len(back.time)) * step,
        xy=np.concatenate([there.xy, empty, back.xy + shift]),
        confidence=np.concatenate([there.confidence, np.zeros(empty.shape[:2]), back.confidence]),
        box=np.concatenate([there.box, np.full((gap, 3), np.nan), back.box]),
    )


def chain(
    side: str, hip: np.ndarray, ankle: np.ndarray, toe: np.ndarray, heel: np.ndarray
) -> dict[str, np.ndarray]:
    reach = np.linalg.norm(ankle - hip, axis=1, keepdims=True)
    along = (ankle - hip) / reach
    bend = np.sqrt(np.maximum(0.45**2 - (reach / 2) ** 2, 0.0))
    knee = (hip + ankle) / 2 + bend * np.column_stack([-along[:, 1], along[:, 0]])
    return {
        f"{side}_hip": hip,
        f"{side}_knee": knee,
        f"{side}_ankle": ankle,
        f"{side}_heel": heel,
        f"{side}_foot_index": toe,
    }


CONFIG = Config(scale=(0.0, 0.0, 10 * PIXELS, 0.0, 10.0))


def moving(pose: PoseTrack) -> Motion:
    camera = CameraMotion.static(len(pose.time))
    run = chosen(pose, camera, CONFIG)
    return kinematics.motion(pose, camera, run, calibrate(pose, camera, run, CONFIG), CONFIG)


def found(pose: PoseTrack) -> tuple[Step, ...]:
    return detect.detect(moving(pose)).steps


def errors_ms(runner: Runner, steps: tuple[Step, ...]) -> np.ndarray:
    """Return (n, 2) touchdown and toe-off errors of the contacts of the truth, which must all be found."""
    out = []
    for side, touchdown, toe_off in runner.contacts():
        near = [s for s in steps if s.side == side and abs(s.touchdown_s - touchdown) < 0.06]
        assert len(near) == 1, (side, touchdown)
        out.append([near[0].touchdown_s - touchdown, near[0].toe_off_s - toe_off])
    return 1000 * np.array(out)


def from_rest(
    runner: Runner, fps: float, noise_m: float = 0.0, seed: int = 0, push_s: float = 0.45
) -> tuple[PoseTrack, float]:
    """Return a start out of blocks, and where the runner's own time begins in it, s.

    The first contact of ``runner`` is the front foot on its block, which it leaves at the toe-off; the rear
    foot leaves its own 0.2 s before. Until ``push_s`` before that the body is at rest.
    """
    begins, (front, _, leaves) = 0.9, runner.contacts()[0]
    time = np.arange(-begins, runner.duration, 1 / fps)
    joints = runner.joints(time)
    to_go = np.clip(leaves - time, 0, push_s)
    way = -runner.speed * (to_go - to_go**2 / (2 * push_s))
    swung = np.clip(1 - (leaves - time) / 0.2, 0, 1)[:, None]
    before = time < leaves
    paths = []
    for name in NAMES:
        path = joints[name]
        last = np.array([np.interp(leaves, time, axis) for axis in path.T])
        side, part = name.split("_", 1)
        set_ = last + np.column_stack([way, np.zeros(len(time))])
        if part in ("ankle", "heel", "foot_index"):
            other = np.array([np.interp(leaves, time, axis) for axis in joints[f"{front}_{part}"].T])
            rear = other - np.array([0.3, 0.0])
            set_ = np.tile(last, (len(time), 1)) if side == front else rear + (last - rear) * swung
        paths.append(np.where(before[:, None], set_, path))
    xy = np.stack(paths, axis=1)
    xy = xy + noise_m * np.random.default_rng(seed).standard_normal(xy.shape)
    pixels = np.stack([600 + PIXELS * xy[..., 0], 500 - PIXELS * xy[..., 1]], axis=-1)
    width = int(900 + PIXELS * runner.speed * runner.duration)
    box = np.full((len(time), 3), 300.0)
    pose = PoseTrack(time + begins, pixels, np.ones(xy.shape[:2]), NAMES, box, width, 600, "test")
    return pose, begins
