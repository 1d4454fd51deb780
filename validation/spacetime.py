"""Time and space on clips with truth: splits, the slow-motion factor, mean speed, the belt's pace.

``python -m validation.spacetime`` prints the tables; ``--set tuning`` takes the clips that may be tuned on.
Only clips that are rendered already are used. The filmed clips are not part of the project; without the
folder beside the repository they are left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from analyzer import pipeline
from analyzer.config import Config
from analyzer.contacts import slow_motion
from analyzer.data.analysis import Analysis
from analyzer.data.capture import CameraMotion
from analyzer.errors import AnalyzerError
from analyzer.motion import speed
from analyzer.scene.calibration import calibrate
from analyzer.scene.passes import chosen
from validation import compare, measured, recipes, render
from validation.compare import Recipe
from validation.truth import Truth

VIDEOS: Final = Path(__file__).resolve().parents[2] / "shared" / "videos"
# How many times slower than life a filmed clip plays; a range where nobody wrote it down.
FILMED: Final[dict[str, tuple[float, float]]] = {
    "side_pass_fence_30fps.mp4": (1, 1),
    "block_start_30fps.mp4": (1, 1),
    "treadmill_run_phone_60fps.mp4": (1, 1),
    "two_passes_msmpeg4.avi": (1, 1),
    "rotated_vfr_small.mp4": (1, 1),
    "race_100m_panning.mp4": (1, 1),
    "block_start_slow_motion_1080p.mp4": (10, 12),
    "footballer_panning_slow_motion.mp4": (2.5, 3),
    "treadmill_sprint_1000hz.mp4": (33.3, 33.4),
}
POINTED_AT: Final[dict[str, tuple[float, float, float]]] = {
    "race_100m_panning.mp4": (420, 450, 10.55),
    "treadmill_sprint_1000hz.mp4": (330, 250, 0.5),
}
SPLIT_SPACING_M: Final = 1.0
GOAL_SPLIT_MS: Final = 10.0
GOAL_FACTOR: Final = 0.15
BELT_GIVES: Final = """The belt itself slows under load: in mid-stance heel, ankle and toe of these runners
all move up to 12 % slower than its nominal speed. A standing foot tells how fast the belt moves then, not
what it is set to; `--treadmill` takes the speed that the machine shows. ± is what every speed and length
along the lane carries of it."""


def splits(recipe: Recipe, truth: Truth, found: Analysis) -> pd.DataFrame:
    """Put the time at which the body passes each metre of the lane beside the true one.

    Returns
    -------
    pandas.DataFrame
        clip, fps, metres, truth_s, value_s, sd_s, error_ms; without rows where the scale has no zero.
    """
    columns = ["clip", "fps", "metres", "truth_s", "value_s", "sd_s", "error_ms"]
    if found.calibration.method != "marks":
        return pd.DataFrame(columns=columns)
    com = truth.com[:, 0]
    places = np.arange(np.ceil(com.min()), com.max(), SPLIT_SPACING_M)
    rows = []
    for split in speed.splits(found.motion, found.calibration, places.tolist(), found.steps):
        if not np.isfinite(split.time_s):
            continue
        true = float(np.interp(split.metres, com, truth.t))
        error = 1000 * (split.time_s - true)
        rows.append((recipe.name, recipe.fps, split.metres, true, split.time_s, split.sd_s, error))
    return pd.DataFrame(rows, columns=columns)


def splits_table(rows: pd.DataFrame) -> str:
    """Return the table of split times by frame rate, as Markdown."""
    lines = [
        "| splits with marks | clips | splits | bias, ms | RMS, ms | largest, ms | within 2 SE "
        "| mean speed, %: worst clip |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for fps, part in rows.groupby("fps", sort=False):
        error = part["error_ms"]
        within = float((error.abs() <= 2000 * part["sd_s"]).mean())
        met = " ✓" if error.abs().max() <= GOAL_SPLIT_MS else ""
        lines.append(
            f"| {fps:g} fps | {part['clip'].nunique()} | {len(part)} | {error.mean():+.1f} "
            f"| {np.sqrt((error**2).mean()):.1f} | {error.abs().max():.1f} (≤ {GOAL_SPLIT_MS:g}{met}) "
            f"| {within:.0%} | {_worst_speed(part)} |"
        )
    return "\n".join(lines)


def _worst_speed(rows: pd.DataFrame) -> str:
    """Return by how many per cent the speed from the first split to the last is wrong in the worst clip."""
    errors = [
        100 * (np.ptp(clip["truth_s"]) / np.ptp(clip["value_s"]) - 1)
        for _, clip in rows.groupby("clip")
        if len(clip) > 1
    ]
    return f"{max(errors, key=abs):+.1f}" if errors else "–"


def belts(fps: float = 120, noise_m: float = 0.005) -> pd.DataFrame:
    """Take the belt's speed from the standing feet of measured runners; no rows without their data."""
    rows = []
    for name in measured.TREADMILL if measured.DATA.is_dir() else ():
        run = measured.trial(name)
        track, _ = measured.pose(run, fps, noise_m, seed=1)
        pixels = (0.0, 0.0, 1000.0, 0.0, 1000.0 * measured.METRES_PER_PIXEL)
        config = Config(scale=pixels, direction="right")
        camera = CameraMotion.static(len(track.time))
        found = calibrate(track, camera, chosen(track, camera, config), config)
        rows.append(
            {
                "run": name,
                "truth_mps": run.belt_mps,
                "value_mps": found.treadmill_mps,
                "sd_mps": found.treadmill_sd_mps,
            }
        )
    return pd.DataFrame(rows)


def belts_table(rows: pd.DataFrame) -> str:
    """Return the table of belt speeds as Markdown."""
    lines = ["| treadmill, 120 fps, 5 mm of noise | belt, m/s | found, m/s | error, % |", "|---|---|---|---|"]
    lines += [
        f"| {row.run} | {row.truth_mps:g} | {row.value_mps:.2f} ± {row.sd_mps:.2f} "
        f"| {100 * (row.value_mps / row.truth_mps - 1):+.1f} |"
        for row in rows.itertuples()
    ]
    return "\n".join([*lines, "", BELT_GIVES]) if len(rows) else ""


def with_marks(recipe: Recipe, folder: Path) -> Analysis:
    """Analyse a rendered clip with the marks that its first frame shows."""
    path = render.place(recipe)
    marks = compare.marks_file(recipe, folder)
    return pipeline.analyze(path, marks=marks, overlay=False, **compare.settings(recipe))


def factor(name: str, known: tuple[float, float], path: Path, **settings: object) -> dict[str, object]:
    """Estimate from physics alone how much slower than life a clip plays."""
    row: dict[str, object] = {"clip": name, "low": known[0], "high": known[1]}
    try:
        run = pipeline.analyze(path, overlay=False, **settings)
    except AnalyzerError as error:
        return row | {"factor": np.nan, "problem": type(error).__name__}
    found = slow_motion.estimate(run.motion, run.steps)
    return row | {
        "factor": found.factor,
        "factor_low": found.low,
        "factor_high": found.high,
        "called_slow": found.is_slow,
        "problem": "",
    }


def factors(which: recipes.Set = "report") -> pd.DataFrame:
    """Estimate the factor of every filmed clip, and of the rendered slow motion without its rate."""
    rows = []
    for name, known in FILMED.items():
        if (VIDEOS / name).is_file():
            rows.append(factor(name, known, VIDEOS / name, athlete=POINTED_AT.get(name)))
    for recipe in recipes.matrix(which):
        path = render.place(recipe)
        if recipe.slow_motion > 1 and path.is_file():
            known = (recipe.slow_motion, recipe.slow_motion)
            rows.append(factor(recipe.name, known, path, sex=recipe.build.sex))
    return pd.DataFrame(rows)


def factors_table(rows: pd.DataFrame) -> str:
    """Return the table of slow-motion factors as Markdown."""
    lines = ["| clip | slower than life | estimated, 95 % range | told as slow motion |", "|---|---|---|---|"]
    for row in rows.itertuples():
        known = f"{row.low:g}" if row.low == row.high else f"{row.low:g} to {row.high:g}"
        if not np.isfinite(row.factor):
            lines.append(f"| {row.clip} | {known} | {row.problem or 'not estimated'} | – |")
            continue
        slow = row.high > 1
        near = row.low * (1 - GOAL_FACTOR) <= row.factor <= row.high * (1 + GOAL_FACTOR)
        good = row.called_slow == slow and (near or not slow)
        lines.append(
            f"| {row.clip} | {known} | {row.factor:.2f} ({row.factor_low:.2f} to {row.factor_high:.2f}) "
            f"| {'yes' if row.called_slow else 'no'}{' ✓' if good else ' ✗'} |"
        )
    return "\n".join(lines)


def ready(which: recipes.Set) -> Iterable[Recipe]:
    """Yield the still-camera clips that are rendered already."""
    for recipe in recipes.matrix(which):
        path = render.place(recipe)
        if not recipe.view.moving and path.is_file():
            yield recipe


def main(argv: list[str] | None = None) -> int:
    """Print the tables."""
    import tempfile

    parser = argparse.ArgumentParser(prog="python -m validation.spacetime", description=__doc__)
    parser.add_argument("--set", choices=("tuning", "report"), default="report", dest="which")
    parser.add_argument("--only", default="", help="only clips whose name has this in it")
    parser.add_argument("--no-factors", action="store_true", help="splits alone")
    options = parser.parse_args(argv)
    tables = []
    for recipe in ready(options.which):
        if options.only in recipe.name:
            with tempfile.TemporaryDirectory() as folder:
                try:
                    tables.append(splits(recipe, Truth(recipe), with_marks(recipe, Path(folder))))
                except AnalyzerError as error:
                    print(f"{recipe.name}: {error}")
    if tables:
        rows = pd.concat(tables, ignore_index=True)
        print(splits_table(rows))
        worst = rows.groupby("clip")["error_ms"].agg(lambda e: e.abs().max()).round(1)
        print(worst.to_string())
    print(belts_table(belts()))
    if not options.no_factors:
        print(factors_table(factors(options.which)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
