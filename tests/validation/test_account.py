"""Shares of measured runners through the program and from all their markers."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.metrics import METRICS
from analyzer.metrics.uncertainty.standard_error import evaluate
from validation import account
from validation.measured import DATA, trial

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the measured motion is not here")


@needs_data
@pytest.mark.parametrize("name", [account.SPRINT, account.JOG])
def test_the_shares_are_those_of_all_markers(name: str) -> None:
    ours, theirs = account.seen(name, 120.0), account.reference(name)
    for metric in account.PARTS.values():
        apart = evaluate(METRICS[metric], ours)[0] - evaluate(METRICS[metric], theirs)[0]
        assert abs(apart) < 5, metric


@needs_data
@pytest.mark.parametrize("name", [account.SPRINT, account.JOG])
def test_the_markers_rise_as_the_plates_say(name: str) -> None:
    assert account.rise(account.reference(name)) == pytest.approx(
        account.rise_by_plates(trial(name)), abs=0.05
    )


@needs_data
def test_a_sprint_whose_arms_have_no_markers_has_no_account() -> None:
    run = account.seen(account.SPRINT, 120.0)
    del vars(run)["momenta"]
    assert np.isnan(evaluate(METRICS["single_leg_push"], run)[0])
