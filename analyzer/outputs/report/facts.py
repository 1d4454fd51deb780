"""What was filmed, how it was read, and what made the report."""

from __future__ import annotations

import math
from typing import Final, Protocol

import numpy as np

from analyzer.body.skeleton import other
from analyzer.data.analysis import Analysis, Dated, Provenance
from analyzer.data.capture import PoseTrack
from analyzer.outputs import documents
from analyzer.outputs.curves import clock_known
from analyzer.outputs.frontal import wording
from analyzer.video.reader import MOST_WHOLE

SLOWER: Final = 1.2
"""Times slower than life from which on a file is called slow motion: beside it, clocks are merely inexact."""

LEFT_OUT: Final = ("pass_too_short",)
"""Codes of notes on what of the clip is in no result: that is a fact of it and no remark."""


def facts(analysis: Analysis) -> list[tuple[str, str]]:
    """Return what was filmed and how it was read, in a few words each."""
    info, pose, calibration = analysis.video, analysis.pose, analysis.calibration
    found = []
    if info is not None:
        slow = f", {info.slow_motion:.3g} times slower in the file" if info.slow_motion > SLOWER else ""
        if not clock_known(analysis):
            slow = ", slow motion by an unknown factor: times are those of the file"
        found.append(("Filmed", f"{info.width} × {info.height}, {info.capture_fps:.4g} frames/s{slow}"))
    else:
        found.append(("Joints from a file", f"{pose.source}, {pose.fps:.4g} frames/s"))
    found.append(("Camera", "moved, followed by the background" if analysis.camera.moving else "still"))
    near = analysis.motion.near_side
    found.append(
        ("Side towards the camera", f"{near}; the {other(near)} is hidden more often, and less sure")
    )
    if analysis.motion.view_ends:
        found.append(("View", wording.turning(analysis.motion.view_ends)))
    if analysis.camera.bend:
        found.append(("Bend", _bend(analysis)))
    if calibration.scaled:
        found.append(
            ("Scale", f"{calibration.method}, ± {100 * calibration.relative_sd:.1f} % of the run's length")
        )
    else:
        found.append(("Scale", "none: no metres and no speeds; times, angles and ratios hold"))
    if calibration.scaled and calibration.treadmill_mps:
        found.append(("Treadmill", f"belt at {calibration.treadmill_mps:.2f} m/s"))
    sides = [sum(s.side == side for s in analysis.steps) for side in ("left", "right")]
    found.append(("Ground contacts", f"{len(analysis.steps)} ({sides[0]} left, {sides[1]} right)"))
    errors = [s.touchdown_sd_s for s in analysis.steps if math.isfinite(s.touchdown_sd_s)]
    if errors:
        of = "" if clock_known(analysis) else " of the file"
        found.append(("Touchdowns timed to", f"± {1000 * float(np.median(errors)):.0f} ms{of}"))
    found += [("Left out", note.message) for note in analysis.notes if note.code in LEFT_OUT]
    edited = sum(s.source == "edited" for s in analysis.steps)
    if edited:
        found.append(("Corrected by hand", f"events.csv, {edited} of {len(analysis.steps)} contacts"))
    return found


def _bend(analysis: Analysis) -> str:
    """Say of a run on a bend how it was measured."""
    bend = analysis.camera.bend
    radius = ""
    if bend and analysis.calibration.scaled:
        metres = bend.radius_px * analysis.calibration.metres_per_pixel
        radius = f"radius {metres:.0f} ± {bend.radius_sd * metres:.0f} m; "
    return f"{radius}lengths and speeds are along it"


class Made(Dated, Protocol):
    """A run of whatever view: what made it."""

    @property
    def pose(self) -> PoseTrack:
        """The joints in pixels."""

    @property
    def provenance(self) -> Provenance:
        """Programs, command, time."""


def provenance(analysis: Made) -> list[tuple[str, str]]:
    """Return what made the report: programs, command, video, joints, settings."""
    made = analysis.provenance
    rows = [
        ("Analysed", made.created),
        ("Versions", ", ".join(f"{name} {version}" for name, version in made.versions.items())),
        ("Command", " ".join(made.command)),
    ]
    if analysis.video is not None:
        video = analysis.video
        of = " of parts of it" if video.size_bytes >= MOST_WHOLE else ""
        rows.append(("Video", f"{video.path.name}, SHA-256{of} {video.sha256}"))
    rows.append(("Joints", f"{analysis.pose.source}, model SHA-256 {analysis.pose.model_sha256 or 'none'}"))
    given = documents.told(analysis.config).model_dump(mode="json", exclude_defaults=True)
    rows.append(("Settings", ", ".join(f"{k} = {v}" for k, v in given.items()) or "defaults"))
    return [(k, v) for k, v in rows if v]
