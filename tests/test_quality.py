"""What is said of a clip's frame rate, and of the view it gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from analyzer import quality
from analyzer.data.analysis import Analysis
from analyzer.data.results import Summary
from analyzer.metrics.measure import measure
from analyzer.metrics.run import Run


@pytest.mark.parametrize("fps", [30.0, 65.0])
def test_of_a_rate_that_is_not_known_nothing_is_said(fps: float) -> None:
    (known,) = quality.frame_rate(fps, uneven=False)
    assert known.message.startswith(f"At {fps:.0f} frames a second")
    assert quality.frame_rate(fps, uneven=False, known=False) == []
    (uneven,) = quality.frame_rate(fps, uneven=True, known=False)
    assert uneven.code == "variable_frame_rate"


def test_a_rate_is_judged_by_the_clips_own_contact_and_error() -> None:
    """A jogger's foot is down for twice as long as a sprinter's."""
    (slow,) = quality.frame_rate(30.0, uneven=False, contact_s=0.2)
    assert "a ground contact of this clip is seen in 6 or 7 frames" in slow.message
    (usual,) = quality.frame_rate(30.0, uneven=False)
    assert "a ground contact of 0.10 s is seen in 3 or 4 frames" in usual.message
    (fair,) = quality.frame_rate(60.0, uneven=False, error_s=0.014)
    assert "an error of about 14 ms;" in fair.message


def test_a_fast_camera_is_no_note() -> None:
    assert quality.frame_rate(240.0, uneven=False) == []


@pytest.mark.parametrize(
    ("angle", "told"), [(0.0, False), (30.0, False), (-44.0, False), (50.0, True), (-50.0, True)]
)
def test_a_view_is_noted_only_where_it_shows_more_than_the_errors_hold(
    analysis: Analysis, angle: float, told: bool
) -> None:
    motion = replace(analysis.motion, view_angle_deg=np.full_like(analysis.motion.time, angle))
    notes = quality._view(motion, analysis.steps)
    assert bool(notes) == told
    if told:
        assert "more than 45° off square (up to 50°)" in notes[0].message


def test_an_oblique_view_widens_the_errors_of_what_is_measured(analysis: Analysis) -> None:
    """Why no note is needed at 30 degrees: the numbers it touches are told with a larger error."""

    def row(angle: float, metric: str) -> Summary:
        motion = replace(analysis.motion, view_angle_deg=np.full_like(analysis.motion.time, angle))
        return next(r for r in measure(Run(motion, analysis.steps)).summaries if r.metric == metric)

    # Where joints lie in people is most of the error from every side: what the view adds is held against
    # what the clip itself leaves open.
    for metric in ("trunk_lean_mean", "step_length", "swing_thigh_touchdown"):
        square, oblique = row(0.0, metric), row(30.0, metric)
        assert oblique.mean_se**2 - square.mean_se**2 > (1.15**2 - 1) * square.mean_se_within**2
