"""One clip through the analyzer, step by step against the truth."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analyzer import pipeline
from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.data.capture import Calibration, CameraMotion, PoseTrack
from analyzer.errors import AnalyzerError
from analyzer.metrics.registry import METRICS
from analyzer.outputs import scale_files
from analyzer.pipeline import Clip
from analyzer.scene import calibration
from analyzer.scene.marks import CLICK_SD_PX
from analyzer.scene.passes import chosen
from validation import render, shown
from validation.scene import Recipe
from validation.sprinter import Array
from validation.true_metrics import Measures
from validation.truth import Truth

MATCH_S = 0.06
"""A detected contact within this time of a true one is that contact."""

SERIES = ("trunk", "near_thigh", "near_knee", "far_thigh", "far_knee")


@dataclass(frozen=True)
class Result:
    """What one clip on one route gave.

    ``rows`` has a line for every number with a truth; ``missed``, ``invented`` and ``wrong_side`` count
    contacts; ``failure`` is the error's text where there is no analysis.
    """

    recipe: Recipe
    route: str
    rows: pd.DataFrame
    contacts: int
    missed: int
    invented: int
    wrong_side: int
    failure: str = ""
    found: Analysis | None = None


def settings(recipe: Recipe) -> dict[str, Any]:
    """Return what a coach would type in for this clip."""
    out: dict[str, Any] = {"height_m": recipe.build.height_m, "sex": recipe.build.sex}
    if recipe.slow_motion > 1:
        out["capture_fps"] = recipe.fps
    return out


def marks_file(recipe: Recipe, folder: Path, hand: np.random.Generator | None = None) -> Path | None:
    """Write the lane's marks that the first frame shows, as a coach would click them; None if under two.

    Exactly, or as far off as a ``hand`` clicks.
    """
    view = recipe.view
    rows = []
    for x in recipe.marks_m:
        u, v = view.project(np.zeros(1), np.array([[[x, 0.0, 0.0]]]))[0, 0]
        if 0 < u < view.width and 0 < v < view.height:
            off = hand.normal(0.0, CLICK_SD_PX, 2) if hand else (0.0, 0.0)
            rows.append((round(float(u + off[0]), 1), round(float(v + off[1]), 1), x))
    if len(rows) < 2:
        return None
    path = folder / "marks.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([("x_px", "y_px", "metres"), *rows])
    return path


def calibrated(
    recipe: Recipe, track: PoseTrack, camera: CameraMotion, hand: np.random.Generator | None = None
) -> tuple[Config, Calibration]:
    """Return settings and scale of a clip with its marks, as :func:`marks_file` writes them."""
    with tempfile.TemporaryDirectory() as folder:
        config = Config.build(**settings(recipe), marks=marks_file(recipe, Path(folder), hand))
        run = chosen(track, camera, config)
        return config, calibration.calibrate(track, camera, run, config, scale_files.known(config))


def by_video(recipe: Recipe, truth: Truth) -> list[Result]:
    """Analyse the rendered file: once with the athlete's height alone, once with the marks as well."""
    path = render.clip(recipe)
    try:
        plain = pipeline.analyze(path, **settings(recipe))
    except AnalyzerError as error:
        return [_failed(recipe, "video", truth, error)]
    out = [judge(recipe, truth, plain, "height")]
    with tempfile.TemporaryDirectory() as folder:
        marks = marks_file(recipe, Path(folder))
        if marks is not None and not recipe.view.moving:
            config = plain.config.model_copy(update={"marks": marks})
            clip = Clip(plain.name, plain.video, plain.pose, plain.camera, plain.tracking_notes)
            marked = pipeline.interpret(clip, config)
            out.insert(0, judge(recipe, truth, marked, "video", shown_only=True))
            return out
    # Without marks the height is all there is, on both routes.
    return [judge(recipe, truth, plain, "video", shown_only=True), *out]


def by_joints(recipe: Recipe, truth: Truth, noisy: PoseTrack | None = None) -> Result:
    """Hand the analyzer the true joints as a perfect tracker would find them, or ``noisy`` ones."""
    track, route = (truth.track(), "joints") if noisy is None else (noisy, "joints_noise")
    config = Config.build(**{k: v for k, v in settings(recipe).items() if k != "capture_fps"})
    with tempfile.TemporaryDirectory() as folder:
        marks = None if recipe.view.moving else marks_file(recipe, Path(folder))
        if marks is not None:
            config = config.model_copy(update={"marks": marks})
        try:
            found = pipeline.interpret(Clip(recipe.name, None, track, true_camera(recipe), ()), config)
        except AnalyzerError as error:
            return _failed(recipe, route, truth, error)
    return judge(recipe, truth, found, route)


def true_camera(recipe: Recipe) -> CameraMotion:
    """Return the exact motion of the camera: a camera that turns maps every frame onto the first."""
    view, times = recipe.view, recipe.times
    if not view.moving:
        return CameraMotion.static(len(times))
    cx, cy = view.middle
    k = np.array([[view.focal_px, 0, cx], [0, view.focal_px, cy], [0, 0, 1]])
    axes = view.axes(times)
    maps = k @ axes[0] @ np.swapaxes(axes, 1, 2) @ np.linalg.inv(k)
    return CameraMotion(maps / maps[:, 2:, 2:], np.full(len(times), 0.1), moving=True)


def residual(recipe: Recipe, truth: Truth, found: PoseTrack) -> Array:
    """Return a real tracker's errors on a clip, (n, k, 2) in athlete heights, joints in the truth's order.

    As if the athlete ran to the right: x mirrored and sides swapped otherwise.
    """
    track = truth.track()
    order = [found.names.index(name) for name in track.names]
    error = (found.xy[:, order] - track.xy) / recipe.height_px
    centre = np.nanmedian(error, axis=0)
    return facing(recipe, track.names, np.where(np.isfinite(error), error, centre))


def facing(recipe: Recipe, names: tuple[str, ...], error: Array) -> Array:
    """Turn errors on an athlete who runs to the right into errors on this clip's, or back."""
    return error[:, swapped(names)] * [-1, 1] if recipe.view.right_to_left else error


def swapped(names: Sequence[str]) -> list[int]:
    """Return where each joint's counterpart on the other side stands; its own place where there is none."""
    swap = {"left": "right", "right": "left"}
    return [
        names.index("_".join([swap[head], tail]) if (head := name.partition("_")[0]) in swap else name)
        for name in names
        for tail in (name.partition("_")[2],)
    ]


def judge(recipe: Recipe, truth: Truth, found: Analysis, route: str, *, shown_only: bool = False) -> Result:
    """Match the contacts and put every number beside its truth.

    Beside ``sd`` stands ``shown_sd``: with ``shown_only``, without what no drawn clip can have (``shown``).
    """
    measures = Measures(truth)
    pairs: dict[int, int] = {}
    invented = wrong = 0
    for step in found.steps:
        gaps = [
            min(
                abs(step.touchdown_s - c.touchdown_s) if np.isfinite(step.touchdown_s) else np.inf,
                abs(step.toe_off_s - c.toe_off_s) if np.isfinite(step.toe_off_s) else np.inf,
            )
            for c in truth.contacts
        ]
        best = int(np.argmin(gaps))
        if gaps[best] > MATCH_S or truth.contacts[best].index in pairs.values():
            invented += 1
        elif truth.contacts[best].side != step.side:
            wrong += 1
        else:
            pairs[step.number] = truth.contacts[best].index
    whole = [c for c in truth.contacts if c.visible]
    missed = sum(c.index not in pairs.values() for c in whole)
    rows = _events(found, measures, pairs) + _values(found, measures, pairs) + _means(found, measures, pairs)
    rows += _series(recipe, truth, found)
    table = pd.DataFrame(rows, columns=["metric", "step", "side", "truth", "value", "sd"])
    told = shown.errors(found) if shown_only else {}
    steps = [None if step is None or step != step else int(step) for step in table["step"]]
    keys = zip(table["metric"], steps, strict=True)
    table["shown_sd"] = [told.get(key, sd) for key, sd in zip(keys, table["sd"], strict=True)]
    near = "left" if recipe.view.right_to_left else "right"
    table["near"] = table["side"].map({near: "near"}).fillna("far").where(table["side"].notna(), "")
    table.insert(0, "clip", recipe.name)
    table.insert(1, "route", route)
    table.insert(2, "fps", recipe.fps)
    table.insert(3, "height_px", recipe.height_px)
    table.insert(4, "tag", recipe.tags[0] if recipe.tags else "")
    table.insert(5, "to_left", recipe.view.right_to_left)
    return Result(recipe, route, table, len(whole), missed, invented, wrong, found=found)


def _events(found: Analysis, measures: Measures, pairs: dict[int, int]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for step in found.steps:
        if step.number not in pairs:
            continue
        contact = measures.contacts[pairs[step.number]]
        for name, true, value, sd in (
            ("touchdown", contact.touchdown_s, step.touchdown_s, step.touchdown_sd_s),
            ("toe_off", contact.toe_off_s, step.toe_off_s, step.toe_off_sd_s),
        ):
            if np.isfinite(value):
                rows.append((name, step.number, step.side, true, value, sd))
    return rows


def _values(found: Analysis, measures: Measures, pairs: dict[int, int]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    known: dict[int, dict[str, float]] = {}
    row = _in_a_row(found, pairs)
    run = measures.of_run(row) if row else {}
    for value in found.values:
        if not np.isfinite(value.value):
            continue
        if value.step is None:
            true = run.get(value.metric)
        elif value.step in pairs:
            k = pairs[value.step]
            if k not in known:
                known[k] = measures.of_step(k)
            true = known[k].get(value.metric)
        else:
            continue
        if true is not None and np.isfinite(true):
            rows.append((value.metric, value.step, value.side, float(true), value.value, value.sd))
    return rows


def _in_a_row(found: Analysis, pairs: dict[int, int]) -> list[int]:
    """Return the true contacts of all the steps, if every one was matched and none is left out between."""
    ks = [pairs.get(step.number, -1) for step in found.steps]
    return ks if ks and -1 not in ks and np.all(np.diff(ks) == 1) else []


def _means(found: Analysis, measures: Measures, pairs: dict[int, int]) -> list[tuple[Any, ...]]:
    """Means over the run of what a coach reads first, with the standard error of the summary."""
    rows: list[tuple[Any, ...]] = []
    for name in ("contact_time", "flight_time", "step_length", "step_speed"):
        values = [v for v in found.values if v.metric == name and v.step in pairs and np.isfinite(v.value)]
        summary = found.summary(name)
        if len(values) < 3 or summary is None:
            continue
        true = float(np.mean([measures.of_step(pairs[v.step])[name] for v in values if v.step is not None]))
        rows.append(
            (f"mean_{name}", None, None, true, float(np.mean([v.value for v in values])), summary.mean_se)
        )
    return rows


def _series(recipe: Recipe, truth: Truth, found: Analysis) -> list[tuple[Any, ...]]:
    """Root mean square error of angles over the frames that show the whole athlete, as a value against 0."""
    near = "left" if recipe.view.right_to_left else "right"
    far = "right" if near == "left" else "left"
    complete = np.isfinite(truth.track().xy).all(axis=(1, 2))
    time = found.motion.time
    inside = np.interp(time, recipe.times, complete.astype(float)) > 0.99
    rows: list[tuple[Any, ...]] = []
    for name in SERIES:
        side, _, part = name.rpartition("_")
        key = part if not side else f"{near if side == 'near' else far}_{part}"
        error = found.motion.angles[key] - np.interp(time, truth.t, truth.angle[key])
        error = error[inside & np.isfinite(error)]
        if len(error):
            rows.append((f"{name}_rmse", None, None, 0.0, float(np.sqrt(np.mean(error**2))), np.nan))
    return rows


def _failed(recipe: Recipe, route: str, truth: Truth, error: AnalyzerError) -> Result:
    empty = pd.DataFrame(
        columns=["clip", "route", "fps", "height_px", "tag", "to_left", "metric", "step", "side", "truth",
                 "value", "sd", "shown_sd", "near"]
    )  # fmt: skip
    whole = sum(c.visible for c in truth.contacts)
    return Result(recipe, route, empty, whole, whole, 0, 0, " ".join(str(error).split())[:200])


def without_truth() -> list[str]:
    """Return the metrics that the truth does not know."""
    from validation.sample import SAMPLE

    measures = Measures(Truth(SAMPLE))
    inner = [c.index for c in measures.truth.contacts[1:-1]]
    known = set(measures.of_step(inner[2])) | set(measures.of_run(list(range(inner[0] - 1, inner[-1] + 3))))
    return [name for name in METRICS if name not in known]
