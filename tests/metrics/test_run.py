"""Which contacts follow each other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from analyzer.data.steps import in_a_row
from analyzer.metrics.run import Run

Build = Callable[..., Run]


def test_numbers_that_are_left_out_are_missed_contacts(build: Build) -> None:
    run = build()
    first, *_, last = run.steps[:4]
    gap = replace(run, steps=(first, last))  # 1 and 4: two were missed, and the feet differ
    assert gap.after(first) is None
    assert gap.after(first, 3) is last
    assert in_a_row(gap.steps) == []
    assert in_a_row(run.steps)[0] == run.steps[:2]


def test_a_step_over_a_missed_contact_is_none(build: Build) -> None:
    times = (0.3, 0.55, 0.8, 1.05, 1.50, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0)
    run = build(touchdowns=times)
    a, b = run.steps[2:4]
    assert run.after(a) is b
    assert run.after(b) is None
    assert run.after(a, 2) is None
    assert np.isnan(run.touchdown(b, 1))
    assert run.step_time == pytest.approx(0.25)
