"""The pages over several runs from the front: side by side, and over the dates of a season."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from chromium import compared, unfolded
from frontal_runs import NUMBERS, filmed, found, made

from analyzer.comparison.runs import compare
from analyzer.data.analysis import Analysis
from analyzer.frontal.results import Frontal, Stance
from analyzer.outputs.seasons import page as season_page
from analyzer.outputs.seasons.gather import gather
from analyzer.outputs.side_by_side import across, page


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> list[Frontal]:
    """One with its clip, one drawn from its joints; the second sways more and begins with the right foot."""
    one = filmed(tmp_path_factory.mktemp("clip"), name="clip")
    more = tuple(
        replace(f, mean=f.mean + 8) if f.metric == "trunk_sway" else f
        for f in found(without=("arm_leg_lag",))
    )
    other = made(name="drawn", found=more)
    return [one, replace(other, stances=other.stances[1:])]


@pytest.fixture(scope="module")
def built(pair: list[Frontal], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page.build(pair, compare(*pair), tmp_path_factory.mktemp("page") / page.FILE)


def test_runs_begin_in_a_stance_of_the_same_side(pair: list[Frontal]) -> None:
    films = across.films(pair)
    assert films is not None
    assert [film.pictured for film in films] == [True, False]
    names = ["left stance", "right stance", "left stance again"]
    for film, run in zip(films, pair, strict=True):
        assert [name for name, _ in film.events] == names
        assert film.events[2][1] == pytest.approx(0.46, abs=0.01)
        times = [shot.time_s for shot in film.shots]
        assert times[0] < 0 < film.events[2][1] < times[-1]
        assert film.step_s == pytest.approx(1 / run.pose.fps, rel=0.05)


def test_without_a_stride_of_one_foot_nothing_is_stepped_through(pair: list[Frontal], tmp_path: Path) -> None:
    short = replace(pair[1], stances=pair[1].stances[:2])
    assert across.films([pair[0], short]) is None
    text = page.build([pair[0], short], compare(pair[0], short), tmp_path / "p.html").read_text("utf-8")
    assert "no stride of the same foot in view" in text


def test_a_stride_with_a_stance_that_was_not_seen_is_none() -> None:
    run = made()
    beat = [replace(s, time_s=s.time_s + (0.46 if i > 4 else 0)) for i, s in enumerate(run.stances)]
    lasts = [c.time_s - a.time_s for a, _, c in across.strides(replace(run, stances=tuple(beat)), "left")]
    assert lasts
    assert max(lasts) < 0.5


def test_curves_over_the_stride_are_those_of_the_run() -> None:
    run = made()
    titles = [(chart.title.split(",")[0], chart.side) for chart in across.charts([run, run])]
    assert ("Trunk", "") in titles
    assert {side for title, side in titles if title.startswith("Foot")} == {"left", "right"}
    # Of what one of them does not give nothing is drawn.
    hidden = across.charts([run, made(without=("hand_across", "pelvis_drop"))])
    assert not [chart for chart in hidden if chart.title.startswith(("Hand", "Pelvis"))]
    stance: Stance = run.stances[0]
    lean = across._curve(run, "trunk_lean", stance.side, 1.0)
    assert lean is not None
    beat = 2 * np.sin(2 * np.pi * (stance.time_s + 0.46 * np.linspace(0, 1, 101)) / 0.46) - 1.9
    assert lean.mean == pytest.approx(beat, abs=0.15)


def test_the_page_says_what_differs_and_never_changed(built: Path) -> None:
    text = built.read_text(encoding="utf-8")
    assert "Torso differs: sway of the trunk" in text
    assert "beyond this clip&#39;s error" in text
    assert ">changed<" not in text
    assert "<h2>Stances</h2>" in text
    assert "touchdown" not in text.split("<script>")[0].split("</style>")[-1]
    assert "Step width, of leg length" in text
    assert text.count('class="kinogram"') == 2


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_and_asks_for_nothing(browser: Any, built: Path, width: int) -> None:
    with unfolded(browser, built, width):
        pass


@pytest.mark.browser
def test_both_runs_step_together(browser: Any, built: Path) -> None:
    with compared(browser, built) as (opened, films, shown):
        before = shown()
        opened.keyboard.press("ArrowRight")
        assert [b - a for a, b in zip(before, shown(), strict=True)] == [1, 1]
        opened.click('[data-event="right stance"]')
        for one, index in zip(films, shown(), strict=True):
            assert one["times"][index] == pytest.approx(one["events"]["right stance"], abs=0.009)


@pytest.fixture(scope="module")
def season(pair: list[Frontal], analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A season of one athlete from the front, from behind and from the side."""
    folder = tmp_path_factory.mktemp("season")
    runs: list[Frontal | Analysis] = [*pair, made(angle_deg=-84.0, name="behind"), analysis]
    for i, run in enumerate(runs):
        own = {"athlete_name": "Ann", "date": f"2026-0{i + 1}-01", "overlay": False}
        replace(run, config=run.config.changed(own)).save(folder / str(i))
    runs_found, failed = gather([folder])
    assert failed == []
    return season_page.build(runs_found, failed, folder / season_page.FILE)


def test_a_season_shows_each_view_by_itself(season: Path) -> None:
    text = season.read_text(encoding="utf-8")
    assert "<h1>Ann</h1>" in text
    front, behind = (text.split(f"<h2>Ann, from {where}</h2>")[1] for where in ("the front", "behind"))
    assert text.index("<h2>Ann</h2>") < text.index("<h2>Ann, from the front</h2>")
    assert "Step width, of leg length" in front
    mean, se, _ = NUMBERS["trunk_sway"]
    assert f"<td>{mean} ± {se}°</td>" in front
    assert f"<td>{mean + 8:.1f} ± {se}°</td>" in front
    assert "2 runs, 1 January 2026 to 1 February 2026." in front
    assert "1 run, 1 March 2026." in behind
    assert text.count("data:image/jpeg") >= 4


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_season_fits_and_asks_for_nothing(browser: Any, season: Path, width: int) -> None:
    with unfolded(browser, season, width) as opened:
        opened.click("text=Ann, from behind >> nth=0")
