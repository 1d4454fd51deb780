"""What a metric is: a pure function of a run, plus the facts that let anybody read its number."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from math import inf, isfinite, nan
from typing import Final, Literal, TypeVar

import numpy as np

from analyzer import landmarks, signals, speed
from analyzer.data import Array, Motion, Step, in_a_row
from analyzer.metrics.momentum import Momenta, momenta
from analyzer.skeleton import JOINTS, LEG_OF_STATURE, SIDES, Side, other


class Unit(Enum):
    """A unit: file suffix, symbol for people, dimension as powers of (length, time)."""

    SECOND = ("s", "s", 0, 1)
    HERTZ = ("hz", "Hz", 0, -1)
    METRE = ("m", "m", 1, 0)
    METRE_PER_SECOND = ("mps", "m/s", 1, -1)
    METRE_PER_SECOND_SQUARED = ("mps2", "m/s²", 1, -2)
    DEGREE = ("deg", "°", 0, 0)
    DEGREE_PER_SECOND = ("degps", "°/s", 0, -1)
    RATIO = ("ratio", "", 0, 0)
    PERCENT = ("pct", "%", 0, 0)
    LEG_LENGTH = ("leg", "leg lengths", 0, 0)
    BODY_WEIGHT = ("bw", "body weights", 0, 0)
    BODY_WEIGHT_PER_METRE = ("bwpm", "body weights/m", -1, 0)

    def __init__(self, suffix: str, symbol: str, length: int, time: int) -> None:
        self.suffix, self.symbol, self.length, self.time = suffix, symbol, length, time


class Relationship(Enum):
    """Where a metric belongs in the whole-body system, in the report's order."""

    STEPS = "Speed and steps"
    PUSH_LEG = "Push leg"
    SWING_LEG = "Swing leg"
    ARMS = "Arms"
    TORSO = "Torso"
    TIMING = "Timing between steps"
    BALANCE = "Balance and continuity"
    SYSTEM = "How they work together"


class Evidence(Enum):
    """How far a number is from what the camera saw."""

    MEASURED = "measured"
    DERIVED = "derived"
    MODEL = "model-estimated"
    INTERPRETATION = "interpretation"


@dataclass(frozen=True)
class Reference:
    """A published range for one population; ``verified`` only when read in the source itself."""

    low: float
    high: float
    population: str
    phase: str
    source: str
    verified: bool


REACH: Final = 0.06
"""A peak is read from a parabola over this many step times on either side of the highest sample."""
FLAT: Final = 0.14
"""The same where the time of a flat peak is asked for: its height would come out too low."""
SWING: Final = 1.8
"""Low-pass of the thigh's angle for its fastest forward swing, step frequencies: 8 Hz in a sprint."""
FOOT_FROM_MIDLINE: Final = 0.025
"""How far a running foot stands beside the line the body runs on, as a share of stature."""
MISSED: Final = 0.6
"""Contacts that lie this many usual steps further apart than counted have a missed one between them."""


def _apart(a: Step, b: Step) -> float:
    """Time from one touchdown to another, or else from toe-off to toe-off, s."""
    times = (b.touchdown_s - a.touchdown_s, b.toe_off_s - a.toe_off_s)
    return abs(times[0] if isfinite(times[0]) else times[1])


@dataclass(frozen=True)
class Run:
    """What a metric may look at.

    ``scaled`` is false when metres are only nominal; ``relative_sd`` is the standard error of any
    length as a fraction of it; ``gravity`` is in m/s²; ``widths`` are the distances of hips and
    shoulders from the midline that a side view cannot show, as shares of stature. ``slow_motion``
    above 1 says that the clock is that many times too slow at least, by an unknown factor: nothing
    with seconds in it can be given, but the camera was that much faster. ``ground_known`` is false where
    a treadmill and a picture that follows the athlete look alike. ``passes``: how often it was low-passed.
    """

    motion: Motion
    steps: tuple[Step, ...]
    scaled: bool = True
    relative_sd: float = 0.0
    gravity: float = 9.81
    widths: tuple[float, float] = (0.05, 0.105)
    slow_motion: float = 1.0
    ground_known: bool = True
    passes: int = 1

    def after(self, step: Step, count: int = 1) -> Step | None:
        """Return the step ``count`` later, or None where the foot or the rhythm tells of a missed contact."""
        found = self._numbered.get(step.number + count)
        if found is None or (found.side == step.side) != (count % 2 == 0):
            return None
        return None if _apart(step, found) > (abs(count) + MISSED) * self._rhythm else found

    @cached_property
    def _numbered(self) -> dict[int, Step]:
        return {step.number: step for step in self.steps}

    @cached_property
    def _rhythm(self) -> float:
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
    def swing_rates(self) -> dict[str, Array]:
        """Angular velocity of thighs and upper arms without what is faster than a swing, (n,) deg/s.

        For the top of a swing and its time: a sprinter's thigh swings in 2 to 7 Hz, and what a network adds
        as one knee passes the other, in 10. On true joints 8 Hz take 2 % off the thigh's peak; at 12 the
        network adds 4 to 20 %.
        """
        time, angles, rates = self.motion.time, self.motion.angles, self.motion.rates
        names = [f"{side}_{part}" for side in SIDES for part in ("thigh", "upper_arm")]
        if not self.step_time > 0:
            return {name: rates[name] for name in names}
        smooth = np.column_stack([angles[name] for name in names])
        for _ in range(self.passes):
            smooth = signals.low_pass(time, smooth, SWING / self.step_time)
        return dict(zip(names, signals.derivative(time, smooth).T, strict=True))

    @cached_property
    def momenta(self) -> Momenta:
        """Momenta of the parts of the body relative to where they hang."""
        return momenta(self.motion)

    @cached_property
    def sprint(self) -> speed.Acceleration | None:
        """Mono-exponential fit to the whole run; None where the clip does not span enough of it."""
        return speed.of_run(self.motion)[0]

    def at(self, series: Array, t: float) -> float:
        """Interpolate a (n,) series at ``t`` seconds; NaN outside the clip and where unseen."""
        time = self.motion.time
        return float(np.interp(t, time, series)) if time[0] <= t <= time[-1] else nan

    def angle(self, name: str, t: float) -> float:
        """Angle ``name`` at ``t``, degrees."""
        return self.at(self.motion.angles[name], t)

    def grid(self, start_s: float, stop_s: float, count: int = 0) -> Array:
        """Return times between two, closer than the frames; empty if they leave the clip."""
        time = self.motion.time
        if not (time[0] <= start_s < stop_s <= time[-1]):
            return np.empty(0)
        wanted = count or max(16, round(2 * (stop_s - start_s) * self.fps))
        return np.linspace(start_s, stop_s, wanted)

    def between(self, series: Array, start_s: float, stop_s: float) -> Array:
        """Return a (n,) series between two times with both ends; empty if it is not seen throughout."""
        time = self.motion.time
        if not (time[0] <= start_s < stop_s <= time[-1]):
            return np.empty(0)
        first, last = np.searchsorted(time, (start_s, stop_s), side="right")
        found = np.empty(last - first + 2)
        found[1:-1] = series[first:last]
        found[0], found[-1] = np.interp((start_s, stop_s), time, series)
        return found if np.isfinite(found).all() else np.empty(0)

    def mean(self, series: Array, start_s: float, stop_s: float) -> float:
        """Mean over time of a (n,) series between two times; NaN if it is not seen throughout."""
        grid = self.grid(start_s, stop_s)
        if len(grid) == 0:
            return nan
        return float(np.trapezoid(np.interp(grid, self.motion.time, series), grid) / (stop_s - start_s))

    def spread(self, series: Array, start_s: float, stop_s: float) -> float:
        """Highest minus lowest value of a (n,) series between two times; NaN if it is not seen."""
        found = self.between(series, start_s, stop_s)
        return float(found.max() - found.min()) if len(found) else nan

    def peak(
        self, series: Array, start_s: float, stop_s: float, *, inner: bool = False, reach: float = REACH
    ) -> tuple[float, float]:
        """Return ``(time, value)`` of the highest point of a (n,) series between two times.

        A parabola over ``reach`` step times on either side of the highest sample places it between
        frames and averages noise. With ``inner`` a series that is highest at an end of the window has
        no peak: NaN. NaN also where the window leaves the clip, the series is not seen, or no two steps
        tell a step time.
        """
        time = self.motion.time
        if not (time[0] <= start_s < stop_s <= time[-1] and self.step_time > 0):
            return nan, nan
        first, last = (int(i) for i in np.searchsorted(time, (start_s, stop_s)))
        window = series[first:last]
        if len(window) == 0 or not np.isfinite(window).all():
            return nan, nan
        top = first + int(np.argmax(window))
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

        0 where the picture's ground is still; 1 where the athlete runs on the spot. The running speed is
        that of the standing foot against the hips, which needs no ground.
        """
        time = self.motion.time
        hips = (self.motion.joint("left_hip") + self.motion.joint("right_hip"))[:, 0] / 2
        shares = []
        stands_on = landmarks.stands_on(JOINTS, self.motion.raw)
        for step in self.steps:
            contact = step.toe_off_s - step.touchdown_s
            inside = (time > step.touchdown_s + 0.2 * contact) & (time < step.touchdown_s + 0.7 * contact)
            toe = self.motion.joint(f"{step.side}_{stands_on}")[:, 0]
            inside &= np.isfinite(toe) & np.isfinite(hips)
            if inside.sum() < 2:
                continue
            t = time[inside] - time[inside].mean()
            slide, under = (float(t @ x[inside] / (t @ t)) for x in (toe, hips - toe))
            shares.append(abs(slide) / under if under > 0 else nan)
        seen = np.array(shares)[np.isfinite(shares)]
        return float(np.median(seen)) if len(seen) else 0.0

    def foot_x(self, step: Step) -> float:
        """Where a planted foot stands along the lane, m, as if it stood on the lane's midline.

        The near foot stands closer to the camera than the scale is for, the far foot further away: off
        square, both are seen displaced along the lane, in opposite directions (half a step width times
        the tangent of the viewing angle).
        """
        stature = self.motion.leg_length / LEG_OF_STATURE
        closer = FOOT_FROM_MIDLINE * stature * (1 if step.side == self.motion.near_side else -1)
        forward = 1 if self.motion.near_side == "right" else -1
        time = step.touchdown_s if np.isfinite(step.touchdown_s) else step.toe_off_s
        off_axis = self.at(self.motion.off_axis_deg, time)
        seen = step.foot[0]
        return (
            seen - forward * closer * float(np.tan(np.radians(off_axis))) if np.isfinite(off_axis) else seen
        )

    def mid_stance(self, step: Step) -> float:
        """Time at which the centre of mass passes over the planted foot, s; NaN if it does not."""
        first, last = np.searchsorted(self.motion.time, (step.touchdown_s, step.toe_off_s))
        behind = self.motion.com[max(first - 1, 0) : last + 1, 0] - self.foot_x(step)
        ahead = np.flatnonzero((behind[:-1] <= 0) & (behind[1:] > 0))
        if len(ahead) == 0:
            return nan
        i = int(ahead[0])
        t = self.motion.time[max(first - 1, 0) + i :]
        return float(t[0] + (t[1] - t[0]) * -behind[i] / (behind[i + 1] - behind[i]))


StepFunction = Callable[[Run, Step], float]
RunFunction = Callable[[Run], float]
Registered = TypeVar("Registered", bound=Callable[..., float])
Need = Literal["scale", "near_side", "on_axis", "static"]

METRICS: dict[str, Metric] = {}
"""Every metric by name, in the order of the report."""


@dataclass(frozen=True)
class Metric:
    """Decorator that registers a metric function with its facts.

    The function's name is the metric's name and its docstring the definition. A function of
    ``(run, step)`` gives one value a step, a function of ``(run)`` one a run. It returns a float in
    SI units (degrees for angles), NaN where it cannot be computed; errors are propagated for it by
    ``metrics.errors`` (the run is perturbed within its errors and measured again). ``min_fps`` is the
    slowest camera of any use, ``max_sd`` the standard error above which a single value says nothing
    and is withheld (a mean of noisy steps is given where its error beside ``own_sd`` is at most half), as is
    a size that is always positive where its error is larger than itself. A range or scatter with a
    ``floor`` is withheld where it is not above twice its own standard error, because noise alone makes one.
    Under a ``ceiling`` of 1 noise alone takes something off. A second low-pass takes ``gain`` of what the
    first took off. ``own_sd`` gives the error of a fit, or of the way of reading: no copy of a run shows it.
    """

    label: str
    unit: Unit
    relationship: Relationship
    sign: str
    min_fps: float
    evidence: Evidence
    citations: tuple[str, ...]
    needs: tuple[Need, ...] = ()
    min_steps: int = 1
    side: Literal["stance", "swing", "none"] = "stance"
    decimals: int = 1
    max_sd: float = inf
    floor: bool = False
    ceiling: bool = False
    gain: float = 0.8
    own_sd: RunFunction | None = None
    function: StepFunction | RunFunction | None = None
    definition: str = ""
    name: str = ""
    per_step: bool = True

    def __call__(self, function: Registered) -> Registered:
        """Register ``function`` under its own name and return it unchanged."""
        name = function.__name__
        if name in METRICS:
            raise ValueError(f"Metric {name!r} is defined twice.")
        if not function.__doc__:
            raise ValueError(f"Metric {name!r} has no docstring: it is the definition users read.")
        facts = {k: getattr(self, k) for k in self.__dataclass_fields__}
        facts |= {
            "function": function,
            "definition": inspect.cleandoc(function.__doc__),
            "name": name,
            "per_step": len(inspect.signature(function).parameters) == 2,
        }
        METRICS[name] = Metric(**facts)
        return function

    @property
    def column(self) -> str:
        """CSV column: name and unit suffix, once where the name ends in it."""
        return f"{self._stem}_{self.unit.suffix}"

    @property
    def sd_column(self) -> str:
        """CSV column of the standard error: ``sd`` before the unit."""
        return f"{self._stem}_sd_{self.unit.suffix}"

    @property
    def _stem(self) -> str:
        return self.name.removesuffix(f"_{self.unit.suffix}")

    @property
    def positive(self) -> bool:
        """Whether it is a size that is never zero, so that an error as large as it leaves nothing known."""
        return "always positive" in self.sign.lower()

    def swing_side(self, step: Step) -> Side:
        """Return the side a value of ``step`` is attributed to."""
        return other(step.side) if self.side == "swing" else step.side
