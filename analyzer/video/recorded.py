"""When a clip was recorded, as its file says."""

from __future__ import annotations

import datetime
from pathlib import Path

import av

NEVER: datetime.date = datetime.date(1971, 1, 1)
"""Clocks that were never set write their first day: an earlier date says nothing."""


def date(path: Path) -> datetime.date | None:
    """Return the day on which a clip was recorded; None where its file does not say, or is gone."""
    if not path.is_file():
        return None
    try:
        with av.open(str(path)) as container:
            text = container.metadata.get("com.apple.quicktime.creationdate") or container.metadata.get(
                "creation_time", ""
            )
        found = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).date()
    except (OSError, ValueError, av.FFmpegError):
        return None
    return found if found > NEVER else None
