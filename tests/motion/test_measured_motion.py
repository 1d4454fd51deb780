"""Contact times of measured runners against force plates, through everything behind the pose track.

The data are not part of the project; without them the tests skip. ``python -m validation.measured`` prints
the whole table.
"""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.data.steps import Step
from validation.measured import DATA, OVERGROUND, TREADMILL, TUNED_ON, Errors, Trial, compare, loose, measure

needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the measured motion is not here")


@needs_data
@pytest.mark.parametrize("fps", [240.0, 120.0, 60.0])
def test_every_contact_is_found_and_no_other(fps: float) -> None:
    errors = measure((*OVERGROUND, *TREADMILL), fps, 0.005, 1)
    assert errors.wanted > 100
    assert errors.missed == 0
    assert errors.invented <= 0.01 * errors.wanted


@needs_data
@pytest.mark.parametrize(
    ("fps", "bias_ms", "sd_ms"), [(240.0, 3.0, 5.0), (120.0, 4.0, 6.0), (60.0, 6.0, 8.0)]
)
def test_contact_time_of_held_out_runners_has_little_bias(fps: float, bias_ms: float, sd_ms: float) -> None:
    names = tuple(n for n in TREADMILL if n not in TUNED_ON)
    errors = measure(names, fps, 0.005, 1)
    assert abs(np.mean(errors.contact)) < bias_ms
    assert np.std(errors.contact) < sd_ms


def test_a_marker_that_leaves_the_shoe_is_told_by_the_shoe_s_length_alone() -> None:
    swing = 0.3 * np.sin(np.linspace(0, 20, 200))[:, None]
    heel = np.hstack([swing, np.abs(swing), np.zeros((200, 1))])
    turn = np.hstack([np.cos(swing), np.sin(swing), 0 * swing])
    shoe = {
        "LCAL": heel,
        "LTOE": heel + 0.24 * turn,
        "RCAL": heel,
        "RMT1": heel + (0.24 + 0.1 * swing) * turn,
    }
    assert loose(shoe) == ("right",)


def test_contacts_of_a_loose_marker_must_be_found_but_are_not_timed() -> None:
    contacts = (("left", 1.0, 1.2), ("right", 1.4, 1.6), ("left", 1.8, 2.0))
    run = Trial("", np.zeros(0), {}, contacts, loose=("left",))
    steps = (
        Step(1, "left", 1.03, 0.01, 1.2, 0.01, "fit", (0, 0)),
        Step(2, "right", 1.41, 0.01, 1.6, 0.01, "fit", (0, 0)),
    )
    errors = Errors([], [], [], [], [])
    compare(run, steps, 0.0, 3.0, errors)
    assert (errors.wanted, errors.missed) == (3, 1)
    assert errors.touchdown == pytest.approx([10.0])


@needs_data
def test_contact_time_of_a_sprint_is_that_of_the_force_plates() -> None:
    errors = measure(("sprint_6_6mps",), 240.0, 0.005, 3)
    assert abs(np.mean(errors.contact)) < 3.0
    assert np.std(errors.contact) < 5.0


@needs_data
@pytest.mark.parametrize("noise_m", [0.005, 0.010])
def test_standard_errors_cover_the_truth(noise_m: float) -> None:
    errors = measure((*OVERGROUND, *TREADMILL), 240.0, noise_m, 1)
    within = np.abs([*errors.touchdown_z, *errors.toe_off_z]) < 2
    assert 0.88 < np.mean(within) < 0.995
