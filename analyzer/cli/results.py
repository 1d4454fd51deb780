"""The commands that read folders of results: report and compare."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from analyzer.cli import frontal as across
from analyzer.cli.analyze import tell
from analyzer.cli.options import plain, setting, split
from analyzer.errors import ConfigError
from analyzer.progress_bar import shown

if TYPE_CHECKING:
    from analyzer.data.analysis import Analysis
    from analyzer.frontal.results import Frontal

SEASON: Final = "season.html"
COMPARE: Final = "compare.html"
"""Pages over several runs, named here so that ``--help`` need not load what makes them; a test compares."""
PAGES_ABOVE: Final = 3
"""Folders above a run's that are looked in: a pass lies in its clip's folder, that in a squad's."""
Baseline = Annotated[
    Path | None,
    typer.Option("--baseline", metavar="FILE", help="The athlete's own ranges, made by baseline."),
]
"""Earlier runs of the athlete."""


def report(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that analyze wrote.")],
    athlete_name: Annotated[str | None, setting("athlete_name")] = None,
    date: Annotated[str | None, setting("date", metavar="YYYY-MM-DD")] = None,
    session: Annotated[str | None, setting("session")] = None,
    height_m: Annotated[str | None, setting("height_m", metavar="METRES")] = None,
    overlay: Annotated[
        bool, typer.Option("--overlay", help="Draw the annotated video again, too, which takes longest.")
    ] = False,
    live: Annotated[str | None, setting("live", metavar="NAME,NAME…")] = None,
    slow: Annotated[float | None, setting("slow", metavar="TIMES")] = None,
    blur_faces: Annotated[bool, setting("blur_faces")] = False,
    export: Annotated[str | None, setting("export", metavar="FORM,FORM…")] = None,
    gates: Annotated[Path | None, setting("gates")] = None,
    baseline: Baseline = None,
) -> None:
    """Rebuild everything after the pose, for instance after editing events.csv."""
    from analyzer import pipeline
    from analyzer.comparison import baseline as own_ranges
    from analyzer.frontal.results import Frontal
    from analyzer.outputs import baseline_file

    of_gates = None if gates is None else gates.absolute()
    of_video = {n: v for n, v in {"live": split(live), "slow": slow}.items() if v is not None}
    who = {"athlete_name": athlete_name, "date": date, "session": session, "height_m": height_m}
    asked = who | {"blur_faces": blur_faces, "export": split(export), "gates": of_gates, "overlay": overlay}
    overlay = asked["overlay"] = overlay or bool(of_video)
    with shown(("overlay",)) as progress:
        settings = {name: value for name, value in asked.items() if value} | of_video
        run = pipeline.rebuild(directory, settings=settings)
        if of_video:
            _drawable(run, tuple(of_video))
        was = overlay_of(directory)
        if baseline is not None:
            if isinstance(run, Frontal):
                raise ConfigError(
                    f"The report of a view from {run.view.where} holds no number against own ranges.",
                    "",
                    "compare takes the baseline: there it tells what has changed.",
                    settings=("baseline",),
                )
            run = own_ranges.applied(run, baseline_file.read(baseline))
        page = run.save(directory, force=True, draw_overlay=overlay, progress=progress)
    if isinstance(run, Frontal):
        across.tell(run, page)
    else:
        tell(run, page)
    if baseline is not None and not isinstance(run, Frontal):
        held = sum(row.reference_group == own_ranges.GROUP for row in run.summaries)
        print(f"{held} numbers are held against the ranges of own runs in {plain(baseline.name)}.")
    for path, command in pages_over(directory):
        print(plain(f"{path} may still show this run as it was: {command} makes that page anew."))
    if was and overlay_of(directory) is None:
        print("overlay.mp4 is gone: its faces are not blurred, and the clip to draw it from was not found.")
    if was and was == overlay_of(directory):
        print("overlay.mp4 is as it was and shows the contacts as they were; --overlay draws it again.")


def _drawable(run: Analysis | Frontal, settings: tuple[str, ...]) -> None:
    """Refuse what only a new annotated video could show, where there is no clip to draw it from."""
    if run.video is None or not run.video.path.is_file():
        raise ConfigError(
            "The annotated video cannot be drawn again.",
            "These joints came without a video." if run.video is None else "Its clip was not found.",
            "Put the clip beside the folder, or into it." if run.video else "",
            settings=settings,
        )


def pages_over(directory: Path) -> list[tuple[Path, str]]:
    """Return the pages of a squad or a season that show this run, above its folder, and what makes each."""
    made = {"index.html": "batch", SEASON: "season", COMPARE: "compare"}
    folders = [directory.resolve(), *directory.resolve().parents[:PAGES_ABOVE]]
    pages = [(folder / name, command) for folder in folders for name, command in made.items()]
    # Any folder may hold an index.html; a batch's lies beside its table.
    return [
        (path, command)
        for path, command in pages
        if path.is_file() and (command != "batch" or path.with_name("runs.csv").is_file())
    ]


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
        typer.Option(
            "--out",
            "-o",
            help="Folder for the page; or a CSV file: then the tables, too, _speed and _sides beside it.",
            show_default="the folder you are in",
        ),
    ] = None,
    baseline: Baseline = None,
) -> None:
    """Hold later runs against the first, in words and as a page: compare.html."""
    from analyzer import pipeline
    from analyzer.comparison import description
    from analyzer.comparison import runs as comparison_runs
    from analyzer.outputs import baseline_file
    from analyzer.outputs import folder as result_folder
    from analyzer.outputs import tables as run_tables
    from analyzer.outputs.side_by_side import page

    if out is not None:
        result_folder.refuse_ours(out)
    own = baseline_file.read(baseline) if baseline is not None else None
    runs = _told_apart([pipeline.rebuild(directory) for directory in directories], directories)
    found = comparison_runs.compare(*runs, before=before, baseline=own)
    print("\n".join(map(plain, description.describe(found))))
    folder = Path() if out is None else out
    if out is not None and out.suffix.lower() == ".csv":
        folder = out.parent
        tables = {"": found.table(), "_speed": found.trends_table(), "_sides": found.sides_table()}
        for suffix, table in tables.items():
            if len(table):
                path = out.with_name(f"{out.stem}{suffix}{out.suffix}")
                run_tables.write_table(table, path)
                print(plain(f"Table: {path}"))
    print(plain(f"Page: {page.build(runs, found, folder / page.FILE)}"))


def _told_apart(runs: list[Analysis | Frontal], directories: list[Path]) -> list[Analysis | Frontal]:
    """Name runs by their folders where several are of one clip, or of clips of one name."""
    names = [run.name for run in runs]
    return [
        replace(run, name=directory.resolve().name) if names.count(run.name) > 1 else run
        for run, directory in zip(runs, directories, strict=True)
    ]
