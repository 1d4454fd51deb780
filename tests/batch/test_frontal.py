"""A clip from the front in a batch: done, linked, and without the numbers that only a side view has."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import batching
import chromium
import pytest
from frontal_runs import NUMBERS, made

from analyzer import pipeline
from analyzer.batch import plan, work
from analyzer.batch.run import Result, run
from analyzer.config import Config
from analyzer.frontal.measures import MEASURES


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Results of a clip from the side, and one from the front."""

    def mixed(clip: Path, config: Config, folder: Path) -> list[dict[str, Any]]:
        one = work.analysed if clip.stem == "front" else batching.make
        return one(clip, config, folder)

    monkeypatch.setattr(pipeline, "analyze_any", lambda *_: made(without=("arm_leg_lag",)))
    monkeypatch.setattr("analyzer.batch.workers.each", batching.here(mixed))
    for name in ("front", "side"):
        batching.clip(tmp_path / "clips" / f"{name}.mp4")
    return tmp_path / "out"


def do(out: Path) -> Result:
    return run(plan.make([str(out.parent / "clips")], str(out)))


def table(out: Path) -> dict[str, dict[str, str]]:
    with (out / "runs.csv").open(encoding="utf-8", newline="") as file:
        return {row["file"]: row for row in csv.DictReader(file)}


def test_it_is_done_and_linked_and_has_no_numbers_of_the_side(out: Path) -> None:
    result = do(out)
    assert [o.status for o in result.outcomes] == ["done", "done"]
    assert result.failures == []
    rows = table(out)
    front = rows["front.mp4"]
    assert front["status"] == "ok"
    assert (out / front["report"]).is_file()
    assert front["remarks"].startswith(
        "Filmed from the front, about 6° ± 1° beside the lane’s line. Few stances"
    )
    numbers = [name for name in front if name.endswith(("_m", "_s"))]
    assert numbers
    assert {front[name] for name in (*numbers, "steps")} == {""}
    assert rows["side.mp4"]["steps"] == "2"
    with (out / "steps.csv").open(encoding="utf-8", newline="") as file:
        assert {row["file"] for row in csv.DictReader(file)} == {"side.mp4"}
    again = do(out)
    assert [o.status for o in again.outcomes] == ["unchanged", "unchanged"]


def test_the_numbers_of_all_such_runs_are_in_one_table(out: Path) -> None:
    do(out)
    written = (out / "frontal_runs.csv").read_bytes()
    (row,) = csv.DictReader(written.decode().splitlines())
    assert list(row)[:7] == ["file", "run", "athlete", "date", "session", "view", "folder"]
    assert (row["file"], row["run"]) == ("front.mp4", "towards")
    assert row["view"] == "Filmed from the front, about 6° ± 1° beside the lane’s line"
    expected = dict.fromkeys(["file", "run", "athlete", "date", "session", "view", "folder"])
    for one in made(without=("arm_leg_lag",)).found:
        measure = MEASURES[one.metric]
        side = f"_{one.side}" if measure.sided else ""
        for what, value in (("", one.mean), ("_se", one.se)):
            name = f"{one.metric}{side}{what}_{measure.unit.suffix}"
            expected[name] = None
            assert float(row[name] or "nan") == pytest.approx(value, rel=0.01, nan_ok=True), name
    assert set(row) == set(expected)
    assert row["arm_leg_lag_both_pct"] == ""
    assert '<a href="frontal_runs.csv">' in (out / "index.html").read_text(encoding="utf-8")
    do(out)
    assert (out / "frontal_runs.csv").read_bytes() == written


def test_where_there_is_no_such_run_there_is_no_such_table(out: Path) -> None:
    (out.parent / "clips" / "front.mp4").unlink()
    do(out)
    assert (out / "runs.csv").is_file()
    assert not (out / "frontal_runs.csv").exists()
    assert "frontal_runs.csv" not in (out / "index.html").read_text(encoding="utf-8")


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_shows_what_it_gives(browser: Any, out: Path, width: int) -> None:
    do(out)
    with chromium.unfolded(browser, out / "index.html", width) as page:
        card = page.locator("article", has_text="towards").first
        text = card.inner_text()
        assert "Filmed from the front" in text
        assert "Step frequency, Hz" in text
        assert f"{NUMBERS['step_rate'][0]} ± {NUMBERS['step_rate'][1]}" in text
        assert "Steps" not in text
        assert card.locator("img").get_attribute("src").startswith("data:image/jpeg")
        links = card.locator("a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
        assert all((out / link).is_file() for link in links)
        assert page.locator("#failed").count() == 0
