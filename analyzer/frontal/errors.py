"""How far off the numbers of the frontal plane are, and what is taken out of them."""

from __future__ import annotations

from typing import Final, NamedTuple


class Known(NamedTuple):
    """What was measured of a number on rendered runs.

    shift : what is taken off it, in its unit
    between : standard deviation of what is left between bodies and views
    within : the same between clips of one athlete filmed alike, beside the scatter from stance to stance
    """

    shift: float
    between: float
    within: float


KNOWN: Final[dict[str, Known]] = {
    "step_rate": Known(0.0, 0.0, 0.0),
    "foot_from_midline": Known(0.0, 2.0, 1.0),
    "knee_inward": Known(0.0, 3.0, 1.0),
    "knee_lift": Known(0.0, 5.0, 2.0),
    "hand_across": Known(0.0, 8.0, 3.0),
    "trunk_side_lean": Known(0.0, 1.5, 1.0),
    "trunk_sway": Known(0.0, 1.0, 0.5),
    "pelvis_drop": Known(0.0, 3.0, 1.0),
    "step_time_difference": Known(0.0, 2.0, 1.0),
    "arm_leg_lag": Known(0.0, 3.0, 1.0),
    "step_width": Known(0.0, 3.0, 1.0),
}
"""By measure."""
