"""``python -m validation.bodies``: do the stated errors hold on bodies that nothing was fitted to?

Every body of ``bodies_recipes`` runs past the camera once and is analysed as a user would, with the marks on
the track, at each frame rate. What comes out is held against the truth body by body: an error that belongs to
a body is one error, however many steps it shows. Bodies to fit on and bodies left out are told apart.
Errors are judged without what no drawn clip has (``shown``). ``--write`` writes the section of
docs/accuracy.md and the table, with multipliers of the standard errors where there are bodies enough for
them: so far there are not, and the column is empty.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from analyzer import pipeline
from analyzer.errors import AnalyzerError
from analyzer.metrics.registry import METRICS
from validation import bodies_recipes, compare, lent_errors, numbers, render, run
from validation.pose_models import write_section
from validation.scene import Recipe
from validation.truth import Truth

MULTIPLIERS: Final = Path(__file__).with_name("bodies.csv")
"""How errors came out, a row a metric and frame rate, with the multiplier of the standard errors where bodies
are enough for one; read by people, not by the analyzer."""
TITLE: Final = "Bodies nobody fitted on"
"""Of the section of docs/accuracy.md."""
WITHIN: Final = 0.95
"""Share of a new body's values that two standard errors, times the multiplier, are to hold."""
FEWEST_BODIES: Final = 8
"""Bodies from which a multiplier is told."""
POSTURE: Final = (
    "trunk_lean_touchdown", "trunk_lean_mean", "thigh_angle_touchdown", "thigh_angle_toe_off",
    "knee_flexion_touchdown", "knee_flexion_toe_off", "shank_angle_touchdown",
)  # fmt: skip
"""Metrics that rest on where hip and knee lie."""


def clips(count: int, rates: tuple[float, ...]) -> list[Recipe]:
    """Return the passes of the first bodies at the given rates."""
    return [bodies_recipes.at_rate(bodies_recipes.recipe(i), fps) for fps in rates for i in range(count)]


def rendered(number: int, rates: tuple[float, ...]) -> None:
    """Render the pass of a body at all rates at once, as far as they are not in the cache."""
    recipes = [bodies_recipes.at_rate(bodies_recipes.recipe(number), fps) for fps in sorted(rates)[::-1]]
    wanted = [(recipe, render.place(recipe)) for recipe in recipes]
    if not all(path.exists() for _, path in wanted):
        render.write_all(wanted)


def rows(recipes: list[Recipe], what: str = "bodies") -> pd.DataFrame:
    """Return every number of every clip beside its truth, with ``body``, ``left_out`` and ``z``.

    Numbers are kept, by ``what`` they are for.
    """
    parts = []
    for recipe in recipes:
        kept = run.Task(what, recipe).stem.with_suffix(".csv")
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            of_clip(recipe).to_csv(kept, index=False)
        parts.append(pd.read_csv(kept))
        print(f"{recipe.name}: {len(parts[-1])} numbers", flush=True)
    return judged(pd.concat(parts, ignore_index=True)) if parts else pd.DataFrame()


def of_clip(recipe: Recipe) -> pd.DataFrame:
    """Analyse a clip as a user does who gives the height and clicks the marks on the track."""
    path, truth = render.clip(recipe), Truth(recipe)
    with tempfile.TemporaryDirectory() as folder:
        marks = compare.marks_file(recipe, Path(folder), np.random.default_rng([recipe.seed, 19]))
        try:
            found = pipeline.analyze(path, **compare.settings(recipe), marks=marks)
        except AnalyzerError as error:
            print(f"{recipe.name}: {error}", file=sys.stderr)
            return pd.DataFrame(columns=["clip", "metric", "fps", "truth", "value", "sd", "shown_sd"])
    rows = compare.judge(recipe, truth, found, "video", shown_only=True).rows
    lent_errors.keep(recipe, compare.residual(recipe, truth, found.pose), rows)
    return rows


def judged(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of metrics with the body they are of and their error in standard errors."""
    if table.empty:
        return table
    table = table[table["metric"].isin([*METRICS, *numbers.EXTRA])].copy()
    table["body"] = table["clip"].str.extract(r"_p(\d+)_", expand=False).astype(int)
    table["left_out"] = table["body"].map(bodies_recipes.left_out)
    table["error"] = table["value"] - table["truth"]
    table["z"] = table["error"].abs() / table["shown_sd"]
    return table[np.isfinite(table["z"])]


def multiplier(z: list[np.ndarray]) -> float:
    """Return what standard errors must be multiplied with to hold on a new body, by conformal prediction.

    Each body counts the same, and the one to come counts as a body of which nothing is known: of ``n`` bodies
    the share of values within is taken as if of ``n + 1``. NaN where there are too few bodies for that.

    Parameters
    ----------
    z : list of (m,)
        Sizes of the errors of each body, in standard errors.
    """
    n = len(z)
    if n < FEWEST_BODIES:
        return float("nan")
    level = min(WITHIN * (n + 1) / n, 1.0)  # under 19 bodies the largest error of all is all they can promise
    sizes = np.concatenate(z)
    weights = np.concatenate([np.full(len(one), 1 / len(one)) for one in z])
    order = np.argsort(sizes)
    share = np.cumsum(weights[order]) / n
    return float(sizes[order][min(int(np.searchsorted(share, level - 1e-9)), len(sizes) - 1)] / 2)


def multipliers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the multiplier of each metric and rate by the bodies to fit on, and its effect on the others."""
    made = []
    for (fps, name), part in table.groupby(["fps", "metric"], sort=False):
        own, other = (part[part["left_out"] == left] for left in (False, True))
        z = [one["z"].to_numpy() for _, one in own.groupby("body")]
        factor = multiplier(z)
        made.append(
            {
                "metric": name, "fps": fps, "bodies": len(z), "values": len(own),
                "within_pct": 100 * _share(own, 1.0), "rms_z": _rms(own), "multiplier": factor,
                "bodies_left_out": other["body"].nunique(), "values_left_out": len(other),
                "within_left_out_pct": 100 * _share(other, 1.0), "rms_z_left_out": _rms(other),
                "within_left_out_multiplied_pct": 100 * _share(other, factor),
            }
        )  # fmt: skip
    return pd.DataFrame(made)


def _share(part: pd.DataFrame, factor: float) -> float:
    """Share of values within two standard errors times a factor, each body counting the same."""
    if part.empty or not np.isfinite(factor):
        return float("nan")
    inside = part["z"] <= 2 * factor
    return float(inside.groupby(part["body"]).mean().mean())


def _rms(part: pd.DataFrame) -> float:
    """RMS error in standard errors, each body counting the same: 1 where errors are as large as stated."""
    if part.empty:
        return float("nan")
    return float(np.sqrt((part["z"] ** 2).groupby(part["body"]).mean().mean()))


def posture(table: pd.DataFrame) -> pd.DataFrame:
    """Return how far lean, thigh, shank and knee are off, body by body: the worst, and the spread of all."""
    made = []
    for name in POSTURE:
        for left, part in table[table["metric"] == name].groupby("left_out"):
            of_body = part.groupby("body")["error"]
            bias = of_body.mean()
            made.append(
                {
                    "metric": name, "bodies": "left out" if left else "fitted on", "n": len(bias),
                    "mean": bias.mean(), "sd_between_bodies": bias.std(),
                    "worst": bias.iloc[int(bias.abs().argmax())], "sd_within": of_body.std().mean(),
                    "stated": part["sd"].mean(), "within_pct": 100 * _share(part, 1.0),
                }
            )  # fmt: skip
    return pd.DataFrame(made)


def said(table: pd.DataFrame) -> str:
    """Return in words how many values the stated errors hold, for each group of bodies and frame rate."""
    lines = []
    low, high = numbers.BAND
    for (left, fps), part in table.groupby(["left_out", "fps"]):
        bodies = part["body"].nunique()
        named = [one for _, one in part.groupby("metric") if len(one) >= 2 * bodies]
        shares = np.array([100 * _share(one, 1.0) for one in named])
        sizes = np.array([_rms(one) for one in named])
        likely = sum(numbers.compatible(int((one["z"] <= 2).sum()), len(one)) for one in named)
        lines.append(
            f"{'Left out' if left else 'Fitted on'}, {fps:g} fps, {bodies} bodies: "
            f"{100 * float((part['z'] <= 2).mean()):.1f} % of {len(part)} values within 2 sd. "
            f"Of {len(named)} metrics {int(((shares >= low) & (shares <= high)).sum())} between {low:g} and "
            f"{high:g} %, {int((shares < 88).sum())} under 88 %, {likely} compatible with "
            f"{100 * numbers.HELD:g} %; stated twice as large as they are in "
            f"{int((sizes < 0.5).sum())}, smaller than they are in {int((sizes > 1).sum())}."
        )
    return "\n".join(lines)


def section(table: pd.DataFrame, found: pd.DataFrame) -> str:
    """Return the section of docs/accuracy.md: how many values the errors hold, and of which metrics."""
    lines = [_INTRODUCTION, "", *(f"- {line}" for line in said(table).splitlines()), ""]
    lines += [
        "| metric, degrees | bodies | bias: mean ± SD between bodies | worst | stated |",
        "|---|---|---|---|---|",
    ]
    for row in posture(table).itertuples():
        label = numbers.name_and_unit(row.metric)[0]
        spread = f" ± {row.sd_between_bodies:.1f}" if row.n > 1 else ""
        lines.append(
            f"| {label} | {row.n} {row.bodies} | {row.mean:.1f}{spread} "
            f"| {row.worst:.1f} | ± {row.stated:.1f} |"
        )
    for fps, part in found.groupby("fps", sort=False):
        lines += ["", *_beyond(fps, part)]
    return "\n".join(lines)


def _beyond(fps: float, part: pd.DataFrame) -> list[str]:
    """Name the metrics whose errors are twice as large as they need be, and those that are too small."""
    both = part["values"] + part["values_left_out"]
    size = np.sqrt(
        (
            part["rms_z"].fillna(0) ** 2 * part["bodies"]
            + part["rms_z_left_out"].fillna(0) ** 2 * part["bodies_left_out"]
        )
        / (part["bodies"] + part["bodies_left_out"])
    )
    many = both >= numbers.ENOUGH
    if not many.any():
        return [f"{fps:g} fps: no metric has {numbers.ENOUGH} values."]
    wide, narrow = many & (size < 0.5), many & (size > 1.25)

    def named(which: pd.Series) -> str:
        rows = zip(part["metric"][which], size[which], strict=True)
        return ", ".join(f"{numbers.name_and_unit(m)[0].lower()} {z:.2f}" for m, z in rows) or "none"

    return [
        f"{fps:g} fps, all bodies, RMS of errors in standard errors: median {size[many].median():.2f}; under "
        f"0.5: {named(wide)}; over 1.25: {named(narrow)}."
    ]


_INTRODUCTION: Final = """Bodies of other proportions, flesh, clothes, shoes and skin than those on which
anything was fitted, whose feet land and leave as differently as people's (docs/decisions/0032), a pass each
at top speed with two marks on the track, clicked 1.5 px off (`python -m validation.bodies --write`;
`--ready` takes those that are rendered). Every third body is left out of whatever is fitted. Percent of
values whose truth is within ± 2 standard errors, each judged without what no drawn clip has: where real
people's joints lie under the marks, how marks were laid out, rows read one after another. A metric has few
values here, and of ten all are often held by chance: beside the plain count stands of how many metrics it
is compatible with 95 % (binomial test, two-sided, 5 %). No multiplier is made of these bodies
(docs/decisions/0030)."""


def main(argv: list[str] | None = None) -> int:
    """Measure the bodies the way the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m validation.bodies", description=__doc__)
    parser.add_argument("--bodies", type=int, default=bodies_recipes.COUNT)
    parser.add_argument("--fps", type=float, nargs="+", default=[240.0, 120.0, 60.0])
    parser.add_argument("--ready", action="store_true", help="only clips that are rendered already")
    parser.add_argument("--write", action="store_true", help=f"write {MULTIPLIERS.name} and {TITLE}")
    options = parser.parse_args(argv)
    recipes = clips(options.bodies, tuple(options.fps))
    if options.ready:
        recipes = [recipe for recipe in recipes if run.rendered(recipe)]
    table = rows(recipes)
    if table.empty:
        print("No clip gave a number.", file=sys.stderr)
        return 1
    found = multipliers(table)
    with pd.option_context("display.width", 200, "display.max_rows", None, "display.max_columns", None):
        print(posture(table).round(2).to_string(index=False))
        print(found.round(2).to_string(index=False))
    print(said(table))
    if options.write:
        found.to_csv(MULTIPLIERS, index=False, float_format="%.3g")
        write_section(section(table, found), TITLE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
