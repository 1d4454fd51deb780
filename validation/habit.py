"""What a pose network marks wrong alike in both rendered bodies: a joint's mean course over the stride.

``python -m validation.habit`` measures it on the plain clips of the tuning bodies, tells how far these agree,
and writes the table that the analyzer's errors are made with.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from analyzer.body.skeleton import JOINTS
from analyzer.data.capture import CameraMotion
from analyzer.metrics.uncertainty.network_errors import HABIT_FILE, OVERTONES
from analyzer.motion import kinematics
from analyzer.scene.passes import chosen
from validation import compare, lent_errors, recipes
from validation.numbers import RATES
from validation.scene import Recipe
from validation.sprinter import Array
from validation.truth import Truth

TERMS: Final = ("mean", *(f"{f}{m}" for m in range(1, len(OVERTONES) + 1) for f in ("cos", "sin")))


class Course(NamedTuple):
    """What repeats with the stride in the errors of one clip of a body: (9, k, 2) terms, leg lengths."""

    body: str
    terms: Array


def of_clip(recipe: Recipe) -> Course:
    """Return the errors the network makes on a clip after everything the analyzer takes out of its marks."""
    truth = Truth(recipe)
    true = truth.track()
    marked = lent_errors.marked(recipe, true, np.asarray(np.load(lent_errors.kept(recipe)[1]), float))
    camera = CameraMotion.static(len(true.time))
    config, scale = compare.calibrated(recipe, true, camera)
    seen, real = (
        kinematics.motion(track, camera, chosen(track, camera, config), scale, config)
        for track in (marked, true)
    )
    error = (seen.raw - real.raw) / real.leg_length  # forward and up, whichever way the run went
    if recipe.view.right_to_left:
        error = error[:, compare.swapped(JOINTS)]
    near = "left" if recipe.view.right_to_left else "right"
    first = next(i for i, contact in enumerate(truth.contacts) if contact.side == near)
    touchdowns = [contact.touchdown_s for contact in truth.contacts]
    phase = np.pi * (np.interp(recipe.times, touchdowns, np.arange(len(touchdowns))) - first)
    waves = [f(m * phase) for m in range(1, len(OVERTONES) + 1) for f in (np.cos, np.sin)]
    design = np.stack([np.ones(len(phase)), *waves], axis=1)
    whole = np.isfinite(true.xy).all(axis=(1, 2))
    terms = np.zeros((design.shape[1], *error.shape[1:]))
    for joint in range(error.shape[1]):
        known = whole & np.isfinite(error[:, joint]).all(axis=1)
        terms[:, joint] = np.linalg.lstsq(design[known], error[known, joint], rcond=None)[0]
    return Course(recipe.name.split("_")[1][0], terms)


def courses(which: recipes.Set) -> list[Course]:
    """Return the courses of every plain clip of a set whose errors were measured."""
    found = {r.name: r for fps in RATES for r in lent_errors.sources(which, fps) if r.tags[0] == "steady"}
    return [of_clip(recipe) for recipe in found.values()]


def of_bodies(found: list[Course]) -> Array:
    """Return the mean course of each body (b, 9, k, 2)."""
    bodies = sorted({course.body for course in found})
    return np.array([np.mean([c.terms for c in found if c.body == b], axis=0) for b in bodies])


def agreement(found: list[Course]) -> float:
    """Return the share of what repeats with the stride, as variance, that two bodies have in common."""
    one, other_one = of_bodies(found)[:2, 1:]
    return float((one * other_one).sum() / np.mean([(c.terms[1:] ** 2).sum() for c in found]))


def table(found: list[Course]) -> pd.DataFrame:
    """Return the mean course as the analyzer reads it, thousandths of a leg; right is the near side."""
    rows = [
        (name.replace("right", "near").replace("left", "far"), axis, *np.round(1000 * terms, 1))
        for name, joint in zip(JOINTS, np.moveaxis(of_bodies(found).mean(axis=0), 0, -1), strict=True)
        for axis, terms in zip("xy", joint, strict=True)
    ]
    return pd.DataFrame(rows, columns=["joint", "axis", *TERMS])


if __name__ == "__main__":
    measured = courses("tuning")
    print(f"{len(measured)} clips; common to both bodies: {agreement(measured):.0%}")
    table(measured).to_csv(HABIT_FILE, index=False)
