"""The page in Chromium: fits a phone, asks for nothing, and video, charts and table move together."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzer.data.analysis import Analysis
from analyzer.outputs.annotated_video import frames
from analyzer.outputs.report import page as report_page
from analyzer.video import writer

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.browser


_CONTRAST = """() => {
  const light = (c) => c.map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const read = (text) => text.match(/[\\d.]+/g).map(Number);
  let worst = [99, ""];
  const kinds = "p, small, b, td, th, summary, a, button, dt, dd, h1, h2, h3, li";
  for (const at of document.querySelectorAll(kinds)) {
    if (!at.textContent.trim() || !at.getClientRects().length || at.closest("svg")) continue;
    let ground = at;
    while (ground && read(getComputedStyle(ground).backgroundColor)[3] === 0) ground = ground.parentElement;
    const back = ground ? read(getComputedStyle(ground).backgroundColor) : [255, 255, 255];
    const pair = [read(getComputedStyle(at).color).slice(0, 3), back.slice(0, 3)].map(light).sort();
    const ratio = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (ratio < worst[0]) worst = [ratio, at.outerHTML.slice(0, 120)];
  }
  return worst;
}"""
"""Least contrast of any text with what lies under it, and where (WCAG 2)."""


@pytest.fixture(scope="module")
def folder(filmed: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("run")
    report_page.build(filmed, directory / "report.html")
    (directory / "alone").mkdir()
    report_page.build(filmed, directory / "alone" / "report.html")
    seconds = frames.slowdown(filmed) * float(np.ptp(filmed.motion.time))
    with writer.VideoWriter(directory / "overlay.mp4", 160, 96, 10) as out:
        for level in range(int(seconds * 10) + 1):
            out.write(np.full((96, 160, 3), level % 200, dtype=np.uint8))
    return directory


@pytest.fixture(scope="module")
def browser() -> Iterator[sync_api.Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser: sync_api.Browser) -> Iterator[sync_api.Page]:
    # Playwright waits by evaluating text, which the page's policy refuses; test_pages.py is with the policy.
    opened = browser.new_page(viewport={"width": 390, "height": 844}, bypass_csp=True)
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    opened.close()
    assert problems == []


def _open(page: sync_api.Page, path: Path) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    return asked


def test_nothing_is_fetched_from_elsewhere(page: sync_api.Page, folder: Path) -> None:
    asked = _open(page, folder / "report.html")
    page.wait_for_function("document.getElementById('player').readyState > 0")
    outside = [url for url in asked if not url.startswith(("data:", folder.as_uri()))]
    assert outside == []


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_no_width_makes_the_page_scroll_sideways(page: sync_api.Page, folder: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    _open(page, folder / "report.html")
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_chart_text_can_be_read_on_a_phone(page: sync_api.Page, folder: Path) -> None:
    _open(page, folder / "report.html")
    heights = page.eval_on_selector_all(
        ".chart svg text", "texts => texts.map((t) => t.getBoundingClientRect().height)"
    )
    assert min(h for h in heights if h > 0) >= 6
    assert np.median(heights) >= 8


def test_a_row_of_the_table_moves_video_and_charts(
    page: sync_api.Page, folder: Path, filmed: Analysis
) -> None:
    _open(page, folder / "report.html")
    page.wait_for_function("document.getElementById('player').readyState > 0")
    step = filmed.steps[3]
    page.locator("table.steps tbody tr").nth(3).click()
    assert page.locator("table.steps tr.now th").inner_text() == str(step.number)
    assert float(page.evaluate("document.body.dataset.time")) == pytest.approx(step.touchdown_s, abs=1e-3)
    expected = (step.touchdown_s - frames.start_s(filmed)) * frames.slowdown(filmed)
    assert page.evaluate("document.getElementById('player').currentTime") == pytest.approx(expected, abs=0.02)
    shown = page.locator(".cursor[visibility=visible]")
    assert shown.count() == page.locator(".chart[data-time]").count() >= 5


def test_a_tap_on_a_chart_goes_to_that_time(page: sync_api.Page, folder: Path) -> None:
    _open(page, folder / "report.html")
    chart = page.locator(".chart[data-time]").first
    t0, t1, left, right, *_ = map(float, str(chart.get_attribute("data-time")).split())
    box = chart.locator("svg").bounding_box()
    assert box is not None
    middle = (left + right) / 2 / (4.8 * 72) * box["width"]
    chart.locator("svg").click(position={"x": middle, "y": box["height"] / 2})
    found = float(page.evaluate("document.body.dataset.time"))
    assert found == pytest.approx((t0 + t1) / 2, abs=0.03 * (t1 - t0))


def test_the_video_moves_the_table(page: sync_api.Page, folder: Path, filmed: Analysis) -> None:
    _open(page, folder / "report.html")
    page.wait_for_function("document.getElementById('player').readyState > 0")
    step = filmed.steps[4]
    at = (step.touchdown_s + 0.05 - frames.start_s(filmed)) * frames.slowdown(filmed)
    page.evaluate("t => { document.getElementById('player').currentTime = t }", at)
    page.wait_for_function(f"document.querySelector('tr.now th')?.textContent === '{step.number}'")


def test_the_run_can_be_walked_through_step_by_step_and_by_the_keyboard(
    page: sync_api.Page, folder: Path, filmed: Analysis
) -> None:
    _open(page, folder / "report.html")
    page.wait_for_function("document.getElementById('player').readyState > 0")
    page.locator("[data-step='1']").click()
    second = filmed.steps[1].touchdown_s
    assert float(page.evaluate("document.body.dataset.time")) == pytest.approx(second, abs=1e-3)
    page.locator("[data-frames='1']").click()
    later = float(page.evaluate("document.body.dataset.time"))
    assert second < later < second + 0.1
    page.locator(".chart[data-time]").first.focus()
    page.keyboard.press("ArrowLeft")
    assert float(page.evaluate("document.body.dataset.time")) == pytest.approx(second, abs=1e-3)
    page.locator("table.steps button.time").nth(2).focus()
    page.keyboard.press("Enter")
    assert page.locator("table.steps tr.now th").inner_text() == str(filmed.steps[2].number)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(page: sync_api.Page, folder: Path, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    _open(page, folder / "report.html")
    worst = page.evaluate(_CONTRAST)
    assert worst[0] >= 4.5, worst


def test_without_the_video_the_page_says_so_and_works(page: sync_api.Page, folder: Path) -> None:
    _open(page, folder / "alone" / "report.html")
    page.wait_for_function("document.getElementById('player').hidden")
    assert "not beside this page" in page.locator("#video-hint").inner_text()
    page.locator("table.steps tbody tr").nth(1).click()
    assert page.locator("table.steps tr.now th").inner_text() == "2"


def test_a_link_to_a_definition_opens_its_fold(page: sync_api.Page, folder: Path) -> None:
    _open(page, folder / "report.html")
    page.locator("a[href='#metric-push_angle']").first.click()
    page.wait_for_function("document.querySelector('#metric-push_angle').closest('details').open")


def test_printing_opens_the_folds_but_not_the_dictionary(page: sync_api.Page, folder: Path) -> None:
    _open(page, folder / "report.html")
    assert page.locator("details:not([open]):not(#measured details, .names, .not-shown)").count() > 3
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open]):not(#measured details, .names, .not-shown)").count() == 0
    assert page.locator("#measured details[open]").count() == 0


def test_a_joint_file_has_no_player(page: sync_api.Page, analysis: Analysis, tmp_path: Path) -> None:
    report_page.build(replace(analysis, values=(), summaries=()), tmp_path / "report.html")
    _open(page, tmp_path / "report.html")
    assert page.locator("video").count() == 0
    page.locator("table.steps tbody tr").first.click()
    assert page.locator("table.steps tr.now").count() == 1


def test_a_finding_without_a_picture_has_a_chart_that_can_be_read(
    page: sync_api.Page, filmed: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("analyzer.outputs.report.page.athlete_at", lambda *_: "")
    row = next(row for row in filmed.summaries if row.metric == "contact_time")
    apart = replace(row, n=5, reference_low=row.mean / 3, reference_high=row.mean / 2)
    apart = replace(apart, reference_source="Men", reference_group="Men")
    report_page.build(replace(filmed, summaries=(apart,)), tmp_path / "report.html")
    page.set_viewport_size({"width": 1280, "height": 900})
    _open(page, tmp_path / "report.html")
    assert page.locator(".evidence").count() == 1
    assert page.locator(".evidence .chart svg").bounding_box()["width"] > 400
