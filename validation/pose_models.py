"""The pose models beside each other: how far joints are from the truth, wrong legs, and what it takes.

``python -m validation.pose_models`` follows the athlete through the ``MEASURED`` clips with each of ``WAYS``,
prints what each network marks beside the joints, and writes the table into docs/accuracy.md. With names of
rendered clips these are measured instead, and nothing is written.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from analyzer.body.skeleton import SIDES
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.joints import body_size
from analyzer.pose import track as tracks
from analyzer.pose.networks import weights
from analyzer.scene.view_angle import focal_px
from analyzer.signals.geometry import unit
from analyzer.video import reader
from validation import compare, recipes, render, sample, tracking
from validation.report import DOC
from validation.scene import Recipe
from validation.truth import Truth

TITLE: Final = "The pose models"
WAYS: Final = {
    "full, `balanced`": ("balanced", "full"),
    "full, four looks": ("best", "full"),
    "heavy, `best`": ("best", "heavy"),
}
"""What is compared: quality and model."""
MEASURED: Final = (
    "sprint_sample",
    "report_c1_120fps_300px",
    "quick_report_c40_120fps_240px",
    "report_d4_60fps_300px",
    "tuning_a4_60fps_300px",
    "tuning_b5_60fps_300px",
)
"""Clips of the table in docs/accuracy.md."""
FAR_OFF: Final = 6.0
"""Per cent of the standing height from which a joint is simply wrong."""
_INTRODUCTION: Final = """\
Raw joints of shoulders, elbows, wrists, hips, knees, ankles, heels and toes against exact truth, % of the
standing height, before anything is taken out of them; wrong legs in per cent of the frames; processor time of
the whole track, survey and camera included (`python -m validation.pose_models`). "Full, four looks" is what
`best` was, and still is where the heavy model cannot be had. A star marks clips on which it was measured what
heavy marks beside the joints; of the others the sample alone had been looked at when heavy was chosen."""


class Row(NamedTuple):
    """One clip read one way: errors in per cent of the height, wrong legs in per cent, ms a frame."""

    clip: str
    way: str
    median: float
    mean: float
    far_off: float
    near_leg: float
    far_leg: float
    cpu_ms: float


class Marks(NamedTuple):
    """What a network marks beside the joints of one side, in the terms of ``landmark_bias`` and the like."""

    near: bool
    knee_out: float
    ankle_down: float
    excess: tuple[float, float]
    straight_leg: float


def clips() -> dict[str, Recipe]:
    """Return every clip by name."""
    every = [*recipes.matrix("tuning"), *recipes.matrix("report"), *recipes.quick(), sample.SAMPLE]
    return {recipe.name: recipe for recipe in every}


def followed(recipe: Recipe, way: str) -> tuple[PoseTrack, float]:
    """Return the athlete's track through a clip, and the processor time it took, ms a frame."""
    quality, which = WAYS[way]
    model = weights.model_path(which="heavy" if which == "heavy" else "full")
    config = Config.build(**{**compare.settings(recipe), "quality": quality, "model": model})
    info = reader.probe(render.clip(recipe))
    start = time.process_time()
    track = tracks.track(info, config).pose
    return track, 1000 * (time.process_time() - start) / len(track.time)


def row(recipe: Recipe, way: str, track: PoseTrack, cpu_ms: float) -> Row:
    """Return how far a track is from the truth, in the frames that show the whole athlete."""
    truth = Truth(recipe)
    true = truth.track()
    whole = np.isfinite(true.xy).all(axis=(1, 2)) & ~tracking.covered(recipe, true)
    names = [f"{side}_{joint}" for joint in tracking.BODY for side in SIDES]
    off = np.stack([track.joint(name) - true.joint(name) for name in names], axis=1)[whole]
    error = 100 * np.hypot(*np.moveaxis(off, -1, 0)) / recipe.height_px
    error = error[np.isfinite(error)]
    figures = tracking.figures(recipe, truth, track, CameraMotion.static(len(true.time)))
    wrong = figures.set_index("figure")["value"]
    return Row(
        recipe.name,
        way,
        float(np.median(error)),
        float(error.mean()),
        100 * float(np.mean(error > FAR_OFF)),
        float(wrong["near_leg_wrong"]),
        float(wrong["far_leg_wrong"]),
        cpu_ms,
    )


def marks(recipe: Recipe, track: PoseTrack) -> list[Marks]:
    """Return what a network marks beside the joints of both sides, from a clip of a still camera."""
    true = Truth(recipe).track()
    direction = -1 if recipe.view.right_to_left else 1
    near = "left" if direction == -1 else "right"
    far = "right" if near == "left" else "left"
    whole = np.isfinite(true.xy).all(axis=(1, 2))
    leg = body_size.spans(true, true.xy).leg
    shown = body_size.spans(_unnamed(track), track.xy).leg / leg
    half = direction * (track.joint(f"{near}_shoulder") - track.joint(f"{far}_shoulder"))[:, 0] / 2 / leg
    swing = [
        np.arctan2(*((track.joint(f"{s}_knee") - track.joint(f"{s}_hip")) * (direction, 1)).T)
        for s in (near, far)
    ]
    aside = track.middle("hip")[:, 0] - track.width / 2
    view = aside / focal_px(track, CameraMotion.static(len(true.time)))
    steady = np.column_stack([np.ones(len(view)), view, swing[0] - swing[1]])
    whole &= np.isfinite(steady).all(axis=1) & np.isfinite(half)
    level, slope, _ = np.linalg.lstsq(steady[whole], half[whole], rcond=None)[0]
    steady[:, 2] = half - level - slope * view
    out = []
    for side in (near, far):
        hip, knee, ankle = (track.joint(f"{side}_{part}") for part in ("hip", "knee", "ankle"))
        shoulder = track.joint(f"{side}_shoulder")
        bend, shank = (unit(knee - hip) - unit(ankle - knee))[whole], unit(ankle - knee)[whole]
        knee_off = ((true.joint(f"{side}_knee") - knee) / leg)[whole]
        ankle_off = ((true.joint(f"{side}_ankle") - ankle) / leg)[whole]
        error = ((shoulder - true.joint(f"{side}_shoulder")) * (direction, -1) / leg)[whole]
        excess = np.linalg.lstsq(steady[whole], error, rcond=None)[0][2]
        knee_out = float((knee_off * bend).sum() / (bend**2).sum())
        down = float((ankle_off * shank).sum(axis=1).mean())
        out.append(Marks(side == near, knee_out, down, (float(excess[0]), float(excess[1])), float(shown)))
    return out


def _unnamed(track: PoseTrack) -> PoseTrack:
    """Return the track as one of whose marks nothing is known."""
    return PoseTrack(
        track.time, track.xy, track.confidence, track.names, track.box, track.width, track.height, "raw"
    )


def table(rows: Iterable[Row]) -> str:
    """Return the rows as Markdown; clips of the tuning set have a star."""
    lines = [
        "| clip | model | median | mean | more than 6 % off | wrong legs, near, far | ms a frame |",
        "|---|---|---|---|---|---|---|",
    ]
    for r in rows:
        star = " *" if r.clip.startswith("tuning") else ""
        lines.append(
            f"| {r.clip}{star} | {r.way} | {r.median:.2f} | {r.mean:.2f} | {r.far_off:.2f} | "
            f"{r.near_leg:.1f}, {r.far_leg:.1f} | {r.cpu_ms:.0f} |"
        )
    return "\n".join(lines)


def put(text: str, body: str, title: str = TITLE) -> str:
    """Return a document with a section's body in it, in its place or before the pictures."""
    section = f"## {title}\n\n{body}\n\n"
    old = re.compile(rf"^## {title}\n.*?(?=^## |\Z)", flags=re.MULTILINE | re.DOTALL)
    if old.search(text):
        return old.sub(lambda _: section, text)
    before, heading, after = text.partition("## Pictures\n")
    return f"{before}{section}{heading}{after}" if heading else f"{before.rstrip()}\n\n{section.rstrip()}\n"


def write_section(body: str, title: str = TITLE) -> None:
    """Put a section into docs/accuracy.md."""
    DOC.write_text(put(DOC.read_text(encoding="utf-8"), body, title), encoding="utf-8")


def main(names: list[str]) -> int:
    """Measure the clips of the section and write it, or the named ones and write nothing."""
    known, rows = clips(), []
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"No clip {', '.join(unknown)}; clips are: {', '.join(known)}.", file=sys.stderr)
        return 2
    for name in names or MEASURED:
        for way in WAYS:
            track, cpu_ms = followed(known[name], way)
            rows.append(row(known[name], way, track, cpu_ms))
            print(table(rows[-1:]).splitlines()[-1], *marks(known[name], track), sep="\n  ", flush=True)
    if not names:
        write_section(f"{_INTRODUCTION}\n\n{table(rows)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
