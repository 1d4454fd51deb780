"""The measured runner in the renderer's skeleton: whole, on the ground, and in step with the plates."""

from __future__ import annotations

import numpy as np
import pytest

from validation import render_measured
from validation.sprinter import Sprinter
from validation.truth import Truth

needs_data = pytest.mark.skipif(not render_measured.FILE.exists(), reason="the measured motion is not here")


@pytest.fixture(scope="module")
def clip() -> render_measured.CapturedRecipe:
    found = render_measured.recipe()
    assert found is not None
    return found


def test_without_the_data_nothing_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render_measured, "FILE", render_measured.FILE / "not_there")
    assert render_measured.recipe() is None
    assert render_measured.table() == ""


@needs_data
def test_the_body_is_whole_and_stands_on_the_ground(clip: render_measured.CapturedRecipe) -> None:
    t = np.arange(0, clip.duration_s, 0.004)
    pose, build = clip.sprinter.pose(t), clip.build
    for side in ("left", "right"):
        for a, b, length in (("hip", "knee", build.thigh), ("knee", "ankle", build.shank),
                             ("shoulder", "elbow", build.upper_arm),
                             ("elbow", "wrist", build.forearm)):  # fmt: skip
            found = np.linalg.norm(pose[f"{side}_{a}"] - pose[f"{side}_{b}"], axis=1)
            np.testing.assert_allclose(found, length, rtol=1e-6)
        frames = pose[side + "_upper"]
        np.testing.assert_allclose(
            frames @ np.swapaxes(frames, 1, 2), np.eye(3)[None].repeat(len(t), 0), atol=1e-9
        )
        assert -0.005 < pose[side + "_tip"][:, 2].min() - build.sole < 0.005


@needs_data
def test_the_body_has_every_joint_that_the_model_of_a_sprinter_has(
    clip: render_measured.CapturedRecipe,
) -> None:
    drawn = set(clip.sprinter.pose(0.5))
    model = set(Sprinter(clip.build, clip.gait, 0.0, 0.3).pose(0.1))
    inner = {"phase", *(f"{s}_{n}" for s in ("left", "right") for n in (
        "contact", "step", "reach", "thigh_angle", "knee_angle", "foot_pitch"))}  # fmt: skip
    assert model - drawn == inner


@needs_data
def test_contacts_are_near_those_of_the_plates_and_the_body_is_over_them(
    clip: render_measured.CapturedRecipe,
) -> None:
    truth = Truth(clip)
    seen = [c for c in truth.contacts if c.visible]
    assert [c.side for c in seen] == ["left", "right", "left", "right", "left"]
    plates, sole = clip.sprinter.steps, clip.sprinter.sole
    assert plates.contact[plates.measured].mean() == pytest.approx(0.2345, abs=0.001)
    assert np.abs(sole.touchdown - plates.touchdown).max() < 0.05
    assert np.abs(sole.toe_off - plates.toe_off).max() < 0.02
    for contact in seen:
        tip = truth.pose[contact.side + "_tip"]
        inside = (truth.t > contact.touchdown_s + 0.04) & (truth.t < contact.toe_off_s - 0.04)
        assert np.ptp(tip[inside, 0]) < 0.03
        middle = (contact.touchdown_s + contact.toe_off_s) / 2
        assert abs(truth.at(truth.com, middle)[0] - contact.foot_m) < 0.25
    speed = truth.com_velocity[(truth.t > 0) & (truth.t < clip.duration_s), 0].mean()
    assert speed == pytest.approx(3.53, abs=0.06)
