"""What is said of a clip's frame rate."""

from __future__ import annotations

import pytest

from analyzer import quality


@pytest.mark.parametrize("fps", [30.0, 65.0])
def test_a_rate_that_is_a_guess_is_called_one(fps: float) -> None:
    (known,) = quality.frame_rate(fps, uneven=False)
    (guess,) = quality.frame_rate(fps, uneven=False, guessed=True)
    assert known.message.startswith(f"At {fps:.0f} frames a second")
    assert guess.message.startswith("The capture rate is not known.")
    assert (known.level, known.code, known.advice) == (guess.level, guess.code, guess.advice)


def test_a_fast_camera_is_no_note_whether_known_or_guessed() -> None:
    assert quality.frame_rate(240.0, uneven=False, guessed=True) == []
