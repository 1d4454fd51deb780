"""What a metric is, and how one is written: a pure function of a run under the ``@Metric`` decorator.

::

    @Metric(
        label="Contact time",
        unit=Unit.SECOND,
        relationship=Relationship.STEPS,
        sign="Always positive; shorter at higher speed.",
        positive=True,
        min_fps=50,
        evidence=Evidence.MEASURED,
        citations=("Bezodis2007",),
        decimals=3,
        max_sd=0.03,
    )
    def contact_time(run: Run, step: Step) -> float:
        '''Time from touchdown to toe-off of one foot: visible contact.'''
        return step.toe_off_s - step.touchdown_s

The name of the function is the name of the metric and its CSV column, its docstring the definition that users
read. A function of ``(run, step)`` gives one value a step, a function of ``(run)`` one value a run. It
returns SI units (degrees for angles) and NaN where the clip does not show it. It says nothing of errors: the
run is perturbed within its own errors and the function called again (``metrics.uncertainty``), with all steps
of a side in all copies at once: instead of ``if`` of a number it says ``elementwise.either``. What it may
ask of the run is in ``metrics.run``. It goes into the file of ``metrics.definitions`` where its relationship
is at home; works that it cites and published ranges go into ``references.toml``. Add a test with hand-made
truth to ``tests/metrics/test_truth.py``; units, scaling, mirroring and gates are tested for every metric by
themselves.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from math import inf
from typing import Final, Literal, Protocol, TypeVar

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


class Quantity(Protocol):
    """What words and comparisons know of a number: a metric, or a measure of a view from the front."""

    @property
    def label(self) -> str:
        """Name for people."""

    @property
    def full_label(self) -> str:
        """The same with what it is a share of."""

    @property
    def unit(self) -> Unit:
        """Unit of its values."""

    @property
    def relationship(self) -> Relationship:
        """Part of the whole-body system that it belongs to."""

    @property
    def decimals(self) -> int:
        """Digits shown to people at most, in the unit."""

    @property
    def damped(self) -> bool:
        """Whether a network may have drawn it towards the usual movement."""


StepFunction = Callable[[Run, Step], float]
"""A metric with one value a step."""
RunFunction = Callable[[Run], float]
"""A metric with one value a run."""
Registered = TypeVar("Registered", bound=Callable[..., float])
Need = Literal["scale", "clock", "near_side", "on_axis", "static", "lane"]
"""What a metric asks of the clip: a known length; a clock whose rate is known, where the unit does not say so
by its seconds; the side of the body towards the camera; a view square to the lane; ground that stays in place
in the image, or whose motion is known; a lane, on which speed can change, and no treadmill."""

GAIN: Final = 0.8
"""Share of what a low-pass takes off a peak that a second pass takes.

What passes a filter with gain g loses g times as much the second time: 0.8 for a peak of 10 Hz under the 12
Hz of hips and shoulders.
"""
METRICS: dict[str, Metric] = {}
"""Every metric by name, in the order of the report."""


@dataclass(frozen=True)
class Metric:
    """Decorator that registers a metric function with its facts.

    Parameters
    ----------
    label : str
        Name for people.
    unit : Unit
    relationship : Relationship
        Part of the whole-body system that it belongs to.
    sign : str
        What a positive number means, in a sentence.
    min_fps : float
        The slowest camera of any use, frames a second.
    evidence : Evidence
    citations : tuple of str
        Short names of the works it rests on, as in ``references.toml``.
    needs : tuple of Need
    min_steps : int
        Contacts that the run must have.
    side : "stance", "swing" or "none"
        The side that a value of a step is counted to: that of the foot on the ground, the other, or neither.
    moment : "touchdown" or "toe_off"
        The moment of its step at which a picture shows the value best.
    decimals : int
        Digits shown to people, in the unit.
    max_sd : float
        Standard error, in the unit, above which a single value says nothing and is withheld. A mean of such
        steps is given where its error beside ``own_sd`` is at most half of that.
    positive : bool
        A size that is never zero: withheld where its standard error is larger than itself.
    floor : bool
        A range or scatter, which noise alone makes larger: withheld where it is not above twice its own
        standard error.
    ceiling : bool
        At most 1, of which noise alone takes something off.
    gain : float
        What a second low-pass takes off it, as a share of what the first one took: ``GAIN``, or
        ``uncertainty.standard_error.KINK`` where a joint turns sharply.
    restored : bool
        What the low-pass took off is given back (``uncertainty.standard_error.Remeasured.restored``); else it
        counts as an error.
    own_sd : function of a run, optional
        Standard error of a fit, or of the way of reading, in the unit: no perturbed copy of a run shows it.
    of : tuple of str
        Metrics that it is made of: withheld where one of them is withheld for its error. One in whose value
        that error cancels is not named, and its definition says why it does.
    beyond : float
        What nobody has reached, in the unit: a larger number is a wrong one and is withheld.
    course : bool
        Changes little from one step to the next: a single step that does not is flagged and left out of the
        mean (``metrics.breaking``).
    damped : bool
        Read from a pose that a network may have drawn towards the usual movement, so that a change may be
        larger than it is seen. Not so what is made of when and where feet touch down: there the clock and the
        scale give the number.
    function, definition, name, per_step
        Filled in from the decorated function.
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
    moment: Literal["touchdown", "toe_off"] = "touchdown"
    decimals: int = 1
    max_sd: float = inf
    positive: bool = False
    floor: bool = False
    ceiling: bool = False
    gain: float = GAIN
    restored: bool = False
    own_sd: RunFunction | None = None
    of: tuple[str, ...] = ()
    beyond: float = inf
    course: bool = False
    damped: bool = True
    function: StepFunction | RunFunction | None = None
    definition: str = ""
    name: str = ""
    per_step: bool = True

    def __call__(self, function: Registered) -> Registered:
        """Register ``function`` under its own name and return it unchanged."""
        if function.__name__ in METRICS:
            raise ValueError(f"Metric {function.__name__!r} is defined twice.")
        METRICS[function.__name__] = self.of_function(function)
        return function

    def of_function(self, function: StepFunction | RunFunction) -> Metric:
        """Return the metric of a function without registering it: one that no table has a column for."""
        name = function.__name__
        if not function.__doc__:
            raise ValueError(f"Metric {name!r} has no docstring: it is the definition users read.")
        return replace(
            self,
            function=function,
            definition=inspect.cleandoc(function.__doc__),
            name=name,
            per_step=len(inspect.signature(function).parameters) == 2,
        )

    @property
    def full_label(self) -> str:
        """Name for people; none is a share of anything that its label does not say."""
        return self.label

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

    def swing_side(self, step: Step) -> Side:
        """Return the side a value of ``step`` is attributed to."""
        return other(step.side) if self.side == "swing" else step.side
