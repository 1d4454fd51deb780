"""``python -m validation.run``: render, analyse, compare, write docs/accuracy.md and the README's table.

Every clip is a task of its own, remembered by the hash of the clip and of the code that makes its numbers:
an interrupted run takes up where it stopped, and a clip that fails is named and does not lose the others.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pandas as pd

import analyzer
from analyzer import pipeline
from analyzer.batch.job import NO_MATTER
from validation import (
    account,
    changes,
    compare,
    coverage,
    events_on_real,
    force,
    lent_errors,
    measured,
    measured_coordination,
    recipes,
    render,
    render_measured,
    report,
    spacetime,
    tracking,
    without_feet,
)
from validation.scene import Recipe
from validation.truth import Truth

Tables = dict[str, pd.DataFrame]
"""``rows``: every number beside its truth; ``counts``: contacts; ``tracking``, ``splits``: other figures."""

COUNTS: Final = (
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
_OUTPUTS: Final = (*NO_MATTER, "outputs")
"""Parts of the analyzer that no number passes through."""
_WRITING: Final = ("numbers", "goals", "pictures", "report", "run", "tables")
"""Modules beside this one that only write down what was found."""


@dataclass(frozen=True)
class Task:
    """One piece of work: a clip on its routes, a clip with borrowed errors, or a part without a clip."""

    kind: str
    recipe: Recipe | None = None
    which: recipes.Set = "report"

    @property
    def name(self) -> str:
        return f"{self.kind} {self.recipe.name}" if self.recipe else self.kind

    @property
    def stem(self) -> Path:
        """Where the result is kept."""
        clip = f"{self.recipe.name}-{self.recipe.digest}" if self.recipe else self.which
        return render.cache_folder() / "results" / f"{clip}-{self.kind}-{code_digest()}"


def code_digest() -> str:
    """Hash of the code that makes numbers, so that a result is reused only while nothing has changed."""
    root, here = Path(analyzer.__file__).parent, Path(__file__).parent
    files = [p for p in sorted(root.rglob("*.py")) if p.relative_to(root).parts[0] not in _OUTPUTS]
    files += [p for p in sorted(here.glob("*.py")) if p.stem not in _WRITING]
    digest = hashlib.sha256()
    for path in files:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


# --- one clip -------------------------------------------------------------------------------------


def counted(results: Sequence[compare.Result]) -> pd.DataFrame:
    """Return a row for each result with its contacts."""
    return pd.DataFrame(
        [
            (r.recipe.name, r.route, (r.recipe.tags or ("",))[0], r.recipe.fps, r.recipe.height_px,
             r.contacts, r.missed, r.invented, r.wrong_side, r.failure)
            for r in results
        ],
        columns=list(COUNTS),
    )  # fmt: skip


def _tables(results: Sequence[compare.Result]) -> Tables:
    found = [r.rows for r in results if len(r.rows)] or [results[0].rows]
    return {"rows": pd.concat(found, ignore_index=True), "counts": counted(results)}


def by_video(recipe: Recipe) -> Tables:
    """Return every number of a clip beside its truth and how well the athlete was followed."""
    truth = Truth(recipe)
    results = compare.by_video(recipe, truth)
    found = results[0].found
    if report.is_plain(recipe):
        results += without_feet.of_clip(recipe, truth, results[-1].found)
    out = _tables(results)
    if found is not None:
        out["tracking"] = tracking.figures(recipe, truth, found.pose, found.camera)
        out["splits"] = spacetime.splits(recipe, truth, found)
        if not recipe.view.moving:
            lent_errors.keep(recipe, compare.residual(recipe, truth, found.pose), results[0].rows)
    return out


def of_change(recipe: Recipe) -> Tables:
    """Return what a clip of a runner, changed or not, says of each relationship."""
    truth = Truth(recipe)
    found = pipeline.analyze(render.clip(recipe), **compare.settings(recipe))
    if recipe.tags[0] in lent_errors.LENDERS:
        error = compare.residual(recipe, truth, found.pose)
        lent_errors.keep(recipe, error, compare.judge(recipe, truth, found, "height").rows)
    return {"looks": changes.of_clip(found, truth)}


def by_joints(recipe: Recipe) -> Tables:
    """Return what the analyzer makes of the true joints, bare and with another clip's errors added."""
    truth = Truth(recipe)
    results = [compare.by_joints(recipe, truth)]
    noisy = lent_errors.track(recipe, truth)
    if noisy is not None:
        results.append(compare.by_joints(recipe, truth, noisy))
    return _tables(results)


# --- tasks ----------------------------------------------------------------------------------------


_OF_A_CLIP: Final[dict[str, Callable[[Recipe], Tables]]] = {
    "video": by_video,
    "joints": by_joints,
    "changed": of_change,
}
_ALONE: Final[dict[str, Callable[[recipes.Set], Tables]]] = {
    "changes120": lambda which: {"changes": changes.confusion(which, fps=(120,))},
    "changes240": lambda which: {"changes": changes.confusion(which, fps=(240,))},
    "coverage": lambda which: {"coverage": coverage.rows(which)},
    "measured": lambda _: _said("\n\n".join(filter(None, (measured.table(), measured_coordination.table())))),
    "force": lambda _: _said("\n\n".join(filter(None, (force.table(), account.table())))),
    "factors": lambda which: _said(
        "\n\n".join(
            (spacetime.factors_table(spacetime.factors(which)), spacetime.belts_table(spacetime.belts()))
        ).strip()
    ),
    "captured": lambda _: _said(render_measured.table()),
    "real": lambda _: _said(events_on_real.table()),
    "footless": lambda _: _said(without_feet.table()),
}


def _said(text: str) -> Tables:
    return {"text": pd.DataFrame({"text": text.splitlines()})}


def _read(task: Task) -> Tables | None:
    """Return what is kept of a task; the list of its tables is written last."""
    made = task.stem.with_suffix(".made")
    if not made.exists():
        return None
    kept = {}
    for name in made.read_text(encoding="utf-8").split():
        path = task.stem.with_suffix(f".{name}.csv")
        kept[name] = pd.read_csv(path, keep_default_na=name not in ("counts", "text"))
    return kept


def done(task: Task) -> tuple[Tables, str]:
    """Do a task, or read what is kept of it; return its tables, and what went wrong."""
    try:
        kept = _read(task)
        if kept is not None:
            return kept, ""
        made = _OF_A_CLIP[task.kind](task.recipe) if task.recipe else _ALONE[task.kind](task.which)
        if not any(len(table) for table in made.values()):  # the data may be here next time
            return {}, ""
        task.stem.parent.mkdir(parents=True, exist_ok=True)
        for name, table in made.items():
            table.to_csv(task.stem.with_suffix(f".{name}.csv"), index=False)
        part = task.stem.with_suffix(f".{os.getpid()}.part")
        part.write_text(" ".join(made), encoding="utf-8")
        part.replace(task.stem.with_suffix(".made"))
        return _read(task) or {}, ""
    except Exception:  # noqa: BLE001 - one clip must not lose the others; the run ends with an error all the same
        return {}, traceback.format_exc()


def _alone() -> None:
    """Make a process of the pool use one thread, for another works beside it."""
    import cv2

    from analyzer.pose import reading

    cv2.setNumThreads(1)
    reading._WORKERS = 1


def every(tasks: Sequence[Task], jobs: int) -> tuple[dict[Task, Tables], dict[Task, str]]:
    """Do the tasks, ``jobs`` at a time; return what they gave, in their order, and what failed."""
    os.environ |= {"NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    found: dict[Task, Tables] = {}
    failed: dict[Task, str] = {}
    start, left = time.monotonic(), list(tasks)
    # A process that dies takes the pool with it: what it had under way is tried once more.
    for _ in range(2):
        again = []
        with ProcessPoolExecutor(
            jobs, mp_context=multiprocessing.get_context("spawn"), initializer=_alone
        ) as pool:
            futures = {pool.submit(done, task): task for task in left}
            for future in as_completed(futures):
                task = futures[future]
                try:
                    tables, problem = future.result()
                except BrokenProcessPool:
                    again.append(task)
                    continue
                if problem:
                    failed[task] = problem
                    print(problem, file=sys.stderr)
                else:
                    found[task] = tables
                count = f"{len(found) + len(failed)}/{len(tasks)}"
                said = "failed" if problem else _summary(tables)
                print(f"{count} {task.name}: {said} [{time.monotonic() - start:.0f} s]", flush=True)
        left = again
        if not left:
            break
    failed |= dict.fromkeys(left, "The process died twice.")
    return {task: found[task] for task in tasks if task in found}, failed


def _summary(tables: Tables) -> str:
    if "counts" not in tables:
        return "done"
    return "; ".join(
        f"{c.route} {c.contacts - c.missed}/{c.contacts}"
        + (f" +{c.invented}" if c.invented else "")
        + (f" {c.wrong_side} on the wrong side" if c.wrong_side else "")
        + (f" {c.failure}" if c.failure else "")
        for c in tables["counts"].itertuples()
    )


def gathered(found: dict[Task, Tables], name: str) -> pd.DataFrame:
    """Return one table of all the tasks that made one of this name."""
    parts = [tables[name] for tables in found.values() if len(tables.get(name, ()))]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _changes(found: dict[Task, Tables], which: recipes.Set) -> pd.DataFrame:
    """Return what was called changed, on rendered clips and on runs without a picture."""
    looks = {task.recipe.digest: t["looks"] for task, t in found.items() if task.recipe and "looks" in t}
    return pd.concat([changes.filmed(which, looks), gathered(found, "changes")], ignore_index=True)


def text(found: dict[Task, Tables], kind: str) -> str:
    """Return the words that a task without a clip gave, "" where it gave none."""
    return "\n".join(
        str(line)
        for task, tables in found.items()
        if task.kind == kind and "text" in tables
        for line in tables["text"]["text"]
    )


def rendered(recipe: Recipe) -> bool:
    """Tell whether the clip of a recipe is in the cache."""
    return render.place(recipe).exists()


def main(argv: list[str] | None = None) -> int:
    """Run the validation the way the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m validation.run", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three short clips; prints, writes nothing")
    parser.add_argument("--full", action="store_true", help="the whole matrix (the default)")
    parser.add_argument("--set", choices=("tuning", "report"), default="report", dest="which")
    parser.add_argument("--ready", action="store_true", help="only clips that are rendered already")
    parser.add_argument("--only", default="", help="only clips whose name has this in it; writes nothing")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args(argv)
    matrix = recipes.quick() if options.quick else recipes.matrix(options.which)
    if not options.quick:
        matrix += recipes.crossings(options.which)
    clips = [c for c in matrix if options.only in c.name and (not options.ready or rendered(c))]
    if not clips:
        print("No clip fits.", file=sys.stderr)
        return 2
    partial = bool(options.quick or options.only)
    tasks = [Task("video", recipe) for recipe in clips]
    if not partial:
        runner = render_measured.recipe()
        alone = ["measured", "force", "real"]
        alone += ["captured"] if runner and (not options.ready or rendered(runner)) else []
        tasks += [Task(kind, which=options.which) for kind in alone]
        pairs = [c for c in changes.clips(options.which) if not options.ready or rendered(c)]
        tasks += [Task("changed", recipe) for recipe in pairs]
    found, failed = every(tasks, options.jobs)
    if not options.quick:
        # After the videos, because the errors that are added to the true joints come from them.
        second = [Task("joints", c) for c in clips if report.is_plain(c)]
        if not partial:
            # The filmed clips' tracks are remembered by now.
            late = ("coverage", "changes120", "changes240", "factors", "footless")
            second += [Task(kind, which=options.which) for kind in late]
        more, problems = every(second, options.jobs)
        found, failed = found | more, failed | problems
    rows, counts = gathered(found, "rows"), gathered(found, "counts")
    if rows.empty:
        print("No clip gave a number.", file=sys.stderr)
        return 1
    parts = report.Parts(
        rows=rows, counts=counts, tracking=gathered(found, "tracking"),
        changes=_changes(found, options.which), splits=gathered(found, "splits"),
        coverage=gathered(found, "coverage"),
        factors=text(found, "factors"), footless=text(found, "footless"),
        measured=text(found, "measured"), force=text(found, "force"),
        captured=text(found, "captured"), real=text(found, "real"),
        clips=sum(task.kind == "video" for task in found), matrix=len(matrix),
    )  # fmt: skip
    print(report.headline(rows, counts, parts.coverage))
    if options.quick:
        return report.verdict(rows, counts, [task.name for task in failed])
    if options.which == "tuning" or partial:
        print("\n\n".join(f"## {title}\n\n{body}" for title, _, body in report.sections(parts) if body))
    else:
        kept = report.write(parts)
        if kept:
            print(f"Not measured here, left as they were: {', '.join(kept)}.")
    for task in failed:
        print(f"Failed: {task.name}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
