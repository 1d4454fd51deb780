"""``python -m validation.frontal``: the numbers of the frontal plane against what is true of rendered runs.

Bodies come to the camera and go away from it, each moving across the lane in its own way; each clip is
analysed as a user would. What was fitted on four bodies is held against four others, nearer and less squarely
filmed, against runs of one body that differ in one thing, and against measured runners' markers and force
plates. Without names everything is measured and the section of docs/accuracy.md written.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from typing import Final

import numpy as np
import pandas as pd

from analyzer import pipeline
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.errors import AnalyzerError
from analyzer.frontal.measure import measure
from analyzer.frontal.measures import MEASURES
from analyzer.frontal.results import Frontal
from analyzer.scene import passes
from validation import frontal_real, frontal_recipes, frontal_truth, measured, render
from validation.frontal_truth import Course
from validation.pose_models import write_section
from validation.scene import Recipe
from validation.truth import Truth

TITLE: Final = "The frontal plane"
GROUPS: Final = {"tuned": "fitted on", "left out": "left out"}
SLACK_S: Final = 0.01
"""A true stance so much outside the first and last that were found counts as one of theirs."""
TOLD: Final = 0.5
"""Standard error of a slope from which it says nothing: all truths are alike."""
NOT_MARKED: Final = ("knee_inward",)
"""What the markers of most measured runners do not tell: their knees are not marked."""


def rows(recipes: Iterable[Recipe], refused: list[str] | None = None) -> pd.DataFrame:
    """Return every number of every clip beside its truth; clips that are refused are added to ``refused``."""
    parts = []
    for recipe in recipes:
        try:
            found = pipeline.analyze_frontal(render.clip(recipe))
        except AnalyzerError as error:
            print(f"{recipe.name}: {type(error).__name__}: {error}", file=sys.stderr)
            if refused is not None:
                refused.append(f"{recipe.name} ({recipe.tags[2]}): {error.what} {error.why}")
            continue
        parts.append(judged(recipe.name, recipe.tags, found, of_recipe(recipe)))
        print(f"{recipe.name}: {len(found.stances)} stances", file=sys.stderr, flush=True)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def of_recipe(recipe: Recipe) -> Course:
    """Return the true course of a rendered runner."""
    truth = Truth(recipe)
    contacts = tuple((c.side, c.touchdown_s, c.toe_off_s) for c in truth.contacts)
    return frontal_truth.course(truth.pose, truth.t, contacts, recipe.build.leg_length)


def judged(
    name: str, tags: tuple[str, ...], found: Frontal, run: Course, late_s: float = 0.0
) -> pd.DataFrame:
    """Return a run's numbers beside what is true over the stances that were found.

    Parameters
    ----------
    name, tags : of the clip
    found : Frontal
    run : Course
    late_s : float
        Time of the clip's first frame on the course's clock, s.
    """
    first, last = found.stances[0].time_s + late_s, found.stances[-1].time_s + late_s
    stride = 2 * float(np.median(np.diff([s.time_s for s in found.stances])))
    slack = 0.2 * stride
    true = frontal_truth.of_run(run, first - slack, last + slack)
    out = [
        (name, tags[1], tags[2], f.metric, f.side, f.mean, f.se, f.se_within, f.n, true[f.metric, f.side])
        for f in found.found
        if (f.metric, f.side) in true and np.isfinite(f.mean)
    ]
    middles = [(c.side, c.middle_s - late_s) for c in frontal_truth.of_stances(run)]
    told = (min(m for _, m in middles) - slack, max(m for _, m in middles) + slack)
    inside = [s for s in found.stances if told[0] < s.time_s < told[1]]
    for stance in inside:
        same = [m for side, m in middles if side == stance.side]
        nearest = min(same, key=lambda m: abs(m - stance.time_s))
        values = (stance.time_s, stance.time_sd_s, stance.time_sd_s, 1, nearest)
        out.append((name, tags[1], tags[2], "stance", stance.side, *values))
    columns = ["clip", "where", "group", "metric", "side", "value", "se", "se_within", "n", "truth"]
    table = pd.DataFrame(out, columns=columns)
    table["stride"] = stride
    first, last = found.stances[0].time_s - slack, found.stances[-1].time_s + slack
    table["missed"] = sum(first < m < last for _, m in middles) - len(inside)
    return table


def real(seeds: int = 2) -> pd.DataFrame:
    """Return the numbers of measured runners beside what is true of them; empty without the data."""
    if not measured.DATA.is_dir():
        return pd.DataFrame()
    parts = []
    for trial in (*measured.TREADMILL, *measured.OVERGROUND):
        run = frontal_real.course(trial)
        for where in ("front", "rear"):
            for fps in (120.0, 60.0):
                for seed in range(seeds):
                    track, late = frontal_real.track(run, where, fps, seed)
                    found = of_track(trial, track)
                    if found is None:
                        continue
                    group = "tuned" if trial in measured.TUNED_ON else "left out"
                    parts.append(judged(trial, ("real", where, group), found, run, late))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def of_track(name: str, track: PoseTrack) -> Frontal | None:
    """Measure joints without a picture; None, and a word on it, where they are refused."""
    camera, config = CameraMotion.static(len(track.time)), Config()
    try:
        return measure(name, None, track, camera, passes.chosen(track, camera, config), config, ())
    except AnalyzerError as error:
        print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
        return None


def table(found: pd.DataFrame) -> str:
    """Return errors by measure as Markdown."""
    lines = [
        "| number | runs | true, lowest to highest | bias | RMSE | within ± 2 se, % | se | followed |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, one in MEASURES.items():
        part = found[(found["metric"] == name) & np.isfinite(found["value"]) & np.isfinite(found["truth"])]
        wanted = part[part["side"] != "both"] if one.sided else part
        if wanted.empty:
            continue
        error = wanted["value"] - wanted["truth"]
        within = 100 * float((error.abs() <= 2 * wanted["se"]).mean())
        lines.append(
            f"| {one.label}, {one.unit.symbol} | {wanted['clip'].nunique()} | {wanted['truth'].min():.1f} to "
            f"{wanted['truth'].max():.1f} | {error.mean():.2f} | {np.sqrt((error**2).mean()):.2f} "
            f"| {within:.0f} of {len(wanted)} | {wanted['se'].median():.2f} | {_slope(wanted)} |"
        )
    return "\n".join(lines)


def _slope(part: pd.DataFrame) -> str:
    """Return how much of a difference of the truth is found, with its standard error."""
    x, y = part["truth"].to_numpy(), part["value"].to_numpy()
    if len(x) < 4 or np.std(x) == 0:
        return "–"
    x = x - x.mean()
    slope = float(x @ y / (x @ x))
    residual = y - y.mean() - slope * x
    error = np.sqrt(float(residual @ residual) / (len(x) - 2) / float(x @ x))
    return f"{slope:.2f} ± {error:.2f}" if error < TOLD else "–"


def stances(found: pd.DataFrame) -> str:
    """Say how well stances are timed."""
    part = found[found["metric"] == "stance"]
    error = 100 * (part["value"] - part["truth"]) / part["stride"]
    within = 100 * float(((part["value"] - part["truth"]).abs() <= 2 * part["se"]).mean())
    missed = int(found.groupby(["clip", "where", "stride"])["missed"].first().sum())
    return (
        f"{len(part)} stances, {missed} missed between the first and the last: their middles are "
        f"{error.mean():+.1f} ± {error.std():.1f} % of a stride off, {within:.0f} % within ± 2 sd."
    )


def changes(found: pd.DataFrame) -> str:
    """Return what one thing changed does to each number of ``frontal_recipes.CHANGED``, found and true."""
    plain = found[found["group"] == "as it was"].set_index(["metric", "side"])
    lines = ["| changed | number | true change | found | se of a change |", "|---|---|---|---|---|"]
    for what, names in ASKED.items():
        part = found[found["group"] == what].set_index(["metric", "side"])
        for name in names:
            key = (name, "both")
            if key not in part.index or key not in plain.index:
                continue
            before, after = plain.loc[key], part.loc[key]
            se = float(np.hypot(before["se_within"], after["se_within"]))
            lines.append(
                f"| {what} | {MEASURES[name].label}, {MEASURES[name].unit.symbol} | "
                f"{after['truth'] - before['truth']:.1f} | {after['value'] - before['value']:.1f} "
                f"| {se:.1f} |"
            )
    return "\n".join(lines)


ASKED: Final = {
    "pelvis": ("pelvis_drop", "trunk_sway"),
    "lean": ("trunk_side_lean", "trunk_sway"),
    "sway": ("trunk_sway", "trunk_side_lean"),
    "width": ("foot_from_midline", "step_width"),
    "knee": ("knee_inward", "foot_from_midline"),
    "hand": ("hand_across", "arm_leg_lag"),
}
"""What each change of ``frontal_recipes.CHANGES`` changes, and a number that it leaves alone."""


def fitted(found: pd.DataFrame) -> str:
    """Return what the errors of the bodies to fit on are made of, for ``analyzer.frontal.errors``."""
    lines = []
    for name in MEASURES:
        part = found[(found["metric"] == name) & (found["group"] == "tuned")]
        part = part[part["side"] != "both"] if MEASURES[name].sided else part
        error = part["value"] - part["truth"]
        of_clip = error.groupby(part["clip"]).mean()
        of_side = error.groupby([part["clip"], part["side"]]).mean()
        lines.append(
            f"{name:22} shift {error.mean():7.2f} between clips {of_clip.std():6.2f} "
            f"sides {of_side.std():6.2f} rms about it {np.sqrt(((error - error.mean()) ** 2).mean()):6.2f}"
        )
    return "\n".join(lines)


def section(drawn: pd.DataFrame, by_plates: pd.DataFrame, refused: list[str]) -> str:
    """Return the section of docs/accuracy.md."""
    out = [_INTRODUCTION]
    plain = drawn[drawn["group"].isin(GROUPS)]
    for group, name in reversed(GROUPS.items()):
        part = plain[plain["group"] == group]
        bodies = part["clip"].str.extract(r"_p(\d+)_", expand=False).nunique()
        out += [f"Bodies {name} ({bodies}), {part['clip'].nunique()} clips. {stances(part)}", table(part)]
    out += [f"Refused: {'; '.join(refused) or 'none'}"]
    changed = drawn[~drawn["group"].isin(GROUPS)]
    if len(changed):
        out += [_CHANGED, changes(changed)]
    if len(by_plates):
        out += [_REAL]
        for group, name in reversed(GROUPS.items()):
            part = by_plates[by_plates["group"] == group]
            part = part[~part["metric"].isin(NOT_MARKED)]
            out += [f"Runners {name}. {stances(part)}", table(part)]
    return "\n\n".join(out)


_INTRODUCTION: Final = """Runs of 1.8 s rendered from the front and from behind
(`python -m validation.frontal --write`), bodies about 300 px tall, sprints and slow runs, each with a pelvis,
trunk, feet, knees, arms and rhythm of its own. What is taken out of the numbers and what their errors are was
set on the bodies "fitted on", filmed within a few degrees of the lane's line from 30 to 45 m; those "left
out" are other bodies, 4 to 9 degrees off that line, from 18 to 24 m. Which numbers are not given (the drop
of the pelvis and how far the knee is inside by a network's hips and knees, which did not follow the truth;
what is in front of the body in a view from behind; knees that are not seen alike), that the body's bounce
spaces the stances and how the shoulders count in it, the two limits of what is seen alike, and the stances'
own error were decided with both in view, so for them no body is left out. Left and right count singly where
a number has both. "Followed" is the slope of what was found over what is true: 1 where a difference is
found whole, none where truths are alike."""
_CHANGED: Final = """One of the bodies left out, one thing changed at a time, both sides together."""
_REAL: Final = """Measured runners without a picture: their markers as a camera 30 m in front or behind sees
them, 8 mm of landmark noise, 120 and 60 frames a second, two draws; contacts by force plates."""


def main(argv: list[str] | None = None) -> int:
    """Measure what the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m validation.frontal", description=__doc__)
    parser.add_argument("--ready", action="store_true", help="only clips that are rendered already")
    parser.add_argument("--render", action="store_true", help="render the clips and stop")
    parser.add_argument("--write", action="store_true", help="write the section of docs/accuracy.md")
    options = parser.parse_args(argv)
    recipes = frontal_recipes.every()
    if options.render:
        for recipe in recipes:
            print(render.clip(recipe), flush=True)
        return 0
    if options.ready:
        recipes = [recipe for recipe in recipes if render.place(recipe).exists()]
    refused: list[str] = []
    drawn = rows(recipes, refused)
    if drawn.empty:
        print("No clip gave a number.", file=sys.stderr)
        return 1
    print(fitted(drawn))
    text = section(drawn, real(), refused)
    print(text)
    if options.write:
        write_section(text, TITLE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
