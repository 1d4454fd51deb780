from __future__ import annotations

import numpy as np
import pytest

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, Side, other
from analyzer.joints.shoulder_bias import EXCESS, FEWEST, HEAVY_EXCESS, WIDEST, turned_back

LEG = 0.9
TIME = np.arange(240) / 240
SWING = np.cos(2 * np.pi * 2.2 * TIME)


def runner(near: Side, turn: Array, view: Array) -> Array:
    """Joints of a body whose near shoulder is ``turn`` m ahead of the middle, seen at ``view`` (tangent)."""
    at = {name: np.full((len(TIME), 2), 0.0) for name in JOINTS}
    for side, sign in ((near, 1.0), (other(near), -1.0)):
        at[f"{side}_shoulder"] = np.stack([sign * (turn + 0.17 * view), np.full(len(TIME), 1.4)], axis=1)
        at[f"{side}_hip"][:, 1] = 0.9
        thigh = np.radians(20 + sign * 45 * SWING)
        at[f"{side}_knee"] = at[f"{side}_hip"] + 0.42 * np.stack([np.sin(thigh), -np.cos(thigh)], axis=1)
    return np.stack([at[name] for name in JOINTS], axis=1)


def marked(joints: Array, near: Side, turn: Array) -> Array:
    """What the network makes of it: each shoulder off by its share of the half-distance that it marks."""
    off = (EXCESS["near"][0] - EXCESS["far"][0]) / 2
    half = turn / (1 - off)
    out = joints.copy()
    for side, which in ((near, "near"), (other(near), "far")):
        out[:, JOINTS.index(f"{side}_shoulder")] += half[:, None] * np.array(EXCESS[which])
    return out


@pytest.mark.parametrize("near", ["left", "right"])
def test_shoulders_come_back_to_where_they_are_at_any_angle_of_view(near: Side) -> None:
    turn, view = -0.035 * SWING, np.tan(np.radians(np.linspace(-20, 20, len(TIME))))
    true = runner(near, turn, view)
    seen = marked(true, near, turn)
    found = turned_back(seen, near, np.degrees(np.arctan(view)), LEG)
    assert np.abs(seen - true).max() > 0.03
    assert found == pytest.approx(true, abs=1e-9)
    # Seen at one angle for the whole clip, as by a camera that pans.
    same = np.full(len(TIME), 0.1)
    true = runner(near, turn, same)
    found = turned_back(marked(true, near, turn), near, np.degrees(np.arctan(same)), LEG)
    assert found == pytest.approx(true, abs=1e-9)


def test_unseen_stays_unseen_and_a_lost_shoulder_moves_no_other() -> None:
    turn, view = -0.035 * SWING, np.zeros(len(TIME))
    seen = marked(runner("right", turn, view), "right", turn)
    seen[40:50, JOINTS.index("left_shoulder")] = np.nan
    seen[60, JOINTS.index("left_shoulder"), 0] += 3.0
    found = turned_back(seen, "right", view, LEG)
    assert np.isnan(found[40:50, JOINTS.index("left_shoulder")]).all()
    assert np.isfinite(found[:, JOINTS.index("right_shoulder")]).all()
    most = WIDEST * LEG * np.abs(EXCESS["near"]).max()
    assert np.abs(found - seen)[60, JOINTS.index("right_shoulder")].max() <= most + 1e-12
    few = seen[: FEWEST - 1]
    assert turned_back(few, "right", view[: FEWEST - 1], LEG) is few


def test_what_one_network_overdoes_is_not_taken_out_of_anothers_marks() -> None:
    true = runner("right", -0.035 * SWING, np.zeros(len(TIME)))
    seen = marked(true, "right", -0.035 * SWING)
    known, heavy, unknown = (
        turned_back(seen, "right", np.zeros(len(TIME)), LEG, source)
        for source in ("blazepose", "blazepose heavy", "blazepose, other weights")
    )
    assert unknown is seen
    shoulder = JOINTS.index("left_shoulder")
    moved, less = (np.abs(found - seen)[:, shoulder, 0].max() for found in (known, heavy))
    assert less == pytest.approx(moved * HEAVY_EXCESS["far"][0] / EXCESS["far"][0])
