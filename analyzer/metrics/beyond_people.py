"""Metres that nobody runs: the length or the rate that was given is wrong, and metres are withheld."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from analyzer.contacts.slow_motion import QUICKEST_HZ
from analyzer.data.notes import Note
from analyzer.data.results import Summary

FASTEST_MPS: Final = 12.5
"""Mean speed of a run, m/s, that nobody has reached: the fastest 20 m measured, in the world record of 2009,
took 1.61 s, 12.42 m/s (Graubner & Nixdorf 2011, New Stud Athl 26:19)."""
LONGEST_M: Final = 3.1
"""Mean step of a run, m, that nobody takes: the longest in that race, of a man of 1.95 m, were 2.8 to 2.9."""
FREQUENCY_HZ: Final = (1.8, QUICKEST_HZ)
"""Steps a second that people take; outside, it is the clock that is wrong."""
SURE_SD: Final = 2.0
"""Standard errors by which a number must lie beyond people."""
_CAUSES: Final = {
    "points": "the distance between the two points",
    "marks": "the places of the marks",
    "height": "the standing height",
    "leg length": "the leg length",
    "file": "the unit of the joint file",
    "gates": "what the timing gates say",
}
"""What gave the scale, by ``Calibration.method``, in words."""


def check(summaries: Iterable[Summary], method: str, relative_sd: float) -> list[Note]:
    """Return a note where speed or step length lie beyond people; their metres must not be given then.

    Parameters
    ----------
    summaries : of one run, in metres
    method : what gave the scale, as ``Calibration.method``
    relative_sd : its standard error, as a fraction
    """
    means = {row.metric: (row.mean, row.mean_se) for row in summaries if row.n}
    told = [
        f"{mean:.{digits}f} {unit}"
        for name, bound, digits, unit in (
            ("step_speed", FASTEST_MPS, 1, "m/s"),
            ("step_length", LONGEST_M, 2, "m a step"),
        )
        if name in means
        for mean, error in [means[name]]
        if mean / (1 + SURE_SD * relative_sd) - SURE_SD * error > bound
    ]
    if not told:
        return []
    frequency, _ = means.get("step_frequency", (float("nan"), 0.0))
    length = _CAUSES.get(method.removesuffix(" and gates"), "the scale")
    if FREQUENCY_HZ[0] <= frequency <= FREQUENCY_HZ[1]:
        why = f"Steps of {frequency:.1f} a second are people's, so {length} is probably wrong."
    else:
        why = f"At {frequency:.1f} steps a second the capture rate is probably wrong, or {length}."
    return [
        Note(
            "limit",
            "beyond_people",
            f"Nobody runs {' and '.join(told)}: metres and speeds are not given. {why}",
            "Correct it and analyse again; angles, times and ratios stand.",
        )
    ]
