"""``python -m validation.run``: render, analyse, compare, write docs/accuracy.md and the README's table."""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

import analyzer
from validation import changes, compare, recipes, render, report
from validation.scene import Recipe
from validation.sprinter import Array
from validation.truth import Truth

COUNTS = (
    "clip",
    "route",
    "tag",
    "fps",
    "height_px",
    "contacts",
    "missed",
    "invented",
    "wrong_side",
    "failure",
)


def code_digest() -> str:
    """Hash of the code that makes numbers, so that a result is reused only while nothing has changed."""
    root = Path(analyzer.__file__).parent
    here = Path(__file__).parent
    files = [p for p in sorted(root.rglob("*.py")) if p.parent.name != "report"]
    files += [here / name for name in ("compare.py", "measures.py", "truth.py")]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def one(recipe: Recipe) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return every number of a clip beside its truth, on every route, and the counts of contacts."""
    folder = render.cache_folder() / "results"
    stem = folder / f"{recipe.name}-{recipe.digest}-{code_digest()}"
    files = stem.with_suffix(".rows.csv"), stem.with_suffix(".counts.csv")
    if all(f.exists() for f in files):
        return pd.read_csv(files[0]), pd.read_csv(files[1], keep_default_na=False)
    cv2.setNumThreads(1)
    truth = Truth(recipe)
    results = compare.by_video(recipe, truth)
    results.append(compare.by_joints(recipe, truth))
    track = next((r.track for r in results if r.track is not None), None)
    if track is not None and not recipe.view.moving:
        _keep(recipe, compare.residual(recipe, truth, track))
    error = borrowed(recipe)
    if error is not None:
        results.append(compare.by_joints(recipe, truth, residual=error))
    tables = [r.rows for r in results if len(r.rows)]
    rows = pd.concat(tables, ignore_index=True) if tables else results[0].rows
    counts = pd.DataFrame(
        [
            (recipe.name, r.route, (recipe.tags or ("",))[0], recipe.fps, recipe.height_px, r.contacts,
             r.missed, r.invented, r.wrong_side, r.failure)
            for r in results
        ],
        columns=list(COUNTS),
    )  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    rows.to_csv(files[0], index=False)
    counts.to_csv(files[1], index=False)
    return rows, counts


def _residuals(recipe: Recipe) -> Path:
    return render.cache_folder() / "residuals" / f"{recipe.fps:g}fps"


def _keep(recipe: Recipe, error: Array) -> None:
    folder = _residuals(recipe)
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / f"{recipe.name}-{recipe.digest}.npy", error.astype(np.float32))


def borrowed(recipe: Recipe) -> Array | None:
    """Return the landmark errors measured on another clip at the same frame rate, if there is one."""
    files = sorted(p for p in _residuals(recipe).glob("*.npy") if recipe.digest not in p.name)
    if not files:
        return None
    return np.asarray(np.load(files[recipe.seed % len(files)]), float)


def every(clips: Iterable[Recipe], jobs: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run the clips and gather what they gave."""
    rows, counts = [], []
    clips = list(clips)
    start = time.monotonic()
    with ProcessPoolExecutor(jobs) as pool:
        results = map(one, clips) if jobs == 1 else pool.map(one, clips)
        for i, (recipe, (table, count)) in enumerate(zip(clips, results, strict=True), start=1):
            rows.append(table)
            counts.append(count)
            said = "; ".join(
                f"{c.route} {c.contacts - c.missed}/{c.contacts}"
                + (f" +{c.invented}" if c.invented else "") + (f" {c.failure}" if c.failure else "")
                for c in count.itertuples()
            )  # fmt: skip
            print(f"{i}/{len(clips)} {recipe.name}: {said} [{time.monotonic() - start:.0f} s]", flush=True)
    return pd.concat([r for r in rows if len(r)], ignore_index=True), pd.concat(counts, ignore_index=True)


def main(argv: list[str] | None = None) -> int:
    """Run the validation the way the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m validation.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three short clips; prints, writes nothing")
    parser.add_argument("--full", action="store_true", help="the whole matrix (the default)")
    parser.add_argument("--set", choices=("tuning", "report"), default="report", dest="which")
    parser.add_argument("--ready", action="store_true", help="only clips that are rendered already")
    parser.add_argument("--only", default="", help="only clips whose name has this in it")
    parser.add_argument("--no-changes", action="store_true", help="leave the changed runners out")
    parser.add_argument("--jobs", type=int, default=1 if (os.cpu_count() or 1) < 4 else 2)
    options = parser.parse_args(argv)
    clips = recipes.quick() if options.quick else recipes.matrix(options.which)
    clips = [c for c in clips if options.only in c.name]
    if options.ready:
        clips = [c for c in clips if (render.cache_folder() / f"{c.name}-{c.digest}.mp4").exists()]
    if not clips:
        print("No clip fits.", file=sys.stderr)
        return 2
    rows, counts = every(clips, options.jobs)
    print(report.headline(rows, counts))
    if options.quick:
        return report.verdict(rows, counts)
    if options.which == "tuning":
        print(report.everything(rows))
        return 0
    table = None if options.no_changes else changes.confusion(options.which)
    report.write(rows, counts, table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
