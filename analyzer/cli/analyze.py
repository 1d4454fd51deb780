"""The commands that read a video: analyze and demo."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from analyzer import cores
from analyzer.cli import ending
from analyzer.cli.options import Force, Out, numbers, plain, setting, split
from analyzer.errors import AnalyzerError, ConfigError
from analyzer.progress_bar import shown
from analyzer.stages import ANALYSIS

if TYPE_CHECKING:
    from analyzer.config import Config
    from analyzer.data.analysis import Analysis


def analyze(
    videos: Annotated[list[Path] | None, typer.Argument(metavar="VIDEO...", help="Video files.")] = None,
    out: Out = None,
    pose: Annotated[
        Path | None,
        typer.Option(help="Joints from a file (pose.csv, TRC, OpenPose…); their video may be given, too."),
    ] = None,
    athlete_name: Annotated[str | None, setting("athlete_name")] = None,
    date: Annotated[str | None, setting("date", metavar="YYYY-MM-DD")] = None,
    session: Annotated[str | None, setting("session")] = None,
    height_m: Annotated[str | None, setting("height_m", metavar="METRES")] = None,
    leg_length_m: Annotated[str | None, setting("leg_length_m", metavar="METRES")] = None,
    sex: Annotated[str | None, setting("sex")] = None,
    capture_fps: Annotated[float | None, setting("capture_fps")] = None,
    athlete: Annotated[str | None, setting("athlete", metavar="X,Y[@SECONDS]")] = None,
    direction: Annotated[str | None, setting("direction")] = None,
    pass_number: Annotated[int | None, setting("pass_number")] = None,
    start_s: Annotated[float | None, setting("start_s")] = None,
    stop_s: Annotated[float | None, setting("stop_s")] = None,
    scale: Annotated[str | None, setting("scale", metavar="X1,Y1,X2,Y2,METRES")] = None,
    marks: Annotated[Path | None, setting("marks")] = None,
    calibration: Annotated[Path | None, setting("calibration")] = None,
    gates: Annotated[Path | None, setting("gates")] = None,
    splits_m: Annotated[str | None, setting("splits_m", metavar="METRES,…")] = None,
    treadmill_mps: Annotated[float | None, setting("treadmill_mps", metavar="MPS")] = None,
    model: Annotated[Path | None, setting("model")] = None,
    quality: Annotated[str | None, setting("quality")] = None,
    engine: Annotated[str | None, setting("engine")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings from a TOML file; options win.")] = None,
    accept: Annotated[bool | None, setting("accept")] = None,
    overlay: Annotated[bool | None, setting("overlay")] = None,
    live: Annotated[str | None, setting("live", metavar="NAME,NAME…")] = None,
    slow: Annotated[float | None, setting("slow", metavar="TIMES")] = None,
    blur_faces: Annotated[bool | None, setting("blur_faces")] = None,
    export: Annotated[str | None, setting("export", metavar="FORM,FORM…")] = None,
    excel: Annotated[bool | None, setting("excel")] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Cores to use; all if left out. Results are the same."),
    ] = None,
    force: Force = False,
) -> None:
    """Turn sprint videos into steps, metrics, CSV files and a report.

    A clip from the front or from behind gives what is seen there: step width, the trunk's sway, hands across.
    """
    from analyzer.config import Config

    settings = Config.build(
        config,
        athlete_name=athlete_name,
        date=date,
        session=session,
        height_m=height_m,
        leg_length_m=leg_length_m,
        sex=sex,
        capture_fps=capture_fps,
        athlete=numbers(athlete, "athlete", "X,Y or X,Y@SECONDS", (2, 3)),
        direction=direction,
        pass_number=pass_number,
        start_s=start_s,
        stop_s=stop_s,
        scale=None if scale is None else tuple(scale.split(",")),
        marks=marks,
        calibration=calibration,
        gates=gates,
        splits_m=numbers(splits_m, "splits_m", "METRES,METRES,…", range(1, 100)),
        treadmill_mps=treadmill_mps,
        model=model,
        quality=quality,
        engine=engine,
        accept=accept,
        overlay=overlay,
        live=split(live),
        slow=slow,
        blur_faces=blur_faces,
        export=split(export),
        excel=excel,
    )
    if workers is not None:
        cores.keep_to(workers)
    if pose is None and not videos:
        raise ConfigError("Nothing to analyse.", "", "Give one or more video files, or --pose FILE.")
    if pose is not None:
        if videos and len(videos) > 1:
            raise ConfigError(
                f"--pose gives the joints of one video, and {len(videos)} were given.",
                "",
                "Give the one that the joints were read from.",
            )
        source = videos[0] if videos else None
        run_one(source, pose, settings, out or Path(f"{(source or pose).stem}_sprint"), force)
        return
    sources = videos or []
    failed = 0
    for source in sources:
        folder = Path(f"{source.stem}_sprint")
        target = folder if out is None else out if len(sources) == 1 else out / folder
        try:
            run_one(source, None, settings, target, force)
        except AnalyzerError as error:
            if len(sources) == 1:
                raise
            failed += 1
            print(plain(f"{source}: {error}"), file=sys.stderr)
    if failed:
        raise typer.Exit(1)


def run_one(video: Path | None, pose: Path | None, settings: Config, target: Path, force: bool) -> None:
    """Analyse one clip, save each run in it and print what was found."""
    from analyzer import pipeline
    from analyzer.cli import frontal
    from analyzer.frontal.results import Frontal
    from analyzer.outputs import exports
    from analyzer.outputs import folder as result_folder

    exports.check(settings.export)
    result_folder.claim(target, force=force)
    with shown(ANALYSIS if settings.overlay else ANALYSIS[:-1]) as progress:
        runs = pipeline.analyze_any(video, settings, pose=pose, progress=progress)
        if isinstance(runs, Frontal):
            page = runs.save(target, force=force, progress=progress)
        else:
            pages = pipeline.save_passes(runs, target, force=force, progress=progress)
    if isinstance(runs, Frontal):
        frontal.tell(runs, page)
        return
    if len(runs) > 1:
        print(f"{len(runs)} runs in this clip, each with its own report.")
    for run, page in zip(runs, pages, strict=True):
        tell(run, page)


def demo(out: Out = None, force: Force = False) -> None:
    """Analyse the sample clip."""
    from analyzer import pipeline
    from analyzer.config import Config

    clip = pipeline.sample()
    run_one(
        clip,
        None,
        Config.build(height_m=pipeline.SAMPLE_HEIGHT_M),
        out or Path("sprint_sample_sprint"),
        force,
    )
    print(plain(f"Your own clip: {as_called()} analyze my_sprint.mp4 --height 1.80"))


def as_called() -> str:
    """Return how this program was called, to be typed again: by its bare name only where that finds it."""
    path = Path(sys.argv[0])
    if path.name == "__main__.py":
        return "python -m analyzer"
    found = shutil.which(path.name)
    same = found is not None and (not path.is_file() or Path(found).samefile(path))
    return path.name if same else str(path)


_SAID = (
    "events_edited", "clip_not_found", "scale_kept", "gates", "pass_too_short", "pass_left_out",
)  # fmt: skip
"""Notes that are no warnings, and printed all the same."""


def tell(run: Analysis, page: Path) -> None:
    """Print what was found."""
    from analyzer.metrics import HEADLINE, METRICS
    from analyzer.metrics.wording import number
    from analyzer.outputs.report import times

    left = sum(step.side == "left" for step in run.steps)
    print(plain(f"{run.name}: {len(run.steps)} steps ({left} left, {len(run.steps) - left} right)"))
    for name in HEADLINE:
        row = run.summary(name)
        if row is not None and row.n:
            print(f"  {row.label:<28} {number(METRICS[name], row.mean, row.mean_se)}")
    for line in times.lines(run):
        print(plain(f"  {line}"))
    for note in run.notes:
        if note.metrics:
            continue  # long lists: counted below, and named in the report
        if note.level != "info" or note.code in _SAID:
            print(plain(f"  {note.level}: {note.message} {note.advice}".rstrip()))
    given = sum(row.n > 0 for row in run.summaries)
    if given < len(run.summaries):
        print(
            f"  {given} of {len(run.summaries)} numbers could be given; the report says why the others could "
            "not, and how to film them."
        )
    ending.tell(run.config, page)
