"""What a metric is: a pure function of a run, plus the facts that let anybody read its number."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import Literal, TypeVar

from analyzer.body.skeleton import Side, other
from analyzer.data.steps import Step
from analyzer.metrics.run import Run


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
    BODY_WEIGHT_SECOND = ("bws", "body weights·s", 0, 1)

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
