"""Every colour with a meaning, in one place: right is warm and left is cool, on every ground it is drawn on.

The pair is one that people who confuse red and green tell apart. Charts and the kinogram draw on white, the
annotated video on whatever was filmed, the report's words on white or, at night, on black: each ground has
its own shade of the same two colours, so that both are seen on it. Text shades have a contrast of 4.5 or more
(WCAG 2, AA). Change the colour of a side here, and everything that shows it follows.
"""

from __future__ import annotations

from typing import Final

from analyzer.body.skeleton import Side

RGB = tuple[int, int, int]
"""A colour as images hold it: red, green and blue, 0 to 255."""

COLOUR: Final[dict[Side, str]] = {"right": "#c8501e", "left": "#1f6fb4"}
"""A side in charts and in the kinogram: lines and dots on white."""
PALE: Final[dict[Side, str]] = {"right": "#f0c3ae", "left": "#b4d2ea"}
"""What stands behind a side's own line: single strides behind their mean, flight beside contact."""
ON_VIDEO: Final[dict[Side, RGB]] = {"right": (255, 122, 46), "left": (70, 168, 255)}
"""A side over filmed images, red, green, blue: brighter, for a dark outline goes around it."""
TEXT: Final[dict[Side, str]] = {"right": "#b8450f", "left": "#1f6fb4"}
"""A side's words on the report's page."""
TEXT_AT_NIGHT: Final[dict[Side, str]] = {"right": "#ff9a66", "left": "#74b6f2"}
"""The same on a screen that asks for dark pages."""

INK: Final = "#20262d"
"""What belongs to no side: the trunk, words, axes."""
FAINT: Final = "#8a929c"
"""What stands back: frames of axes, what is not established, what cannot be shown."""
SOFT: Final = "#5b6570"
"""Small print."""
BAND: Final = "#dfe7dd"
"""A published range behind the values of a run."""

DARK: Final[RGB] = (16, 20, 26)
"""Outlines on filmed images and the panel beside them."""
WHITE: Final[RGB] = (255, 255, 255)
"""What belongs to no side, on filmed images: the trunk, the path of the centre of mass, words."""
DIM: Final[RGB] = (150, 160, 172)
"""Labels on the panel."""
FRAME: Final[RGB] = (255, 196, 0)
"""The crop around the athlete that was followed."""


def css() -> str:
    """Return the colours of the sides as a page's variables, by day and by night."""
    day, night = (
        " ".join(f"--{side}: {code};" for side, code in shade.items()) for shade in (TEXT, TEXT_AT_NIGHT)
    )
    dark = "@media screen and (prefers-color-scheme: dark)"
    return f":root {{ {day} }}\n{dark} {{ :root {{ {night} }} }}\n"
