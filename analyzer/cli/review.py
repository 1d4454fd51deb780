"""The command ``review``: the page on which a run is put right by hand."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from analyzer.cli.options import Out
from analyzer.errors import InputError


def review(
    given: Annotated[
        Path, typer.Argument(metavar="DIR_OR_VIDEO", help="Folder that analyze wrote, or a video file.")
    ],
    out: Out = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to answer at.", show_default="one that is free")
    ] = 0,
    no_browser: Annotated[
        bool, typer.Option("--no-browser", help="Do not open the browser; only print the address.")
    ] = False,
) -> None:
    """Look at a run frame by frame in the browser, correct it by hand, and rebuild; Ctrl-C ends it.

    A video that was not analysed yet is set up and analysed on the same page. Only this machine, and only
    who has the printed address, can open it.
    """
    try:
        from analyzer.review.desk import Desk
        from analyzer.review.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("starlette", "uvicorn"):
            raise
        raise InputError(
            f"The review needs the package {error.name}.",
            "",
            'Install it: pip install "sprint-analyzer[review]".',
        ) from None

    def opened(url: str) -> None:
        print(f"Review: {url}\nCtrl-C ends it.", flush=True)
        if not no_browser:
            webbrowser.open(url)

    def waits() -> None:
        print("What is at work stops at its next step; Ctrl-C again leaves at once.", file=sys.stderr)

    desk = Desk(given, out)
    try:
        serve(desk, port, opened, waits)
    except KeyboardInterrupt:
        if desk.work is not None and (desk.work.stopped or desk.work.busy):
            raise
        print()
