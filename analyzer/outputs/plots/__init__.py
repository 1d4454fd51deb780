"""One function a chart: ``f(analysis, ax=None) -> Axes``, for notebooks and your own figures.

Right is warm and left is cool in every chart (``outputs.colours``); labels and units come from the registry
of metrics.
"""

from analyzer.outputs.colours import COLOUR, FAINT, INK
from analyzer.outputs.curves import clock_known
from analyzer.outputs.plots.canvas import SIZE_IN, STYLE, axis_label
from analyzer.outputs.plots.movement import (
    arm_angles,
    arm_leg,
    centre_of_mass,
    joint_angle,
    rhythm,
    thigh_angles,
    trunk_lean,
)
from analyzer.outputs.plots.values import (
    against_speed,
    contact_and_flight,
    differences,
    per_step,
    shares,
    step_speed,
)

__all__ = [
    "COLOUR",
    "FAINT",
    "INK",
    "SIZE_IN",
    "STYLE",
    "against_speed",
    "arm_angles",
    "arm_leg",
    "axis_label",
    "centre_of_mass",
    "clock_known",
    "contact_and_flight",
    "differences",
    "joint_angle",
    "per_step",
    "rhythm",
    "shares",
    "step_speed",
    "thigh_angles",
    "trunk_lean",
]
