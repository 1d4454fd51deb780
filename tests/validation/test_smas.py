"""The proposals of the S-MAS beside exact joints: what is counted, and that the truth follows the runner."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from analyzer.metrics.smas import ASKED, ITEMS
from validation import recipes, smas
from validation.truth import Truth


def numbers(**gait: float) -> dict[str, float]:
    recipe = recipes.steady("report", 0, 70)
    truth = Truth(replace(recipe, gait=replace(recipe.gait, **gait)))
    return smas.true_numbers(truth, truth.contacts[3], truth.contacts[4])


def test_true_numbers_follow_the_runner() -> None:
    plain, featured = numbers(), numbers(**smas.FEATURES)
    assert set(plain) == set(ASKED)
    assert plain["trunk_lean_touchdown"] == pytest.approx(8, abs=2)
    assert featured["trunk_lean_touchdown"] == pytest.approx(24, abs=2)
    assert featured["heel_gap"] > plain["heel_gap"]
    assert featured["knee_over_toes"] > plain["knee_over_toes"]
    lean = next(item for item in ITEMS if item.number == 6)
    assert smas.there(lean, featured)
    assert not smas.there(lean, plain)


def test_what_is_counted_of_a_proposal() -> None:
    said = [
        ("yes", True),
        ("yes", False),
        ("no", False),
        ("no", False),
        ("unclear", True),
        ("not to be seen", False),
    ]
    found = pd.DataFrame(said, columns=["proposal", "there"]).assign(item=6, value=1.0, truth=0.0, se=1.0)
    assert smas.table(found).splitlines()[-1] == "| **all** | 6 | 2 | 1 | 2 | 1 | 1 | 1 | 1.0 |"
