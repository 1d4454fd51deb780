"""``season.html``: what is read, what runs differ by, and in Chromium that it fits and asks for nothing."""

from __future__ import annotations

import os
import re
import shutil
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from chromium import unfolded

from analyzer.comparison.baseline import OneRun, run_facts
from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note
from analyzer.errors import ConfigError
from analyzer.outputs import analysis_json
from analyzer.outputs.seasons import page
from analyzer.outputs.seasons.courses import course, scatter
from analyzer.outputs.seasons.gather import Kept, gather

WHO = ("Ada", "Ada", "Ada", "Bea", "</script><script>alert(1)</script>")
DAYS = ("2026-05-01", "2026-05-01", "2026-04-01", "2026-05-02", None)


@pytest.fixture(scope="module")
def season(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five runs of three athletes, one without a date, one of which has a kinogram and a report."""
    folder = tmp_path_factory.mktemp("season")
    for i, (who, day) in enumerate(zip(WHO, DAYS, strict=True)):
        config = analysis.config.model_copy(
            update={"athlete_name": who, "date": day and date.fromisoformat(day)}
        )
        run = replace(analysis, name=f"run {i}", config=config)
        place = folder / ("a" if i < 3 else "b") / f"run_{i}"
        place.mkdir(parents=True)
        text = analysis_json.to_json(analysis_json.of(run))
        (place / analysis_json.FILE).write_text(text, "utf-8")
    from PIL import Image

    Image.new("RGB", (1000, 600), "white").save(folder / "a/run_0/kinogram.png")
    (folder / "a/run_0/report.html").write_text("x", "utf-8")
    (folder / "b" / "broken").mkdir()
    (folder / "b" / "broken" / analysis_json.FILE).write_text("{", "utf-8")
    return folder


def test_a_missing_number_has_its_reason_and_a_run_its_warnings(analysis: Analysis, tmp_path: Path) -> None:
    """As a clip at 30 frames a second, too short, that gains speed."""
    notes = (
        Note("limit", "frame_rate", "At 30 frames a second a contact is seen in 3 frames."),
        Note("warning", "few_steps", "3 ground contacts are in view."),
        Note("info", "film", "Nothing to worry about."),
        Note("limit", "withheld_fps", "The camera is too slow for: much.", metrics=("contact_time",)),
    )
    rows = tuple(
        replace(row, n=0, mean=float("nan"), mean_se=float("nan"), note="Not given: needs a faster camera.")
        if row.metric == "contact_time"
        else row
        for row in analysis.summaries
    )
    for name, run in (
        ("a", replace(analysis, notes=notes, summaries=rows)),
        ("b", replace(analysis, notes=())),
    ):
        (tmp_path / name).mkdir()
        text = analysis_json.to_json(analysis_json.of(replace(run, name=f"run {name}")))
        (tmp_path / name / analysis_json.FILE).write_text(text, "utf-8")
    runs, _ = gather([tmp_path])
    assert runs[0].reasons["contact_time"] == "needs a faster camera"
    assert runs[0].warnings == tuple(note.message for note in notes[:2])
    gaining = [replace(runs[0], facts=replace(runs[0].facts, gains=True)), runs[1]]
    text = page.build(gaining, [], tmp_path / page.FILE).read_text("utf-8")
    assert "<td>–<small>needs a faster camera</small></td>" in text
    assert text.count("gains speed") == 2  # what an open dot is, and this run
    assert "3 ground contacts are in view. <small>run a</small>" in text
    assert "Nothing to worry about" not in text


def test_every_folder_is_found_and_read_in_the_order_of_days(season: Path) -> None:
    runs, failed = gather([season, season / "a"])
    assert [run.name for run in runs] == ["run 2", "run 0", "run 1", "run 3", "run 4"]
    assert len(failed) == 1
    with pytest.raises(ConfigError, match="no results"):
        gather([season / "a" / "run_0" / "nothing"])


def test_a_folder_reached_in_two_ways_is_one_run(season: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(season / "a")
    once, _ = gather([season / "a"])
    again, _ = gather([season / "a", link, season / "b" / ".." / "a"])
    assert [run.name for run in again] == [run.name for run in once]


def test_a_run_without_a_date_is_of_the_day_on_which_its_clip_was_recorded(
    filmed: Analysis, tmp_path: Path
) -> None:
    assert filmed.video is not None
    assert filmed.config.date is None
    day, given = date(2026, 5, 3), date(2026, 5, 1)
    recorded = replace(filmed, video=replace(filmed.video, recorded=day))
    dated = replace(recorded, config=filmed.config.model_copy(update={"date": given}))
    for name, run in ("a", recorded), ("b", dated):
        (tmp_path / name).mkdir()
        text = analysis_json.to_json(analysis_json.of(run))
        (tmp_path / name / analysis_json.FILE).write_text(text, "utf-8")
    assert [run.facts.day for run in gather([tmp_path])[0]] == [given, day]
    assert run_facts(recorded).day == day
    assert "2026-05-03" in repr(recorded)


def kept(value: float, day: str | None, gains: bool = False) -> Kept:
    facts = OneRun("Ada", day and date.fromisoformat(day), 9.0, gains, {"contact_time": (value, 0.001)})
    return Kept(f"{day}", Path(), "", facts)


def test_runs_of_one_day_tell_the_scatter_without_the_changes_of_a_season() -> None:
    season = [kept(0.100, "2026-04-01"), kept(0.102, "2026-04-01"), kept(0.120, "2026-05-01")]
    sd, freedom, same_day = scatter(season, "contact_time")
    assert (freedom, same_day) == (1, True)
    assert sd == pytest.approx(0.002 / 2**0.5)
    sd, freedom, same_day = scatter(season[1:], "contact_time")
    assert (freedom, same_day) == (1, False)
    assert sd == pytest.approx(0.018 / 2**0.5)
    # A start and a flying run of one day are not two of a kind.
    mixed = [kept(0.100, "2026-04-01"), kept(0.180, "2026-04-01", gains=True)]
    assert scatter(mixed, "contact_time")[1] == 0


def test_a_course_shows_every_run_and_its_error() -> None:
    season = [kept(0.100, "2026-04-01"), kept(0.102, "2026-04-15"), kept(0.120, "2026-05-01")]
    found = course(season, "contact_time")
    assert found is not None
    assert found.svg.count("<circle") == 3
    assert found.last == "120 ± 1 ms"
    assert "real changes included" in found.scatter
    places = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', found.svg)]
    # By the days between them, 14 and 16.
    assert (places[2] - places[1]) / (places[1] - places[0]) == pytest.approx(16 / 14, abs=0.02)
    assert course(season[:1], "contact_time") is None


@pytest.fixture(scope="module")
def built(season: Path) -> Path:
    return page.build(*gather([season]), season / page.FILE)


def test_a_squad_is_shown_by_name_and_one_athlete_without_it(season: Path, built: Path) -> None:
    text = built.read_text("utf-8")
    assert text.index(">Ada</a>") < text.index(">Bea</a>")
    assert "nothing is ranked" in text
    assert "<script>alert" not in text
    assert 'href="a/run_0/report.html"' in text
    assert "1 folder could not be read" in text
    alone = page.build(*gather([season / "a"]), season / "alone" / page.FILE).read_text("utf-8")
    assert "nothing is ranked" not in alone
    assert "report.html" not in alone  # it does not lie below that page
    assert alone.count("<h1>Ada</h1>") == 1


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_fits_and_asks_for_nothing(browser: Any, built: Path, width: int) -> None:
    with unfolded(browser, built, width) as opened:
        assert opened.evaluate("document.querySelectorAll('.chart svg').length") > 50


@pytest.mark.parametrize(
    ("names", "title"),
    [
        (["Ada"], "Ada"),
        ([""], page.NOBODY),
        (["", "Ada"], "Ada, and runs without a name"),
        (["Ada", "Bea"], "2 athletes"),
        (["", "Ada", "Bea"], "2 athletes, and runs without a name"),
    ],
)
def test_who_is_not_named_is_not_counted(names: list[str], title: str) -> None:
    assert page._title(names) == title


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
def test_a_folder_with_a_name_that_no_page_can_hold_is_told(season: Path, tmp_path: Path) -> None:
    shutil.copytree(season / "a", tmp_path / os.fsdecode(b"r\xff"))
    runs, failed = gather([tmp_path])
    assert not runs
    assert all("cannot be used as a name" in error.what and "Rename" in error.fix for error in failed)
