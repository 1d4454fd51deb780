"""The commands that read folders of results: report and compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from analyzer.cli.analyze import tell
from analyzer.cli.options import plain, setting, split
from analyzer.progress_bar import shown


def report(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that analyze wrote.")],
    overlay: Annotated[
        bool, typer.Option("--overlay", help="Draw the annotated video again, too, which takes longest.")
    ] = False,
    blur_faces: Annotated[bool, setting("blur_faces")] = False,
    export: Annotated[str | None, setting("export", metavar="FORM,FORM…")] = None,
) -> None:
    """Rebuild everything after the pose, for instance after editing events.csv."""
    from analyzer import pipeline
    from analyzer.config import Config

    forms = Config.build(export=split(export)).export
    with shown() as progress:
        run = pipeline.rebuild(directory, settings={"blur_faces": True} if blur_faces else None)
        was = overlay_of(directory)
        if forms:
            run = replace(run, config=run.config.model_copy(update={"export": forms}))
        page = run.save(directory, force=True, draw_overlay=overlay, progress=progress)
    tell(run, page)
    if was and overlay_of(directory) is None:
        print("overlay.mp4 is gone: its faces are not blurred, and the clip to draw it from was not found.")
    if was and was == overlay_of(directory):
        print("overlay.mp4 is as it was and shows the contacts as they were; --overlay draws it again.")


def overlay_of(directory: Path) -> int | None:
    """Return when the annotated video was drawn; None without one."""
    path = directory / "overlay.mp4"
    return path.stat().st_mtime_ns if path.is_file() else None


def compare(
    directories: Annotated[list[Path], typer.Argument(metavar="DIR DIR...", help="Folders of results.")],
    before: Annotated[
        int, typer.Option("--before", help="The first so many together are before, all others after.", min=1)
    ] = 1,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write the table to this CSV file; _speed and _sides beside it."),
    ] = None,
) -> None:
    """Hold later runs against the first: what changed beyond the error, and what goes with speed."""
    from analyzer import pipeline
    from analyzer.comparison import description
    from analyzer.comparison import runs as comparison_runs
    from analyzer.outputs import tables as run_tables

    found = comparison_runs.compare(
        *(pipeline.rebuild(directory) for directory in directories), before=before
    )
    print("\n".join(map(plain, description.describe(found))))
    if out is not None:
        tables = {"": found.table(), "_speed": found.trends_table(), "_sides": found.sides_table()}
        for suffix, table in tables.items():
            if len(table):
                path = out.with_name(f"{out.stem}{suffix}{out.suffix}")
                run_tables.write_table(table, path)
                print(plain(f"Table: {path}"))
