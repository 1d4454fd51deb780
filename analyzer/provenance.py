"""What makes a result: the versions of all that ran, the command, the time."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from analyzer import __version__
from analyzer.config import Config
from analyzer.data import names
from analyzer.data.analysis import Provenance

_TABLES: Final = ("numpy", "scipy", "pandas")
"""Packages that every analysis runs on."""
_VIDEO: Final = ("av", "opencv-python-headless")
"""Packages that read a video and its images."""
_NETWORKS: Final = {
    "direct": ("ai-edge-litert",),
    "mediapipe": ("ai-edge-litert", "mediapipe"),
    "rtmpose": ("ai-edge-litert", "rtmlib"),
}
"""Packages that run the pose networks, by engine; the person detector runs on LiteRT under all of them."""
_VERSION: Final = re.compile(r"^Version: *(\S+)", re.MULTILINE)
"""The line that states a package's version."""


def made(packages: Iterable[str] = ()) -> Provenance:
    """Return what makes a result now: versions, command, time.

    Parameters
    ----------
    packages : iterable of str
        Those that ran, beside the ones that every analysis runs on.
    """
    versions = {"sprint-analyzer": __version__, "python": sys.version.split()[0]}
    versions |= {package: _version(package) for package in (*packages, *_TABLES)}
    command = tuple(names.bare(word) for word in sys.argv)
    return Provenance(versions, command, datetime.now(UTC).isoformat(timespec="seconds"))


def ran(path: str | Path | None, pose: str | Path | None, config: Config) -> tuple[str, ...]:
    """Return the packages that read the video and the joints."""
    video = _VIDEO if path is not None else ()
    return video if pose is not None else (*video, *_NETWORKS[config.engine])


@cache
def _version(package: str) -> str:
    """Return the version of a package, from the head of its facts: what follows is a page of prose."""
    try:
        found = distribution(package)
    except PackageNotFoundError:  # another distribution of the same module, as opencv-python
        return "unknown"
    stated = _VERSION.search(found.read_text("METADATA") or "")
    return stated[1] if stated else found.version
