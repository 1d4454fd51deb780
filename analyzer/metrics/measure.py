"""Every metric of a run with its standard error: gated by the clip, measured, and measured again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import SIDES
from analyzer.data.notes import Note
from analyzer.data.results import Measurement, OfFoot, Summary, Value
from analyzer.metrics import gates, wording
from analyzer.metrics.breaking import BREAKS, ROW_LOST_FLAG, breaks, row_lost
from analyzer.metrics.breaking import note as breaking_note
from analyzer.metrics.registry import METRICS, Metric
from analyzer.metrics.run import Run
from analyzer.metrics.smas import ASKED, OWN
from analyzer.metrics.summary import mean_se, summarise
from analyzer.metrics.uncertainty.replicates import COPIES, in_batches
from analyzer.metrics.uncertainty.standard_error import Remeasured, evaluate, refiltered, standard_error
from analyzer.metrics.uncertainty.together import evaluate_all

HEADLINE: Final = ("step_speed", "step_frequency", "step_length", "contact_time", "flight_time")
"""The outcomes a coach asks for first."""
FROM_BEHIND: Final = (
    "hands crossing the body",
    "step width",
    "the trunk's lean and sway to the sides",
)
"""What no side view shows, and a film from the front or from behind does."""
FLOOR_SD: Final = 2.0
"""Standard errors that a range or scatter must stand out of: noise alone makes it one or less."""
FOR_ERROR: Final = frozenset({"noise", "beyond_people", "parent"})
"""Flags of a number that is withheld for its error: what is made of it is withheld too."""
ONLY_MEAN: Final = "Single steps are too unsure to give, so only their mean is."
"""What the note of a metric's summary begins with where ``Summary.only_mean`` holds."""
NOT_SQUARE: Final = "The view is not from the side, and "
"""Stands before what a slow camera lacks where that is so."""
ASLANT: Final = "Film square from the side first: a faster camera alone does not mend the view."
"""Stands before the advice then."""
SOME_MEAN: Final = "Some steps are too unsure to give by themselves; the mean holds them too."
"""The same where others are given."""


@dataclass(frozen=True)
class _Figures:
    """One metric's numbers, one a step or a single one, with what they rest on.

    value, sd : (s,), NaN where the clip cannot support it
    flags : what is less sure about each, or why it is not given
    again : the metric measured again within the run's errors
    own_sd : what of ``sd`` no perturbed copy shows
    """

    value: Array
    sd: Array
    flags: tuple[tuple[str, ...], ...]
    again: Remeasured
    own_sd: float = 0.0

    def told(self, metric: Metric, run: Run) -> _Told:
        """Return them with their summary; a step that breaks the row has no part in it."""
        counts = np.isfinite(self.value) & [BREAKS not in some for some in self.flags]
        value, sd = (np.where(counts, numbers, nan) for numbers in (self.value, self.sd))
        return _Told(self, summarise(metric, run, value, sd, self.again, self.own_sd), counts)

    def flagged(self, which: Bools, flag: str) -> _Figures:
        """Return the same with one more flag where ``which`` (s,)."""
        flags = tuple((*some, flag) if bad else some for some, bad in zip(self.flags, which, strict=True))
        return replace(self, flags=flags)

    def without(self, which: Bools, flag: str) -> _Figures:
        """Return the same without the numbers where ``which`` (s,), and with the reason."""
        value, sd = (np.where(which, nan, numbers) for numbers in (self.value, self.sd))
        return replace(self.flagged(which, flag), value=value, sd=sd)


@dataclass(frozen=True)
class _Told:
    """What is told of one metric: its numbers, their summary, and the reasons why there are none.

    in_mean : which of the numbers the summary is of, (s,)
    """

    figures: _Figures
    row: Summary
    in_mean: Bools
    withheld: tuple[str, ...] = ()


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
    asked = METRICS | OWN
    closed = {name: gates.closed(metric, run) for name, metric in asked.items()}
    again = measured_again(run, [metric for name, metric in asked.items() if not closed[name]], count)
    figures = {
        name: _gated(metric, run, _figures(metric, run, *again[name]))
        for name, metric in asked.items()
        if not closed[name]
    }
    score = tuple(row for name in ASKED for row in _of_feet(name, run, figures.get(name), closed[name]))
    broken = _broken(run, figures)
    told = {
        name: _closed(metric, run, closed[name])
        if closed[name]
        else _open(metric, run, figures[name], broken)
        for name, metric in METRICS.items()
    }
    for name, metric in METRICS.items():
        told[name] = _made_of(metric, run, told[name], told)
    values = (value for name, found in told.items() for value in _values(METRICS[name], run, found))
    rows = tuple(_row(METRICS[name], run, found) for name, found in told.items())
    return Measurement(tuple(values), rows, _notes(run, told), score)


def _of_feet(name: str, run: Run, found: _Figures | None, closed: str) -> Iterator[OfFoot]:
    """Yield a number over the contacts of each foot, or why there is none."""
    for foot in SIDES:
        if found is None:
            yield OfFoot(name, foot, 0, nan, nan, closed)
            continue
        own = np.array([step.side == foot for step in run.steps], dtype=bool)
        seen = own & np.isfinite(found.value)
        if seen.any():
            value, sd = (np.where(seen, numbers, nan) for numbers in (found.value, found.sd))
            error = mean_se(value, sd, found.again, found.own_sd)
            yield OfFoot(name, foot, int(seen.sum()), float(value[seen].mean()), error)
            continue
        flags = {flag for some, is_own in zip(found.flags, own, strict=True) if is_own for flag in some}
        yield OfFoot(name, foot, 0, nan, nan, next((flag for flag in wording.REASONS if flag in flags), ""))


def _row(metric: Metric, run: Run, found: _Told) -> Summary:
    """Return the summary of a metric, with the reason where it has no number."""
    if found.row.n:
        return found.row
    why = wording.reason({flag for flags in found.figures.flags for flag in flags}, metric, run.fps)
    return replace(found.row, note=f"{wording.NOT_GIVEN}{why}.")


def _closed(metric: Metric, run: Run, reason: str) -> _Told:
    """Return what is told of a metric that this clip cannot give at all."""
    nothing = np.full(len(run.steps) if metric.per_step else 1, nan)
    again = Remeasured(nothing[None], nothing)
    figures = _Figures(nothing, nothing, ((reason,),) * len(nothing), again)
    return replace(figures.told(metric, run), withheld=(reason,))


def measured_again(
    run: Run, metrics: Sequence[Metric], count: int = COPIES, *, systematic: bool = True
) -> dict[str, tuple[Array, Remeasured]]:
    """Measure metrics, and measure them again on perturbed copies, a few copies at a time.

    Parameters
    ----------
    run : Run
    metrics : sequence of Metric
    count : int
        Perturbed copies.
    systematic : bool
        As of ``replicates.perturbed_copies``.

    Returns
    -------
    dict of str to (array, Remeasured)
        By name; (s,) values that are neither gated nor restored.
    """
    value = {metric.name: evaluate(metric, run) for metric in metrics}
    # No start was filmed, say: to fit it in every copy takes longest.
    there = [metric for metric in metrics if np.isfinite(value[metric.name]).any()]
    perturbed: dict[str, list[Array]] = {metric.name: [] for metric in there}
    for copies in in_batches(run, count, systematic=systematic) if there else ():
        for metric in there:
            perturbed[metric.name].append(evaluate_all(metric, copies))
        del copies  # before the next ones are made
    smoother = refiltered(run) if there else run
    found = {}
    for metric in metrics:
        nothing = np.full(value[metric.name].shape, nan)
        again = Remeasured(nothing[None], nothing)
        if metric.name in perturbed:
            rows = np.concatenate(perturbed[metric.name])
            again = Remeasured(rows, evaluate(metric, smoother), metric.gain)
        found[metric.name] = value[metric.name], again
    return found


def _broken(run: Run, figures: Mapping[str, _Figures]) -> Bools:
    """Tell which steps break the row, (s,), in any number that has a course: a foot's place is in all."""
    numbers = np.array([step.number for step in run.steps], dtype=float)
    out = np.zeros(len(numbers), dtype=bool)
    for name, found in figures.items():
        if name in METRICS and METRICS[name].course:
            out |= breaks(numbers, found.value, found.sd)
    return out


def _open(metric: Metric, run: Run, figures: _Figures, broken: Bools) -> _Told:
    """Return what is told of a metric that this clip may give."""
    if metric.course:
        given = np.isfinite(figures.value)
        lost = row_lost(figures.value, broken)
        figures = figures.without(given, ROW_LOST_FLAG) if lost else figures.flagged(broken & given, BREAKS)
    figures = figures.without(figures.value > metric.beyond, "beyond_people")
    told = figures.told(metric, run)
    noisy = gates.unsure(metric, figures.value, figures.sd)
    if noisy.any():
        only_mean = gates.mean_told(metric, told.row, figures.own_sd)
        if metric.positive and not only_mean:
            # The remaining steps would be those that noise made large.
            noisy = np.isfinite(figures.value)
        figures = figures.without(noisy, "noise")
        if only_mean:
            words = SOME_MEAN if np.isfinite(figures.value).any() else ONLY_MEAN
            row = replace(told.row, note=f"{words} {told.row.note}", only_mean=True)
            told = replace(told, figures=figures, row=row)
        else:
            told = figures.told(metric, run)
    if told.row.n:
        return told
    reasons = dict.fromkeys(flag for flags in figures.flags for flag in flags if flag in wording.REASONS)
    return replace(told, withheld=tuple(reasons))


def _figures(metric: Metric, run: Run, value: Array, again: Remeasured) -> _Figures:
    """Return a metric's numbers with their standard errors."""
    if metric.restored and np.isfinite(value).any():
        value, again = again.restored(value)
    sd = standard_error(value, again, floor=metric.floor, ceiling=metric.ceiling)
    own_sd = metric.own_sd(run) if metric.own_sd else 0.0
    return _Figures(value, np.hypot(sd, own_sd), ((),) * len(value), again, own_sd)


def _gated(metric: Metric, run: Run, figures: _Figures) -> _Figures:
    """Take out single values the clip cannot support, and flag what is less sure."""
    value, sd = figures.value.copy(), figures.sd.copy()
    flags: list[tuple[str, ...]] = [()] * len(value)
    if metric.per_step:
        flags = [gates.flags(metric, run, step) for step in run.steps]
        value[[not gates.WITHHOLDING.isdisjoint(some) for some in flags]] = nan
    seen = np.isfinite(value)
    if metric.floor and seen.any() and not value[seen].mean() > FLOOR_SD * np.median(sd[seen]):
        value[:] = nan
        flags = [(*some, "floor") for some in flags]
    value[~np.isfinite(sd)] = nan
    sd[~np.isfinite(value)] = nan
    return replace(figures, value=value, sd=sd, flags=tuple(flags))


def _made_of(metric: Metric, run: Run, found: _Told, told: Mapping[str, _Told]) -> _Told:
    """Take out the numbers that are made of one that is withheld for its error."""
    parents = [told[name] for name in metric.of]
    lost = np.zeros(len(found.figures.value), dtype=bool)
    for parent in parents:
        bad = np.array([not FOR_ERROR.isdisjoint(flags) for flags in parent.figures.flags])
        lost |= bad if len(bad) == len(lost) else bad.all()
    lost &= np.isfinite(found.figures.value)
    if not (lost.any() or (found.row.only_mean and any(not parent.row.n for parent in parents))):
        return found
    figures = found.figures.without(lost, "parent")
    if all(parent.row.n for parent in parents) and any(parent.row.only_mean for parent in parents):
        words = SOME_MEAN if np.isfinite(figures.value).any() else ONLY_MEAN
        note = found.row.note.removeprefix(f"{ONLY_MEAN} ").removeprefix(f"{SOME_MEAN} ")
        row = replace(found.row, note=f"{words} {note}", only_mean=True)
        return _Told(figures, row, found.in_mean)
    alone = figures.told(metric, run)
    return replace(alone, withheld=() if alone.row.n else ("parent",))


def _values(metric: Metric, run: Run, found: _Told) -> Iterator[Value]:
    figures = found.figures
    for i, flags in enumerate(figures.flags):
        step = run.steps[i] if metric.per_step else None
        side = metric.swing_side(step) if step and metric.side != "none" else None
        number = step.number if step else None
        value, sd = float(figures.value[i]), float(figures.sd[i])
        yield Value(metric.name, number, side, value, sd, flags, bool(found.in_mean[i]))


def _notes(run: Run, told: Mapping[str, _Told]) -> tuple[Note, ...]:
    """Return a note for each reason, in the order in which it is met, and what a side view cannot show.

    A number that lacks for several stands under the one that its row gives.
    """
    notes = []
    first = {
        name: next(flag for flag in wording.REASONS if flag in found.withheld)
        for name, found in told.items()
        if found.withheld
    }
    for reason in dict.fromkeys(first.values()):
        names = tuple(name for name, of in first.items() if of == reason)
        why = wording.REASONS[reason]
        short = why.before.format(fps=f"{run.fps:.0f} frames a second", steps=len(run.steps))
        aslant = reason == "fps" and run.motion.view.kind != "side"
        if aslant:
            short = f"{NOT_SQUARE}{short[0].lower()}{short[1:]}"
        # Labels have commas of their own.
        labels = "; ".join(label[0].lower() + label[1:] for label in (METRICS[name].label for name in names))
        advice = why.advice.format(faster=wording.faster(run.fps))
        if aslant:
            advice = f"{ASLANT} {advice}"
        notes.append(
            Note("limit", f"withheld_{reason}", f"{short}: {labels}.", advice, metrics=names, short=short)
        )
    broken = {
        METRICS[name].label: [
            s.number for s, some in zip(run.steps, found.figures.flags, strict=True) if BREAKS in some
        ]
        for name, found in told.items()
        if METRICS[name].course
    }
    notes += breaking_note(broken)
    behind = f"A side view cannot show {', '.join(FROM_BEHIND)}."
    advice = "Film a second clip from the front or from behind, and analyse it, too."
    return (*notes, Note("info", "film_from_behind", behind, advice))
