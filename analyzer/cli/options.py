"""The options: their names, help and form."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from analyzer.descriptions import DESCRIBED
from analyzer.errors import ConfigError

OPTIONS: Final = {
    "athlete_name": "--athlete-name",
    "date": "--date",
    "session": "--session",
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
    "gates": "--gates",
    "splits_m": "--splits",
    "treadmill_mps": "--treadmill",
    "model": "--model",
    "engine": "--engine",
    "quality": "--quality",
    "accept": "--accept",
    "overlay": "--overlay/--no-overlay",
    "live": "--live",
    "slow": "--slow",
    "blur_faces": "--blur-faces",
    "export": "--export",
    "excel": "--excel",
    "directory": "--out",
    "force": "--force",
}
"""The option of each setting of ``Config``, which describes it, and of the arguments that errors speak of."""


def setting(name: str, **how: Any) -> Any:
    """Return the option of a setting, with the description that ``Config`` has, too."""
    return typer.Option(OPTIONS[name], help=DESCRIBED[name], **how)


Out = Annotated[
    Path | None, typer.Option("--out", "-o", help="Folder for the results.", show_default="<stem>_sprint")
]
"""Where results go."""
Force = Annotated[bool, typer.Option("--force", help="Replace results that are already there.")]
"""Whether results may be replaced."""


def split(text: str | None) -> tuple[str, ...] | None:
    """Return the words of an option that takes several, by commas."""
    return None if text is None else tuple(part.strip().lower() for part in text.split(",") if part.strip())


def numbers(text: str | None, name: str, form: str, counts: Container[int]) -> tuple[float, ...] | None:
    """Read the numbers of an option; ``name`` is its setting, ``counts`` are how many it may have."""
    if text is None:
        return None
    try:
        found = tuple(float(part) for part in text.replace("@", ",").split(","))
    except ValueError:
        found = ()
    if len(found) not in counts:
        raise ConfigError(f"{OPTIONS[name]} cannot be read.", f"It should be {form}, but got {text!r}.", "")
    return found


def plain(text: str) -> str:
    """Return text without what a terminal obeys, which a file's name or content may hold."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
