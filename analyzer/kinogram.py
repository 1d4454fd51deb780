"""The kinogram."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analyzer.analysis import Analysis


def draw(analysis: Analysis, path: Path) -> Path:
    """Draw it."""
    path.write_bytes(b"")
    return path
