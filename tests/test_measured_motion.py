"""Contact times of measured runners against force plates, through everything behind the pose track.

The data are not part of the project; without them the tests skip. ``python -m validation.measured`` prints
the whole table.
"""

from __future__ import annotations

import numpy as np
import pytest

from validation.measured import DATA, OVERGROUND, TREADMILL, TUNED_ON, measure

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
    ("fps", "bias_ms", "sd_ms"), [(240.0, 4.5, 5.5), (120.0, 6.0, 9.0), (60.0, 9.0, 13.0)]
)
def test_contact_time_of_held_out_runners_has_little_bias(fps: float, bias_ms: float, sd_ms: float) -> None:
    names = tuple(n for n in TREADMILL if n not in TUNED_ON)
    errors = measure(names, fps, 0.005, 1)
    assert abs(np.mean(errors.contact)) < bias_ms
    assert np.std(errors.contact) < sd_ms


@needs_data
def test_contact_time_of_a_sprint_is_that_of_the_force_plates() -> None:
    errors = measure(("sprint_6_6mps",), 240.0, 0.005, 3)
    assert abs(np.mean(errors.contact)) < 5.0
    assert np.std(errors.contact) < 5.0


@needs_data
@pytest.mark.parametrize("noise_m", [0.005, 0.010])
def test_standard_errors_cover_the_truth(noise_m: float) -> None:
    errors = measure((*OVERGROUND, *TREADMILL), 240.0, noise_m, 1)
    within = np.abs([*errors.touchdown_z, *errors.toe_off_z]) < 2
    assert 0.88 < np.mean(within) < 0.995
