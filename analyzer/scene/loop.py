"""Runs of a clip that are one run shown several times, as in a looped GIF: told from the joints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.data.capture import PoseTrack
from analyzer.joints import body_size

SAME: Final = 0.05
"""Leg lengths, the median over joints and frames, up to which two runs are the same pictures. Of two runs of
one athlete the feet alone are as far apart after 3 ms."""
SHIFT: Final = 3
"""Frames by which one may be seen earlier than the other."""
COMMON: Final = 0.8
"""Share of the shorter run that both must show."""
PARTS: Final = ("hip", "knee", "ankle")


def once_more(pose: PoseTrack, runs: Mapping[int, tuple[int, int]]) -> list[int]:
    """Return the numbers of the runs that show the pictures of an earlier one once more.

    Parameters
    ----------
    pose : PoseTrack
    runs : first frame and one past the last by number, in order of time
    """
    leg = body_size.leg_length(pose, pose.xy)
    places = np.stack([pose.joint(f"{side}_{part}") for part in PARTS for side in ("left", "right")], axis=1)
    own: list[Array] = []
    again: list[int] = []
    for number, (start, stop) in runs.items():
        run = places[start:stop] / leg
        if any(_same(run, other) for other in own):
            again.append(number)
        else:
            own.append(run)
    return again


def _same(run: Array, other: Array) -> bool:
    """Tell whether joints (n, k, 2), leg lengths in the picture, are others (m, k, 2) over again."""
    for shift in range(-SHIFT, SHIFT + 1):
        a, b = run[max(shift, 0) :], other[max(-shift, 0) :]
        n = min(len(a), len(b))
        if n < COMMON * min(len(run), len(other)):
            continue
        apart = np.hypot(*np.moveaxis(a[:n] - b[:n], -1, 0))
        if np.isfinite(apart).mean() > COMMON / 2 and np.nanmedian(apart) < SAME:
            return True
    return False
