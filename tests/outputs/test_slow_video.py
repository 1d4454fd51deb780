"""The annotated video at a pace of choice: its times, what it says of itself, and the folder it lies in."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from analyzer import pipeline
from analyzer.cli.results import report
from analyzer.data.analysis import Analysis
from analyzer.errors import ConfigError
from analyzer.outputs import analysis_json
from analyzer.outputs import folder as result_folder
from analyzer.outputs.annotated_video import frames, pace
from analyzer.outputs.annotated_video.panel import Panel


def at(run: Analysis, fps: float, **settings: Any) -> Analysis:
    """The runner as if filmed at another rate, with other settings."""
    assert run.video is not None
    by = run.video.capture_fps / fps
    video = replace(run.video, capture_fps=fps, time=run.video.time * by)
    return replace(run, video=video, config=run.config.model_copy(update=settings))


@pytest.fixture
def short(filmed: Analysis, monkeypatch: pytest.MonkeyPatch) -> Analysis:
    """Twenty-four frames of the runner."""
    monkeypatch.setattr(frames, "span", lambda *_: (90, 114))
    return filmed


@pytest.mark.parametrize(
    ("fps", "slow", "plays", "shown"),
    [
        (240, None, 30, 24),
        (240, 8, 30, 24),
        (240, 4, 60, 24),
        (240, 1, 60, 6),
        (240, 16, 15, 24),
        (119.88, 2, 59.94, 24),
        (1000, 10, 50, 12),
        (30, 2, 15, 24),
        (25, None, 25, 24),
    ],
)
def test_the_clock_of_the_file_is_that_of_the_run_as_many_times_slower(
    short: Analysis, tmp_path: Path, fps: float, slow: float | None, plays: float, shown: int
) -> None:
    run, told = at(short, fps, slow=slow), []
    path = frames.write(run, tmp_path / "a.mp4", lambda _, done, total: told.append((done, total)))
    assert told == [(i + 1, 24) for i in range(24)]
    with av.open(str(path)) as file:
        assert [stream.type for stream in file.streams] == ["video"]  # no sound
        stream = file.streams.video[0]
        seconds = np.array([float(frame.pts * frame.time_base) for frame in file.decode(stream)])
        lasts = float(stream.duration * stream.time_base)
    every = 24 // shown
    run_s = np.arange(0, 24, every) / fps
    np.testing.assert_allclose(seconds, pace.slowdown(run) * run_s, atol=1e-4)
    np.testing.assert_allclose(np.diff(seconds), 1 / plays, atol=2e-4)
    assert pace.slowdown(run) == pytest.approx(slow or max(1, fps / 30))
    assert lasts == pytest.approx(shown / plays, abs=1.5 / plays)
    assert Fraction(plays) <= pace.MOST_FPS


@pytest.mark.parametrize(
    ("fps", "slow", "words"),
    [
        (240, None, "8 times slower than life"),
        (240, 20, "20 times slower than life"),
        (30, 2.5, "2.5 times slower than life"),
        (240, 1, ""),
        (30, None, ""),
    ],
)
def test_the_picture_says_that_it_is_slowed_at_every_moment(
    filmed: Analysis, fps: float, slow: float | None, words: str
) -> None:
    run = at(filmed, fps, slow=slow)
    assert pace.words(run) == words
    silent = at(filmed, fps, slow=1.0)
    span = 0.0, float(filmed.motion.time[-1])
    for t in (0.0, filmed.steps[1].touchdown_s + 0.02, filmed.steps[1].toe_off_s + 0.02):
        one, other = (Panel(each, 1280, span).draw(t) for each in (run, silent))
        rows, columns = np.nonzero((one != other).any(axis=2))
        assert bool(len(rows)) == bool(words)
        if words:
            assert rows.max() < 1.7 * 1280 / 30
            assert columns.min() > 1280 / 3


def test_of_a_clip_in_slow_motion_by_an_unknown_factor_no_number_is_said(filmed: Analysis) -> None:
    words = pace.words(replace(at(filmed, 30.0, slow=4.0), slow_motion=2.7))
    assert words == "slower than life, rate unknown"


@pytest.mark.parametrize("changes", [{"slow": 4.0}, {"live": ("trunk",)}])
def test_another_pace_or_other_values_leave_no_earlier_video(
    filmed: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any]
) -> None:
    monkeypatch.setattr("analyzer.outputs.report.page.build", lambda _, path, *__: path.touch())
    monkeypatch.setattr("analyzer.outputs.kinogram.drawing.sheet", lambda *_: np.zeros((8, 8, 3), np.uint8))
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(frames, "write", lambda _run, path, _progress: path.write_bytes(b"drawn"))
    out = tmp_path / "run_sprint"
    result_folder.save(filmed, out)
    (out / "overlay.mp4").write_bytes(b"earlier")
    result_folder.save(at(filmed, 120.0, slow=4.0), out, force=True, draw_overlay=False)
    assert (out / "overlay.mp4").read_bytes() == b"earlier"  # 120 frames a second, at 30
    run = at(filmed, 120.0, **({"slow": 4.0} | changes | ({"slow": 8.0} if "slow" in changes else {})))
    result_folder.save(run, out, force=True, draw_overlay=False)
    assert (out / "overlay.mp4").read_bytes() == b"drawn"


@pytest.fixture(scope="module")
def made(filmed: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of results without an annotated video, and beside it where its clip lies."""
    folder = tmp_path_factory.mktemp("made") / "runner_sprint"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPRINT_ANALYZER_CACHE", str(folder.parent / "cache"))
        at(filmed, 120.0, overlay=False).save(folder)
        pipeline.rebuild(folder).save(folder, force=True)  # as report does it from then on
    return folder


@pytest.fixture
def results(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it to change."""
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(made.parent / "cache"))
    return Path(shutil.copytree(made, tmp_path / "runner_sprint"))


def test_report_draws_what_is_asked_for_and_keeps_it(
    results: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(frames, "span", lambda *_: (90, 114))
    numbers = {name: (results / name).read_bytes() for name in ("steps.csv", "summary.csv", "series.csv")}
    report(results, live="trunk lean,knee", slow=12.0)
    video = results / "overlay.mp4"
    with av.open(str(video)) as file:
        assert file.streams.video[0].average_rate == 10
    page = (results / "report.html").read_text(encoding="utf-8")
    assert float(re.search(r'data-slow="([^"]+)"', page)[1]) == 12
    assert float(re.search(r'data-frame="([^"]+)"', page)[1]) == pytest.approx(0.1)
    config = analysis_json.document(results).config
    assert (config.live, config.slow, config.overlay) == (("trunk lean", "knee"), 12.0, True)
    before = video.stat().st_mtime_ns
    report(results)  # without a word of it
    assert video.stat().st_mtime_ns == before
    assert analysis_json.document(results).config.live == ("trunk lean", "knee")
    assert {name: (results / name).read_bytes() for name in numbers} == numbers
    capsys.readouterr()


@pytest.mark.parametrize(
    ("asked", "told"),
    [({"live": "kne"}, "Close to it: knee"), ({"slow": 0.5}, "slow: "), ({"slow": 8.0}, "was not found")],
)
def test_what_cannot_be_drawn_changes_nothing(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: Any, told: str
) -> None:
    monkeypatch.setenv("SPRINT_ANALYZER_CACHE", str(tmp_path / "another"))  # nobody knows where the clip is
    before = {path.name: path.read_bytes() for path in results.iterdir()}
    with pytest.raises(ConfigError) as refused:
        report(results, **asked)
    assert told in str(refused.value)
    assert {path.name: path.read_bytes() for path in results.iterdir()} == before


def test_a_name_that_is_none_is_refused_before_a_clip_is_looked_at(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Close to it: knee"):
        pipeline.analyze(tmp_path / "none.mp4", live=("kne",))
