"""Speed lost and regained in contact: from a speed, from plates, and from a modelled force."""

from __future__ import annotations

import numpy as np
import pytest

from validation import braking
from validation.measured import DATA
from validation.measured_coordination import JOG

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="The measured motion is not here.")


def test_a_change_is_told_from_the_slowest_moment() -> None:
    share = np.linspace(0, 1, 101)
    lost, gained = braking.change(9.0 - 0.3 * np.sin(np.pi * share) + 0.1 * share)
    assert lost == pytest.approx(0.252, abs=0.005)
    assert gained - lost == pytest.approx(0.1)
    assert np.isnan(braking.change(np.array([9.0, np.nan, 9.0]))).all()
    assert np.isnan(braking.change(np.empty(0))).all()


def test_a_row_tells_bias_and_scatter_of_both_ways() -> None:
    true = braking.Change(0.2, 0.3)
    found = [
        braking.Contact(true, braking.Change(0.2 + off, 0.3), braking.Change(0.1, np.nan))
        for off in (0.05, 0.15)
    ]
    line = braking.row("runners", 240.0, [braking.Found(found, braking.Change(2.0, 0.0))])
    cells = [cell.strip() for cell in line.split("|")[1:-1]]
    assert cells[:3] == ["runners", "240", "2"]
    assert cells[3:7] == ["0.20", "0.10 / 0.05", "−0.10 / 0.00", "2.0"]
    assert cells[7:] == ["0.30", "0.00 / 0.00", "–", "0.0"]


@needs_data
def test_the_forces_of_a_steady_run_give_back_what_they_took() -> None:
    for name in ("runners_2_to_5mps/subject01/Run_5", JOG):
        time, speed = braking.forces(name)
        changes = [
            braking.change(speed[(time >= down) & (time <= off)]) for _, down, off in braking.held(name)
        ]
        lost, gained = np.mean(changes, axis=0)
        assert 0.1 < lost < 0.35
        assert gained == pytest.approx(lost, rel=0.3)
