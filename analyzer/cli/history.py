"""The commands over many runs: season and baseline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.cli.options import plain


def season(
    folder: Annotated[
        Path,
        typer.Argument(metavar="FOLDER", help="Folder that holds folders of results, as of batch."),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Folder for the page.", show_default="that folder")
    ] = None,
) -> None:
    """Show every number's course over the dates of an athlete's runs, or a squad's: season.html."""
    from analyzer.outputs.seasons import page
    from analyzer.outputs.seasons.gather import gather

    runs, failed = gather([folder])
    for error in failed:
        print(plain(f"{error.what} {error.why}"))
    if not runs:
        raise failed[0]
    print(plain(f"Page: {page.build(runs, failed, (out or folder) / page.FILE)}"))


def baseline(
    directories: Annotated[
        list[Path], typer.Argument(metavar="DIR...", help="Folders of results, or folders that hold them.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="File for the ranges.")] = Path("baseline.toml"),
) -> None:
    """Make an athlete's or a squad's own ranges by speed, for report --baseline and compare --baseline."""
    from analyzer.comparison.baseline import make
    from analyzer.comparison.repeatability import FEWEST_RUNS
    from analyzer.outputs import baseline_file
    from analyzer.outputs import folder as result_folder
    from analyzer.outputs.seasons.gather import gather

    result_folder.refuse_ours(out)
    runs, failed = gather(directories)
    for error in failed:
        print(plain(f"{error.what} {error.why}"))
    if not runs:
        raise failed[0]
    made = make([run.facts for run in runs])
    baseline_file.write(made, out)
    groups = dict.fromkeys((row.whose, row.gains) for row in made.ranges)
    for whose, gains in groups:
        print(plain(f"  {whose}{', gaining speed' if gains else ''}"))
    few = {row.whose for row in made.ranges if row.runs < FEWEST_RUNS}
    if few:
        print(
            f"With fewer than {FEWEST_RUNS} runs no range is given and no random effect estimated: published "
            "ranges stay in use there."
        )
    print(plain(f"Ranges: {out}"))
