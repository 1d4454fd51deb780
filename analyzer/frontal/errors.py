"""How far off the numbers of the frontal plane are, what is taken out of them, and which are not given."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from analyzer.data.capture import Kind
from analyzer.data.view import View


class Known(NamedTuple):
    """What was measured of a number.

    shift : what is taken off it, in its unit
    between : standard deviation of what is left, of one side, between bodies and views
    both : the same of the mean of both sides
    within : that between clips of one athlete filmed alike, beside the scatter from stance to stance
    gain : what is found of it, 1 = all; the number is divided by it
    """

    shift: float
    between: float
    both: float
    within: float
    gain: float = 1.0


NETWORK: Final[dict[str, Known]] = {
    "step_rate": Known(0.0, 0.0, 0.0, 0.01),
    "foot_from_midline": Known(0.0, 1.6, 0.9, 0.7),
    "knee_lift": Known(-12.0, 8.0, 7.0, 4.0),
    "hand_across": Known(-2.0, 8.0, 4.0, 4.0),
    "trunk_side_lean": Known(0.0, 1.4, 1.4, 1.0),
    "trunk_sway": Known(0.0, 1.2, 1.2, 0.7),
    "step_time_difference": Known(0.0, 2.5, 2.5, 1.2),
    "arm_leg_lag": Known(0.6, 4.0, 3.0, 1.5),
    "step_width": Known(0.0, 1.4, 1.4, 0.7),
}
"""By measure, as a pose network marks the joints, on eight clips of four rendered bodies, and a little more
because these are of one make; in the side lean is a camera that stands a degree off the vertical."""
REAR_SWAY: Final = 0.8
"""Share of the trunk's sway that a network shows from behind, where it puts shoulders nearer together:
0.74, 0.82 and 0.95 of three bodies."""
MARKERS: Final[dict[str, Known]] = {
    "step_rate": Known(0.0, 0.0, 0.0, 0.01),
    "foot_from_midline": Known(0.0, 0.8, 0.5, 0.3),
    "knee_inward": Known(0.0, 2.0, 1.5, 1.0),
    "knee_lift": Known(0.0, 2.5, 2.5, 1.0),
    "hand_across": Known(1.5, 2.5, 2.0, 1.0),
    "trunk_side_lean": Known(0.0, 1.0, 1.0, 0.7),
    "trunk_sway": Known(-0.4, 0.7, 0.7, 0.4),
    "pelvis_drop": Known(-0.8, 1.6, 1.5, 0.7),
    "step_time_difference": Known(0.0, 1.5, 1.5, 0.8),
    "arm_leg_lag": Known(0.6, 1.2, 1.0, 0.6),
    "step_width": Known(0.0, 1.0, 1.0, 0.5),
}
"""By measure, by markers on the body."""
BESIDE: Final[dict[str, float]] = {"trunk_side_lean": 8.0, "hand_across": 20.0}
"""What a camera beside the lane's line adds to a number for each unit of the angle's sine, and is not known
better: a runner's forward lean of 5 to 11 degrees, which is not taken out; how far ahead a hand is that is
furthest across (``beside.HAND``), which is, to a quarter."""
NOT_TOLD: Final = (
    "Hips and knees as a pose network marks them do not tell it: on rendered runs it did not follow what was "
    "true. Markers do."
)
"""Why numbers that only markers tell are not given."""
HIDDEN: Final = ("knee_lift", "hand_across", "arm_leg_lag")
"""Measures of what the body hides from a camera behind it: a network guesses them."""
BEHIND: Final = "The body hides it from a camera behind: film from the front."
"""Why these are not given from behind."""
KNEES: Final = ("knee_lift", "arm_leg_lag")
"""Measures that rest on the knee's highest place..."""
UNLIKE: Final = 20.0
"""...and by how much it may differ between the sides, % of the thigh, before one is taken for misread: 13 at
most where knees were seen, 68 under loose shorts."""
COVERED: Final = (
    "Left and right knee are not seen alike: clothes hide a knee that comes forward, or one was not seen."
)
"""Why these are not given then."""
UNEVEN: Final = (
    "Feet and body do not tell the same steps: the camera shakes, or joints were misread. The feet alone do "
    "not tell it."
)
"""Why the difference of the step times is not given."""


def known(name: str, kind: Kind, view: View) -> Known:
    """Return what is known of a measure by how the joints were marked and from where they were seen.

    What other networks mark beside the joints was not measured, so what would be taken out is an error.
    """
    if kind == "markers":
        return MARKERS[name]
    found = NETWORK[name]
    if name == "trunk_sway" and view.kind == "rear":
        found = found._replace(gain=REAR_SWAY)
    if kind == "network":
        return found
    return found._replace(
        shift=0.0,
        between=float(np.hypot(found.between, found.shift)),
        both=float(np.hypot(found.both, found.shift)),
    )


def seen_beside(found: Known, name: str, sine: float) -> Known:
    """Return what is known of a measure seen from beside the lane's line, by the sine of that angle."""
    more = BESIDE.get(name, 0.0) * abs(sine)
    return found._replace(
        between=float(np.hypot(found.between, more)), both=float(np.hypot(found.both, more))
    )


def not_given(name: str, kind: Kind, view: View) -> str:
    """Return why a measure is not given of joints of a kind in a view; empty where it is."""
    if kind == "markers":
        return ""
    if name not in NETWORK:
        return NOT_TOLD
    return BEHIND if view.kind == "rear" and name in HIDDEN else ""
