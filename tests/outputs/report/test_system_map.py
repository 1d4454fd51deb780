"""The system map's picture: what its bar of the push upward leaves open."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from summaries import summary

from analyzer.data.analysis import Analysis
from analyzer.outputs.report.system_map import BAR, system_map


def bar(page: str) -> dict[str, tuple[float, float]]:
    """Return by its class where each part of the bar begins and how wide it is, shares of the bar."""
    left, whole = BAR
    found = re.findall(
        r'<rect x="([\d.]+)" y="[\d.]+" width="([\d.]+)" height="16\.?0?"[^>]*class="(\w+)"', page
    )
    return {name: ((float(x) - left) / whole, float(width) / whole) for x, width, name in found}


@pytest.mark.parametrize(
    ("alone", "se", "sure", "most"), [(48, 8, 0.32, 0.64), (98, 19, 0.6, 1), (99, 0.1, 0.988, 0.992)]
)
def test_what_the_error_leaves_open_belongs_to_neither(
    bare: Analysis, alone: float, se: float, sure: float, most: float
) -> None:
    rows = (
        summary("single_leg_push", mean=alone, mean_se=se),
        summary("whole_body_support", mean=100 - alone, mean_se=se),
    )
    parts = bar(system_map(replace(bare, summaries=rows)))
    assert parts["frame"] == pytest.approx((0, 1), abs=0.01)
    assert parts["solid"] == pytest.approx((0, sure), abs=0.01)
    assert parts["support"] == pytest.approx((most, 1 - most), abs=0.01)
