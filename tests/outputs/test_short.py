from __future__ import annotations

import re
from dataclasses import replace

from analyzer.config import Config
from analyzer.data.analysis import Analysis


def test_a_run_is_three_lines(analysis: Analysis) -> None:
    lines = repr(analysis).splitlines()
    assert len(lines) == 3
    assert f"{len(analysis.steps)} steps" in lines[0]
    speed = analysis.summary("step_speed")
    assert speed is not None
    assert f"step speed {speed.mean:.2f} ± {speed.mean_se:.2f} m/s" in lines[1]


def test_a_notebook_shows_numbers_and_kinogram_with_strangers_text_made_harmless(analysis: Analysis) -> None:
    named = replace(analysis, config=Config.build(athlete_name="<b>Anna</b>", date="29.11.2026"))
    html = named._repr_html_()
    assert "<b>Anna</b>" not in html
    assert "&lt;b&gt;Anna" in html
    assert "2026-11-29" in html
    assert re.search(r"src='data:image/jpeg;base64,[A-Za-z0-9+/=]{5000,}'", html)


def test_a_name_that_turns_the_line_round_is_shown_as_such(analysis: Analysis) -> None:
    named = replace(analysis, config=Config.build(athlete_name="A\u202eB"))
    assert "(A�B)" in repr(named).splitlines()[0]
