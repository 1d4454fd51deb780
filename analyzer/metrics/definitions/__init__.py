"""Every metric, written once; importing registers them, in the report's order."""

from __future__ import annotations

from analyzer.metrics.definitions import (  # noqa: F401  (importing registers)
    acceleration,
    arms,
    balance,
    coupling,
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

_ORDER = {relationship: i for i, relationship in enumerate(Relationship)}
for _name, _metric in sorted(METRICS.items(), key=lambda item: _ORDER[item[1].relationship]):
    del METRICS[_name]
    METRICS[_name] = _metric
