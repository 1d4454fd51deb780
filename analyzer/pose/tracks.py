"""The athlete's track: survey the clip for people, choose who runs, read the joints of every frame."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

import numpy as np

from analyzer import video
from analyzer.config import Config
from analyzer.data import Array, CameraMotion, Note, PoseTrack, Progress, VideoInfo
from analyzer.errors import NoAthleteError
from analyzer.pose import athlete, blazepose, weights
from analyzer.pose.athlete import BOX_OF_STATURE, Person, Sighting
from analyzer.skeleton import BLAZEPOSE
from analyzer.video import Image

_MOMENT_S: Final = 0.2
_TORSO = [BLAZEPOSE.index(f"{s}_{j}") for s in ("left", "right") for j in ("shoulder", "hip")]


class Landmarks(Protocol):
    """What reads joints from a crop; see ``blazepose.Landmarker``."""

    def detect(self, image: Image, box: Array) -> tuple[Array, Array] | None: ...


def track(
    info: VideoInfo, config: Config, progress: Progress | None = None
) -> tuple[PoseTrack, CameraMotion, list[Note]]:
    """Follow the athlete through a clip.

    Returns
    -------
    PoseTrack
        One row for every frame of ``info``; NaN where the athlete is not seen.
    CameraMotion
    list of Note

    Raises
    ------
    NoAthleteError
        Nobody was found.
    """
    model = weights.model_path(config.model)
    notes: list[Note] = []
    first, last = _range(info, config)
    n = len(info.time)
    camera = CameraMotion.static(n)
    people = _survey(info, blazepose.Landmarker(model), first, last, progress)
    chosen = _choose(people, info)
    box = _boxes(chosen, info, first, last)
    xy, confidence = _landmarks(info, blazepose.Landmarker(model), box, progress)
    for _ in range(1):
        box = _refined(xy, confidence, info, first, last)
        again = np.isfinite(box[:, 0])
        xy, confidence = _landmarks(info, blazepose.Landmarker(model), np.where(again[:, None], box, np.nan), progress)
    pose = PoseTrack(
        time=np.array(info.time),
        xy=xy,
        confidence=confidence,
        names=BLAZEPOSE,
        box=box,
        width=info.width,
        height=info.height,
        source="blazepose",
        model_sha256=weights.model_info(model)["sha256"],
    )
    return pose, camera, notes


def _range(info: VideoInfo, config: Config) -> tuple[int, int]:
    """Return the frames to analyse, first and one past the last."""
    seconds = np.asarray(info.time) * info.slow_motion
    first = int(np.searchsorted(seconds, config.start_s - 1e-6))
    last = len(seconds) if config.stop_s is None else int(np.searchsorted(seconds, config.stop_s - 1e-6))
    return first, last


def _frames(info: VideoInfo, first: int, last: int) -> Iterator[video.Frame]:
    """Yield frames ``first`` to ``last``, exclusive."""
    if first >= last:
        return
    seconds = info.time * info.slow_motion
    stop = float(seconds[last]) if last < len(seconds) else None
    yield from video.frames(info.path, float(seconds[first]), stop)


def _survey(
    info: VideoInfo, net: Landmarks, first: int, last: int, progress: Progress | None
) -> list[Person]:
    stride = max(1, round(_MOMENT_S * info.capture_fps))
    moments: list[list[Sighting]] = []
    for frame in _frames(info, first, last):
        if (frame.index - first) % stride:
            continue
        moments.append(_people(frame, net))
        if progress:
            progress("find", frame.index - first, last - first)
    drift = np.zeros((len(info.time), 2))
    return athlete.link(moments, info.time, drift)


def _people(frame: video.Frame, net: Landmarks) -> list[Sighting]:
    height, width = frame.image.shape[:2]
    found: list[Sighting] = []
    for share in (1.0, 0.5):
        side = share * min(height, width)
        for cx in _centres(width, side):
            for cy in _centres(height, side):
                seen = net.detect(frame.image, np.array([cx, cy, side]))
                if seen is None:
                    continue
                size = float(athlete.stature(seen[0]))
                x, y = athlete.hips(seen[0])
                sure = float(seen[1][_TORSO].mean())
                if sure > 0.5 and size > 30:
                    found.append(Sighting(frame.index, float(x), float(y), size, sure))
    kept: list[Sighting] = []
    for s in sorted(found, key=lambda s: -s.confidence):
        if all(np.hypot(s.x - k.x, s.y - k.y) > 0.3 * max(s.stature, k.stature) for k in kept):
            kept.append(s)
    return kept


def _centres(length: float, side: float) -> Array:
    count = max(1, int(np.ceil((length - side) / (0.5 * side))) + 1)
    return np.linspace(side / 2, length - side / 2, count) if count > 1 else np.array([length / 2])


def _choose(people: list[Person], info: VideoInfo) -> Person:
    if not people:
        raise NoAthleteError(
            "Nobody was found in this clip.", "", "Film from the side with the whole athlete in the picture."
        )

    def score(person: Person) -> float:
        x = person.values
        span = np.ptp(info.time[person.frames.astype(int)])
        travel = float(np.hypot(*np.ptp(x[:, :2], axis=0))) / float(np.exp(x[:, 2].mean()))
        return (travel + 0.2 * len(x) / 5) if span > 0 else 0.0

    return max(people, key=score)


def _boxes(person: Person, info: VideoInfo, first: int, last: int) -> Array:
    values = np.full((len(info.time), 3), np.nan)
    for s in person.sightings:
        values[s.frame] = s.x, s.y, np.log(s.stature)
    ends = person.sightings[0].frame, person.sightings[-1].frame
    return _to_box(values, info, first, last, ends)


def _to_box(values: Array, info: VideoInfo, first: int, last: int, ends: tuple[int, int]) -> Array:
    size = np.nanmedian(values[:, 2])
    values[:, 2] = np.where(np.isfinite(values[:, 0]), np.clip(values[:, 2], size - 0.4, size + 0.4), np.nan)
    path = athlete.smooth(info.time, values, np.ones(len(values)))
    steady = athlete.smooth(info.time, values, np.ones(len(values)), 0.4)
    stature = np.exp(steady[:, 2])
    box = np.column_stack([path[:, :2], BOX_OF_STATURE * stature])
    beyond = int(0.5 * info.capture_fps)
    frames = np.arange(len(box))
    inside = (path[:, 0] > -0.1 * stature) & (path[:, 0] < info.width + 0.1 * stature)
    keep = (frames >= max(first, ends[0] - beyond)) & (frames < min(last, ends[1] + beyond + 1)) & inside
    box[~keep] = np.nan
    return box


def _refined(xy: Array, confidence: Array, info: VideoInfo, first: int, last: int) -> Array:
    values = np.column_stack([athlete.hips(xy), np.log(athlete.stature(xy))])
    sure = confidence[:, _TORSO].mean(axis=1)
    values[~(sure > 0.5)] = np.nan
    seen = np.flatnonzero(np.isfinite(values[:, 0]))
    if len(seen) < 3:
        raise NoAthleteError("Nobody could be followed in this clip.")
    return _to_box(values, info, first, last, (int(seen[0]), int(seen[-1])))


def _landmarks(info: VideoInfo, net: Landmarks, box: Array, progress: Progress | None) -> tuple[Array, Array]:
    n = len(info.time)
    xy = np.full((n, len(BLAZEPOSE), 2), np.nan)
    confidence = np.zeros((n, len(BLAZEPOSE)))
    wanted = np.flatnonzero(np.isfinite(box[:, 0]))
    for frame in _frames(info, int(wanted[0]), int(wanted[-1]) + 1) if len(wanted) else ():
        if not np.isfinite(box[frame.index, 0]):
            continue
        seen = net.detect(frame.image, box[frame.index])
        if seen is not None:
            xy[frame.index], confidence[frame.index] = seen
        if progress:
            progress("pose", frame.index - int(wanted[0]) + 1, len(wanted))
    return xy, confidence
