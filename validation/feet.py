"""How feet land, stand and leave: one way that all drawn runners share, and ways that differ as people's do.

Pitch is the foot's about the ball, toe down positive. A contact's course is told over its share, 0 at
touchdown and 1 at toe-off; what happens beside it in seconds. Speeds are shares of the running speed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from validation.build import Build
from validation.gait import Array, Gait, Timetable

Whole = NDArray[np.int64]

# Foot pitch over contact: (share of contact, degrees at top speed, at a start).
_PITCH = np.array(
    [[0, 11, 30], [0.18, 1.5, 24], [0.45, 3.5, 26], [0.70, 17, 37], [0.88, 43, 55], [1, 70, 75]]
)
_PITCH_SLOPE = ((-75.0, 260.0), (-40.0, 190.0))
_BEFORE_LANDING = (1.6, -2.6)  # m/s of the ball just before it lands; digitised sprinters show 2-3 of each
_ROLL_FROM = 0.72
_ROLL = np.radians(38.0)
"""In the last part of contact the foot rolls over the tip of the shoe: the toes turn by this, and the ball
of the foot is some 4 cm up when the tip leaves (force plates: 40 mm in a 6.6 m/s sprint)."""
_PITCH_CURVES = tuple(
    CubicSpline(_PITCH[:, 0], _PITCH[:, c], bc_type=((1, slope[0]), (1, slope[1])))
    for c, slope in ((1, _PITCH_SLOPE[0]), (2, _PITCH_SLOPE[1]))
)


class Moved(NamedTuple):
    """Where the ball is, forward and up of where it stands, m, and the foot's pitch, rad; (n,) each."""

    forward: Array
    up: Array
    pitch: Array


class Way(Protocol):
    """How the feet of a run land, stand and leave; ``k`` (n,) are numbers of contacts."""

    landing_slows: bool
    """Whether the ankle's rate before landing is softened."""
    before: tuple[float, ...]
    """Times before touchdown at which the foot's place is prescribed, s."""
    thigh_at_most: float
    """Speed at which thighs come back at touchdown at most, rad/s."""
    knee_before: tuple[float, float]
    """Bounds of the knee's rate before touchdown, rad/s."""
    knee_after: tuple[float, float]
    """The same after toe-off."""
    longest: float
    """Hip to ankle over thigh and shank at most while the foot is down."""
    settles: tuple[float, int]
    """How far the pelvis is moved each time it is laid where the centre of mass wants it, and how often."""

    def stands(self, k: Whole, share: Array) -> Moved:
        """Return the foot over contact; beyond its ends it goes on as it was going."""

    def comes(self, k: Whole, before: float) -> Moved:
        """Return the foot ``before`` s of touchdown."""

    def leaves(self, k: Whole, after: float) -> Moved:
        """Return the foot ``after`` s of toe-off."""

    def rolled(self, k: Whole, share: Array, /) -> Array:
        """Angle of the toes, tip down, rad."""

    def goes_on(self, k: Whole, after: Array, /) -> Array:
        """How much further the toes turn after toe-off, rad."""

    def highest(self, lift: Array) -> Array:
        """Largest sine of the toes' angle by how far the ball is up, as a share of the toes' length."""


class AllAlike:
    """Feet of the runners of the first recipes: one course, in a start another one."""

    landing_slows = True
    before = ()
    thigh_at_most = 9.5
    """Thighs come back at 450 to 700 degrees a second."""
    knee_before = (-5.0, 5.0)
    knee_after = (-6.0, 14.0)
    settles = (0.9, 9)
    longest = 0.9955
    """The knee never straightens beyond about 11 degrees in contact."""

    def __init__(self, steps: Timetable, build: Build) -> None:
        self.steps, self.build = steps, build

    def stands(self, k: Whole, share: Array) -> Moved:
        """Return the foot over contact."""
        inside = np.clip(share, 0, 1)
        phi = np.zeros(len(share))
        for column, weight in ((1, 1 - self.steps.forefoot[k]), (2, self.steps.forefoot[k])):
            curve = _PITCH_CURVES[column - 1]
            phi += weight * (curve(inside) + curve(inside, 1) * (share - inside))
        phi = np.radians(phi)
        toes = self.rolled(k, inside)
        return Moved(self.build.toe * (1 - np.cos(toes)), self.build.toe * np.sin(toes), phi)

    def comes(self, k: Whole, before: float) -> Moved:
        """Return the foot before touchdown."""
        forward, up, phi = self.stands(k, -before / self.steps.contact[k])
        return Moved(forward - _BEFORE_LANDING[0] * before, up - _BEFORE_LANDING[1] * before, phi)

    def leaves(self, k: Whole, after: float) -> Moved:
        """The foot rises first, and only then moves forward.

        The course of the toe is that of digitised sprinters at 9.7 m/s; at other speeds in proportion.
        """
        s, b = self.steps, self.build
        pace = np.clip(s.speed_out[k] / 9.0, 0.6, 1.1)
        forward = b.toe * (1 - np.cos(_ROLL)) + pace * (2.2 * after + 80 * after**2)
        up = b.toe * np.sin(_ROLL) + pace * (2.6 * after + 20 * after**2)
        last = (1 - s.forefoot[k]) * _PITCH[-1, 1] + s.forefoot[k] * _PITCH[-1, 2]
        return Moved(forward, up, np.radians(last + 26 * (1 - np.exp(-after / 0.028))))

    def rolled(self, _: Whole, share: Array, /) -> Array:
        """Angle of the toes over contact."""
        return np.asarray(_ROLL * (np.maximum(share - _ROLL_FROM, 0) / (1 - _ROLL_FROM)) ** 2)

    def goes_on(self, _: Whole, after: Array, /) -> Array:
        """Toes stop turning at once."""
        return np.zeros(len(after))

    def highest(self, lift: Array) -> Array:
        """The tip rises with the ball."""
        return np.asarray(np.clip(np.sin(_ROLL) + 0.45 * (lift - np.sin(_ROLL)), 0, lift))


@dataclass(frozen=True)
class Foot:
    """How one foot lands and leaves; degrees, s, and shares of the running speed.

    What a body's feet are drawn from, mean and spread between feet, is ``FAST`` and ``ON_THE_HEEL``.
    """

    landing_deg: float = 3.0
    """Pitch at touchdown against where it stands flat; negative = the heel lands first."""
    comes: float = 0.32
    """Forward speed of the ball just before touchdown."""
    falls: float = 0.42
    """Its speed downwards."""
    turns_deg_s: float = 370.0
    """How fast the toe is let down then."""
    leaving_deg: float = 72.0
    """Pitch at toe-off."""
    early: float = 0.0
    """How early the heel rises, in standard deviations between people."""
    roll_deg: float = 40.0
    """Angle of the toes at toe-off; it is the direction in which the ball then moves as well."""
    leaves: float = 0.40
    """Speed of the ball at toe-off."""
    hurries: tuple[float, float] = (110.0, 80.0)
    """Its acceleration forward and up after that, m/s²."""
    lets_go_s: float = 0.005
    """How gradually the toes stop turning over their tip, time constant; 0 = at once."""


@dataclass(frozen=True)
class Feet:
    """Both feet of an athlete."""

    right: Foot = Foot()
    left: Foot = Foot()


_FLAT_DEG: Final = 1.5
"""Pitch of the drawn foot that stands; one that landed with its toe higher stands on heel and ball."""
_SHARES: Final = np.array([0.0, 0.18, 0.45, 0.70, 0.88, 1.0])
_RISE: Final = np.array([[0.13, 0.43, 0.76], [0.04, 0.08, 0.05]])
"""Share of the pitch at toe-off that is reached at the middle three shares, and the spread between feet.

Sprint at 6.6 m/s: 0.17, 0.44, 0.78; digitised sprinter 0.20, 0.54, 0.83; four runners 0.07, 0.29, 0.68.
"""
_LETS_DOWN: Final = 7.9
"""How fast the foot begins to turn flat, of the turn a contact: 0 to 0.09 of contact show 7 to 9."""
_LAST_TURN: Final = 1.7
"""How fast it turns at toe-off, of its pitch then a contact: sprint 1.4 to 1.8, runners 2.0 to 2.6."""
_BRAKES: Final = 8.0
"""How fast a foot that comes loses forward speed, running speeds a second: two digitised men 8 and 9."""
_TURNS_S: Final = 0.020
"""For about so long the toe has been let down at touchdown, time constant: the same two."""
_GIVES_M: Final = ((-14.0, -8.0), (0.0025, 0.008))
"""How far shoe and foot give after touchdown, m, by the pitch at which they land.

The heel sinks by 0.4 to 3.6 mm where it lands first (eleven feet), by 8 to 21 where the outer edge or the
forefoot does (nine), which the drawn shoe has not. Half of that: it is drawn into the ground. Without it a
leg that lands flat is stopped at once, by forces that nobody bears.
"""
_GIVES_S: Final = 0.006
"""Time constant of that: a digitised sprinter 4 ms, feet with markers sink for 5 to 44."""
_CARRIED: Final = (0.25, 0.6)
"""Shares of contact between which the shoe comes out again: assumed."""
_AFTER_TURN_DEG: Final = 26.0
"""How far it turns after that: sprint 14° in 25 ms, runners 10 to 17°."""
_OWN_DEG: Final = 1.5
"""How pitch differs from step to step: 1 to 3° in 20 feet, steps of a treadmill and of an athlete's pass."""
_OWN_SPEED: Final = 0.02
"""The same of speeds: 0.01 to 0.05."""
_HEEL_M: Final = (-0.143, 0.024, 0.036)
"""Middle of the shoe's heel, from the ball forward and up of the 1.80 m body, and its radius (``body``)."""
_LONGEST_ROLL: Final = 0.45
"""The toes turn over no more than this last share of contact."""


class AsPeople:
    """Feet that differ from athlete to athlete, side to side and step to step."""

    landing_slows = False
    before = (0.022, 0.010)
    thigh_at_most = 13.0
    knee_before = (-8.0, 8.0)
    knee_after = (-10.0, 14.0)
    settles = (0.55, 11)
    longest = 0.990
    """About 16 degrees."""

    def __init__(self, feet: Feet, steps: Timetable, build: Build, gait: Gait) -> None:
        self.steps, self.build = steps, build
        n = len(steps.contact)
        rng = np.random.default_rng([gait.seed, 23])

        def of(name: str, own: float = 0.0) -> Array:
            sides = (getattr(foot, name) for foot in (feet.right, feet.left))
            return np.where(steps.right, *sides) + gait.scatter * own * np.clip(rng.normal(size=n), -2, 2)

        self.speed = steps.speed_out
        first = np.radians(_FLAT_DEG + of("landing_deg", _OWN_DEG))
        back, above, radius = _HEEL_M
        both_down = (above + build.sole / build.scale - radius * build.flesh.shoe) / back
        flat = np.clip(first, min(np.arcsin(both_down), np.radians(_FLAT_DEG)), np.radians(_FLAT_DEG))
        last = np.radians(of("leaving_deg", _OWN_DEG))
        risen = _RISE[0] + of("early")[:, None] * _RISE[1]
        between = flat[:, None] + risen[:, 1:] * (last - flat)[:, None]
        middle = flat + risen[:, 0] * (last - flat)
        knots = np.column_stack([first, flat, middle, between, last])
        slopes = -_LETS_DOWN * (first - flat), _LAST_TURN * last
        self._pitch = [
            CubicSpline(_SHARES, knots[i], bc_type=((1, slopes[0][i]), (1, slopes[1][i]))) for i in range(n)
        ]
        self._first, self._last, self._last_rate = first, last, slopes[1] / steps.contact
        self._comes = np.column_stack([of("comes", _OWN_SPEED), of("falls", _OWN_SPEED)])
        self._turns = np.radians(of("turns_deg_s"))
        self._gives = np.interp(np.degrees(first), *_GIVES_M)
        self._roll = np.radians(of("roll_deg", _OWN_DEG))
        size = of("leaves", _OWN_SPEED) * self.speed
        self._roll_share = 2 * build.toe * self._roll / (size * steps.contact)
        self._roll_share = np.minimum(self._roll_share, _LONGEST_ROLL)
        self._roll_rate = 2 * self._roll / (self._roll_share * steps.contact)
        sides = np.array([foot.hurries for foot in (feet.right, feet.left)])
        self._hurries = np.where(steps.right[:, None], *sides)
        self._lets_go = of("lets_go_s")

    def stands(self, k: Whole, share: Array) -> Moved:
        """Return the foot over contact."""
        inside = np.clip(share, 0, 1)
        phi = np.zeros(len(share))
        for one in np.unique(k):
            mine, curve = k == one, self._pitch[one]
            at = inside[mine]
            phi[mine] = curve(at) + curve(at, 1) * (share[mine] - at)
        toes = self.rolled(k, inside)
        up = self.build.toe * np.sin(toes) + self._on_heel(phi) - self._given(k, inside)
        return Moved(self.build.toe * (1 - np.cos(toes)), up, phi)

    def _given(self, k: Whole, share: Array) -> Array:
        """How far the shoe gives, m, until the foot is carried."""
        soon = 1 - np.exp(-share * self.steps.contact[k] / _GIVES_S)
        back = np.clip((share - _CARRIED[0]) / (_CARRIED[1] - _CARRIED[0]), 0, 1)
        return self._gives[k] * soon * np.cos(np.pi / 2 * back) ** 2

    def _on_heel(self, phi: Array) -> Array:
        """How far the ball is up where the foot stands on its heel."""
        back, above, radius = _HEEL_M
        height = above * np.cos(phi) - back * np.sin(phi) - radius * self.build.flesh.shoe
        return np.maximum(-self.build.scale * height - self.build.sole, 0.0)

    def comes(self, k: Whole, before: float) -> Moved:
        """Return the foot before touchdown."""
        speed = self.speed[k]
        forward = (self._comes[k, 0] * before + _BRAKES * before**2 / 2) * speed
        fallen = self._comes[k, 1] * before * speed
        phi = self._first[k]
        turned = self._turns[k] * _TURNS_S * (1 - np.exp(-before / _TURNS_S))
        return Moved(-forward, self._on_heel(phi) + fallen, phi - turned)

    def leaves(self, k: Whole, after: float) -> Moved:
        """Return the foot after toe-off: it goes on as it left, and is hurried forward and up."""
        toe, roll = self.build.toe, self._roll[k]
        speed = toe * self._roll_rate[k]
        forward = toe * (1 - np.cos(roll)) + speed * np.sin(roll) * after
        up = toe * np.sin(roll) + speed * np.cos(roll) * after
        ahead, lift = self._hurries[k].T
        most = np.radians(_AFTER_TURN_DEG)
        turned = most * (1 - np.exp(-after * self._last_rate[k] / most))
        return Moved(forward + ahead * after**2 / 2, up + lift * after**2 / 2, self._last[k] + turned)

    def rolled(self, k: Whole, share: Array, /) -> Array:
        """Angle of the toes over contact."""
        past = np.maximum(share - 1 + self._roll_share[k], 0) / self._roll_share[k]
        return np.asarray(self._roll[k] * past**2)

    def goes_on(self, k: Whole, after: Array, /) -> Array:
        """Toes turn on over their tip, ever more slowly."""
        time = np.maximum(self._lets_go[k], 1e-6)
        return np.asarray(self._roll_rate[k] * time * (1 - np.exp(-after / time)))

    def highest(self, lift: Array) -> Array:
        """The tip is not under the ground."""
        return np.clip(lift, 0, 1)
