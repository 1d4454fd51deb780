"""What each relationship of the article is made of, item by item, and which metrics measure it.

An item's key is its relationship's letter and its number there: P push leg, S swing leg, A arms, T torso,
G timing (of the gait), B balance. ``docs/metrics.md`` lists them by it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from analyzer.metrics.registry import Relationship

UNTOLD: Final = {
    "B1": "not given: braking sets the body back by a centimetre, and its centre is not known as well",
    "B3": "not given: the jerk of a body is lost in the errors of its marks, by more than runners differ",
    "T5": "not given: shoulders turning against hips are measured from no view",
}
"""Why there is no number of an item."""
ACROSS: Final = {
    "A6": ("hand_across",),
    "B7": ("step_width", "trunk_sway", "pelvis_drop"),
}
"""Measures of an item that a view from the front or from behind shows, and none from the side."""


class Item(NamedTuple):
    """One item of the catalogue; without ``metrics`` it is in ``ACROSS``, or ``UNTOLD`` says why."""

    key: str
    what: str
    relationship: Relationship
    metrics: tuple[str, ...]


def _items(relationship: Relationship, rows: dict[str, tuple[str, str]]) -> tuple[Item, ...]:
    return tuple(Item(key, what, relationship, tuple(names.split())) for key, (what, names) in rows.items())


ITEMS: Final = (
    *_items(Relationship.PUSH_LEG, {
        "P1": ("contact time", "contact_time"),
        "P2": ("toe-off distance", "toe_off_distance relative_toe_off_distance"),
        "P3": ("push angle", "push_angle"),
        "P4": ("drive of the hip in contact", "stance_thigh_sweep stance_thigh_speed"),
        "P5": ("compression of the leg", "knee_collapse com_drop"),
        "P6": ("vertical push, estimated",
               "mean_vertical_force peak_vertical_force two_mass_peak_force peak_force_time early_push_share "
               "vertical_impulse early_force"),
        "P7": ("horizontal push, estimated", "acceleration ratio_of_forces"),
    }),
    *_items(Relationship.SWING_LEG, {
        "S1": ("peak forward thigh speed", "peak_thigh_speed"),
        "S2": ("its time against the other contact", "peak_thigh_speed_timing"),
        "S3": ("swing thigh at the other touchdown", "swing_thigh_touchdown"),
        "S4": ("knee beside knee", "knee_gap_touchdown"),
        "S5": ("drawing back before touchdown",
               "thigh_retraction_speed foot_descent_speed foot_forward_speed"),
        "S6": ("fold and carry", "peak_knee_flexion peak_knee_flexion_timing swing_time"),
        "S7": ("turning points of the thigh", "trail_thigh_reversal lead_thigh_reversal"),
    }),
    *_items(Relationship.ARMS, {
        "A1": ("shoulder range", "shoulder_range"),
        "A2": ("peak speeds", "peak_arm_speed_forward peak_arm_speed_backward"),
        "A3": ("elbow range", "elbow_flexion_front elbow_flexion_rear elbow_range"),
        "A4": ("dwell at the turning points", "arm_dwell"),
        "A5": ("fore-aft cancellation", "arm_cancellation"),
        "A6": ("rotation about the long axis, across the body", ""),
    }),
    *_items(Relationship.TORSO, {
        "T1": ("lean", "trunk_lean_touchdown trunk_lean_toe_off trunk_lean_mean"),
        "T2": ("excursion in contact", "trunk_excursion"),
        "T3": ("lag of its response", "trunk_response"),
        "T4": ("evenness of the lean over the steps", "lean_unevenness"),
        "T5": ("counter-rotation of shoulders and pelvis", ""),
        "T6": ("hips and shoulders together", "hip_shoulder_coherence"),
    }),
    *_items(Relationship.TIMING, {
        "G1": ("step time and frequency", "step_time step_frequency"),
        "G2": ("flight and duty", "flight_time flight_contact_ratio duty_factor"),
        "G3": ("thigh switch", "thigh_switch_time thigh_switch_share"),
        "G4": ("retraction window", "retraction_window"),
        "G5": ("regularity of the rhythm", "step_time_variability"),
        "G6": ("alternation of left and right", "step_time_ratio"),
    }),
    *_items(Relationship.BALANCE, {
        "B1": ("speed lost and regained in contact", ""),
        "B2": ("vertical oscillation", "vertical_oscillation"),
        "B3": ("smoothness", ""),
        "B4": ("symmetry", "contact_symmetry step_length_symmetry"),
        "B5": ("push side against swing side", "push_swing_balance push_swing_lag"),
        "B6": ("balance about the vertical axis, estimated", "axis_cancellation axis_ratio"),
        "B7": ("step width, sway, pelvic drop", ""),
    }),
)  # fmt: skip
"""The founding catalogue; the system's own metrics, how the parts work together, come on top."""
