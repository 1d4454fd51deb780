"""Scale by marks, on marks whose places on the lane and in the image are known."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from analyzer.arrays import Array
from analyzer.data.capture import Calibration
from analyzer.outputs import scale_files
from analyzer.scene import marks

SQUARE = np.eye(3)
METRE_PX = 200.0
GROUND_PX = 496.0
"""The toes of an athlete on the ground at 500 px: a network marks them a little above it."""


def row(metres: Array, x: Array, y: float = 500.0) -> Array:
    return np.column_stack([x, np.full(len(x), y), metres])


def seen_at(degrees: float, metres: Array, focal: float = 1000.0, distance_m: float = 10.0) -> Array:
    """Marks on the lane before a camera that is turned away from square, its image's middle at 960 px."""
    turned = np.arctan2(metres, distance_m) - np.radians(degrees)
    return row(metres, 960 + focal * np.tan(turned))


@pytest.mark.parametrize("degrees", [-20.0, 0.0, 8.0])
def test_three_marks_show_the_angle_of_view(degrees: float) -> None:
    turn, sd = marks.turn(seen_at(degrees, np.array([-4.0, -1.0, 1.0, 5.0])), 960.0)
    assert -np.degrees(np.arctan(turn * 1000.0)) == pytest.approx(degrees, abs=1e-6)
    assert 0 < sd * 1000.0 < np.tan(np.radians(2.0))


def test_the_angle_is_as_unsure_as_the_clicks_make_it() -> None:
    hand = np.random.default_rng(1)
    clicked = [seen_at(8.0, np.arange(-4.0, 5.0)) for _ in range(200)]
    for one in clicked:
        one[:, 0] += hand.normal(0, marks.CLICK_SD_PX, len(one))
    found = np.array([marks.turn(one, 960.0) for one in clicked])
    assert np.std(found[:, 0]) == pytest.approx(np.median(found[:, 1]), rel=0.25)


def test_two_marks_say_nothing_of_the_angle() -> None:
    assert marks.turn(seen_at(8.0, np.array([0.0, 5.0])), 960.0) == (0.0, np.inf)


@pytest.mark.parametrize(
    ("direction", "falling", "lane"), [(1, False, 1), (1, True, -1), (-1, False, -1), (-1, True, 1)]
)
def test_metres_grow_the_way_the_athlete_runs(direction: Literal[1, -1], falling: bool, lane: int) -> None:
    metres = np.array([0.0, 2.0, 5.0])
    x = 300 + METRE_PX * (5 - metres if falling else metres)
    found = marks.from_marks(row(metres, x), SQUARE, GROUND_PX, 0.0, direction)
    assert (found.lane, found.direction, found.scaled, found.notes) == (lane, direction, True, ())
    assert found.apply(np.column_stack([x, np.full(3, 500.0)]))[:, 0] == pytest.approx(lane * metres)
    ahead, above = found.apply(np.array([[300.0 + 100 * direction, 496.0], [300.0, 296.0]])) - found.apply(
        np.array([300.0, 496.0])
    )
    assert ahead == pytest.approx([0.5, 0.0])
    assert above == pytest.approx([0.0, 1.0])


def test_two_marks_are_as_sure_as_reading_them() -> None:
    found = marks.from_marks(row(np.array([0.0, 5.0]), np.array([100.0, 1100.0])), SQUARE, GROUND_PX, 0.0, 1)
    read = 2**0.5 * marks.CLICK_SD_PX / 1000
    assert read < found.relative_sd < read + 0.004


def test_a_camera_that_is_rolled_gives_upright_metres() -> None:
    """Marks and ground fall by a tenth to the right; along and up stay at right angles."""
    slope, x = 0.1, np.array([200.0, 700.0, 1200.0])
    along = (x - 200) * np.hypot(1, slope)
    placed = np.column_stack([x, 500 + slope * x, along / METRE_PX])
    found = marks.from_marks(placed, SQUARE, 500.0 - 4, slope, 1)
    assert found.roll_deg == pytest.approx(np.degrees(np.arctan(0.1)))
    on_ground = np.column_stack([x, 500 - 4 + slope * x])
    assert found.apply(on_ground)[:, 1] == pytest.approx(np.zeros(3), abs=1e-9)
    assert np.diff(found.apply(placed[:, :2])[:, 0]) == pytest.approx(np.diff(along) / METRE_PX)


@pytest.mark.parametrize("nearer_m", [-1.5, 1.0])
def test_marks_of_another_lane_are_brought_to_the_athlete_s(nearer_m: float) -> None:
    """A camera 1.4 m up and 10 m away sees a metre, and the ground, by the distance."""
    focal, camera_m, distance_m = 2000.0, 1.4, 10.0
    horizon = 500.0 - focal * camera_m / distance_m
    there = distance_m - nearer_m
    x = np.array([100.0, 100.0 + focal * 5 / there])
    placed = row(np.array([0.0, 5.0]), x, horizon + focal * camera_m / there)
    found = marks.from_marks(placed, SQUARE, GROUND_PX, 0.0, 1)
    assert found.metres_per_pixel == pytest.approx(distance_m / focal, rel=0.03)
    (note,) = found.notes
    assert note.code == "marks_aside"
    assert ("nearer" if nearer_m > 0 else "further") in note.message
    beside = marks.from_marks(row(np.array([0.0, 5.0]), x), SQUARE, GROUND_PX, 0.0, 1)
    assert found.relative_sd > 3 * beside.relative_sd


@pytest.mark.parametrize("direction", [1, -1])
def test_a_kept_calibration_is_turned_with_the_athlete(tmp_path: Path, direction: Literal[1, -1]) -> None:
    kept = Calibration(
        homography=np.array([[0.005, 1e-4, -2.0], [1e-5, -0.005, 2.5], [1e-6, 0.0, 1.0]]),
        direction=1,
        method="marks",
        scaled=True,
        relative_sd=0.012,
        roll_deg=0.4,
        lane=-1,
        view_angle_deg=6.0,
        view_angle_sd_deg=1.5,
    )
    file = tmp_path / "calibration.toml"
    scale_files.write_calibration(kept, 1920, 1080, file)
    found = marks.adopted(scale_files.read_calibration(file), 1920, 1080, direction)
    assert found.apply(np.array([700.0, 400.0])) == pytest.approx(
        kept.apply(np.array([700.0, 400.0])) * [direction, 1]
    )
    assert (found.lane, found.direction) == (-direction, direction)
    assert (found.roll_deg, found.view_angle_deg, found.view_angle_sd_deg) == (0.4, 6.0, 1.5)
    assert 0.012 < found.relative_sd < 0.015
