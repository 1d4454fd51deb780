"""One self-contained HTML page from an analysis."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.analysis import Analysis


def build(analysis: Analysis, path: Path) -> Path:
    """Write the report and return its path."""
    path.write_text(analysis.steps_table().to_html(), encoding="utf-8")
    return path
