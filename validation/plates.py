"""Contacts from forces that somebody has low-passed: the filter undone, ``touches``.

The forces of the treadmill runs came filtered: no impact is left in them, and from 10 N on to 50 N they take
11 ms, where a plate that was not filtered takes 2 ms. A filter without lag that spreads a landing over so
long lets it begin earlier and a toe-off end later. What was filtered is found here as the non-negative force
that, filtered again, gives what was handed on.

The filter is known from the forces themselves. They rise and fall as those of the jog's plates do after
a critically damped filter (Robertson & Dowling 2003), forward and backward; with a cut-off under 12.8 Hz no
force at all gives what was handed on (misfit 0.1 to 6 N, above it 0.01 N), and tails fall off as with 12 to
13 Hz. A cut-off of 12 or 14 Hz would move touchdowns by 1.5 ms and toe-offs by 0.6 ms.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from scipy.optimize import nnls
from scipy.signal import lfilter

CUT_OFF_HZ: Final = 12.8
THRESHOLD_N: Final = 50.0
_NOT_CUT_N: Final = 12.0
"""Smaller forces were set to zero after the filter."""
_RATE_HZ: Final = 1000.0
_NODE_S: Final = 0.004
_AROUND_S: Final = 0.05
_SMOOTH: Final = 0.002


def damped(force: np.ndarray, cut_off_hz: float = CUT_OFF_HZ, rate_hz: float = _RATE_HZ) -> np.ndarray:
    """Return a force (n,) after a critically damped low-pass of second order, forward and backward."""
    corner = np.tan(np.pi * cut_off_hz / np.sqrt(2**0.25 - 1) / rate_hz)
    a = corner**2 / (1 + corner) ** 2
    b = 2 * (1 - corner**2) / (1 + corner) ** 2
    out = force
    for _ in range(2):
        out = lfilter([a, 2 * a, a], [1, -b, 4 * a + b - 1], out)[::-1]
    return np.asarray(out)


def unfiltered(time: np.ndarray, force: np.ndarray, start_s: float, stop_s: float) -> np.ndarray:
    """Return the force (m, 2) of one contact before the filter: times, s, and newtons.

    Parameters
    ----------
    time, force : (n,) s, N
        As filtered, ``_RATE_HZ`` apart.
    start_s, stop_s : float
        About the contact's begin and end.
    """
    nodes = np.arange(start_s - _AROUND_S, stop_s + _AROUND_S, _NODE_S)
    used = (time > nodes[0]) & (time < nodes[-1]) & (force > _NOT_CUT_N)
    # How one node's force looks after the filter: a hat between its neighbours, spread.
    lag = np.arange(-0.15, 0.15, 1 / _RATE_HZ)
    hat = damped(np.maximum(0, 1 - np.abs(lag) / _NODE_S))
    spread = np.interp(time[used, None] - nodes, lag, hat, left=0, right=0)
    smooth = _SMOOTH * np.diff(np.eye(len(nodes)), 2, axis=0)
    found, _ = nnls(np.vstack([spread, smooth]), np.append(force[used], np.zeros(len(smooth))), maxiter=20000)
    return np.column_stack([nodes, found])


def crossings(force: np.ndarray) -> tuple[float, float]:
    """Return when a contact's force (m, 2) rises above and falls below the threshold, s."""
    time, size = force.T
    top = int(np.argmax(size))
    out = []
    for below, step in ((np.flatnonzero(size[:top] < THRESHOLD_N)[-1:], 1),
                        (np.flatnonzero(size[top:] < THRESHOLD_N)[:1] + top, -1)):  # fmt: skip
        i = int(below[0])
        share = (THRESHOLD_N - size[i]) / (size[i + step] - size[i])
        out.append(float(time[i] + share * (time[i + step] - time[i])))
    return (out[0], out[1])


@cache
def _forces(file: Path) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    head = lines.index("endheader")
    names = lines[head + 1].split()
    table = np.array([[float(cell) for cell in line.split()] for line in lines[head + 2 :] if line.strip()])
    time = table[:, names.index("time")]
    even = np.arange(time[0], time[-1], 1 / _RATE_HZ)
    feet = {"right": "R_ground_force_vy", "left": "L_ground_force_vy"}
    return even, {side: np.interp(even, time, table[:, names.index(name)]) for side, name in feet.items()}


def touches(file: Path, side: str, start_s: float, stop_s: float) -> tuple[float, float]:
    """Return touchdown and toe-off of a contact of a treadmill's force file before its filter, s."""
    time, force = _forces(file)
    return crossings(unfiltered(time, force[side], start_s, stop_s))
