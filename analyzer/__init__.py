"""From one phone video of a sprinter to numbers a coach can trust and pictures a coach can use."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analyzer.comparison.runs import compare
    from analyzer.config import Config
    from analyzer.data.analysis import Analysis
    from analyzer.metrics import METRICS
    from analyzer.pipeline import analyze, analyze_any, analyze_frontal, analyze_passes, load

__version__ = "0.1.0"
__all__ = [
    "METRICS",
    "Analysis",
    "Config",
    "__version__",
    "analyze",
    "analyze_any",
    "analyze_frontal",
    "analyze_passes",
    "compare",
    "load",
]

_HOME = {
    "Analysis": "data.analysis",
    "Config": "config",
    "METRICS": "metrics",
    "analyze": "pipeline",
    "analyze_any": "pipeline",
    "analyze_frontal": "pipeline",
    "analyze_passes": "pipeline",
    "compare": "comparison.runs",
    "load": "pipeline",
}


def __dir__() -> list[str]:
    """Return the public names, those that are imported only when they are used included."""
    return sorted(__all__)


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: ``import analyzer`` alone stays fast."""
    if name not in _HOME:
        raise AttributeError(f"module 'analyzer' has no attribute {name!r}")
    return getattr(importlib.import_module(f"analyzer.{_HOME[name]}"), name)
