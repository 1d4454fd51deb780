"""Where the clip of some results lies: found by content, near the results or where this machine last saw it.

Results hold the clip's name, size and hash, never its folder: they are sent on, and folders bear names of
people.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from analyzer.data.capture import VideoInfo
from analyzer.pose.networks.weights import cache_dir
from analyzer.video import reader

_SEEN: Final = "clips"
"""Folder in the cache that holds a file for each clip: where it was, its size and the time of its change."""
_MOST: Final = 1000
"""Clips remembered."""
_NOWHERE: Final = Path(os.devnull)
"""What has nothing below it, also later: a file that is put beside the results may be another clip."""


def found(info: VideoInfo, directory: Path) -> VideoInfo:
    """Return a clip with the path at which it lies now; one at which no file can be where it is nowhere."""
    remembered = _remembered(info)
    if remembered is not None:
        return replace(info, path=remembered)
    for path in _candidates(info, directory):
        if _is(path, info) and not _leads_out(path, directory):
            return replace(info, path=path)
    return replace(info, path=_NOWHERE / info.path.name)


def remember(info: VideoInfo) -> None:
    """Keep in this machine's cache where a clip lies; where it cannot be kept, it is looked for again."""
    with suppress(OSError):
        path = info.path.absolute()
        status = path.stat()
        folder = cache_dir() / _SEEN
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps([str(path), status.st_size, status.st_mtime_ns])
        (folder / _file(info)).write_text(text, encoding="utf-8")
        for old in sorted(folder.iterdir(), key=lambda file: -file.stat().st_mtime)[_MOST:]:
            old.unlink(missing_ok=True)


def _file(info: VideoInfo) -> str:
    """Return the name of a clip's file in the cache; the hash may be what somebody else wrote."""
    return f"{hashlib.sha256(info.sha256.encode()).hexdigest()[:24]}.json"


def _remembered(info: VideoInfo) -> Path | None:
    """Return where a clip was, if it has not changed since."""
    try:
        text = (cache_dir() / _SEEN / _file(info)).read_text(encoding="utf-8")
        name, size, changed = json.loads(text)
        status = Path(name).stat()
    except (OSError, ValueError, TypeError):
        return None
    return Path(name) if (status.st_size, status.st_mtime_ns) == (size, changed) else None


def _candidates(info: VideoInfo, directory: Path) -> Iterator[Path]:
    """Yield files that may be the clip: by its name, then whatever is of its size, inside and beside."""
    here = directory.absolute()
    near = (here, here.parent, here.parent.parent)
    yield from (folder / info.path.name for folder in near)
    if info.path.is_absolute():  # as results of an older version have it
        yield info.path
    for folder in near[:2] if info.size_bytes else ():
        with suppress(OSError):
            yield from sorted(folder.glob(f"*{info.path.suffix}"))


def _leads_out(path: Path, directory: Path) -> bool:
    """Tell whether a file in a folder of results, which may be a stranger's, is a link to one elsewhere."""
    inside = path.parent == directory.absolute()
    return inside and not path.resolve().is_relative_to(directory.resolve())


def _is(path: Path, info: VideoInfo) -> bool:
    try:
        if not path.is_file() or (info.size_bytes and path.stat().st_size != info.size_bytes):
            return False
        return reader.sha256(path) == info.sha256
    except OSError:
        return False
