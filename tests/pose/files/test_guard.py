"""What a track from a file must be, and what the message says where it is not."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from analyzer.data.capture import PoseTrack
from analyzer.data.limits import MOST_FRAMES
from analyzer.errors import PoseFileError
from analyzer.pose.files import pose_csv

HERE = Path("joints.csv")


def read(pose: PoseTrack, time: np.ndarray | None = None, xy: np.ndarray | None = None) -> PoseTrack:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return pose_csv.assemble(
            HERE,
            np.array(pose.time if time is None else time, dtype=float),
            np.array(pose.xy if xy is None else xy, dtype=float),
            np.array(pose.confidence),
            source="pose.csv",
        )


def with_one(pose: PoseTrack, x: float, y: float) -> np.ndarray:
    xy = np.array(pose.xy)
    xy[7, 3] = x, y
    return xy


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t * 1000, "0.12 frames a second.*milliseconds"),
        (lambda t: t * 1e6, "too long.*seconds"),
        (lambda t: np.where(t > 1, t + 360_000, t), "too long: its times span 3.6"),
        (lambda t: np.where(t > 1, t + 300, t), "too long: about 36,"),
        (lambda t: t * 1e-6, "cannot be right: 1.2e\\+08 frames"),
        (lambda t: np.where(t > 1, np.inf, t), "do not rise"),
        (lambda t: np.where(t > 1, np.nan, t), "do not rise"),
        (lambda t: np.where(t > 1, -1e308, t), "do not rise"),
        (lambda t: np.where(t > 1, 1e308, -1e308) + t, "do not rise"),
        (
            lambda t: np.concatenate([-np.geomspace(1.5e308, 1, 105), np.geomspace(1, 1.5e308, 105)]),
            "too long",
        ),
        (lambda t: t[::-1], "do not rise"),
        (lambda t: t * 0, "do not rise"),
    ],
)
def test_a_clock_that_cannot_be_is_refused(
    pose: PoseTrack, change: Callable[[np.ndarray], np.ndarray], says: str
) -> None:
    with pytest.raises(PoseFileError, match=says) as caught:
        read(pose, time=change(np.array(pose.time)))
    assert caught.value.fix


@pytest.mark.parametrize(
    ("xy", "says"),
    [
        (lambda p: p.xy * 0, "no position of any joint"),
        (lambda p: p.xy[:, :1] + 0 * p.xy, "too small"),
        (lambda p: p.xy / 1920, "too small.*shares of the picture"),
        (lambda p: (p.xy - p.xy.min(axis=(0, 1))) / 128, "too small.*not in metres"),
        (lambda p: p.xy * 1e200, "outside any picture"),
        (lambda p: with_one(p, 60_000, 5), "In frame 8 it is at 6e\\+04, 5 px"),
        (lambda p: with_one(p, 45_000, 45_000), "45001 x 45001"),
        (lambda p: p.xy - 10_000, "cannot have the size"),
        (lambda p: p.xy * np.nan, "no position"),
    ],
)
def test_a_body_without_a_size_is_refused(
    pose: PoseTrack, xy: Callable[[PoseTrack], np.ndarray], says: str
) -> None:
    with pytest.raises(PoseFileError, match=says) as caught:
        read(pose, xy=xy(pose))
    assert caught.value.fix


def test_what_trackers_do_write_is_taken(pose: PoseTrack) -> None:
    """A wall clock, a guess far outside, a far athlete, legs unseen: all of these are tracks."""
    assert read(pose, time=pose.time + 1.7e9).fps == pytest.approx(120, rel=1e-3)
    assert read(pose, xy=with_one(pose, -9_000, 300)).width == read(pose).width
    small = read(pose, xy=pose.xy / 8)
    assert np.nanmax(small.xy) < 300
    xy = np.array(pose.xy)
    xy[:, 23:] = np.nan
    assert np.isnan(read(pose, xy=xy).joint("left_knee")).all()


def test_the_most_frames_are_taken_and_one_more_is_not(pose: PoseTrack) -> None:
    def long(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        rows = np.arange(n) % len(pose.time)
        return np.arange(n) / 240, np.array(pose.xy)[rows], np.array(pose.confidence)[rows]

    assert len(pose_csv.assemble(HERE, *long(MOST_FRAMES), source="pose.csv").time) == MOST_FRAMES
    with pytest.raises(PoseFileError, match="20,001 frames"):
        pose_csv.assemble(HERE, *long(MOST_FRAMES + 1), source="pose.csv")
