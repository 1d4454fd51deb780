"""Where and how often people are looked for; detector and landmark network are stand-ins that know."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from analyzer.body.skeleton import BLAZEPOSE, SIDES
from analyzer.data.capture import VideoInfo
from analyzer.pose.networks.detector import Person as Candidate
from analyzer.pose.people.survey import Survey
from analyzer.video.frame import Frame

WIDTH, HEIGHT, FPS = 640, 360, 60
STATURE = 120.0


def info(n: int) -> VideoInfo:
    return VideoInfo(
        Path("none.mp4"), WIDTH, HEIGHT, 0, np.arange(n) / FPS, float(FPS), float(FPS), False, "0", "h264"
    )


def body(x: float, y: float) -> np.ndarray:
    """Landmarks (39, 2) of somebody upright whose hips are at a place."""
    xy = np.tile([x, y], (39, 1)).astype(float)
    for side in SIDES:
        for joint, up in (("shoulder", 0.29), ("hip", 0.0), ("knee", -0.245), ("ankle", -0.49)):
            xy[BLAZEPOSE.index(f"{side}_{joint}")] = x, y - up * STATURE
    return xy


class Net:
    """Reads whoever is nearest to the square's middle; of two, nobody else."""

    def __init__(self, people: list[tuple[float, float]]) -> None:
        self.people, self.looks = people, Counter[int]()

    def look(
        self, frame: Frame, box: np.ndarray, lean_deg: float = 0.0
    ) -> tuple[np.ndarray, np.ndarray, float]:
        self.looks[frame.index] += 1
        near = sorted((np.hypot(p[0] - box[0], p[1] - box[1]), p) for p in self.people)
        there = bool(near) and near[0][0] < 0.5 * box[2]
        return body(*(near[0][1] if there else (0.0, 0.0))), np.ones(39), 0.9 if there else 0.1


class Finder:
    """Finds everybody whose hips are in the part looked at."""

    def __init__(self, people: list[tuple[float, float]]) -> None:
        self.people, self.calls = people, Counter[int]()

    def find_each(
        self, frame: Frame, regions: list[tuple[float, float, float] | None]
    ) -> list[list[Candidate]]:
        return [self.find(frame, region) for region in regions]

    def find(self, frame: Frame, region: tuple[float, float, float] | None = None) -> list[Candidate]:
        self.calls[frame.index] += 1
        x, y, side = region or (WIDTH / 2, HEIGHT / 2, float(WIDTH))
        inside = [p for p in self.people if max(abs(p[0] - x), abs(p[1] - y)) < side / 2]
        return [Candidate(*p, 1.2 * STATURE, 0.9) for p in inside]


def pictures(n: int, flickers: bool) -> list[Frame]:
    rng = np.random.default_rng(4)
    still = (
        np.repeat(np.repeat(rng.integers(60, 200, (36, 64, 1)), 10, 0), 10, 1).repeat(3, 2).astype(np.uint8)
    )
    out = []
    for i in range(n):
        image = still.copy()
        if flickers:
            image[100:250, 450:620] = rng.integers(0, 255, (150, 170, 3))
        out.append(Frame(i, i / FPS, image))
    return out


def surveyed(
    n: int, people: list[tuple[float, float]], *, flickers: bool = False
) -> tuple[Survey, Net, Finder]:
    net, finder = Net(people), Finder(people)
    survey = Survey(info(n), finder, net)  # type: ignore[arg-type]
    for frame in pictures(n, flickers):
        survey.add(frame)
    return survey, net, finder


def spacing(net: Net, since: int) -> list[int]:
    return [int(gap) for gap in np.diff([i for i in sorted(net.looks) if i >= since])]


@pytest.mark.parametrize(
    ("people", "gap"), [([(200.0, 180.0)], 12), ([(200, 180), (500, 180)], 12), ([(200, 180), (290, 180)], 6)]
)
def test_who_is_free_of_others_is_looked_at_half_as_often(
    people: list[tuple[float, float]], gap: int
) -> None:
    survey, net, _ = surveyed(120, people)
    assert set(spacing(net, 60)) == {gap}
    assert len(survey.people()) == len(people)


def test_frames_that_cannot_wait_bound_the_moments() -> None:
    net, finder = Net([(200, 180)]), Finder([(200, 180)])
    survey = Survey(info(120), finder, net, 8)  # type: ignore[arg-type]
    for frame in pictures(120, flickers=False):
        survey.add(frame)
    assert set(spacing(net, 60)) == {8}


def test_where_something_moves_and_nobody_is_the_detector_looks_ever_more_rarely() -> None:
    _, _, quiet = surveyed(480, [(200.0, 180.0)])
    _, _, flickering = surveyed(480, [(200.0, 180.0)], flickers=True)
    calls = [
        sum(count for i, count in flickering.calls.items() if a <= i < b) for a, b in ((60, 240), (240, 420))
    ]
    assert sum(flickering.calls.values()) < 2.5 * sum(quiet.calls.values())
    assert calls[1] < calls[0]


def test_somebody_new_is_found_soon_where_nothing_moved_before() -> None:
    people = [(200.0, 180.0)]
    net, finder = Net(people), Finder(people)
    survey = Survey(info(300), finder, net)  # type: ignore[arg-type]
    for frame in pictures(300, flickers=False):
        if frame.index == 200:
            people.append((500.0, 180.0))
        if frame.index >= 200:
            frame.image[110:250, 470:530] = np.random.default_rng(frame.index).integers(0, 255, (140, 60, 3))
        survey.add(frame)
    other = max(survey.people(), key=lambda person: person.sightings[0].x)
    assert other.sightings[0].x == pytest.approx(500)
    assert other.sightings[0].frame < 200 + 0.65 * FPS
