"""The true value of what happens while a leg pushes: the others' moves, and the modelled force."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyzer.metrics import two_mass
from validation.gait import G

if TYPE_CHECKING:
    from validation.measures import Measures


def of_step(m: Measures, k: int) -> dict[str, float]:
    """Return what the others did in contact ``k``, and the force of the model with all it asks for known."""
    return _moves(m, k) | _force(m, k)


def _moves(m: Measures, k: int) -> dict[str, float]:
    side, td, to, step = m.side(k), m.td[k], m.to[k], m.step_time
    opposite = "left" if side == "right" else "right"
    angle, rate = m.truth.angle, m.truth.rate
    swing, trunk = angle[f"{opposite}_thigh"], m.cut(angle["trunk"], td, to)
    rear, front = (
        m.top(sign * swing, td + (middle - 0.6) * step, td + (middle + 0.6) * step)
        for sign, middle in ((-1, -0.4), (1, 0.65))
    )
    way = m.at(swing, min(to, front[0])) - m.at(swing, max(td, rear[0]))
    arms = rate[f"{side}_upper_arm"] - rate[f"{opposite}_upper_arm"]
    working = (-rate[f"{side}_thigh"], rate[f"{opposite}_thigh"], arms)
    peaks = [m.top(w, td, to)[0] for w in working]
    push, swung, armed = (100 * (t - td) / (to - td) for t in peaks)
    return {
        "swing_way_in_contact": 100 * way / (front[1] + rear[1]),
        "trunk_turn_in_contact": float(np.abs(trunk - trunk.mean()).max()),
        "push_thigh_fastest": push, "swing_thigh_fastest": swung, "arms_fastest": armed,
        "fastest_apart": float(np.ptp(peaks)),
    }  # fmt: skip


def _force(m: Measures, k: int) -> dict[str, float]:
    td, to = m.td[k], m.to[k]
    ankle = m.truth.joint[f"{m.side(k)}_ankle"][:, 1]
    flight = (td - m.to[k - 1] + m.td[k + 1] - to) / 2
    fall, stop = two_mass.landing(m.t, ankle, td, (td + to) / 2)
    push = two_mass.push(to - td, flight, fall, stop, G)
    return {
        "two_mass_peak_force": push.peak[1], "peak_force_time": 100 * push.peak[0] / (to - td),
        "early_push_share": 100 * push.until((to - td) / 2) / push.impulse,
        "vertical_impulse": push.impulse, "early_force": float(push.force(np.array([0.02]))[0]),
    }  # fmt: skip
