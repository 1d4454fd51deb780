"""TOML that people write or that comes from elsewhere: read, or refused with what is wrong with it."""

from __future__ import annotations

import errno
import tomllib
from pathlib import Path
from typing import Any, Final

MOST_BYTES: Final = 20_000_000
"""Of a file that is read: ranges of a squad of a hundred at five speeds have a tenth of it."""
LONGEST_LINE: Final = 4000
"""Characters: a name of parts by the thousand takes gigabytes to be read."""


def read(path: Path) -> dict[str, Any]:
    """Return what a file holds.

    Raises
    ------
    OSError
        It cannot be opened, is no plain file, or too large.
    ValueError
        It is no TOML; the error says why.
    """
    path = Path(path)
    size = path.stat().st_size
    if not path.is_file():
        raise OSError(errno.EINVAL, "It is not a file")
    if size > MOST_BYTES:
        told = f"It has {size / 1e6:,.0f} MB; up to {MOST_BYTES / 1e6:.0f} can be read"
        raise OSError(errno.EFBIG, told)
    try:
        text = path.read_bytes().decode("utf-8-sig")
        if max(map(len, text.split("\n"))) > LONGEST_LINE:
            raise ValueError(f"It has a line of more than {LONGEST_LINE:,} characters.")
        return tomllib.loads(text)
    except UnicodeDecodeError:
        raise ValueError("It is not text in UTF-8.") from None
    except RecursionError:
        raise ValueError("It is nested without end.") from None
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{error}.") from None
