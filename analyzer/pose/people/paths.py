"""People's paths: sightings linked moment by moment, pieces stitched where somebody was hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.pose.people.athlete import FASTEST, SAME_COLOUR, Person, Sighting, usual_colour
from analyzer.signals.geometry import mapped

_RECENT: Final = 12
"""Sightings that tell how much somebody runs on the way."""
SOON_S: Final = 0.06
"""Nobody is further than half a body height from where he was so long ago."""
_STITCH_S: Final = 1.5  # the longest a person may be hidden and still be known as the same


class Paths:
    """Sightings linked moment by moment to where people were going, seen against the background.

    Parameters
    ----------
    time : (n,) s
    gap_s : float
        A person unseen for longer starts a new path.
    """

    def __init__(self, time: Array, gap_s: float = 0.8) -> None:
        self._time, self._gap_s = time, gap_s
        self._open: list[list[tuple[Sighting, Array]]] = []
        self._closed: list[list[tuple[Sighting, Array]]] = []

    def expect(self, frame: int, to_first: Array) -> list[Sighting]:
        """Return where people seen more than once should be in a frame; ``to_first`` as for ``add``."""
        return self._expected(frame, to_first, [p for p in self._open if len(p) > 1], self._gap_s)

    def unconfirmed(self, frame: int, to_first: Array) -> list[Sighting]:
        """Return where people seen once, a moment ago, should be: near there, for their speed is unknown."""
        return self._expected(frame, to_first, [p for p in self._open if len(p) == 1], SOON_S)

    def _expected(
        self, frame: int, to_first: Array, paths: list[list[tuple[Sighting, Array]]], within_s: float
    ) -> list[Sighting]:
        out = []
        back = np.linalg.inv(to_first)
        for path in paths:
            last = path[-1][0]
            gap = self._time[frame] - self._time[last.frame]
            if gap > within_s:
                continue
            place, speed = self._going(path)
            x, y = mapped(np.asarray(back), place + speed * gap)
            out.append(replace(last, frame=frame, x=float(x), y=float(y)))
        return out

    def leader(self) -> Sequence[Sighting]:
        """Return the sightings of whoever has run most so far and is still followed; empty if nobody is."""
        open_paths = [path for path in self._open if len(path) > 1]
        if not open_paths:
            return []
        return [s for s, _ in max(open_paths, key=self._running)]

    def _running(self, path: list[tuple[Sighting, Array]]) -> float:
        """Return how likely somebody is the athlete, as far as is known on the way."""
        recent = path[-_RECENT:]
        size = float(np.median([s.stature for s, _ in recent]))
        gone = np.array([place for _, place in recent])
        elapsed = self._time[recent[-1][0].frame] - self._time[recent[0][0].frame]
        speed = float(np.hypot(*(gone[-1] - gone[0]))) / size / max(float(elapsed), 1e-3)
        swing = float(np.std([s.spread for s, _ in recent]))
        return float((0.1 + min(speed, FASTEST) + 8.0 * min(swing, 0.3)) * size**0.5 * len(path) ** 0.7)

    def knows(self, seen: Sighting, to_first: Array) -> bool:
        """Tell whether a sighting goes on a path that has two sightings already."""
        place = mapped(to_first, np.array([seen.x, seen.y]))
        return any(len(p) > 1 and self._mismatch(p, seen, place) < 1.0 for p in self._open)

    def add(self, people: Sequence[Sighting], to_first: Array) -> None:
        """Link the people seen in one frame.

        Parameters
        ----------
        people : sequence of Sighting
            All of one frame.
        to_first : (3, 3)
            Maps that frame's px to the background of the first.
        """
        if not people:
            return
        now = self._time[people[0].frame]
        late = [p for p in self._open if now - self._time[p[-1][0].frame] > self._gap_s]
        self._closed += late
        self._open = [p for p in self._open if not any(p is q for q in late)]
        places = [mapped(to_first, np.array([s.x, s.y])) for s in people]
        cost = np.array(
            [
                [self._mismatch(path, s, place) for s, place in zip(people, places, strict=True)]
                for path in self._open
            ]
        ).reshape(len(self._open), len(people))
        taken = set()
        for i, j in _pairs(cost):
            if cost[i, j] < 1.0:
                self._open[i].append((people[j], places[j]))
                taken.add(j)
        self._open += [[(people[j], places[j])] for j in range(len(people)) if j not in taken]

    def people(self) -> list[Person]:
        """Return every path with at least two sightings; pieces that fit together are one person's."""
        pieces = [p for p in self._closed + self._open if len(p) > 1]
        while True:
            pairs = [
                (fit, i, j)
                for i, a in enumerate(pieces)
                for j, b in enumerate(pieces)
                if i != j and (fit := self._continues(a, b)) < 1.0
            ]
            if not pairs:
                return [Person(tuple(s for s, _ in p)) for p in pieces]
            _, i, j = min(pairs)
            joined = pieces[i] + pieces[j]
            pieces = [p for k, p in enumerate(pieces) if k not in (i, j)] + [joined]

    def _continues(self, a: list[tuple[Sighting, Array]], b: list[tuple[Sighting, Array]]) -> float:
        """Return how badly a path fits as the continuation of another; above 1 it is another person's."""
        last, first = a[-1][0], b[0][0]
        gap = self._time[first.frame] - self._time[last.frame]
        if not 0 < gap < _STITCH_S:
            return 1e3
        place, speed = self._going(a)
        _, speed_after = self._going(b[:4])
        start = b[0][1]
        size = np.sqrt(last.stature * first.stature)
        off = float(np.hypot(*(start - place - gap * (speed + speed_after) / 2))) / size
        grown = abs(np.log(first.stature / last.stature)) / 0.5
        other = _unlike([s.colour for s, _ in a[-20:]], [s.colour for s, _ in b[:20]])
        return float(off / (0.3 + 1.5 * gap) + 0.3 * grown + other)

    def _going(self, path: list[tuple[Sighting, Array]]) -> tuple[Array, Array]:
        """Return the last place and the speed, px/s, on the first frame's background."""
        recent = path[-4:]
        place = recent[-1][1]
        if len(recent) < 2:
            return place, np.zeros(2)
        elapsed = self._time[recent[-1][0].frame] - self._time[recent[0][0].frame]
        return place, (place - recent[0][1]) / elapsed

    def _mismatch(self, path: list[tuple[Sighting, Array]], seen: Sighting, place: Array) -> float:
        """Return how badly a sighting fits a path; above 1 it is another person."""
        last = path[-1][0]
        gap = max(self._time[seen.frame] - self._time[last.frame], 1e-3)
        before, speed = self._going(path)
        reach = 0.25 + (2.0 if len(path) > 1 else FASTEST) * gap
        off = float(np.hypot(*(place - before - speed * gap))) / np.sqrt(last.stature * seen.stature)
        grown = abs(np.log(seen.stature / last.stature)) / (0.35 + gap)
        if grown > 1.5:
            return 1e3
        other = _unlike([s.colour for s, _ in path[-8:]], [seen.colour])
        surely = min(len(path), 4) / 4  # one look may fall on an arm or a number
        return float(off / min(reach, 2.5) + 0.3 * grown + surely * other)


def _pairs(cost: Array) -> list[tuple[int, int]]:
    """Return which row goes with which column of costs (k, m), so that they cost least together."""
    if cost.size == 0:
        return []
    if min(cost.shape) == 1:  # a runner alone, or a path alone: the cheapest pair
        row, column = np.unravel_index(int(cost.argmin()), cost.shape)
        return [(int(row), int(column))]
    from scipy.optimize import linear_sum_assignment  # only here: its import takes a quarter of a second

    return [(int(i), int(j)) for i, j in zip(*linear_sum_assignment(cost), strict=True)]


def _unlike(a: list[tuple[float, ...]], b: list[tuple[float, ...]]) -> float:
    """Return how differently two people dress; above 1 they are two."""
    if not (a and a[0] and b and b[0]):
        return 0.0
    off = usual_colour(a) - usual_colour(b)
    off = off[np.isfinite(off)]
    distance = float(np.sqrt(6 * np.mean(off**2))) if len(off) else 0.0
    return max(0.0, distance - SAME_COLOUR / 2) / SAME_COLOUR
