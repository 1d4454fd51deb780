"""The athlete who comes back: which paths are one person's passes."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.data.capture import CameraMotion
from analyzer.pose.people.athlete import Person, Sighting
from analyzer.pose.people.same_athlete_again import again

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
