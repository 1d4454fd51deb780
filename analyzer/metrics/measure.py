"""Every metric of a run with its standard error: gated by the clip, measured, and measured again."""

from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.data.notes import Note
from analyzer.data.results import Measurement, Value
from analyzer.metrics import gates
from analyzer.metrics.registry import METRICS, Metric
from analyzer.metrics.run import Run
from analyzer.metrics.summary import summarise
from analyzer.metrics.uncertainty.replicates import COPIES, copies
from analyzer.metrics.uncertainty.standard_error import Repeats, evaluate, refiltered, standard_error

HEADLINE: Final = ("step_speed", "step_frequency", "step_length", "contact_time", "flight_time")
"""The outcomes a coach asks for first."""
FROM_BEHIND: Final = (
    "arm rotation across the body",
    "counter-rotation of shoulders and pelvis",
    "step width",
    "pelvic drop and sideways sway",
)
"""What no side view shows: film from behind."""


def measure(run: Run, count: int = COPIES) -> Measurement:
    """Measure every metric of a run.

    Parameters
    ----------
    run : Run
    count : int
        Perturbed copies that the standard errors rest on.

    Returns
    -------
    Measurement
        A value for every metric and step (or run), NaN where the clip cannot support it; a summary of
        every metric; a note for every limit that was met.
    """
    values: list[Value] = []
    summaries = []
    closed = {name: gates.closed(metric, run) for name, metric in METRICS.items()}
    usable = any(not flag for flag in closed.values())
    others, smoother = (copies(run, count), refiltered(run)) if usable else ([], run)
    withheld: dict[str, list[str]] = {}
    for name, metric in METRICS.items():
        count = len(run.steps) if metric.per_step else 1
        flag, own_sd = closed[name], 0.0
        value = sd = np.full(count, nan)
        repeats = Repeats(np.full((1, count), nan), value)
        if flag:
            flags: list[tuple[str, ...]] = [(flag,)] * count
            withheld.setdefault(flag, []).append(name)
        else:
            value = evaluate(metric, run)
            if np.isfinite(value).any():  # the copies' fits of a start that was not filmed would take longest
                copied = np.array([evaluate(metric, copy) for copy in others])
                repeats = Repeats(copied, evaluate(metric, smoother), metric.gain)
            sd = standard_error(value, repeats, floor=metric.floor, ceiling=metric.ceiling)
            own_sd = metric.own_sd(run) if metric.own_sd else 0.0
            sd = np.hypot(sd, own_sd)
            value, sd, flags = _withhold(metric, run, value, sd)
        row = summarise(metric, run, value, sd, repeats, own_sd)
        noisy = gates.unsure(metric, value, sd)
        if noisy.any():
            told = gates.mean_told(metric, row, own_sd)
            if metric.positive and not told:
                # The steps that are left would be those that noise made large.
                noisy = np.isfinite(value)
            value, sd = np.where(noisy, nan, value), np.where(noisy, nan, sd)
            flags = [(*some, "noise") if bad else some for some, bad in zip(flags, noisy, strict=True)]
            if told:
                text = f"Single steps are too unsure to give, so only their mean is. {row.note}"
                row = replace(row, note=text, only_mean=True)
            else:
                row = summarise(metric, run, value, sd, repeats, own_sd)
        if not flag and not row.n:
            for reason in dict.fromkeys(f for some in flags for f in some if f in _REASONS):
                withheld.setdefault(reason, []).append(name)
        summaries.append(row)
        for i in range(count):
            step = run.steps[i] if metric.per_step else None
            side = metric.swing_side(step) if step and metric.side != "none" else None
            values.append(
                Value(name, step.number if step else None, side, float(value[i]), float(sd[i]), flags[i])
            )
    return Measurement(tuple(values), tuple(summaries), _notes(run, withheld))


def _withhold(
    metric: Metric, run: Run, value: Array, sd: Array
) -> tuple[Array, Array, list[tuple[str, ...]]]:
    """Take out single values the clip cannot support, and flag what is less sure."""
    value, sd = value.copy(), sd.copy()
    flags: list[list[str]] = [[] for _ in value]
    if metric.per_step:
        flags = [gates.flags(metric, run, step) for step in run.steps]
        value[[not gates.WITHHOLDING.isdisjoint(some) for some in flags]] = nan
    seen = np.isfinite(value)
    if metric.floor and seen.any() and not value[seen].mean() > 2 * np.median(sd[seen]):
        value[:] = nan
        for some in flags:
            some.append("floor")
    value[~np.isfinite(sd)] = nan
    sd[~np.isfinite(value)] = nan
    return value, sd, [tuple(some) for some in flags]


_REASONS: Final = {
    "fps": (
        "The camera is too slow ({fps:.0f} frames a second) for: {names}.",
        "Film at 120 or better 240 frames a second (slow motion).",
    ),
    "clock": (
        "The clip plays in slow motion by an unknown factor, so these are not given: {names}.",
        "Give the rate the camera filmed at with --capture-fps.",
    ),
    "scale": (
        "No length is known in this clip, so these are not given: {names}.",
        "State the athlete's height (--height), or two points a known distance apart (--scale).",
    ),
    "static": (
        "The ground slides under the standing feet: the camera's motion, or a treadmill's, is not known "
        "well enough for: {names}.",
        "Film from a tripod, or give the belt's speed (--treadmill).",
    ),
    "steps": (
        "{steps} contacts are too few for: {names}.",
        "Film more steps: stand further away, or follow the athlete with the camera.",
    ),
    "noise": (
        "The error is too large to say anything for: {names}.",
        "Film closer, in good light, with a fast shutter and more frames a second.",
    ),
    "floor": (
        "No larger than noise alone would make: {names}.",
        "Film closer, in good light, with a fast shutter and more frames a second.",
    ),
    "off_axis": (
        "The athlete was seen too obliquely for: {names}.",
        "Stand so that the athlete passes square in front of the camera.",
    ),
    "hidden": (
        "Only the side towards the camera shows this, and it was not seen: {names}.",
        "Film more steps.",
    ),
}


def _notes(run: Run, withheld: dict[str, list[str]]) -> tuple[Note, ...]:
    notes = []
    for reason, names in withheld.items():
        message, advice = _REASONS[reason]
        labels = [METRICS[name].label for name in names]
        # Labels have commas of their own.
        listed = "; ".join(label[0].lower() + label[1:] for label in dict.fromkeys(labels))
        facts = {"fps": run.fps * run.slow_motion, "steps": len(run.steps)}
        notes.append(
            Note(
                "limit",
                f"withheld_{reason}",
                message.format(names=listed, **facts),
                advice,
                metrics=tuple(names),
                short=message.removesuffix(": {names}.").format(**facts),
            )
        )
    notes.append(
        Note(
            "info",
            "film_from_behind",
            f"A side view cannot show {', '.join(FROM_BEHIND)}.",
            "Film a second clip from behind.",
        )
    )
    return tuple(notes)
