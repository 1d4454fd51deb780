"""How far beside the lane's line: one angle, and before it is told, a bound that holds it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from coming import Comer, measured
from views import seen_at

from analyzer.data.capture import PoseTrack
from analyzer.data.view import View
from analyzer.joints import body_view
from analyzer.outputs.frontal import wording

LOOKED_AT = 12
"""Frames that ``check`` looks at."""


def glanced(pose: PoseTrack) -> View:
    """Return what so few frames tell."""
    some = np.linspace(0, len(pose.time) - 1, LOOKED_AT + 2).round().astype(int)[1:-1]
    few = replace(pose, time=pose.time[some], xy=pose.xy[some], box=pose.box[some])
    return body_view.seen_from(replace(few, confidence=pose.confidence[some]))


@pytest.mark.parametrize("where", [1, -1])
def test_the_bound_holds_the_true_angle(where: int) -> None:
    held = []
    for angle in (62, 68, 74, 80, 86, 90):
        for broad in (0.90, 1.0, 1.10):  # shoulders of people, as a share of the usual
            pose = seen_at(where * angle, seed=angle)
            middle = pose.middle("shoulder")
            shoulders = [pose.names.index(f"{side}_shoulder") for side in ("left", "right")]
            xy = pose.xy.copy()
            usual = broad * 0.66 / 0.72  # those of the stick runner are 0.72 of the trunk
            xy[:, shoulders] = middle[:, None] + (xy[:, shoulders] - middle[:, None]) * np.array([usual, 1.0])
            view = glanced(replace(pose, xy=xy))
            if not view.shows_lane:
                assert view.kind == ("front" if where > 0 else "rear")
                held.append(view.most_beside_deg >= 90 - angle)
                assert view.most_beside_deg < 60
    assert len(held) > 12
    assert np.mean(held) > 0.9


@pytest.mark.parametrize("where", ["front", "rear"])
def test_the_analysis_has_one_angle_and_it_is_inside(where: str) -> None:
    pose = Comer().seen(where, noise_m=0.004)
    run = measured(pose)
    assert run.view.kind == where
    assert abs(run.view.angle_deg) == pytest.approx(90 - abs(run.beside_deg))
    assert run.view.angle_sd_deg == run.beside_sd_deg
    before = glanced(pose)
    assert abs(run.beside_deg) <= before.most_beside_deg
    assert f"at most {before.most_beside_deg:.0f}° beside the lane’s line" in wording.seen(before)
