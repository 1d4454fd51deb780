"""Rows of a summary with the numbers a test needs, and nothing else."""

from __future__ import annotations

import math
from typing import Any

from analyzer.data.results import Summary
from analyzer.metrics import METRICS


def summary(metric: str, **numbers: Any) -> Summary:
    """Return a row; what is not given is NaN."""
    names = ("mean", "sd", "mean_se", "left_mean", "right_mean", "difference", "difference_ci_low",
             "difference_ci_high", "reference_low", "reference_high")  # fmt: skip
    m = METRICS[metric]
    return Summary(
        metric=metric, label=m.label, relationship=m.relationship.value, unit=m.unit.symbol, n=7,
        evidence=m.evidence.value, reference_source="elite men, Somebody 2020", note="",
        **(dict.fromkeys(names, math.nan) | numbers),
    )  # fmt: skip
