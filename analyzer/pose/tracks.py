"""The athlete's track: survey the clip for people, choose who runs, read the joints of every frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer import legs, video
from analyzer.config import Config
from analyzer.data import Array, Bools, CameraMotion, Note, PoseTrack, Progress, VideoInfo
from analyzer.errors import NoAthleteError
from analyzer.pose import athlete, sides, weights
from analyzer.pose.athlete import Person
from analyzer.pose.detector import Detector
from analyzer.pose.engine import MIN_SCORE, SIDE_OF_STATURE, LandmarkNet
from analyzer.pose.kit import colour
from analyzer.pose.survey import Survey
from analyzer.skeleton import BLAZEPOSE
from analyzer.video import Frame, Image

_VIEWS: Final = {"fast": 1, "balanced": 1, "best": 4}
"""How often the network looks at each frame, see ``engine.LandmarkNet``."""
_BEYOND_S: Final = 0.6  # how far the track is tried before the first and after the last sighting
_CLOSE: Final = 0.6  # of the best score, from which another person could be meant as well
_ROUNDS: Final = 3  # how often frames are looked at again with a better crop, at most


def track(
    info: VideoInfo, config: Config, progress: Progress | None = None
) -> tuple[PoseTrack, CameraMotion, list[Note]]:
    """Follow the athlete through a clip.

    Returns
    -------
    PoseTrack
        One row for every frame of ``info``; NaN where the athlete, or a joint, is not in the picture.
    CameraMotion
        One row for every frame; the reference is in the middle of the athlete's time in view.
    list of Note

    Raises
    ------
    NoAthleteError
        Nobody was found.
    """
    model = weights.model_path(config.model)
    notes: list[Note] = []
    first, last = _range(info, config)
    net = LandmarkNet(model)
    shots = _survey(info, Detector(model), net, first, last, progress)
    net = LandmarkNet(model, views=_VIEWS[config.quality])
    first, last, survey = _longest(shots, info, notes)
    people = survey.people()
    n = len(info.time)
    masks = _masks(people, n)
    camera = survey.background.motion(n, (first + last) // 2, masks)
    chosen = _choose(people, camera, info, config, notes)
    middle = chosen.sightings[len(chosen.sightings) // 2].frame
    camera = survey.background.motion(n, middle, masks)
    _judge_camera(camera, first, last, notes)
    reading, box = _read(info, net, chosen, camera, (first, last), progress)
    _leave_out_repeats(reading, box, survey, notes)
    fixed = sides.repair(info.time, reading.xy, reading.confidence, box[:, 2] / SIDE_OF_STATURE)
    _tell_repairs(fixed, box, notes)
    pose = PoseTrack(
        time=np.array(info.time),
        xy=fixed.xy,
        confidence=fixed.confidence,
        names=BLAZEPOSE,
        box=box,
        width=info.width,
        height=info.height,
        source="blazepose",
        model_sha256=weights.model_info(model)["sha256"],
    )
    pose, found = legs.untangle(pose)
    return pose, camera, notes + found


def _range(info: VideoInfo, config: Config) -> tuple[int, int]:
    """Return the frames to analyse, first and one past the last."""
    seconds = np.asarray(info.time) * info.slow_motion
    first = int(np.searchsorted(seconds, config.start_s - 1e-6))
    last = len(seconds) if config.stop_s is None else int(np.searchsorted(seconds, config.stop_s - 1e-6))
    return first, last


def _frames(info: VideoInfo, first: int, last: int) -> Iterator[Frame]:
    """Yield frames ``first`` to ``last``, exclusive."""
    if first >= last:
        return
    seconds = info.time * info.slow_motion
    stop = float(seconds[last]) if last < len(seconds) else None
    yield from video.frames(info.path, float(seconds[first]), stop)


def _survey(
    info: VideoInfo, detector: Detector, net: LandmarkNet, first: int, last: int, progress: Progress | None
) -> list[tuple[int, int, Survey]]:
    """Survey every shot; return (first frame, one past the last, survey) of each."""
    shots: list[tuple[int, int, Survey]] = []
    survey = Survey(info, detector, net)
    start = first
    for count, frame in enumerate(_frames(info, first, last)):
        if survey.background.cut(frame.image):
            shots.append((start, frame.index, survey))
            survey, start = Survey(info, detector, net), frame.index
        survey.add(frame)
        if progress and count % 10 == 0:
            progress("find", count, last - first)
    shots.append((start, last, survey))
    if progress:
        progress("find", last - first, last - first)
    return shots


def _longest(
    shots: list[tuple[int, int, Survey]], info: VideoInfo, notes: list[Note]
) -> tuple[int, int, Survey]:
    """Return the longest shot in which somebody is seen."""
    peopled = [shot for shot in shots if shot[2].people()]
    if not peopled:
        raise NoAthleteError(
            "Nobody was found in this clip.",
            f"No person was seen in {len(info.time)} frames.",
            "Film from the side with the whole athlete in the picture, at least 60 pixels tall.",
        )
    best = max(peopled, key=lambda shot: shot[1] - shot[0])
    if len(shots) > 1:
        seconds = info.time * info.slow_motion
        start, stop = seconds[best[0]], seconds[best[1] - 1]
        notes.append(
            Note(
                "warning",
                "shot_change",
                f"The clip is cut into {len(shots)} shots; the longest is analysed, "
                f"{start:.2f} to {stop:.2f} s.",
                "Give --start and --stop to choose another part.",
            )
        )
    return best


def _masks(people: list[Person], n: int) -> list[Array | None]:
    """Return for each frame the boxes (m, 3) of everybody in it."""
    if not people:
        return [None] * n
    every = np.stack([person.boxes(n) for person in people], axis=1)
    return [boxes[np.isfinite(boxes[:, 0])] for boxes in every]


def _choose(
    people: list[Person], camera: CameraMotion, info: VideoInfo, config: Config, notes: list[Note]
) -> Person:
    """Return the athlete: the one pointed at, else the one who runs."""
    if config.athlete is not None:
        return _pointed_at(people, info, config.athlete)
    scores = [athlete.score(person, camera, info.time) for person in people]
    order = np.argsort(scores)[::-1]
    best = people[order[0]]
    rivals = [
        people[i] for i in order[1:] if scores[i] > _CLOSE * scores[order[0]] and _together(people[i], best)
    ]
    if rivals:
        s = rivals[0].sightings[len(rivals[0].sightings) // 2]
        at = info.time[s.frame] * info.slow_motion
        notes.append(
            Note(
                "warning",
                "several_candidates",
                f"{len(rivals) + 1} people run about as much; the largest and longest in view is followed.",
                "See who was followed in the report; another is chosen with "
                f"--athlete {s.x:.0f},{s.y:.0f}@{at:.2f}.",
            )
        )
    return best


def _together(a: Person, b: Person) -> bool:
    """Tell whether two paths overlap in time, so that they are two people."""
    return a.sightings[0].frame <= b.sightings[-1].frame and b.sightings[0].frame <= a.sightings[-1].frame


def _pointed_at(people: list[Person], info: VideoInfo, point: tuple[float, ...]) -> Person:
    """Return who is nearest to a point (x, y) px, at a time of the file when that is given."""
    seconds = info.time * info.slow_motion

    def distance(person: Person) -> float:
        boxes = person.boxes(len(seconds))
        if len(point) == 3:
            frame = int(np.argmin(np.abs(seconds - point[2])))
            seen = np.array([s.frame for s in person.sightings])
            frame = int(np.clip(frame, seen[0], seen[-1])) if abs(seen - frame).min() < 15 else frame
            boxes = boxes[frame : frame + 1]
        off = np.hypot(boxes[:, 0] - point[0], boxes[:, 1] - point[1]) / boxes[:, 2]
        return float(np.nanmin(off)) if np.isfinite(off).any() else np.inf

    best = min(people, key=distance)
    if not distance(best) < 0.7:
        raise NoAthleteError(
            f"Nobody was found at {point[0]:g}, {point[1]:g}.",
            f"{len(people)} people were found elsewhere.",
            "Give a point on the athlete's body and the time, --athlete X,Y@SECONDS.",
        )
    return best


def _judge_camera(camera: CameraMotion, first: int, last: int, notes: list[Note]) -> None:
    lost = float(np.isnan(camera.sd_px[first:last]).mean())
    if camera.moving:
        notes.append(Note("info", "camera_moves", "The camera moves; its motion is measured and taken out."))
    if lost > 0.02:
        notes.append(
            Note(
                "limit",
                "camera_untied",
                f"In {lost:.0%} of the frames the background gives no hold (blur, sky or bare ground), "
                "so places on the ground are unknown there.",
                "Keep the camera still, or have lines and fixed objects in view.",
            )
        )


def _read(
    info: VideoInfo,
    net: LandmarkNet,
    person: Person,
    camera: CameraMotion,
    part: tuple[int, int],
    progress: Progress | None,
) -> tuple[_Reading, Array]:
    """Read the joints of every frame in which the athlete may be; return them and the (n, 3) boxes.

    The crop follows from what was read, and frames whose crop was off are read again.
    """
    n = len(info.time)
    reading = _Reading.empty(n)
    used = np.full((n, 4), np.nan)
    known, worn = person.known(n), person.colour
    ends = person.sightings[0].frame, person.sightings[-1].frame
    for turn in range(_ROUNDS):
        box, lean = athlete.boxes(known, np.ones(n), camera, info.time)
        reach = round(_BEYOND_S * info.capture_fps)
        frames = np.arange(n)
        here = (frames >= max(part[0], ends[0] - reach)) & (frames < min(part[1], ends[1] + reach + 1))
        here &= athlete.inside(box, info.width, info.height)
        box[~here] = np.nan
        view = np.column_stack([box, lean])
        off = np.hypot(*(used - view)[:, :2].T) / box[:, 2] + np.abs(np.log(used[:, 2] / box[:, 2]))
        off += np.abs(used[:, 3] - lean) / 150
        wanted = here & ~(off < 0.08)
        reading.clear(~here)
        used[~here] = np.nan
        if not wanted.any():
            break
        _look(info, net, view, wanted, reading, progress if turn == 0 else None)
        used[wanted] = view[wanted]
        known = athlete.known(reading.xy)
        good = _fits(known, box, reading, worn)
        known[~good] = np.nan
        seen = np.flatnonzero(good)
        if len(seen) < 3:
            raise NoAthleteError(
                "Nobody could be followed in this clip.",
                f"The athlete's joints were found in {len(seen)} frames.",
                "Film from the side with the whole athlete in the picture.",
            )
        ends = int(seen[0]), int(seen[-1])
    reading.clear(~good)
    box[~good] = np.nan
    _leave_out_unseen(reading.xy, reading.confidence, info)
    return reading, box


@dataclass
class _Reading:
    """What was read in each frame: ``xy`` (n, 33, 2) px, ``confidence`` (n, 33), ``colour`` (n, 6)."""

    xy: Array
    confidence: Array
    colour: Array

    @classmethod
    def empty(cls, n: int) -> _Reading:
        k = len(BLAZEPOSE)
        return cls(np.full((n, k, 2), np.nan), np.zeros((n, k)), np.full((n, 6), np.nan))

    def clear(self, frames: Bools) -> None:
        self.xy[frames], self.confidence[frames], self.colour[frames] = np.nan, 0.0, np.nan


def _fits(known: Array, box: Array, reading: _Reading, worn: Array) -> Bools:
    """Tell in which frames (n,) the person read is the one the crop was made for."""
    off = np.hypot(*(known[:, :2] - box[:, :2]).T) / box[:, 2]
    grown = np.abs(known[:, 2] - np.log(box[:, 2] / SIDE_OF_STATURE))
    apart = (reading.colour - worn) ** 2
    seen = np.isfinite(apart).any(axis=1)
    unlike = np.zeros(len(known))
    unlike[seen] = np.sqrt(6 * np.nanmean(apart[seen], axis=1))
    usual = float(np.median(unlike[seen])) if seen.any() else 0.0
    other = unlike > max(2.0 * athlete.SAME_COLOUR, 3.0 * usual)
    sure = athlete.torso_confidence(reading.confidence) > 0.3
    return np.asarray((off < 0.3) & (grown < 0.4) & ~other & sure)


def _leave_out_unseen(xy: Array, confidence: Array, info: VideoInfo) -> None:
    """Set joints outside the picture to NaN: the network guesses them."""
    margin = 0.01 * max(info.width, info.height)
    out = (xy[..., 0] < -margin) | (xy[..., 0] > info.width + margin)
    out |= (xy[..., 1] < -margin) | (xy[..., 1] > info.height + margin)
    xy[out], confidence[out] = np.nan, 0.0


def _leave_out_repeats(reading: _Reading, box: Array, survey: Survey, notes: list[Note]) -> None:
    """Drop frames that show the picture of the one before: they are not at the time they claim."""
    repeats = survey.repeated(len(box)) & np.isfinite(box[:, 0])
    if repeats.any():
        reading.clear(repeats)
        notes.append(
            Note(
                "warning",
                "repeated_frames",
                f"{int(repeats.sum())} frames repeat the picture before them and are left out.",
                "Use the file as the camera recorded it, not a screen recording or a converted copy.",
            )
        )


def _tell_repairs(fixed: sides.Repair, box: Array, notes: list[Note]) -> None:
    seen = max(1, int(np.isfinite(box[:, 0]).sum()))
    legs, arms = int(fixed.legs.sum()), int(fixed.arms.sum())
    if legs or arms:
        notes.append(
            Note(
                "warning" if legs > 0.1 * seen else "info",
                "sides_repaired",
                f"Left and right were mixed up and put right: legs in {legs}, arms in {arms} of {seen} frames.",
                "Look at the overlay where the legs cross." if legs > 0.1 * seen else "",
            )
        )


def _look(
    info: VideoInfo,
    net: LandmarkNet,
    view: Array,
    wanted: Bools,
    reading: _Reading,
    progress: Progress | None,
) -> None:
    """Read the joints of the wanted frames in the squares ``view`` (n, 4), the last their lean."""
    numbers = np.flatnonzero(wanted)
    total, done = len(numbers), 0
    for start, stop in _stretches(numbers):
        for frame in _frames(info, start, stop):
            i = frame.index
            if not wanted[i]:
                continue
            xy, visibility, score = net.look(frame.image, view[i, :3], float(view[i, 3]))
            if score >= MIN_SCORE:
                reading.xy[i], reading.confidence[i] = xy[: len(BLAZEPOSE)], visibility[: len(BLAZEPOSE)]
                reading.colour[i] = colour(frame.image, reading.xy[i])
            else:
                reading.clear(np.arange(len(wanted)) == i)
            done += 1
            if progress and done % 10 == 0:
                progress("pose", done, total)
    if progress:
        progress("pose", total, total)


def _stretches(numbers: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Return stretches (first, one past the last) that hold all frames ``numbers``, gaps under 60 joined."""
    breaks = np.flatnonzero(np.diff(numbers) > 60)
    firsts, lasts = np.r_[0, breaks + 1], np.r_[breaks, len(numbers) - 1]
    return [(int(numbers[a]), int(numbers[b]) + 1) for a, b in zip(firsts, lasts, strict=True)]


def filmstrip(info: VideoInfo, pose: PoseTrack, n: int = 8) -> list[tuple[float, Image]]:
    """Return ``n`` moments of the athlete's run: file time in s and the crop that was looked at, RGB.

    For showing who was followed. Empty if the video is gone.
    """
    seen = np.flatnonzero(np.isfinite(pose.box[:, 0]))
    chosen = {int(i) for i in seen[np.linspace(0, len(seen) - 1, min(n, len(seen))).round().astype(int)]}
    out = []
    for frame in _frames(info, min(chosen), max(chosen) + 1) if chosen else ():
        if frame.index in chosen:
            out.append((frame.time_s, _cut(frame.image, pose.box[frame.index])))
    return out


def _cut(image: Image, box: Array) -> Image:
    half = box[2] / 2
    height, width = image.shape[:2]
    left, top = max(0, int(box[0] - half)), max(0, int(box[1] - half))
    right, bottom = min(width, int(box[0] + half)), min(height, int(box[1] + half))
    return np.ascontiguousarray(image[top : max(bottom, top + 1), left : max(right, left + 1)])
