"""A pipe in the place of a file that is to be written."""

from __future__ import annotations

from pathlib import Path

from analyzer.errors import OutputError


def refuse(path: Path) -> None:
    """Raise OutputError for a pipe: to open one waits for a reader, without end."""
    if path.is_fifo():
        raise OutputError(f"Cannot write {path}.", "It is a pipe, not a file.", "Give another name.")
