"""Published ranges by metric, population and phase: to compare with, never to judge by.

They stand in ``references.toml`` beside this file, with the works that metrics cite.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from analyzer.body.skeleton import Sex
from analyzer.metrics.registry import Reference


class Band(NamedTuple):
    """A published range and whom it fits: speeds in m/s, sexes.

    ``seen`` are figures read in a source that lie in a range whose own ends were not read.
    """

    metric: str
    reference: Reference
    speed_low: float
    speed_high: float
    sex: Sex
    seen: str = ""


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("analyzer.metrics").joinpath("references.toml").read_text("utf-8"))


class Citation(NamedTuple):
    """A work that a metric rests on; ``read`` when it was read for this project."""

    work: str
    about: str
    read: bool


@cache
def citations() -> dict[str, Citation]:
    """Return every cited work by its short name."""
    return {key: Citation(**row) for key, row in _table()["citation"].items()}


@cache
def bands() -> tuple[Band, ...]:
    """Return every range of ``references.toml``, metric by metric."""
    table = _table()
    populations = table["population"]
    found = []
    for metric, rows in table["metric"].items():
        for row in rows:
            group = populations[row["population"]]
            reference = Reference(
                float(row["low"]),
                float(row["high"]),
                group["name"],
                group["phase"],
                row.get("source", group["source"]),
                bool(row.get("verified", False)),
            )
            speed_low, speed_high = group["speed_mps"]
            found.append(Band(metric, reference, speed_low, speed_high, group["sex"], row.get("seen", "")))
    return tuple(found)


@cache
def unsure() -> frozenset[str]:
    """Return the metrics whose ranges rest on few or scattered sources: no finding is drawn from them."""
    return frozenset(_table()["unsure"])


@cache
def unsure_groups() -> tuple[str, ...]:
    """Return the names of the groups of no known level or of a few athletes: no finding, as above."""
    table = _table()
    return tuple(table["population"][key]["name"] for key in table["unsure_groups"])


def fitting(metric: str, speed_mps: float, accelerating: bool, sex: Sex) -> Reference | None:
    """Return the range of those who run like this athlete: same phase, speed and, if given, sex.

    Parameters
    ----------
    metric : str
    speed_mps : float
        Mean speed of the run, NaN where it is unknown.
    accelerating : bool
        Whether the athlete gains speed.
    sex : Sex

    Returns
    -------
    Reference or None
        None for an unknown speed or when no published group runs at it, as between two of them: then only
        the athlete's own baseline can be compared with.
    """
    phase = "acceleration" if accelerating else "maximum speed"
    fits = [
        band
        for band in bands()
        if band.metric == metric
        and band.reference.phase == phase
        and band.speed_low <= speed_mps < band.speed_high
        and (band.sex == "unspecified" or sex in (band.sex, "unspecified"))
    ]
    # Where two groups overlap, the one in whose middle the athlete's speed lies.
    fits.sort(key=lambda band: abs(speed_mps - (band.speed_low + band.speed_high) / 2))
    return fits[0].reference if fits else None
