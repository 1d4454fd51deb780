"""Single frames of a clip: decoded once, in the background, for all that show one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from analyzer.data.capture import VideoInfo, renumbered
from analyzer.video.reader import Frame, shown
from analyzer.video.timeline import read_timeline

Made = TypeVar("Made")


class OnePass:
    """Frames of a clip for all who show some of them: decoded once, beside what the caller does meanwhile.

    They are asked for within a ``with``, and decoded from its end on.

    Parameters
    ----------
    info : VideoInfo or None
        None, or a file that is gone, has no frames.
    """

    def __init__(self, info: VideoInfo | None) -> None:
        self._info = info if info is not None and info.path.is_file() else None
        self._asked: list[tuple[dict[int, Future[Any]], Callable[[Frame], Any]]] = []

    def ask(self, wanted: Iterable[int], make: Callable[[Frame], Made]) -> dict[int, Future[Made | None]]:
        """Return what is made of each frame, once it is decoded; None of a damaged one.

        Parameters
        ----------
        wanted : iterable of int
            Indices into ``VideoInfo.time``.
        make : callable
            Called in another thread; who asks first has a frame first.
        """
        found: dict[int, Future[Made | None]] = {}
        if self._info is not None:
            found = {index: Future() for index in wanted}
            self._asked.append((found, make))
        return found

    def __enter__(self) -> OnePass:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None and any(found for found, _ in self._asked):
            pool = ThreadPoolExecutor(1, "stills")
            pool.submit(self._decode)
            pool.shutdown(wait=False)

    def _decode(self) -> None:
        assert self._info is not None
        failed: BaseException | None = None
        try:
            for frame in each(self._info, {index for found, _ in self._asked for index in found}):
                for found, make in self._asked:
                    if frame.index in found:
                        found[frame.index].set_result(make(frame))
        except BaseException as error:  # noqa: BLE001  # told to whoever waits
            failed = error
        for waits in (one for found, _ in self._asked for one in found.values() if not one.done()):
            if failed is None:
                waits.set_result(None)
            else:
                waits.set_exception(failed)


class Stills:
    """Frames of a clip, as the decoder gave them.

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
        with OnePass(info) as decoded:
            self._found = decoded.ask(wanted, hide or (lambda frame: frame))

    def at(self, index: int) -> Frame | None:
        """Return a frame; None where there is no file, or the frame was not asked for or is damaged.

        Raises
        ------
        VideoError
            As for ``reader.shown``.
        """
        return self._found[index].result() if index in self._found else None


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


def each(info: VideoInfo, indices: Iterable[int]) -> Iterator[Frame]:
    """Yield some frames in order; what lies before a key frame is not decoded for them."""
    wanted = sorted(set(indices))
    group = np.searchsorted(_keys(info), wanted, side="right")
    for number in np.unique(group):
        some = [wanted[i] for i in np.flatnonzero(group == number)]
        for frame in shown(info, some[0], some[-1] + 1, only=some):
            if frame.index in some:
                yield frame
