"""The page of a run from the front, alone and in Chromium."""

from __future__ import annotations

import io
import re
from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import chromium
import numpy as np
import pytest
from frontal_runs import filmed, made
from PIL import Image

from analyzer.data.view import View
from analyzer.frontal.measures import MEASURES
from analyzer.outputs import faces
from analyzer.outputs.frontal import page, pictures, wording


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    return page.build(filmed(folder), folder / "report.html")


def words(path: Path) -> str:
    text = re.sub(r"<(style|script)\b.*?</\1>", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_it_says_from_where_what_is_given_and_what_cannot_be_seen(built: Path) -> None:
    text = words(built)
    assert "Filmed from the front, about 6° ± 1° beside the lane’s line" in text
    assert all(measure.label in text for measure in MEASURES.values())
    for hidden in wording.HIDDEN:
        assert hidden in text
    assert text.count("film from the side") == 1
    assert "Few stances were seen." in text


def test_it_tells_what_was_corrected_for_the_camera_s_place(built: Path, tmp_path: Path) -> None:
    told = "corrected for a camera that stood about 6° ± 1° beside the lane’s line"
    assert f"Foot from the midline and knee inward and hand across the body: {told}" in words(built)
    for part in ("hand furthest across", "foot that stands"):
        assert f"Corrected for the camera’s place, as it is for a {part}." in words(built)
    for changes in ({"beside_deg": np.nan}, {"found": ()}):
        text = words(page.build(made(**changes), tmp_path / "report.html"))
        assert "corrected for a camera that stood" not in text
        assert "Corrected for the camera’s place" not in text


def test_a_name_is_escaped(tmp_path: Path) -> None:
    run = made(name="<b>&")
    text = page.build(run, tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<b>&</h1>" not in text
    assert "&lt;b&gt;&amp;" in text


@pytest.mark.parametrize("angle", [84.0, -84.0])
def test_the_strip_shows_both_legs_and_names_them(tmp_path: Path, angle: float) -> None:
    run = filmed(tmp_path, angle_deg=angle)
    tiles = pictures.tiles(run, page.shown_frames(run))
    assert [tile.stance.side for tile in tiles] in (["left", "right"] * 3, ["right", "left"] * 3)
    assert len({tile.image.shape for tile in tiles}) == 1
    text = words(page.build(run, tmp_path / "report.html"))
    assert text.count("foot down,") == len(tiles)
    where = "the front" if angle > 0 else "behind"
    assert f"Filmed from {where}, about 6° ± 1° beside the lane’s line" in text


def test_the_body_is_drawn_where_it_is_on_the_picture(tmp_path: Path) -> None:
    """The dots of the clip are grey without colour; whatever is coloured was drawn."""
    run = filmed(tmp_path)
    tile = pictures.tiles(run, page.shown_frames(run))[0].image.astype(int)
    coloured = np.abs(tile[..., 2] - tile[..., 0]) > 60
    rows, columns = np.nonzero(coloured)
    assert len(rows) > 300
    middle = tile.shape[1] / 2
    assert abs(float(np.median(columns)) - middle) < 0.15 * tile.shape[1]
    assert rows.min() > 0.05 * tile.shape[0]
    assert rows.max() < 0.99 * tile.shape[0]


def test_without_a_clip_the_body_is_drawn_alone(tmp_path: Path) -> None:
    run = made()
    tiles = pictures.tiles(run, page.shown_frames(run))
    assert len(tiles) == pictures.TILES
    assert "from the joints alone" in words(page.build(run, tmp_path / "report.html"))


def test_stances_that_an_edge_cuts_are_not_shown() -> None:
    run = made()
    pose = replace(run.pose, height=200)
    assert pictures.shown(replace(run, pose=pose)) == []


def test_nothing_found_makes_a_page_all_the_same(tmp_path: Path) -> None:
    run = made(found=(), stances=(), curves={}, notes=(), view=View())
    text = words(page.build(run, tmp_path / "report.html"))
    assert "No number could be given." in text


def test_heads_are_hidden_where_that_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faces.Faces, "others", lambda *_: np.empty((0, 3)))
    shown = filmed(tmp_path)
    hidden = replace(shown, config=shown.config.changed({"blur_faces": True}))
    plain, blurred = (
        pictures.tiles(run, page.shown_frames(run))[0].image.astype(int) for run in (shown, hidden)
    )
    changed = np.nonzero(np.abs(plain - blurred).max(axis=2) > 8)
    assert len(changed[0]) > 50
    assert np.median(changed[0]) < 0.25 * plain.shape[0]
    assert "Heads that were found are hidden" in words(page.build(hidden, tmp_path / "report.html"))


def test_pictures_are_whole(built: Path) -> None:
    text = built.read_text(encoding="utf-8")
    found = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', text)
    assert len(found) == pictures.TILES
    for code in found:
        with Image.open(io.BytesIO(b64decode(code))) as picture:
            assert picture.size[1] == pictures.TALL_PX


def test_sides_are_told_apart_without_colour(built: Path) -> None:
    text = built.read_text(encoding="utf-8")
    assert 'class="right"' in text
    style = text[text.index("<style>") : text.index("</style>")]
    assert re.search(r"polyline\.right[^}]*dasharray", style)
    marks = re.findall(r'<text [^>]*class="small mid (left|right)">([LR])</text>', text)
    assert marks
    assert all(side[0].upper() == letter for side, letter in marks)


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_it_fits_asks_for_nothing_and_complains_of_nothing(browser: Any, built: Path, width: int) -> None:
    with chromium.unfolded(browser, built, width) as opened:
        cards = opened.locator(".card").all()
        assert len(cards) == wording.CARDS
        for number in ("#numbers td.value", ".parts dd", ".chart svg"):
            assert opened.locator(number).first.is_visible()


@pytest.mark.browser
@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_the_first_screens_hold_numbers_strip_and_sentences(
    browser: Any, built: Path, width: int, height: int
) -> None:
    opened = browser.new_page(viewport={"width": width, "height": height})
    opened.goto(built.as_uri())
    reach = height if width > 1000 else 2 * height
    for what in (".cards", "#strip .tiles", "#parts h2"):
        box = opened.locator(what).first.bounding_box()
        assert box["y"] + box["height"] < reach, what
    opened.close()


@pytest.mark.browser
def test_it_prints_on_two_pages(browser: Any, built: Path) -> None:
    opened = browser.new_page()
    opened.goto(built.as_uri())
    pdf = opened.pdf(format="A4")
    opened.close()
    assert len(re.findall(rb"/Type\s*/Page[^s]", pdf)) <= 2
