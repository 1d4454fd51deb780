"""One image mapped onto another, on corners and images whose motion is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from analyzer.arrays import Array
from analyzer.video.registration import (
    MIN_POINTS,
    STILL_PX,
    WORK_PX,
    Lens,
    fit,
    focal_length,
    found,
    map_points,
    overlap_of,
    still,
)

LENS = Lens(320.0, 180.0, 550.0)
PLAIN = Lens(320.0, 180.0)


def corners(n: int = 120, seed: int = 0) -> Array:
    """Corners all over an image of 640 x 360 px."""
    return np.random.default_rng(seed).uniform((10, 10), (630, 350), (n, 2))


def turned(across_deg: float, up_deg: float = 0.0, zoom: float = 1.0, focal: float = 550.0) -> Array:
    """The map of a camera that turns about itself and zooms."""
    camera = np.array([[focal, 0, 320.0], [0, focal, 180.0], [0, 0, 1]])
    turn = cv2.Rodrigues(np.radians([up_deg, across_deg, 0.0]))[0]
    return np.asarray(camera @ np.diag([zoom, zoom, 1.0]) @ turn @ np.linalg.inv(camera))


def off(matrix: Array, truth: Array) -> float:
    """How far the corners of the image land from where they should, px."""
    edges = np.array([[0.0, 0], [640, 0], [640, 360], [0, 360]])
    return float(np.abs(map_points(matrix, edges) - map_points(truth, edges)).max())


def test_points_are_mapped_by_hand() -> None:
    matrix = np.array([[2.0, 0, 1], [0, 3, -1], [0, 0.5, 1]])
    assert map_points(matrix, np.array([[1.0, 2.0], [0.0, 0.0]])) == pytest.approx(
        np.array([[3 / 2, 5 / 2], [1.0, -1.0]])
    )


@pytest.mark.parametrize(
    ("truth", "lens", "freedom"),
    [
        (np.eye(3), LENS, 0),
        (turned(4.0, 1.0), LENS, 3),
        (turned(3.0, zoom=1.05), LENS, 4),
        (np.array([[1.02, -0.03, 9], [0.03, 1.02, -4], [0, 0, 1]]), None, 4),
        (turned(8.0, 2.0), None, 8),
    ],
)
def test_the_simplest_motion_that_explains_the_corners_is_taken(
    truth: Array, lens: Lens | None, freedom: int
) -> None:
    here = corners()
    there = map_points(truth, here) + np.random.default_rng(1).normal(0, 0.1, here.shape)
    agreed = fit(here, there, lens)
    assert agreed is not None
    assert agreed.freedom == freedom
    assert off(agreed.matrix, truth) < 0.5


def test_corners_on_people_are_told_from_the_background() -> None:
    here, truth = corners(), turned(2.0)
    there = map_points(truth, here)
    people = np.arange(len(here)) % 3 == 0
    there[people] += np.random.default_rng(2).uniform(10, 60, (people.sum(), 2))
    agreed = fit(here, there, LENS)
    assert agreed is not None
    assert np.array_equal(agreed.inliers, ~people)
    assert off(agreed.matrix, truth) < 0.01


def test_a_logo_drawn_over_the_image_does_not_hold_it() -> None:
    """Seventy corners of a border that stays, fifty of a background that goes by 20 px."""
    here = corners()
    logo = np.arange(len(here)) < 70
    there = np.where(logo[:, None], here, here + np.array([20.0, 0.0]))
    there += np.random.default_rng(1).normal(0, 0.05, here.shape)
    agreed = fit(here, there, LENS)
    assert agreed is not None
    assert not (agreed.inliers & logo).any()
    assert map_points(agreed.matrix, np.array([[320.0, 180.0]]))[0] == pytest.approx([340, 180], abs=0.5)


def test_without_agreement_there_is_no_motion() -> None:
    here = corners()
    assert fit(here, corners(seed=5), LENS) is None
    few = here[: MIN_POINTS - 1]
    assert fit(few, few + 3.0, LENS) is None


def test_a_fit_is_as_sure_as_its_corners_make_it() -> None:
    truth, at = turned(3.0), np.array([[60.0, 60.0], [580.0, 300.0], [320.0, 180.0]])
    missed, told = [], []
    for seed in range(60):
        here = corners(60, seed)
        there = map_points(truth, here) + np.random.default_rng(100 + seed).normal(0, 0.3, here.shape)
        agreed = fit(here, there, LENS)
        assert agreed is not None
        missed.append(((map_points(agreed.matrix, at) - map_points(truth, at)) ** 2).sum(axis=1).mean())
        told.append(2 * agreed.variance(at))
    assert np.mean(missed) == pytest.approx(np.mean(told), rel=0.5)


def test_half_the_corners_keep_an_image_still() -> None:
    here = corners()
    moved = np.arange(len(here)) < 0.45 * len(here)
    kept = still(here, here + np.where(moved[:, None], 5.0, 0.5 * STILL_PX))
    assert kept is not None
    assert np.array_equal(kept.matrix, np.eye(3))
    assert np.array_equal(kept.inliers, ~moved)
    assert kept.variance(here) == 0.0
    assert still(here, here + np.where(moved[:, None], 0.0, 5.0)) is None


@pytest.mark.parametrize("focal", [425.0, 550.0, 1320.0])
def test_a_camera_that_turns_tells_its_focal_length(focal: float) -> None:
    here = corners()
    links = [
        (here, map_points(turned(a, 0.2 * a, zoom, focal), here)) for a, zoom in ((4, 1), (7, 1.02), (-6, 1))
    ]
    assert focal_length(links, PLAIN) == pytest.approx(focal, rel=0.03)


def test_a_camera_that_hardly_turns_does_not() -> None:
    here = corners()
    assert focal_length([(here, map_points(turned(0.5), here))], PLAIN) is None
    assert focal_length([], PLAIN) is None


@pytest.mark.parametrize("faint", [False, True])
def test_corners_are_found_again_where_the_image_went(faint: bool) -> None:
    coarse = np.random.default_rng(3).uniform(40, 215, (60, 110)).astype(np.uint8)
    wall = cv2.GaussianBlur(cv2.resize(coarse, (880, 480), interpolation=cv2.INTER_CUBIC), (0, 0), 1.2)
    older, newer = wall[60:420, 100:740], wall[54:414, 88:728]
    sought = corners(40)
    was, now = found(older, newer, sought, sought.astype(np.float32), faint)
    assert len(was) > 25
    assert np.median(now - was, axis=0) == pytest.approx([12.0, 6.0], abs=0.1)


def test_overlap_is_the_share_of_the_image_that_is_still_in_view() -> None:
    shape = (360, WORK_PX)
    assert overlap_of(np.eye(3), shape) == 1.0
    half = np.array([[1.0, 0, WORK_PX / 2], [0, 1, 0], [0, 0, 1]])
    assert overlap_of(half, shape) == pytest.approx(0.5, abs=0.1)
    assert overlap_of(np.array([[1.0, 0, 2 * WORK_PX], [0, 1, 0], [0, 0, 1]]), shape) == 0.0
