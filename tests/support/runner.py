"""The hand-made runner: joints in pixels with every contact known."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import CubicSpline

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE, SIDES, Side
from analyzer.config import Config
from analyzer.data.analysis import Analysis, Provenance
from analyzer.data.capture import CameraMotion, PoseTrack, VideoInfo
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.metrics import measure
from analyzer.metrics.run import Run
from analyzer.motion import kinematics, speed
from analyzer.quality import check
from analyzer.scene.calibration import calibrate
from analyzer.scene.passes import chosen

SPEED = 8.0
STEP_S = 0.24
CONTACT_S = 0.11
FPS = 120.0
PIXELS = 128.0
WIDTH, HEIGHT = 1920, 720
GROUND_PX = 600.0
THIGH, SHANK, FOOT = 0.44, 0.44, 0.20
STEPS = 7
FIRST_S = 0.12
"""Touchdown of the first step; left foot first."""


def _legs(time: Array, hip: Array) -> dict[str, Array]:
    """Toe planted in stance and swung on a smooth path; the knee follows from hip and ankle."""
    stride, reach = 2 * STEP_S, SPEED * CONTACT_S
    front = 0.36
    stance = CONTACT_S / stride
    # (share of the stride, toe ahead of the hip, toe height, foot pitch)
    keys = np.array(
        [
            [stance + 0.08, front - reach - 0.10, 0.22, 75.0],
            [stance + 0.22, front - reach + 0.02, 0.50, 95.0],
            [stance + 0.38, -0.08, 0.40, 50.0],
            [stance + 0.52, 0.48, 0.36, 15.0],
            [stance + 0.64, 0.66, 0.26, -5.0],
        ]
    )
    down = np.linspace(0, stance, 12)
    planted = np.column_stack(
        [down, front - reach * down / stance, np.zeros(12), 60 * np.clip(down / stance - 0.3, 0, 1) ** 1.5]
    )
    cycle = np.vstack([planted, keys, [1.0, front, 0.0, 0.0]])
    path = CubicSpline(cycle[:, 0], cycle[:, 1:], bc_type="periodic")
    out = {}
    for side, offset in (("left", 0.0), ("right", STEP_S)):
        phase = ((time - FIRST_S - offset) / stride) % 1.0
        ahead, height, pitch = path(phase).T
        toe = np.column_stack([hip[:, 0] + ahead, height])
        in_stance = phase < stance
        step = np.floor((time - FIRST_S - offset) / stride)
        where = SPEED * (FIRST_S + offset + step * stride) + front
        toe[in_stance] = np.column_stack([where, np.zeros_like(where)])[in_stance]
        angle = np.radians(pitch)
        heel = toe + FOOT * np.column_stack([-np.cos(angle), np.sin(angle)])
        ankle = heel + 0.08 * np.column_stack([np.sin(angle), np.cos(angle)]) + 0.25 * (toe - heel)
        gap = ankle - hip
        distance = np.minimum(np.hypot(*gap.T), 0.999 * (THIGH + SHANK))
        bend = np.arccos((THIGH**2 + distance**2 - SHANK**2) / (2 * THIGH * distance))
        direction = np.arctan2(gap[:, 0], -gap[:, 1]) + bend
        knee = hip + THIGH * np.column_stack([np.sin(direction), -np.cos(direction)])
        out |= {
            f"{side}_hip": hip,
            f"{side}_knee": knee,
            f"{side}_ankle": ankle,
            f"{side}_heel": heel,
            f"{side}_foot_index": toe,
        }
    return out


def _arms(time: Array, shoulder: Array) -> dict[str, Array]:
    out = {}
    for side, offset in (("left", 0.0), ("right", STEP_S)):
        # An arm is furthest back when the thigh of its own side is furthest forward.
        swing = -np.cos(2 * np.pi * (time - FIRST_S - offset + 0.06) / (2 * STEP_S))
        upper, flexion = np.radians(-12 + 48 * swing), np.radians(92 + 22 * swing)
        fore = upper + flexion
        elbow = shoulder + 0.30 * np.column_stack([np.sin(upper), -np.cos(upper)])
        along = np.column_stack([np.sin(fore), -np.cos(fore)])
        out |= {f"{side}_shoulder": shoulder, f"{side}_elbow": elbow, f"{side}_wrist": elbow + 0.26 * along}
        out |= {f"{side}_{hand}": elbow + 0.35 * along for hand in ("pinky", "index", "thumb")}
    return out


def joints(time: Array) -> dict[str, Array]:
    """Joints of the hand-made runner in metres, x forward and y up, by BlazePose's names."""
    beat = 2 * np.pi * (time - FIRST_S - CONTACT_S / 2) / STEP_S
    hip = np.column_stack([SPEED * time, 0.91 - 0.025 * np.cos(beat)])
    lean = np.radians(7 + 2 * np.sin(beat))
    up = np.column_stack([np.sin(lean), np.cos(lean)])
    shoulder = hip + 0.52 * up
    head = shoulder + 0.24 * up
    out = _legs(time, hip) | _arms(time, shoulder)
    nose = head + np.array([0.10, 0.0])
    return {name: out.get(name, head if "ear" in name else nose) for name in BLAZEPOSE}


def pose_track(*, noise_px: float = 0.8, duration_s: float = 1.75, seed: int = 1) -> PoseTrack:
    """The runner as a tracker would see him, 120 fps, running to the right past a still camera."""
    time = np.arange(round(duration_s * FPS)) / FPS
    metres = np.stack([joints(time)[name] for name in BLAZEPOSE], axis=1)
    middle = SPEED * duration_s / 2
    xy = np.stack(
        [WIDTH / 2 + PIXELS * (metres[..., 0] - middle), GROUND_PX - PIXELS * metres[..., 1]],
        axis=-1,
    )
    xy += np.random.default_rng(seed).normal(0, noise_px, xy.shape)
    confidence = np.tile([0.75 if name.startswith("left") else 0.95 for name in BLAZEPOSE], (len(time), 1))
    centre = xy.mean(axis=1)
    box = np.column_stack([centre, np.full(len(time), 3.0 * PIXELS)])
    return PoseTrack(time, xy, confidence, BLAZEPOSE, box, WIDTH, HEIGHT, "hand-made")


def true_steps(motion: Motion, sd_s: float = 0.003) -> tuple[Step, ...]:
    """The steps of the runner, from the clock that made him; the foot where the track has it."""
    out = []
    for i in range(STEPS):
        side: Side = SIDES[i % 2]
        touchdown = FIRST_S + i * STEP_S
        x, y = motion.at(motion.joint(f"{side}_foot_index"), touchdown + CONTACT_S / 2)
        out.append(Step(i + 1, side, touchdown, sd_s, touchdown + CONTACT_S, sd_s, "fit", (x, y)))
    return tuple(out)


def analyse(pose: PoseTrack, info: VideoInfo | None = None) -> Analysis:
    """A whole analysis of the hand-made runner, with the true steps."""
    config = Config(height_m=1.78, sex="male")
    camera = CameraMotion.static(len(pose.time))
    longest = chosen(pose, camera, config)
    calibration = calibrate(pose, camera, longest, config)
    motion = kinematics.motion(pose, camera, longest, calibration, config)
    steps = true_steps(motion)
    run = Run(motion, steps, calibration.scaled, calibration.relative_sd)
    found = measure.measure(run)
    told = check(info, pose, camera, run)
    return Analysis(
        name="runner",
        video=info,
        pose=pose,
        camera=camera,
        calibration=calibration,
        motion=motion,
        steps=steps,
        values=found.values,
        summaries=found.summaries,
        score=found.score,
        notes=(*longest.notes, *calibration.notes, *motion.notes, *told, *found.notes),
        config=config,
        speed=speed.curve(motion, steps, calibration.relative_sd),
        detected=steps,
        provenance=Provenance(
            {"sprint-analyzer": "0.1.0"},
            ("sprint-analyzer", "analyze", "runner.mp4"),
            "2024-05-01T12:00:00+00:00",
        ),
    )
