"""Contacts found in filmed clips against contacts read by eye: ``python -m validation.events_on_real``.

The clips are not part of the project; without the folder beside the repository nothing is done. The
labels and how they were made are in ``labels/README.md``. A contact counts as found when a detected one
covers its middle best; sides are compared afterwards, so that a wrong side is told from a miss.
"""

from __future__ import annotations

import csv
import hashlib
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from analyzer import pipeline
from analyzer.config import Config
from analyzer.data.steps import Step
from analyzer.errors import AnalyzerError

VIDEOS: Final = Path(__file__).resolve().parents[2] / "shared" / "videos"
LABELS: Final = Path(__file__).parent / "labels"
# Whom to follow where the clip shows several people: a point and a time of the file.
SETTINGS: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("3e570b6a8f3e", "bare chest, blue shorts, about x 420 y 450 at frame 306"): {
        "athlete": (420, 450, 10.55)
    },
    ("6b79895d026e", "left panel"): {"athlete": (330, 250, 0.5)},
    ("6b79895d026e", "right panel"): {"athlete": (960, 250, 0.5)},
}
READ_SD: Final = 0.42
"""What a reading is uncertain by, frames: an instant between two of them, and how far two readings differ."""


class Contact(NamedTuple):
    """A labelled contact: first frames of touch and of no touch; NaN = not labelled."""

    side: str
    touchdown: float
    toe_off: float


@dataclass
class Row:
    """One clip's score. Differences are detected minus labelled, frames; z in their standard errors."""

    name: str
    labelled: int = 0
    found: int = 0
    right_side: int = 0
    extra: int = 0
    touchdown: list[float] = field(default_factory=list)
    toe_off: list[float] = field(default_factory=list)
    touchdown_z: list[float] = field(default_factory=list)
    toe_off_z: list[float] = field(default_factory=list)
    label_touchdown: list[float] = field(default_factory=list)
    label_toe_off: list[float] = field(default_factory=list)
    problem: str = ""

    def text(self) -> str:
        """Return the table's row."""
        if self.problem:
            return f"| {self.name} | {self.labelled} | {self.problem} | | | | | | | |"
        parts = [_mean(v) for v in (self.touchdown, self.toe_off)]
        parts.append(f"{_share(self.touchdown_z)}, {_share(self.toe_off_z)}")
        parts += [_mean(v) for v in (self.label_touchdown, self.label_toe_off)]
        counts = f"{self.found} | {self.found - self.right_side} | {self.extra}"
        return f"| {self.name} | {self.labelled} | {counts} | " + " | ".join(parts) + " |"


HEAD: Final = (
    "| clip | contacts read | found | wrong side | extra | touchdown: found - read | toe-off: found - read "
    "| touchdown, toe-off within ± 2 sd, % | touchdown: second - first reading "
    "| toe-off: second - first reading |\n" + "|---" * 10 + "|"
)


def _mean(values: Sequence[float]) -> str:
    v = np.array(values)
    v = v[np.isfinite(v)]
    return f"{v.mean():+.1f} ± {v.std():.1f} ({len(v)})" if len(v) else "–"


def _share(z: Sequence[float]) -> str:
    v = np.array(z)
    v = v[np.isfinite(v)]
    return f"{100 * np.mean(np.abs(v) < 2):.0f}" if len(v) else "–"


def read(path: Path) -> dict[str, dict[str, list[tuple[str, str, int]]]]:
    """Return athlete -> pass -> (side, event, frame) in order of time."""
    out: dict[str, dict[str, list[tuple[str, str, int]]]] = defaultdict(lambda: defaultdict(list))
    with path.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            out[row["athlete"]][row["pass"]].append((row["side"], row["event"], int(row["frame"])))
    return {a: {p: sorted(rows, key=lambda r: r[2]) for p, rows in by.items()} for a, by in out.items()}


def contacts(rows: Iterable[tuple[str, str, int]]) -> list[Contact]:
    """Join a side's touchdown with its next toe-off; either may be missing."""
    found: list[Contact] = []
    for side in ("left", "right"):
        touchdown = float("nan")
        for _, event, frame in [r for r in rows if r[0] == side]:
            if event == "touchdown":
                if np.isfinite(touchdown):
                    found.append(Contact(side, touchdown, float("nan")))
                touchdown = frame
            else:
                found.append(Contact(side, touchdown, frame))
                touchdown = float("nan")
        if np.isfinite(touchdown):
            found.append(Contact(side, touchdown, float("nan")))
    return sorted(found, key=lambda c: np.nanmin([c.touchdown, c.toe_off]))


def score(
    name: str, labels: dict[str, list[tuple[str, str, int]]], steps: Sequence[Step], time: np.ndarray
) -> Row:
    """Compare detected steps with pass a; a contact labelled only by its toe-off is left out."""
    row = Row(name)
    wanted = contacts(labels["a"])
    for key, into in (("touchdown", row.label_touchdown), ("toe_off", row.label_toe_off)):
        for side in ("left", "right"):
            a, b = ([f for s, e, f in labels[p] if (s, e) == (side, key)] for p in ("a", "b"))
            into += [float(y - x) for x, y in zip(a, b, strict=True)]
    row.labelled = sum(np.isfinite(c.touchdown) for c in wanted)

    def frame(t: float) -> float:
        return float(np.interp(t, time, np.arange(len(time)))) if np.isfinite(t) else float("nan")

    frame_s = float(np.median(np.diff(time)))
    found = [(s, frame(s.touchdown_s), frame(s.toe_off_s)) for s in steps]
    both = [c.toe_off - c.touchdown for c in wanted if np.isfinite(c.toe_off - c.touchdown)]
    typical = float(np.median(both)) if both else 5.0

    def centre(touchdown: float, toe_off: float) -> float:
        if np.isfinite(touchdown) and np.isfinite(toe_off):
            return (touchdown + toe_off) / 2
        return touchdown + typical / 2 if np.isfinite(touchdown) else toe_off - typical / 2

    middles = [centre(c.touchdown - 0.5, c.toe_off - 0.5) for c in wanted]
    steps_apart = np.diff(middles)
    near = 0.5 * float(np.median(steps_apart)) if len(steps_apart) else 10.0
    pairs = sorted(
        (abs(centre(f[1], f[2]) - m), i, j) for i, m in enumerate(middles) for j, f in enumerate(found)
    )
    taken: dict[int, int] = {}
    for apart, i, j in pairs:
        if apart < near and i not in taken and j not in taken.values():
            taken[i] = j
    for i, j in taken.items():
        c, (step, touchdown, toe_off) = wanted[i], found[j]
        if not np.isfinite(c.touchdown):
            continue
        row.found += 1
        row.right_side += step.side == c.side
        row.touchdown.append(touchdown - (c.touchdown - 0.5))
        row.toe_off.append(toe_off - (c.toe_off - 0.5))
        for error, sd_s, into in (
            (row.touchdown[-1], step.touchdown_sd_s, row.touchdown_z),
            (row.toe_off[-1], step.toe_off_sd_s, row.toe_off_z),
        ):
            into.append(error / float(np.hypot(sd_s / frame_s, READ_SD)))
    first, last = min(middles) - near, max(middles) + near
    row.extra = sum(first < centre(f[1], f[2]) < last for j, f in enumerate(found) if j not in taken.values())
    return row


def measure(path: Path, key: str, athlete: str, labels: dict[str, list[tuple[str, str, int]]]) -> Row:
    """Analyse one clip and score its contacts."""
    try:
        found = pipeline.analyze(path, Config(**SETTINGS.get((key, athlete), {})))
    except AnalyzerError as error:
        row = score(path.stem, labels, (), np.arange(2.0))
        row.problem = f"{type(error).__name__}: {error}"
        return row
    return score(path.stem, labels, found.steps, found.pose.time)


def table() -> str:
    """Return the table of every labelled clip that is here, "" where none is."""
    clips = {hashlib.sha256(p.read_bytes()).hexdigest()[:12]: p for p in sorted(VIDEOS.glob("*.*"))}
    rows = []
    for file in sorted(LABELS.glob("*.csv"), key=lambda f: str(clips.get(f.stem, ""))):
        if file.stem in clips:
            for athlete, labels in read(file).items():
                rows.append(measure(clips[file.stem], file.stem, athlete, labels))
    if not rows:
        return ""
    down = _share([z for row in rows for z in row.touchdown_z])
    up = _share([z for row in rows for z in row.toe_off_z])
    said = f"Over all clips {down} % of the touchdowns and {up} % of the toe-offs are within ± 2 sd."
    return "\n".join([HEAD, *(row.text() for row in rows), "", said])


if __name__ == "__main__":
    if not VIDEOS.is_dir():
        sys.exit("The filmed clips are not here; nothing to compare.")
    sys.stdout.write(table() + "\n")
