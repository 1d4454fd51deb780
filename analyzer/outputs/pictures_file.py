"""``pictures.zip``: the parts of frames that the pages of a folder show, for when the clip is elsewhere."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from analyzer.data.capture import Picture

FILE: Final = "pictures.zip"
"""Name of the file."""
MOST: Final = 200
"""Pictures read from it, at most; a page shows about twenty, and every edit may add some."""
MOST_BYTES: Final = 4_000_000
"""Size of one, at most: a picture of ``LONGEST_PX`` has a tenth of it."""
_NAME: Final = re.compile(r"(\d{1,6})_(\d{1,5})_(\d{1,5})_(\d{1,5})_(\d{1,5})\.jpg")
_DATE: Final = (1980, 1, 1, 0, 0, 0)
"""A zip must give each file a date; one that is always the same makes the same file."""


def write(pictures: Mapping[int, Picture], path: Path) -> None:
    """Write pictures by the index of their frames; the first ``MOST`` where there are more."""
    with zipfile.ZipFile(path, "w") as out:
        for name, jpeg in named(pictures).items():
            out.writestr(zipfile.ZipInfo(name, _DATE), jpeg)


def read(path: Path) -> dict[int, Picture]:
    """Return the pictures by the index of their frames; none without the file, or from a damaged one."""
    found: dict[str, bytes] = {}
    try:
        with zipfile.ZipFile(path) as saved:
            for entry in saved.infolist()[:MOST]:
                if _NAME.fullmatch(entry.filename) and entry.file_size <= MOST_BYTES:
                    found[entry.filename] = saved.read(entry)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        return by_frame(found)
    return by_frame(found)


def named(pictures: Mapping[int, Picture]) -> dict[str, bytes]:
    """Return the files of pictures by their names, which tell frame and part; at most ``MOST``."""
    first = sorted(pictures)[:MOST]
    return {f"{i:06d}_{'_'.join(map(str, pictures[i].part))}.jpg": pictures[i].jpeg for i in first}


def by_frame(files: Mapping[str, bytes]) -> dict[int, Picture]:
    """Return the pictures that ``named`` gave names to; other files are left out."""
    found: dict[int, Picture] = {}
    for name, jpeg in files.items():
        if known := _NAME.fullmatch(name):
            index, x0, y0, x1, y1 = (int(number) for number in known.groups())
            found[index] = Picture((x0, y0, x1, y1), jpeg)
    return found
