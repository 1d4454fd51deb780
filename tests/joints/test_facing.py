"""Who faces against the way he goes is played backwards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from running import Runner

from analyzer.data.capture import PoseTrack
from analyzer.errors import NotRunningError
from analyzer.joints.facing import along, refuse_backwards

RUN = Runner(steps=8).pose(60, noise_m=0.01)
ALL = slice(0, len(RUN.time))


def mirrored(pose: PoseTrack) -> PoseTrack:
    return replace(pose, xy=pose.xy * np.array([-1.0, 1.0]) + np.array([float(pose.width), 0.0]))


def test_runs_to_either_side_face_their_way() -> None:
    assert (along(RUN, ALL, 1)[:2] > 0.1).all()
    refuse_backwards(RUN, ALL, 1)
    refuse_backwards(mirrored(RUN), ALL, -1)


def test_a_run_played_backwards_is_refused() -> None:
    reverse = replace(RUN, xy=RUN.xy[::-1].copy())
    with pytest.raises(NotRunningError) as refused:
        refuse_backwards(reverse, ALL, -1)
    assert {"start_s", "accept"} <= set(refused.value.settings)
    with pytest.raises(NotRunningError):
        refuse_backwards(mirrored(reverse), ALL, 1)


def test_joints_that_are_not_given_tell_nothing() -> None:
    keep = [i for i, n in enumerate(RUN.names) if not n.endswith(("heel", "foot_index", "nose", "ear"))]
    bare = replace(
        RUN,
        names=tuple(RUN.names[i] for i in keep),
        xy=RUN.xy[::-1][:, keep],
        confidence=RUN.confidence[:, keep],
    )
    refuse_backwards(bare, ALL, -1)
