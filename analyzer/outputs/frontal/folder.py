"""A folder of results from the front or from behind: written whole or not at all, like any other."""

from __future__ import annotations

from pathlib import Path

from analyzer.data.notes import Progress
from analyzer.frontal.results import Frontal
from analyzer.outputs import exports
from analyzer.outputs import folder as result_folder
from analyzer.outputs.folder import REPORT
from analyzer.outputs.frontal import document, film, page, pictures, tables
from analyzer.outputs.tables import write_columns
from analyzer.pose.files.pose_csv import write_pose


def save(
    run: Frontal,
    directory: Path,
    *,
    force: bool = False,
    draw_overlay: bool = True,
    progress: Progress | None = None,
) -> Path:
    """Write every result of a run and return the report's path.

    Parameters
    ----------
    run : Frontal
    directory : Path
    force : bool
        Whether what is there may be replaced: also results of another view, and those of its passes.
    draw_overlay : bool
        Whether the annotated video is drawn.
    progress : callable, optional
        Called with stage, frames done, frames in all.

    Raises
    ------
    OutputError
        The folder holds something already and ``force`` is false, or it cannot be written; then
        nothing in it has changed.
    """
    with result_folder.prepared(directory, force=force) as work:
        write(run, work, directory, draw_overlay=draw_overlay, progress=progress)
    return directory / REPORT


def write(
    run: Frontal,
    work: Path,
    old: Path,
    *,
    draw_overlay: bool = True,
    progress: Progress | None = None,
) -> None:
    """Write every result of a run into an empty folder, which takes the place of ``old``.

    Raises
    ------
    OSError, AnalyzerError
        Something cannot be written.
    """
    stills = page.shown_frames(run)  # decoded beside all that follows
    result_folder.keep_corrections(result_folder.said(old)[1], work, old)
    result_folder.keep_sheet(work, old)
    before = document.document_of(old)
    as_it_was = (
        before is not None
        and result_folder.may_stay(run, old, before)
        and result_folder.shows_the_same(run, before)
    )
    written = {
        tables.MEASURES_FILE: tables.measures_columns,
        tables.STANCES_FILE: tables.stances_columns,
        "columns.csv": tables.dictionary_columns,
    }
    encoding = "utf-8-sig" if run.config.excel else "utf-8"
    for name, columns in written.items():
        write_columns(columns(run), work / name, "%.12g", encoding)
    exports.write(run, work)
    write_pose(run.pose, work / "pose.csv", encoding)
    (work / document.FILE).write_text(document.to_json(run), encoding="utf-8")
    result_folder.annotated(
        lambda place: film.write(run, place, progress),
        work,
        old,
        wanted=run.config.overlay,
        drawn=draw_overlay,
        as_it_was=as_it_was,
    )
    tiles = pictures.tiles(run, stills)
    pictures.write(tiles, work / pictures.FILE)
    page.build(run, work / REPORT, tiles)
    result_folder.carried(stills, run.video, work)
