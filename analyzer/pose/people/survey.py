"""One pass over the clip: the background followed in every frame, people looked for at sparse moments."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.data.capture import VideoInfo
from analyzer.pose.early_looks import Look
from analyzer.pose.networks.blazepose import MIN_SCORE, LandmarkNet
from analyzer.pose.networks.detector import Detector
from analyzer.pose.networks.detector import Person as Candidate
from analyzer.pose.people import athlete
from analyzer.pose.people.athlete import Person, Sighting
from analyzer.pose.people.clothing import colour
from analyzer.pose.people.crowd import GROWN, TIGHT, crowded
from analyzer.pose.people.paths import Paths
from analyzer.video import interlaced
from analyzer.video.camera_motion import Background
from analyzer.video.frame import Frame, Image
from analyzer.video.repeats import Repeats

MOMENT_S: Final = 0.1
"""How often people already found are looked at again."""
APART_S: Final = 0.2
"""The same if the camera stands and all were where expected, free of each other, ``_SURE`` times in a row."""
CONFIRM_S: Final = 0.04
"""How soon somebody seen for the first time is looked at again, for his speed."""
SEARCH_S: Final = 0.4
"""How often the picture is searched for people where something moves; half of it while nobody is in view."""
EVERYWHERE_S: Final = (0.8, 6.4)
"""How often all of the picture is searched while somebody is followed: twice as rarely after each search
that finds nobody new, for who stands still can wait."""
BUSY_TILES: Final = 6
"""Tiles that are searched in between, at most."""
RARELY: Final = 8
"""Where nobody was found though something moves, every 2nd, 4th, then 8th search looks again."""
MOVES: Final = 0.004
"""Share of a tile that must have changed, people known left out, for it to be searched in between."""
SMALLEST_PX: Final = 60
"""Nobody shorter is looked for."""
LYING_DEG: Final = 75.0
"""Trunk lean of somebody new beyond which he is none: where nobody is, the network sees giants lying down.

A sprinter leaves the blocks at about 45 degrees.
"""
OVERTURNED_DEG: Final = 100.0
"""The same for what the detector says of whole bodies: such a one is not even looked at once somebody upright
was found. Until then the picture itself may be upside down."""
COMBS: Final = 12
"""Moments in which somebody's part of the picture is looked at for combed rows."""
SHRUNK: Final = 0.15
"""Logarithm of the ratio of sizes by which a look in a square that fits may fall below the first, wider."""

_SHARES = (1.5, 0.75, 0.375, 0.19)  # of the shorter side of the picture: what tiles of each size measure
_BUSIEST = 16  # tiles of the smaller sizes that are looked at, those first in which something moves
_BUSIEST_LATER = 6  # the same once somebody is followed and all of the picture was searched before
_SURE = 3
_FITS = {False: (0.06, 20.0), True: (0.15, 30.0)}  # how far a look is from its square and lean: new, expected
_CHANGED = 14  # grey levels

Tile = tuple[float, float, float]
"""A square of the picture: centre x, centre y and side, px."""


@dataclass
class Survey:
    """What a pass over one shot finds: its background and people's paths.

    Parameters
    ----------
    info : VideoInfo
    detector : Detector
    net : LandmarkNet
    waiting : int
        Frames from one moment to the next, at most.
    looked : Sighting -> Look
        How those seen in the last moment were read.

    ``lying`` are those who seem to lie, or to hang upside down, and were left out; ``thumbs`` are the
    frames in small; ``combs`` tell how combed they are where somebody is.
    """

    info: VideoInfo
    detector: Detector
    net: LandmarkNet
    waiting: int = 1_000_000
    looked: dict[Sighting, Look] = field(default_factory=dict)
    background: Background = field(init=False)
    paths: Paths = field(init=False)
    repeats: Repeats = field(default_factory=Repeats)
    lying: list[Sighting] = field(default_factory=list)
    thumbs: list[Image] = field(default_factory=list)
    combs: list[float] = field(default_factory=list)
    _last: list[Sighting] = field(default_factory=list)
    _frames: list[int] = field(default_factory=list)
    _due: int = 0
    _sure: int = 0
    _searches: int = 0
    _empty: dict[Tile, int] = field(default_factory=dict)
    _searched: int | None = None
    _all: int | None = None
    _rest_s: float = EVERYWHERE_S[0]
    _again: int = 0
    _confirm: int | None = None
    _before: tuple[Image, Array] | None = None

    def __post_init__(self) -> None:
        self.background = Background(self.info.width, self.info.height, self.info.capture_fps)
        self.paths = Paths(self.info.time)

    def add(self, frame: Frame) -> bool:
        """Take in the next frame of the shot; tell whether people were looked at."""
        self.repeats.add(frame.luma)
        self._frames.append(frame.index)
        self.background.add(frame.index, frame, np.array([s.box for s in self._last]) if self._last else None)
        self.thumbs.append(self.background.thumb)
        if len(self._frames) > self._due:
            self._last = self._moment(frame)
            rest = APART_S if self._sure >= _SURE and self.background.stands else MOMENT_S
            self._due += max(1, min(round(rest * self.info.capture_fps), self.waiting))
            return True
        if frame.index == self._confirm:
            self._second_look(frame)
        return False

    def place(self, frame: int) -> Array:
        """Return the map from a frame's px to the first's; of a frame that did not come, the one before's."""
        at = bisect_right(self._frames, frame)
        return self.background.place(self._frames[max(at - 1, 0)])

    def frame_of(self, count: int) -> int:
        """Return the number, in the clip, of the frame that came as number ``count`` of this shot."""
        return self._frames[min(count, len(self._frames) - 1)]

    def people(self) -> list[Person]:
        """Return everybody seen more than once."""
        return self.paths.people()

    def repeated(self, n: int) -> Bools:
        """Tell which of the clip's ``n`` frames show the same picture as the one before."""
        out = np.zeros(n, dtype=bool)
        out[self._frames] = self.repeats.found()
        return out

    def _moment(self, frame: Frame) -> list[Sighting]:
        place = self.background.place(frame.index)
        expected = self.paths.expect(frame.index, place)
        found: list[Sighting] = []
        self.looked.clear()
        for guess in expected:
            beside = [other for other in expected if other is not guess]
            # Who stands free of others and of the edges is where he is expected: no wider look is needed.
            alone = not beside and self._well_inside(guess.box)
            widen = 1.0 if alone else 1.2
            self._check(frame, guess.box, guess.lean_deg, found, beside, widen=widen, expected=True)
        free = 0 < len(expected) == len(found) and not _close(found)
        self._sure = self._sure + 1 if free else 0
        every = SEARCH_S if found else 0.5 * SEARCH_S
        now = self.info.time[frame.index]
        due = self._searched is None or now - self.info.time[self._searched] >= every
        # Somebody new has no known speed yet: whoever it is must be found once more to be expected.
        if due or self._again > 0:
            known = len(found)
            everywhere = not found or self._all is None or now - self.info.time[self._all] >= self._rest_s
            for p in self._detect(frame, found, everywhere=everywhere):
                self._check(frame, np.array([p.x, p.y, p.size]), p.lean_deg, found, widen=1.15)
            if _close(found, known):
                self._confirm = frame.index + max(1, round(CONFIRM_S * self.info.capture_fps))
            if due:
                self._searched, self._again = frame.index, 2
            new = any(not self.paths.knows(s, place) for s in found)
            if everywhere and found:
                self._all = frame.index
                self._rest_s = EVERYWHERE_S[0] if new else min(2 * self._rest_s, EVERYWHERE_S[1])
            self._again = self._again - 1 if new else 0
            self._sure = 0 if new else self._sure
        self._before = (self.background.picture, place)
        self.paths.add(found, place)
        if found and len(self.combs) < COMBS:
            self.combs.append(_combing(frame, max(found, key=lambda s: s.stature).box))
        return found

    def _second_look(self, frame: Frame) -> None:
        """Look again, soon, at people seen once beside others: who passes may be hidden a moment later."""
        place = self.background.place(frame.index)
        found: list[Sighting] = []
        guesses = self.paths.unconfirmed(frame.index, place)
        for guess in guesses:
            beside = [other for other in guesses if other is not guess]
            self._check(frame, guess.box, guess.lean_deg, found, beside, widen=1.1)
        self.paths.add(found, place)

    def _check(
        self,
        frame: Frame,
        box: Array,
        lean_deg: float,
        found: list[Sighting],
        beside: Sequence[Sighting] = (),
        *,
        widen: float,
        expected: bool = False,
    ) -> None:
        """Look with the landmark network; add who is there and not yet known.

        The first square is wider than ``box`` by ``widen``. Where that draws in one of those ``found``, or
        expected ``beside``, narrower ones keep to who was meant.
        """
        person = self._settle(frame, box, lean_deg, (widen, 1.0), expected)
        others = [s for s in (*found, *beside) if crowded(box, s.box[None])]
        if person is not None and others:
            gone_over = any(_nearer(person, other.box, box) for other in others)
            # With the other's legs somebody seems to have grown.
            gone_over |= expected and abs(np.log(person.box[2] / box[2])) > GROWN
        else:
            gone_over = False
        if gone_over:
            person = self._settle(frame, box, lean_deg, (TIGHT, TIGHT), expected)
        if person is None or person.confidence <= 0.4:
            return
        if not expected and abs(person.lean_deg) > LYING_DEG:
            self.lying.append(person)
            return
        # Two who are known to be two may come nearer to each other than two new ones.
        apart = 0.15 if expected and beside else 0.35
        if all(
            np.hypot(person.x - k.x, person.y - k.y) >= apart * max(person.stature, k.stature) for k in found
        ):
            found.append(person)

    def _settle(
        self, frame: Frame, box: Array, lean_deg: float, widen: tuple[float, float], expected: bool
    ) -> Sighting | None:
        """Look until the square fits; it is wider than the person's by ``widen``, first and afterwards.

        A body that the picture's edge cuts looks smaller in each smaller square: of somebody expected, the
        first look holds then.
        """
        person: Sighting | None = None
        first: Sighting | None = None
        for turn in range(4):
            wide = widen[min(turn, 1)]
            square, usual = box * (1, 1, wide), box * (1, 1, max(wide, 1.0))
            xy, visibility, score = self.net.look(frame, square, lean_deg)
            xy = xy[: len(BLAZEPOSE)]
            visibility, worn = visibility[: len(BLAZEPOSE)], colour(frame, xy)
            seen = athlete.sighting(frame.index, xy, visibility, worn)
            if score < MIN_SCORE or seen.stature < 0.8 * SMALLEST_PX:
                return person if expected else None  # furniture is a person at the first look only
            person, first = seen, first or seen
            self.looked[seen] = Look(np.array([*square, lean_deg]), xy, visibility, score, worn)
            if expected and np.log(first.stature / person.stature) > SHRUNK:
                return first
            off = np.hypot(*(person.box - usual)[:2]) / usual[2] + abs(np.log(person.box[2] / usual[2]))
            leaned = abs(person.lean_deg - lean_deg)
            box, lean_deg = person.box, float(np.clip(person.lean_deg, -100, 100))
            away, turned = _FITS[expected and self.background.stands]
            if off < away and leaned < turned:
                break
        return person

    def _well_inside(self, box: Array) -> bool:
        """Tell whether a person's square lies within the frame, but for a tenth of its side."""
        half = 0.4 * box[2]
        inside = half <= box[0] <= self.info.width - half and half <= box[1] <= self.info.height - half
        return bool(inside)

    def _detect(self, frame: Frame, known: list[Sighting], *, everywhere: bool) -> list[Candidate]:
        """Search the picture with the detector: all of it coarsely, where something moves finely.

        If not ``everywhere``, only where something moves that is none of those ``known``.
        """
        height, width = frame.shape
        changed = self._changed(frame.index)
        if not everywhere and changed is not None:
            changed = self._without(changed, known)
        quiet = not everywhere and changed is not None
        still = quiet and changed is not None and changed.mean() < MOVES / 16
        self._searches += 1
        whole = (width / 2, height / 2, float(max(width, height)))
        tiles = [] if still or (quiet and not self._worth(whole)) else [whole]
        most = _BUSIEST if self._all is None or not known else _BUSIEST_LATER
        for share in _SHARES:
            side = share * min(height, width)
            if side < 2 * SMALLEST_PX:
                break
            here = [(float(x), float(y), side) for y in _centres(height, side) for x in _centres(width, side)]
            if share < 0.5 and changed is None:
                break  # small people are looked for where something moves, which one frame does not tell
            if (share < 0.5 or quiet) and changed is not None:
                busy = [_share(changed, tile, width) for tile in here]
                order = np.argsort(busy)[::-1]
                if quiet:
                    here = [here[i] for i in order if busy[i] > MOVES and self._worth(here[i])]
                    here = here[: BUSY_TILES - sum(tile is not whole for tile in tiles)]
                else:
                    here = [here[i] for i in order[:most] if busy[i] > 0.002]
            tiles += here
        candidates: list[Candidate] = []
        each = self.detector.find_each(frame, [None if tile is whole else tile for tile in tiles])
        for tile, people in zip(tiles, each, strict=True):
            new = [
                p
                for p in people
                if (abs(p.lean_deg) < OVERTURNED_DEG or self._all is None)
                and all(np.hypot(p.x - s.x, p.y - s.y) > 0.35 * s.stature for s in known)
            ]
            self._empty[tile] = 0 if new else self._empty.get(tile, 0) + 1
            candidates += new
        kept: list[Candidate] = []
        for p in sorted(candidates, key=lambda p: -p.score):
            if all(np.hypot(p.x - k.x, p.y - k.y) > 0.35 * min(p.size, k.size) for k in kept):
                kept.append(p)
        return kept[:12]

    def _worth(self, tile: Tile) -> bool:
        """Tell whether part of the picture is searched again: ever more rarely where nobody was found."""
        return bool(self._searches % min(2 ** self._empty.get(tile, 0), RARELY) == 0)

    def _without(self, changed: Array, known: list[Sighting]) -> Array:
        """Return where something changed, people who are known left out."""
        out = changed.copy()
        scale = changed.shape[1] / self.info.width
        for s in known:
            x, y, half = s.x * scale, s.y * scale, 0.55 * s.box[2] * scale
            out[max(0, int(y - half)) : int(y + half) + 1, max(0, int(x - half)) : int(x + half) + 1] = 0
        return out

    def _changed(self, frame: int) -> Array | None:
        """Return where the picture differs from that of the last moment, the camera's motion removed."""
        if self._before is None:
            return None
        before, place = self._before
        step = self.background.to_picture(np.linalg.inv(self.background.place(frame)) @ place)
        now = self.background.picture
        moved = cv2.warpPerspective(before, step, now.shape[::-1])
        valid = cv2.warpPerspective(np.ones_like(before), step, now.shape[::-1]) > 0
        return np.asarray((cv2.absdiff(now, moved) > _CHANGED) & valid, dtype=float)


def _close(people: Sequence[Sighting], first: int = 0) -> bool:
    """Tell whether one of some people, from the ``first`` on, is close to another."""
    return any(crowded(s.box, np.array([o.box for o in people if o is not s])) for s in people[first:])


def _combing(frame: Frame, box: Array) -> float:
    """Return how combed a frame is where somebody is, see ``interlaced.combing``."""
    half = 0.4 * box[2]
    top, left = max(int(box[1] - half), 0), max(int(box[0] - half), 0)
    return interlaced.combing(frame.luma[top : int(box[1] + half), left : int(box[0] + half)])


def _nearer(person: Sighting, to: Array, than: Array) -> bool:
    """Tell whether somebody's hips are nearer to one box (3,) than to another."""
    place = np.array([person.x, person.y])
    return bool(np.hypot(*(place - to[:2])) < np.hypot(*(place - than[:2])))


def _share(changed: Array, tile: Tile, width: int) -> float:
    scale = changed.shape[1] / width
    x, y, half = tile[0] * scale, tile[1] * scale, 0.5 * tile[2] * scale
    part = changed[max(0, int(y - half)) : int(y + half) + 1, max(0, int(x - half)) : int(x + half) + 1]
    return float(part.mean()) if part.size else 0.0


def _centres(length: int, side: float) -> Array:
    """Return where tiles of ``side`` that overlap by two fifths are centred to cover ``length`` px."""
    if length <= side:
        return np.array([length / 2])
    return np.linspace(side / 2, length - side / 2, int(np.ceil((length - side) / (0.6 * side))) + 1)
