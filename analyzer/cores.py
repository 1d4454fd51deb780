"""How many cores this process may use: all that the system gives it, or a share of them."""

from __future__ import annotations

import os
from collections.abc import Sequence

_share: int | None = None


def available() -> list[int]:
    """Return the numbers of the cores that this thread may run on."""
    if hasattr(os, "sched_getaffinity"):  # taskset, containers and batch queues give less than there is
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def usable() -> int:
    """Return how many threads of this process should work at once; at least 1."""
    here = len(available())
    return here if _share is None else max(1, min(here, _share))


def keep_to(share: Sequence[int] | int) -> None:
    """Leave the other cores to others: from now on ``usable`` counts only these.

    Parameters
    ----------
    share : numbers of cores, or how many
        Given numbers are kept to by the libraries, too, which start as many threads as they see cores:
        say it before they are imported. Where the system knows no such thing, only their count is kept.
    """
    global _share
    if isinstance(share, int):
        _share = share
        return
    _share = len(share)
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, share)


def shares(n: int) -> list[list[int]]:
    """Deal the cores out to ``n`` processes, as evenly as can be; with too few, several have the same."""
    cores = available()
    if n >= len(cores):
        return [[cores[i % len(cores)]] for i in range(n)]
    return [cores[len(cores) * i // n : len(cores) * (i + 1) // n] for i in range(n)]
