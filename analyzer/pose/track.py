"""The athlete's track: survey the clip for people, choose who runs, read the joints of every frame."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, Followed, PoseTrack, VideoInfo
from analyzer.data.notes import Note, Progress
from analyzer.errors import NoAthleteError
from analyzer.joints import leg_names
from analyzer.pose import shots, understood
from analyzer.pose.networks import weights
from analyzer.pose.networks.blazepose import SIDE_OF_STATURE, LandmarkNet
from analyzer.pose.networks.detector import Detector
from analyzer.pose.networks.rtmpose import Rtmpose
from analyzer.pose.people import athlete, crowd, same_athlete_again
from analyzer.pose.people.athlete import Person
from analyzer.pose.people.pointed_at import seek
from analyzer.pose.people.survey import Survey
from analyzer.pose.reading import Reading, clear_hidden, networks, read
from analyzer.pose.repair import left_right
from analyzer.video import interlaced
from analyzer.video.frame import Image
from analyzer.video.reader import shown

SOURCES: Final = {"full": "blazepose", "heavy": "blazepose heavy", None: "blazepose, other weights"}
"""What a track says marked its joints, by the landmark network: corrections and errors belong to one."""
_ONE_REPEATS: Final = "1 frame repeats the picture before it and is"
_LOST: Final = 0.02  # of the frames
_THERE: Final = 0.7  # of a box's side, within which somebody is at the point given
_ON: Final = 0.35  # of a box's side, within which the point is on the body
_CLOSE: Final = 0.6  # of the best score, from which another person could be meant as well


def track(info: VideoInfo, config: Config, progress: Progress | None = None) -> Followed:
    """Follow the athlete through a clip.

    Returns
    -------
    Followed
        ``pose`` and ``camera`` have one row for every frame of ``info``. Joints are NaN where they, or the
        athlete, are not in the picture; the camera's reference is in the middle of his time in view.

    Raises
    ------
    NoAthleteError
        Nobody was found.
    """
    model, notes = weights.chosen(config)
    first, last = info.between(config.start_s, config.stop_s)
    with ThreadPoolExecutor(1) as pool:  # both networks are compiled at once
        waited = pool.submit(Detector, model)
        nets, net = networks(model, config), LandmarkNet(model)
        detector = waited.result()
    found, early = shots.survey(
        info, detector, net, nets if config.engine != "mediapipe" else (), (first, last), progress
    )
    better = understood.better(info, found, net, config)
    if better is not None:
        followed = track(better.info, config, progress)
        said = (better.note, *followed.notes)
        return followed._replace(notes=said, info=followed.info or better.info)
    chosen_shot = shots.choose(found, info, notes, anybody=config.athlete is not None)
    first, last, survey = chosen_shot
    people = chosen_shot.people()
    if config.athlete is not None:
        people = _sought(people, info, net, config.athlete, (first, last))
    n = len(info.time)
    masks = _masks(people, n)
    camera = survey.background.motion(n, (first + last) // 2, masks)
    chosen = _choose(people, camera, info, config, notes)
    middle = chosen.sightings[len(chosen.sightings) // 2].frame
    camera = survey.background.motion(n, middle, masks)
    _judge_camera(camera, first, last, notes)
    notes += interlaced.note(survey.combs)
    other = nets[0] if isinstance(nets[0], Rtmpose) else None
    pose = PoseTrack(
        time=np.array(info.time),
        xy=np.full((n, len(BLAZEPOSE), 2), np.nan),
        confidence=np.zeros((n, len(BLAZEPOSE))),
        names=BLAZEPOSE,
        box=np.full((n, 3), np.nan),
        width=info.width,
        height=info.height,
        source=SOURCES[weights.known(model)] if other is None else "rtmpose",
        model_sha256=weights.model_info(model)["sha256"] if other is None else other.sha256,
    )
    every = same_athlete_again.again(chosen, people, camera, info.time)
    notes += _others(same_athlete_again.others(every, people, camera, info.time), info)
    for person, part in zip(every, _parts(every, first, last), strict=True):
        others = crowd.beside(person, [p for p in people if p not in every], n)
        try:
            reading, box = read(info, nets, config, person, camera, part, others, early, progress)
        except NoAthleteError:
            if person is chosen:
                raise
            continue
        _leave_out_repeats(reading, box, survey, notes)
        _leave_out_hidden(clear_hidden(info, nets, reading, box, others), notes)
        # The stride's phase names the legs over a whole pass; what is mixed up within a limb comes after.
        one = replace(pose, xy=reading.xy, confidence=reading.confidence, box=box)
        one = leg_names.untangle(one)
        fixed = left_right.repair(info.time, one.xy, one.confidence, box[:, 2] / SIDE_OF_STATURE)
        _tell_repairs(fixed, box, notes)
        notes += one.notes
        pose = _with(pose, replace(one, xy=fixed.xy, confidence=fixed.confidence), part)
    return Followed(pose, camera, tuple(notes))


def _others(people: list[Person], info: VideoInfo) -> list[Note]:
    """Say who else runs, before the athlete or after."""
    seconds = info.file_s
    listed = ", ".join(
        f"{seconds[p.sightings[0].frame]:.2f} to {seconds[p.sightings[-1].frame]:.2f} s" for p in people
    )
    if not people:
        return []
    return [
        Note(
            "warning",
            "other_run",
            f"Somebody else runs in this clip, too: {listed}. That is not analysed.",
            "To analyse it, give where it starts and stops, in seconds of the file.",
        )
    ]


def _parts(every: list[Person], first: int, last: int) -> list[tuple[int, int]]:
    """Return the frames in which each pass may be looked for: half-way to the passes beside it."""
    between = [(a.sightings[-1].frame + b.sightings[0].frame) // 2 for a, b in pairwise(every)]
    return list(pairwise([first, *between, last]))


def _with(pose: PoseTrack, other: PoseTrack, part: tuple[int, int]) -> PoseTrack:
    """Return ``pose`` with what another track has in some frames, first and one past the last."""
    here = (np.arange(len(pose.time)) >= part[0]) & (np.arange(len(pose.time)) < part[1])
    return replace(
        pose,
        xy=np.where(here[:, None, None], other.xy, pose.xy),
        confidence=np.where(here[:, None], other.confidence, pose.confidence),
        box=np.where(here[:, None], other.box, pose.box),
    )


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
    scores = [athlete.score(person, camera, info.time, info.width) for person in people]
    order = np.argsort(scores)[::-1]
    best: Person = people[order[0]]
    rivals = [
        people[i]
        for i in order[1:]
        if scores[i] > _CLOSE * scores[order[0]] and same_athlete_again.together(people[i], best)
    ]
    if rivals:
        s = rivals[0].sightings[len(rivals[0].sightings) // 2]
        at = info.file_s[s.frame]
        notes.append(
            Note(
                "warning",
                "several_candidates",
                f"{len(rivals) + 1} people run about as much; the largest and longest in view is followed.",
                "See who was followed in the report; to follow another, give a point on the body, such as "
                f"{s.x:.0f},{s.y:.0f} at {at:.2f} s.",
            )
        )
    return best


def _off(person: Person, info: VideoInfo, point: tuple[float, ...]) -> float:
    """Return how far somebody is from a point (x, y) px, boxes' sides, at a time of the file if given."""
    seconds = info.file_s
    boxes = person.boxes(len(seconds))
    if len(point) == 3:
        frame = int(np.argmin(np.abs(seconds - point[2])))
        seen = np.array([s.frame for s in person.sightings])
        frame = int(np.clip(frame, seen[0], seen[-1])) if abs(seen - frame).min() < 15 else frame
        boxes = boxes[frame : frame + 1]
    off = np.hypot(boxes[:, 0] - point[0], boxes[:, 1] - point[1]) / boxes[:, 2]
    return float(np.nanmin(off)) if np.isfinite(off).any() else np.inf


def _sought(
    people: list[Person], info: VideoInfo, net: LandmarkNet, point: tuple[float, ...], shot: tuple[int, int]
) -> list[Person]:
    """Return everybody, with whoever is at the point, looked for there closely if nobody was found on it."""
    if any(_off(person, info, point) < _ON for person in people):
        return people
    if len(point) == 3:
        moments = [int(np.argmin(np.abs(info.file_s - point[2])))]
    else:
        moments = [int(shot[0] + share * (shot[1] - 1 - shot[0])) for share in (0.0, 0.5, 0.25, 0.75)]
    for frame in moments:
        found = seek(info, net, (point[0], point[1]), frame, shot)
        if found is not None:
            return [*people, crowd.joined(found, people, len(info.time))]
    return people


def _pointed_at(people: list[Person], info: VideoInfo, point: tuple[float, ...]) -> Person:
    """Return who is nearest to a point (x, y) px, at a time of the file when that is given."""
    best = min(people, key=lambda person: _off(person, info, point), default=None)
    if best is None or not _off(best, info, point) < _THERE:
        elsewhere = f"{len(people)} people were" if people else "Nobody was"
        raise NoAthleteError(
            f"Nobody was found at {point[0]:g}, {point[1]:g}, though squares of every size were looked at.",
            f"{elsewhere} found elsewhere.",
            "Give a point on the athlete's body, and the time of the file in seconds.",
            settings=("athlete",),
        )
    return best


def _judge_camera(camera: CameraMotion, first: int, last: int, notes: list[Note]) -> None:
    if camera.moving:
        notes.append(Note("info", "camera_moves", "The camera moves; its motion is measured and taken out."))
    notes += untied(camera, slice(first, last))


def untied(camera: CameraMotion, frames: slice | Bools) -> list[Note]:
    """Say in how many of the athlete's frames the background gives no hold, where they are not hardly any."""
    sd = camera.sd_px[frames]
    lost = float(np.isnan(sd).mean()) if len(sd) else 0.0
    if not lost > _LOST:
        return []
    return [
        Note(
            "limit",
            "camera_untied",
            f"In {lost:.0%} of the frames the background gives no hold (blur, sky or bare ground), "
            "so places on the ground are unknown there.",
            "Keep the camera still, or have lines and fixed objects in view.",
        )
    ]


def _leave_out_repeats(reading: Reading, box: Array, survey: Survey, notes: list[Note]) -> None:
    """Drop frames that show the picture of the one before: they are not at the time they claim."""
    repeats = survey.repeated(len(box)) & np.isfinite(box[:, 0])
    many = int(repeats.sum())
    if many:
        reading.clear(repeats)
        notes.append(
            Note(
                "warning",
                "repeated_frames",
                (f"{many} frames repeat the picture before them and are" if many > 1 else _ONE_REPEATS)
                + " left out.",
                "Use the file as the camera recorded it, not a screen recording or a converted copy.",
            )
        )


def _leave_out_hidden(lost: tuple[int, int], notes: list[Note]) -> None:
    """Say in how many frames joints are hidden, and how many places of joints, if any."""
    frames, joints = lost
    if frames:
        notes.append(
            Note(
                "warning",
                "athlete_hidden",
                f"Somebody nearer to the camera hides parts of the athlete in {frames} frames: {joints} "
                "places of joints are left out. Short gaps are bridged with a larger error, long ones stay "
                "empty.",
                "Film when nobody is between the camera and the athlete's lane.",
            )
        )


def _tell_repairs(fixed: left_right.Repair, box: Array, notes: list[Note]) -> None:
    seen = max(1, int(np.isfinite(box[:, 0]).sum()))
    legs, arms = int(fixed.legs.sum()), int(fixed.arms.sum())
    if legs or arms:
        notes.append(
            Note(
                "warning" if legs > 0.1 * seen else "info",
                "sides_repaired",
                f"Left and right were mixed up and put right: legs in {legs} and arms in {arms} "
                f"of {seen} frames.",
                "Look at the overlay where the legs cross." if legs > 0.1 * seen else "",
            )
        )


def filmstrip(info: VideoInfo, pose: PoseTrack, n: int = 8) -> list[tuple[float, Image]]:
    """Return ``n`` moments of the athlete's run: file time in s and the crop that was looked at, RGB.

    For showing who was followed. Empty if the video is gone.
    """
    seen = np.flatnonzero(np.isfinite(pose.box[:, 0]))
    chosen = {int(i) for i in seen[np.linspace(0, len(seen) - 1, min(n, len(seen))).round().astype(int)]}
    out = []
    for frame in shown(info, min(chosen), max(chosen) + 1) if chosen else ():
        if frame.index in chosen:
            out.append((frame.time_s, _cut(frame.image, pose.box[frame.index])))
    return out


def _cut(image: Image, box: Array) -> Image:
    half = box[2] / 2
    height, width = image.shape[:2]
    left, top = max(0, int(box[0] - half)), max(0, int(box[1] - half))
    right, bottom = min(width, int(box[0] + half)), min(height, int(box[1] + half))
    return np.ascontiguousarray(image[top : max(bottom, top + 1), left : max(right, left + 1)])
