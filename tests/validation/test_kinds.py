"""Who does not run stands on the ground; a bend keeps lengths; rows of the table are kept by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from validation import kinds, kinds_people, kinds_recipes


def test_a_walker_walks_and_his_lower_foot_stands_still() -> None:
    time = np.arange(0, 3, 1 / 240)
    joint = kinds_people.standing(kinds_people.walk(time, 0.85))
    ends = np.stack([joint[f"{s}_{p}"] for s in ("left", "right") for p in ("heel", "foot_index")])
    assert ends[..., 1].min(axis=0) == pytest.approx(0, abs=1e-9)
    assert np.ptp(joint["left_hip"][:, 0]) / 3 == pytest.approx(1.8, abs=0.1)
    lower = np.argmin(ends[..., 1], axis=0)
    on = np.arange(1, len(time))
    assert ends[lower[:-1], on, 0] == pytest.approx(ends[lower[:-1], on - 1, 0], abs=1e-9)


def test_who_marches_or_squats_stays_where_he_is() -> None:
    time = np.arange(0, 4, 1 / 120)
    for angles in (kinds_people.march(time, 0.5, 70), kinds_people.squat(time, 2.0)):
        assert np.ptp(kinds_people.standing(angles)["left_hip"][:, 0]) < 0.6


def test_a_bend_keeps_lengths_along_the_lane() -> None:
    lane = np.stack([np.linspace(-8, 8, 400), np.zeros(400), np.ones(400)], axis=-1)
    bent = kinds_recipes.rounded(lane, 36.5)
    assert np.linalg.norm(np.diff(bent, axis=0), axis=1).sum() == pytest.approx(16, abs=1e-3)
    assert kinds_recipes.rounded(lane, np.inf) is lane


def test_rows_are_kept_by_their_names() -> None:
    good = kinds.Told("a pan", "a run", right=True)
    rows = {told.name: kinds.line(told) for told in (good, replace(good, name="a jog", right=False))}
    text = kinds.section(rows)
    assert "1 of 2 are right; not: a jog." in text
    assert kinds.known(f"## {kinds.TITLE}\n\n{text}\n\n## Next\n| x | y |\n") == rows
