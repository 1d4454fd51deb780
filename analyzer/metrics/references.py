"""Published ranges by metric, population and phase: to compare with, never to judge by.

They stand in ``references.toml`` beside this file, with the works that metrics cite.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple

from analyzer.body.skeleton import Sex
from analyzer.metrics.registry import Reference

HOLE_MPS: Final = 0.5
"""Groups no further apart than this, m/s, are read as points of one course; between others nobody knows."""
Phase = Literal["acceleration", "maximum speed", "slowing"]
"""Whether an athlete gains speed, keeps it, or loses it."""


class Band(NamedTuple):
    """A published range and whom it fits: speeds in m/s, sexes.

    ``seen`` are figures read in a source that lie in a range whose own ends were not read. ``step`` is the
    step of a start whose range it is, 0 for that of a whole run.
    """

    metric: str
    reference: Reference
    speed_low: float
    speed_high: float
    sex: Sex
    seen: str = ""
    step: int = 0


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
            found.append(
                Band(
                    metric,
                    reference,
                    speed_low,
                    speed_high,
                    group["sex"],
                    row.get("seen", ""),
                    group.get("step", 0),
                )
            )
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


def fitting(metric: str, speed_mps: float, phase: Phase, sex: Sex) -> Reference | None:
    """Return the range of those who run like this athlete: same phase, speed and, if given, sex.

    The range of one step of a start is not one of a mean over several: see ``of_step``.

    Parameters
    ----------
    metric : str
    speed_mps : float
        Mean speed of the run, NaN where it is unknown.
    phase : Phase
        An athlete who slows down is in none.
    sex : Sex

    Returns
    -------
    Reference or None
        Between two groups at most ``HOLE_MPS`` apart one interpolated between their middles, unverified and
        called so. None for an unknown speed or when no published group runs near it: then only the athlete's
        own baseline can be compared with.
    """
    runs = [band for band in bands() if band.metric == metric and not band.step]
    return _nearest(runs, speed_mps, phase, sex) or _between(runs, speed_mps, phase, sex)


def of_step(metric: str, speed_mps: float, sex: Sex) -> Reference | None:
    """Return the range of the step of a start that is run at this speed; None where there is none.

    Parameters
    ----------
    metric : str
    speed_mps : float
        Speed of that step.
    sex : Sex
    """
    steps = (band for band in bands() if band.metric == metric and band.step)
    return _nearest(steps, speed_mps, "acceleration", sex)


def _of(found: Iterable[Band], phase: Phase, sex: Sex) -> list[Band]:
    return [
        band
        for band in found
        if band.reference.phase == phase and (band.sex == "unspecified" or sex in (band.sex, "unspecified"))
    ]


def _between(found: Iterable[Band], speed_mps: float, phase: Phase, sex: Sex) -> Reference | None:
    """Return the range at a speed in a narrow hole between two groups; None in a wide one."""
    near = _of(found, phase, sex)
    below = max((b for b in near if b.speed_high <= speed_mps), key=lambda b: b.speed_high, default=None)
    above = min((b for b in near if b.speed_low > speed_mps), key=lambda b: b.speed_low, default=None)
    if below is None or above is None or above.speed_low - below.speed_high > HOLE_MPS:
        return None
    middles = [(b.speed_low + b.speed_high) / 2 for b in (below, above)]
    share = (speed_mps - middles[0]) / (middles[1] - middles[0])
    one, two = below.reference, above.reference
    return Reference(
        one.low + share * (two.low - one.low),
        one.high + share * (two.high - one.high),
        f"interpolated between {one.population} and {two.population}",
        phase,
        f"{one.source}; {two.source}",
        verified=False,
    )


def _nearest(found: Iterable[Band], speed_mps: float, phase: Phase, sex: Sex) -> Reference | None:
    fits = [band for band in _of(found, phase, sex) if band.speed_low <= speed_mps < band.speed_high]
    # Where two groups overlap, the one in whose middle the athlete's speed lies.
    fits.sort(key=lambda band: abs(speed_mps - (band.speed_low + band.speed_high) / 2))
    return fits[0].reference if fits else None
