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
