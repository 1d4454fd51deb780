from __future__ import annotations

import pytest

from analyzer.config import Config
from analyzer.errors import ConfigError
from analyzer.lengths import metres

TYPED = [
    ("1.80", 1.80),
    ("1,68", 1.68),
    (" 1.75 m ", 1.75),
    ("180 cm", 1.80),
    ("172,5cm", 1.725),
    ("5'11", 1.8034),
    ("5'11\"", 1.8034),
    ("6'", 1.8288),
    ("5ft 2in", 1.5748),
    ("5’6.5”", 1.6891),
]


@pytest.mark.parametrize(("text", "length"), TYPED)
def test_what_people_type_is_understood(text: str, length: float) -> None:
    assert float(metres(text)) == pytest.approx(length, abs=1e-4)
    assert Config.build(height_m=text).height_m == pytest.approx(length, abs=1e-4)


@pytest.mark.parametrize("wrong", ["180", 165, 92.0, "92"])
def test_centimetres_are_asked_about_and_not_taken(wrong: object) -> None:
    with pytest.raises(ValueError, match=f"is {float(str(wrong)) / 100:.2f} meant"):
        metres(wrong)


@pytest.mark.parametrize("wrong", ["tall", "", "1.8.0", "11'5'", "-1.80"])
def test_what_is_no_length_is_told_with_the_form(wrong: str) -> None:
    with pytest.raises(ConfigError, match="or feet and inches") as error:
        Config.build(leg_length_m=wrong)
    assert [name for name, _ in error.value.problems] == ["leg_length_m"]


def test_a_setting_that_does_not_exist_is_told_the_one_that_does() -> None:
    with pytest.raises(ConfigError, match="was height_m meant"):
        Config.build(height=1.75)
    with pytest.raises(ConfigError, match="was capture_fps meant"):
        Config.build(captur_fps=240)
