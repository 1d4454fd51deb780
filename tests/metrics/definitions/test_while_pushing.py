"""What the others do while a leg pushes, on curves made by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from observed import observed, of, true

from analyzer.metrics import METRICS
from analyzer.metrics.measure import measure
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.standard_error import evaluate


def value(run: Run, metric: str, step: int = 4) -> float:
    return float(evaluate(METRICS[metric], run)[step])


def fastest_at(run: Run, step: int, push: float, swing: float, arms: float) -> Run:
    """Return the run with every one of the three fastest at a share of that right contact."""
    stance = run.steps[step]
    contact = stance.toe_off_s - stance.touchdown_s

    def top(share: float) -> np.ndarray:
        return np.asarray(500 - 4e4 * (run.motion.time - stance.touchdown_s - share * contact) ** 2)

    crafted = replace(run)
    vars(crafted)["swing_rates"] = {
        "right_thigh": -top(push), "left_thigh": top(swing),
        "right_upper_arm": top(arms), "left_upper_arm": -top(arms),
    }  # fmt: skip
    return crafted


def test_the_moments_at_which_each_is_fastest(regular: Run) -> None:
    run = fastest_at(regular, 4, 0.3, 0.62, 0.5)
    assert value(run, "push_thigh_fastest") == pytest.approx(30)
    assert value(run, "swing_thigh_fastest") == pytest.approx(62)
    assert value(run, "arms_fastest") == pytest.approx(50)
    assert value(run, "fastest_apart") == pytest.approx(0.032)
    together = fastest_at(regular, 4, 0.4, 0.4, 0.4)
    assert value(together, "fastest_apart") == pytest.approx(0, abs=1e-9)


def test_a_thigh_that_turns_within_contact_makes_all_its_way_there(regular: Run) -> None:
    step, m = regular.steps[4], regular.motion
    t = m.time - step.touchdown_s
    # Furthest back 10 ms after touchdown, furthest forward 10 ms before toe-off.
    angle = -np.cos(np.pi * np.clip((t - 0.01) / 0.08, -0.6, 1.6))
    run = replace(regular, motion=replace(m, angles={**m.angles, "left_thigh": 40 * angle}))
    assert value(run, "swing_way_in_contact") == pytest.approx(100, abs=2)
    # From 0.10 s before touchdown to 0.15 s after it, evenly: 40 % of it in contact.
    even = np.interp(t, [-0.3, -0.1, 0.15, 0.35], [0.0, -30.0, 60.0, 30.0])
    run = replace(regular, motion=replace(m, angles={**m.angles, "left_thigh": even}))
    assert value(run, "swing_way_in_contact") == pytest.approx(40, abs=2)


def test_a_trunk_held_still_does_not_turn(regular: Run) -> None:
    m = regular.motion
    still = replace(regular, motion=replace(m, angles={**m.angles, "trunk": np.full(len(m.time), 9.0)}))
    assert value(still, "trunk_turn_in_contact") == pytest.approx(0, abs=1e-12)
    # From 8 to 12 degrees evenly: 2 from its mean at either end.
    step = regular.steps[4]
    even = np.interp(m.time, [step.touchdown_s, step.toe_off_s], [8.0, 12.0])
    turned = replace(regular, motion=replace(m, angles={**m.angles, "trunk": even}))
    assert value(turned, "trunk_turn_in_contact") == pytest.approx(2, abs=1e-3)


def test_how_far_apart_the_three_are_is_given_where_each_of_them_is(uneven: Run) -> None:
    result = measure(observed(true(uneven), 0), 24)
    each = {
        name: np.array([v.value for v in of(result, name)])
        for name in ("push_thigh_fastest", "swing_thigh_fastest", "arms_fastest", "fastest_apart")
    }
    given = np.isfinite(each.pop("fastest_apart"))
    assert not any((given & ~np.isfinite(values)).any() for values in each.values())
    hidden = [v for v in of(result, "swing_thigh_fastest") if "hidden" in v.flags]
    assert hidden  # of every second contact only the far side shows it
