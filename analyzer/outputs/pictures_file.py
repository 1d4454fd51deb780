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
        for index in sorted(pictures)[:MOST]:
            part, jpeg = pictures[index]
            name = f"{index:06d}_{'_'.join(str(at) for at in part)}.jpg"
            out.writestr(zipfile.ZipInfo(name, _DATE), jpeg)


def read(path: Path) -> dict[int, Picture]:
    """Return the pictures by the index of their frames; none without the file, or from a damaged one."""
    found: dict[int, Picture] = {}
    try:
        with zipfile.ZipFile(path) as saved:
            for entry in saved.infolist()[:MOST]:
                name = _NAME.fullmatch(entry.filename)
                if name is None or entry.file_size > MOST_BYTES:
                    continue
                index, x0, y0, x1, y1 = (int(number) for number in name.groups())
                found[index] = Picture((x0, y0, x1, y1), saved.read(entry))
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        return found
    return found
