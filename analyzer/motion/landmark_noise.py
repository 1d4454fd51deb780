"""How large landmarks' random errors are, and how long they last, from their jitter between frames."""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS, part_of
from analyzer.signals import noise

NOISE_HZ: Final = 24.0
"""Hz above which a landmark's path is taken for noise: between 12 Hz and this a sprinter's knees and feet
still move, and that, taken for noise, made it nearly twice what it is."""
MEMORY_S: Final[dict[str, float]] = {"hip": 0.020, "elbow": 0.020}
"""Longest memory of a landmark's random error, s: by then it has faded to 1/e. ``MEMORY_REST_S`` for the
joints that are not listed.

On twelve clips of two rendered bodies, with what repeats from stride to stride taken out, the errors of knees
and ankles last for 0.005 to 0.012 s, those of hips and elbows for 0.012 to 0.022. Without the bound a
runner's fast movement passed for errors with a long memory.
"""
MEMORY_REST_S: Final = 0.012
"""The same for knees, ankles, feet, wrists and hands, s."""
SLOW_S: Final = 0.040
"""Memory of the errors of shoulders and head as a network marks them, s: it turns them slowly to and fro.

0.030 to 0.045 s in the same clips. Their jitter from frame to frame shows only half of such an error.
"""
SLOW: Final = ("shoulder", "ear", "nose")
"""The joints with such slow errors; markers have none."""


def jitter(time: Array, raw: Array, *, markers: bool) -> tuple[Array, Array]:
    """Return the random errors of joints: how large, and how alike from frame to frame.

    Parameters
    ----------
    time : (n,) s
    raw : (n, k, 2) m
        Unfiltered, in the order of ``JOINTS``.
    markers : bool
        Whether the joints are markers, whose errors are never slow.

    Returns
    -------
    sd, correlation : (k, 2)
        Standard deviation, m, and correlation between neighbouring frames, forward and up.
    """
    parts = [part_of(name) for name in JOINTS]
    slow = np.repeat([not markers and part in SLOW for part in parts], 2)
    bound = np.repeat([MEMORY_S.get(part, MEMORY_REST_S) for part in parts], 2)
    memory = np.where(slow, SLOW_S, 0.0), np.where(slow, SLOW_S, bound)
    sd, correlation = noise.noise(time, raw.reshape(len(raw), -1), NOISE_HZ, memory)
    return sd.reshape(-1, 2), correlation.reshape(-1, 2)
