"""The commands that tell without analysing: check, metrics and model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from analyzer.cli.options import plain, setting
from analyzer.progress_bar import shown


def check(
    video: Annotated[Path, typer.Argument(help="Video file.")],
    capture_fps: Annotated[float | None, setting("capture_fps")] = None,
) -> None:
    """Say what a clip can and cannot support, without the full analysis."""
    from analyzer import preview
    from analyzer.config import Config

    with shown(("looking",)) as progress:
        lines = preview.look(video, Config.build(capture_fps=capture_fps), progress)
    print("\n".join([*map(plain, lines), "Every metric: sprint-analyzer metrics."]))


def metrics(name: Annotated[str | None, typer.Argument(help="One metric in full.")] = None) -> None:
    """List every metric: definition, unit, sign, evidence, frame rate needed, source."""
    from analyzer.outputs import metric_dictionary

    print(metric_dictionary.describe(name))
    if name is None:
        print("One in full: sprint-analyzer metrics NAME")


def model() -> None:
    """Say where the pose model is, and obtain it if it is missing."""
    from analyzer.pose.networks.weights import model_info, model_path

    for key, value in model_info(model_path()).items():
        print(f"{key}: {value}")
