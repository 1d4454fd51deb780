"""Cuts that leave the background, and the run among walking and waiting: paths written down by code."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.data.capture import CameraMotion
from analyzer.scene.stretches import jumps, run_in, way

LEG = 100.0


def path(fps: float, *parts: tuple[float, float, float], slow: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return time and place, px, of (seconds, speed from, speed to) parts, leg lengths a second."""
    speeds = [np.linspace(a, b, round(s * fps * slow), endpoint=False) for s, a, b in parts]
    speed = LEG * np.concatenate(speeds) / slow
    time = np.arange(len(speed)) / fps
    sway = 0.03 * LEG * np.sin(2 * np.pi * 4 / slow * time)
    return time, np.concatenate([[0.0], np.cumsum(speed)[:-1] / fps]) + sway


RUN = (1.6, 9.0, 9.0)


@pytest.mark.parametrize("slow", [1.0, 4.0])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([(3.0, 1.4, 1.4), (1.0, 0.0, 0.0), (0.8, 0.0, 9.0)], []),
        ([(3.0, 1.4, 1.4), (0.7, 1.4, 9.0)], []),
        ([(0.8, 0.0, 9.0)], [(1.2, 9.0, 1.3), (4.0, 1.3, 1.3)]),
        ([(2.5, 1.2, 1.2), (0.8, 1.2, 9.0)], [(1.2, 9.0, 1.3), (3.0, 1.3, 1.3)]),
    ],
)
def test_walking_and_waiting_beside_a_run_are_no_part_of_it(before: list, after: list, slow: float) -> None:
    time, place = path(60, *before, RUN, *after, slow=slow)
    first, last = run_in(time, place, LEG)
    started = sum(s for s, *_ in before) * slow
    ends = started + RUN[0] * slow
    assert time[first] <= started + 0.1 * slow
    assert time[last - 1] >= ends - 0.1 * slow
    if before[0][1] > 0:
        walked = before[0][0] * slow
        assert walked - 0.6 * slow < time[first]
    else:
        assert first == 0
    if after:
        assert time[last - 1] < ends + 1.9 * slow
    else:
        assert last == len(time)


@pytest.mark.parametrize("slow", [1.0, 8.0])
@pytest.mark.parametrize(
    "parts",
    [
        [RUN],
        [(1.5, 0.0, 0.0), (3.0, 0.0, 9.5)],
        [(0.5, 0.0, 4.0), (1.0, 4.0, 6.5), (2.0, 6.5, 9.0), (2.0, 9.0, 9.8)],
        [(6.0, 1.4, 1.4)],
        [(2.0, 9.0, 9.0), (1.0, 9.0, 6.0)],
        [(0.0, 0.0, 0.0), (0.2, 3.0, 3.0)],
    ],
)
def test_a_run_alone_a_start_and_a_walk_keep_every_frame(parts: list, slow: float) -> None:
    time, place = path(60, *parts, slow=slow)
    assert run_in(time, place, LEG) == (0, len(time))


def test_a_jump_of_the_athlete_is_a_cut() -> None:
    time, first = path(60, RUN)
    place = np.concatenate([first, first * 0.8])
    time = np.arange(len(place)) / 60
    assert jumps(time, place, LEG) == [len(first)]
    gone = place.copy()
    gone[len(first) - 12 : len(first) + 9] = np.nan
    assert jumps(time, gone, LEG) == [len(first) + 9]


def test_a_piece_cut_out_of_a_run_is_a_cut() -> None:
    time, place = path(60, (2.5, 7.0, 7.0))
    short = np.concatenate([place[:60], place[90:]])
    assert jumps(time[: len(short)], short, LEG) == [60]


def test_single_frames_read_wrongly_gaps_and_turns_are_no_cuts() -> None:
    time, place = path(60, (2.0, 7.0, 7.0))
    wrong = place.copy()
    wrong[[40, 77]] += 3 * LEG
    assert jumps(time, wrong, LEG) == []
    gap = place.copy()
    gap[50:80] = np.nan
    assert jumps(time, gap, LEG) == []
    back = np.concatenate([place, place[::-1]])
    back[100:140] = np.nan
    assert jumps(np.arange(len(back)) / 60, back, LEG) == []
    assert jumps(time, np.full(len(time), np.nan), LEG) == []


def test_the_way_is_that_over_the_ground_under_a_pan_and_as_the_athlete_grows() -> None:
    n = 90
    pan = np.linspace(0, 900, n)
    to_reference = np.tile(np.eye(3), (n, 1, 1))
    to_reference[:, 0, 2] = pan
    camera = CameraMotion(to_reference, np.zeros(n), moving=True)
    place = np.linspace(0, 900, n)
    hip = np.column_stack([place - pan + 300, np.full(n, 200.0)])
    box = np.column_stack([hip, np.full(n, 90.0)])
    assert way(hip, box, camera)[-1] == pytest.approx(10.0)
    box[:, 2] *= 2
    assert way(hip, box, camera)[-1] == pytest.approx(5.0)
