"""The quick look: short enough for a terminal, and true to what the metrics need."""

from __future__ import annotations

import pytest

from analyzer import preview
from analyzer.metrics import METRICS
from analyzer.metrics.registry import Relationship


@pytest.mark.parametrize("fps", [25.0, 29.97, 60.0, 119.88, 240.0])
def test_what_is_supported_fits_a_screen_and_counts_right(fps: float) -> None:
    lines = preview._supported(fps)
    assert len(lines) <= 20
    given = sum(m.min_fps <= round(fps) for m in METRICS.values())
    assert f"{given} of {len(METRICS)} metrics" in lines[1]
    for relationship in Relationship:
        (line,) = [x for x in lines if x.strip().startswith(relationship.value)]
        slow = [m for m in METRICS.values() if m.relationship is relationship and m.min_fps > round(fps)]
        assert ("not:" in line) == bool(slow)
        assert all(m.label in line for m in slow[: preview.NAMED])
