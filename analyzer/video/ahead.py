"""Frames a few ahead of who looks at them: decoded and reduced in a thread of their own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from analyzer.video.frame import Frame

AHEAD: Final = 4
"""Frames that are ready before they are asked for, at most: whoever asks may take some at once."""


def ahead(frames: Iterator[Frame], prepare: Callable[[Frame], object] = lambda _: None) -> Iterator[Frame]:
    """Yield frames as they come, each prepared; both outside the thread that looks at them.

    Parameters
    ----------
    frames : iterator of Frame
    prepare : Frame -> anything, optional
        What a frame remembers once it is done, such as its reduced picture.
    """

    def one() -> Frame | None:
        frame = next(frames, None)
        if frame is not None:
            prepare(frame)
        return frame

    with ThreadPoolExecutor(1) as pool:
        waiting = deque(pool.submit(one) for _ in range(AHEAD))
        while (frame := waiting.popleft().result()) is not None:
            waiting.append(pool.submit(one))
            yield frame
