"""How large landmarks' random errors are, and how long they last."""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import JOINTS
from analyzer.signals import noise

NOISE_HZ: Final = 24.0
"""Above this a landmark's path is taken for noise: above 12 Hz a sprinter's knees and feet still move, which
made their noise nearly twice what it is."""
MEMORY_S: Final[dict[str, float]] = {"hip": 0.020, "elbow": 0.020}
"""After this at most a landmark's random error has faded to 1/e; 0.012 s for the rest.

On twelve clips of two rendered bodies, freed of what repeats with the stride and of what that takes from a
random error, knees and ankles remember for 0.005 to 0.012 s, hips and elbows for 0.012 to 0.022. Without
the bound a runner's fast movement passed for errors with a long memory.
"""
MEMORY_REST_S: Final = 0.012
SLOW_S: Final = 0.040
"""The same for the shoulders and the head as a network marks them: it turns them slowly to and fro.

0.030 to 0.045 s in the same clips. Their jitter from frame to frame tells half of it.
"""
SLOW: Final = ("shoulder", "ear", "nose")


def jitter(time: Array, raw: Array, *, markers: bool) -> tuple[Array, Array]:
    """Return how large random errors of (n, k, 2) joints are, and how alike from frame to frame, (k, 2)."""
    parts = [name.partition("_")[2] or name for name in JOINTS]
    slow = np.repeat([not markers and part in SLOW for part in parts], 2)
    bound = np.repeat([MEMORY_S.get(part, MEMORY_REST_S) for part in parts], 2)
    memory = np.where(slow, SLOW_S, 0.0), np.where(slow, SLOW_S, bound)
    size, alike = noise.noise(time, raw.reshape(len(raw), -1), NOISE_HZ, memory)
    return size.reshape(-1, 2), alike.reshape(-1, 2)
