"""A clip is read the way its people stand, and on the clock of its pictures."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

import numpy as np
import pytest

from analyzer.body.skeleton import BLAZEPOSE
from analyzer.config import Config
from analyzer.data.capture import VideoInfo
from analyzer.pose import shots, understood
from analyzer.pose.networks.blazepose import LandmarkNet
from analyzer.pose.people.athlete import Person, Sighting
from analyzer.pose.people.survey import Survey
from analyzer.video import reader, writer
from analyzer.video.repeats import EvenClock, Repeats


class Looker:
    """A network that knows a body only where the square is turned as the body lies."""

    def __init__(self, lean_deg: float) -> None:
        self.lean_deg = lean_deg
        self.looks = 0

    def look(self, _: object, box: np.ndarray, lean_deg: float) -> tuple[np.ndarray, np.ndarray, float]:
        self.looks += 1
        off = abs((lean_deg - self.lean_deg + 180) % 360 - 180)
        turn = np.radians(self.lean_deg)
        up = np.array([np.sin(turn), -np.cos(turn)])
        xy = np.tile(np.asarray(box[:2]), (33, 1))
        for name, along in (("shoulder", 0.3), ("hip", 0.0), ("knee", -0.25), ("ankle", -0.5)):
            for side in ("left", "right"):
                xy[BLAZEPOSE.index(f"{side}_{name}")] += along * box[2] * up
        return xy, np.full(33, 1.0 if off < 50 else 0.2), 1.0 if off < 50 else 0.1


class Found:
    """What a survey found: people who lie or stand, and no repeated pictures."""

    def __init__(self, lying: list[Sighting], people: list[Person]) -> None:
        self.lying, self._people, self.repeats = lying, people, Repeats()

    def people(self) -> list[Person]:
        return self._people

    def frame_of(self, count: int) -> int:
        return count


@pytest.fixture(scope="module")
def info(tmp_path_factory: pytest.TempPathFactory) -> VideoInfo:
    path = tmp_path_factory.mktemp("clip") / "noise.mp4"
    rng = np.random.default_rng(1)
    with writer.VideoWriter(path, 64, 48, 30) as out:
        for _ in range(30):
            out.write(rng.integers(0, 255, (48, 64, 3)).astype(np.uint8))
    return reader.probe(path, Config())


def seen(frames: range, lean_deg: float) -> list[Sighting]:
    return [Sighting(i, 30.0, 20.0, 30.0, lean_deg) for i in frames]


def told(info: VideoInfo, lean_deg: float, upright: int = 0) -> understood.Better | None:
    standing = [Person(tuple(seen(range(upright), 0.0)))] if upright > 1 else []
    survey = Found(seen(range(0, 24, 3), lean_deg), standing)
    shot = shots.Shot(0, 30, cast(Survey, survey))
    return understood.better(info, [shot], cast(LandmarkNet, Looker(lean_deg)), Config())


@pytest.mark.parametrize(("lean_deg", "quarters"), [(97.0, 1), (-172.0, 2), (165.0, 2), (-84.0, 3)])
def test_a_picture_in_which_people_lie_is_turned(info: VideoInfo, lean_deg: float, quarters: int) -> None:
    found = told(info, lean_deg)
    assert found is not None
    assert found.info.turned == quarters
    assert found.note.code == "picture_turned"
    sides = (found.info.width, found.info.height)
    assert sides == ((48, 64) if quarters % 2 else (64, 48))
    plain, upright = (next(iter(reader.shown(i))).image for i in (info, found.info))
    assert np.array_equal(upright, np.rot90(plain, quarters))


def test_a_few_who_bend_among_people_who_stand_turn_nothing(info: VideoInfo) -> None:
    assert told(info, 97.0, upright=20) is None
    assert told(info, 5.0) is None


def test_nobody_looks_on_once_people_stand_in_most_frames(info: VideoInfo) -> None:
    net = Looker(0.0)
    survey = Found(seen(range(0, 24, 9), 97.0), [Person(tuple(seen(range(20), 0.0)))])
    shot = shots.Shot(0, 30, cast(Survey, survey))
    assert understood.better(info, [shot], cast(LandmarkNet, net), Config()) is None
    assert net.looks == 2 * (understood.LOOKS // 2 + 1)  # upright and upside down


def test_every_picture_is_read_once_on_its_own_clock(info: VideoInfo) -> None:
    class Clocked(Repeats):
        def even_clock(self) -> EvenClock | None:
            return EvenClock(Fraction(3), 0)

    survey = Found([], [])
    survey.repeats = Clocked()
    found = understood.better(
        info, [shots.Shot(0, 30, cast(Survey, survey))], cast(LandmarkNet, Looker(0.0)), Config()
    )
    assert found is not None
    assert len(found.info.time) == 10
    assert found.info.capture_fps == pytest.approx(10)
    assert found.note.code == "pictures_repeated"
