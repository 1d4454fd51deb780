"""Whether somebody who comes or goes runs, as far as this view tells: alternation, lift of the feet, bounce.

The flight between steps is not seen from here. What tells is that the legs take turns, how far a foot is
lifted, and that a runner's body is lowest over the standing leg where a walker's is highest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES
from analyzer.contacts import activity
from analyzer.contacts.evidence import Evidence
from analyzer.data.notes import Note
from analyzer.errors import NotRunningError
from analyzer.frontal.alternation import Middle, Rhythm
from analyzer.frontal.body import Body
from analyzer.frontal.clock import USUAL_HZ
from analyzer.joints.stride_phase import CLEAR

RISE: Final = (0.05, 0.95)
"""Which of a foot's heights are its lowest and its highest."""


def refuse_still(found: Rhythm) -> None:
    """Raise NotRunningError where the legs do not take turns."""
    if found.explained > CLEAR:
        return
    raise NotRunningError(
        "The legs are not seen to take turns.",
        f"A stride explains {found.explained:.0%} of how the feet rise and sink: nobody runs, or the legs "
        "were not told apart.",
        f"{activity.ADVICE} Film nearer and in good light; from the front legs are told apart best.",
        settings=("start_s", "stop_s"),
    )


def check(body: Body, middles: Sequence[Middle], found: Rhythm, *, accept: bool) -> list[Note]:
    """Hold what is seen against what people do; refuse what is no run, or say so where that is accepted.

    Raises
    ------
    NotRunningError
        If somebody does something else more likely than running.
    """
    return activity.answer(collect(body, middles, found), accept=accept)


def collect(body: Body, middles: Sequence[Middle], found: Rhythm) -> Evidence:
    """Return what tells a run from the front or from behind."""
    at_middle, error = bounce(body, middles)
    return Evidence(
        bounce=at_middle,
        bounce_error=error,
        alternation=found.explained,
        lift=lift(body),
        rhythm=float(np.log(USUAL_HZ / (2 * found.stride_hz))),
    )


def lift(body: Body) -> float:
    """Return how far a toe, or an ankle where no toes are seen, rises against the hips, leg lengths."""
    out = []
    for side in SIDES:
        toe, ankle = (body.joint(f"{side}_{part}")[:, 1] for part in ("foot_index", "ankle"))
        height = toe if np.isfinite(toe).any() else ankle
        height = height[np.isfinite(height)]
        if len(height):
            out.append(float(np.ptp(np.quantile(height, RISE))))
    return float(np.mean(out)) if out else float("nan")


def bounce(body: Body, middles: Sequence[Middle]) -> tuple[float, float]:
    """Return how much higher than on average the body is in mid-stance, leg lengths, and its error."""
    when = np.array([m.time_s for m in middles])
    height: Array = body.hips[:, 1]
    if len(when) < 3:
        return float("nan"), 0.0
    inside = (body.time >= when[0]) & (body.time <= when[-1]) & np.isfinite(height)
    if inside.sum() < 8:
        return float("nan"), 0.0
    phase = 2 * np.pi * np.interp(body.time[inside], when, np.arange(len(when)))
    drift = np.linspace(-1, 1, int(inside.sum()))
    basis = np.column_stack(
        [np.cos(phase), np.sin(phase), np.cos(phase / 2), np.sin(phase / 2), np.vander(drift, 4)]
    )
    terms, *_ = np.linalg.lstsq(basis, height[inside], rcond=None)
    residual = height[inside] - basis @ terms
    return float(terms[0]), float(np.std(residual) * np.sqrt(2 / len(when)))
