"""The quick look: short enough for a terminal, and true to what the metrics need."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest
from views import seen_at

from analyzer import preview
from analyzer.data.capture import PoseTrack
from analyzer.metrics import METRICS
from analyzer.metrics.registry import Relationship
from analyzer.outputs.frontal import wording
from analyzer.pose.networks.detector import Detector, Person


@pytest.mark.parametrize("fps", [25.0, 29.97, 60.0, 119.88, 240.0])
def test_what_is_supported_fits_a_screen_and_counts_right(fps: float) -> None:
    lines = preview._supported(fps)
    assert len(lines) <= 20
    given = sum(m.min_fps <= round(fps) for m in METRICS.values())
    assert f"{given} of {len(METRICS)} metrics" in lines[1]
    for relationship in Relationship:
        (line,) = [x for x in lines if x.strip().startswith(relationship.value)]
        slow = [m for m in METRICS.values() if m.relationship is relationship and m.min_fps > round(fps)]
        assert ("not:" in line) == bool(slow)
        assert all(m.label in line for m in slow[: preview.NAMED])


def _looks(*angles: float) -> PoseTrack:
    """Return what a few looks at a runner see from each angle, one after the other."""
    seen = [seen_at(angle) for angle in angles]
    parts = [pose.xy[40 + 7 * k : 70 + 7 * k : 7] for k, pose in enumerate(seen)]
    xy = np.concatenate(parts)
    return replace(
        seen[0],
        time=np.arange(len(xy)) / 8,
        xy=xy,
        confidence=np.ones(xy.shape[:2]),
        box=np.full((len(xy), 3), 300.0),
    )


def test_a_view_that_turns_is_told_from_its_ends() -> None:
    ends = preview._ends(_looks(45, 0, -45))
    assert ends is not None
    assert wording.turning(ends).startswith("at first ")
    assert ends[1].angle_deg < 0 < ends[0].angle_deg
    assert preview._ends(_looks(10, 10, 10)) is None


def test_two_looks_that_hardly_tell_the_view_do_not_make_it_turn() -> None:
    assert preview._ends(_looks(25, 0, 0)) is None


@pytest.mark.parametrize(("seen", "told"), [(12, 0), (6, 0), (5, 1), (2, 1)])
def test_somebody_seen_in_few_looks_is_no_yes(seen: int, told: int) -> None:
    notes = preview._rarely(seen)
    assert len(notes) == told
    assert preview._answer(notes).startswith("Only in part" if told else "Yes")


def test_feet_below_the_picture_are_said_at_a_look() -> None:
    pose = seen_at(0)
    assert preview._cut(pose) == []
    hips = float(np.nanmedian(pose.middle("hip")[:, 1]))
    (note,) = preview._cut(replace(pose, height=round(hips) + 5))
    assert note.level == "limit"


@pytest.mark.parametrize(("height", "sizes"), [(14, []), (60, [30.0]), (1000, [500.0, 200.0])])
def test_people_are_looked_for_once_a_size_and_nowhere_in_a_strip(height: int, sizes: list[float]) -> None:
    looked: list[float] = []

    class Nobody:
        def sweep(self, _: np.ndarray, size: float, __: float) -> list[Person]:
            looked.append(size)
            return []

    assert not list(preview._people(cast(Detector, Nobody()), np.zeros((height, 2000, 3), np.uint8)))
    assert looked == sizes
