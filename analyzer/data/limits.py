"""How large an input may be, of a video and of joints alike: checked before anything is allocated for it."""

from __future__ import annotations

from typing import Final

MOST_PIXELS: Final = 40_000_000
"""Of one picture; 8K has 33 to 35 million. Each takes three bytes, and a dozen are held at once."""
MOST_SIDE: Final = 16_384
"""Pixels of its longer side, twice 8K: how often a long and low picture is looked at grows with it."""
MOST_FRAMES: Final = 20_000
"""Of one clip: 83 s at 240 frames a second, 5.5 min at 60. An analysis takes 70 kB and 2 ms for each, so
this is 1.4 GB. A gap counts as the frames that an even clock would have there."""
MOST_SECONDS: Final = 3600.0
"""From the first frame to the last: what is slower than six frames a second is bounded by this."""
MOST_FPS: Final = 10_000.0
"""Of a clock; beyond that it counts in a unit that was misread."""


def written(text: str) -> str:
    r"""Return a name as UTF-8 can hold it, with bytes that are none as ``\xff``."""
    return text.encode(errors="backslashreplace").decode()
