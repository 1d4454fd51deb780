"""The page in Chromium: frames exactly, marks under the pointer and by keys, and what comes of a rebuild."""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import chromium
import pandas as pd
import pytest
from runner import pose_track

from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.outputs import analysis_json
from analyzer.review.desk import Desk

reviewing = pytest.importorskip("reviewing")  # starlette, uvicorn and playwright
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("review_browser")]

FRAME_S = 1 / 120


@pytest.fixture(scope="module")
def server(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The page of a folder that nothing is written into."""
    folder = Path(shutil.copytree(saved, tmp_path_factory.mktemp("read") / "runner_sprint"))
    with reviewing.served(Desk(folder)) as running:
        yield running


@pytest.fixture(params=[390, 1280])
def page(request: pytest.FixtureRequest, browser: Any, server: Any) -> Iterator[Any]:
    with reviewing.opened(browser, server, request.param) as shown:
        yield shown


@pytest.fixture
def wide(browser: Any, server: Any) -> Iterator[Any]:
    with reviewing.opened(browser, server) as shown:
        yield shown


def times(page: Any, row: int) -> tuple[float, float]:
    """Touchdown and toe-off in a row of the table, s."""
    on, off = page.locator("#rows tr").nth(row).locator("td button").all_inner_texts()
    return float(on), float(off)


def frame(page: Any) -> int:
    return int(page.locator("body").get_attribute("data-frame"))


def bears(time: float) -> int:
    """The first frame at or after a time that the page tells to the millisecond."""
    return math.ceil((time - 0.0006) / FRAME_S)


def test_keys_step_exactly_and_the_picture_is_of_the_frame(wide: Any) -> None:
    hips = (pose_track(noise_px=0.2).joint("left_hip") + pose_track(noise_px=0.2).joint("right_hip")) / 8
    wide.locator("#view").select_option("whole")
    for box in ("#body", "#ground"):
        wide.locator(box).uncheck()
    at = frame(wide)
    steps = {"ArrowRight": 1, "Shift+ArrowRight": 10, "ArrowLeft": -1, "Shift+ArrowLeft": -10}
    there = {"End": len(hips), "Home": -len(hips)}
    for key, by in [*steps.items(), *there.items(), *steps.items()]:
        at = min(max(at + by, 0), len(hips) - 1)
        wide.keyboard.press(key)
        reviewing.at_frame(wide, at)
        assert wide.locator("#where").inner_text().startswith(f"{at + 1} of {len(hips)}")
        light = wide.evaluate(
            """([x, y]) => {
              const canvas = document.getElementById('picture');
              const { width, height } = { width: 480, height: 180 };
              const zoom = Math.min(canvas.width / width, canvas.height / height);
              const [left, top] = [(canvas.width - zoom * width) / 2, (canvas.height - zoom * height) / 2];
              return canvas.getContext('2d').getImageData(left + zoom * x, top + zoom * y, 1, 1).data[1];
            }""",
            hips[at].tolist(),
        )
        assert light > 150, at


def test_space_plays_and_pauses(wide: Any) -> None:
    before = frame(wide)
    wide.keyboard.press("Space")
    chromium.until(wide, f"Number(document.body.dataset.frame) > {before + 3}")
    wide.keyboard.press("Space")
    assert wide.locator("#play").inner_text() == "Play"
    wide.wait_for_timeout(100)
    there = frame(wide)
    wide.wait_for_timeout(200)
    assert frame(wide) == there


@pytest.mark.parametrize(("which", "column"), [("touchdown", 0), ("toe-off", 1)])
def test_a_mark_is_dragged_with_the_picture_following_and_undone(page: Any, which: str, column: int) -> None:
    before = times(page, 0)
    mark = page.get_by_role("button", name=f"Contact 1, left {which}").first
    box = mark.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 6
    pixels = page.evaluate("document.getElementById('detail').clientWidth")
    span = min(max(pixels / 6 * FRAME_S, 0.5), 2.0)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 4, y)
    page.mouse.move(x + 3 * FRAME_S / span * pixels, y, steps=4)
    page.mouse.up()
    moved = times(page, 0)
    assert moved[column] == pytest.approx(before[column] + 3 * FRAME_S, abs=FRAME_S / 2 + 0.001)
    assert moved[1 - column] == before[1 - column]
    assert moved[column] / FRAME_S == pytest.approx(round(moved[column] / FRAME_S), abs=0.1)
    reviewing.at_frame(page, round(moved[column] / FRAME_S))
    assert "•" in page.locator("#rows tr").first.locator("th").inner_text()
    page.keyboard.press("z")
    assert times(page, 0) == before
    page.keyboard.press("Shift+Z")
    assert times(page, 0) == moved
    page.locator("#found").click()
    assert times(page, 0) == before


def test_a_mark_cannot_be_dragged_past_the_other_of_its_contact(wide: Any) -> None:
    box = wide.get_by_role("button", name="Contact 1, left touchdown").first.bounding_box()
    wide.mouse.move(box["x"] + box["width"] / 2, box["y"] + 6)
    wide.mouse.down()
    wide.mouse.move(box["x"] + 700, box["y"] + 6, steps=5)
    wide.mouse.up()
    on, off = times(wide, 0)
    assert off - FRAME_S - 0.005 <= on < off


def test_contacts_by_keys_alone(wide: Any) -> None:
    wide.keyboard.press("Home")
    reviewing.at_frame(wide, 0)
    wide.keyboard.press(".")  # to the first touchdown, which it selects
    first = times(wide, 0)
    assert first[0] / FRAME_S - round(first[0] / FRAME_S) > 0.1  # the nearest frame is still in flight
    reviewing.at_frame(wide, bears(first[0]))
    wide.keyboard.press("ArrowRight")
    wide.keyboard.press("ArrowRight")
    reviewing.at_frame(wide, bears(first[0]) + 2)
    wide.keyboard.press("t")
    assert times(wide, 0)[0] == pytest.approx((bears(first[0]) + 2) * FRAME_S, abs=6e-4)
    wide.keyboard.press(".")  # its toe-off
    wide.keyboard.press("ArrowLeft")
    wide.keyboard.press("o")
    assert times(wide, 0)[1] < first[1]
    wide.keyboard.press("s")
    assert "right" in wide.locator("#rows tr").first.inner_text()
    rows = wide.locator("#rows tr").count()
    wide.keyboard.press("Delete")
    assert wide.locator("#rows tr").count() == rows - 1
    wide.keyboard.press("t")  # none is selected: a new one begins here
    assert wide.locator("#rows tr").count() == rows
    for _ in range(5):
        wide.keyboard.press("z")
    assert times(wide, 0) == first
    assert wide.locator("#undo").is_disabled()


def test_a_click_on_the_skeleton_box_hides_it(wide: Any) -> None:
    colours = "document.getElementById('picture').toDataURL()"
    before = wide.evaluate(colours)
    wide.keyboard.press("b")
    assert wide.evaluate(colours) != before
    wide.keyboard.press("b")
    assert wide.evaluate(colours) == before


def test_two_points_are_clicked_and_dragged_for_the_scale(page: Any) -> None:
    page.locator("#tab-scale").click()
    page.get_by_label("two points, a known length apart").check()
    picture = page.locator("#picture")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    zoom = min(box["width"] / 480, box["height"] / 180)
    left, top = box["width"] / 2 - 240 * zoom, box["height"] / 2 - 90 * zoom
    for x in (100, 300):
        picture.click(position={"x": left + zoom * x, "y": top + zoom * 150})
    xs = [
        float(v)
        for v in page.locator("#points input[aria-label*='x in']").evaluate_all("a => a.map(i => i.value)")
    ]
    assert xs == pytest.approx([100, 300], abs=1.5)
    page.locator("#metres").fill("6,5")
    page.locator("#metres").press("Enter")
    page.locator("#known").select_option(label="110mh-gap: 9.14 m")
    assert page.locator("#metres").input_value() == "9.14"
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    page.mouse.move(box["x"] + left + zoom * 300, box["y"] + top + zoom * 150)
    page.mouse.down()
    page.mouse.move(box["x"] + left + zoom * 340, box["y"] + top + zoom * 150, steps=4)
    page.mouse.up()
    assert float(page.locator("#points input").nth(2).input_value()) == pytest.approx(340, abs=2)
    page.locator("#undo").click()
    assert float(page.locator("#points input").nth(2).input_value()) == pytest.approx(300, abs=2)


@pytest.mark.parametrize(
    ("typed", "kept"), [("1.83", "1.83"), ("1,83", "1.83"), ("183", "1.83"), ("6'0\"", "1.83")]
)
def test_a_height_is_understood_as_people_write_it(wide: Any, typed: str, kept: str) -> None:
    wide.locator("#tab-athlete").click()
    field = wide.get_by_label("Height, m")
    field.fill(typed)
    field.press("Tab")
    assert field.input_value() == kept


def test_what_is_no_height_is_said_and_not_kept(wide: Any) -> None:
    wide.locator("#tab-athlete").click()
    field = wide.get_by_label("Height, m")
    before = field.input_value()
    for wrong in ("18", "tall", "-1.8"):
        field.fill(wrong)
        field.press("Tab")
        assert "cannot be used" in wide.get_by_role("alert").inner_text()
        assert field.input_value() == before
        wide.locator("#dismiss").click()


def test_letters_typed_into_a_field_move_nothing(wide: Any) -> None:
    before = frame(wide), times(wide, 0)
    wide.locator("#tab-athlete").click()
    wide.get_by_label("Name").press_sequentially("Tosz ?")
    assert (frame(wide), wide.get_by_label("Name").input_value()) == (before[0], "Tosz ?")
    wide.locator("#tab-contacts").click()
    assert times(wide, 0) == before[1]


def test_everything_has_a_name_and_nothing_scrolls_sideways(page: Any) -> None:
    for tab in ("contacts", "smas", "scale", "athlete"):
        page.locator(f"#tab-{tab}").click()
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
        nameless = page.evaluate(
            """() => [...document.querySelectorAll('button, input, select, summary, iframe, canvas[role]')]
              .filter((e) => e.getClientRects().length)
              .filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.title
                || [...(e.labels ?? [])].some((l) => l.textContent.trim())))
              .map((e) => e.outerHTML)"""
        )
        assert nameless == []


def test_the_keys_are_told(wide: Any) -> None:
    wide.keyboard.press("?")
    assert wide.get_by_role("dialog", name="Keys").is_visible()
    wide.keyboard.press("Escape")
    assert wide.get_by_role("dialog").count() == 0


def test_a_rebuild_writes_what_was_shown_and_shows_the_report(browser: Any, folder: Path) -> None:
    before = pd.read_csv(folder / "steps.csv")
    with reviewing.served(Desk(folder)) as server, reviewing.opened(browser, server) as page:
        page.locator("#rows tr").nth(2).locator("td button").first.click()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("t")
        page.locator("#tab-athlete").click()
        page.get_by_label("Name").fill("Ana Näf")
        page.get_by_label("Date").fill("2026-05-01")
        shown = times_of(page)
        page.locator("#go").click()
        report = page.frame_locator("#page").locator("h1")
        report.wait_for(timeout=240_000)
        assert "Rebuilt in" in page.locator("#told").inner_text()
        assert "was" in page.locator("#numbers").inner_text()
        page.locator("#show-review").click()
        assert times_of(page) == shown
        assert page.locator("#undo").is_disabled()
        assert page.locator("#go").inner_text() == "Rebuild"
        assert page.get_by_label("Name").input_value() == "Ana Näf"
    after = pd.read_csv(folder / "steps.csv")
    assert after.touchdown_s.round(3).tolist() == [float(on) for on, _ in shown]
    assert after.contact_time_s[2] < before.contact_time_s[2] - 0.01
    events = pd.read_csv(folder / "events.csv")
    assert events.touchdown_s.round(3).tolist() == [float(on) for on, _ in shown]


def test_answers_to_the_sheet_are_set_undone_and_written(browser: Any, folder: Path) -> None:
    with reviewing.served(Desk(folder)) as server, reviewing.opened(browser, server) as page:
        page.locator("#tab-smas").click()
        lean = page.get_by_label("Leaning forward, left", exact=True)
        lean.select_option("yes")
        page.get_by_label("Back kick, right", exact=True).select_option("no")
        assert "left 1 of 12 answered, right 1 of 12 answered." in page.locator("#answered").inner_text()
        page.locator("#undo").click()
        assert page.get_by_label("Back kick, right", exact=True).input_value() == ""
        assert lean.input_value() == "yes"
        go = page.get_by_role("button", name="Leaning forward, left: frame")
        shown = int(go.inner_text())
        go.click()
        reviewing.at_frame(page, shown - 1)
        page.locator("#go").click()
        page.frame_locator("#page").locator("h1").wait_for(timeout=240_000)
        page.locator("#show-review").click()
        assert page.get_by_label("Leaning forward, left", exact=True).input_value() == "yes"
        assert page.locator("#undo").is_disabled()
    sheet = pd.read_csv(folder / "smas.csv").dropna(subset="answer")
    assert sheet[["item", "side", "answer"]].to_numpy().tolist() == [[6, "left", "yes"]]
    assert "Left no score yet, 1 of its 12 features answered; right no score yet" in (
        folder / "report.html"
    ).read_text("utf-8")


def times_of(page: Any) -> list[tuple[str, str]]:
    rows = page.locator("#rows td button").all_text_contents()
    return list(zip(rows[::2], rows[1::2], strict=True))


def test_a_clip_is_set_up_analysed_and_opened(
    browser: Any, filmed: Analysis, asked: list[Config], tmp_path: Path
) -> None:
    assert filmed.video is not None
    desk = Desk(filmed.video.path, tmp_path / "out")
    with reviewing.served(desk) as server, reviewing.opened(browser, server, 390) as page:
        assert page.locator("#go").inner_text() == "Analyse"
        assert page.locator("#touchdown").is_hidden()
        for _ in range(2):
            page.keyboard.press("Shift+ArrowRight")
        reviewing.at_frame(page, 20)
        page.locator("#from").click()
        page.locator("#pick").click()
        page.locator("#picture").scroll_into_view_if_needed()
        page.locator("#picture").click(position={"x": 130, "y": 70})
        assert "px" in page.locator("#picked").inner_text()
        page.get_by_label("Height, m").fill("178")
        page.get_by_label("Name").fill("Ana")
        page.locator("#go").click()
        page.frame_locator("#page").locator("h1").wait_for(timeout=240_000)
        page.locator("#show-review").click()
        assert page.locator("#rows tr").count() >= 5
        assert page.locator("#go").inner_text() == "Rebuild"
    assert asked[0].start_s == pytest.approx(20 / 120, abs=2e-4)
    assert asked[0].height_m == 1.78
    assert asked[0].athlete is not None
    assert asked[0].athlete[:2] == pytest.approx((130 * 480 / 390, 70 * 480 / 390), abs=3)
    assert asked[0].athlete[2] == pytest.approx(20 / 120, abs=1e-3)


def test_a_run_whose_clip_is_gone_is_reviewed_without_pictures(browser: Any, folder: Path) -> None:
    document = analysis_json.from_json((folder / "analysis.json").read_text(encoding="utf-8"))
    assert document.video is not None
    gone = replace(document, video=replace(document.video, path=Path("gone.mp4"), sha256="0"))
    (folder / "analysis.json").write_text(analysis_json.to_json(gone), encoding="utf-8")
    with reviewing.served(Desk(folder)) as server, reviewing.opened(browser, server) as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        at = frame(page)
        page.keyboard.press("ArrowRight")
        reviewing.at_frame(page, at + 1)
        assert not [url for url in asked if "/frame/" in url]
        assert "without it" in page.locator("#about").inner_text()
