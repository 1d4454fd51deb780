"""What the capture allows, as notes: frame rate, size, view angle, visibility, camera, ground, steps.

What it costs single metrics is told by ``metrics.measure``.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.data.capture import CameraMotion, PoseTrack, VideoInfo
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.data.steps import Step
from analyzer.joints import body_size
from analyzer.metrics.run import Run
from analyzer.motion.kinematics import row_lean_deg

SMALL_PX: Final = 150
"""Standing height, pixels, below which the network's error grows quickly: a warning."""
TINY_PX: Final = 80
"""Standing height, pixels, below which joints are placed only roughly: a limit."""
FAST_FPS: Final = 100
"""Frames a second from which on single steps are timed well: below, a warning."""
SLOW_FPS: Final = 50
"""Frames a second below which a contact is seen in a few frames: a limit. Most metrics that need its times
are withheld then (``Metric.min_fps``)."""
REAL_TIME: Final = 1.0
"""Factor of slow motion of a clock that is known: only of an unknown one is another told."""
CONTACT_S: Final = 0.10
"""A sprinter's contact, s, for saying in how many frames one is seen before any is known."""
FRONTAL_DEG: Final = 45.0
"""View angle, degrees from square to the lane, beyond which more is seen of the front or back than of the
side.

Up to there it is in the errors: what lies how far in depth, and the angle itself, are perturbed, so that
every
length and angle of a step seen obliquely has a larger one. Beyond it a turn or lean out of the plane of the
run,
which is not, shows more than what is measured.
"""
ROW_LEAN_DEG: Final = 0.5
"""Lean of an upright line, degrees, because rows are read one after another: above, it is worth a word."""
LOST: Final = 0.05
"""Share of frames without a hold in the background above which the camera's motion is not taken out."""
UNSURE: Final = 0.3
"""A joint with less confidence (0 to 1) is as good as guessed."""
WELL_SEEN: Final = 0.85
"""Share of the main joints that must be seen better than that while the athlete is in view, or a warning."""
MANY_STEPS: Final = 6
"""Contacts from which on each side has three: fewer, a warning."""
_TRUNK_AND_LEGS: Final = ("shoulder", "hip", "knee", "ankle")
"""The main joints, beside the toe or what else a foot stands on."""


def check(
    info: VideoInfo | None,
    pose: PoseTrack,
    camera: CameraMotion,
    run: Run,
) -> list[Note]:
    """Return what limits this clip, the most important first.

    Parameters
    ----------
    info : VideoInfo or None
        None when the joints came from a file.
    pose : PoseTrack
    camera : CameraMotion
    run : Run
        What was made of them.
    """
    motion, steps = run.motion, run.steps
    return [
        *frame_rate(
            pose.fps,
            info is not None and info.is_vfr,
            known=run.slow_motion == REAL_TIME,
            contact_s=_median([s.toe_off_s - s.touchdown_s for s in steps]),
            error_s=_median([s.touchdown_sd_s for s in steps]),
        ),
        *size(body_height_px(pose, motion)),
        *_oblique(motion),
        *_view(motion, steps),
        *_rows(pose),
        *_visibility(pose),
        *_camera(camera),
        *_ground(run),
        *_steps(steps),
    ]


def body_height_px(pose: PoseTrack, motion: Motion) -> float:
    """Return the athlete's standing height in the image, px; NaN when nothing was seen."""
    hip, ankle = motion.joint(f"{motion.near_side}_hip"), motion.joint(f"{motion.near_side}_ankle")
    metres = np.linalg.norm(hip - ankle, axis=1)
    pixels = np.linalg.norm(
        pose.joint(f"{motion.near_side}_hip") - pose.joint(f"{motion.near_side}_ankle"), axis=1
    )
    seen = np.isfinite(metres) & np.isfinite(pixels) & (metres > 0)
    if not seen.any():
        return float("nan")
    return float(np.median(pixels[seen] / metres[seen]) * motion.leg_length / LEG_OF_STATURE)


def _median(seconds: Sequence[float]) -> float:
    known = [s for s in seconds if np.isfinite(s)]
    return float(np.median(known)) if known else nan


def frame_rate(
    fps: float, uneven: bool, *, known: bool = True, contact_s: float = nan, error_s: float = nan
) -> list[Note]:
    """Say what a frame rate can and cannot time.

    Parameters
    ----------
    fps : float
        Frames a second of the capture clock.
    uneven : bool
        Whether the frames are unevenly spaced.
    known : bool
        Of slow motion by an unknown factor it is not, and nothing is said of it: what it takes away and how
        to state it, the note on slow motion tells.
    contact_s, error_s : float
        The clip's own contact and the error of a touchdown, s, once they are known.
    """
    notes = []
    at = f"At {fps:.0f} frames a second"
    if uneven:
        notes.append(
            Note("info", "variable_frame_rate", "The frames are unevenly spaced; their own times were used.")
        )
    if not known:
        return notes
    if fps < SLOW_FPS:
        own = np.isfinite(contact_s)
        contact = contact_s if own else CONTACT_S
        # Its own contact is not given at such a rate: in how many frames it is seen, is.
        what = "a ground contact of this clip" if own else f"a ground contact of {contact:.2f} s"
        frames = max(1, round(contact * fps))
        notes.append(
            Note(
                "limit",
                "frame_rate",
                f"{at} {what} is seen in {frames} or {frames + 1} frames: contact and "
                "flight times of single steps, and fast angular velocities, are withheld or unsure.",
                "Film at 120 or 240 frames a second (the slow-motion setting of a phone).",
            )
        )
    elif fps < FAST_FPS:
        notes.append(
            Note(
                "warning",
                "frame_rate",
                f"{at} the times of single steps carry an error of "
                f"{f'about {1000 * error_s:.0f} ms' if np.isfinite(error_s) else 'several milliseconds'}; "
                "means over eight steps are surer.",
                "Film at 120 or 240 frames a second where you can.",
            )
        )
    return notes


def size(height_px: float) -> list[Note]:
    """Say what a standing height in pixels costs."""
    if not np.isfinite(height_px) or height_px >= SMALL_PX:
        return []
    tiny = height_px < TINY_PX
    return [
        Note(
            "limit" if tiny else "warning",
            "small_athlete",
            f"The athlete is about {height_px:.0f} px tall, so joints are placed "
            f"{'only roughly' if tiny else 'less exactly'} and every error below is larger.",
            "Film closer, or with more resolution, so the athlete fills a quarter of the picture's height.",
        )
    ]


def _oblique(motion: Motion) -> list[Note]:
    view = motion.view
    if view.kind != "oblique":
        return []
    towards = "somewhat from the front" if view.angle_deg > 0 else "somewhat from behind"
    return [
        Note(
            "warning",
            "view",
            f"The athlete is seen obliquely, {towards}: {abs(view.angle_deg):.0f}° ± "
            f"{view.angle_sd_deg:.0f}° from square by the width of the shoulders and the legs' reach. "
            "Angles of trunk and legs, and which leg is which, are less sure.",
            "Film from the side, square to the lane.",
        )
    ]


def _view(motion: Motion, steps: Sequence[Step]) -> list[Note]:
    moments = [s.touchdown_s for s in steps if np.isfinite(s.touchdown_s)]
    angle = np.abs([motion.at(motion.view_angle_deg, t) for t in moments])
    angle = angle[np.isfinite(angle)]
    outside = int((angle > FRONTAL_DEG).sum())
    if not outside:
        return []
    return [
        Note(
            "warning",
            "off_axis",
            f"{outside} of {len(angle)} steps {'was' if outside == 1 else 'were'} seen more than "
            f"{FRONTAL_DEG:.0f}° off square (up to {angle.max():.0f}°), more from the front or from behind "
            f"than "
            "from the side: a lean to one side then looks like a lean forward.",
            "Stand further away and zoom in, square to the middle of the run; trust the steps there most.",
        )
    ]


def _rows(pose: PoseTrack) -> list[Note]:
    lean = row_lean_deg(pose)
    if lean < ROW_LEAN_DEG:
        return []
    return [
        Note(
            "info",
            "rolling_shutter",
            "Most phones read a picture row by row. At this speed across the picture an upright line may "
            f"look about {lean:.1f}° leaning back; angles of the trunk and legs carry that as an error.",
            "Where lean matters, stand further away, or pan: what keeps its place in the picture is upright.",
        )
    ]


def _visibility(pose: PoseTrack) -> list[Note]:
    notes = []
    inside = np.isfinite(pose.box[:, 0])
    lost = int((~inside).sum())
    # Feet that were never marked are told by the events.
    wanted = {*_TRUNK_AND_LEGS, body_size.stands_on(pose.names, pose.xy)}
    body = [i for i, name in enumerate(pose.names) if name.partition("_")[2] in wanted]
    seen = np.isfinite(pose.xy[:, body, 0]) & (_confidence(pose)[:, body] >= UNSURE)
    looked_at = inside & np.isfinite(pose.xy[..., 0]).any(axis=1)  # what was left out says nothing
    if looked_at.any() and body:
        share = float(seen[looked_at].mean())
        if share < WELL_SEEN:
            notes.append(
                Note(
                    "warning",
                    "visibility",
                    f"Only {share:.0%} of the main joints were seen well while the athlete was in view.",
                    "Avoid objects before the athlete, backlight, and clothes in the background's colour.",
                )
            )
    if lost:
        notes.append(
            Note("info", "athlete_absent", f"The athlete is not in view in {lost} of {len(inside)} frames.")
        )
    return notes


def _confidence(pose: PoseTrack) -> Array:
    return np.nan_to_num(pose.confidence, nan=0.0)


def _camera(camera: CameraMotion) -> list[Note]:
    if not camera.moving:
        return []
    if float(np.mean(~np.isfinite(camera.sd_px))) > LOST:
        return []  # a worse note on it was made while the athlete was followed
    return [
        Note(
            "warning",
            "camera_moves",
            "The camera moves; its motion was taken out by the background, and lengths are less sure.",
            "A fixed camera at right angles to the lane gives the surest lengths.",
        )
    ]


def _ground(run: Run) -> list[Note]:
    if run.ground_known:
        return []
    return [
        Note(
            "limit",
            "ground_unknown",
            "The athlete stays in place while the feet move back: on a treadmill, or because the camera "
            "followed. Joints alone cannot tell which, so lengths and speeds over the ground are not given.",
            "Give the video beside the joints, or state the belt's speed.",
        )
    ]


def _steps(steps: Sequence[Step]) -> list[Note]:
    if len(steps) >= MANY_STEPS:
        return []
    return [
        Note(
            "warning",
            "few_steps",
            f"{len(steps)} ground contact{' is' if len(steps) == 1 else 's are'} in view: left-right "
            "differences and variability need three or more on each side.",
            "Film six or more steps, or several runs.",
        )
    ]
