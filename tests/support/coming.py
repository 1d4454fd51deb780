"""The stick runner of ``running`` coming to a camera or going away, with all that lies across known."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from running import LEG, NAMES, Runner

from analyzer.config import Config
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.frontal.measure import measure
from analyzer.frontal.results import Frontal
from analyzer.scene import passes

HALF_WIDTH = {"shoulder": 0.18, "elbow": 0.24, "wrist": 0.20, "hip": 0.09}
"""Half of the distance between left and right joint, m."""
FOCAL_PX = 3000.0
TRUNK = 0.50
"""From hips to shoulders, m."""


@dataclass(frozen=True)
class Comer:
    """What a runner does across the lane; lengths in metres, angles in degrees.

    ``left_foot`` and ``right_foot`` are where the feet stand, from the middle to their own side; ``lean`` is
    to the athlete's left, ``sway`` its range; ``drop`` is how much lower the side of the swing leg is in
    stance; ``hand`` how far a hand comes past the middle.
    """

    runner: Runner = field(default_factory=lambda: Runner(steps=12))
    left_foot: float = 0.06
    right_foot: float = 0.04
    knee_in: float = 0.02
    lean: float = 2.0
    sway: float = 4.0
    drop: float = 3.0
    hand: float = 0.05

    def middles(self) -> list[tuple[str, float]]:
        """Return every stance's side and middle, s."""
        return [(side, (down + up) / 2) for side, down, up in self.runner.contacts()]

    def points(self, time: np.ndarray) -> dict[str, np.ndarray]:
        """Return (n, 3) m paths: forward, to the athlete's left, up."""
        run = self.runner
        flat = run.joints(time)
        # 0 in the middle of a left stance, pi in the middle of a right one.
        phase = np.pi * (time - 0.15 - run.contact_s / 2) / run.step_s
        phase = phase if run.first == "left" else phase + np.pi
        lean = np.radians(self.lean + self.sway / 2 * np.cos(phase))
        tilt = np.radians(self.drop) * np.cos(phase)  # the right hip is low in a left stance
        out = {}
        for name in NAMES:
            side, _, part = name.partition("_")
            sign = 1.0 if side == "left" else -1.0
            foot = self.left_foot if side == "left" else self.right_foot
            hip = HALF_WIDTH["hip"]
            aside = np.full(len(time), HALF_WIDTH.get(part, foot))
            up = flat[name][:, 1].copy()
            if part == "hip":
                up += sign * hip * np.tan(tilt)
            if part == "knee":
                share = (flat[f"{side}_hip"][:, 1] - up) / (
                    flat[f"{side}_hip"][:, 1] - flat[f"{side}_ankle"][:, 1]
                )
                aside = hip + (foot - hip) * share - self.knee_in
            across = sign * aside
            if part == "wrist":
                # Furthest across as the leg of its side pushes off.
                inwards = 0.5 + 0.5 * np.cos(phase - (0 if side == "left" else np.pi) - 0.4)
                across = sign * (aside - (aside + self.hand) * inwards)
            if part in ("shoulder", "elbow", "wrist"):
                across = across + TRUNK * np.tan(lean)
            out[name] = np.column_stack([flat[name][:, 0], across, up])
        return out

    def seen(
        self,
        where: str = "front",
        *,
        fps: float = 60.0,
        noise_m: float = 0.0,
        seed: int = 0,
        slow: float = 1.0,
        from_m: float = 60.0,
        wander_px: float = 0.0,
    ) -> PoseTrack:
        """Return what a camera sees that the runner reaches, or leaves, ``from_m`` away at first.

        ``wander_px`` is how far the picture wanders about as a hand does, to either side.
        """
        time = np.arange(0, self.runner.duration, 1 / fps)
        points = np.stack([self.points(time)[name] for name in NAMES], axis=1)
        toward = 1.0 if where == "front" else -1.0
        depth = from_m - toward * points[..., 0]
        rng = np.random.default_rng(seed)
        points = points + noise_m * rng.standard_normal(points.shape)
        away = wander_px * np.stack([np.sin(2.3 * time), np.cos(1.7 * time)], axis=-1)
        x = 960 + FOCAL_PX * toward * points[..., 1] / depth + away[:, None, 0]
        y = 540 - FOCAL_PX * (points[..., 2] - 1.2) / depth + away[:, None, 1]
        box = np.full((len(time), 3), 400.0)
        return PoseTrack(
            time * slow,
            np.stack([x, y], axis=-1),
            np.ones(points.shape[:2]),
            NAMES,
            box,
            1920,
            1080,
            "test",
        )


def still_camera(pose: PoseTrack) -> CameraMotion:
    """Return a camera at rest."""
    return CameraMotion.static(len(pose.time))


def measured(
    pose: PoseTrack, camera: CameraMotion | None = None, *, kind: str = "markers", **settings: object
) -> Frontal:
    """Return what is found of joints that were marked by ``kind``."""
    pose = replace(pose, source=kind)
    camera, config = camera or still_camera(pose), Config.build(**settings)
    return measure("run", None, pose, camera, passes.chosen(pose, camera, config), config, ())


__all__ = ["HALF_WIDTH", "LEG", "Comer", "measured", "still_camera"]
