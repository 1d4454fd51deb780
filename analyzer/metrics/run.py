"""What a metric may look at: one run with its steps, and the moments and places they give.

``Run.peak``, ``spread``, ``mean`` and ``at`` read a series between moments; ``touchdown``, ``toe_off`` and
``mid_stance`` give the moments; ``foot_x`` the place of a planted foot.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite, nan
from typing import TYPE_CHECKING, Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.body.skeleton import JOINTS, SIDES
from analyzer.data.motion import Motion
from analyzer.data.steps import Step, in_a_row
from analyzer.joints import body_size
from analyzer.metrics.elementwise import either, highest, lowest
from analyzer.metrics.lookup import Clock, Known, once_a_step
from analyzer.metrics.momentum import Momenta, momenta
from analyzer.motion import acceleration, flight
from analyzer.motion.flight import GRAVITY, Flight
from analyzer.signals import filters

if TYPE_CHECKING:
    from analyzer.data.analysis import Analysis

REACH: Final = 0.06
"""A peak is read from a parabola over this many step times on either side of the highest sample.

Where fewer than two samples lie within, it is the highest sample and its neighbours.
"""
FLAT: Final = 0.14
"""The same where the time of a flat peak is asked for: its height would come out too low."""
SWING: Final = 1.8
"""Low-pass of the thigh's angle for its fastest forward swing, step frequencies: 8 Hz in a sprint."""
SWING_ORDER: Final = 4
"""Order of that low-pass: what is to be kept lies up to 7 Hz, what is to go about 10, so it must be steep.

On eight swings of the near thigh in clips of five bodies the peak is 2.3 +- 3.6 % off, with an order of 2 it
was 2.7 +- 4.9.
"""
FOOT_FROM_MIDLINE: Final = 0.025
"""How far a running foot stands beside the line the body runs on, as a share of stature."""
MISSED: Final = 0.6
"""Contacts that lie this many usual steps further apart than counted have a missed one between them."""
HALF_WIDTHS: Final = (0.05, 0.105)
"""Distances of a hip and of a shoulder from the midline of the body, as shares of stature: assumed, since a
side view cannot show them; ``uncertainty.replicates.WIDTH_SD`` is their relative error."""
MID_CONTACT: Final = (0.2, 0.7)
"""Shares of the contact between which the foot stands still, whatever it does at landing and leaving."""
AMONG: Final = ("among",)
"""Where a perturbed copy knows the run of all copies (``uncertainty.together``), weakly, since that holds the
copy, and its own place in it."""
FEWEST_SAMPLES: Final = 16
"""A window has at least so many samples, else two for each frame."""


def _apart(a: Step, b: Step) -> float:
    """Time from one touchdown to another, or else from toe-off to toe-off, s."""
    times = (b.touchdown_s - a.touchdown_s, b.toe_off_s - a.toe_off_s)
    return abs(times[0] if isfinite(times[0]) else times[1])


@dataclass(frozen=True)
class Run:
    """What a metric may look at.

    motion, steps : the athlete in metres, and the ground contacts
    scaled : false when metres are only nominal
    relative_sd : standard error of the run's length as a fraction of it; what single lengths have beside that
        is ``Motion.growth_sd``
    gravity : m/s²
    widths : distances of a hip and of a shoulder from the midline, as shares of stature
    slow_motion : above 1 the clock is that many times too slow at least, by an unknown factor, below 1 too
        fast: nothing with seconds in it can be given, but the camera was that much faster, or slower
    ground_known : false where a treadmill and a camera that follows the athlete look alike
    belt : whether the ground is a treadmill's, whose speed is taken to be constant
    ground_slides : whether feet were seen to slide while they stood, so that contacts rest on the body
    legs_misread : whether legs were often read longer than they are, so that their places are in doubt
    passes : how many times the motion was low-passed
    """

    motion: Motion
    steps: tuple[Step, ...]
    scaled: bool = True
    relative_sd: float = 0.0
    gravity: float = GRAVITY
    widths: tuple[float, float] = HALF_WIDTHS
    slow_motion: float = 1.0
    ground_known: bool = True
    ground_slides: bool = False
    belt: bool = False
    legs_misread: bool = False
    passes: int = 1

    @classmethod
    def of(cls, analysis: Analysis) -> Run:
        """Return the run of an analysis, as it was measured."""
        scale, slow, known = analysis.calibration, analysis.slow_motion, analysis.ground_known
        return cls(
            analysis.motion, analysis.steps, scale.scaled, scale.relative_sd,
            slow_motion=slow, ground_known=known, ground_slides=analysis.ground_slides,
            belt=scale.treadmill_mps > 0, legs_misread=analysis.legs_misread,
        )  # fmt: skip

    @cached_property
    def known(self) -> Known:
        """What was worked out for single steps already."""
        return {}

    @cached_property
    def clock(self) -> Clock:
        """The moments of the frames."""
        return Clock(self.motion.time)

    def each_step(self, function: Callable[[Run, Step], float]) -> Array:
        """Return what a function gives for every contact, (s,).

        Of a perturbed copy, what it gives for all copies at once, where it is asked for the first time.
        """
        _, among = self.known.get(AMONG, (None, None))
        if among is not None and (made := among[0]()) is not None:
            return np.asarray(made.each_step(function)[among[1]])
        return np.array([function(self, step) for step in self.steps])

    @once_a_step
    def after(self, step: Step, count: int = 1) -> Step | None:
        """Return the step ``count`` later, or None where the foot or the rhythm tells of a missed contact."""
        found = self.numbered.get(step.number + count)
        if found is None or (found.side == step.side) != (count % 2 == 0):
            return None
        return None if _apart(step, found) > (abs(count) + MISSED) * self.rhythm else found

    @cached_property
    def numbered(self) -> dict[int, Step]:
        """The contacts by their number."""
        return {step.number: step for step in self.steps}

    @cached_property
    def rhythm(self) -> float:
        """Usual time between neighbouring contacts, s, by touchdown or toe-off."""
        times = [_apart(a, b) for a, b in in_a_row(self.steps)]
        return float(np.nanmedian(times)) if np.isfinite(times).any() else nan

    def touchdown(self, step: Step, count: int = 0) -> float:
        """Time of the touchdown ``count`` steps after ``step``, s; NaN if there is none."""
        found = self.after(step, count)
        return found.touchdown_s if found else nan

    def toe_off(self, step: Step, count: int = 0) -> float:
        """Time of the toe-off ``count`` steps after ``step``, s; NaN if there is none."""
        found = self.after(step, count)
        return found.toe_off_s if found else nan

    @cached_property
    def fps(self) -> float:
        """Median frame rate of the motion's clock."""
        return self.motion.fps

    @cached_property
    def step_time(self) -> float:
        """Typical time from one touchdown to the next, s."""
        times = [self.touchdown(s, 1) - s.touchdown_s for s in self.steps]
        if not np.isfinite(times).any():
            times = [(self.touchdown(s, 2) - s.touchdown_s) / 2 for s in self.steps]
        return float(np.nanmedian(times)) if np.isfinite(times).any() else nan

    @cached_property
    def steps_to_contact(self) -> float:
        """Step time over the usual contact time, about 2 in a sprint; NaN where no contact is whole."""
        contacts = np.array([step.toe_off_s - step.touchdown_s for step in self.steps])
        return float(self.step_time / np.nanmedian(contacts)) if np.isfinite(contacts).any() else nan

    @cached_property
    def swing_rates(self) -> dict[str, Array]:
        """Angular velocity of thighs and upper arms without what is faster than a swing, (n,) deg/s.

        For the top of a swing and its time: a sprinter's thigh swings in 2 to 7 Hz, and what a network adds
        as one knee passes the other, in 10. On true joints 8 Hz take 1 % off the thigh's peak; at 12 the
        network adds 4 to 20 %.
        """
        time, angles, rates = self.motion.time, self.motion.angles, self.motion.rates
        names = [f"{side}_{part}" for side in SIDES for part in ("thigh", "upper_arm")]
        if not self.step_time > 0:
            return {name: rates[name] for name in names}
        smooth = np.column_stack([angles[name] for name in names])
        for _ in range(self.passes):
            smooth = filters.low_pass(time, smooth, SWING / self.step_time, SWING_ORDER)
        return dict(zip(names, filters.derivative(time, smooth).T, strict=True))

    @cached_property
    def momenta(self) -> Momenta:
        """Momenta of the parts of the body relative to where they hang."""
        return momenta(self.motion)

    @cached_property
    def strides(self) -> tuple[Run, ...]:
        """Every stride as a run of its own: three contacts, the last of which begins the next."""
        found = tuple(replace(self, steps=self.steps[i : i + 3]) for i in range(0, len(self.steps) - 2, 2))
        for stride in found:  # what rests on the motion alone is theirs too
            vars(stride).update(momenta=self.momenta, clock=self.clock)
        return found

    @cached_property
    def sprint(self) -> acceleration.Acceleration | None:
        """Mono-exponential fit to the whole run; None where the clip does not span enough of it."""
        return acceleration.of_run(self.motion).run

    @cached_property
    def flights(self) -> dict[int, Flight]:
        """The flight after each step, by the step's number: a parabola with known gravity."""
        return flight.flights(self.motion, self.steps, self.gravity)

    def at(self, series: Array, t: float) -> float:
        """Interpolate a (n,) series at ``t`` seconds; NaN outside the clip and where unseen."""
        times = self.clock.times
        return self.clock.value(series, t) if times[0] <= t <= times[-1] else nan

    def angle(self, name: str, t: float) -> float:
        """Angle ``name`` at ``t``, degrees."""
        return self.at(self.motion.angles[name], t)

    def grid(self, start_s: float, stop_s: float, count: int = 0) -> Array:
        """Return times between two, s, closer than the frames; empty if they leave the clip.

        Parameters
        ----------
        start_s, stop_s : float
        count : int
            How many; 0 for two in each frame.
        """
        if not self.clock.spans(start_s, stop_s):
            return np.empty(0)
        wanted = count or max(FEWEST_SAMPLES, round(2 * (stop_s - start_s) * self.fps))
        return np.linspace(start_s, stop_s, wanted)

    def between(self, series: Array, start_s: float, stop_s: float) -> Array:
        """Return a series between two times with both ends.

        Parameters
        ----------
        series : (n,)
        start_s, stop_s : float

        Returns
        -------
        (m,)
            Interpolated at the ends; NaN throughout where it is not seen throughout, empty where it leaves
            the clip. ``elementwise`` has what is asked of it.
        """
        clock = self.clock
        if not clock.spans(start_s, stop_s):
            return np.empty(0)
        first, last = clock.first_after(start_s), clock.first_after(stop_s)
        found = np.empty(last - first + 2)
        found[1:-1] = series[first:last]
        found[0], found[-1] = clock.value(series, start_s), clock.value(series, stop_s)
        return found if np.isfinite(found).all() else np.full(len(found), nan)

    def sampled(self, series: Array, start_s: float, stop_s: float, count: int) -> Array:
        """Return a series at so many even times from one to another, (count,); NaN if they leave the clip."""
        if not self.clock.spans(start_s, stop_s):
            return np.full(count, nan)
        return np.interp(np.linspace(start_s, stop_s, count), self.motion.time, series)

    def slope(self, series: Array, start_s: float, stop_s: float, fewest: int) -> float:
        """Return the slope of a line fitted to the frames between two times; NaN where fewer show it."""
        first, last = self.clock.first_at(start_s), self.clock.first_after(stop_s)
        y = series[first:last]
        near = np.isfinite(y)
        if not start_s <= stop_s or near.sum() < fewest:
            return nan
        t = self.motion.time[first:last][near]
        t = t - t.mean()
        return float((t @ y[near]) / (t @ t))

    def crossing(self, series: Array, start_s: float, stop_s: float, near_s: float) -> float:
        """Return the time between two at which a series rises through 0, the one nearest to ``near_s``.

        Interpolated between frames, s; NaN where it does not.
        """
        first, last = self.clock.first_at(start_s), self.clock.first_at(stop_s)
        gap, t = series[first:last], self.motion.time[first:last]
        at = np.flatnonzero((gap[:-1] <= 0) & (gap[1:] > 0))
        if len(at) == 0:
            return nan
        found = t[at] - (t[at + 1] - t[at]) * gap[at] / (gap[at + 1] - gap[at])
        return float(found[np.argmin(np.abs(found - near_s))])

    def mean(self, series: Array, start_s: float, stop_s: float) -> float:
        """Return the mean over time of a series between two times; NaN if it is not seen throughout.

        Parameters
        ----------
        series : (n,)
        start_s, stop_s : float
        """
        grid = self.grid(start_s, stop_s)
        if len(grid) == 0:
            return nan
        return float(np.trapezoid(np.interp(grid, self.motion.time, series), grid) / (stop_s - start_s))

    def spread(self, series: Array, start_s: float, stop_s: float) -> float:
        """Return the highest minus the lowest value of a series between two times; NaN if it is not seen.

        Parameters
        ----------
        series : (n,)
        start_s, stop_s : float
        """
        found = self.between(series, start_s, stop_s)
        return highest(found) - lowest(found)

    def peak(
        self, series: Array, start_s: float, stop_s: float, *, inner: bool = False, reach: float = REACH
    ) -> tuple[float, float]:
        """Return the highest point of a series between two times.

        A parabola about the highest sample places it between frames and averages noise.

        Parameters
        ----------
        series : (n,)
        start_s, stop_s : float
        inner : bool
            A series that is highest at an end of the window has no peak.
        reach : float
            The parabola's half-width, step times.

        Returns
        -------
        time, value : float
            NaN without a peak, where the window leaves the clip, the series is not seen throughout, or no
            two steps tell a step time.
        """
        time = self.motion.time
        if not (self.clock.spans(start_s, stop_s) and self.step_time > 0):
            return nan, nan
        first, last = self.clock.first_at(start_s), self.clock.first_at(stop_s)
        window = series[first:last]
        if len(window) == 0 or not np.isfinite(window).all():
            return nan, nan
        top = first + int(window.argmax())
        if top in (first, last - 1):
            return (nan, nan) if inner else (float(time[top]), float(series[top]))
        half = max(1, round(reach * self.step_time * self.fps))
        low, high = max(top - half, first), min(top + half + 1, last)
        x, y = (time[low:high] - time[top]) / self.step_time, series[low:high] - series[top]
        # Least squares in closed form: np.polyfit is ten times slower, and this runs 20,000 times a clip.
        square = x * x
        n, s1, s2, s3, s4 = len(x), float(x.sum()), float(x @ x), float(square @ x), float(square @ square)
        t0, t1, t2 = float(y.sum()), float(x @ y), float(square @ y)
        a11, a12, a22 = s2 - s1 * s1 / n, s3 - s1 * s2 / n, s4 - s2 * s2 / n
        b1, b2 = t1 - s1 * t0 / n, t2 - s2 * t0 / n
        determinant = a11 * a22 - a12 * a12
        c2 = (a11 * b2 - a12 * b1) / determinant if determinant > 0 else 0.0
        if c2 >= 0:
            return float(time[top]), float(series[top])
        c1 = (a22 * b1 - a12 * b2) / determinant
        c0 = (t0 - c1 * s1 - c2 * s2) / n
        shift = min(max(-c1 / (2 * c2), float(x[0])), float(x[-1]))
        return (
            float(time[top]) + shift * self.step_time,
            float(series[top]) + c0 + c1 * shift + c2 * shift**2,
        )

    @cached_property
    def ground_slip(self) -> float:
        """How much the ground slides under the standing feet, as a share of the running speed.

        0 where the ground stays in place in the image; 1 where the athlete runs on the spot. The running
        speed is that of the standing foot against the hips, which needs no ground.
        """
        time = self.motion.time
        hips = (self.motion.joint("left_hip") + self.motion.joint("right_hip"))[:, 0] / 2
        shares = []
        stands_on = body_size.stands_on(JOINTS, self.motion.raw)
        for step in self.steps:
            contact = step.toe_off_s - step.touchdown_s
            start, stop = (step.touchdown_s + share * contact for share in MID_CONTACT)
            inside = (time > start) & (time < stop)
            toe = self.motion.joint(f"{step.side}_{stands_on}")[:, 0]
            inside &= np.isfinite(toe) & np.isfinite(hips)
            if inside.sum() < 2:
                continue
            t = time[inside] - time[inside].mean()
            slide, under = (float(t @ x[inside] / (t @ t)) for x in (toe, hips - toe))
            shares.append(abs(slide) / under if under > 0 else nan)
        seen = np.array(shares)[np.isfinite(shares)]
        return float(np.median(seen)) if len(seen) else 0.0

    @once_a_step
    def foot_x(self, step: Step) -> float:
        """Where a planted foot stands along the lane, m, as if it stood on the lane's midline.

        The near foot stands closer to the camera than the scale is for, the far foot further away: off
        square, both are seen displaced along the lane, in opposite directions (half a step width times
        the tangent of the view angle).
        """
        stature = self.motion.leg_length / LEG_OF_STATURE
        closer = FOOT_FROM_MIDLINE * stature * (1 if step.side == self.motion.near_side else -1)
        forward = 1 if self.motion.near_side == "right" else -1
        time = either(np.isfinite(step.touchdown_s), step.touchdown_s, step.toe_off_s)
        off_axis = self.at(self.motion.view_angle_deg, time)
        seen = step.foot[0]
        shift = forward * closer * np.tan(np.radians(off_axis))
        return either(np.isfinite(off_axis), seen - shift, seen)

    @once_a_step
    def mid_stance(self, step: Step) -> float:
        """Time at which the centre of mass passes over the planted foot, s; NaN if it does not."""
        first, last = self.clock.first_at(step.touchdown_s), self.clock.first_at(step.toe_off_s)
        behind = self.motion.com[max(first - 1, 0) : last + 1, 0] - self.foot_x(step)
        ahead = np.flatnonzero((behind[:-1] <= 0) & (behind[1:] > 0))
        if len(ahead) == 0:
            return nan
        i = int(ahead[0])
        t = self.motion.time[max(first - 1, 0) + i :]
        return float(t[0] + (t[1] - t[0]) * -behind[i] / (behind[i + 1] - behind[i]))
