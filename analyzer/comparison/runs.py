"""Two or more runs held against each other: what changed beyond the error, and how it goes with speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from analyzer.comparison import speed_trends
from analyzer.comparison.across import AnyRun, all_across, of_frontal
from analyzer.comparison.baseline import Baseline
from analyzer.comparison.hypotheses import KEY, KEY_ACROSS, Look, established
from analyzer.comparison.repeatability import FEWEST_RUNS, Of, Repeat, Shift, of_analysis, shared, shift
from analyzer.comparison.results import Basis, Change, Comparison, Trend, Verdict
from analyzer.comparison.side_or_view import split_sides
from analyzer.comparison.speed_trends import Slope
from analyzer.data.analysis import Analysis, refuse_across
from analyzer.data.notes import Note
from analyzer.errors import ConfigError
from analyzer.frontal.measures import MEASURES
from analyzer.frontal.results import Frontal
from analyzer.metrics import METRICS
from analyzer.metrics.registry import Quantity

ONE_RATE_FPS: Final = 10
"""Frame rates that round to the same multiple of this are one setting: 119.88 and 120."""
OFS: Final[tuple[Of, ...]] = ("mean", "left minus right")
"""What of every metric is looked at."""


def compare(*runs: AnyRun, before: int = 1, baseline: Baseline | None = None) -> Comparison:
    """Compare each run with the first one, or one group of runs with another.

    "Changed" is only said where the athlete's own scatter from run to run is known: from two or more runs in
    each group, or from a baseline.

    Parameters
    ----------
    runs : Analysis, or Frontal
        Of one view: all from the side, or all from the front or from behind.
    before : int
        With more than one, the first so many runs together are the state before and all others together
        the state after; several runs tell smaller changes than one.
    baseline : Baseline, optional
        Earlier runs of the athlete, as ``comparison.baseline`` makes them.

    Raises
    ------
    ConfigError
        If fewer than two runs are given, or none is left after ``before``.
    ViewError
        If some are filmed from the side and others from the front or from behind.
    """
    others = [run for run in runs if not isinstance(run, Analysis | Frontal)]
    if others:
        raise ConfigError(
            "What is to be compared is not all runs.",
            f"{others[0]!r:.100} is none.",
            'Give what analyze returned, or load("FOLDER") of a folder of results.',
        )
    if len(runs) < 2:
        raise ConfigError(
            "Nothing to compare.", f"{len(runs)} run was given.", "Give two or more analysed runs."
        )
    if not 1 <= before < len(runs):
        raise ConfigError(
            f"{before} runs before leave none after.",
            f"{len(runs)} runs were given.",
            f"Choose between 1 and {len(runs) - 1}.",
        )
    if all_across(runs):
        return _across(runs, before, baseline)
    refuse_across(runs)
    return _along([run for run in runs if isinstance(run, Analysis)], before, baseline)


def _across(runs: Sequence[Frontal], before: int, baseline: Baseline | None) -> Comparison:
    """Compare runs from the front or from behind."""
    # From behind not the same is seen wrongly as from the front, nor by markers as by a network.
    ways = {(run.view.kind, run.pose.kind, run.camera.moving) for run in runs}
    systematic = len(ways) > 1 or _different_rates(runs)
    known = [of_frontal(run, systematic=systematic) for run in runs]
    changes = _every_change(runs, known, before, baseline, MEASURES)
    notes = [*_twice(runs), *_rates(runs), *_people(runs)]
    if len({run.view.kind for run in runs}) > 1:
        notes.append(
            Note(
                "info",
                "both_views",
                "Some runs are filmed from the front, others from behind: errors that every clip from one of "
                "them shares do not drop out of the comparison.",
            )
        )
    return Comparison(
        names=_names(runs, before),
        changes=tuple(changes),
        trends=(),
        growth=Slope(),
        sides=(),
        notes=(*notes, *_alone(changes, runs, baseline)),
        alike=not systematic,
        across=True,
    )


def _along(runs: Sequence[Analysis], before: int, baseline: Baseline | None) -> Comparison:
    """Compare runs from the side."""
    systematic = not _filmed_alike(runs)
    known = [of_analysis(run, systematic=systematic) for run in runs]
    changes = _every_change(runs, known, before, baseline, METRICS)
    one_way = len({run.motion.near_side for run in runs}) == 1
    one_athlete = len(_athletes(runs)) < 2
    return Comparison(
        names=_names(runs, before),
        changes=tuple(c for c in changes if one_way or c.of == "mean"),
        trends=tuple(trends(runs)) if one_athlete else (),
        growth=_growth(runs) if one_athlete else Slope(),
        sides=tuple(split_sides(runs, known)) if one_athlete and not one_way else (),
        notes=(*_notes(runs), *_alone(changes, runs, baseline), *_few(runs)),
        alike=not systematic,
    )


def _later(runs: Sequence[AnyRun], before: int) -> list[tuple[str, list[int]]]:
    """Return what each later run, or all together, are called, and which they are."""
    if before > 1:
        return [(" + ".join(run.name for run in runs[before:]), list(range(before, len(runs))))]
    return [(run.name, [i + before]) for i, run in enumerate(runs[before:])]


def _names(runs: Sequence[AnyRun], before: int) -> tuple[str, ...]:
    first = " + ".join(run.name for run in runs[:before])
    return first, *(name for name, _ in _later(runs, before))


def _every_change(
    runs: Sequence[AnyRun],
    known: Sequence[dict[str, Repeat]],
    before: int,
    baseline: Baseline | None,
    quantities: Mapping[str, Quantity],
) -> list[Change]:
    return [
        change
        for name, group in _later(runs, before)
        for change in _changes(runs, known, (range(before), group), name, baseline, quantities)
    ]


def _athletes(runs: Sequence[AnyRun]) -> list[str]:
    """Return who ran, each once, of those that are named."""
    names = [" ".join((run.config.athlete_name or "").split()) for run in runs]
    return list({name.casefold(): name for name in reversed(names) if name}.values())[::-1]


def _growth(runs: Sequence[Analysis]) -> Slope:
    """Return how scatter grows with speed, where there are runs enough to tell it."""
    if len(runs) < FEWEST_RUNS:
        return Slope()
    return speed_trends.pooled_scatter([run.values for run in runs])


def _filmed_alike(runs: Sequence[Analysis]) -> bool:
    """Tell whether what a clip gets wrong throughout is wrong in the same way in all of them.

    Times of gates are each run's own, and wrong by themselves.
    """
    if any("gates" in run.calibration.method for run in runs) or _different_rates(runs):
        return False
    ways = {(r.motion.near_side, r.calibration.method, r.config.sex, r.camera.moving) for r in runs}
    return len(ways) == 1


def _different_rates(runs: Sequence[AnyRun]) -> bool:
    return len({round(run.pose.fps / ONE_RATE_FPS) for run in runs}) > 1


def _changes(
    runs: Sequence[AnyRun],
    known: Sequence[dict[str, Repeat]],
    groups: tuple[Sequence[int], Sequence[int]],
    name: str,
    baseline: Baseline | None,
    quantities: Mapping[str, Quantity],
) -> list[Change]:
    before, after = ([known[i] for i in group] for group in groups)
    taken = [runs[i] for group in groups for i in group]
    looks: list[tuple[Look, Shift, Basis]] = []
    keys = KEY_ACROSS if quantities is MEASURES else KEY
    for metric in _shared([*before, *after], taken):
        own = baseline.scatter(metric, taken) if baseline is not None else None
        for of in OFS:
            # Earlier runs have been kept by their means.
            earlier = own if of == "mean" else None
            found = shift(
                [run[metric] for run in before], [run[metric] for run in after], of, earlier, quantities
            )
            if np.isfinite(found.p):
                both = min(map(len, groups)) > 1
                basis: Basis = "clip error" if not found.repeated else "runs" if both else "baseline"
                looks.append((Look(metric, of), found, basis))
    sure = established([(look in keys, found.p) for look, found, _ in looks])
    return [
        Change(
            metric=look.metric,
            of=look.of,
            label=look.named(quantities),
            relationship=quantities[look.metric].relationship.value,
            unit=quantities[look.metric].unit.symbol,
            run=name,
            key=look in keys,
            first_mean=found.before,
            first_se=found.before_se,
            mean=found.after,
            mean_se=found.after_se,
            difference=found.value,
            ci_low=found.low,
            ci_high=found.high,
            p=found.p,
            smallest_change=found.smallest,
            basis=basis,
            verdict=_verdict(is_sure, basis),
        )
        for (look, found, basis), is_sure in zip(looks, sure, strict=True)
    ]


def _shared(known: Sequence[dict[str, Repeat]], runs: Sequence[AnyRun]) -> list[str]:
    """Return by what runs are held against each other."""
    if all_across(runs):
        return [name for name in MEASURES if all(name in run for run in known)]
    return shared(known, [row for run in runs if isinstance(run, Analysis) for row in run.summaries])


def _verdict(is_sure: bool, basis: Basis) -> Verdict:
    if not is_sure:
        return "not established"
    return "beyond this clip's error" if basis == "clip error" else "changed"


def trends(runs: Sequence[Analysis]) -> list[Trend]:
    """Return how each per-step metric goes with step speed, with run as a random effect."""
    names = dict.fromkeys(v.metric for run in runs for v in run.values if v.step is not None)
    given = [name for name in names if name in METRICS and name != "step_speed"]
    found = [
        course
        for course in speed_trends.courses([run.values for run in runs], given)
        if np.isfinite(course.level.p)
    ]
    keys = set(speed_trends.REPRESENTS.values())
    sure = established([(course.metric in keys, course.level.p) for course in found])
    return [
        Trend(
            metric=course.metric,
            label=METRICS[course.metric].label,
            relationship=METRICS[course.metric].relationship.value,
            unit=METRICS[course.metric].unit.symbol,
            key=course.metric in keys,
            runs=course.runs,
            steps=course.steps,
            slope=course.level.value,
            ci_low=course.level.low,
            ci_high=course.level.high,
            verdict=("rises" if course.level.value > 0 else "falls") if is_sure else "not established",
        )
        for course, is_sure in zip(found, sure, strict=True)
    ]


def _twice(runs: Sequence[AnyRun]) -> list[Note]:
    """Tell that a run of a clip is given more than once: it is no run of its own."""
    filmed = [run for run in runs if run.video is not None]
    known = [(run.video and run.video.sha256, run.config.pass_number, run.pose.time[0]) for run in filmed]
    same = [run.name for run, one in zip(filmed, known, strict=True) if known.count(one) > 1]
    if not same:
        return []
    return [
        Note(
            "warning",
            "same_run_twice",
            f"{' and '.join(same)} are one run of a clip: they differ by how it was analysed.",
            "Give runs of other clips, or other passes.",
        )
    ]


def _rates(runs: Sequence[AnyRun]) -> list[Note]:
    if not _different_rates(runs):
        return []
    return [
        Note(
            "warning",
            "different_frame_rates",
            "The runs were filmed at different frame rates, which shifts fast quantities a little.",
            "Compare runs filmed with the same setting.",
        )
    ]


def _people(runs: Sequence[AnyRun]) -> list[Note]:
    """Tell that runs are of several athletes, or may be."""
    notes = []
    names = _athletes(runs)
    if len(names) > 1:
        notes.append(
            Note(
                "warning",
                "different_athletes",
                f"These are runs of {len(names)} athletes, {' and '.join(names)}: what differs between "
                "people has not changed. No course with speed over all runs is told of them.",
            )
        )
    elif names and not all(run.config.athlete_name for run in runs):
        notes.append(
            Note(
                "warning",
                "athlete_not_named",
                f"Only some of these runs name their athlete, {names[0]}: whether all are of one is not "
                "known.",
                "Name the athlete of each run; what differs between people has not changed.",
            )
        )
    return notes


def _notes(runs: Sequence[Analysis]) -> list[Note]:
    notes = [*_twice(runs), *_rates(runs), *_people(runs)]
    if len({run.calibration.method for run in runs}) > 1:
        notes.append(
            Note(
                "warning",
                "different_scales",
                "Metres come from different kinds of calibration in these runs.",
                "Use the same marks or the same height for all of them.",
            )
        )
    if len({run.motion.near_side for run in runs}) > 1:
        notes.append(
            Note(
                "info",
                "both_directions",
                "The runs show both sides of the athlete: left-right differences are told from the far "
                "side's occlusion, and errors that every clip shares do not drop out of the comparison.",
            )
        )
    return notes


def _alone(changes: Sequence[Change], runs: Sequence[AnyRun], baseline: Baseline | None) -> list[Note]:
    """Tell what runs that were not repeated cannot say."""
    notes = []
    alone = all(change.basis == "clip error" for change in changes)
    if alone:
        why = "No run was repeated" if baseline is None else "The baseline holds no two runs like these"
        notes.append(
            Note(
                "info",
                "not_repeated",
                f"{why}, so how much {_whose(runs)} from run to run is not known: what stands beyond "
                "the clips' own errors is called so, and nothing is called changed.",
                "Compare two or more runs a side, or give a baseline of earlier runs.",
            )
        )
    return notes


def _few(runs: Sequence[Analysis]) -> list[Note]:
    """Tell what so few runs cannot say of speed."""
    notes = []
    if len(runs) < FEWEST_RUNS:
        notes.append(
            Note(
                "info",
                "no_random_effect",
                f"{len(runs)} runs are too few to tell how far runs differ by themselves from what goes with "
                f"speed, or whether scatter grows with speed; that takes {FEWEST_RUNS}.",
            )
        )
    return notes


def _whose(runs: Sequence[AnyRun]) -> str:
    """Return who differs from run to run: nobody is called "this athlete" where several may have run."""
    names = _athletes(runs)
    if len(names) > 1:
        return "each of them differs"
    everybody = all(run.config.athlete_name for run in runs)
    return f"{names[0]} differs" if names and everybody else "an athlete differs"
