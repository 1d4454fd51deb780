"""The standing foot's images, followed through the frames around each contact in one pass through the clip.

Decides which contacts are looked at, and in which frames. ``shoe_cutouts`` cuts the shoe out of the ground,
``shoe_images`` follows it, ``shoe_fit`` then times what was followed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from analyzer.contacts import tempo
from analyzer.contacts.shoe_cutouts import CutOuts
from analyzer.contacts.shoe_images import SURPRISE, ShoeImages
from analyzer.data.capture import Calibration, CameraMotion, PoseTrack, VideoInfo
from analyzer.data.motion import Motion
from analyzer.data.notes import Progress
from analyzer.data.steps import Step, Trace
from analyzer.pose import cache
from analyzer.video import reader
from analyzer.video.ahead import ahead

DUTY: Final = 0.45
"""Contact time, step times, where no contact was seen whole: a sprinter's."""
_KEPT: Final = "traces.json"
"""Name under which traces are kept between runs."""
_SERIES: Final = ("time", "displacement", "score", "standing")
"""What a trace has of each frame."""


def trace(
    info: VideoInfo,
    pose: PoseTrack,
    camera: CameraMotion,
    motion: Motion,
    calibration: Calibration,
    steps: Sequence[Step],
    progress: Progress | None = None,
) -> list[Trace]:
    """Follow the standing part of the shoe around every contact, in one pass through the clip.

    What was found is kept: the same contacts need not be looked at again (``pose.cache``).

    Parameters
    ----------
    info : VideoInfo
    pose : PoseTrack
        On the same clock as the clip; frames without an athlete are left out.
    camera : CameraMotion
    motion : Motion
    calibration : Calibration
    steps : sequence of Step
        As ``detect.detect`` found them.
    progress : callable, optional
        Called with "contacts", frames done, frames in all.

    Returns
    -------
    list of Trace
        Up to two a step, none where the shoe does not stand out from the ground. None at all on a
        treadmill, whose belt carries the foot along.
    """
    if calibration.treadmill_mps > 0 or len(steps) < 2:
        return []
    step_time = tempo.step_time_of(steps)
    usual = np.array([s.toe_off_s - s.touchdown_s for s in steps])
    usual = usual[np.isfinite(usual)]
    contact = float(np.median(usual)) if len(usual) else DUTY * step_time
    waiting = [
        CutOuts.around(step, calibration, motion, step_time, contact)
        for step in steps
        if step.source != "edited"
        and np.isfinite(step.foot).all()
        and np.isfinite([step.touchdown_s, step.toe_off_s]).any()
    ]
    if not waiting:
        return []
    facts = [fact for cut in waiting for fact in (*cut.facts, tempo.pace_of(motion, cut.step))]
    kept = cache.taken("shoes", info, pose.time, camera.to_reference, camera.sd_px, step_time, *facts)
    found = _read(kept.found())
    if found is None:
        found = _looked_at(info, pose, camera, motion, step_time, waiting, progress)
        kept.keep({_KEPT: _written(found)})
    if progress is not None:
        progress("contacts", len(pose.time), len(pose.time))
    return found


def _looked_at(
    info: VideoInfo,
    pose: PoseTrack,
    camera: CameraMotion,
    motion: Motion,
    step_time: float,
    waiting: list[CutOuts],
    progress: Progress | None,
) -> list[Trace]:
    """Return the traces of contacts, looked at in the clip."""
    found: list[Trace] = []
    first = int(np.searchsorted(pose.time, min(c.start for c in waiting)))
    total = int(np.searchsorted(pose.time, max(c.stop for c in waiting)))
    for frame in ahead(reader.shown(info, first, total)):
        if progress is not None:
            progress("contacts", frame.index, total)
        now = float(pose.time[frame.index])
        for cut in [c for c in waiting if c.stop < now]:
            found += _followed(cut, motion, step_time)
            waiting.remove(cut)
        if np.isfinite(camera.sd_px[frame.index]):
            for cut in waiting:
                if cut.start <= now:
                    cut.take(frame, camera.to_reference[frame.index], now)
    for cut in waiting:
        found += _followed(cut, motion, step_time)
    return sorted(found, key=lambda t: (t.step, t.part))


def _followed(cut: CutOuts, motion: Motion, step_time: float) -> list[Trace]:
    """Return the traces of one contact."""
    shoe = cut.without_ground(step_time)
    if shoe is None:
        return []
    return ShoeImages(cut, shoe, SURPRISE * tempo.pace_of(motion, cut.step)).traces()


def _written(traces: Sequence[Trace]) -> bytes:
    """Return traces as JSON, every number to its last bit."""
    rows = [[t.step, t.part, t.grain, *(getattr(t, name).tolist() for name in _SERIES)] for t in traces]
    return json.dumps(rows).encode()


def _read(files: Mapping[str, bytes] | None) -> list[Trace] | None:
    """Return the traces that were written; None where none were."""
    if files is None or _KEPT not in files:
        return None
    rows = json.loads(files[_KEPT])
    return [
        Trace(step, part, **dict(zip(_SERIES, map(np.array, series), strict=True)), grain=grain)
        for step, part, grain, *series in rows
    ]
