"""The page over all runs: whole in itself, every link leads somewhere, names stand as they are."""

from __future__ import annotations

import base64
import io
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import batching
import chromium
import numpy as np
import pytest
from PIL import Image

from analyzer.batch import page, plan, work
from analyzer.batch.places import Local
from analyzer.batch.run import run
from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note


class Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [(name, value or "") for name, value in attrs if name in ("href", "src")]


def links(path: Path) -> list[tuple[str, str]]:
    parser = Links()
    parser.feed(path.read_text(encoding="utf-8"))
    return parser.found


@pytest.fixture
def season(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("analyzer.batch.workers.each", batching.here())
    for name in ("80 m #1 ü.mp4", "b.mp4", "c.mp4"):
        batching.clip(tmp_path / "clips" / name)
    batching.clip(tmp_path / "clips" / "zu.mp4", "nobody")
    table = tmp_path / "athletes.csv"
    table.write_text(
        "file,athlete,session,date\nb.mp4,<b>Özil & Co</b>,80 m,2026-05-02\n80 m #1 ü.mp4,Ann,,2026-05-01\n",
        encoding="utf-8",
    )
    out = tmp_path / "out"
    run(plan.make([str(tmp_path / "clips")], str(out), table=table))
    return out


def test_it_asks_for_nothing_else(season: Path) -> None:
    text = (season / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|url\(|@import|<script|<link rel=\"stylesheet", text)
    assert [value[:15] for name, value in links(season / "index.html") if name == "src"] == [
        "data:image/jpeg"
    ] * 3


def test_every_link_leads_somewhere(season: Path) -> None:
    targets = [unquote(value) for name, value in links(season / "index.html") if name == "href"]
    files = [target for target in targets if not target.startswith(("data:", "#"))]
    assert len(files) == 8  # two tables, a report and a kinogram a run
    for target in files:
        assert (season / target).is_file(), target
    assert "#failed" in targets
    assert 'id="failed"' in (season / "index.html").read_text(encoding="utf-8")


def test_runs_stand_under_their_session_in_order(season: Path) -> None:
    text = (season / "index.html").read_text(encoding="utf-8")
    places = [text.index(part) for part in (
        "<h2>1 May 2026</h2>", ">Ann<", "<h2>2 May 2026 · 80 m</h2>", "&lt;b&gt;Özil &amp; Co&lt;/b&gt;",
        "<h2>Without date or session</h2>", ">c<",
    )]  # fmt: skip
    assert places == sorted(places)
    assert "<b>Özil" not in text


@pytest.mark.parametrize(
    ("rows", "recorded", "heads", "dates"),
    [
        (
            "a.mp4,2026-05-01\n",
            {"a": "2026-05-03", "b": "2026-05-02"},
            ["1 May 2026", ">a<", "2 May 2026", ">b<", "Without date or session", ">c<"],
            ["2026-05-01", "2026-05-02", ""],
        ),
        (
            "a.mp4,12.06.2026\nb.mp4,2026-05-01\nc.mp4,in June\n",
            {},
            ["1 May 2026", ">b<", "12 June 2026", ">a<", "in June", ">c<"],
            ["2026-05-01", "2026-06-12", "in June"],
        ),
    ],
    ids=["known to their clips", "typed in two forms"],
)
def test_days_stand_in_one_form_and_in_their_order(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: str,
    recorded: dict[str, str],
    heads: list[str],
    dates: list[str],
) -> None:
    def made(path: Path, config: Config, folder: Path) -> list[dict[str, Any]]:
        day = recorded.get(path.stem, "")
        return [row | {"day": day} for row in batching.make(path, config, folder)]

    monkeypatch.setattr("analyzer.batch.workers.each", batching.here(made))
    for name in "abc":
        batching.clip(tmp_path / "clips" / f"{name}.mp4")
    table = tmp_path / "athletes.csv"
    table.write_text(f"file,date\n{rows}", encoding="utf-8")
    out = tmp_path / "out"
    run(plan.make([str(tmp_path / "clips")], str(out), table=table))
    text = (out / "index.html").read_text(encoding="utf-8")
    places = [text.index(part if part.startswith(">") else f"<h2>{part}</h2>") for part in heads]
    assert places == sorted(places)
    days = [line.split(",")[3] for line in (out / "runs.csv").read_text("utf-8-sig").splitlines()]
    assert days == ["date", *dates]


def test_many_runs_are_on_several_pages(season: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "ON_A_PAGE", 2)
    run(plan.make([str(season.parent / "clips")], str(season)))
    pages = [(season / name).read_text(encoding="utf-8") for name in ("index.html", "index_2.html")]
    assert [text.count("<article>") for text in pages] == [2, 1]
    assert ['id="failed"' in text for text in pages] == [True, False]
    assert "index_2.html" in pages[0]
    assert "index.html#failed" in pages[1]
    assert not (season / "index_3.html").exists()


def test_a_kinogram_drawn_again_is_shown(season: Path) -> None:
    before = (season / "index.html").read_text(encoding="utf-8")
    picture = season / "b_sprint" / "kinogram.png"
    Image.new("RGB", (300, 200), (200, 10, 10)).save(picture)
    later = picture.stat().st_mtime + 60
    os.utime(picture, (later, later))
    run(plan.make([str(season.parent / "clips")], str(season)))
    assert (season / "index.html").read_text(encoding="utf-8") != before


def test_a_report_takes_the_small_kinogram_away_with_the_large_one(
    season: Path, bare: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may show a face that is to be hidden now."""

    sheet = np.full((200, 300, 3), (10, 200, 10), np.uint8)
    monkeypatch.setattr("analyzer.outputs.report.page.build", lambda _, path, *__: path.touch())
    monkeypatch.setattr("analyzer.outputs.kinogram.drawing.sheet", lambda *_: sheet)
    record = (season / "b_sprint" / "batch.json").read_bytes()
    bare.save(season / "b_sprint", force=True, draw_overlay=False)
    assert not (season / "b_sprint" / "kinogram_small.jpg").exists()
    assert (season / "b_sprint" / "batch.json").read_bytes() == record
    shown = page._picture(Local(season), "b_sprint")
    colour = Image.open(io.BytesIO(base64.b64decode(shown.partition(",")[2]))).resize((1, 1)).getpixel((0, 0))
    assert colour == pytest.approx((10, 200, 10), abs=6)


@pytest.mark.browser
@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_sticks_out(browser: Any, season: Path, width: int) -> None:
    sheet = browser.new_page(viewport={"width": width, "height": 900})
    asked, _ = chromium.listening(sheet)
    sheet.goto((season / "index.html").as_uri())
    assert sheet.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    sheet.close()


def test_a_pass_without_numbers_is_told_beside_the_warnings() -> None:
    notes = [
        Note("warning", "few_steps", "3 contacts are in view."),
        Note("info", "pass_too_short", "The athlete also goes to the left."),
        Note("info", "film", "Nothing to worry about."),
    ]
    assert [row["message"] for row in work.told(notes)] == [note.message for note in notes[:2]]
