"""What was measured: single values, their summary over the run, and the whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan

from analyzer.arrays import Array, Number, ReadOnly
from analyzer.body.skeleton import Side
from analyzer.data.notes import Note


@dataclass(frozen=True)
class Value:
    """One number with its standard error; ``step`` is None for a number of the whole run.

    ``in_mean`` : whether it has a part in the mean, as one may have that is too unsure to be given by itself
    """

    metric: str
    step: int | None
    side: Side | None
    value: Number
    sd: Number
    flags: tuple[str, ...] = ()
    in_mean: bool = True


@dataclass(frozen=True)
class Summary:
    """One metric over the run: a row of ``summary.csv``, and what is not written there.

    sd : scatter from step to step
    mean_se : standard error of the mean, systematic errors included: against other people's numbers
    mean_se_within : the same without what is wrong alike in every clip of this athlete from this side:
        against the athlete's own numbers
    difference : left minus right, with its 95 % confidence interval
    reference_source : whose the range is, in words, as in the table: a published group and where it stands,
        or the athlete's own runs
    reference_group : name of the published group, ``comparison.baseline.GROUP`` for own runs; empty where
        there is no range
    reference_verified : whether a published range was read in its source; true for any other, and for none
    only_mean : the steps are too unsure to be given one by one
    """

    metric: str
    label: str
    relationship: str
    unit: str
    n: int
    mean: Number
    sd: Number
    mean_se: Number
    left_mean: Number
    right_mean: Number
    difference: Number
    difference_ci_low: Number
    difference_ci_high: Number
    evidence: str
    reference_low: Number
    reference_high: Number
    reference_source: str
    note: str
    reference_group: str = ""
    reference_verified: bool = True
    only_mean: bool = False
    mean_se_within: Number = nan


@dataclass(frozen=True)
class OfFoot:
    """A number over the contacts of one foot alone, with the standard error of its mean.

    why : where ``n`` is 0, the reason, a key of ``metrics.wording.REASONS``; empty where no step was seen
    """

    metric: str
    foot: Side
    n: int
    mean: Number
    se: Number
    why: str = ""


@dataclass(frozen=True)
class Answer:
    """What a person says of one item of the Sprint Mechanics Assessment Score: whether the feature is there.

    ``side`` is that of the foot that lands.
    """

    item: int
    side: Side
    yes: bool


@dataclass(frozen=True)
class Measurement:
    """Everything the metrics say about one run; ``score`` is what the S-MAS sheet rests on."""

    values: tuple[Value, ...]
    summaries: tuple[Summary, ...]
    notes: tuple[Note, ...] = field(default=())
    score: tuple[OfFoot, ...] = ()


@dataclass(frozen=True)
class SpeedCurve(ReadOnly):
    """Speed without the ups and downs within a step: (n,) m/s and its standard error; NaN = unknown."""

    time: Array
    speed: Array
    sd: Array


@dataclass(frozen=True)
class Gate:
    """A timing gate: its place on the lane, m, and when it was passed by the gates' own clock, s.

    ``video_s`` is when the centre of mass passed it by the clip's clock; NaN where the clip does not show the
    place, or the scale does not say where on the lane it is.
    """

    metres: float
    time_s: float
    sd_s: float
    video_s: Number = nan
    video_sd_s: Number = nan


@dataclass(frozen=True)
class Stretch:
    """The lane between two timing gates, m, and the mean speed on it, m/s: by the gates and by the video.

    The video's is that of its own scale, before anything was taken from the gates; NaN where unknown.
    """

    from_m: float
    to_m: float
    speed: float
    speed_sd: float
    video_speed: Number = nan
    video_speed_sd: Number = nan


@dataclass(frozen=True)
class Split:
    """When the centre of mass passes a place: metres, seconds, standard error of the time."""

    metres: float
    time_s: Number
    sd_s: Number
