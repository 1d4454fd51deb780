"""The command line: parse, call, print. No logic; heavy imports inside the commands."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer

from analyzer import __version__, cores
from analyzer.batch.command import batch
from analyzer.data.limits import written
from analyzer.descriptions import DESCRIBED
from analyzer.errors import AnalyzerError, ConfigError
from analyzer.progress_bar import shown

if TYPE_CHECKING:
    from analyzer.config import Config
    from analyzer.data.analysis import Analysis

app = typer.Typer(
    name="sprint-analyzer",
    help="From one phone video of a sprinter to numbers a coach can trust and pictures a coach can use.",
    no_args_is_help=True,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)
"""The commands."""

OPTIONS: Final = {
    "height_m": "--height",
    "leg_length_m": "--leg-length",
    "sex": "--sex",
    "capture_fps": "--capture-fps",
    "athlete": "--athlete",
    "direction": "--direction",
    "pass_number": "--pass",
    "start_s": "--from",
    "stop_s": "--to",
    "scale": "--scale",
    "marks": "--marks",
    "calibration": "--calibration",
    "splits_m": "--splits",
    "treadmill_mps": "--treadmill",
    "model": "--model",
    "engine": "--engine",
    "quality": "--quality",
    "accept": "--accept",
    "overlay": "--overlay/--no-overlay",
    "directory": "--out",
    "force": "--force",
}
"""The option of each setting of ``Config``, which describes it, and of the arguments that errors speak of."""


def _setting(name: str, **how: Any) -> Any:
    """Return the option of a setting, with the description that ``Config`` has, too."""
    return typer.Option(OPTIONS[name], help=DESCRIBED[name], **how)


Out = Annotated[
    Path | None, typer.Option("--out", help="Folder for the results.", show_default="<stem>_sprint")
]
"""Where results go."""
Force = Annotated[bool, typer.Option("--force", help="Replace results that are already there.")]
"""Whether results may be replaced."""


def main() -> None:
    """Run the command line; a user's mistake gets a message, never a traceback or a warning of Python's."""
    if not sys.warnoptions:  # somebody who asks for them by -W gets them
        warnings.simplefilter("ignore")
    try:
        _check_words(sys.argv[1:])
        app()
    except ConfigError as error:
        _fail(error, 2)
    except AnalyzerError as error:
        _fail(error, 1)
    except MemoryError:
        _fail(
            AnalyzerError(
                "The memory does not suffice.", "", "Trim the clip to the run, or export it smaller."
            ),
            1,
        )
    except KeyboardInterrupt:
        print("Stopped; nothing was written.", file=sys.stderr)
        sys.exit(130)


def _check_words(words: list[str]) -> None:
    """Raise ConfigError for a name that results could not carry: bytes that are not UTF-8."""
    for word in words:
        if written(word) != word:
            raise ConfigError(
                f"{written(word)} cannot be used as a name.",
                "It holds bytes that are not text in UTF-8.",
                "Rename the file or folder.",
            )


def _fail(error: AnalyzerError, code: int) -> NoReturn:
    print(f"Error: {_plain(error.what)}", file=sys.stderr)
    options = [OPTIONS[name] for name in dict.fromkeys(error.settings) if name in OPTIONS]
    told = f"Options: {', '.join(options)}." if options else ""
    for line in (error.why, error.fix, told):
        if line:
            print(f"  {_plain(line)}", file=sys.stderr)
    sys.exit(code)


def _plain(text: str) -> str:
    """Return text without what a terminal obeys, which a file's name or content may hold."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"sprint-analyzer {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def analyze(
    videos: Annotated[list[Path] | None, typer.Argument(metavar="VIDEO...", help="Video files.")] = None,
    out: Out = None,
    pose: Annotated[
        Path | None,
        typer.Option(help="Joints from a file (pose.csv, TRC, OpenPose…); their video may be given, too."),
    ] = None,
    height_m: Annotated[float | None, _setting("height_m")] = None,
    leg_length_m: Annotated[float | None, _setting("leg_length_m")] = None,
    sex: Annotated[str | None, _setting("sex")] = None,
    capture_fps: Annotated[float | None, _setting("capture_fps")] = None,
    athlete: Annotated[str | None, _setting("athlete", metavar="X,Y[@SECONDS]")] = None,
    direction: Annotated[str | None, _setting("direction")] = None,
    pass_number: Annotated[int | None, _setting("pass_number")] = None,
    start_s: Annotated[float | None, _setting("start_s")] = None,
    stop_s: Annotated[float | None, _setting("stop_s")] = None,
    scale: Annotated[str | None, _setting("scale", metavar="X1,Y1,X2,Y2,METRES")] = None,
    marks: Annotated[Path | None, _setting("marks")] = None,
    calibration: Annotated[Path | None, _setting("calibration")] = None,
    splits_m: Annotated[str | None, _setting("splits_m", metavar="METRES,…")] = None,
    treadmill_mps: Annotated[float | None, _setting("treadmill_mps", metavar="MPS")] = None,
    model: Annotated[Path | None, _setting("model")] = None,
    quality: Annotated[str | None, _setting("quality")] = None,
    engine: Annotated[str | None, _setting("engine")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings from a TOML file; options win.")] = None,
    accept: Annotated[bool | None, _setting("accept")] = None,
    overlay: Annotated[bool | None, _setting("overlay")] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Cores to use; all if left out. Results are the same."),
    ] = None,
    force: Force = False,
) -> None:
    """Turn sprint videos into steps, metrics, CSV files and a report."""
    from analyzer.config import Config

    settings = Config.build(
        config,
        height_m=height_m,
        leg_length_m=leg_length_m,
        sex=sex,
        capture_fps=capture_fps,
        athlete=_numbers(athlete, "athlete", "X,Y or X,Y@SECONDS", (2, 3)),
        direction=direction,
        pass_number=pass_number,
        start_s=start_s,
        stop_s=stop_s,
        scale=None if scale is None else tuple(scale.split(",")),
        marks=marks,
        calibration=calibration,
        splits_m=_numbers(splits_m, "splits_m", "METRES,METRES,…", range(1, 100)),
        treadmill_mps=treadmill_mps,
        model=model,
        quality=quality,
        engine=engine,
        accept=accept,
        overlay=overlay,
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
        _run(source, pose, settings, out or Path(f"{(source or pose).stem}_sprint"), force)
        return
    sources = videos or []
    failed = 0
    for source in sources:
        folder = Path(f"{source.stem}_sprint")
        target = folder if out is None else out if len(sources) == 1 else out / folder
        try:
            _run(source, None, settings, target, force)
        except AnalyzerError as error:
            if len(sources) == 1:
                raise
            failed += 1
            print(f"{source}: {error}", file=sys.stderr)
    if failed:
        raise typer.Exit(1)


def _run(video: Path | None, pose: Path | None, settings: Config, target: Path, force: bool) -> None:
    from analyzer import pipeline
    from analyzer.outputs import folder as result_folder

    result_folder.claim(target, force=force)
    with shown() as progress:
        runs = pipeline.analyze_passes(video, settings, pose=pose, progress=progress)
        pages = pipeline.save_passes(runs, target, force=force, progress=progress)
    if len(runs) > 1:
        print(f"{len(runs)} runs in this clip, each with its own report.")
    for run, page in zip(runs, pages, strict=True):
        _tell(run, page)


@app.command()
def check(
    video: Annotated[Path, typer.Argument(help="Video file.")],
    capture_fps: Annotated[float | None, _setting("capture_fps")] = None,
) -> None:
    """Say what a clip can and cannot support, without the full analysis."""
    from analyzer import preview
    from analyzer.config import Config

    with shown() as progress:
        lines = preview.look(video, Config.build(capture_fps=capture_fps), progress)
    print("\n".join([*lines, "Every metric: sprint-analyzer metrics."]))


@app.command()
def report(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that analyze wrote.")],
    overlay: Annotated[
        bool, typer.Option("--overlay", help="Draw the annotated video again, too, which takes longest.")
    ] = False,
) -> None:
    """Rebuild everything after the pose, for instance after editing events.csv."""
    from analyzer import pipeline

    with shown() as progress:
        run = pipeline.rebuild(directory)
        page = run.save(directory, force=True, draw_overlay=overlay, progress=progress)
    _tell(run, page)
    if not overlay and (directory / "overlay.mp4").is_file():
        print("overlay.mp4 is as it was and shows the contacts as they were; --overlay draws it again.")


@app.command()
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
    print("\n".join(description.describe(found)))
    if out is not None:
        tables = {"": found.table(), "_speed": found.trends_table(), "_sides": found.sides_table()}
        for suffix, table in tables.items():
            if len(table):
                path = out.with_name(f"{out.stem}{suffix}{out.suffix}")
                run_tables.write_table(table, path)
                print(f"Table: {path}")


@app.command()
def metrics(name: Annotated[str | None, typer.Argument(help="One metric in full.")] = None) -> None:
    """List every metric: definition, unit, sign, evidence, frame rate needed, source."""
    from analyzer.outputs import metric_dictionary

    print(metric_dictionary.describe(name))
    if name is None:
        print("One in full: sprint-analyzer metrics NAME")


@app.command()
def model() -> None:
    """Say where the pose model is, and obtain it if it is missing."""
    from analyzer.pose.networks.weights import model_info, model_path

    for key, value in model_info(model_path()).items():
        print(f"{key}: {value}")


@app.command()
def demo(out: Out = None, force: Force = False) -> None:
    """Analyse the sample clip."""
    from analyzer import pipeline
    from analyzer.config import Config

    clip = pipeline.sample()
    _run(
        clip,
        None,
        Config.build(height_m=pipeline.SAMPLE_HEIGHT_M),
        out or Path("sprint_sample_sprint"),
        force,
    )


app.command()(batch)
cache_app = typer.Typer(help="Joints kept from earlier runs, and the model: where, how many, how large.")
"""The commands under ``cache``."""
app.add_typer(cache_app, name="cache", no_args_is_help=True)


@cache_app.command("info")
def cache_info() -> None:
    """Say where kept tracks and the model lie, how many there are and how large they are."""
    from analyzer.pose import cache

    print("\n".join(cache.describe()))


@cache_app.command("clear")
def cache_clear(
    everything: Annotated[bool, typer.Option("--all", help="Remove the pose model, too.")] = False,
) -> None:
    """Remove the kept tracks; the next analysis of each clip reads its joints again."""
    from analyzer.pose import cache

    print(cache.clear(everything=everything))


def _numbers(text: str | None, name: str, form: str, counts: Container[int]) -> tuple[float, ...] | None:
    """Read the numbers of an option; ``name`` is its setting, ``counts`` are how many it may have."""
    if text is None:
        return None
    try:
        numbers = tuple(float(part) for part in text.replace("@", ",").split(","))
    except ValueError:
        numbers = ()
    if len(numbers) not in counts:
        raise ConfigError(f"{OPTIONS[name]} cannot be read.", f"It should be {form}, but got {text!r}.", "")
    return numbers


def _tell(run: Analysis, page: Path) -> None:
    """Print what was found."""
    from analyzer.metrics import HEADLINE, METRICS
    from analyzer.metrics.wording import number

    left = sum(step.side == "left" for step in run.steps)
    print(f"{run.name}: {len(run.steps)} steps ({left} left, {len(run.steps) - left} right)")
    for name in HEADLINE:
        row = run.summary(name)
        if row is not None and row.n:
            print(f"  {row.label:<28} {number(METRICS[name], row.mean, row.mean_se)}")
    for note in run.notes:
        if note.metrics:
            continue  # long lists: counted below, and named in the report
        if note.level != "info" or note.code == "events_edited":
            print(f"  {note.level}: {note.message} {note.advice}".rstrip())
    given = sum(row.n > 0 for row in run.summaries)
    if given < len(run.summaries):
        print(
            f"  {given} of {len(run.summaries)} numbers could be given; the report says why the others could "
            "not, and how to film them."
        )
    print(f"Report: {page}")
