"""One standing shoe, followed through the cut-outs around its contact to a fraction of a pixel.

Decides where a shoe is in each frame. The part of it that stays the same while the foot stands is looked for
in the frames before: touchdown. A shoe that leaves rolls over its tip and bends; of that one the outline is
followed, how low and how far forward it reaches: toe-off.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.contacts.image_patch import Patch, PatchMatch, match
from analyzer.contacts.shoe_cutouts import CutOuts, ShoeViews
from analyzer.data.steps import Part, Trace

STANDING: Final[Mapping[Part, tuple[float, float]]] = {"forefoot": (0.25, 0.6), "toe": (0.5, 0.8)}
"""The standing foot is taken from these shares of the contact: after it has settled, before it rolls."""
BEHIND: Final = 0.14
"""How far the patch reaches behind the tip of the shoe, m."""
RIM: Final = 0.033
"""How far the patch reaches beyond the tip, m: background, which moves against the shoe; not counted."""
LOWER: Final = 0.075
"""How far the patch reaches below the landmark, m."""
UPPER: Final = 0.11
"""How far the patch reaches above the landmark, m."""
SHOE_NEAR: Final = (0.10, 0.065, 0.10)
"""Where the standing shoe lies about its landmark: along, below and above, m."""
TIP_THICK: Final = 0.02
"""The tip of the shoe is where it is this thick, m."""
SPREAD_SHARE: Final = 0.3
"""Pixels that change by less than this share of their difference from the ground stay the same."""
SPREAD_NOISE: Final = 2.0
"""So many times a pixel's noise is allowed for on top of ``SPREAD_SHARE``."""
FEWEST_PIXELS: Final = 25
"""A patch or an outline needs so many pixels of shoe."""
STANDS_OUT: Final = 2.0
"""A shoe must differ from the ground so many times more than what tells the two apart."""
SURPRISE: Final = 0.55
"""What the search reaches beyond the place foretold, running speeds: how fast a foot speeds up."""
LEAST_REACH_PX: Final = 2.5
"""Least reach of the search beyond the place foretold, pixels of the cut-out."""
LOST: Final = 0.45
"""A patch less like the standing one than this (1 = the same) is not found in a frame."""
MOST_MISSES: Final = 2
"""After more frames in a row without it, it is not looked for any longer."""
COVERED: Final = 0.5
"""A pixel belongs to an outline from this share of the shoe's contrast on."""
FEWEST_SHARED: Final = 5
"""Pixels that an outline must share with where the shoe was in the frame before."""
OUTLINE_WIDE: Final = 0.02
"""The outline's lower end is where the shoe is this wide, m."""
OUTLINE_THICK: Final = 0.01
"""Its front end is where the shoe's lowest part is this thick, m."""
LOWEST_PART: Final = 0.03
"""How high that lowest part is, m."""


@dataclass(frozen=True)
class ShoeImages:
    """One contact's shoe, and what may happen to it between frames.

    cut : where the cut-outs lie
    shoe : the cut-outs without ground and shadow
    surprise : m/s, how much faster or slower than foretold a foot may be
    """

    cut: CutOuts
    shoe: ShoeViews
    surprise: float

    def traces(self) -> list[Trace]:
        """Return the traces of patch and outline, none where the shoe does not stand out."""
        touchdown, toe_off = self.cut.touchdown, self.cut.toe_off
        spans = {
            part: [touchdown + share * (toe_off - touchdown) for share in shares]
            for part, shares in STANDING.items()
        }
        found = (self.landing(spans["forefoot"]), self.leaving(spans["toe"]))
        return [trace for trace in found if trace is not None]

    def landing(self, span: Sequence[float]) -> Trace | None:
        """Follow the patch that stands during ``span`` back to touchdown."""
        standing = self._during(span)
        patch = self._standing(standing)
        if patch is None:
            return None
        place = np.full((len(self.shoe.time), 2), np.nan)
        score = np.zeros(len(self.shoe.time))
        among = np.flatnonzero(standing)
        middle = int(np.median(among))
        for frames in (range(middle + 1, int(among[-1]) + 1), range(middle, -1, -1)):
            for i, found in self._walk(patch, frames):
                place[i], score[i] = found.displacement, found.likeness
        return self._trace("forefoot", place, score, standing)

    def leaving(self, span: Sequence[float]) -> Trace | None:
        """Follow the outline of the shoe that stands during ``span`` on through toe-off."""
        standing = self._during(span)
        cut = self.cut
        size = np.linalg.norm(self.shoe.views, axis=3)
        x, y = cut.step.foot
        along, below, above = SHOE_NEAR
        before = ((cut.y > y - below) & (cut.y < y + above))[:, None] & (np.abs(cut.x - x) < along)
        contrast = size[standing][:, before]
        contrast = contrast[contrast > self.shoe.least]
        if len(contrast) < FEWEST_PIXELS or np.median(contrast) < STANDS_OUT * self.shoe.least:
            return None
        cover = np.minimum(size / np.median(contrast), 1.0)
        place = np.full((len(self.shoe.time), 2), np.nan)
        for i in range(int(np.flatnonzero(standing)[0]), len(self.shoe.time)):
            _, label = cv2.connectedComponents((cover[i] > COVERED).astype(np.uint8))
            shared = np.bincount(label[_grown(before, self._reach(i - 1, i))], minlength=2)
            if shared[1:].max() < FEWEST_SHARED:
                break
            before = label == 1 + int(np.argmax(shared[1:]))
            ends = _ends(np.where(_grown(before, 1), cover[i], 0.0), cut.grain)
            if not np.isfinite(ends).all():
                break
            place[i] = ends
        if not np.isfinite(place[standing]).any():
            return None
        found = np.isfinite(place).all(axis=1).astype(float)
        return self._trace("toe", place - np.nanmedian(place[standing], axis=0), found, standing)

    def _during(self, span: Sequence[float]) -> Bools:
        standing = (self.shoe.time >= span[0]) & (self.shoe.time <= span[1])
        if not standing.any():
            standing[np.argmin(np.abs(self.shoe.time - (span[0] + span[1]) / 2))] = True
        return np.asarray(standing)

    def _trace(self, part: Part, place: Array, score: Array, standing: Bools) -> Trace:
        grain, step = self.cut.grain, self.cut.step.number
        return Trace(
            step, part, self.shoe.time, place * [grain, -grain], score, standing.astype(float), grain
        )

    def _reach(self, before: int, now: int) -> float:
        """Return how far from the place foretold the foot may be, px."""
        passed = abs(float(self.shoe.time[now] - self.shoe.time[max(before, 0)]))
        return max(LEAST_REACH_PX, self.surprise * passed / self.cut.grain)

    def _walk(self, patch: Patch, frames: range) -> Iterator[tuple[int, PatchMatch]]:
        """Look for the patch frame by frame, where its speed foretells it."""
        speed, misses = np.zeros(2), 0
        last, before = PatchMatch(np.zeros(2), 1.0), frames[0] if len(frames) else 0
        for i in frames:
            passed = abs(float(self.shoe.time[i] - self.shoe.time[before]))
            found = match(
                self.shoe.views[i], patch, last.displacement + speed * passed, self._reach(before, i)
            )
            if found is None:
                return
            if found.likeness < LOST:
                misses += 1
                if misses > MOST_MISSES:
                    return
                continue
            misses = 0
            speed = (found.displacement - last.displacement) / passed if passed > 0 else speed
            last, before = found, i
            yield i, found

    def _standing(self, standing: Bools) -> Patch | None:
        """Cut the patch out of what stays the same while the foot stands."""
        still = np.median(self.shoe.views[standing], axis=0)
        size = np.linalg.norm(still, axis=2)
        spread = np.linalg.norm(np.median(np.abs(self.shoe.views[standing] - still), axis=0), axis=2)
        there = size > self.shoe.least
        shoe = there & (spread < SPREAD_SHARE * size + SPREAD_NOISE * self.shoe.noise)
        cut = self.cut
        x, y = cut.step.foot
        along, below, above = SHOE_NEAR
        low = (cut.y > y - below) & (cut.y < y + above)
        thick = shoe[low].sum(axis=0) * cut.grain
        tips = (np.abs(cut.x - x) < along) & (thick > TIP_THICK)
        if not tips.any():
            return None
        tip = cut.x[tips].max()
        rows = np.flatnonzero((cut.y > y - LOWER) & (cut.y < y + UPPER))
        columns = np.flatnonzero((cut.x > tip - BEHIND) & (cut.x < tip + RIM))
        inside = (slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1))
        if (
            shoe[inside].sum() < FEWEST_PIXELS
            or np.median(size[inside][shoe[inside]]) < STANDS_OUT * self.shoe.least
        ):
            return None
        return Patch(
            np.where(shoe[inside][..., None], still[inside], 0).astype(np.float32),
            np.repeat((shoe | ~there)[inside].astype(np.float32)[..., None], 3, axis=2),
            int(rows[0]),
            int(columns[0]),
        )


def _grown(mask: Bools, by: float) -> Bools:
    size = 2 * int(by) + 1
    return np.asarray(cv2.dilate(mask.astype(np.uint8), np.ones((size, size), np.uint8)) > 0)


def _ends(cover: Array, grain: float) -> tuple[float, float]:
    """Return how far right and down an outline reaches, px; NaN where it runs out of the cut-out."""
    down = _end(cover.sum(axis=1) * grain, OUTLINE_WIDE)
    if not np.isfinite(down):
        return np.nan, np.nan
    lowest = cover[max(0, round(down - LOWEST_PART / grain)) : int(down) + 2]
    return _end(lowest.sum(axis=0) * grain, OUTLINE_THICK), down


def _end(profile: Array, least: float) -> float:
    """Return where a profile falls below a value for good, between two of its places."""
    reached = np.flatnonzero(profile >= least)
    if not len(reached) or reached[-1] > len(profile) - 3:
        return np.nan
    k = int(reached[-1])
    return k + float((profile[k] - least) / (profile[k] - profile[k + 1]))
