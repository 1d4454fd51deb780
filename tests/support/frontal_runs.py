"""Hand-made runs from the front or from behind, with every number given: what their outputs are tested on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from views import seen_at

from analyzer.body.skeleton import SIDES, Side
from analyzer.config import Config
from analyzer.data.analysis import Provenance
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.data.notes import Note
from analyzer.data.view import View
from analyzer.frontal.measures import MEASURES
from analyzer.frontal.results import Found, Frontal, Stance
from analyzer.video import reader, writer

FPS = 60.0
WIDTH, HEIGHT = 600, 640
STRIPES = np.arange(WIDTH) % 8 >= 4
"""Columns that stay grey in the head."""
NUMBERS: dict[str, tuple[float, float, float]] = {
    "step_rate": (4.31, 0.03, 0.0),
    "foot_from_midline": (4.2, 1.6, 3.0),
    "knee_inward": (3.0, 1.2, 6.4),
    "knee_lift": (-6.0, 4.0, 0.0),
    "hand_across": (12.0, 5.0, 4.0),
    "trunk_side_lean": (-1.9, 0.6, 0.0),
    "trunk_sway": (9.4, 1.1, 0.0),
    "pelvis_drop": (5.2, 1.9, 1.0),
    "step_time_difference": (1.4, 2.2, 0.0),
    "arm_leg_lag": (3.1, 1.0, 0.4),
    "step_width": (8.4, 2.6, 0.0),
}
"""Mean, standard error, and left less right of every measure; only of ``knee_inward`` do the sides differ."""


def found(*, without: tuple[str, ...] = ()) -> tuple[Found, ...]:
    """Return what was found, the measures ``without`` numbers with a reason instead."""
    rows = []
    for name, (mean, se, apart) in NUMBERS.items():
        sides: list[Any] = ["both", *(SIDES if MEASURES[name].sided else ())]
        for side in sides:
            if name in without:
                rows.append(Found(name, side, note="Shoulder and hand were not seen over a whole stride."))
                continue
            way = {"both": 0.0, "left": 0.5, "right": -0.5}[side]
            n = 12 if side == "both" else 6
            rows.append(Found(name, side, mean + way * apart, se, 0.6 * se, 1.5 * se, n))
    return tuple(rows)


def stances(time: np.ndarray, step_s: float = 0.23) -> tuple[Stance, ...]:
    """Return the stances of the stick runner, the left foot first."""
    made = []
    for i, t in enumerate(np.arange(0.2, time[-1] - 0.05, step_s)):
        side: Side = SIDES[i % 2]
        values = {"knee_inward": 3.0 + (3.2 if side == "left" else -3.2), "step_width": 8.4}
        made.append(Stance(i + 1, side, float(t), 0.012, round(float(t) * FPS), values))
    return tuple(made)


def upright(angle_deg: float = 84.0) -> PoseTrack:
    """Return the stick runner seen at an angle, inside a small picture."""
    pose = seen_at(angle_deg, fps=FPS)
    xy = pose.xy.copy()
    xy[..., 0] += WIDTH / 2 - np.nanmean(xy[..., 0], axis=1, keepdims=True)
    box = np.column_stack([np.nanmean(xy, axis=1), np.full(len(xy), 420.0)])
    return replace(pose, xy=xy, box=box, width=WIDTH, height=HEIGHT)


def made(*, without: tuple[str, ...] = (), angle_deg: float = 84.0, **changes: Any) -> Frontal:
    """Return a run of joints from a file; ``changes`` are fields of ``Frontal``."""
    pose = upright(angle_deg)
    beat = np.sin(2 * np.pi * pose.time / 0.46)
    curves = {"trunk_lean": 2 * beat - 1.9, "pelvis_tilt": 4 * beat}
    for side, sign in zip(SIDES, (1, -1), strict=True):
        curves |= {f"{side}_hand": sign * 0.2 + 0.1 * beat, f"{side}_foot": sign * 0.04 + 0.05 * beat}
        curves |= {f"{side}_knee": -0.4 + 0.3 * sign * beat}
    run = Frontal(
        name="towards",
        video=None,
        pose=pose,
        camera=CameraMotion.static(len(pose.time)),
        view=View(angle_deg, 3.0),
        config=Config(overlay=False),
        time=pose.time,
        curves=curves,
        stances=stances(pose.time),
        found=found(without=without),
        notes=(
            Note("warning", "few_stances", "Few stances were seen.", "Film a longer run."),
            Note("info", "remark", "The crop was steady."),
        ),
        beside_deg=-6.4,
        beside_sd_deg=1.1,
        provenance=Provenance(
            {"sprint-analyzer": "0.1.0"}, ("sprint-analyzer", "analyze", "towards.mp4"), "2026"
        ),
    )
    return replace(run, **changes)


def filmed(folder: Path, **changes: Any) -> Frontal:
    """Return the same run with a small real video: joints as white dots on grey, a striped head."""
    run = made(**changes)
    path = folder / "towards.mp4"
    with writer.VideoWriter(path, WIDTH, HEIGHT, FPS) as out:
        for joints, neck in zip(run.pose.xy, run.pose.middle("shoulder"), strict=True):
            picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
            x, y = np.rint(neck - (0, 50)).astype(int)
            cv2.circle(picture, (x, y), 23, (230, 230, 230), cv2.FILLED)
            picture[:, STRIPES] = np.minimum(picture[:, STRIPES], 90)
            for x, y in np.rint(joints).astype(int):
                cv2.circle(picture, (x, y), 4, (230, 230, 230), cv2.FILLED)
            out.write(picture)
    return replace(run, video=reader.probe(path))
