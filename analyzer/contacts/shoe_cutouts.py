"""What is cut out of the frames around one contact: the athlete's plane about the forefoot, in metres.

Decides what is ground, what is shadow and what is shoe. The ground under the athlete is put together from
frames in which no foot is there; what differs from it, and is not merely darker as in a shadow, is shoe and
leg. All frames are laid onto the athlete's plane first, so a moving camera makes no difference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from analyzer.arrays import Array, Bools
from analyzer.contacts.image_patch import Image
from analyzer.data.capture import Calibration
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.signals.geometry import mapped
from analyzer.video.frame import Frame

CUT: Final = (0.39, 0.33, 0.13, 0.37)
"""What is cut out around the forefoot, leg lengths behind, ahead of, below and above its landmark.

Room for a foot before it lands and after it leaves; larger takes longer and shows the other foot.
"""
FINEST: Final = 0.0025
"""Smallest pixel of a cut-out, m: bounds the work where the camera is near. No measurement is on record."""
FOLLOWED: Final = 0.4
"""How far around a contact its foot is followed, step times."""
GROUND_FREE: Final = (0.3, 0.9)
"""From when to when before and after a contact the ground is free of this foot, step times."""
GROUND_FRAMES: Final = 40
"""So many of those frames make the bare ground."""
FEWEST_FRAMES: Final = (8, 4, 3)
"""Frames that are needed in all, of the free ground and of the foot."""
NOISE_OF_MEDIAN: Final = 2.5
"""Noise of a pixel, in median differences from the bare ground. No measurement is on record."""
LEAST_NOISE: Final = 1.0
"""Noise that every pixel has at least, added to that measured one, grey levels of 255."""
SHOE_NOISE: Final = 4.0
"""A shoe differs from the ground by so many times the noise."""
SHOE_LEVELS: Final = 14.0
"""Least such difference, grey levels over all three colours. No measurement is on record."""
SHADOW: Final = (0.25, 0.97)
"""Brightness of a shadow, as a share of the bare ground's: darker is shoe."""
SHADOW_TINT: Final = 0.18
"""How much that share may differ between the colours: a shadow is about equally dark in all."""
DARK: Final = 8.0
"""Added to both before their ratio is taken, grey levels: keeps it finite on black ground."""


class ShoeViews(NamedTuple):
    """The cut-outs of one contact minus the bare ground and its shadows.

    time : (n,) s
    views : (n, height, width, 3), grey levels; 0 where there is no shoe
    noise : grey levels of one colour
    least : grey levels over all three, by which a shoe differs from the ground
    """

    time: Array
    views: Image
    noise: float
    least: float


RIM_PX: Final = 4
"""Pixels around a cut-out that its interpolation may touch."""


@dataclass(eq=False)
class CutOuts:
    """The cut-outs around one contact, taken frame by frame.

    step : the contact
    touchdown, toe_off : s, where one is outside the clip told by the usual contact time
    to_reference : (3, 3) pixel of the cut-out to pixel of the reference frame
    shape : rows and columns
    x, y : m, places of the columns and rows
    grain : m, size of a pixel
    start, stop : s, from when to when frames are taken
    """

    step: Step
    touchdown: float
    toe_off: float
    to_reference: Array
    shape: tuple[int, int]
    x: Array
    y: Array
    grain: float
    start: float
    stop: float
    _time: list[float] = field(default_factory=list, init=False, repr=False)
    _images: list[NDArray[np.uint8]] = field(default_factory=list, init=False, repr=False)

    @classmethod
    def around(
        cls, step: Step, calibration: Calibration, motion: Motion, step_time: float, contact: float
    ) -> CutOuts:
        """Lay out the cut-outs of one contact; none is taken yet.

        Parameters
        ----------
        step : Step
        calibration : Calibration
        motion : Motion
        step_time : float
            Step time, s.
        contact : float
            Usual contact time, s.

        Returns
        -------
        CutOuts
        """
        leg = motion.leg_length
        grain = max(calibration.metres_per_pixel, FINEST)
        behind, ahead, below, above = (leg * v for v in CUT)
        width, height = round((behind + ahead) / grain), round((below + above) / grain)
        left, top = step.foot[0] - behind, step.foot[1] + above
        grid = np.array([[grain, 0.0, left], [0.0, -grain, top], [0.0, 0.0, 1.0]])
        touchdown = step.touchdown_s if np.isfinite(step.touchdown_s) else step.toe_off_s - contact
        toe_off = step.toe_off_s if np.isfinite(step.toe_off_s) else step.touchdown_s + contact
        return cls(
            step,
            touchdown,
            toe_off,
            np.linalg.inv(calibration.homography) @ grid,
            (height, width),
            np.asarray(left + grain * np.arange(width), float),
            np.asarray(top - grain * np.arange(height), float),
            grain,
            touchdown - GROUND_FREE[1] * step_time,
            toe_off + GROUND_FREE[1] * step_time,
        )

    @property
    def facts(self) -> tuple[object, ...]:
        """All that says what is cut out."""
        of_contact = self.step, self.touchdown, self.toe_off, self.start, self.stop
        return (*of_contact, self.to_reference, self.shape, self.x, self.y, self.grain)

    def take(self, frame: Frame, to_reference: Array, now: float) -> None:
        """Cut the place of the contact out of a frame.

        Parameters
        ----------
        frame : Frame
        to_reference : (3, 3)
            Pixel of the frame to pixel of the reference frame.
        now : float
            Time of the frame, s.
        """
        mapping = np.linalg.inv(to_reference) @ self.to_reference
        height, width = self.shape
        corners = mapped(mapping, np.array([[0.0, 0.0], [width, 0.0], [0.0, height], [width, height]]))
        # Only what is shown is turned to RGB; what lies beyond the frame repeats its edge.
        first, last = corners.min(axis=0) - RIM_PX, corners.max(axis=0) + RIM_PX
        most = frame.shape[::-1]
        x0, y0 = (int(np.clip(v, 0, side - 1)) for v, side in zip(first, most, strict=True))
        x1, y1 = (int(np.clip(v, 1, side)) for v, side in zip(last, most, strict=True))
        shift = np.array([[1.0, 0.0, -x0], [0.0, 1.0, -y0], [0.0, 0.0, 1.0]])
        cut = cv2.warpPerspective(
            frame.part(x0, y0, max(x1, x0 + 1), max(y1, y0 + 1)),
            shift @ mapping,
            (width, height),
            flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        self._time.append(now)
        self._images.append(np.asarray(cut, np.uint8))

    def without_ground(self, step_time: float) -> ShoeViews | None:
        """Return what is not ground in the frames about the contact; None where too few were taken."""
        in_all, of_ground, of_foot = FEWEST_FRAMES
        if len(self._time) < in_all:
            return None
        time = np.array(self._time)
        apart, around = GROUND_FREE[0] * step_time, FOLLOWED * step_time
        free = np.flatnonzero((time < self.touchdown - apart) | (time > self.toe_off + apart))
        near = np.flatnonzero((time > self.touchdown - around) & (time < self.toe_off + around))
        if len(free) < of_ground or len(near) < of_foot:
            return None
        sample = free[np.linspace(0, len(free) - 1, min(len(free), GROUND_FRAMES)).astype(int)]
        bare = np.stack([self._images[i] for i in sample]).astype(np.float32)
        ground = np.asarray(np.median(bare, axis=0), np.float32)
        noise = NOISE_OF_MEDIAN * float(np.median(np.abs(bare - ground))) + LEAST_NOISE
        views = np.stack([self._images[i] for i in near]).astype(np.float32) - ground
        least = max(SHOE_NOISE * noise, SHOE_LEVELS)
        for view in views:
            view[~_is_shoe(view, ground, least)] = 0
        return ShoeViews(time[near], views, noise, least)


def _is_shoe(view: Image, ground: Image, least: float) -> Bools:
    """Tell which pixels of a view, minus the bare ground, differ from it by more than a shadow."""
    # Colour by colour, in the order in which numpy takes the last axis: many times faster than along it.
    red, green, blue = (np.ascontiguousarray(view[..., k]) for k in range(3))
    there = np.sqrt(red * red + green * green + blue * blue) > least
    r, g, b = (
        (one + ground[..., k] + DARK) / (ground[..., k] + DARK) for k, one in enumerate((red, green, blue))
    )
    level = (r + g + b) / 3
    spread = np.maximum(np.maximum(r, g), b) - np.minimum(np.minimum(r, g), b)
    darkest, brightest = SHADOW
    shade = (level < brightest) & (level > darkest) & (spread < SHADOW_TINT)
    return np.asarray(there & ~shade)
