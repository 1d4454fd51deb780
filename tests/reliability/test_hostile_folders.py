"""Results from a stranger: three lines that help, or pages and tables in which nothing of theirs runs."""

from __future__ import annotations

import csv
import shutil
import time
import warnings
from html.parser import HTMLParser
from pathlib import Path

import hostile_folders
import pytest
from hostile_folders import READ, REFUSED

from analyzer import pipeline
from analyzer.data.analysis import Analysis
from analyzer.errors import AnalyzerError, InputError
from analyzer.outputs import folder as result_folder
from analyzer.outputs.report import page

LONGEST_S = 30.0
"""CPU time for reading one folder: many times what the slowest takes."""
SHOWN = (
    "name is HTML",
    "athlete is HTML",
    "notes are HTML",
    "another pass leads to a script",
    "tracker is a formula",
)
"""Of these the page is written and looked at."""


@pytest.fixture(scope="module")
def good(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "run_sprint"
    result_folder.save(analysis, folder)
    return folder


def changed(good: Path, place: Path, name: str) -> Path:
    folder = place / "run_sprint"
    shutil.copytree(good, folder)
    (REFUSED | READ)[name](folder)
    return folder


def attempt(folder: Path) -> Analysis | InputError:
    begun = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            found: Analysis | InputError = pipeline.rebuild(folder)
        except AnalyzerError as error:
            assert isinstance(error, InputError)  # noqa: PT017
            found = error
    assert time.process_time() - begun < LONGEST_S
    return found


def test_there_are_enough_kinds() -> None:
    assert len(REFUSED) + len(READ) >= 60


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_says_what_to_do(name: str, good: Path, tmp_path: Path) -> None:
    found = attempt(changed(good, tmp_path, name))
    assert isinstance(found, InputError)
    assert found.what
    assert found.fix
    assert "root:" not in str(found)
    assert len(str(found)) < 2000


class Page(HTMLParser):
    """What of a page could act: scripts, handlers, places that it leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts, self.handlers, self.places = 0, [""], [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.handlers += [name for name, _ in attrs if name.startswith("on")]
        self.places += [value or "" for name, value in attrs if name in ("href", "src")]


@pytest.mark.parametrize("name", READ)
def test_what_is_read_is_safe(name: str, good: Path, tmp_path: Path) -> None:
    folder = changed(good, tmp_path, name)
    found = attempt(folder)
    if isinstance(found, InputError) or name not in SHOWN:
        return
    (folder / "report.html").unlink(missing_ok=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found.save(folder, force=True, draw_overlay=False)
    seen = Page()
    seen.feed((folder / "report.html").read_text(encoding="utf-8"))
    assert seen.scripts == 1
    assert set(seen.handlers) == {""}
    assert [at for at in seen.places if at and not at.startswith(("#", "data:", "overlay.mp4"))] == []
    for path in folder.glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                assert [cell for cell in row if cell.startswith(("=", "@", "\t", "\r"))] == []


@pytest.mark.parametrize("name", ["$x^", r"100 m $\frac", "a\tb\nc", "ü 跑步 🏃", "_" * 300])
def test_a_name_of_any_kind_can_be_drawn(name: str, tmp_path: Path, analysis: Analysis) -> None:
    from dataclasses import replace

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page.build(replace(analysis, name=name), tmp_path / "report.html")


def test_the_html_is_what_it_claims_to_be() -> None:
    seen = Page()
    seen.feed(hostile_folders.HTML)
    assert seen.scripts == 1
    assert "onerror" in seen.handlers
