"""The bar of a command: how much of the whole is done."""

from __future__ import annotations

import io

import pytest

from analyzer import progress_bar
from analyzer.progress_bar import shown
from analyzer.stages import ANALYSIS, SHARES, Whole


@pytest.mark.parametrize("stages", [ANALYSIS, ANALYSIS[:-1], ("looking",)])
def test_the_whole_is_done_when_the_last_stage_is(stages: tuple[str, ...]) -> None:
    whole = Whole(stages)
    seen = [whole.at(stage, done, 40) for stage in stages for done in range(41)]
    assert seen == sorted(seen)
    assert seen[0] == 0.0
    assert seen[-1] == pytest.approx(1.0)


def test_a_stage_is_as_long_as_its_share() -> None:
    whole = Whole(ANALYSIS)
    assert whole.at("find", 1, 2) == pytest.approx(SHARES["find"] / sum(SHARES[s] for s in ANALYSIS) / 2)


def test_a_stage_left_out_or_come_twice_never_takes_the_bar_back() -> None:
    whole = Whole(ANALYSIS)  # a kept track: nothing is found or read
    half = whole.at("overlay", 1, 2)
    assert half > whole.at("contacts", 0, 9) - 1e-9
    assert whole.at("contacts", 1, 9) == half  # the next pass of the clip
    assert whole.at("unheard of", 5, 5) == half
    assert whole.at("overlay", 3, 0) == half


def test_a_pipe_stays_silent(capsys: pytest.CaptureFixture[str]) -> None:
    with shown() as progress:
        assert progress is None
    assert capsys.readouterr() == ("", "")


def test_a_terminal_sees_the_stage_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    screen = Terminal()
    monkeypatch.setattr(progress_bar.sys, "stderr", screen)
    monkeypatch.setenv("TERM", "xterm")
    with shown() as progress:
        assert progress is not None
        progress("find", 30, 60)
        progress("overlay", 60, 60)
    assert "opening" in screen.getvalue() or "drawing the video" in screen.getvalue()
    assert "ETA" in screen.getvalue()
