"""The joints of every frame: the landmark network in a smooth crop that follows from what it reads."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Final

import numpy as np
from numpy.typing import NDArray

from analyzer import cores
from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, VideoInfo
from analyzer.data.notes import Progress
from analyzer.errors import NoAthleteError
from analyzer.pose.early_looks import FITS, EarlyLooks, Look, off
from analyzer.pose.networks import weights
from analyzer.pose.networks.blazepose import MIN_SCORE, SIDE_OF_STATURE, LandmarkNet, Looks, wider
from analyzer.pose.networks.crop import Cut
from analyzer.pose.people import athlete, crowd
from analyzer.pose.people.athlete import Person
from analyzer.pose.people.clothing import colour
from analyzer.pose.repair import second_looks
from analyzer.video.frame import Frame
from analyzer.video.reader import shown

VIEWS: Final = {"fast": 1, "balanced": 1, "best": 4}
"""How often the direct engine looks at each frame, see ``blazepose.LandmarkNet``."""
_WORKERS: Final = 4
_BEYOND_S: Final = 0.6  # how far the track is tried before the first and after the last sighting
_DRAWN: Final = 0.05  # of the square's side, from which a look in a crowd may have gone over to another
_FACING_S: Final = 0.5
"""Half of the time over which a body's way is averaged, s: about a stride in all."""
_MOST_BACK_DEG: Final = 35.0
"""How far a trunk may lean back that was read right, deg; runners lean back by 10. With the head cut off it
is once looked for among the thighs, then in a square that leans with them, and is not found again."""
_ROUNDS: Final = 3  # how often frames are looked at again with a better crop, at most


@dataclass
class Reading:
    """What was read in each frame: ``xy`` (n, 33, 2) px, ``confidence`` (n, 33), ``colour`` (n, 6)."""

    xy: Array
    confidence: Array
    colour: Array

    @classmethod
    def empty(cls, n: int) -> Reading:
        """Return nothing read in ``n`` frames."""
        k = len(BLAZEPOSE)
        return cls(np.full((n, k, 2), np.nan), np.zeros((n, k)), np.full((n, 6), np.nan))

    def take(self, frame: int, look: Look) -> None:
        """Remember what a look read, unless it saw nobody."""
        self.xy[frame], self.confidence[frame], self.colour[frame] = np.nan, 0.0, np.nan
        if look.score >= MIN_SCORE:
            self.xy[frame], self.confidence[frame] = look.xy, look.confidence
            self.colour[frame] = look.colour

    def clear(self, frames: Bools) -> None:
        """Forget what was read in some frames, (n,) bool."""
        self.xy[frames], self.confidence[frames], self.colour[frames] = np.nan, 0.0, np.nan


def read(
    info: VideoInfo,
    nets: Sequence[Looks],
    config: Config,
    person: Person,
    camera: CameraMotion,
    part: tuple[int, int],
    others: Sequence[Array],
    early: EarlyLooks,
    progress: Progress | None,
) -> tuple[Reading, Array]:
    """Read the joints of every frame in which the athlete may be.

    The crop follows from what was read, and frames whose crop was off are read again.

    Parameters
    ----------
    info : VideoInfo
    nets : sequence of Looks
        What reads joints, see ``networks``.
    config : Config
        ``engine`` and ``quality`` say whether frames that do not fit are read again.
    person : Person
        Whom to follow.
    camera : CameraMotion
    part : (first, one past the last)
        The frames that may be read.
    others : sequence of (n, 3) px
        Boxes of other people who come near, see ``crowd.beside``.
    early : EarlyLooks
        What was read on the way already.
    progress : callable, optional

    Returns
    -------
    Reading
    box : (n, 3) px
        The crop of each frame; NaN where the athlete is not in view.

    Raises
    ------
    NoAthleteError
        The network finds nobody where the person was seen.
    """
    n = len(info.time)
    reading = Reading.empty(n)
    used = np.full((n, 4), np.nan)
    known, worn = person.known(n), person.colour
    ends = person.sightings[0].frame, person.sightings[-1].frame
    for turn in range(_ROUNDS):
        box, lean = athlete.boxes(known, np.ones(n), camera, info.time)
        reach = round(_BEYOND_S * info.capture_fps)
        frames = np.arange(n)
        here = (frames >= max(part[0], ends[0] - reach)) & (frames < min(part[1], ends[1] + reach + 1))
        here &= athlete.inside(box, info.width, info.height)
        box[~here] = np.nan
        view = np.column_stack([box, lean])
        wanted = here & ~(off(used, view) < FITS)
        reading.clear(~here)
        used[~here] = np.nan
        crowded = _crowded(box, others)
        for i in map(int, np.flatnonzero(wanted)):
            look = early.looks.get(i)
            if look is None or not off(look.view, view[i]) < FITS:
                continue
            if crowded[i] and (look.score < MIN_SCORE or _gone_over(look.xy, view[i])):
                continue  # a narrower square may keep to the athlete
            reading.take(i, look)
            used[i], wanted[i] = look.view, False
        if turn and not wanted.any():
            break
        _look(info, nets, view, wanted, reading, crowded, progress if turn == 0 else None)
        used[wanted] = view[wanted]
        known = athlete.known(reading.xy)
        good = _fits(known, box, reading, worn)
        good &= ~(athlete.leans_back(reading.xy, round(_FACING_S * info.capture_fps)) > _MOST_BACK_DEG)
        known[~good] = np.nan
        seen = np.flatnonzero(good)
        if len(seen) < 3:
            raise NoAthleteError(
                "Nobody could be followed in this clip.",
                f"The athlete's joints were found in {len(seen)} frames.",
                "Film from the side with the whole athlete in the picture.",
            )
        ends = int(seen[0]), int(seen[-1])
    reading.clear(~good)
    box[~good] = np.nan
    if config.engine != "mediapipe" and config.quality != "fast":
        cuts = {i: cut for i, cut in early.cuts.items() if (used[i] == early.looks[i].view).all()}
        _look_again(info, nets, np.column_stack([box, lean]), reading, cuts, config.quality)
    _leave_out_unseen(reading.xy, reading.confidence, info)
    return reading, box


def _crowded(box: Array, others: Sequence[Array]) -> Bools:
    """Tell in which frames (n,) somebody else is near."""
    out = np.zeros(len(box), dtype=bool)
    for other in others:
        out |= crowd.near(box, other)
    return out


def clear_hidden(
    info: VideoInfo, nets: Sequence[Looks], reading: Reading, box: Array, others: Sequence[Array]
) -> tuple[int, int]:
    """Forget the joints that somebody nearer to the camera hides, or that were read on that one.

    Parameters
    ----------
    info : VideoInfo
    nets : sequence of Looks
    reading : Reading
        The athlete's; changed.
    box : (n, 3) px
        The athlete's.
    others : sequence of (n, 3) px
        Boxes of other people who come near.

    Returns
    -------
    frames, joints : int
        In how many frames, and how many places of joints in all.
    """
    before = np.isfinite(reading.xy[..., 0])
    for other in others:
        close = crowd.near(box, other)
        if not crowd.nearer(box, other):
            continue
        theirs = Reading.empty(len(box))
        _look(info, nets, np.column_stack([other, np.zeros(len(box))]), close, theirs, close, None)
        off = np.hypot(*(athlete.hips(theirs.xy) - other[:, :2]).T) / other[:, 2]
        for i in np.flatnonzero(close & (off < 0.25)):
            gone = crowd.hidden(reading.xy[i], theirs.xy[i], other[i, 2] / SIDE_OF_STATURE)
            reading.xy[i, gone], reading.confidence[i, gone] = np.nan, 0.0
    lost = before & ~np.isfinite(reading.xy[..., 0])
    return int(lost.any(axis=1).sum()), int(lost.sum())


def networks(model: Path, config: Config) -> Sequence[Looks]:
    """Return what reads joints, one for each thread.

    Raises
    ------
    ModelError
        The engine that ``config`` asks for is not installed, or its weights cannot be had.
    """
    if config.engine == "mediapipe":
        from analyzer.pose.networks.mediapipe import Landmarker

        return [Landmarker(model)]  # it goes from frame to frame, so there can be only one
    if config.engine == "rtmpose":
        from analyzer.pose.networks.rtmpose import Rtmpose

        return [Rtmpose(config.quality)]  # it uses every core by itself
    workers = min(_WORKERS, cores.usable())
    views = 1 if weights.known(model) == "heavy" else VIEWS[config.quality]  # a better look, not more of them
    return [LandmarkNet(model, views=views) for _ in range(workers)]


def _fits(known: Array, box: Array, reading: Reading, worn: Array) -> Bools:
    """Tell in which frames (n,) the person read is the one the crop was made for."""
    off = np.hypot(*(known[:, :2] - box[:, :2]).T) / box[:, 2]
    grown = np.abs(known[:, 2] - np.log(box[:, 2] / SIDE_OF_STATURE))
    # Another in the athlete's place wears something else; the trunk only, for thighs are thin and swing.
    # At the very place that was expected, it is the athlete with an arm across.
    unlike = np.sqrt(((reading.colour - worn)[:, :3] ** 2).sum(axis=1))
    seen = np.isfinite(unlike)
    usual = float(np.median(unlike[seen])) if seen.any() else 0.0
    other = seen & (unlike > max(1.5 * athlete.SAME_COLOUR, 3.0 * usual)) & (off > 0.06)
    sure = athlete.torso_confidence(reading.confidence) > 0.3
    return np.asarray((off < 0.3) & (grown < 0.4) & ~other & sure)


def _leave_out_unseen(xy: Array, confidence: Array, info: VideoInfo) -> None:
    """Set joints outside the picture to NaN: the network guesses them."""
    margin = 0.01 * max(info.width, info.height)
    out = (xy[..., 0] < -margin) | (xy[..., 0] > info.width + margin)
    out |= (xy[..., 1] < -margin) | (xy[..., 1] > info.height + margin)
    xy[out], confidence[out] = np.nan, 0.0


def _look(
    info: VideoInfo,
    nets: Sequence[Looks],
    view: Array,
    wanted: Bools,
    reading: Reading,
    crowded: Bools,
    progress: Progress | None,
) -> None:
    """Read the joints of the wanted frames in the squares ``view`` (n, 4), the last their lean.

    In ``crowded`` frames, (n,), a narrower square keeps to the athlete where the usual one does not;
    otherwise it is worse, for it cuts off the feet.
    """

    def one(net: Looks, frame: Frame) -> None:
        i = frame.index
        box, lean_deg = view[i, :3], float(view[i, 3])
        xy, visibility, score = net.look(frame, box, lean_deg)
        if crowded[i] and _gone_over(xy, view[i]):
            xy, visibility, score = net.look(frame, box * (1, 1, crowd.TIGHT), lean_deg)
        if score < MIN_SCORE:
            xy, visibility, score = wider(net, frame, box, lean_deg)
            if crowded[i] and _gone_over(xy, view[i]):
                score = 0.0
        xy, visibility = xy[: len(BLAZEPOSE)], visibility[: len(BLAZEPOSE)]
        worn = colour(frame, xy) if score >= MIN_SCORE else np.full(6, np.nan)
        reading.take(i, Look(view[i], xy, visibility, score, worn))

    _each(info, nets, wanted, one, progress)


def _gone_over(xy: Array, view: Array) -> bool:
    """Tell whether a look in a square (4,) went over to somebody else, or holds limbs of both."""
    off = np.hypot(*(athlete.hips(xy) - view[:2])) / view[2]
    grown = abs(np.log(athlete.stature(xy) * SIDE_OF_STATURE / view[2]))
    return bool(off > _DRAWN or grown > crowd.GROWN)


def _look_again(
    info: VideoInfo,
    nets: Sequence[Looks],
    view: Array,
    reading: Reading,
    cuts: Mapping[int, Cut],
    quality: str,
) -> None:
    """Read frames that do not fit between their neighbours in other crops, and keep what fits best.

    Where frames are too far apart for that, read all again and keep what most looks agree on.
    """
    stature = view[:, 2] / SIDE_OF_STATURE
    slow = float(np.median(np.diff(info.time))) > second_looks.SLOW_S
    wanted = (
        np.isfinite(stature)
        if slow
        else second_looks.doubtful(info.time, reading.xy, stature, second_looks.MOST[quality])
    )
    looks: dict[int, list[tuple[Array, Array]]] = {}
    usual = second_looks.usual_leg(reading.xy, stature)
    views = second_looks.VIEWS if slow else second_looks.VIEWS[: second_looks.LOOKS[quality]]

    def near(i: int) -> slice:
        return slice(max(0, i - 1), i + 2) if i else slice(0, 0)

    def again(net: Looks, i: int, image: Frame | Cut) -> None:
        found: list[tuple[Array, Array]] = []
        for grow, down, turn in views:
            if second_looks.enough(
                info.time[near(i)], reading.xy[near(i)], stature[near(i)], found, usual, slow=slow
            ):
                break
            box = view[i, :3] * (1, 1, grow) + (0, down * stature[i], 0)
            xy, visibility, score = net.look(image, box, float(view[i, 3] + turn))
            if score >= MIN_SCORE:
                found.append((xy[: len(BLAZEPOSE)], visibility[: len(BLAZEPOSE)]))
        looks[i] = found

    kept = [int(i) for i in np.flatnonzero(wanted) if i in cuts]
    _side_by_side(nets, kept, lambda net, i: again(net, i, cuts[i]))
    wanted[kept] = False
    _each(info, nets, wanted, lambda net, frame: again(net, frame.index, frame), None)
    if slow:
        second_looks.agreed(reading.xy, reading.confidence, stature, looks)
    else:
        second_looks.better(info.time, reading.xy, reading.confidence, stature, looks)


def _side_by_side(nets: Sequence[Looks], items: Sequence[int], work: Callable[[Looks, int], None]) -> None:
    """Do something with each item, in one thread for each network."""

    def share(k: int) -> None:
        for item in items[k :: len(nets)]:
            work(nets[k], item)

    with ThreadPoolExecutor(len(nets)) as pool:
        list(pool.map(share, range(len(nets))))


def _each(
    info: VideoInfo,
    nets: Sequence[Looks],
    wanted: Bools,
    work: Callable[[Looks, Frame], None],
    progress: Progress | None,
) -> None:
    """Do something with each wanted frame.

    One thread for each network: the networks run outside Python's lock, and no process is started.
    """
    numbers = np.flatnonzero(wanted)
    if not len(numbers):
        return
    total, done = len(numbers), 0
    idle: SimpleQueue[Looks] = SimpleQueue()
    for net in nets:
        idle.put(net)

    def one(frame: Frame) -> None:
        net = idle.get()
        try:
            work(net, frame)
        finally:
            idle.put(net)

    with ThreadPoolExecutor(len(nets)) as pool:
        waiting: deque[Future[None]] = deque()
        for start, stop in _stretches(numbers):
            for frame in shown(info, start, stop):
                if not wanted[frame.index]:
                    continue
                waiting.append(pool.submit(one, frame))
                if len(waiting) > 2 * len(nets):  # only so many pictures in memory
                    waiting.popleft().result()
                done += 1
                if progress and done % 10 == 0:
                    progress("pose", done, total)
        for job in waiting:
            job.result()
    if progress:
        progress("pose", total, total)


def _stretches(numbers: NDArray[np.intp]) -> list[tuple[int, int]]:
    """Return stretches (first, one past the last) that hold all frames ``numbers``, gaps under 60 joined."""
    breaks = np.flatnonzero(np.diff(numbers) > 60)
    firsts, lasts = np.r_[0, breaks + 1], np.r_[breaks, len(numbers) - 1]
    return [(int(numbers[a]), int(numbers[b]) + 1) for a, b in zip(firsts, lasts, strict=True)]
