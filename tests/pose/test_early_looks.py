from __future__ import annotations

import numpy as np
import pytest

from analyzer.pose.early_looks import EarlyLooks, Look, off
from analyzer.pose.people.athlete import Sighting
from analyzer.video.frame import Frame

TIME = np.arange(60) / 60.0


class Net:
    """Sees somebody wherever it looks; remembers where that was."""

    def __init__(self) -> None:
        self.views: list[np.ndarray] = []

    def look(
        self, image: object, box: np.ndarray, lean_deg: float = 0.0
    ) -> tuple[np.ndarray, np.ndarray, float]:
        self.views.append(np.array([*box, lean_deg]))
        draw = np.random.default_rng(3)
        return box[:2] + 20 * draw.standard_normal((39, 2)), np.ones(39), 0.9


def still(frame: int) -> np.ndarray:
    return np.eye(3)


def sightings(frames: list[int]) -> list[Sighting]:
    return [Sighting(i, 100.0 + 4 * i, 120.0, 90.0) for i in frames]


def read(frames: list[int], seen: list[int]) -> EarlyLooks:
    net = Net()
    early = EarlyLooks([net], TIME, (480, 240))
    for i in frames:
        early.add(Frame(i, i / 60, np.full((240, 480, 3), 90, np.uint8)))
    early.moment(sightings(seen), still)
    early.finish()
    return early


@pytest.mark.parametrize("seen", [[0, 6], [0, 6, 12]])
def test_the_frames_between_sightings_are_read_on_the_straight_way_between_them(seen: list[int]) -> None:
    early = read(list(range(seen[-1] + 1)), seen)
    assert sorted(early.looks) == list(range(seen[-1] + 1))
    for i, look in early.looks.items():
        assert look.view[0] == pytest.approx(100 + 4 * i, abs=2)
        assert off(look.view, np.array([100.0 + 4 * i, 120, look.view[2], look.view[3]])) < 0.03


def test_nobody_is_read_who_was_seen_once_or_long_ago() -> None:
    assert not read(list(range(10)), [6]).looks
    assert not read(list(range(40)), [0, 6]).looks


def test_a_frame_that_did_not_come_is_passed_over() -> None:
    early = read([0, 1, 2, 4, 5, 6], [0, 6])
    assert sorted(early.looks) == [0, 1, 2, 4, 5, 6]


def test_frames_that_wait_are_bounded_and_another_shot_forgets_them() -> None:
    early = EarlyLooks([Net()], TIME, (480, 240))
    blank = np.zeros((2160, 3840, 3), np.uint8)
    large = EarlyLooks([Net()], TIME, (3840, 2160))
    for i in range(60):
        large.add(Frame(i, i / 60, blank))
        early.add(Frame(i, i / 60, blank))
    assert len(large._frames) == 25
    early.cut()
    early.moment(sightings([0, 6]), still)
    early.finish()
    assert not early.looks


@pytest.mark.parametrize(("beside", "made"), [(2.0, 12), (30.0, 13)])
def test_a_look_of_the_survey_that_fits_is_not_made_again(beside: float, made: int) -> None:
    net = Net()
    early = EarlyLooks([net], TIME, (480, 240))
    for i in range(13):
        early.add(Frame(i, i / 60, np.full((240, 480, 3), 90, np.uint8)))
    seen = sightings([0, 6, 12])
    x, y, side = seen[-1].box
    look = Look(np.array([x + beside, y, side, 0.0]), np.full((33, 2), 7.0), np.ones(33), 0.9, np.zeros(6))
    early.moment(seen, still, {seen[-1]: look})
    early.finish()
    assert len(net.views) == made
    assert sorted(early.looks) == list(range(13))
    assert (early.looks[12] is look) == (made == 12)
