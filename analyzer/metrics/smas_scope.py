"""Whether the Sprint Mechanics Assessment Score is made for a run: a sprint at maximal speed, seen square."""

from __future__ import annotations

from typing import Final

from analyzer.data.analysis import Analysis
from analyzer.metrics.kind import full_speed, kind

HINDERED: Final = {
    "view": "the clip is not filmed square from the side",
    "start": "the score is made for a sprint at maximal speed, and this run is a start",
    "acceleration": "the score is made for a sprint at maximal speed, and this run gains speed",
    "slowing": "the score is made for a sprint at maximal speed, and this run loses speed",
    "run": "the score is made for a sprint at maximal speed, and this run is slower: adults at full speed "
    f"ran {full_speed():.1f} m/s and faster wherever that was published",
    "slow_motion": "the score is made for a sprint at maximal speed, and how fast this run is, slow motion "
    "by an unknown factor does not tell: give the capture rate",
    "unknown": "the score is made for a sprint at maximal speed, and how fast this run is, the clip does not "
    "tell",
}
"""Why nothing is proposed of a run, by its reason: the view, or the kind of run."""


def hindered(analysis: Analysis) -> str:
    """Return why nothing is proposed of a run, a key of ``HINDERED``; empty where it may be."""
    if analysis.motion.view.kind != "side":
        return "view"
    what = kind(analysis)
    if what == "unknown" and analysis.slow_motion > 1:
        return "slow_motion"
    return "" if what == "sprint" else what
