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
from analyzer.pose.networks.blazepose import MIN_SCORE, LandmarkNet
from analyzer.pose.networks.detector import Detector
from analyzer.pose.networks.detector import Person as Candidate
from analyzer.pose.people import athlete
from analyzer.pose.people.athlete import Person, Sighting
from analyzer.pose.people.clothing import colour
from analyzer.pose.people.crowd import GROWN, TIGHT, crowded
from analyzer.pose.people.paths import Paths
from analyzer.video import boomerang, interlaced
from analyzer.video.camera_motion import Background
from analyzer.video.frame import Frame, Image
from analyzer.video.repeats import Repeats

MOMENT_S: Final = 0.1
"""How often people already found are looked at again."""
CONFIRM_S: Final = 0.04
"""How soon somebody seen for the first time is looked at again, for his speed."""
SEARCH_S: Final = 0.4
"""How often the picture is searched for people where something moves; half of it while nobody is in view."""
EVERYWHERE_S: Final = (0.8, 6.4)
"""How often all of the picture is searched while somebody is followed: twice as rarely after each search
that finds nobody new, for who stands still can wait."""
BUSY_TILES: Final = 6
"""Tiles that are searched in between, at most."""
MOVES: Final = 0.004
"""Share of a tile that must have changed, people known left out, for it to be searched in between."""
SMALLEST_PX: Final = 60
"""Nobody shorter is looked for."""
LYING_DEG: Final = 75.0
"""Trunk lean of somebody new beyond which he is none: where nobody is, the network sees giants lying down.

A sprinter leaves the blocks at about 45 degrees.
"""
COMBS: Final = 12
"""Moments in which somebody's part of the picture is looked at for combed rows."""
SHRUNK: Final = 0.15
"""Logarithm of the ratio of sizes by which a look in a square that fits may fall below the first, wider."""

_SHARES = (1.5, 0.75, 0.375, 0.19)  # of the shorter side of the picture: what tiles of each size measure
_BUSIEST = 16  # tiles of the smaller sizes that are looked at, those first in which something moves
_CHANGED = 14  # grey levels


@dataclass
class Survey:
    """What a pass over one shot finds: its background and people's paths.

    ``lying`` are those who seem to lie, or to hang upside down, and were left out; ``thumbs`` are the
    frames in small; ``combs`` tell how combed they are where somebody is.
    """

    info: VideoInfo
    detector: Detector
    net: LandmarkNet
    background: Background = field(init=False)
    paths: Paths = field(init=False)
    repeats: Repeats = field(default_factory=Repeats)
    lying: list[Sighting] = field(default_factory=list)
    thumbs: list[Image] = field(default_factory=list)
    combs: list[float] = field(default_factory=list)
    _last: list[Sighting] = field(default_factory=list)
    _frames: list[int] = field(default_factory=list)
    _searched: int | None = None
    _all: int | None = None
    _rest_s: float = EVERYWHERE_S[0]
    _again: int = 0
    _confirm: int | None = None
    _before: tuple[Image, Array] | None = None

    def __post_init__(self) -> None:
        self.background = Background(self.info.width, self.info.height)
        self.paths = Paths(self.info.time)

    def add(self, frame: Frame) -> bool:
        """Take in the next frame of the shot; tell whether people were looked at."""
        self.repeats.add(frame.luma)
        self._frames.append(frame.index)
        self.background.add(frame.index, frame, np.array([s.box for s in self._last]) if self._last else None)
        self.thumbs.append(boomerang.thumb(self.background.picture))
        if (len(self._frames) - 1) % max(1, round(MOMENT_S * self.info.capture_fps)) == 0:
            self._last = self._moment(frame)
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
        for guess in expected:
            beside = [other for other in expected if other is not guess]
            # Who stands free of others and of the edges is where he is expected: no wider look is needed.
            alone = not beside and self._well_inside(guess.box)
            widen = 1.0 if alone else 1.2
            self._check(frame, guess.box, guess.lean_deg, found, beside, widen=widen, expected=True)
        every = SEARCH_S if found else 0.5 * SEARCH_S
        now = self.info.time[frame.index]
        due = self._searched is None or now - self.info.time[self._searched] >= every
        # Somebody new has no known speed yet: whoever it is must be found once more to be expected.
        if due or self._again > 0:
            known = len(found)
            everywhere = not found or self._all is None or now - self.info.time[self._all] >= self._rest_s
            for p in self._detect(frame, found, everywhere=everywhere):
                self._check(frame, np.array([p.x, p.y, p.size]), p.lean_deg, found, widen=1.15)
            if any(crowded(s.box, np.array([o.box for o in found if o is not s])) for s in found[known:]):
                self._confirm = frame.index + max(1, round(CONFIRM_S * self.info.capture_fps))
            if due:
                self._searched, self._again = frame.index, 2
            new = any(not self.paths.knows(s, place) for s in found)
            if everywhere and found:
                self._all = frame.index
                self._rest_s = EVERYWHERE_S[0] if new else min(2 * self._rest_s, EVERYWHERE_S[1])
            self._again = self._again - 1 if new else 0
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
            seen = athlete.sighting(frame.index, xy, visibility[: len(BLAZEPOSE)], colour(frame, xy))
            if score < MIN_SCORE or seen.stature < 0.8 * SMALLEST_PX:
                return person if expected else None  # furniture is a person at the first look only
            person, first = seen, first or seen
            if expected and np.log(first.stature / person.stature) > SHRUNK:
                return first
            off = np.hypot(*(person.box - usual)[:2]) / usual[2] + abs(np.log(person.box[2] / usual[2]))
            leaned = abs(person.lean_deg - lean_deg)
            box, lean_deg = person.box, float(np.clip(person.lean_deg, -100, 100))
            if off < 0.06 and leaned < 20:
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
        candidates = [] if still else self.detector.find(frame)
        looked = 0
        for share in _SHARES:
            side = share * min(height, width)
            if side < 2 * SMALLEST_PX:
                break
            tiles = [(x, y, side) for y in _centres(height, side) for x in _centres(width, side)]
            if share < 0.5 and changed is None:
                break  # small people are looked for where something moves, which one frame does not tell
            if (share < 0.5 or quiet) and changed is not None:
                least, most = (MOVES, BUSY_TILES - looked) if quiet else (0.002, _BUSIEST)
                busy = [_share(changed, tile, width) for tile in tiles]
                order = np.argsort(busy)[::-1][:most]
                tiles = [tiles[i] for i in order if busy[i] > least]
                looked += len(tiles)
            for tile in tiles:
                candidates += self.detector.find(frame, tile)
        kept: list[Candidate] = []
        for p in sorted(candidates, key=lambda p: -p.score):
            new = all(np.hypot(p.x - k.x, p.y - k.y) > 0.35 * min(p.size, k.size) for k in kept)
            if new and all(np.hypot(p.x - s.x, p.y - s.y) > 0.35 * s.stature for s in known):
                kept.append(p)
        return kept[:12]

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


def _combing(frame: Frame, box: Array) -> float:
    """Return how combed a frame is where somebody is, see ``interlaced.combing``."""
    half = 0.4 * box[2]
    top, left = max(int(box[1] - half), 0), max(int(box[0] - half), 0)
    return interlaced.combing(frame.luma[top : int(box[1] + half), left : int(box[0] + half)])


def _nearer(person: Sighting, to: Array, than: Array) -> bool:
    """Tell whether somebody's hips are nearer to one box (3,) than to another."""
    place = np.array([person.x, person.y])
    return bool(np.hypot(*(place - to[:2])) < np.hypot(*(place - than[:2])))


def _share(changed: Array, tile: tuple[float, float, float], width: int) -> float:
    scale = changed.shape[1] / width
    x, y, half = tile[0] * scale, tile[1] * scale, 0.5 * tile[2] * scale
    part = changed[max(0, int(y - half)) : int(y + half) + 1, max(0, int(x - half)) : int(x + half) + 1]
    return float(part.mean()) if part.size else 0.0


def _centres(length: int, side: float) -> Array:
    """Return where tiles of ``side`` that overlap by two fifths are centred to cover ``length`` px."""
    if length <= side:
        return np.array([length / 2])
    return np.linspace(side / 2, length - side / 2, int(np.ceil((length - side) / (0.6 * side))) + 1)
