"""Are the stated errors as large as they are? Many runs without a picture, with a real tracker's errors.

The joints are the true ones with landmark errors, and the contacts the true ones with errors and standard
errors, that were measured on rendered clips; what the analyzer makes of them is held against the truth, step
by step. No model of the errors is asked, least of all the analyzer's own.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from analyzer import calibration, events, kinematics, metrics, speed
from analyzer.analysis import Analysis
from analyzer.config import Config
from analyzer.data import CameraMotion
from analyzer.metrics.spec import Run
from validation import borrowed, compare, recipes
from validation.figures import RATES
from validation.scene import Recipe
from validation.truth import Truth

RUNS: Final = 24
"""At each frame rate, of five or six contacts each."""
FIRST: Final = 70
"""Number of the first run: steps and gaits that no clip shows."""


def rows(which: recipes.Set, runs: int = RUNS) -> pd.DataFrame:
    """Return every number of the runs beside its truth, as :func:`compare.judge` gives them.

    ``source`` names the clip the landmark errors come from; each lends to about as many runs. The errors of
    contacts depend on the frame rate, so they are those of clips of the run's own rate.
    """
    found = []
    for fps in RATES:
        lenders = borrowed.sources(which, fps)
        same = [source for source in lenders if source.fps == fps]
        if not same:
            continue
        draw = np.random.default_rng([int(fps), runs])
        landmarks = np.concatenate([draw.permutation(len(lenders)) for _ in range(0, runs, len(lenders))])
        for i in range(runs):
            recipe = recipes.steady(which, i % 2, FIRST + i, fps=fps, to_left=i % 4 > 1)
            source = lenders[landmarks[i]]
            part = seen(recipe, source, same[int(draw.integers(len(same)))])
            found.append(part.assign(source=source.name))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def seen(recipe: Recipe, landmarks: Recipe, contacts: Recipe) -> pd.DataFrame:
    """Return the numbers of one run with the landmark errors of one clip and the contacts' of another."""
    truth = Truth(recipe)
    track = borrowed.track(recipe, truth, source=landmarks)
    assert track is not None
    camera = CameraMotion.static(len(track.time))
    with tempfile.TemporaryDirectory() as folder:
        marks = compare.marks_file(recipe, Path(folder))
        config = Config.build(**compare.settings(recipe), marks=marks)
        scale, _ = calibration.calibrate(track, camera, config)
    motion, _ = kinematics.motion(track, camera, scale, config)
    steps, _ = events.detect(motion, config)
    steps = borrowed.contacts(recipe, truth, steps, 0, contacts)
    told = metrics.measure(Run(motion, steps, scale.scaled, scale.relative_sd))
    found = Analysis(
        recipe.name, None, track, camera, scale, motion, steps, told.values, told.summaries, (), config,
        speed.curve(motion, steps, scale.relative_sd),
    )  # fmt: skip
    return compare.judge(recipe, truth, found, "lent").rows
