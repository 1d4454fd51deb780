"""A camera beside the lane's line, the leg that swings, the scatter: what outputs tell with the numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from coming import HALF_WIDTH, LEG, Comer, measured

from analyzer.body.skeleton import SIDES
from analyzer.frontal import summary
from analyzer.frontal.errors import MARKERS
from analyzer.frontal.measures import MEASURES
from analyzer.frontal.results import Stance
from analyzer.outputs.frontal import tables

COMER = Comer()
WIDTH = 2 * HALF_WIDTH["shoulder"]


@dataclass(frozen=True)
class Turned(Comer):
    """Somebody whose sight line is ``turned`` deg off the lane: what is ahead seems to the athlete's left."""

    turned: float = 6.0

    def points(self, time: np.ndarray) -> dict[str, np.ndarray]:
        plain = super().points(time)
        hips = (plain["left_hip"] + plain["right_hip"]) / 2
        c, s = np.cos(np.radians(self.turned)), np.sin(np.radians(self.turned))
        turn = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
        return {name: hips + (way - hips) @ turn.T for name, way in plain.items()}


@pytest.mark.parametrize("turned", [-7.0, 0.0, 6.0])
@pytest.mark.parametrize("where", ["front", "rear"])
def test_the_angle_beside_the_line_is_told_with_its_error(where: str, turned: float) -> None:
    found = measured(Turned(turned=turned).seen(where, noise_m=0.003))
    assert abs(found.beside_deg - turned) < 2 * found.beside_sd_deg
    assert 0.5 < found.beside_sd_deg < 2


@pytest.mark.parametrize("turned", [-7.0, 6.0])
def test_curves_are_corrected_as_their_numbers_are(turned: float) -> None:
    run = measured(Turned(turned=turned).seen())
    for side, sign in (("left", 1), ("right", -1)):
        mine = [s for s in run.stances if s.side == side and "hand_across" in s.values]
        foot, hand = sign * run.curves[f"{side}_foot"], -sign * run.curves[f"{side}_hand"]
        at = np.interp([s.time_s for s in mine], run.time, foot)
        assert 100 * np.mean(at) == pytest.approx(
            np.mean([s.values["foot_from_midline"] for s in mine]), abs=0.5
        )
        reach = COMER.runner.step_s / 2
        most = [hand[np.abs(run.time - s.time_s) < reach].max() for s in mine]
        across = np.mean([s.values["hand_across"] for s in mine]) + MARKERS["hand_across"].shift
        assert 100 * np.mean(most) * LEG / WIDTH == pytest.approx(across, abs=3.0)


def test_what_the_swinging_leg_does_says_whose_it_is() -> None:
    pose = COMER.seen(noise_m=0.003)
    xy = pose.xy.copy()
    xy[:, pose.names.index("right_knee"), 1] += 8
    run = measured(replace(pose, xy=xy))
    stances, told = run.stances_table(), tables.dictionary_columns(run)
    assert (stances.side != stances.swing_side).all()
    assert run.get("knee_lift", "left").mean > run.get("knee_lift", "right").mean + 5
    for metric, column in (("knee_lift", "swing_side"), ("foot_from_midline", "side")):
        means = stances.groupby(column)[f"{metric}_pct"].mean()
        for side in SIDES:
            assert means[side] == pytest.approx(run.get(metric, side).mean, abs=0.5)
        at = list(zip(told["file"], told["column"], strict=True)).index(("stances.csv", f"{metric}_pct"))
        assert told["definition"][at].startswith("Of the leg in swing_side.") == (column == "swing_side")


def lands(*across: tuple[str, float]) -> list[Stance]:
    """Return stances 0.25 s apart, of so many feet from the midline."""
    return [
        Stance(i + 1, side, 0.25 * i + (0.01 if side == "left" else 0.0), 0.01, i, {"foot_from_midline": x})
        for i, (side, x) in enumerate(across)
    ]


@pytest.mark.parametrize("n", [2, 3, 4, 5, 6, 7, 9])
def test_there_is_scatter_where_there_are_three(n: int) -> None:
    feet = [(SIDES[i % 2], 4.0 + (i % 2) + 0.3 * (-1) ** (i // 2)) for i in range(n)]
    for name in ("foot_from_midline", "step_time_difference"):
        for found in summary.of(MEASURES[name], lands(*feet), MARKERS[name]):
            assert np.isfinite(found.scatter) == (found.n >= 3), (name, found)
    both, *_ = summary.of(MEASURES["foot_from_midline"], lands(*feet), MARKERS["foot_from_midline"])
    assert both.n == n
    # Left and right differ by one, which is no scatter.
    assert n < 3 or both.scatter < 0.45
