"""What a comparison of runs gives: changes, trends with speed, left-right differences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from analyzer.comparison.across import quantities
from analyzer.comparison.repeatability import Of
from analyzer.comparison.speed_trends import Slope
from analyzer.data.notes import Note
from analyzer.metrics.registry import Quantity

if TYPE_CHECKING:
    import pandas as pd


Verdict = Literal["changed", "beyond this clip's error", "not established"]
"""What is said of later runs against earlier ones. Within a run its errors are known, between runs nothing:
"changed" is only said where the athlete's own scatter from run to run is known, too."""
Basis = Literal["clip error", "runs", "baseline"]
"""What errors rest on: the clips' own alone, runs repeated in each group, or a baseline of earlier runs."""


@dataclass(frozen=True)
class Change:
    """One look at two runs or groups: a row of the table of changes.

    first_mean, mean : of the first and of the later run or group, in the metric's unit
    first_se, mean_se : their standard errors: where all runs were filmed alike the part that differs from
        clip to clip, else the whole
    difference : later minus first; ci_low, ci_high : its 95 % interval, the end away from zero further out
        by the share of a change that may be hidden
    p : chance of a difference this large where there is none, looked at alone
    smallest_change : the smallest difference that could have been told; from test and retest unless
        ``basis`` is "clip error"
    key : chosen beforehand for its relationship
    """

    metric: str
    of: Of
    label: str
    relationship: str
    unit: str
    run: str
    key: bool
    first_mean: float
    first_se: float
    mean: float
    mean_se: float
    difference: float
    ci_low: float
    ci_high: float
    p: float
    smallest_change: float
    basis: Basis
    verdict: Verdict

    @property
    def told(self) -> bool:
        """Whether the difference stands beyond what it is held against."""
        return self.verdict != "not established"


@dataclass(frozen=True)
class Trend:
    """How a metric goes with step speed over several runs: its unit per m/s, with the 95 % interval."""

    metric: str
    label: str
    relationship: str
    unit: str
    key: bool
    runs: int
    steps: int
    slope: float
    ci_low: float
    ci_high: float
    verdict: Literal["rises", "falls", "not established"]


@dataclass(frozen=True)
class SideSplit:
    """A left-minus-right difference parted into the athlete's own and the camera's.

    ``side`` is what stays when the athlete runs the other way; ``view`` is what turns over with it, the
    near minus the far side. Both with their 95 % intervals.
    """

    metric: str
    label: str
    relationship: str
    unit: str
    key: bool
    side: float
    side_low: float
    side_high: float
    side_verdict: Literal["left more", "right more", "not established"]
    view: float
    view_low: float
    view_high: float
    view_verdict: Literal["near more", "far more", "not established"]


@dataclass(frozen=True)
class Comparison:
    """What ``compare`` found.

    names : what stands before, then what each later run or group is called
    changes : every look at every later run or group
    trends : every metric against step speed, over all runs
    growth : relative growth for each m/s of the scatter of all relationships together
    sides : left minus right parted from near minus far; empty where all runs go one way
    alike : whether all runs were filmed in the same way: errors leave out what all clips get wrong alike
    across : whether they are of views from the front or from behind: then only changes are looked at

    Trends, growth and sides are those of one athlete: empty where the runs name several; growth also with
    fewer runs than tell it.
    """

    names: tuple[str, ...]
    changes: tuple[Change, ...]
    trends: tuple[Trend, ...]
    growth: Slope
    sides: tuple[SideSplit, ...]
    notes: tuple[Note, ...]
    alike: bool = True
    across: bool = False

    @property
    def quantities(self) -> Mapping[str, Quantity]:
        """What the runs' view shows, by the names that changes have."""
        return quantities(across=self.across)

    def table(self) -> pd.DataFrame:
        """Return one row a look and later run."""
        from analyzer.outputs import comparison_tables

        return comparison_tables.changes(self)

    def trends_table(self) -> pd.DataFrame:
        """Return one row a metric: its change with step speed over all runs."""
        from analyzer.outputs import comparison_tables

        return comparison_tables.trends(self)

    def sides_table(self) -> pd.DataFrame:
        """Return one row a metric: left minus right parted from near minus far; empty for one direction."""
        from analyzer.outputs import comparison_tables

        return comparison_tables.sides(self)
