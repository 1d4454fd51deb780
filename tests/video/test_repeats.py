"""Pictures shown several times: found as an even clock, whatever the factor, the phase and the gaps."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from analyzer.config import Config
from analyzer.video import reader, repeats, writer
from analyzer.video.repeats import Repeats, _usual, even_clock


def shown(times: Fraction, n: int, phase: int = 0) -> np.ndarray:
    number = (np.arange(n) * times.denominator + phase) // times.numerator
    return np.diff(number, prepend=-1) == 0


@pytest.mark.parametrize(
    ("times", "phase"), [("2", 1), ("3", 0), ("4", 3), ("5/4", 2), ("6/5", 0), ("5/2", 1), ("12/5", 7)]
)
def test_an_even_clock_is_found(times: str, phase: int) -> None:
    again = shown(Fraction(times), 150, phase)
    found = even_clock(again, np.ones(150, dtype=bool))
    assert found is not None
    assert found.times == Fraction(times)
    assert np.array_equal(found.repeats(150)[1:], again[1:])


def test_it_is_found_where_little_moves_and_some_are_missed() -> None:
    again = shown(Fraction(3), 240)
    told = np.ones(240, dtype=bool)
    told[:60] = False
    seen = again & told
    seen[[100, 151]] = False
    found = even_clock(seen, told)
    assert found is not None
    assert found.times == 3
    assert len(found.pictures(240)) == 80


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6])
def test_frames_that_are_filled_in_here_and_there_are_no_clock(share: float) -> None:
    again = np.random.default_rng(3).random(200) < share
    again[0] = False
    assert even_clock(again, np.ones(200, dtype=bool)) is None


def test_one_repeat_in_a_hundred_is_no_clock() -> None:
    again = np.zeros(900, dtype=bool)
    again[50::100] = True
    assert even_clock(again, np.ones(900, dtype=bool)) is None


def film(path: Path, times: int, n: int = 20) -> None:
    """Write a square that moves over noise, each picture several times."""
    rng = np.random.default_rng(0)
    wall = rng.integers(60, 180, (90, 160, 3)).astype(np.uint8)
    with writer.VideoWriter(path, 160, 90, 30) as out:
        for i in range(n):
            picture = wall.copy()
            picture[30:60, 5 * i : 5 * i + 20] = 230
            for _ in range(times):
                out.write(picture)


def test_a_clip_is_read_each_picture_once(tmp_path: Path) -> None:
    film(tmp_path / "three.mp4", 3)
    info = reader.probe(tmp_path / "three.mp4", Config())
    seen = Repeats()
    pictures = {}
    for frame in reader.shown(info):
        seen.add(frame.luma)
        pictures[frame.index] = frame.image.astype(int)
    clock = seen.even_clock()
    assert clock is not None
    once = repeats.each_once(info, clock)
    assert once.capture_fps == pytest.approx(10)
    assert len(once.time) == 20
    assert once.time == pytest.approx(np.arange(20) / 10)
    for frame in reader.shown(once, *once.between(0.35, 1.25)):
        assert np.abs(frame.image.astype(int) - pictures[3 * frame.index]).mean() < 3
    assert [f.index for f in reader.shown(once, *once.between(0.35, 1.25))] == list(range(4, 13))
    assert repeats.note(once).code == "pictures_repeated"


def test_a_stated_rate_is_that_of_the_pictures(tmp_path: Path) -> None:
    film(tmp_path / "two.mp4", 2)
    info = reader.probe(tmp_path / "two.mp4", Config())
    again = shown(Fraction(2), len(info.time))
    clock = even_clock(again, np.ones(len(again), dtype=bool))
    assert clock is not None
    once = repeats.each_once(info, clock, stated_fps=60.0)
    assert once.slow_motion == pytest.approx(4)
    assert once.capture_fps == pytest.approx(60)
    rounded = repeats.each_once(info, clock, stated_fps=15.5)  # as ``probe`` takes what is rounded
    assert (rounded.slow_motion, rounded.capture_fps) == (1.0, pytest.approx(15))


@pytest.mark.parametrize("count", [2, 9, 25, 200])
def test_what_is_usual_is_the_percentile_of_the_frames_around(count: int) -> None:
    from scipy.ndimage import percentile_filter

    changes = np.random.default_rng(count).gamma(2.0, 3.0, count)
    expected = percentile_filter(changes, 90, size=25, mode="nearest")
    np.testing.assert_array_equal(_usual(changes), expected)
