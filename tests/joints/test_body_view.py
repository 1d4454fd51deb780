"""From where a runner is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import Runner
from views import seen_at

from analyzer.joints import body_view


@pytest.mark.parametrize(
    ("angle", "kind"),
    [
        (0, "side"),
        (15, "side"),
        (-15, "side"),
        (40, "oblique"),
        (-40, "oblique"),
        (80, "front"),
        (-80, "rear"),
    ],
)
def test_the_view_is_named_with_its_angle(angle: float, kind: str) -> None:
    view = body_view.seen_from(seen_at(angle))
    assert view.kind == kind
    assert view.angle_deg == pytest.approx(angle, abs=12)
    assert abs(view.angle_deg - angle) < 2 * view.angle_sd_deg


def test_the_way_of_the_run_does_not_matter() -> None:
    for leftward in (False, True):
        view = body_view.seen_from(Runner().pose(60, noise_m=0.01, leftward=leftward))
        assert view.kind == "side"


def test_a_body_without_shoulders_is_taken_for_one_from_the_side() -> None:
    pose = seen_at(80)
    xy = pose.xy.copy()
    for side in ("left", "right"):
        xy[:, pose.names.index(f"{side}_shoulder")] = np.nan
    view = body_view.seen_from(replace(pose, xy=xy))
    assert np.isnan(view.angle_deg)
    assert view.shows_lane
