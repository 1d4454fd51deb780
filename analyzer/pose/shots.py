"""The shots of a clip: each surveyed for itself, and the one with the run chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from analyzer.data.capture import VideoInfo
from analyzer.data.notes import Note, Progress
from analyzer.errors import NoAthleteError
from analyzer.pose.early_looks import EarlyLooks, waiting
from analyzer.pose.networks.blazepose import LandmarkNet, Looks
from analyzer.pose.networks.detector import Detector
from analyzer.pose.people import athlete
from analyzer.pose.people.athlete import Person
from analyzer.pose.people.survey import Survey
from analyzer.video import boomerang
from analyzer.video.ahead import ahead
from analyzer.video.reader import shown

RUNS_TOO: Final = 0.7
"""Share of the best shot's score from which another one may show a run as well; walks have under 0.6."""
ENOUGH: Final = 10
"""Looks, a second in view, from which somebody's running counts whole, see ``athlete.looks``."""


class Shot(NamedTuple):
    """Frames ``first`` to ``last``, exclusive, without a cut, and what a survey found in them."""

    first: int
    last: int
    survey: Survey

    def people(self) -> list[Person]:
        """Return everybody seen more than once in this shot."""
        inside = [
            Person(tuple(s for s in person.sightings if self.first <= s.frame < self.last))
            for person in self.survey.people()
        ]
        return [person for person in inside if len(person.sightings) > 1]


def survey(
    info: VideoInfo,
    detector: Detector,
    net: LandmarkNet,
    nets: Sequence[Looks],
    part: tuple[int, int],
    progress: Progress | None,
) -> tuple[list[Shot], EarlyLooks]:
    """Survey every shot, and read on the way whoever seems to be the athlete.

    Parameters
    ----------
    info : VideoInfo
    detector : Detector
    net : LandmarkNet
    nets : sequence of Looks
        What reads on the way, one for each thread; empty = nothing does.
    part : (first, one past the last)
        The frames to look at.
    progress : callable, optional
    """
    first, last = part
    size = info.width, info.height
    early = EarlyLooks(nets, info.time, size)
    alike = all(isinstance(one, LandmarkNet) and one.views == net.views for one in nets)
    found: list[Shot] = []
    here = Survey(info, detector, net, waiting(size))
    start = first
    for count, frame in enumerate(ahead(shown(info, first, last), here.background.reduced)):
        if here.background.cut(frame):
            found.append(Shot(start, frame.index, here))
            early.cut()
            here, start = Survey(info, detector, net, waiting(size)), frame.index
        moment = here.add(frame)
        if nets:
            early.add(frame)
            if moment or frame.index == last - 1:
                early.moment(here.paths.leader(), here.place, here.looked if alike else None)
        if progress and count % 10 == 0:
            progress("find", count, last - first)
    found.append(Shot(start, last, here))
    early.finish()
    if progress:
        progress("find", last - first, last - first)
    return found, early


def choose(found: Sequence[Shot], info: VideoInfo, notes: list[Note], *, anybody: bool = False) -> Shot:
    """Return the shot in which somebody runs most; the longest of all if ``anybody`` was pointed at.

    What it plays backwards once more is left out of it.

    Raises
    ------
    NoAthleteError
        Nobody is seen in any of them.
    """
    peopled = [shot for shot in found if shot.people()] or (list(found) if anybody else [])
    if not peopled:
        raise NoAthleteError(
            "Nobody was found in this clip.",
            f"No person was seen in {len(info.time)} frames.",
            "Film from the side with the whole athlete in the picture, at least 60 pixels tall, sharp and in "
            "good light.",
        )
    best, others = max(peopled, key=lambda shot: shot.last - shot.first), []
    if len(peopled) > 1 and not anybody:
        scores = [_score(shot, info) for shot in peopled]
        best = peopled[scores.index(max(scores))]
        others = [
            shot
            for shot, score in zip(peopled, scores, strict=True)
            if shot is not best and score > RUNS_TOO * max(scores)
        ]
    if len(found) > 1:
        too = f" Somebody moves as much in {_listed(others, info)}." if others else ""
        rest = [shot for shot in peopled if shot is not best and shot not in others]
        less = f" In {_listed(rest, info)} somebody moves less, or in slow motion." if rest else ""
        notes.append(
            Note(
                "warning",
                "shot_change",
                f"The clip is cut into {len(found)} shots; the one from {_listed([best], info)} is analysed."
                f"{too}{less}",
                "To choose another part, give where it starts and stops, in seconds of the file.",
            )
        )
    return _forwards(best, info, notes)


def _forwards(shot: Shot, info: VideoInfo, notes: list[Note]) -> Shot:
    """Return a shot without what comes after its pictures begin to come again backwards."""
    turns = boomerang.turns(shot.survey.thumbs)
    if not turns:
        return shot
    turn = shot.survey.frame_of(turns[0])
    forwards, rest = shot._replace(last=turn), shot._replace(first=turn)
    if not forwards.people():
        return shot
    notes.append(
        Note(
            "warning",
            "boomerang",
            f"From {_listed([rest], info)} the clip plays the same pictures backwards; that is left out.",
            "Use the clip as the camera recorded it, without the effect.",
        )
    )
    return forwards


def _score(shot: Shot, info: VideoInfo) -> float:
    """Return how much whoever runs most in a shot does, see ``athlete.running``: walkers half of it."""
    n = len(info.time)
    camera = shot.survey.background.motion(n, (shot.first + shot.last) // 2, [None] * n)
    return max(
        athlete.running(person, camera, info.time) * min(athlete.looks(person, info.time) / ENOUGH, 1.0)
        for person in shot.people()
    )


def _listed(shots: Sequence[Shot], info: VideoInfo) -> str:
    """Name shots by their times, s of the file."""
    return ", ".join(f"{info.file_s[shot.first]:.2f} to {info.file_s[shot.last - 1]:.2f} s" for shot in shots)
