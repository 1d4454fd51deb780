"""The letters of every picture: the fonts that matplotlib brings, found without loading it."""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from PIL import ImageFont

ASCENT: Final = 0.76
"""How far the tallest letter rises above the line, shares of the font's size."""
DESCENT: Final = 0.24
"""How far letters reach below it, likewise."""
_NO_SIGN: Final = "\uffff"


@lru_cache(maxsize=64)
def font(size: float, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return a font by its size, px: words look the same on every machine."""
    return ImageFont.truetype(_folder() / f"DejaVuSans{'-Bold' if bold else ''}.ttf", size)


@lru_cache(maxsize=1)
def _folder() -> Path:
    found = find_spec("matplotlib")
    assert found is not None
    assert found.submodule_search_locations is not None
    return Path(next(iter(found.submodule_search_locations))) / "mpl-data" / "fonts" / "ttf"


def drawable(text: str) -> str:
    """Return text with a box for what the font has no sign for: names come from all over the world."""
    return "".join(sign if _has(sign) and sign.isprintable() else "\N{WHITE SQUARE}" for sign in text)


@lru_cache(maxsize=4096)
def _has(sign: str) -> bool:
    """Tell whether the font has a sign: it draws something else than where it has none."""
    if sign.isascii():
        return True
    each = ImageFont.truetype(_folder() / "DejaVuSans.ttf", 24.0, layout_engine=ImageFont.Layout.BASIC)
    drawn, none = (each.getmask(one) for one in (sign, _NO_SIGN))
    return drawn.size != none.size or bytes(drawn) != bytes(none)
