"""Pictures that come again in the opposite order are told from people who turn round."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.video.boomerang import thumb, turns


def picture(x: float, legs: float, rng: np.random.Generator) -> np.ndarray:
    """Draw somebody at ``x`` px whose legs are ``legs`` px apart, with the noise of a camera."""
    out = np.full((180, 320), 120.0)
    out += 20 * np.sin(np.arange(320) / 25)
    for offset, top in ((-legs / 2, 90), (legs / 2, 90), (0, 50)):
        left = int(x + offset)
        out[top : top + 50, max(left - 8, 0) : max(left + 8, 0)] = 30
    return np.clip(out + rng.normal(0, 3, out.shape), 0, 255).astype(np.uint8)


def run(xs: np.ndarray, phase: float = 0.0) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    # A leg goes back slowly and comes forward fast: no stride is the same backwards.
    turn = 0.5 * np.arange(len(xs)) + phase
    legs = 30 * (np.sin(turn) + 0.4 * np.sin(2 * turn + 0.6))
    return [thumb(picture(x, leg, rng)) for x, leg in zip(xs, legs, strict=True)]


@pytest.mark.parametrize("n", [15, 40, 90])
@pytest.mark.parametrize("doubled", [True, False])
def test_the_turn_of_a_boomerang_is_found(n: int, doubled: bool) -> None:
    forward = run(np.linspace(20, 300, n))
    found = turns([*forward, *forward[::-1][0 if doubled else 1 :]])
    assert len(found) == 1
    assert abs(found[0] - n) <= 1


def test_every_turn_of_a_boomerang_that_goes_on_is_found() -> None:
    forward = run(np.linspace(20, 300, 30))
    found = turns([*forward, *forward[::-1], *forward])
    assert found == pytest.approx([30, 60], abs=1)


def test_who_turns_round_is_no_boomerang() -> None:
    there = np.linspace(20, 300, 40)
    assert turns([*run(there), *run(there[::-1], phase=1.3)]) == []


def test_a_run_or_nothing_is_no_boomerang() -> None:
    assert turns(run(np.linspace(20, 300, 60))) == []
    assert turns(run(np.full(60, 150.0))) == []
    rng = np.random.default_rng(2)
    still = [thumb(np.clip(rng.normal(120, 4, (180, 320)), 0, 255).astype(np.uint8)) for _ in range(60)]
    assert turns(still) == []
    assert turns(still[:4]) == []
