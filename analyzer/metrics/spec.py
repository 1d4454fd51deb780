"""What a metric is: a pure function of a run, plus the facts that let anybody read its number."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal, TypeVar

from analyzer.data import Motion, Step
from analyzer.skeleton import Side


class Unit(Enum):
    """A unit: file suffix, symbol for people, dimension as powers of (length, time)."""

    SECOND = ("s", "s", 0, 1)
    HERTZ = ("hz", "Hz", 0, -1)
    METRE = ("m", "m", 1, 0)
    METRE_PER_SECOND = ("mps", "m/s", 1, -1)
    DEGREE = ("deg", "°", 0, 0)
    DEGREE_PER_SECOND = ("degps", "°/s", 0, -1)
    RATIO = ("ratio", "", 0, 0)
    PERCENT = ("pct", "%", 0, 0)
    LEG_LENGTH = ("leg", "leg lengths", 0, 0)
    BODY_WEIGHT = ("bw", "body weights", 0, 0)

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


@dataclass(frozen=True)
class Run:
    """What a metric may look at."""

    motion: Motion
    steps: tuple[Step, ...]
    scaled: bool = True

    def after(self, step: Step, count: int = 1) -> Step | None:
        """Return the step ``count`` later if it is the expected foot, else None (a missed contact)."""
        index = step.number - self.steps[0].number + count
        if not 0 <= index < len(self.steps):
            return None
        found = self.steps[index]
        return found if (found.side == step.side) == (count % 2 == 0) else None


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
    ``metrics.errors`` (the run is perturbed within its errors and measured again).
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
        """CSV column: name and unit suffix."""
        return f"{self.name}_{self.unit.suffix}"

    @property
    def sd_column(self) -> str:
        """CSV column of the standard error: ``sd`` before the unit."""
        return f"{self.name}_sd_{self.unit.suffix}"

    def swing_side(self, step: Step) -> Side:
        """Return the side a value of ``step`` is attributed to."""
        if self.side == "swing":
            return "left" if step.side == "right" else "right"
        return step.side
