"""Every number the analyzer reports, each written once: see ``registry.Metric``."""

from __future__ import annotations

from analyzer.metrics import definitions  # noqa: F401  (importing registers)
from analyzer.metrics.measure import FROM_BEHIND, HEADLINE
from analyzer.metrics.registry import METRICS, Metric
from analyzer.metrics.run import Run

__all__ = ["FROM_BEHIND", "HEADLINE", "METRICS", "Metric", "Run"]
