"""One relationship changed alone: is it reported changed, and everything else unchanged?

The joints are the true ones with a real tracker's errors, measured on other clips, added: rendering four
runners with six changes each would take hours, and the errors are what matters.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import pandas as pd
from scipy.stats import t as student

from analyzer import pipeline
from analyzer.analysis import Analysis
from validation import compare, recipes
from validation.measures import Measures
from validation.scene import Recipe
from validation.truth import Truth

WATCHED = {
    "arm_phase": "arm_leg_phase",
    "switch_late": "thigh_switch_time",
    "trunk_excursion": "trunk_excursion",
    "left_contact": "contact_time",
    "arm_amplitude": "shoulder_range",
    "scatter": "step_time_variability",
}
"""The metric that each change should move; the others should stay."""


def _analysis(recipe: Recipe, truth: Truth) -> Analysis:
    from validation.run import borrowed

    track = truth.track()
    error = borrowed(recipe)
    if error is not None:
        n, there = len(track.time), len(error)
        fold = np.abs((np.arange(n) + there - 1) % (2 * there - 2) - (there - 1))
        shifted = compare.facing(recipe, track.names, error[fold])
        track = compare.replace(track, xy=track.xy + shifted * recipe.height_px)
    config = pipeline.Config.build(**compare.settings(recipe))
    return pipeline.interpret(recipe.name, None, track, compare.true_camera(recipe), [], config)


def _figure(found: Analysis, metric: str) -> tuple[float, float, float, int]:
    """Mean over the run, or left minus right for contact time, its error, scatter and count."""
    values = [v for v in found.values if v.metric == metric and np.isfinite(v.value)]
    if metric == "contact_time":
        left = [v.value for v in values if v.side == "left"]
        right = [v.value for v in values if v.side == "right"]
        if len(left) < 2 or len(right) < 2:
            return np.nan, np.nan, np.nan, 0
        error = sqrt(np.var(left, ddof=1) / len(left) + np.var(right, ddof=1) / len(right))
        own = float(np.mean([v.sd for v in values])) * sqrt(1 / len(left) + 1 / len(right))
        return float(np.mean(left) - np.mean(right)), max(error, 0.7 * own), error, len(values)
    if not values:
        return np.nan, np.nan, np.nan, 0
    x = np.array([v.value for v in values])
    own = float(np.mean([v.sd for v in values]))
    scatter = float(x.std(ddof=1)) if len(x) > 1 else own
    # The tracker's steady errors are the same before and after; scatter and its own error are not.
    return float(x.mean()), max(scatter, 0.5 * own) / sqrt(len(x)), scatter, len(x)


def confusion(which: recipes.Set, fps: tuple[float, ...] = (120, 240), seeds: int = 4) -> pd.DataFrame:
    """Return a row for each change and watched metric: how often it was called changed, and rightly."""
    cells = []
    for rate in fps:
        ready: dict[str, tuple[Analysis, Truth]] = {}
        for name, before, after in recipes.changed(which, fps=rate, seeds=seeds):
            pair = []
            for recipe in (before, after):
                if recipe.digest not in ready:
                    truth = Truth(recipe)
                    ready[recipe.digest] = (_analysis(recipe, truth), truth)
                pair.append(ready[recipe.digest])
            for change, metric in WATCHED.items():
                (a, ea, _, na), (b, eb, _, nb) = (_figure(found, metric) for found, _ in pair)
                if not na or not nb:
                    cells.append((rate, name, change, metric, np.nan, np.nan, np.nan))
                    continue
                limit = float(student.ppf(0.975, max(na + nb - 2, 2))) * sqrt(ea**2 + eb**2)
                true = _true(pair[1][1], metric) - _true(pair[0][1], metric)
                cells.append((rate, name, change, metric, float(abs(b - a) > limit), b - a, true))
    return pd.DataFrame(cells, columns=["fps", "changed", "watched", "metric", "called", "found", "truth"])


def _true(truth: Truth, metric: str) -> float:
    measures = Measures(truth)
    ks = [c.index for c in truth.contacts[1:-1]]
    if metric == "contact_time":
        by_side = {
            s: [c.toe_off_s - c.touchdown_s for c in truth.contacts[1:-1] if c.side == s]
            for s in ("left", "right")
        }
        return float(np.mean(by_side["left"]) - np.mean(by_side["right"]))
    if metric == "step_time_variability":
        return measures.of_run(ks).get(metric, np.nan)
    return float(np.mean([measures.of_step(k)[metric] for k in ks]))
