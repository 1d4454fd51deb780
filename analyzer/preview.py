"""A quick look at a clip: what it can and cannot support, without the full analysis."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import numpy as np

from analyzer import quality
from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.config import Config
from analyzer.data.capture import PoseTrack, VideoInfo
from analyzer.data.notes import Note, Progress
from analyzer.data.view import View
from analyzer.errors import NoAthleteError
from analyzer.frontal.errors import not_given
from analyzer.frontal.measures import MEASURES
from analyzer.joints import body_view
from analyzer.metrics import FROM_BEHIND, METRICS, gates
from analyzer.metrics.registry import Relationship
from analyzer.outputs.frontal import wording
from analyzer.pose.networks import weights
from analyzer.pose.networks.blazepose import LandmarkNet
from analyzer.pose.networks.detector import Detector, Person
from analyzer.pose.people import athlete
from analyzer.pose.repair import frame_edges
from analyzer.video import reader, repeats
from analyzer.video.frame import Image
from analyzer.video.repeats import EvenClock

LOOKED_AT: Final = 12
"""Frames looked at, spread evenly over the clip: some show the athlete, if in view for a quarter of it."""
AT_AN_END: Final = 3
"""Looks that must show the athlete at either end of the clip, to tell from where."""
NAMED: Final = 2
"""Metrics named of those that a relationship goes without: a line of a terminal holds no more."""
SIDE_OF_CIRCLE: Final = 1.1
"""Side of the square in which a body's joints are looked for, as a share of the detector's circle."""
REGIONS: Final = (0.5, 0.2)
"""Sides of the squares that are searched for people, as shares of the image's shorter side, the larger
first: an upright screen recording has a small wide video in its middle."""
RARELY: Final = 0.5
"""Share of the looks below which somebody is seen too rarely to say yes."""
TURNS_SD: Final = 3.0
"""Errors by which the view at the end must differ from that at the beginning, for it to be said: a few looks
are held against a few, of bodies that caught limbs of others or lines that were drawn on them."""
SURE: Final = 0.5
"""Score of the detector, 0 to 1, from which on somebody counts: as MediaPipe's own graph has it."""
LEAST_PX: Final = 30.0
"""Size of people looked for, at least; those of half of it are found, too, and need not be. An image that is
4,000 wide and 16 high would take thousands of looks otherwise."""


def look(path: Path, config: Config, progress: Progress | None = None) -> list[str]:
    """Return lines for a terminal: the file, the athlete's size, what is supported and what is not.

    Parameters
    ----------
    path : Path
        A video file.
    config : Config
        ``capture_fps`` is all that is used.
    progress : callable, optional
        Called with stage, frames done, frames in all.

    Raises
    ------
    VideoError
        The file cannot be decoded.
    NoAthleteError
        Nobody was found in any of the frames looked at.
    """
    info = reader.probe(path, config)
    sizes, pose, clock = _looks(info, progress)
    if clock is not None:
        info = repeats.each_once(info, clock, stated_fps=config.capture_fps)
    if len(sizes) == 0:
        raise NoAthleteError(
            f"Nobody was found in {path.name}.",
            f"{LOOKED_AT} frames spread over the clip were searched.",
            "Film from the side with the whole athlete in the picture, sharp, in good light, and not smaller "
            "than 60 px.",
        )
    stature = float(np.median(sizes))
    view = body_view.seen_from(pose)
    ends = _ends(pose)
    again = [repeats.note(info)] if clock is not None else []
    again += [*_rarely(len(sizes)), *_cut(pose)]
    notes = [*again, *quality.frame_rate(info.capture_fps, info.is_vfr)]
    notes += quality.size(stature)
    if not view.shows_lane:
        return [
            _across(view),
            *_file(info),
            f"Athlete: about {stature:.0f} px tall",
            *_notes([*again, *quality.size(stature)]),
            *_shown_across(view),
        ]
    return [
        _answer(notes),
        *_file(info),
        f"Athlete: about {stature:.0f} px tall",
        *([f"View: {wording.seen(view)}"] if np.isfinite(view.angle_deg) else []),
        *([f"It turns: {wording.turning(ends)}"] if ends else []),
        *_notes(notes),
        *_supported(info.capture_fps),
    ]


def _ends(pose: PoseTrack) -> tuple[View, View] | None:
    """Return from where the first and the last third of the looks see the body, if that differs."""
    third = len(pose.time) // 3
    first, last = (
        body_view.seen_from(pose, part, fewest=AT_AN_END) for part in (slice(third), slice(-third, None))
    )
    differ = first.differs(last, TURNS_SD / 2 * float(np.hypot(first.angle_sd_deg, last.angle_sd_deg)))
    return (first, last) if differ else None


def _rarely(seen: int) -> list[Note]:
    """Say it where somebody was seen in few of the frames looked at."""
    if seen >= RARELY * LOOKED_AT:
        return []
    return [
        Note(
            "limit",
            "seldom_seen",
            f"Somebody is seen in {seen} of the {LOOKED_AT} frames looked at: out of the picture, small, "
            "dark, blurred or hidden in the others. The analysis may find nobody to follow.",
            "Choose the part of the clip that shows the athlete; film sharp and in good light.",
        )
    ]


def _cut(pose: PoseTrack) -> list[Note]:
    """Say it where the picture's lower edge cuts the legs off."""
    if frame_edges.feet_below(pose) <= frame_edges.MOSTLY:
        return []
    return [
        Note(
            "limit",
            "feet_below",
            "The feet are below the picture's lower edge: no ground contact can be seen.",
            "Film the whole athlete, with room below the feet.",
        )
    ]


def _across(view: View) -> str:
    """Say what the analysis gives of a clip from the front or from behind."""
    return (
        f"Yes, as seen {wording.seen(view)}: what lies across the lane and the rhythm of steps can be given."
    )


def _shown_across(view: View) -> list[str]:
    """Say for each relationship what such a view shows, and what it does not."""
    width = max(len(relationship.value) for relationship in Relationship)
    given = [m for m in MEASURES.values() if not not_given(m.name, "network", view)]
    lines = ["", f"analyze gives {len(given)} numbers of such a view, as far as the clip supports them:"]
    for relationship in Relationship:
        labels = [m.label for m in given if m.relationship is relationship]
        if labels:
            lines.append(f"  {relationship.value:<{width}}  {'; '.join(labels)}")
    return [*lines, "", wording.not_shown()]


def _answer(notes: Iterable[Note]) -> str:
    """Say in a line whether the clip is worth analysing."""
    levels = {note.level for note in notes}
    if "limit" in levels:
        return "Only in part: what it shows can be analysed, but see the limits below."
    if "warning" in levels:
        return "Yes, with larger errors: see the warnings below."
    return "Yes: frame rate and size suffice for everything that a side view shows."


def _looks(info: VideoInfo, progress: Progress | None) -> tuple[Array, PoseTrack, EvenClock | None]:
    """Return of the largest person in each of the frames looked at the size, px, and the joints.

    And the clock of the pictures, where it is slower than the file's. Whoever the detector fancies counts as
    a person where the landmark network sees a body, too: noise has many of the former.
    """
    path = weights.model_path()
    detector, net = Detector(path), LandmarkNet(path)
    wanted = set(np.linspace(0, len(info.time) - 1, LOOKED_AT + 2).round().astype(int)[1:-1].tolist())
    sizes, times, bodies, boxes = [], [], [], []
    again = repeats.Repeats()
    for frame in reader.shown(info):
        again.add(frame.luma)
        if progress is not None:
            progress("looking", frame.index + 1, len(info.time))
        if frame.index not in wanted:
            continue
        for person in _people(detector, frame.image):
            box = np.array([person.x, person.y, SIDE_OF_CIRCLE * person.size])
            found = net.detect(frame, box, person.lean_deg)
            if found is not None:
                sizes.append(athlete.stature(found[0]))
                times.append(float(info.time[frame.index]))
                bodies.append(found[0])
                boxes.append(box)
                break
    xy = np.array(bodies).reshape(-1, len(BLAZEPOSE), 2)
    size = info.width, info.height
    sure = np.ones(xy.shape[:2])
    pose = PoseTrack(np.array(times), xy, sure, BLAZEPOSE, np.array(boxes).reshape(-1, 3), *size, "blazepose")
    return np.array(sizes), pose, again.even_clock()


def _people(detector: Detector, image: Image) -> Iterator[Person]:
    """Yield whoever may be a person, the largest first, small ones when those were none."""
    shorter = min(image.shape[:2])
    if shorter < LEAST_PX / 2:  # narrower than anybody whom the detector finds at that size
        return
    for size in dict.fromkeys(max(share * shorter, LEAST_PX) for share in REGIONS):
        found = detector.sweep(image, size, SURE)
        yield from sorted(found, key=lambda person: -person.size)


def _file(info: VideoInfo) -> list[str]:
    seconds = float(info.time[-1]) if len(info.time) else 0.0
    rate = f"{info.capture_fps:.4g} frames/s"
    if info.slow_motion > reader.REAL_TIME:
        rate += f", played at {info.playback_fps:.4g} ({info.slow_motion:.3g} times slower than life)"
    return [f"{info.path.name}: {info.width}x{info.height}, {len(info.time)} frames, {seconds:.2f} s, {rate}"]


def _notes(notes: Iterable[Note]) -> list[str]:
    return [f"{note.level}: {note.message} {note.advice}".rstrip() for note in notes]


def _supported(fps: float) -> list[str]:
    """Say for each relationship how many metrics this frame rate allows, and what the others need."""
    fast = [m for m in METRICS.values() if m.min_fps * gates.FPS_SLACK <= fps]
    lines = ["", f"At this frame rate {len(fast)} of {len(METRICS)} metrics can be given:"]
    width = max(len(relationship.value) for relationship in Relationship)
    for relationship in Relationship:
        metrics = [m for m in METRICS.values() if m.relationship is relationship]
        slow = [m for m in metrics if m not in fast]
        line = f"  {relationship.value:<{width}}  {len(metrics) - len(slow):2} of {len(metrics):2}"
        if slow:
            names = "; ".join(m.label for m in slow[:NAMED])
            more = f" and {len(slow) - NAMED} more" if len(slow) > NAMED else ""
            line += f"  not: {names}{more}"
        lines.append(line)
    needed = sorted({m.min_fps for m in METRICS.values() if m not in fast})
    lines += [
        f"  At {rate:.0f} frames/s: {sum(m.min_fps <= rate for m in METRICS.values())}." for rate in needed
    ]
    scaled = sum("scale" in m.needs for m in fast)
    lines += [
        "",
        f"{scaled} of these are in metres: state the athlete's height or a known distance.",
        f"A side view cannot show {', '.join(FROM_BEHIND)}: film from the front or from behind.",
        "What steps, view and noise allow, only the whole analysis can tell.",
    ]
    return lines
