"""One person through the clip: where he is seen, how likely he is the athlete, a smooth crop a frame.

``paths`` links sightings into persons; who of them is followed is chosen in ``pose.track``, by ``score``.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.anthropometry import LENGTH_OF_STATURE
from analyzer.body.skeleton import BLAZEPOSE, SIDES
from analyzer.data.capture import CameraMotion
from analyzer.pose.networks.blazepose import SIDE_OF_STATURE
from analyzer.signals.geometry import mapped
from analyzer.signals.robust import median

SMOOTH_HZ: Final = 2.0
"""Nothing faster than this moves the crop; a step's bounce is left to the landmarks."""

SAME_COLOUR: Final = 26.0
"""How far apart, about, one person's colours may be; see ``clothing.colour``."""
FASTEST: Final = 9.0
"""Statures a second: 16 m/s."""
FEW: Final = 9
"""Sightings that tell somebody's usual size and lean."""
_FEW_ROWS: Final = 400
"""Equations that are solved as a whole: to import what solves a band of them takes longer than all of a short
clip's."""
_STROLL: Final = 0.5
"""Statures a second: nobody slower is followed by a camera."""
_OFTEN_S: Final = 0.1
"""How often people are looked at while there are several."""
_UNSEEN_S: Final = 0.25
"""After so long nothing is known of somebody's way."""
_ASIDE: Final = 2.0  # a runner halfway to the edge is three fifths as likely as one in the middle
_TORSO: Final = tuple(BLAZEPOSE.index(f"{s}_{j}") for s in SIDES for j in ("shoulder", "hip"))
_PARTS: Final = sum(float(np.mean(LENGTH_OF_STATURE[part])) for part in ("trunk", "thigh", "shank"))


@dataclass(frozen=True)
class Sighting:
    """A person in one frame.

    ``x``, ``y`` is the middle of the hips and ``stature`` the standing height, px; ``lean_deg`` that of
    the trunk from upright, positive to the right; ``spread`` is how far the left ankle is to the right
    of the right one, statures; ``colour`` as from ``clothing.colour``.
    """

    frame: int
    x: float
    y: float
    stature: float
    lean_deg: float = 0.0
    confidence: float = 1.0
    spread: float = 0.0
    colour: tuple[float, ...] = ()

    @property
    def box(self) -> Array:
        """The square around the person: centre x, centre y and side, px."""
        return np.array([self.x, self.y, SIDE_OF_STATURE * self.stature])


@dataclass(frozen=True)
class Person:
    """One person's path through the clip, in the order of frames."""

    sightings: tuple[Sighting, ...]

    def known(self, n: int) -> Array:
        """Return what ``known`` gives, (n, 4), for the frames of sightings; NaN between."""
        values = np.full((n, 4), np.nan)
        for s in self.sightings:
            values[s.frame] = s.x, s.y, np.log(s.stature), s.lean_deg
        return values

    @property
    def colour(self) -> Array:
        """What the person wears, (6,), the usual over all sightings."""
        return usual_colour([s.colour for s in self.sightings])

    def boxes(self, n: int) -> Array:
        """Return the (n, 3) px crops, straight lines between sightings, NaN before and after."""
        frames = [s.frame for s in self.sightings]
        columns = np.array([s.box for s in self.sightings]).T
        return np.column_stack([np.interp(np.arange(n), frames, c, np.nan, np.nan) for c in columns])


def stature(xy: Array) -> Array:
    """Return standing heights in px from landmarks: trunk, thigh and shank, whatever the pose.

    Parameters
    ----------
    xy : (..., 33, 2) px

    Returns
    -------
    (...) px
        Shortened where segments point at the camera; NaN where landmarks are missing.
    """

    def joint(name: str) -> Array:
        return np.asarray(xy[..., BLAZEPOSE.index(name), :])

    def length(a: Array, b: Array) -> Array:
        return np.asarray(np.hypot(*np.moveaxis(a - b, -1, 0)))

    shoulders = (joint("left_shoulder") + joint("right_shoulder")) / 2
    legs = [
        length(joint(f"{s}_hip"), joint(f"{s}_knee")) + length(joint(f"{s}_knee"), joint(f"{s}_ankle"))
        for s in SIDES
    ]
    return np.asarray((length(shoulders, hips(xy)) + np.maximum(*legs)) / _PARTS)


def hips(xy: Array) -> Array:
    """Return the middle of the hips, (..., 2) px, of (..., 33, 2) landmarks."""
    at = BLAZEPOSE.index
    return np.asarray((xy[..., at("left_hip"), :] + xy[..., at("right_hip"), :]) / 2)


def lean(xy: Array) -> Array:
    """Return the trunk's lean from upright in degrees, positive to the right, of (..., 33, 2) landmarks."""
    at = BLAZEPOSE.index
    up = (xy[..., at("left_shoulder"), :] + xy[..., at("right_shoulder"), :]) / 2 - hips(xy)
    return np.asarray(np.degrees(np.arctan2(up[..., 0], -up[..., 1])))


def leans_back(xy: Array, frames: int) -> Array:
    """Return how far the trunk leans against the way the feet point, deg, of (n, 33, 2) landmarks.

    Parameters
    ----------
    xy : (n, 33, 2) px
    frames : int
        Before and after each, over which the feet's way is averaged: some are marked the wrong way round.
    """
    at = BLAZEPOSE.index
    feet = [xy[:, at(f"{side}_foot_index"), 0] - xy[:, at(f"{side}_heel"), 0] for side in SIDES]
    ahead = np.nan_to_num(np.array(feet)).sum(axis=0)
    way = np.convolve(ahead, np.ones(2 * frames + 1))[frames : frames + len(xy)]
    return np.asarray(-np.sign(way) * lean(xy))


def known(xy: Array) -> Array:
    """Return hips' x and y, the logarithm of the stature and the lean, (..., 4), of landmarks."""
    return np.concatenate([hips(xy), np.log(stature(xy))[..., None], lean(xy)[..., None]], axis=-1)


def torso_confidence(confidence: Array) -> Array:
    """Return the mean confidence of shoulders and hips, (...,), of (..., 33)."""
    return np.asarray(confidence[..., _TORSO].mean(axis=-1))


def sighting(frame: int, xy: Array, confidence: Array, colour: Array) -> Sighting:
    """Make a sighting of (33, 2) px landmarks."""
    x, y = hips(xy)
    size = float(stature(xy))
    ankles = xy[BLAZEPOSE.index("left_ankle"), 0] - xy[BLAZEPOSE.index("right_ankle"), 0]
    return Sighting(
        frame,
        float(x),
        float(y),
        size,
        float(lean(xy)),
        float(torso_confidence(confidence)),
        float(ankles) / max(size, 1.0),
        tuple(colour),
    )


def usual_view(recent: Sequence[Sighting]) -> tuple[float, float]:
    """Return the usual stature, px, and lean, deg, of somebody's last few sightings.

    A body that is cut or half hidden is read too small or bent, and in a square made for that smaller and
    more bent still: where somebody is looked for next should not hang on one look.
    """
    few = recent[-FEW:]
    return float(np.median([s.stature for s in few])), float(np.median([s.lean_deg for s in few]))


def usual_colour(colours: list[tuple[float, ...]]) -> Array:
    """Return the median colour, NaN where it was never seen."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return np.asarray(np.nanmedian(np.array(colours), axis=0), dtype=np.float64)


def speed(person: Person, camera: CameraMotion, time: Array) -> float:
    """Return somebody's speed over the ground, statures/s; 0 where there are under three sightings.

    The camera's motion is taken out between one sighting and the next, so that wide pans do no harm;
    where the background gave no hold it counts as still. With ``CameraMotion.static`` it is the speed
    over the picture.
    """
    rates = []
    for a, b in zip(person.sightings, person.sightings[2:], strict=False):
        back = np.linalg.inv(camera.to_reference[b.frame]) @ camera.to_reference[a.frame]
        move = np.array([b.x, b.y]) - mapped(back, np.array([a.x, a.y]))
        rates.append(move / b.stature / (time[b.frame] - time[a.frame]))
    return float(np.hypot(*np.median(rates, axis=0))) if rates else 0.0


def running(person: Person, camera: CameraMotion, time: Array) -> float:
    """Return how much somebody runs: speed over the ground, statures/s, plus the swing of the legs."""
    swing = float(np.std([s.spread for s in person.sightings]))
    return min(speed(person, camera, time), FASTEST) + 8.0 * min(swing, 0.3)


def followed(person: Person, camera: CameraMotion, time: Array) -> float:
    """Return the share of somebody's way that the camera takes out by turning with him, 0 to 1.

    Whoever holds the camera follows the athlete: over the picture he hardly moves, however fast he runs,
    while those who run slower, or stand, are left behind.
    """
    if not camera.moving:
        return 0.0
    over_ground = speed(person, camera, time)
    over_picture = speed(person, CameraMotion.static(len(time)), time)
    return max(0.0, (over_ground - over_picture) / max(over_ground, _STROLL))


def looks(person: Person, time: Array) -> float:
    """Return how long somebody is in view: how often he would be seen among others, every tenth of a second.

    Who is alone is looked at half as often, and is in view as long all the same.
    """
    gaps = np.diff(time[[s.frame for s in person.sightings]])
    return 1 + float(np.where(gaps < _UNSEEN_S, np.maximum(gaps / _OFTEN_S, 1.0), 1.0).sum())


def score(person: Person, camera: CameraMotion, time: Array, width: int) -> float:
    """Return how likely somebody is the athlete: who runs, is large, and stays in view.

    A camera that moves follows the athlete, so there it also counts who stays in the middle of the
    ``width`` px of the picture and moves over the ground but not over the picture.
    """
    seen = looks(person, time)
    size = float(np.median([s.stature for s in person.sightings]))
    aside = float(np.median([abs(s.x - width / 2) for s in person.sightings])) / width
    aimed_at = (1.0 + followed(person, camera, time)) * np.exp(-_ASIDE * aside) if camera.moving else 1.0
    return float((0.1 + running(person, camera, time)) * size**0.5 * seen**0.7 * aimed_at)


def drift(camera: CameraMotion, xy: Array) -> Array:
    """Return how the background under the athlete has moved since the first frame.

    Parameters
    ----------
    camera : CameraMotion
    xy : (n, 2) px
        About where the athlete is, for every frame.

    Returns
    -------
    (n, 3)
        px to the right, px down, and the logarithm of its growth.
    """
    out = np.zeros((len(xy), 3))
    if not camera.moving:
        return out
    inverse = np.linalg.inv(camera.to_reference)
    for i in range(1, len(xy)):
        step = inverse[i] @ camera.to_reference[i - 1]
        here = mapped(step, xy[i - 1])
        right, down = mapped(step, xy[i - 1] + (10, 0)), mapped(step, xy[i - 1] + (0, 10))
        area = abs(np.linalg.det(np.array([right - here, down - here]))) / 100
        out[i, :2] = here - xy[i - 1]
        out[i, 2] = 0.5 * np.log(min(max(area, 0.5), 2.0))
    return np.cumsum(out, axis=0)


def boxes(known: Array, weights: Array, camera: CameraMotion, time: Array) -> tuple[Array, Array]:
    """Make a smooth crop for every frame from what is known about hips and size.

    Parameters
    ----------
    known : (n, 4)
        As from ``known``; NaN where unknown.
    weights : (n,)
    camera : CameraMotion
    time : (n,) s

    Returns
    -------
    box : (n, 3) px
        Centre x, centre y and side; beyond the first and the last known frame they go straight on.
    lean : (n,) deg
        The trunk's.
    """
    seen = np.flatnonzero(np.isfinite(known).all(axis=1))
    everywhere = np.column_stack([np.interp(np.arange(len(known)), seen, known[seen, i]) for i in range(2)])
    moved = drift(camera, everywhere)
    steady = known[:, :3] - moved
    place = smooth(time, steady[:, :2], weights, SMOOTH_HZ) + moved[:, :2]
    # Size changes with distance and zoom only, so it is far smoother than the path.
    size = smooth(time, steady[:, 2:], weights, 0.3, straight=False) + moved[:, 2:]
    turned = smooth(time, known[:, 3:], weights, 1.5, straight=False)[:, 0]
    return np.column_stack([place, SIDE_OF_STATURE * np.exp(size)]), turned


def smooth(
    time: Array, values: Array, weights: Array, cutoff_hz: float = SMOOTH_HZ, straight: bool = True
) -> Array:
    """Fit smooth functions of time to scattered values, robustly.

    Penalised least squares: the sum of squared second derivatives keeps motion above ``cutoff_hz``
    out, and values that stand off from the rest lose their weight (bisquare).

    Parameters
    ----------
    time : (n,) s
    values : (n, m)
        NaN where nothing is known.
    weights : (n,)
    cutoff_hz : float
    straight : bool
        Go straight on before the first and after the last known value; else stay level.

    Returns
    -------
    (n, m)
    """
    known = np.isfinite(values).all(axis=1) & (weights > 0)
    order = 2 if straight else 1
    step = float(np.median(np.diff(time)))
    stiffness = max(known.mean(), 1e-3) * (1.0 / (2 * np.pi * cutoff_hz * step)) ** (2 * order)
    filled = np.where(known[:, None], values, 0.0)
    weight = np.where(known, weights, 0.0)
    if known.sum() <= order:
        return np.tile(np.average(filled[known], axis=0) if known.any() else np.nan, (len(time), 1))
    trust = np.ones(len(time))
    for _ in range(6):
        out = _penalised(filled, weight * trust, stiffness, order)
        off = np.abs(filled - out)
        spread = 1.4826 * median(off[known]) + 1e-9
        worst = np.minimum((off / (5.0 * spread)).max(axis=1), 1.0)
        trust = 0.999 * (1 - worst**2) ** 2 + 0.001
    return out


def _penalised(values: Array, weight: Array, stiffness: float, order: int) -> Array:
    """Minimise the weighted squares plus ``stiffness`` times the squared differences of an order."""
    n = len(values)
    row = np.diff(np.eye(order + 1), order, axis=0)[0]
    banded = np.zeros((order + 1, n))
    for a in range(order + 1):
        for b in range(a, order + 1):
            banded[order - (b - a), b : n - order + b] += stiffness * row[a] * row[b]
    banded[-1] += weight + 1e-12 * stiffness
    if n > _FEW_ROWS:
        from scipy.linalg import solveh_banded

        return np.asarray(solveh_banded(banded, weight[:, None] * values))
    whole = np.zeros((n, n))
    for off in range(order + 1):
        band = banded[order - off, off:]
        whole.flat[off : n * (n - off) : n + 1] = whole.flat[off * n :: n + 1] = band
    return np.asarray(np.linalg.solve(whole, weight[:, None] * values))


def inside(box: Array, width: int, height: int) -> Bools:
    """Tell in which frames (n,) the athlete's middle is in the picture, give or take a little."""
    margin = 0.1 * box[:, 2]
    across = (box[:, 0] > -margin) & (box[:, 0] < width + margin)
    return np.asarray(across & (box[:, 1] > -margin) & (box[:, 1] < height + margin))
