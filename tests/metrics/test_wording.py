from __future__ import annotations

import pytest

from analyzer.metrics import METRICS
from analyzer.metrics.wording import NOTHING, Written, between, faster, more_or_less, number, sized, written

NAN = float("nan")


@pytest.mark.parametrize(
    ("metric", "value", "sd", "expected", "text"),
    [
        ("contact_time", 0.1042, 0.0039, Written("104", "4", "ms"), "104 ± 4 ms"),
        ("com_drop", 0.0314, NAN, Written("3.1", "", "cm"), "3.1 cm"),
        ("trunk_lean_mean", -3.04, 1.5, Written("\N{MINUS SIGN}3.0", "1.5", "°"), "\N{MINUS SIGN}3.0 ± 1.5°"),
        ("shoulder_range", 105.94, 4.02, Written("106", "4", "°"), "106 ± 4°"),
        ("step_speed", 5.974, 0.446, Written("6.0", "0.4", "m/s"), "6.0 ± 0.4 m/s"),
        ("swing_way_in_contact", 59.29, 1.98, Written("59", "2", "%"), "59 ± 2 %"),
        ("peak_thigh_speed", 712.0, 31.0, Written("712", "31", "°/s"), "712 ± 31 °/s"),
        ("duty_factor", 0.2249, 0.0001, Written("0.22", "0.01", ""), "0.22 ± 0.01"),
        ("step_length", NAN, 0.03, Written(NOTHING, "", ""), NOTHING),
    ],
)
def test_a_number_is_written_as_people_read_it(
    metric: str, value: float, sd: float, expected: Written, text: str
) -> None:
    assert written(METRICS[metric], value, sd) == expected
    assert number(METRICS[metric], value, sd) == text


def test_a_difference_and_its_ends_are_sizes_with_their_way() -> None:
    """No minus sign stands under a word that says "less"."""
    speed = METRICS["step_speed"]
    assert more_or_less(speed, -5.53) == "5.53 m/s less"
    assert more_or_less(speed, -0.001) == "0.00 m/s"
    assert between(speed, -7.22, -5.20) == "5.20–7.22 m/s"
    assert between(speed, 5.20, 7.22) == "5.20–7.22 m/s"
    assert between(speed, -0.1, 0.2) == "0.10 m/s less to 0.20 m/s more"
    assert between(speed, float("nan"), 1) == ""
    assert sized(speed, -0.5, -0.1) == "0.10–0.50 m/s"


@pytest.mark.parametrize(
    ("fps", "rates"), [(30.0, ("120", "240")), (119.9, ("240",)), (120.0, ("240",)), (240.0, ())]
)
def test_nobody_is_told_to_film_at_the_rate_at_which_he_filmed(fps: float, rates: tuple[str, ...]) -> None:
    assert [rate for rate in ("120", "240") if rate in faster(fps)] == list(rates)
    assert faster(fps).startswith("Film at ")
