"""What is printed of a clip from the front or from behind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.cli import ending
from analyzer.cli.options import OPTIONS, plain

if TYPE_CHECKING:
    from analyzer.config import Config
    from analyzer.frontal.results import Frontal

_LANE: tuple[str, ...] = (
    "scale", "marks", "calibration", "gates", "splits_m", "treadmill_mps", "live",
    "direction",
)  # fmt: skip
"""Settings that only a view from the side has a use for."""


def tell(run: Frontal, page: Path) -> None:
    """Print from where it was filmed, its numbers, and what cannot be seen from there."""
    from analyzer.frontal.measures import MEASURES
    from analyzer.metrics.wording import NOTHING
    from analyzer.outputs import exports
    from analyzer.outputs.frontal import tables, wording

    where = wording.filmed(run)
    print(plain(f"{run.name}: {where[0].lower()}{where[1:]}, {wording.counted(run)}"))
    rows: list[tuple[str, ...]] = [("", "left", "right", "both")]
    for found in tables.ordered(run):
        if found.side == "both":
            sides = [wording.number(run, found.metric, of, unit=False) for of in ("left", "right", "both")]
            measure = MEASURES[found.metric]
            sides[:2] = sides[:2] if measure.sided else ["", ""]
            if any(side not in ("", NOTHING) for side in sides):
                rows.append((wording.named(measure), *sides))
    widths = [max(len(row[k]) for row in rows) for k in range(4)]
    if len(rows) > 1:
        for name, *sides in rows:
            cells = "  ".join(f"{cell:>{width}}" for cell, width in zip(sides, widths[1:], strict=True))
            print(f"  {name:<{widths[0]}}  {cells}".rstrip())
    else:
        print("  No number could be given.")
    lengths = [f"{m.label} {text}" for m in MEASURES.values() if (text := wording.in_cm(run, m.name))]
    if lengths:
        print(f"  In centimetres, by {_measured_by(run.config)}: {'; '.join(lengths)}.")
    for why, labels in wording.missing(run):
        print(plain(f"  Not given: {'; '.join(labels)}. {why}"))
    for note in run.notes:
        if note.level != "info":
            print(plain(f"  {note.level}: {note.message} {note.advice}".rstrip()))
    print(f"  {wording.not_shown()}")
    unused = [OPTIONS[name] for name in without_use(run.config)]
    if unused:
        print(f"  Not used in this view: {', '.join(unused)}.")
    refused = exports.not_across(run.config.export)
    if refused:
        print(f"  Not exported of this view: {', '.join(refused)} (what lies along the lane).")
    ending.tell(run.config, page)


def without_use(config: Config) -> list[str]:
    """Return the settings that were given and have no use in such a view."""
    given = config.model_dump(exclude_defaults=True)
    return [name for name in _LANE if given.get(name)]


def _measured_by(config: Config) -> str:
    """Say which length the centimetres rest on."""
    return "the leg length" if config.leg_length_m is not None else "the height"
