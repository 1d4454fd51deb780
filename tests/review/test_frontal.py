"""A clip from the front in the review: its report is written and named; no contacts to put right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from frontal_runs import filmed

from analyzer import pipeline
from analyzer.errors import ResultsError
from analyzer.frontal.results import Frontal
from analyzer.review.desk import Desk
from analyzer.review.wanted import Wanted


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Frontal:
    """Whatever is analysed is this run."""
    made = filmed(tmp_path)
    monkeypatch.setattr(pipeline, "analyze_any", lambda *_, **__: made)
    return made


def done(desk: Desk) -> dict[str, Any]:
    desk.begin(Wanted())
    assert desk.work is not None
    while desk.work.busy:
        desk.work._thread.join(1)
    return dict(desk.work.told())


def test_an_unanalysed_clip_is_analysed_and_its_report_named(run: Frontal, tmp_path: Path) -> None:
    assert run.video is not None
    folder = tmp_path / "results"
    desk = Desk(run.video.path, folder)
    for _ in range(2):  # the second time over its own results
        error = done(desk)["error"]
        assert error["what"].startswith(
            "Filmed from the front, about 6° ± 1° beside the lane’s line: no contacts"
        )
        assert error["fix"] == f"Open the report: {folder / 'report.html'}"
        assert (folder / "frontal.csv").is_file()
    assert desk.state()["kind"] == "clip"
    desk.close()
    for given, out in ((run.video.path, folder), (folder, None)):
        with pytest.raises(ResultsError, match="holds what a view from the front shows"):
            Desk(given, out)


def test_results_that_are_open_are_not_replaced(run: Frontal, folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    desk = Desk(folder)
    desk.begin(Wanted(settings={"athlete": [10.0, 10.0]}))
    assert desk.work is not None
    while desk.work.busy:
        desk.work._thread.join(1)
    error = desk.work.told()["error"]
    assert error["fix"] == "Nothing was changed."
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before
    desk.close()
