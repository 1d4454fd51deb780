"""Single frames of a clip: decoded once, in the background, for all that show one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from analyzer.data.capture import VideoInfo, renumbered
from analyzer.video.reader import Frame, shown
from analyzer.video.timeline import read_timeline


class Stills:
    """Frames of a clip, as the decoder gave them; the decoder runs beside what the caller does meanwhile.

    Parameters
    ----------
    info : VideoInfo or None
        None, or a file that is gone, has no frames.
    wanted : iterable of int
        Indices into ``VideoInfo.time``.
    hide : callable, optional
        What a frame goes through before anybody gets it.
    """

    def __init__(
        self,
        info: VideoInfo | None,
        wanted: Iterable[int],
        hide: Callable[[Frame], Frame] | None = None,
    ) -> None:
        self.hide = hide
        self._hidden: dict[int, Frame] = {}
        self._found: Future[dict[int, Frame]] | None = None
        indices = sorted(set(wanted))
        if info is None or not indices or not info.path.is_file():
            return
        pool = ThreadPoolExecutor(1, "stills")
        self._found = pool.submit(_decoded, info, indices)
        pool.shutdown(wait=False)

    def at(self, index: int) -> Frame | None:
        """Return a frame; None where there is no file, or the frame was not asked for or is damaged.

        Raises
        ------
        VideoError
            As for ``reader.shown``.
        """
        found = None if self._found is None else self._found.result().get(index)
        if found is None or self.hide is None:
            return found
        if index not in self._hidden:
            self._hidden[index] = self.hide(found)
        return self._hidden[index]


def nearest(info: VideoInfo, t: float) -> int:
    """Return the index of the frame nearest to ``t`` seconds on the clock of the clip."""
    return int(np.argmin(np.abs(info.time - t)))


def near_keys(info: VideoInfo, indices: Iterable[int], reach: int) -> list[int]:
    """Return frames within ``reach`` of ``indices`` that need no others to be decoded, where there are any.

    Of a long clip such a frame costs a hundredth of one in the middle between two of them.
    """
    keys = _keys(info)
    found = []
    for index in indices:
        key = int(keys[np.argmin(np.abs(keys - index))]) if len(keys) else index
        found.append(key if abs(key - index) <= reach else index)
    return found


def _keys(info: VideoInfo) -> NDArray[np.int64]:
    """Return the numbers, in the clip, of the frames that need no others to be decoded, if known."""
    keys = info.keys
    if not keys and info.path.is_file():  # results of an older version
        keys = renumbered(read_timeline(info.path).keys, info.pictures)
    return np.array(keys, np.int64)


def _decoded(info: VideoInfo, indices: list[int]) -> dict[int, Frame]:
    return {frame.index: frame for frame in _stretches(info, indices) if frame.index in indices}


def _stretches(info: VideoInfo, indices: list[int]) -> Iterator[Frame]:
    """Yield frames that hold those wanted, in order; what lies before a key frame is not decoded for them."""
    group = np.searchsorted(_keys(info), indices, side="right")
    for number in np.unique(group):
        inside = np.flatnonzero(group == number)
        some = [indices[i] for i in inside]
        yield from shown(info, some[0], some[-1] + 1, only=some)
