"""A run that gains speed is told from its first step to its last, everywhere; a steady one by its mean."""

from __future__ import annotations

from dataclasses import replace

import pytest
from summaries import summary

from analyzer.comparison import from_to, speed_trends
from analyzer.comparison.standing import standings
from analyzer.data.analysis import Analysis
from analyzer.data.results import Value
from analyzer.metrics.breaking import BREAKS
from analyzer.metrics.registry import Relationship
from analyzer.outputs import short
from analyzer.outputs.report import head, page, times
from analyzer.outputs.report.answers import answer
from analyzer.outputs.report.step_charts import per_step


def run(bare: Analysis, gain: float, sd: float = 0.1) -> Analysis:
    """Return a run that starts at 4 m/s and gains so many m/s each second, with its speeds and lengths."""
    assert bare.calibration.scaled
    start = bare.steps[0].touchdown_s
    place = [4 * (s.touchdown_s - start) + gain / 2 * (s.touchdown_s - start) ** 2 for s in bare.steps]
    steps = tuple(replace(s, foot=(x, 0.0)) for s, x in zip(bare.steps, place, strict=True))
    values = []
    for i, step in enumerate(steps[:-1]):
        time = steps[i + 1].touchdown_s - step.touchdown_s
        length = place[i + 1] - place[i]
        values.append(Value("step_speed", step.number, step.side, length / time, sd))
        values.append(Value("step_length", step.number, step.side, length, sd / 5))
        values.append(Value("step_frequency", step.number, step.side, 1 / time, 0.2))
    rows = tuple(
        summary(name, mean=sum(some) / len(some), mean_se=0.05)
        for name in ("step_speed", "step_length", "step_frequency")
        for some in [[v.value for v in values if v.metric == name]]
    )
    return replace(bare, steps=steps, values=tuple(values), summaries=rows)


def test_an_acceleration_goes_from_to(bare: Analysis) -> None:
    fast = run(bare, 3.0)
    found = from_to.ends(fast, "step_speed")
    assert found is not None
    assert found.last.value > found.first.value + 2
    told = from_to.words("step_speed", found)
    assert f"went from {told}:" in answer(fast, Relationship.STEPS)
    assert "ran at" not in answer(fast, Relationship.STEPS)
    assert f"step speed {told}" in short.text(fast)
    card = head.cards(fast)[0]
    assert card.value == f"{found.first.value:.2f} to {found.last.value:.2f}"
    assert card.more == f"from step {found.first.step} to step {found.last.step}"
    assert "mean" not in card.more


@pytest.mark.parametrize(("gain", "sd"), [(0.0, 0.1), (0.3, 0.1), (3.0, 5.0)])
def test_a_steady_run_and_one_whose_ends_are_not_clear_have_a_mean(
    bare: Analysis, gain: float, sd: float
) -> None:
    flat = run(bare, gain, sd)
    assert from_to.ends(flat, "step_speed") is None
    assert "ran at" in answer(flat, Relationship.STEPS)
    assert head.cards(flat)[0].more == "mean of 7"


def test_a_step_that_breaks_the_row_is_no_end_and_no_fastest(bare: Analysis) -> None:
    fast = run(bare, 3.0)
    speeds = [v for v in fast.values if v.metric == "step_speed"]
    wrong = replace(speeds[-1], value=20.0, flags=(BREAKS,))
    broken = replace(fast, values=tuple(wrong if v is speeds[-1] else v for v in fast.values))
    found = from_to.ends(broken, "step_speed")
    assert found is not None
    assert found.last == speeds[-2]
    flat = run(bare, 0.0)
    first = next(v for v in flat.values if v.metric == "step_speed")
    odd = replace(first, value=20.0, flags=(BREAKS,))
    assert "20" not in head.cards(replace(flat, values=(odd, *flat.values[1:])))[0].see


def test_a_step_of_a_start_has_the_range_of_its_own_speed(bare: Analysis) -> None:
    def drawn(gain: float) -> str:
        return per_step(run(bare, gain), "step_length")

    assert "for steps at their speeds, unverified" in drawn(3.0)
    assert drawn(3.0).count('class="band"') > 1
    assert "published" not in drawn(0.0)


def test_the_map_calls_the_mean_of_a_change_one(bare: Analysis) -> None:
    def torso(gain: float) -> str:
        moving = run(bare, gain)
        leans = tuple(
            Value("trunk_lean_mean", s.number, s.side, 50.0 - 5 * i, 1.0) for i, s in enumerate(bare.steps)
        )
        rows = (*moving.summaries, summary("trunk_lean_mean", mean=32.0, mean_se=1.0))
        seen = replace(moving, values=(*moving.values, *leans), summaries=rows)
        return next(s.words for s in standings(seen)[1] if s.metric == "trunk_lean_mean")

    assert torso(3.0) == "lean forward, mean while it changed"
    assert torso(0.0) == "lean forward"


def test_a_step_out_of_row_is_marked_and_nothing_is_set_against_its_speed(
    bare: Analysis,
) -> None:
    flat = run(bare, 0.0)
    second = flat.values[3]
    assert second.metric == "step_speed"
    broken = replace(second, value=8.0, flags=(BREAKS,))
    odd = replace(flat, values=tuple(broken if v is second else v for v in flat.values))
    cells = [row["cells"][0] for row in page._table(odd, ["step_speed"])]
    assert [i for i, cell in enumerate(cells) if times.OUT_OF_ROW in cell] == [1]
    assert speed_trends._smooth_speed(odd.values)[second.step or 0][0] == pytest.approx(4.0, abs=0.1)
    assert per_step(odd, "step_speed").count('class="open"') == 1
