"""When a clip was recorded, as its file says."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Final

NEVER: Final = datetime.date(1971, 1, 1)
"""Clocks that were never set write their first day: an earlier date says nothing."""
_TAGS: Final = ("com.apple.quicktime.creationdate", "creation_time")
"""Names under which files say it; the first has the clock of the place, the second that of Greenwich."""


def day(metadata: Mapping[str, str]) -> datetime.date | None:
    """Return the day on which a clip was recorded, from what its container tells; None where it does not."""
    text = next((metadata[tag] for tag in _TAGS if metadata.get(tag)), "")
    try:
        found = datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).date()
    except ValueError:
        return None
    return found if found > NEVER else None
