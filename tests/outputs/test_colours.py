"""One place says what colour a side has, and every output takes it from there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import Template
from matplotlib.colors import to_rgb

import analyzer
from analyzer import outputs
from analyzer.outputs import colours, pages

ROOM = Path(outputs.__file__).parent


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2)."""

    def light(colour: str) -> float:
        parts = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    dark, bright = sorted((light(one), light(other)))
    return (bright + 0.05) / (dark + 0.05)


def test_no_other_file_has_a_colour_of_a_side() -> None:
    shades = [colours.COLOUR, colours.PALE, colours.TEXT, colours.TEXT_AT_NIGHT]
    codes = {code for shade in shades for code in shade.values()}
    codes |= {str(rgb) for rgb in colours.ON_VIDEO.values()}
    for file in (f for f in ROOM.rglob("*") if f.suffix in (".py", ".css", ".j2", ".js")):
        if file.name != "colours.py":
            assert not [code for code in codes if code in file.read_text(encoding="utf-8")], file


@pytest.mark.parametrize(("shade", "ground"), [(colours.TEXT, "white"), (colours.TEXT_AT_NIGHT, "#1b2027")])
def test_words_in_the_colour_of_a_side_can_be_read(shade: dict[str, str], ground: str) -> None:
    assert all(contrast(code, ground) >= 4.5 for code in shade.values())


def test_left_is_cool_and_right_is_warm_on_every_ground() -> None:
    for shade in (colours.COLOUR, colours.PALE, colours.TEXT, colours.TEXT_AT_NIGHT):
        red, _, blue = to_rgb(shade["left"])
        assert blue > red
        red, _, blue = to_rgb(shade["right"])
        assert red > blue
    assert colours.ON_VIDEO["left"][2] > colours.ON_VIDEO["left"][0]
    assert colours.ON_VIDEO["right"][0] > colours.ON_VIDEO["right"][2]


@pytest.mark.parametrize(
    "room", ["outputs.frontal", "outputs.report", "outputs.seasons", "outputs.side_by_side", "batch"]
)
def test_every_page_has_the_colours(room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    template = (Path(analyzer.__file__).parent.joinpath(*room.split(".")) / "page.html.j2").read_text("utf-8")
    assert re.search(r"<style>\s*{{ css ?\| ?safe }}", template)
    monkeypatch.setattr(pages, "_template", lambda _: Template("<style>{{ css }}</style>"))
    html = pages.filled(room)
    for shade in (colours.TEXT, colours.TEXT_AT_NIGHT):
        assert all(f"--{side}: {code};" in html for side, code in shade.items())
    assert "outline: 3px solid #" not in html
