"""Are the stated errors as large as they are? Many runs without a picture, with a real tracker's errors.

The joints are the true ones with landmark errors, and the contacts the true ones with errors and standard
errors, that were measured on rendered clips; what the analyzer makes of them is held against the truth, step
by step. No model of these errors is asked, least of all the analyzer's own.

What the stated errors leave room for and costs no picture differs from run to run: how long the legs are and
how wide hips and shoulders, as between people; how the feet land and leave; where the camera stands; how well
marks are clicked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from analyzer.contacts import detect
from analyzer.data.analysis import Analysis
from analyzer.data.capture import CameraMotion
from analyzer.metrics import measure
from analyzer.metrics.run import Run
from analyzer.motion import kinematics, speed
from analyzer.scene.passes import chosen
from validation import bodies_recipes, compare, lent_errors, recipes
from validation.numbers import RATES
from validation.scene import Recipe
from validation.truth import Truth

Lent = tuple[Recipe, Recipe, Recipe]
"""A run, and the clips that its landmark errors and those of its contacts are from."""
RUNS: Final = 24
"""At each frame rate, of five or six contacts each."""
FIRST: Final = 70
"""Number of the first run: steps and gaits that no clip shows."""
LEG_SD: Final = 0.023
"""Legs of people of one height, as a share (ANSUR II)."""
WIDTH_SD: Final = 0.08
"""The same of hips and shoulders: assumed, and less than the errors leave room for."""
SQUARE_SD_DEG: Final = 2.0
"""How squarely somebody sets up a phone who was told to: assumed, as is what follows."""
LEVEL_SD_DEG: Final = 0.5
EYE_M: Final = (0.9, 1.7)
DISTANCE_M: Final = (9.0, 14.0)


def rows(which: recipes.Set, runs: int = RUNS) -> pd.DataFrame:
    """Return every number of the runs beside its truth, as :func:`compare.judge` gives them.

    ``source`` names the clip the landmark errors come from; each lends to about as many runs. The errors of
    contacts depend on the frame rate, so they are those of clips of the run's own rate.
    """
    found = [seen(*run).assign(source=run[1].name) for run in lent(which, runs)]
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def lent(which: recipes.Set, runs: int = RUNS, rates: Sequence[float] = RATES) -> Iterator[Lent]:
    """Yield runs, each with the clips that lend it landmark errors and those of contacts."""
    for fps in rates:
        lenders = lent_errors.sources(which, fps)
        same = [source for source in lenders if source.fps == fps]
        if not same:
            continue
        draw = np.random.default_rng([int(fps), runs])
        landmarks = np.concatenate([draw.permutation(len(lenders)) for _ in range(0, runs, len(lenders))])
        for i in range(runs):
            recipe = another(recipes.steady(which, i % 2, FIRST + i, fps=fps, to_left=i % 4 > 1))
            source = lenders[landmarks[i]]
            yield recipe, source, same[int(draw.integers(len(same)))]


def another(recipe: Recipe) -> Recipe:
    """Return a run by somebody of another build before a camera in another place, the same every time."""
    draw = np.random.default_rng([recipe.seed, 17])
    # Legs scatter about the average person's, which the analyzer takes: about those of a drawn body, long
    # already, they would be further off than people's are. The spread of hips and shoulders is assumed.
    leg, hip, shoulder = 1 + np.array([LEG_SD, WIDTH_SD, WIDTH_SD]) * draw.standard_normal(3)
    square, level = (SQUARE_SD_DEG, LEVEL_SD_DEG) * draw.standard_normal(2)
    build, camera = recipe.build, recipe.camera
    build = replace(build, leg=leg, hip=build.hip * hip, shoulder=build.shoulder * shoulder)
    camera = replace(
        camera, view_angle_deg=square, roll_deg=level, eye_m=draw.uniform(*EYE_M),
        distance_m=draw.uniform(*DISTANCE_M),
    )  # fmt: skip
    run = replace(recipe, build=build, camera=camera, gait=recipes.gait_of(build, recipe.seed))
    return bodies_recipes.on_own_feet(run, recipe.seed)


def seen(recipe: Recipe, landmarks: Recipe, contacts: Recipe) -> pd.DataFrame:
    """Return the numbers of one run with the landmark errors of one clip and the contacts' of another."""
    truth, found = analysed(recipe, landmarks, contacts)
    return compare.judge(recipe, truth, found, "lent", shown_only=True).rows


def analysed(recipe: Recipe, landmarks: Recipe, contacts: Recipe) -> tuple[Truth, Analysis]:
    """Return the truth of a run, and what the analyzer makes of it with such errors."""
    truth = Truth(recipe)
    track = lent_errors.track(recipe, truth, source=landmarks)
    assert track is not None
    camera = CameraMotion.static(len(track.time))
    config, scale = compare.calibrated(recipe, track, camera, np.random.default_rng([recipe.seed, 19]))
    motion = kinematics.motion(track, camera, chosen(track, camera, config), scale, config)
    steps = detect.detect(motion).steps
    steps = lent_errors.contacts(recipe, truth, steps, 0, contacts)
    told = measure.measure(Run(motion, steps, scale.scaled, scale.relative_sd))
    found = Analysis(
        name=recipe.name, video=None, pose=track, camera=camera, calibration=scale, motion=motion,
        steps=steps, values=told.values, summaries=told.summaries, notes=(), config=config,
        speed=speed.curve(motion, steps, scale.relative_sd), score=told.score,
    )  # fmt: skip
    return truth, found
