"""Print how far the two labelling passes lie apart, clip by clip (needs only the CSV files beside it)."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from statistics import mean, stdev

Event = tuple[str, str, str]


def differences(path: Path) -> dict[str, list[int]]:
    """Return pass b minus pass a in frames, by kind of event; events are paired in order of time."""
    frames: dict[str, dict[Event, list[int]]] = {"a": defaultdict(list), "b": defaultdict(list)}
    with path.open(newline="", encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            key = (row["athlete"], row["side"], row["event"])
            frames[row["pass"]][key].append(int(row["frame"]))
    result: dict[str, list[int]] = {"touchdown": [], "toe_off": []}
    for key, first in frames["a"].items():
        second = frames["b"][key]
        if len(first) != len(second):
            raise ValueError(f"{path.name}: {key} has {len(first)} events in pass a, {len(second)} in pass b")
        result[key[2]] += [b - a for a, b in zip(sorted(first), sorted(second), strict=True)]
    return result


def line(name: str, values: list[int]) -> str:
    """Return one row of the table: n, mean, SD, same frame, largest."""
    spread = f"{stdev(values):.2f}" if len(values) > 1 else "-"
    same = sum(v == 0 for v in values)
    largest = max(map(abs, values))
    return f"{name:14s} n={len(values):3d} mean={mean(values):+.2f} SD={spread} same={same} max={largest}"


if __name__ == "__main__":
    for path in sorted(Path(__file__).parent.glob("*.csv")):
        kinds = differences(path)
        print(line(path.stem, [v for values in kinds.values() for v in values]))
        for kind, values in kinds.items():
            if values:
                print("  " + line(kind, values))
