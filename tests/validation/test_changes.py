"""What is told apart before and after a change, from tables of clips and from runs without a picture."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
import pandas as pd
import pytest

from analyzer.comparison.hypotheses import KEY
from analyzer.comparison.repeatability import Repeat
from analyzer.data.steps import Step
from validation import changes, lent_errors, recipes
from validation.truth import Truth


def looks(of_lag: float) -> pd.DataFrame:
    """A clip's table: everything at 1 ± 0.1, the arm-leg lag as given."""
    rows = []
    for look in KEY:
        value = of_lag if look.metric == "arm_leg_lag" else 1.0
        rows.append(asdict(Repeat(look.metric, value, 0.1, 1.0, 0.1)) | {"of": look.of, "truth": value})
    return pd.DataFrame(rows)


def test_rendered_pairs_are_judged_as_compare_judges_them() -> None:
    clips = changes.clips("report")
    seen = {c.digest: looks(21.0 if c.name.endswith("arm_phase") else 1.0) for c in clips}
    cells = changes.filmed("report", seen)
    phase = cells["changed"] == "arm_phase"
    lag = cells["metric"] == "arm_leg_lag"
    assert set(cells.loc[phase & lag, "verdict"]) == {"higher"}
    assert set(cells.loc[~(phase & lag), "verdict"]) == {"not established"}
    text = changes.table(cells)
    assert "### 240 fps, one rendered clip against another (4 comparisons a row)" in text
    assert "**100** (within 100)" in text


def test_a_clip_that_is_missing_leaves_out_its_pairs() -> None:
    assert len(changes.filmed("report", {})) == 0


def test_contacts_without_a_picture_get_the_errors_of_filmed_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = pd.DataFrame(
        {
            "near": ["near", "near", "far", "far"],
            "touchdown": [-0.001, -0.003, 0.004, 0.006],
            "toe_off": [0.002, 0.004, -0.002, -0.004],
            "touchdown_sd": 0.002,
            "toe_off_sd": 0.003,
        }
    )
    monkeypatch.setattr(lent_errors, "contact_errors", lambda recipe: errors)
    recipe = replace(recipes.steady("report", 0, 0), duration_s=1.0)  # to the right: the right side is near
    truth = Truth(recipe)
    found = [
        Step(i, c.side, c.touchdown_s + 0.02, 0.01, c.toe_off_s, 0.01, "fit")
        for i, c in enumerate(truth.contacts, 1)
    ]
    takes = [lent_errors.contacts(recipe, truth, found, take) for take in range(200)]
    off = np.array(
        [[s.touchdown_s - c.touchdown_s for s, c in zip(t, truth.contacts, strict=True)] for t in takes]
    )
    near = np.array([c.side == "right" for c in truth.contacts])
    assert off[:, near].mean() == pytest.approx(-0.002, abs=2e-4)
    assert off[:, ~near].mean() == pytest.approx(0.005, abs=2e-4)
    # Two values scatter as the sample they are does: their own SD, with one degree of freedom.
    assert off[:, near].std() == pytest.approx(0.001 * np.sqrt(2), rel=0.05)
    assert {s.toe_off_sd_s for t in takes for s in t} == {0.003}
