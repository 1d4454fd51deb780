"""The athlete who comes back: which paths are one person's passes."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.data.capture import CameraMotion
from analyzer.pose.people.athlete import Person, Sighting
from analyzer.pose.people.same_athlete_again import again, others

TIME = np.arange(600) / 60
STILL = CameraMotion.static(len(TIME))
DARK, RED = (40.0, 128.0, 128.0) * 2, (90.0, 190.0, 160.0) * 2


def path(
    start: int, speed: float, *, frames: int = 90, stature: float = 200, colour: tuple[float, ...] = DARK
) -> Person:
    """Somebody who crosses the picture from frame ``start`` at ``speed`` px a frame, seen every sixth."""
    return Person(
        tuple(
            Sighting(i, 640 + speed * (i - start - frames / 2), 300, stature,
                     spread=0.25 * float(np.sin(14 * TIME[i])), colour=colour)
            for i in range(start, start + frames, 6)
        )
    )  # fmt: skip


THERE, BACK, THIRD = path(0, 12), path(200, -12, stature=180), path(400, 12)


@pytest.mark.parametrize("chosen", [THERE, BACK, THIRD])
def test_to_and_fro_is_one_athlete(chosen: Person) -> None:
    assert again(chosen, [BACK, THERE, THIRD], STILL, TIME) == [THERE, BACK, THIRD]


@pytest.mark.parametrize(
    "other",
    [
        path(200, -12, colour=RED),
        path(200, -12, stature=120),
        path(200, 12),
        path(60, -12),
        path(200, -1.5),
        path(200, -12, frames=12),
    ],
    ids=["dressed otherwise", "far away", "same way", "at the same time", "strolls", "hardly seen"],
)
def test_somebody_else_is_not_the_athlete(other: Person) -> None:
    assert again(THERE, [THERE, other], STILL, TIME) == [THERE]


def test_the_same_way_once_more_at_once_is_a_cut() -> None:
    second = path(90, 10)
    assert again(THERE, [THERE, second], STILL, TIME) == [THERE, second]
    assert again(second, [THERE, second], STILL, TIME) == [THERE, second]


def test_who_goes_on_where_another_stopped_is_another() -> None:
    on = path(90, 12)
    further = Person(tuple(Sighting(s.frame, s.x + 1100, s.y, s.stature, spread=s.spread, colour=s.colour)
                           for s in on.sightings))  # fmt: skip
    assert again(THERE, [THERE, further], STILL, TIME) == [THERE]


def test_who_else_runs_is_named_in_order() -> None:
    red, stroller, beside = path(400, 11, colour=RED), path(300, 0.5), path(30, 11, colour=RED)
    same_way = path(200, 12)
    people = [red, THERE, stroller, beside, same_way]
    assert others([THERE], people, STILL, TIME) == [same_way, red]
