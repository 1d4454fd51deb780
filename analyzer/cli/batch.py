"""The command ``batch``: options in, one line a problem and a summary out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from analyzer.cli.options import plain, setting, split
from analyzer.errors import ConfigError

if TYPE_CHECKING:
    from analyzer.batch.job import Outcome

Told = Callable[["Outcome"], None]


def batch(
    clips: Annotated[
        list[str],
        typer.Argument(metavar="FOLDER_OR_GLOB...", help="Folders, patterns, files or URLs of clips."),
    ],
    out: Annotated[str, typer.Option("--out", "-o", help="Folder (or URL) for all results.")],
    table: Annotated[
        Path | None,
        typer.Option(
            help="CSV of settings, one row a clip: file, athlete, date, session, height, sex, marks…"
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes.", show_default="as many as cores")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="tcp://HOST:PORT", help="Work on this Dask cluster instead.")
    ] = None,
    height_m: Annotated[str | None, setting("height_m", metavar="METRES")] = None,
    leg_length_m: Annotated[str | None, setting("leg_length_m", metavar="METRES")] = None,
    sex: Annotated[str | None, setting("sex")] = None,
    capture_fps: Annotated[float | None, setting("capture_fps")] = None,
    direction: Annotated[str | None, setting("direction")] = None,
    scale: Annotated[str | None, setting("scale", metavar="X1,Y1,X2,Y2,METRES")] = None,
    marks: Annotated[Path | None, setting("marks")] = None,
    calibration: Annotated[Path | None, setting("calibration")] = None,
    gates: Annotated[Path | None, setting("gates")] = None,
    splits_m: Annotated[str | None, setting("splits_m", metavar="METRES,…")] = None,
    treadmill_mps: Annotated[float | None, setting("treadmill_mps", metavar="MPS")] = None,
    model: Annotated[Path | None, setting("model")] = None,
    quality: Annotated[str | None, setting("quality")] = None,
    engine: Annotated[str | None, setting("engine")] = None,
    config: Annotated[
        Path | None, typer.Option(help="Settings from a TOML file; options and the table win.")
    ] = None,
    no_overlay: Annotated[
        bool, typer.Option("--no-overlay", help="Do not write the annotated videos.")
    ] = False,
    live: Annotated[str | None, setting("live", metavar="NAME,NAME…")] = None,
    slow: Annotated[float | None, setting("slow", metavar="TIMES")] = None,
    blur_faces: Annotated[bool | None, setting("blur_faces")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Do everything again, also what was corrected by hand.")
    ] = False,
) -> None:
    """Analyse many clips: a folder each, tables and a page over all; only what is missing or has changed.

    The options are settings of all clips; the table's, one row a clip, win over them. A clip that cannot be
    analysed stops no other and is listed with its reason. Exit code 0: all fine, 1: some failed, 2: usage.
    """
    from analyzer.batch import athletes, plan
    from analyzer.batch.run import run
    from analyzer.outputs.who import HEADS_HIDDEN

    texts = {"scale": scale, "splits_m": splits_m}
    try:
        lists = {name: None if text is None else athletes.value(name, text) for name, text in texts.items()}
    except ValueError as error:
        raise ConfigError("--scale or --splits cannot be read.", f"{error}.", "Give numbers.") from None
    wanted = plan.make(
        clips,
        out,
        table=table,
        config=config,
        force=force,
        height_m=height_m,
        leg_length_m=leg_length_m,
        sex=sex,
        capture_fps=capture_fps,
        direction=direction,
        marks=marks,
        calibration=calibration,
        gates=gates,
        treadmill_mps=treadmill_mps,
        model=model,
        quality=quality,
        engine=engine,
        overlay=False if no_overlay else None,
        live=split(live),
        slow=slow,
        blur_faces=blur_faces,
        **lists,
    )
    for remark in wanted.remarks:
        print(plain(remark), file=sys.stderr)
    finished = 0
    try:
        with _bar([job.size for job in wanted.jobs]) as (show, write):

            def told(outcome: Outcome) -> None:
                nonlocal finished
                finished += outcome.status not in ("failed", "waits")
                if outcome.status != "waits":
                    show(outcome)
                if outcome.failure is not None:
                    parts = (outcome.failure.what, outcome.failure.why, outcome.failure.fix)
                    write(plain(f"{outcome.job.name}: {' '.join(part for part in parts if part)}"))

            result = run(wanted, n=workers, scheduler=scheduler, told=told)
    except KeyboardInterrupt:
        print(
            f"Stopped; {finished} of {len(wanted.jobs)} clips are done. The same command does the others.",
            file=sys.stderr,
        )
        raise typer.Exit(130) from None
    counts = {
        "analysed": result.count("done"),
        "unchanged": result.count("unchanged") - sum(o.status == "unchanged" for o in result.failures),
        "kept as corrected by hand": result.count("kept"),
        "failed": len(result.failures),
    }
    parts = [f"{n} {what}" for what, n in counts.items() if n or what == "analysed"]
    print(f"{len(wanted.jobs)} clip{'' if len(wanted.jobs) == 1 else 's'}: {', '.join(parts)}.")
    if any(job.settings.get("blur_faces") for job in wanted.jobs):
        print(HEADS_HIDDEN)
    print(plain(f"Overview: {result.index}"))
    if result.failures:
        raise typer.Exit(1)


@contextmanager
def _bar(sizes: list[int]) -> Iterator[tuple[Told, Callable[[str], None]]]:
    """Show clips done and the time left on a terminal, none in a pipe; the time goes by the clips' sizes."""
    if not sys.stderr.isatty():
        yield lambda _: None, lambda line: print(line, file=sys.stderr)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns: tuple[Any, ...] = (
        TextColumn("{task.fields[done]} of {task.fields[clips]} clips"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("ETA"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True, speed_estimate_period=1800) as bar:
        task = bar.add_task("", total=sum(sizes), done=0, clips=len(sizes))
        done, left = 0, sum(sizes)

        def show(outcome: Outcome) -> None:
            nonlocal done, left
            done += 1
            if outcome.status == "unchanged":  # takes no time, so it must not count for the speed
                left -= outcome.job.size
                bar.update(task, total=left, done=done)
            else:
                bar.update(task, advance=outcome.job.size, done=done)

        yield show, lambda line: console.print(line, markup=False, highlight=False)
