"""What the accuracy of bodies without feet is measured with."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from running import Runner

from validation import without_feet
from validation.measured import Trial


def test_feet_are_cut_off_and_nothing_else() -> None:
    pose = Runner().pose(120)
    bare = without_feet.cut(pose)
    for name in pose.names:
        if name.endswith(without_feet.FEET):
            assert np.isnan(bare.joint(name)).all()
        else:
            np.testing.assert_array_equal(bare.joint(name), pose.joint(name))
    assert bare.source != "blazepose"


def test_an_ankle_turns_with_the_foot() -> None:
    pitch = np.radians([0.0, 30.0, 90.0])
    heel = np.tile([1.0, 0.3], (3, 1))
    toe = heel + 0.2 * np.column_stack([np.cos(pitch), -np.sin(pitch)])
    joints = {}
    for side in ("left", "right"):
        joints |= {
            f"{side}_hip": np.tile([1.0, 1.0], (3, 1)),
            f"{side}_heel": heel,
            f"{side}_foot_index": toe,
            f"{side}_ankle": heel,
        }
    bare = without_feet.by_ankles(Trial("a", np.arange(3.0), joints, ()))
    ahead, up = without_feet.ANKLE_M
    ankle = bare.joints["left_ankle"]
    assert ankle[0] == pytest.approx(heel[0] + [ahead, up])
    assert ankle[2] == pytest.approx(heel[2] + [up, -ahead])
    assert not any(name.endswith(without_feet.FEET) for name in bare.joints)
    thigh, shank = (
        np.linalg.norm(bare.joints["left_knee"] - bare.joints[f"left_{end}"], axis=1)
        for end in ("hip", "ankle")
    )
    assert thigh == pytest.approx(shank)


def test_the_table_shows_bias_scatter_and_coverage_by_frame_rate() -> None:
    rows = pd.DataFrame(
        {
            "metric": "contact_time", "truth": 0.100, "value": [0.102, 0.104, 0.106, 0.108], "sd": 0.0035,
            "shown_sd": 0.0035, "route": without_feet.ROUTE, "tag": "steady", "height_px": 300.0,
            "fps": 120.0,
        }
    )  # fmt: skip
    text = without_feet.rendered_table(rows)
    assert "120 fps" in text
    assert "240 fps" not in text
    assert "5.0 ± 2.6 (4; 75 %)" in text
    assert without_feet.rendered_table(rows.assign(route="video")) == ""
