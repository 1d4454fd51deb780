"""Files kept between runs: written at once or not at all, counted, and cleared out."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

from analyzer.pose.networks.weights import cache_dir

STALE_S: Final = 3600.0
"""Age at which a file that was never finished is nobody's any more, s; writing one takes less than one."""


def put(path: Path, fill: Callable[[IO[bytes]], object]) -> None:
    """Write a file at once, so that another process sees the whole of it or none."""
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            part = Path(file.name)
            fill(file)
        os.replace(part, path)
    except OSError:  # a cache that cannot be written only costs time
        return
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)


def clear_out(old: Iterable[Path]) -> None:
    """Remove what is too much, and what a process left that was killed over it."""
    with suppress(OSError):
        for path in (*old, *unfinished(STALE_S)):
            path.unlink(missing_ok=True)


def of_kind(folder: str, kind: str) -> list[Path]:
    """Return what is kept of a kind, the one used last first."""
    found: list[tuple[Path, float]] = []
    with suppress(PermissionError):  # another user's: nothing in it is for this one
        found = [(path, used(path)) for path in (cache_dir() / folder).glob(f"*.{kind}")]
    return [path for path, _ in sorted(found, key=lambda one: -one[1])]


def unfinished(older_s: float) -> list[Path]:
    """Return files that a process was killed over while it wrote them."""
    found = [*cache_dir().glob("*.part"), *cache_dir().glob("*/*.part")]
    return [path for path in found if time.time() - used(path) >= older_s]


def used(path: Path) -> float:
    """Return when a file was last used, s; 0 where another process has just removed it."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def size(path: Path) -> int:
    """Return the size of a file, bytes; 0 likewise."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
