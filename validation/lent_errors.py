"""A real tracker's errors, measured on one clip and lent to the true joints and contacts of another.

The clips they are measured on write them down; clips without a picture, and the route that starts at the
true joints, borrow those of another plain clip of the same set and frame rate, or of the clip they are told.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from analyzer.data.capture import PoseTrack
from analyzer.data.steps import Step
from validation import bodies_recipes, compare, recipes, render
from validation.numbers import RATES
from validation.scene import Recipe
from validation.sprinter import Array
from validation.truth import Truth

PHASES: Final = 50
"""Parts of a stride for which its repeating errors are told apart."""
FADE: Final = 0.1
"""Share of a stride over which the errors of one go over into those of the next."""

LENDERS: Final = ("steady", "base", "bodies")
"""Kinds of clips whose errors are those of any plain run."""


def keep(recipe: Recipe, error: Array, rows: pd.DataFrame) -> None:
    """Write down the landmark errors (n, k, 2) of a clip, and those of its contacts in ``rows``."""
    events = rows[rows["metric"].isin(["touchdown", "toe_off"])].assign(error=rows["value"] - rows["truth"])
    wide = events.pivot_table(index=["step", "near"], columns="metric", values=["error", "sd"]).dropna()
    table = pd.DataFrame(
        {
            "near": wide.index.get_level_values("near"),
            **{name: wide["error"][name].to_numpy() for name in ("touchdown", "toe_off")},
            **{f"{name}_sd": wide["sd"][name].to_numpy() for name in ("touchdown", "toe_off")},
        }
    )
    contacts, landmarks = kept(recipe)
    contacts.parent.mkdir(parents=True, exist_ok=True)
    # Another process may be reading: each file appears whole.
    part = contacts.with_name(f".{recipe.name}-{os.getpid()}.part.csv")
    table.to_csv(part, index=False)
    part.replace(contacts)
    part = part.with_suffix(".npy")
    np.save(part, error.astype(np.float32))
    part.replace(landmarks)


def track(recipe: Recipe, truth: Truth, take: int = 0, source: Recipe | None = None) -> PoseTrack | None:
    """Return the true joints with the errors that another clip of this athlete from this place would have.

    What repeats with the stride in the clip they were measured on is the same in every take; what is
    left is that of one of its strides, drawn anew for each stride: errors keep to the phase they belong
    to. They are a network's errors, so the track says that it is the network's: what it marks off the
    joints is taken out as from any video. None where no clip has been measured.
    """
    source = source or _source(recipe)
    if source is None:
        return None
    repeated, rest, marks = _measured(source)
    phase = _stride_phase(recipe, truth)
    number, within = np.divmod(phase - marks[0], 1.0)
    stride = (number - number.min()).astype(int)
    rng = np.random.default_rng([recipe.seed, take, 11])
    drawn = rng.integers(int(marks[-1] - marks[0]), size=stride.max() + 1)
    own = _after(rest, marks, within + drawn[stride])
    before = _after(rest, marks, within + 1 + drawn[np.maximum(stride - 1, 0)])
    share = np.where(stride > 0, np.minimum(within / FADE, 1.0), 1.0)[:, None, None]
    error = repeated[(within * PHASES).astype(int) % PHASES] + share * own + (1 - share) * before
    return marked(recipe, truth.track(), error)


def marked(recipe: Recipe, true: PoseTrack, error: Array) -> PoseTrack:
    """Return true joints as the network marks them, with the errors (n, k, 2) of a run to the right."""
    shifted = compare.facing(recipe, true.names, error)
    return replace(true, xy=true.xy + shifted * recipe.height_px, source="blazepose")


def _after(rest: Array, phase: Array, strides: Array) -> Array:
    """Return what an error (n, k, 2) was so many strides after its first frame."""
    return rest[np.searchsorted(phase, phase[0] + strides).clip(0, len(rest) - 1)]


def contacts(
    recipe: Recipe, truth: Truth, steps: Sequence[Step], take: int, source: Recipe | None = None
) -> tuple[Step, ...]:
    """Give contacts the errors, and the standard errors, of those that were read from another clip.

    What they have in common on a side is the same in every take; what is left is drawn anew.
    """
    borrowed = contact_errors(source or _source(recipe))
    rng = np.random.default_rng([recipe.seed, take, 13])
    near = "left" if recipe.view.right_to_left else "right"
    out = []
    for step in steps:
        true = min(truth.contacts, key=lambda c: abs(c.touchdown_s + c.toe_off_s - 2 * _middle(step)))
        rows = borrowed[borrowed["near"] == ("near" if step.side == near else "far")]
        if true.side != step.side or len(rows) < 2:
            out.append(step)
            continue
        usual, drawn = rows.mean(numeric_only=True), rows.iloc[int(rng.integers(len(rows)))]
        # Drawn with replacement, the few there are scatter too little.
        wider = np.sqrt(len(rows) / (len(rows) - 1))
        down, up = (usual[e] + wider * (drawn[e] - usual[e]) for e in ("touchdown", "toe_off"))
        out.append(
            replace(
                step,
                touchdown_s=true.touchdown_s + down if np.isfinite(step.touchdown_s) else np.nan,
                toe_off_s=true.toe_off_s + up if np.isfinite(step.toe_off_s) else np.nan,
                touchdown_sd_s=float(drawn["touchdown_sd"]),
                toe_off_sd_s=float(drawn["toe_off_sd"]),
            )
        )
    return tuple(out)


def contact_errors(source: Recipe | None) -> pd.DataFrame:
    """Return errors and standard errors, s, of the contacts that were read from the clip borrowed from."""
    return pd.DataFrame(columns=["near"]) if source is None else pd.read_csv(kept(source)[0])


def kept(recipe: Recipe) -> tuple[Path, Path]:
    """Where the errors of contacts and landmarks on a clip are kept."""
    stem = render.cache_folder() / "residuals" / f"{recipe.fps:g}fps" / f"{recipe.name}-{recipe.digest}"
    return stem.with_name(f"{stem.name}.csv"), stem.with_name(f"{stem.name}.npy")


def sources(which: recipes.Set, fps: float) -> list[Recipe]:
    """Return every clip whose errors were measured that can lend them to a run of this rate.

    Plain ones of 300 px: those that count among the goals, the runners before a change, and the bodies, those
    left out for the report set, the others for the tuning set. Errors keep to the stride's phase, so those of
    a faster camera are thinned to the run's frames.
    """
    known = recipes.matrix(which)
    for rate in (120.0, 240.0):
        known += [before for _, before, _ in recipes.changed(which, fps=rate)]
    bodies = [i for i in range(bodies_recipes.COUNT) if bodies_recipes.left_out(i) == (which == "report")]
    known += [bodies_recipes.at_rate(bodies_recipes.recipe(i), rate) for i in bodies for rate in RATES]
    plain = [r for r in dict.fromkeys(known) if r.tags[0] in LENDERS and r.height_px == 300 and r.fps >= fps]
    return [r for r in plain if all(path.exists() for path in kept(r))]


def _source(recipe: Recipe) -> Recipe | None:
    """Return another plain clip of the same set and rate whose errors were measured, if there is one."""
    which: recipes.Set = "tuning" if recipe.name.startswith("tuning") else "report"
    files = sorted(kept(recipe)[1].parent.glob(f"{which}_*px-*.npy"))
    # Larger athletes are seen for a stride and a half, smaller ones less well.
    files = [p for p in files if recipe.digest not in p.name and "_300px-" in p.name]
    if not files:
        return None
    file = files[recipe.seed % len(files)]
    return next((r for r in recipes.matrix(which) if r.digest in file.name), None)


@cache
def _measured(source: Recipe) -> tuple[Array, Array, Array]:
    """Part a clip's landmark errors into what repeats (phases, k, 2) and the rest (n, k, 2).

    Phases count from the first frame that shows the whole athlete; with the stride's phase (n,) of each.
    """
    truth = Truth(source)
    whole = np.flatnonzero(np.isfinite(truth.track().xy).all(axis=(1, 2)))
    seen = slice(whole[0], whole[-1] + 1)  # at the picture's edge a network errs as nowhere else
    error = np.asarray(np.load(kept(source)[1]), float)[seen]
    phase = _stride_phase(source, truth)[seen]
    starts = phase[0] + np.arange(int(phase[-1] - phase[0]))
    grid = np.arange(PHASES) / PHASES
    strides = [error[np.searchsorted(phase, start + grid)] for start in starts]
    repeated = np.mean(strides, axis=0)
    rest = error - repeated[((phase - phase[0]) % 1.0 * PHASES).astype(int) % PHASES]
    # The mean of a few strides holds a share of what does not repeat.
    return repeated, rest * np.sqrt(len(strides) / max(len(strides) - 1, 1)), phase


def _stride_phase(recipe: Recipe, truth: Truth) -> Array:
    """Strides since a touchdown of the foot that is the left one when the run goes to the right."""
    side = "right" if recipe.view.right_to_left else "left"
    touchdowns = np.array([c.touchdown_s for c in truth.contacts if c.side == side])
    stride = float(np.median(np.diff(touchdowns)))
    ends = touchdowns[0] - stride * np.arange(3, 0, -1), touchdowns[-1] + stride * np.arange(1, 4)
    marks = np.concatenate([ends[0], touchdowns, ends[1]])
    return np.interp(recipe.times, marks, np.arange(len(marks)) - 3.0)


def _middle(step: Step) -> float:
    """Middle of a contact, or the event of it that was seen."""
    return float(np.nanmean([step.touchdown_s, step.toe_off_s]))
