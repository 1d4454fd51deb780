"""Joints beyond the edge of the picture, on a stick runner who leaves it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import PIXELS, Runner

from analyzer.data.capture import PoseTrack
from analyzer.errors import TooFewContactsError
from analyzer.pose.repair.frame_edges import inside, refuse_cut


def leaving(width: int) -> tuple[PoseTrack, np.ndarray]:
    """A runner who leaves at the right, and which joints (n, k) are outside while the hips are not.

    They are marked a third of a metre inside, as a network does; without the hips nobody is found.
    """
    pose = replace(Runner().pose(120), source="blazepose", width=width)
    outside = pose.xy[..., 0] > width - 1
    xy = pose.xy.copy()
    xy[outside, 0] = width - 0.33 * PIXELS
    gone = pose.joint("left_hip")[:, 0] > width - 1
    xy[gone] = np.nan
    return replace(pose, xy=xy), outside & ~gone[:, None]


def middle_width() -> int:
    """A width beyond which the runner gets in the last third of the run."""
    x = Runner().pose(120).joint("left_hip")[:, 0]
    return int(x[0] + 0.8 * (x[-1] - x[0]))


def test_invented_joints_are_not_seen_and_the_others_are() -> None:
    pose, outside = leaving(middle_width())
    found = inside(pose)
    dropped = np.isnan(found.xy[..., 0])
    assert outside.sum() > 30
    assert dropped[outside].mean() > 0.9
    well_in = Runner().pose(120).xy[..., 0] < pose.width - 0.1 * PIXELS
    seen = np.isfinite(pose.xy[..., 0])
    assert not dropped[well_in & seen & ~outside].any()
    assert (found.confidence[dropped & seen] == 0).all()


def test_left_edge_is_as_good_as_the_right_one() -> None:
    pose, _ = leaving(middle_width())
    mirrored = replace(pose, xy=np.stack([pose.width - 1 - pose.xy[..., 0], pose.xy[..., 1]], axis=2))
    assert (np.isnan(inside(pose).xy) == np.isnan(inside(mirrored).xy)).all()


def test_a_whole_runner_stays_the_same_object() -> None:
    pose = replace(Runner().pose(120), source="blazepose", width=10**5)
    assert inside(pose) is pose


def test_other_trackers_are_believed() -> None:
    pose = replace(leaving(middle_width())[0], source="markers")
    assert inside(pose) is pose


@pytest.mark.parametrize(("shown", "cut"), [(1.2, False), (0.7, False), (0.35, True), (0.15, True)])
def test_feet_below_the_picture_are_the_reason_that_is_given(shown: float, cut: bool) -> None:
    """``shown`` is how much of the way from the hips to the ground, m, the picture shows."""
    pose = Runner().pose(120)
    hips = float(np.nanmedian(pose.joint("left_hip")[:, 1]))
    height = round(hips + shown * PIXELS)
    xy = pose.xy.copy()
    below = xy[..., 1] > height - 1
    xy[below, 1] = height - 5  # a network marks them somewhere inside
    pose = replace(pose, source="blazepose", height=height, xy=xy)
    if cut:
        with pytest.raises(TooFewContactsError, match="below the picture's lower edge"):
            refuse_cut(pose)
    else:
        refuse_cut(pose)
