"""Which frame shows an event: the first at or after it, counted from 1 as the review counts them."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from analyzer.data.analysis import Analysis

SAME_S: Final = 1e-6
"""Times nearer than this are one: tables hold them to the microsecond."""


def numbered(analysis: Analysis, t: float) -> int | None:
    """Return the number of the first frame at or after ``t``, from 1; None where the clip has none.

    Of a touchdown it is the first frame of the contact, of a toe-off the first after it.
    """
    time = analysis.pose.time
    if not math.isfinite(t) or not len(time) or t < time[0] - SAME_S or t > time[-1] + SAME_S:
        return None
    return int(np.searchsorted(time, t - SAME_S)) + 1
