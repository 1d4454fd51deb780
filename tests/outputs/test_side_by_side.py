"""``compare.html``: what stands in it, and in Chromium that it fits, asks for nothing and steps together."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from chromium import compared, unfolded

from analyzer.comparison import runs as comparison_runs
from analyzer.comparison.repeatability import Repeat
from analyzer.comparison.results import Comparison
from analyzer.data.analysis import Analysis
from analyzer.outputs.side_by_side import curves, film, page

NAME = "<script>alert(1)</script> & co"


@pytest.fixture(scope="module")
def pair(filmed: Analysis, analysis: Analysis) -> list[Analysis]:
    """A run with its clip, and one of joints alone whose name a stranger chose."""
    named = analysis.config.model_copy(update={"athlete_name": NAME})
    return [replace(filmed, name="filmed"), replace(analysis, name="drawn", config=named)]


@pytest.fixture(scope="module")
def found(pair: list[Analysis]) -> Comparison:
    def known(run: Analysis, *, systematic: bool) -> dict[str, Repeat]:
        del systematic
        longer = 0.03 * (run.name == "drawn")
        return {
            "contact_time": Repeat("contact_time", 0.11 + longer, 0.001),
            "step_time": Repeat("step_time", 0.24, 0.002),
        }

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparison_runs, "of_analysis", known)
        return comparison_runs.compare(*pair)


@pytest.fixture(scope="module")
def built(pair: list[Analysis], found: Comparison, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return page.build(pair, found, tmp_path_factory.mktemp("page") / "compare.html")


def test_runs_begin_at_a_touchdown_of_the_same_side(pair: list[Analysis]) -> None:
    films = film.films(pair)
    assert films is not None
    for run, one in zip(pair, films, strict=True):
        names = [name for name, _ in one.events]
        assert names == [name for name, _ in films[0].events]
        side = names[0].split()[0]
        zero = one.events[0][1]
        assert zero == 0
        assert one.events[-1][1] == pytest.approx(0.48)  # two steps of the hand-made runner
        assert any(s.side == side for s in run.steps)
        assert one.shots[0].time_s == pytest.approx(-film.AROUND_S, abs=one.step_s)
    assert films[0].pictured
    assert not films[1].pictured
    assert all(shot.svg.startswith("<svg") for shot in films[1].shots)


def test_the_athlete_is_in_the_middle_of_every_picture(filmed: Analysis) -> None:
    """The dot on the hips of the filmed runner is where one scale and one ground line put it."""
    import base64
    import io

    from PIL import Image

    films = film.films([filmed])
    assert films is not None
    for shot in films[0].shots[::8]:
        data = base64.b64decode(shot.image.partition(",")[2])
        image = np.asarray(Image.open(io.BytesIO(data)).convert("L"), float)
        rows, columns = np.nonzero(image > 190)
        assert abs(columns.mean() - film.SIDE_PX / 2) < 0.1 * film.SIDE_PX
        # Hips at 0.91 of 1.78 m, the ground 6 % above the lower edge, 1.3 statures in all.
        expected = film.SIDE_PX * (1 - film.GROUND - 0.91 / 1.78 / film.TALL)
        assert abs(rows.mean() - expected) < 0.05 * film.SIDE_PX


def test_curves_have_the_mean_and_the_scatter_of_their_strides(analysis: Analysis) -> None:
    angle = np.sin(2 * np.pi * (analysis.motion.time - analysis.steps[0].touchdown_s) / 0.48)
    motion = replace(analysis.motion, angles=analysis.motion.angles | {"left_knee": 40 + 30 * angle})
    found = curves.curve(replace(analysis, motion=motion), "left_knee", "left")
    assert found is not None
    assert found.strides >= 2
    assert found.mean[25] == pytest.approx(70, abs=0.5)
    assert found.sd.max() < 1
    assert found.toe_off == pytest.approx(0.11 / 0.48, abs=0.02)
    hidden = replace(motion, angles=motion.angles | {"left_knee": np.full(len(angle), np.nan)})
    assert curves.curve(replace(analysis, motion=hidden), "left_knee", "left") is None


def test_the_page_says_what_differs_and_never_changed(built: Path) -> None:
    text = built.read_text("utf-8")
    assert "beyond this clip&#39;s error" in text
    assert "30 ms more" in text
    assert not re.search(r'class="verdict">changed', text)
    assert "no run was repeated" in text
    assert "2 runs are too few" in text
    # Why a number's error is another one in its own report, before the first of them.
    assert text.index("smaller than in each run") < text.index("<tbody>")
    assert "this athlete" not in text
    # Before anything is held against anything.
    assert text.index("Only some of these runs name their athlete") < text.index("<tbody>")
    assert "<script>alert" not in text
    assert text.count("data-film=") == 2


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_and_asks_for_nothing(browser: Any, built: Path, width: int) -> None:
    with unfolded(browser, built, width):
        pass


@pytest.mark.browser
def test_both_runs_step_together_from_the_moment_they_are_set_at(browser: Any, built: Path) -> None:
    with compared(browser, built) as (opened, films, shown):
        before = shown()
        opened.keyboard.press("ArrowRight")
        opened.keyboard.press("ArrowRight")
        assert [b - a for a, b in zip(before, shown(), strict=True)] == [2, 2]
        opened.click("text=picture ▶")
        assert [b - a for a, b in zip(before, shown(), strict=True)] == [3, 3]
        opened.keyboard.press("ArrowLeft")
        assert [b - a for a, b in zip(before, shown(), strict=True)] == [2, 2]
        name = opened.eval_on_selector_all("[data-event]", "all => all.map((b) => b.dataset.event)")[2]
        opened.click(f'[data-event="{name}"]')
        for one, index in zip(films, shown(), strict=True):
            assert one["times"][index] == pytest.approx(one["events"][name], abs=0.006)
        visible = opened.eval_on_selector_all(".shot", "all => all.filter((s) => s.checkVisibility()).length")
        assert visible == 2


def test_runs_of_one_athlete_are_told_apart_by_their_clips(pair: list[Analysis]) -> None:
    one, other = (
        replace(run, name=name, config=run.config.model_copy(update={"athlete_name": "Ada"}))
        for run, name in zip(pair, ("june", "july"), strict=True)
    )
    assert [who.name for who in page._whose([one, other])] == ["Ada, june", "Ada, july"]
    assert [who.name for who in page._whose([one])] == ["Ada"]
    nameless = replace(one, config=one.config.model_copy(update={"athlete_name": None}))
    assert [who.name for who in page._whose([nameless, other])] == ["june", "Ada"]
