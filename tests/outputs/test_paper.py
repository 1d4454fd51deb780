"""A sheet is painted where and how it is said to be."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer.outputs.fonts import drawable
from analyzer.outputs.kinogram.paper import FRAME_PX, Line, Paper, Tile, Words


def painted(*lines: Line, size: tuple[int, int] = (60, 80)) -> np.ndarray:
    """The tile with its frame, as shares of black."""
    paper = Paper(size[1], size[0], [Tile(0, 0, np.full((*size, 3), 255, np.uint8), list(lines))])
    return np.asarray(1 - paper.painted()[..., 0] / 255.0)


@pytest.mark.parametrize("width", [1.0, 2.44, 5.8])
@pytest.mark.parametrize("y", [30.0, 30.3, 30.5])
def test_a_line_is_as_wide_as_said_to_a_fraction_of_a_pixel(width: float, y: float) -> None:
    black = painted(Line(np.array([[-10.0, y], [90.0, y]]), "#000000", width))
    column = black[10:50, 40]
    assert column.sum() == pytest.approx(width, abs=0.3)
    assert column @ (np.arange(10, 50) + 0.5) / column.sum() == pytest.approx(y, abs=0.13)


def test_a_dot_is_a_disc() -> None:
    black = painted(Line(np.array([[40.0, 30.0]]), "#000000", 24.0))
    assert black[5:-5, 5:-5].sum() == pytest.approx(np.pi * 12**2, rel=0.03)


def test_strokes_and_gaps_have_their_lengths() -> None:
    black = painted(Line(np.array([[10.0, 30.0], [70.0, 30.0]]), "#000000", 4.0, dashes=(12.0, 8.0)))
    row = black[30, 8:72] > 0.5
    begins = np.flatnonzero(np.diff(row.astype(int)) == 1)
    assert np.diff(begins).tolist() == [20, 20]
    assert row.sum() == pytest.approx(36, abs=3)


def test_what_is_not_known_breaks_a_line_and_a_dash() -> None:
    points = np.array([[10.0, 30.0], [30.0, 30.0], [np.nan, np.nan], [50.0, 30.0], [70.0, 30.0]])
    for dashes in (None, (3.0, 1.0)):
        black = painted(Line(points, "#000000", 4.0, dashes=dashes))
        assert black[30, 12:28].mean() > 0.6
        assert not black[28:33, 33:47].any()
    nothing = painted(Line(np.full((2, 2), np.nan), "#000000", 4.0))
    assert not nothing[FRAME_PX:-FRAME_PX, FRAME_PX:-FRAME_PX].any()


def test_a_line_lets_through_what_is_under_it_and_has_an_outline() -> None:
    line = Line(np.array([[0.0, 30.0], [80.0, 30.0]]), "#000000", 4.0, 0.5, None, "#ffffff", 12.0)
    grey = Paper(80, 60, [Tile(0, 0, np.zeros((60, 80, 3), np.uint8), [line])]).painted()[..., 0]
    assert grey[30, 40] == 64  # black that lets half through, over white that does, over black
    assert grey[26, 40] == 128
    assert grey[20, 40] == 0


def test_words_stand_on_their_line_and_end_where_they_should() -> None:
    start, end = Words(20, 40, "HI", 30, "#000000"), Words(280, 40, "HI", 30, "#000000", align="end")
    dark = Paper(300, 60, words=[start, end]).painted()[..., 0] < 128
    rows, columns = np.nonzero(dark)
    assert rows.max() == pytest.approx(39, abs=1)
    assert columns.min() == pytest.approx(23, abs=2)  # a letter has room beside it
    assert columns.max() == pytest.approx(276, abs=2)


def test_a_sign_that_the_font_lacks_is_a_box() -> None:
    assert drawable("Zoë Łukasz Ωμέγα ± 3°") == "Zoë Łukasz Ωμέγα ± 3°"
    assert drawable("李 Anna\n") == "\N{WHITE SQUARE} Anna\N{WHITE SQUARE}"
