"""One relationship changed alone: does ``compare`` say so, and leave everything else alone?

Twice: on rendered clips, one before and one after; and on many more runs without a picture, whose joints
are the true ones with a real tracker's errors and whose contacts are the true ones with the errors of
contacts read from video, both measured on other clips. The judgement is the product's own:
``analyzer.comparison.repeatability``, which ``compare`` tells a coach from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields, replace
from functools import cache
from typing import Final

import numpy as np
import pandas as pd

from analyzer.comparison import speed_trends
from analyzer.comparison.hypotheses import KEY, Look
from analyzer.comparison.repeatability import Repeat, repeats, shift
from analyzer.config import Config
from analyzer.contacts import detect
from analyzer.data.analysis import Analysis
from analyzer.data.results import Value
from analyzer.metrics.registry import METRICS
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.standard_error import evaluate
from analyzer.motion import kinematics
from analyzer.scene import calibration
from analyzer.scene.passes import chosen
from validation import compare, lent_errors, recipes
from validation.scene import Recipe
from validation.true_metrics import Measures
from validation.truth import Truth
from validation.view import Camera

MOVES: Final = {
    "arm_phase": Look("arm_leg_lag"),
    "switch_late": Look("thigh_switch_time"),
    "trunk_excursion": Look("trunk_excursion"),
    "left_contact": Look("contact_time", "left minus right"),
    "arm_amplitude": Look("shoulder_range"),
}
"""The look that each change should move; the others should stay."""
ALONG: Final = {"switch_late": Look("arm_leg_lag")}
"""A look that truly moves with a change, here by 4 to 6 degrees: the thigh's phase is half of the lag."""
GROUPS: Final = (1, 3)
"""Runs before and after: one against one, and three against three."""
PER_SPEED: Final = (4, 8)
"""Runs at rising speed that the growth of scatter is told from."""
SCATTER: Final = "scatter with speed"
COLUMNS: Final = [
    "fps", "runs", "changed", "metric", "of", "moves", "verdict", "found", "low", "high", "truth",
]  # fmt: skip
FILMED: Final = 0
"""Stands for the number of runs where one rendered clip is held against another."""
FILMED_SEEDS: Final = 4
FILMED_FPS: Final = (120.0, 240.0)
FAR_CAMERA: Final = Camera(4800, 1080, distance_m=60.0)
"""Still, and shows the eleven steps of a run at rising speed."""
LATER: Final = 100
"""Takes from this number on are runs after the change."""
Seen = tuple[dict[str, Repeat], dict[Look, float]]
RAMP_MPS: Final = 0.25
"""Gain of speed from step to step in those runs."""


def run_of(recipe: Recipe, take: int, source: Recipe | None = None) -> tuple[Run, Truth]:
    """Return a run as the analyzer sees it: the true joints with a real tracker's errors.

    They are those of the clip ``source``, or of another plain clip of its set.
    """
    truth = Truth(recipe)
    noisy = lent_errors.track(recipe, truth, take, source)
    track = truth.track() if noisy is None else noisy
    config = Config.build(**compare.settings(recipe))
    camera = compare.true_camera(recipe)
    run = chosen(track, camera, config)
    scale = calibration.calibrate(track, camera, run, config)
    motion = kinematics.motion(track, camera, run, scale, config)
    steps = detect.detect(motion).steps
    if noisy is not None:
        steps = lent_errors.contacts(recipe, truth, steps, take, source)
    return Run(motion, tuple(steps), scale.scaled, scale.relative_sd), truth


@cache
def _seen(recipe: Recipe, take: int) -> Seen:
    """What the analyzer knows of one run, and the truth of the same looks."""
    run, truth = run_of(recipe, take)
    found = repeats(run, [look.metric for look in KEY])
    return found, {look: _true(truth, look) for look in KEY}


def takes(recipe: Recipe, count: int, first: int) -> list[tuple[Recipe, int]]:
    """Return the same runner on several runs, each with its own steps and its own tracking errors."""
    return [
        (replace(recipe, gait=replace(recipe.gait, seed=recipe.gait.seed + 1000 * k)), k)
        for k in range(first, first + count)
    ]


def confusion(
    which: recipes.Set, fps: tuple[float, ...] = (120, 240), seeds: int = 8, groups: tuple[int, ...] = GROUPS
) -> pd.DataFrame:
    """Return a row for each runner, change and look: what was called changed, and what truly changed."""
    rows = []
    for rate in fps:
        for name, before, after in recipes.changed(which, fps=rate, seeds=seeds):
            if name not in MOVES:
                continue
            for size in groups:
                for start in range(0, max(groups), size):
                    first = [_seen(*take) for take in takes(before, size, start)]
                    later = [_seen(*take) for take in takes(after, size, LATER + start)]
                    rows += [(rate, size, name, *row) for row in _looks(first, later, MOVES[name])]
    return pd.concat([pd.DataFrame(rows, columns=COLUMNS), growth(which, fps)], ignore_index=True)


def clips(which: recipes.Set) -> list[Recipe]:
    """Return the clips to be rendered: each runner as he is and with each relationship changed."""
    pairs = [pair for fps in FILMED_FPS for pair in recipes.changed(which, fps=fps, seeds=FILMED_SEEDS)]
    both = [recipe for name, *pair in pairs if name in MOVES for recipe in pair]
    return list(dict.fromkeys(both))


def of_clip(found: Analysis, truth: Truth) -> pd.DataFrame:
    """Return what one clip says of each look, beside the truth."""
    known = repeats(Run.of(found), [look.metric for look in KEY])
    return pd.DataFrame(
        [asdict(known[look.metric]) | {"of": look.of, "truth": _true(truth, look)} for look in KEY]
    )


def filmed(which: recipes.Set, seen: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return rows as of :func:`confusion` for rendered clips; ``seen`` has their tables by digest."""
    rows = []
    for fps in FILMED_FPS:
        for name, *pair in recipes.changed(which, fps=fps, seeds=FILMED_SEEDS):
            if name in MOVES and all(recipe.digest in seen for recipe in pair):
                before, after = (_from_table(seen[recipe.digest]) for recipe in pair)
                rows += [(fps, FILMED, name, *row) for row in _looks([before], [after], MOVES[name])]
    return pd.DataFrame(rows, columns=COLUMNS)


def _from_table(table: pd.DataFrame) -> Seen:
    names = [f.name for f in fields(Repeat)]
    rows = table.to_dict("records")
    found = {row["metric"]: Repeat(**{name: row[name] for name in names}) for row in rows}
    return found, {Look(row["metric"], row["of"]): row["truth"] for row in rows}


def _looks(first: Sequence[Seen], later: Sequence[Seen], moved: Look) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for look in KEY:
        told = shift(
            [found[look.metric] for found, _ in first], [found[look.metric] for found, _ in later], look.of
        )
        true = np.mean([t[look] for _, t in later]) - np.mean([t[look] for _, t in first])
        interval = (told.value, told.low, told.high)
        rows.append((look.metric, look.of, moved == look, told.verdict, *interval, float(true)))
    return rows


def growth(which: recipes.Set, fps: tuple[float, ...] = (120, 240), seeds: int = 20) -> pd.DataFrame:
    """Return whether scatter that grows with speed is told, and scatter that does not is left alone.

    Each row pools several runs of one athlete at rising speed, as ``compare`` does; ``truth`` is the number
    of steps behind it. No run counts in two rows of one size.
    """
    rows = []
    for rate in fps:
        for i in range(seeds):
            base = recipes.steady(which, i % 2, 60 + i, fps=rate, to_left=False)
            gait = replace(base.gait, ramp=RAMP_MPS, speed=base.gait.speed - 1.0, scatter=0.5)
            recipe = replace(base, gait=gait, camera=FAR_CAMERA, duration_s=2.4, name=f"{base.name}_ramp")
            for slope in (0.0, 1.0):
                one = replace(recipe, gait=replace(gait, scatter_slope=slope))
                runs = [_values(*take) for take in takes(one, max(PER_SPEED), 0)]
                groups = [runs[a : a + n] for n in PER_SPEED for a in range(0, len(runs) - n + 1, n)]
                for group in groups:
                    told = speed_trends.pooled_scatter(group)
                    steps = sum(v.metric == "step_speed" for run in group for v in run)
                    verdict = "higher" if told.low > 0 else "lower" if told.high < 0 else "not established"
                    interval = (told.value, told.low, told.high)
                    rows.append(
                        (rate, len(group), SCATTER, "", "growth", slope > 0, verdict, *interval, steps)
                    )
    return pd.DataFrame(rows, columns=COLUMNS)


@cache
def _values(recipe: Recipe, take: int) -> list[Value]:
    run, _ = run_of(recipe, take)
    names = ("step_speed", *speed_trends.EVENNESS)
    return [
        Value(name, step.number, step.side, float(value), np.nan)
        for name in names
        for step, value in zip(run.steps, evaluate(METRICS[name], run), strict=True)
    ]


def table(cells: pd.DataFrame) -> str:
    """Return the confusion table in Markdown: share of comparisons that call a look changed, percent.

    Bold is the look that was changed, in the right direction; in brackets what truly moves along with it;
    every other cell is a false alarm.
    """
    looks = cells[cells["changed"] != SCATTER]
    blocks = [_block(float(fps), int(runs), part) for (fps, runs), part in looks.groupby(["fps", "runs"])]
    grown = cells[cells["changed"] == SCATTER]
    if len(grown):
        blocks.append(_grown(grown))
    return "\n\n".join(blocks)


def _block(fps: float, runs: int, part: pd.DataFrame) -> str:
    looks = [Look(*pair) for pair in dict.fromkeys(zip(part["metric"], part["of"], strict=True))]
    each = part.groupby("changed").size().iloc[0] // len(looks)
    what = {FILMED: "one rendered clip against another", 1: "one run against one"}
    said = what.get(runs, f"{runs} runs against {runs}")
    lines = [f"### {fps:g} fps, {said} ({each} comparisons a row)", ""]
    lines += ["| changed | " + " | ".join(look.label for look in looks) + " |"]
    lines += ["|---" * (len(looks) + 1) + "|"]
    for change in MOVES:
        mine = part[part["changed"] == change]
        texts = [_cell(mine[(mine["metric"] == look.metric) & (mine["of"] == look.of)]) for look in looks]
        texts = [f"({t})" if ALONG.get(change) == look else t for t, look in zip(texts, looks, strict=True)]
        lines.append(f"| {change.replace('_', ' ')} | " + " | ".join(texts) + " |")
    along = [
        ALONG.get(change) == (metric, of)
        for change, metric, of in zip(part["changed"], part["metric"], part["of"], strict=True)
    ]
    rest = part[~part["moves"].astype(bool) & ~np.array(along) & np.isfinite(part["found"])]
    alarms = 100 * (rest["verdict"] != "not established").mean()
    return "\n".join(
        [*lines, "", f"False alarms in all other looks: {alarms:.1f} % (goal: 5 %; in brackets moves too)."]
    )


def _cell(cell: pd.DataFrame) -> str:
    seen = cell[np.isfinite(cell["found"])]
    if not len(seen):
        return "–"  # too few steps to say anything
    if not seen["moves"].any():
        return f"{100 * (seen['verdict'] != 'not established').mean():.0f}"
    right = seen["verdict"] == np.where(seen["truth"] > 0, "higher", "lower")
    within = (seen["low"] <= seen["truth"]) & (seen["truth"] <= seen["high"])
    return f"**{100 * right.mean():.0f}** (within {100 * within.mean():.0f})"


def _grown(grown: pd.DataFrame) -> str:
    lines = ["### Scatter that grows with speed, all relationships together", ""]
    lines += [
        "| fps | runs | steps | told where it grows | called a change where it does not | of |",
        "|---|---|---|---|---|---|",
    ]
    for (fps, runs), part in grown.groupby(["fps", "runs"]):
        moves = part["moves"].astype(bool)
        told, alarms = part["verdict"] == "higher", part["verdict"] != "not established"
        shares = f"{100 * told[moves].mean():.0f} % | {100 * alarms[~moves].mean():.0f} % | {moves.sum()}"
        lines.append(f"| {fps:g} | {runs} | {part['truth'].median():.0f} | {shares} |")
    return "\n".join(lines)


def _true(truth: Truth, look: Look) -> float:
    measures = Measures(truth)
    contacts = truth.contacts[1:-1]
    if look.of == "left minus right":
        sides = [
            np.mean([measures.of_step(c.index)[look.metric] for c in contacts if c.side == s])
            for s in ("left", "right")
        ]
        return float(sides[0] - sides[1])
    if not METRICS[look.metric].per_step:
        return float(measures.of_run([c.index for c in contacts]).get(look.metric, np.nan))
    return float(np.mean([measures.of_step(c.index).get(look.metric, np.nan) for c in contacts]))
