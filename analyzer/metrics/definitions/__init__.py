"""Every metric, written once; importing registers them, in the report's order.

``steps`` (times, lengths, speed), ``push_leg``, ``swing_leg``, ``arms``, ``torso``, ``timing`` between steps,
``balance``, and how they work together: ``system`` (thigh with thigh, what peaks together), ``coupling``
(arms with legs), ``support`` (whole-body push support); ``flight``; ``acceleration`` of a run from a
standstill.
"""

from __future__ import annotations

from analyzer.metrics.definitions import (  # noqa: F401  (importing registers)
    acceleration,
    arms,
    balance,
    coupling,
    flight,
    push_force,
    push_leg,
    steps,
    support,
    swing_leg,
    system,
    timing,
    torso,
    while_pushing,
)
from analyzer.metrics.registry import METRICS, Relationship

_order = list(Relationship)
for _name, _metric in sorted(METRICS.items(), key=lambda item: _order.index(item[1].relationship)):
    del METRICS[_name]
    METRICS[_name] = _metric
