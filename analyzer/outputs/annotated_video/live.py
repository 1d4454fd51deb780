"""Values of choice in the annotated video: angles, speed and height of the frame, metrics of its step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES
from analyzer.data.analysis import Analysis
from analyzer.errors import ConfigError
from analyzer.metrics import METRICS
from analyzer.metrics.wording import NOTHING, REASONS, UNSEEN, reason, signed
from analyzer.outputs import metric_dictionary
from analyzer.outputs.colours import ON_VIDEO, RGB, WHITE
from analyzer.outputs.data_dictionary import ANGLES

MOST: Final = 8
"""Values that fit into the panel so that they can be read on a phone: two rows of four."""
_UNITS: Final = ("deg", "mps", "m")
"""Ends of the columns of series.csv."""
_NO_MATTER: Final = ("angle", "angles", "flexion")
"""Words that a name may have or not."""


@dataclass(frozen=True)
class Reading:
    """A value of choice.

    name : of a column of ``series.csv`` without its unit, or of a metric
    label : for people
    symbol : of the unit
    decimals : of the values as they are written
    colour : that of its side, or white
    values : (n,) one a frame, in that unit; None for a metric, which has one a step
    why : in words, where there is none in the whole clip
    """

    name: str
    label: str
    symbol: str = "°"
    decimals: int = 0
    colour: RGB = WHITE
    values: Array | None = None
    why: str = ""

    def said(self, index: int) -> str:
        """Return the value of frame ``index`` with its unit; a dash where there is none."""
        if self.values is None or not np.isfinite(self.values[index]):
            return NOTHING
        blank = "" if self.symbol == "°" else " "
        return f"{signed(float(self.values[index]), self.decimals)}{blank}{self.symbol}"


def _signals() -> Iterator[Reading]:
    yield Reading("trunk", "Trunk lean")
    for part in ANGLES:
        for side in SIDES:
            name = f"{side}_{part}"
            yield Reading(name, name.replace("_", " ").capitalize(), colour=ON_VIDEO[side])
    yield Reading("speed", "Speed", "m/s", 1)
    yield Reading("com_y", "Centre of mass", "m", 2)


SIGNALS: Final = {signal.name: signal for signal in _signals()}
"""What has a value in each frame, by its column in ``series.csv`` without the unit; no values yet."""
SPOKEN: Final = {
    "trunk lean": "trunk",
    "lean": "trunk",
    "feet": "foot",
    "velocity": "speed",
    "com": "com_y",
    "com height": "com_y",
    "centre of mass": "com_y",
}
"""What people call them besides."""


def check(words: Iterable[str]) -> None:
    """Raise ConfigError if a name means neither a signal nor a metric, or if they are too many."""
    names = [name for word in words for name in named(word)]
    if len(names) > MOST:
        raise _refused(
            f"{len(names)} values do not fit beside the video: a joint without its side counts for both.",
            f"Choose {MOST} at most.",
        )


def named(word: str) -> tuple[str, ...]:
    """Return the signals, two for a joint without its side, or the metric that is meant.

    Raises
    ------
    ConfigError
        There is none, or it has no value for each frame or step.
    """
    said = word.lower().replace("_", " ").replace("-", " ").split()
    if len(said) > 1 and said[-1] in _UNITS:
        said = said[:-1]
    bare = " ".join(part for part in said if part not in _NO_MATTER)
    for form in (bare, bare.removesuffix("s")):
        name = SPOKEN.get(form, form.replace(" ", "_"))
        if name in SIGNALS:
            return (name,)
        if name in ANGLES:
            return tuple(f"{side}_{name}" for side in SIDES)
    try:
        metric = METRICS[metric_dictionary.meant(word)]
    except ConfigError as error:
        near = [n.replace("_", " ") for n in get_close_matches(bare.replace(" ", "_"), _names(), 2, 0.7)]
        hint = f"Close to it: {', '.join(near)}." if near else error.why
        raise _refused(
            f"there is neither a signal nor a metric {word!r}. {hint}".rstrip(),
            f"Signals: {', '.join(_names())}, joints also with left or right before them; or a metric.",
        ) from None
    if not metric.per_step:
        raise _refused(
            f"{metric.name} is one number for the whole run.",
            "Choose a signal, or a metric with a value for each step.",
        )
    return (metric.name,)


def _refused(problem: str, fix: str) -> ConfigError:
    return ConfigError(
        "The settings cannot be used.", "", fix, settings=("live",), problems=(("live", problem),)
    )


def _names() -> list[str]:
    return ["trunk", *ANGLES, "speed", "com_y"]


def readings(analysis: Analysis) -> tuple[Reading, ...]:
    """Return the values that the settings choose, each once, without names that are none."""
    found: dict[str, Reading] = {}
    for word in analysis.config.live:
        try:
            names = named(word)
        except ConfigError:
            continue
        for name in names:
            found[name] = _signal(analysis, name) if name in SIGNALS else _metric(analysis, name)
    return tuple(found.values())[:MOST]


def _signal(analysis: Analysis, name: str) -> Reading:
    motion = analysis.motion
    in_metres = {"speed": analysis.speed.speed, "com_y": motion.com[:, 1]}
    why = ""
    if name in in_metres:
        why = "" if analysis.calibration.scaled else REASONS["scale"].words
    elif not motion.view.shows_lane:
        why = REASONS["off_axis"].words
    values = in_metres[name] if name in in_metres else motion.angles[name]
    if why or not np.isfinite(values).any():
        return replace(SIGNALS[name], values=np.full(len(motion.time), np.nan), why=why or UNSEEN)
    return replace(SIGNALS[name], values=values)


def _metric(analysis: Analysis, name: str) -> Reading:
    values = [v for v in analysis.values if v.metric == name and v.step is not None]
    given = any(np.isfinite(v.value) for v in values)
    why = "" if given else reason(flag for v in values for flag in v.flags)
    return Reading(name, METRICS[name].label, why=why)
