"""Files that other programs read: TRC, MOT, C3D, Parquet, a workbook, and arrays with names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from analyzer.data.analysis import Analysis
from analyzer.errors import ConfigError
from analyzer.frontal.results import Frontal
from analyzer.outputs.exports import motion_capture, spreadsheets

Writer = Callable[[Analysis, Path], None]

WRITERS: Final[dict[str, tuple[Writer, str]]] = {
    "trc": (motion_capture.write_trc, ""),
    "mot": (motion_capture.write_mot, ""),
    "c3d": (motion_capture.write_c3d, "c3d"),
    "parquet": (spreadsheets.write_parquet, "pyarrow"),
    "xlsx": (spreadsheets.write_workbook, "openpyxl"),
}
"""What writes each form of ``Config.export``, and the package it needs beside those of every analysis."""
ACROSS: Final[dict[str, Callable[[Frontal, Path], None]]] = {
    "trc": lambda run, folder: motion_capture.write_pixels(run.pose, folder),
    "parquet": spreadsheets.write_parquet,
    "xlsx": spreadsheets.write_workbook,
}
"""The same of a run from the front or from behind: what holds joints in the picture, or tables."""

FILES: Final = frozenset(
    {"joints_px.trc", "joints_m.trc", "angles.mot", "joints.c3d", "run.xlsx"}
    | {f"{table}.parquet" for table in ("steps", "summary", "series", "stances", "frontal")}
)
"""Names of all of them."""


def check(forms: Iterable[str]) -> None:
    """Raise ConfigError if a package that a form needs is not installed: before minutes are spent."""
    missing = {form: need for form in forms if (need := WRITERS[form][1]) and find_spec(need) is None}
    if missing:
        raise ConfigError(
            f"{' and '.join(missing)} cannot be written here.",
            f"That needs the package{'s' if len(missing) > 1 else ''} {', '.join(missing.values())}.",
            'Install what exports need: pip install "sprint-analyzer[export]".',
            settings=("export",),
        )


def write(run: Analysis | Frontal, folder: Path) -> None:
    """Write the forms that the settings ask for into a folder, those that the run's view has."""
    check(run.config.export)
    for form in dict.fromkeys(run.config.export):
        if not isinstance(run, Frontal):
            WRITERS[form][0](run, folder)
        elif form in ACROSS:
            ACROSS[form](run, folder)


def lying_in(folder: Path) -> list[str]:
    """Return the names of the exports in a folder of results."""
    return sorted(name for name in FILES if (folder / name).is_file())


def not_across(forms: Iterable[str]) -> list[str]:
    """Return which forms a run from the front or from behind does not have: what lies along the lane."""
    return [form for form in dict.fromkeys(forms) if form not in ACROSS]
