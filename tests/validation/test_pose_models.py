"""The judge of the models: the truth has no error, and what is put beside the joints is found again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from places import ROOT

from analyzer.body.skeleton import SIDES
from analyzer.joints import body_size, landmark_bias
from validation import pose_models
from validation.gait import Gait
from validation.scene import Recipe
from validation.truth import Truth

STILL = Recipe(name="still", gait=Gait(seed=4), height_px=300, duration_s=1.0, tags=("steady",))


def test_the_truth_has_no_error_and_a_joint_far_off_counts_once() -> None:
    true = Truth(STILL).track()
    exact = pose_models.row(STILL, "way", true, 3.0)
    assert exact == ("still", "way", 0, 0, 0, 0, 0, 3.0)
    xy = true.xy.copy()
    xy[:, true.names.index("left_elbow")] += 0.1 * 300
    off = pose_models.row(STILL, "way", replace(true, xy=xy), 3.0)
    assert off.median == 0
    assert off.far_off == pytest.approx(100 / 16)
    assert off.mean == pytest.approx(100 * 0.1 * 2**0.5 / 16, rel=1e-3)


def test_what_a_network_marks_beside_knees_and_ankles_is_found_again() -> None:
    true = Truth(STILL).track()
    leg = body_size.spans(true, true.xy).leg
    xy = true.xy.copy()
    for side in SIDES:
        knee, ankle = (true.names.index(f"{side}_{part}") for part in ("knee", "ankle"))
        shank = xy[:, ankle] - xy[:, knee]
        xy[:, ankle] -= 0.01 * leg * shank / np.linalg.norm(shank, axis=1, keepdims=True)
    near, far = pose_models.marks(STILL, replace(true, xy=xy))
    assert near.near
    assert not far.near
    for found in (near, far):
        assert found.ankle_down == pytest.approx(0.01, abs=1e-6)
        assert found.knee_out == pytest.approx(0, abs=1e-9)
        assert found.excess == pytest.approx((0, 0), abs=1e-9)
        assert found.straight_leg < 1
    assert landmark_bias.centred(true, true.xy, 1) is true.xy


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page with the section of another day; no clip is looked at."""
    true, path = Truth(STILL).track(), tmp_path / "accuracy.md"
    path.write_text(
        f"# Accuracy\n\n## {pose_models.TITLE}\n\nof another day\n\n## Pictures\n", encoding="utf-8"
    )
    monkeypatch.setattr(pose_models, "DOC", path)
    monkeypatch.setattr(pose_models, "followed", lambda _, way: (true, 3.0))
    monkeypatch.setattr(pose_models, "row", lambda recipe, *rest: pose_models.Row(recipe.name, *[0] * 7))
    monkeypatch.setattr(pose_models, "marks", lambda *_: [])
    return path


def test_without_names_the_table_is_of_the_clips_it_has(page: Path) -> None:
    assert pose_models.main([]) == 0
    text = page.read_text(encoding="utf-8")
    assert "of another day" not in text
    told = [line.split(" | ")[0].strip("| *") for line in text.splitlines() if line.startswith("| ")]
    assert told == ["clip", *(name for name in pose_models.MEASURED for _ in pose_models.WAYS)]
    real = (ROOT / "docs" / "accuracy.md").read_text(encoding="utf-8").partition(f"## {pose_models.TITLE}")[2]
    assert all(f"| {name} " in real for name in pose_models.MEASURED)


def test_named_clips_leave_the_table_as_it_is(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = page.read_bytes()
    assert pose_models.main(["sprint_sample"]) == 0
    assert capsys.readouterr().out.count("| sprint_sample ") == len(pose_models.WAYS)
    assert pose_models.main(["sprint_sample", "nobody"]) == 2
    assert "No clip nobody; clips are: tuning_" in capsys.readouterr().err
    assert page.read_bytes() == before
