"""Stick people who do not run, and slow joggers, on the runner's clock: what tells runs from the rest."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from running import LEG, G, Runner, chain

ANKLE = 0.08
"""Height of a standing ankle, m."""
TOE, HEEL = np.array([0.15, 0.02 - ANKLE]), np.array([-0.05, 0.02 - ANKLE])
"""From the ankle of a flat foot, m."""


@dataclass(frozen=True)
class Jogger(Runner):
    """A slow jogger, carried by half-sine pushes that begin and end at nothing.

    The feet of ten runners at 2 m/s were down for 0.78 to 0.93 of a step.
    """

    speed: float = 2.2
    step_s: float = 0.35
    contact_s: float = 0.3
    steps: int = 10

    def height(self, time: np.ndarray) -> np.ndarray:
        phase = (time - 0.15) % self.step_s
        t, c = np.clip(phase, 0, self.contact_s), self.contact_s
        air = self.step_s - c
        flight = np.clip(phase - c, 0, air)
        pushed = G * np.pi * self.step_s / (2 * c) * c / np.pi * (t - c / np.pi * np.sin(np.pi * t / c))
        return G * air / 2 * (flight - t) - G * (flight**2 + t**2) / 2 + pushed


def slow_jog(speed: float, share: float) -> Jogger:
    """Return a jogger whose feet are down for ``share`` of a step."""
    step_s = 0.37 - 0.01 * speed
    return Jogger(speed=speed, step_s=step_s, contact_s=share * step_s)


@dataclass(frozen=True)
class Walker(Runner):
    """Somebody who walks: both feet are down for a fifth of a step, the body is highest over one leg."""

    speed: float = 1.3
    step_s: float = 0.54
    contact_s: float = 0.65
    steps: int = 8

    def joints(self, time: np.ndarray) -> dict[str, np.ndarray]:
        beat = 2 * np.pi * (time - 0.15 - self.contact_s / 2) / self.step_s
        hip = np.column_stack([self.speed * time, 1.02 * LEG + 0.02 * np.cos(beat)])
        out = {}
        for i, side in enumerate(("left", "right")):
            toe, heel = self._walking_foot(time, 0.15 + i * self.step_s)
            out |= chain(side, hip, heel + 0.3 * (toe - heel) + np.array([0.0, ANKLE - 0.02]), toe, heel)
            turn = np.pi * (time - 0.15 - self.contact_s / 2 - i * self.step_s) / self.step_s
            # An arm goes forward as the leg of its side goes back: as its stance does.
            out |= hanging_arm(side, hip + np.array([0.02, 0.50]), 0.35 * np.sin(turn), 0.3)
        return out

    def _walking_foot(self, time: np.ndarray, lands_s: float) -> tuple[np.ndarray, np.ndarray]:
        """Return toe and heel of a foot that lands at ``lands_s`` and every stride before and after."""
        stride = 2 * self.step_s
        number, phase = np.divmod(time - lands_s, stride)
        swing = np.clip((phase - self.contact_s) / (stride - self.contact_s), 0, 1)
        moved = swing**3 * (10 - 15 * swing + 6 * swing**2)
        x = self.speed * (lands_s + self.contact_s / 2 + stride * (number + moved)) + 0.12
        lift = 0.13 * np.sin(np.pi * swing) ** 2 * (1 - 0.6 * swing)
        stance = np.clip(phase / self.contact_s, 0, 1)
        pitch = np.where(phase < self.contact_s, 50 * stance**6, 50 - 65 * moved)
        pitch = np.radians(pitch)
        toe = np.column_stack([x, lift + 0.02])
        return toe, toe + 0.2 * np.column_stack([-np.cos(pitch), np.sin(pitch)])


@dataclass(frozen=True)
class Marcher(Runner):
    """Somebody who marches on the spot: one foot is always down."""

    speed: float = 0.0
    step_s: float = 0.6
    steps: int = 9

    def joints(self, time: np.ndarray) -> dict[str, np.ndarray]:
        hip = np.column_stack([0 * time + 2.0, 0 * time + 0.98])
        out = {}
        for i, side in enumerate(("left", "right")):
            up = np.maximum(np.sin(np.pi * time / self.step_s + i * np.pi), 0) ** 2
            thigh = np.radians(65) * up
            knee = hip + 0.45 * np.column_stack([np.sin(thigh), -np.cos(thigh)])
            ankle = knee - np.array([0.0, 0.45])
            heel, toe = ankle + HEEL, ankle + TOE
            out |= {
                f"{side}_{part}": at
                for part, at in zip(LEG_PARTS, (hip, knee, ankle, heel, toe), strict=True)
            }
            out |= hanging_arm(
                side, hip + np.array([0.0, 0.50]), -0.5 * np.sin(np.pi * time / self.step_s + i * np.pi), 1.2
            )
        return out


@dataclass(frozen=True)
class Squatter(Runner):
    """Somebody who does squats, ``step_s`` each: both feet stay where they are."""

    speed: float = 0.0
    step_s: float = 1.5
    steps: int = 4

    def joints(self, time: np.ndarray) -> dict[str, np.ndarray]:
        down = (1 - np.cos(2 * np.pi * time / self.step_s)) / 2
        hip = np.column_stack([2.0 - 0.25 * down, 0.97 - 0.42 * down])
        out = {}
        for i, side in enumerate(("left", "right")):
            ankle = np.column_stack([2.0 + 0.04 * i + 0 * time, ANKLE + 0 * time])
            out |= chain(side, hip, ankle, ankle + TOE, ankle + HEEL)
            shoulder = hip + np.column_stack([0.25 * down, 0.50 - 0.08 * down])
            out |= hanging_arm(side, shoulder, 1.4 * down, 0.1)
        return out


LEG_PARTS = ("hip", "knee", "ankle", "heel", "foot_index")


def hanging_arm(side: str, shoulder: np.ndarray, swing: np.ndarray, bend: float) -> dict[str, np.ndarray]:
    """Return an arm of two links: ``swing`` of the upper arm forward, ``bend`` of the elbow, rad."""
    elbow = shoulder + 0.28 * np.column_stack([np.sin(swing), -np.cos(swing)])
    wrist = elbow + 0.26 * np.column_stack([np.sin(swing + bend), -np.cos(swing + bend)])
    return {f"{side}_shoulder": shoulder, f"{side}_elbow": elbow, f"{side}_wrist": wrist}


@dataclass(frozen=True)
class Drill(Runner):
    """Somebody whose feet come down as is said, and whose body falls freely while none is down.

    ``down`` lists side, touchdown and toe-off, in shares of ``step_s``, of one round that is gone through
    ``steps`` times; ``lift`` is how high an ankle swings in half a round or more, m.
    """

    speed: float = 0.0
    step_s: float = 0.5
    steps: int = 7
    down: tuple[tuple[str, float, float], ...] = (("left", 0.0, 0.38), ("right", 0.5, 0.88))
    lift: float = 0.45

    def contacts(self) -> list[tuple[str, float, float]]:
        rounds = 0.15 + self.step_s * np.arange(self.steps)
        return [(side, t + a * self.step_s, t + b * self.step_s) for t in rounds for side, a, b in self.down]

    @property
    def duration(self) -> float:
        return 0.3 + self.steps * self.step_s

    def height(self, time: np.ndarray) -> np.ndarray:
        spans = sorted({(a, b) for _, a, b in self.contacts()})
        flights = [(b, c) for (_, b), (c, _) in pairwise(spans) if c > b]
        rise = np.zeros(len(time))
        for b, c in flights:
            up = np.clip(time, b, c) - b
            rise += G * up * (c - b - up) / 2
        return rise

    def joints(self, time: np.ndarray) -> dict[str, np.ndarray]:
        hip = np.column_stack([self.speed * time, 0.98 * LEG + self.height(time)])
        out = {}
        for side in ("left", "right"):
            ankle = self._ankle(side, time, hip)
            out |= chain(side, hip, ankle, ankle + TOE, ankle + HEEL)
        for side, other in (("left", "right"), ("right", "left")):
            thigh = out[f"{other}_knee"] - hip
            swing = np.arctan2(thigh[:, 0], -thigh[:, 1])
            out |= hanging_arm(side, hip + np.array([0.05, 0.50]), swing - swing.mean(), 1.5)
        return out

    def _ankle(self, side: str, time: np.ndarray, hip: np.ndarray) -> np.ndarray:
        own = [(a, b) for s, a, b in self.contacts() if s == side]
        if not own:
            return hip - np.array([0.1, 0.5])
        own = [(a - self.step_s, b - self.step_s) for a, b in own[:1]] + own
        own += [(a + self.step_s, b + self.step_s) for a, b in own[-1:]]
        out = np.tile([0.0, ANKLE], (len(time), 1))
        for (a, b), (c, d) in pairwise(own):
            here, there = self.speed * (a + b) / 2, self.speed * (c + d) / 2
            swing = np.clip((time - b) / (c - b), 0, 1)
            moved = swing**3 * (10 - 15 * swing + 6 * swing**2)
            part = (time >= a) & (time < c)
            up = ANKLE + self.lift * min(1.0, 2 * (c - b) / self.step_s) * np.sin(np.pi * swing) ** 1.5
            out[part] = np.column_stack([here + (there - here) * moved, up])[part]
        reach = np.linalg.norm(out - hip, axis=1, keepdims=True)
        return np.asarray(hip + (out - hip) * np.minimum(1.0, 0.895 / reach))


@dataclass(frozen=True)
class Cyclist(Runner):
    """Somebody on a bicycle: feet go round on cranks, hips and arms keep still; ``step_s`` is half a turn."""

    speed: float = 6.0
    step_s: float = 0.36
    steps: int = 9
    crank: float = 0.17
    saddle: float = 0.66
    """Height of the hips over the cranks' axle, m."""

    def joints(self, time: np.ndarray) -> dict[str, np.ndarray]:
        hip = np.column_stack([self.speed * time, 0.98 + 0 * time])
        out = {}
        for i, side in enumerate(("left", "right")):
            turn = np.pi * (time / self.step_s + i)
            ankle = hip + np.array([0.22, -self.saddle])
            ankle = ankle + self.crank * np.column_stack([np.sin(turn), np.cos(turn)])
            out |= chain(side, hip, ankle, ankle + TOE, ankle + HEEL)
            shoulder = hip + np.array([0.32, 0.38])
            out |= hanging_arm(side, shoulder, 0.7 + 0 * time, 0.2)
        return out
