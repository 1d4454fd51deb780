"""A sentence for each part of the body: with a way only where the number is clear of its error."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from frontal_runs import made

from analyzer.frontal.results import Frontal
from analyzer.outputs.frontal import sentences, wording


def told(run: Frontal) -> dict[str, sentences.Part]:
    return {part.title: part for part in sentences.parts(run)}


def having(metric: str, **numbers: Any) -> Frontal:
    """Return a run in which a measure has these numbers, on both sides."""
    run = made()
    return replace(run, found=tuple(replace(f, **numbers) if f.metric == metric else f for f in run.found))


def test_the_parts_are_those_of_the_article_in_its_order() -> None:
    assert list(told(made())) == [
        "Push leg", "Swing leg", "Arms", "Torso", "Timing", "Balance around the pushing leg",
    ]  # fmt: skip
    assert all(part.text.endswith(".") and not part.why for part in told(made()).values())


WAYS = [
    ("foot_from_midline", "Push leg", "to its own side", "across the hips"),
    ("knee_inward", "Push leg", "inside the line", "outside the line"),
    ("knee_lift", "Swing leg", "above its hip", "below its hip"),
    ("hand_across", "Arms", "crosses the middle", "on its own side"),
    ("trunk_side_lean", "Torso", "athlete’s left", "athlete’s right"),
    ("pelvis_drop", "Torso", "other hip is 9.0 ± 0.5° lower", "other hip is 9.0 ± 0.5° higher"),
    ("step_time_difference", "Timing", "from left to right takes", "from right to left takes"),
    ("arm_leg_lag", "Timing", "after the opposite knee", "before the opposite knee"),
    ("step_width", "Balance around the pushing leg", "apart", "cross"),
]


@pytest.mark.parametrize(("metric", "title", "positive", "negative"), WAYS)
def test_a_sign_is_read_as_the_measure_says(metric: str, title: str, positive: str, negative: str) -> None:
    more = told(having(metric, mean=9.0, se=0.5))[title].text
    less = told(having(metric, mean=-9.0, se=0.5))[title].text
    assert positive in more
    assert negative not in more
    assert negative in less
    assert positive not in less
    assert "9.0 ± 0.5" in more
    assert "−9.0" not in less


@pytest.mark.parametrize(("metric", "title", "positive", "negative"), WAYS)
def test_what_is_not_clear_of_its_error_has_no_way(
    metric: str, title: str, positive: str, negative: str
) -> None:
    for mean in (0.4, -0.4):
        text = told(having(metric, mean=mean, se=0.5))[title].text
        assert positive not in text
        assert negative not in text
        assert sentences.UNCLEAR in text


def test_sides_are_told_to_differ_by_more_than_their_errors_only() -> None:
    run = made()
    assert wording.apart(run, "knee_inward")
    assert not wording.apart(run, "pelvis_drop")
    assert "left and right differ" in told(run)["Push leg"].text
    assert "left and right differ" not in told(run)["Torso"].text


def test_what_is_not_given_says_why() -> None:
    part = told(made(without=("hand_across",)))["Arms"]
    assert (part.text, part.why) == ("", "Shoulder and hand were not seen over a whole stride")


def test_the_first_screen_takes_what_is_given_first() -> None:
    names = [m.name for m in wording.headline(made(without=("step_width", "trunk_sway")))]
    assert len(names) == wording.CARDS
    assert not {"step_width", "trunk_sway"} & set(names)
    assert len(wording.headline(made(found=()))) == wording.CARDS
