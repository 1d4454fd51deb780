"""The page in Chromium: fits a phone, asks for nothing, and video, charts and table move together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzer.data.analysis import Analysis
from analyzer.outputs.annotated_video import frames, pace
from analyzer.outputs.report import head, movement_charts
from analyzer.outputs.report import page as report_page
from analyzer.outputs.report.head import cards as head_cards
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


_VISIBLE = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let words = 0;
  while (walker.nextNode()) {
    const at = walker.currentNode.parentElement;
    if (!at.closest("script, style") && at.checkVisibility()) {
      words += walker.currentNode.textContent.split(/\\s+/).filter(Boolean).length;
    }
  }
  return words;
}"""
"""Words that are seen before anything is unfolded."""


@pytest.fixture(scope="module")
def folder(filmed: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("run")
    report_page.build(filmed, directory / "report.html")
    (directory / "alone").mkdir()
    report_page.build(filmed, directory / "alone" / "report.html")
    seconds = pace.slowdown(filmed) * float(np.ptp(filmed.motion.time))
    with writer.VideoWriter(directory / "overlay.mp4", 160, 96, 10) as out:
        for level in range(int(seconds * 10) + 1):
            out.write(np.full((96, 160, 3), level % 200, dtype=np.uint8))
    return directory


@pytest.fixture
def page(browser: sync_api.Browser) -> Iterator[sync_api.Page]:
    # Playwright waits by evaluating text, which the page's policy refuses; test_pages.py is with the policy.
    opened = browser.new_page(viewport={"width": 390, "height": 844}, bypass_csp=True)
    problems: list[str] = []
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    opened.close()
    assert problems == []


def _open(page: sync_api.Page, path: Path, *, unfolded: bool = False) -> list[str]:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(path.as_uri())
    if unfolded:
        page.evaluate("document.querySelectorAll('details.chapter').forEach((d) => { d.open = true })")
    return asked


def test_nothing_is_fetched_from_elsewhere(page: sync_api.Page, folder: Path) -> None:
    asked = _open(page, folder / "report.html")
    page.wait_for_function("document.getElementById('player').readyState > 0")
    outside = [url for url in asked if not url.startswith(("data:", folder.as_uri()))]
    assert outside == []


@pytest.mark.parametrize("width", [320, 390, 768, 1104, 1280, 1366, 1600])
def test_no_width_makes_the_page_scroll_sideways_or_cuts_the_navigation(
    page: sync_api.Page, folder: Path, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    _open(page, folder / "report.html")
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ends = page.eval_on_selector_all(
        "nav a",
        "links => links.map((a) => [a.getBoundingClientRect().left, a.getBoundingClientRect().right])",
    )
    assert len(ends) > 10
    assert min(left for left, _ in ends) >= 0
    assert max(right for _, right in ends) <= width


@pytest.mark.parametrize(("width", "height"), [(390, 844), (1280, 800)])
def test_the_first_screens_hold_the_numbers_the_strip_and_the_map(
    page: sync_api.Page, folder: Path, width: int, height: int
) -> None:
    """On a desk at once, on a phone within two more flicks."""
    page.set_viewport_size({"width": width, "height": height})
    _open(page, folder / "report.html")
    reach = height if width > 1000 else 3 * height
    for what in (".cards", "#strip", "#findings h2", "#map h2"):
        box = page.locator(what).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < reach, what
    visible = page.evaluate(_VISIBLE)
    assert 150 < visible <= 900


def test_words_in_the_map_stay_in_their_boxes_and_can_be_read(page: sync_api.Page, folder: Path) -> None:
    _open(page, folder / "report.html")
    outside = page.evaluate(
        """() => [...document.querySelectorAll('#map a')].flatMap((box) => {
          const frame = box.querySelector('rect').getBoundingClientRect();
          return [...box.querySelectorAll('text')].map((t) => t.getBoundingClientRect())
            .filter((t) => t.right > frame.right + 1 || t.bottom > frame.bottom + 1 || t.height < 9).length;
        })"""
    )
    assert outside == [0] * 7


def test_numbers_in_the_map_do_not_run_into_words(
    page: sync_api.Page, filmed: Analysis, tmp_path: Path
) -> None:
    """The account's shares may be negative, and their errors large."""
    parts = [
        replace(row, n=4, mean=mean, mean_se=17.0)
        for name, mean in (("single_leg_push", 104.0), ("whole_body_support", -104.0))
        if (row := filmed.summary(name)) is not None
    ]
    assert len(parts) == 2
    others = tuple(r for r in filmed.summaries if r.metric not in {part.metric for part in parts})
    report_page.build(replace(filmed, summaries=(*others, *parts)), tmp_path / "report.html")
    _open(page, tmp_path / "report.html")
    assert "−104 ± 17 %" in page.locator("#map").inner_text()
    over = page.evaluate(
        """() => {
          const words = [...document.querySelectorAll('#map text')].map((t) => [t.textContent, t.getBBox()]);
          return words.flatMap(([a, p], i) => words.slice(i + 1)
            .filter(([, q]) => p.x < q.x + q.width && q.x < p.x + p.width
              && p.y + 2 < q.y + q.height - 2 && q.y + 2 < p.y + p.height - 2)
            .map(([b]) => `${a} | ${b}`));
        }"""
    )
    assert over == []


@pytest.mark.parametrize("width", [320, 390, 1104, 1280, "print"])
def test_no_number_runs_over_its_cards_edge(
    page: sync_api.Page, filmed: Analysis, tmp_path: Path, width: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A start has two numbers and two errors in each card."""
    card = head.Card("Step length", "0.83 to 1.73", "0.08 and 0.06", "m", "from step 1 to step 8")
    monkeypatch.setattr(head, "cards", lambda _: [card, card, card, *head_cards(filmed)[3:]])
    report_page.build(filmed, tmp_path / "report.html")
    if isinstance(width, int):
        page.set_viewport_size({"width": width, "height": 800})
    else:
        page.set_viewport_size({"width": 700, "height": 1000})  # A4 less its margins
        page.emulate_media(media="print")
    _open(page, tmp_path / "report.html")
    inside = page.evaluate(
        """() => [...document.querySelectorAll('.card')].flatMap((card) =>
          [...card.querySelectorAll('*')].map((part) => {
            const range = document.createRange();
            range.selectNodeContents(part);
            return card.getBoundingClientRect().right - range.getBoundingClientRect().right;
          }))"""
    )
    assert min(inside) >= 0
    widths = page.eval_on_selector_all(".card", "cards => cards.map((c) => c.clientWidth)")
    assert min(widths) > 90


def test_paper_explains_errors_and_sides(page: sync_api.Page, folder: Path) -> None:
    page.emulate_media(media="print")
    _open(page, folder / "report.html")
    told = page.locator("p.on-paper").first
    assert told.is_visible()
    for words in ("One standard error", "right is orange"):
        assert words in told.inner_text()


@pytest.mark.parametrize("name", ["report.html", "alone/report.html"])
def test_paper_takes_four_pages_at_most(page: sync_api.Page, folder: Path, name: str) -> None:
    _open(page, folder / name)
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert 2 <= len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) <= 4


def test_chart_text_can_be_read_on_a_phone(page: sync_api.Page, folder: Path) -> None:
    _open(page, folder / "report.html", unfolded=True)
    heights = page.eval_on_selector_all(
        ".chart svg text", "texts => texts.map((t) => t.getBoundingClientRect().height)"
    )
    assert min(h for h in heights if h > 0) >= 6
    assert np.median(heights) >= 8


def _first(run: Analysis, t: float) -> float:
    """The time of the first frame at or after a moment."""
    return float(run.pose.time[run.pose.time >= t - 1e-6][0])


def test_a_row_of_the_table_moves_video_and_charts(
    page: sync_api.Page, folder: Path, filmed: Analysis
) -> None:
    _open(page, folder / "report.html", unfolded=True)
    page.wait_for_function("document.getElementById('player').readyState > 0")
    step = filmed.steps[3]
    page.locator("table.steps tbody tr").nth(3).click()
    assert page.locator("table.steps tr.now th").inner_text() == str(step.number)
    at = _first(filmed, step.touchdown_s)
    assert float(page.evaluate("document.body.dataset.time")) == pytest.approx(at, abs=1e-4)
    expected = (at - frames.start_s(filmed)) * pace.slowdown(filmed)
    assert page.evaluate("document.getElementById('player').currentTime") == pytest.approx(expected, abs=0.02)
    shown = page.locator(".cursor[visibility=visible]")
    assert shown.count() == page.locator(".chart[data-time]").count() >= 5


_WATCH = """() => {
  const video = document.getElementById("player");
  const seen = (_, facts) => { window.shown = facts.mediaTime; video.requestVideoFrameCallback(seen); };
  video.requestVideoFrameCallback(seen);
}"""
"""Keeps the time of the frame that the player shows, as it stands in the file."""


def test_a_link_shows_the_first_frame_of_the_contact(
    page: sync_api.Page, filmed: Analysis, tmp_path: Path
) -> None:
    """Never the one before, which is still in flight, and never one in which the foot stands longer."""
    frames.write(filmed, tmp_path / "overlay.mp4")
    report_page.build(filmed, tmp_path / "report.html")
    _open(page, tmp_path / "report.html", unfolded=True)
    page.wait_for_function("document.getElementById('player').readyState > 1")
    time, slow, start = filmed.pose.time, pace.slowdown(filmed), frames.start_s(filmed)
    page.evaluate(_WATCH)

    def shows(index: int) -> None:
        at = slow * (time[index] - start)
        page.wait_for_function(f"Math.abs(window.shown - {at}) < {0.1 * slow / 120}", timeout=3000)
        assert page.locator("#frame-shown").inner_text().startswith(f"frame {index + 1} ")

    rows = page.locator("table.steps tbody tr")
    for i in (4, 1, 3, 2):
        first = int(np.flatnonzero(time >= filmed.steps[i].touchdown_s)[0])
        rows.nth(i).click()
        shows(first)
        assert rows.nth(i).locator("td").nth(2).inner_text() == str(first + 1)
        page.locator("[data-frames='1']").click()
        shows(first + 1)
    page.locator("[data-step='-1']").click()
    assert page.locator("table.steps tr.now th").inner_text() == "3"
    page.locator("[data-step='-1']").click()
    assert page.locator("table.steps tr.now th").inner_text() == "2"


def test_a_tap_on_a_chart_goes_to_that_time(page: sync_api.Page, folder: Path) -> None:
    _open(page, folder / "report.html", unfolded=True)
    chart = page.locator(".chart[data-time]").first
    t0, t1, left, right, *_ = map(float, str(chart.get_attribute("data-time")).split())
    box = chart.locator("svg").bounding_box()
    assert box is not None
    middle = (left + right) / 2 / movement_charts.WIDE * box["width"]
    chart.locator("svg").click(position={"x": middle, "y": box["height"] / 2})
    found = float(page.evaluate("document.body.dataset.time"))
    assert found == pytest.approx((t0 + t1) / 2, abs=0.03 * (t1 - t0))


def test_the_video_moves_the_table(page: sync_api.Page, folder: Path, filmed: Analysis) -> None:
    _open(page, folder / "report.html", unfolded=True)
    page.wait_for_function("document.getElementById('player').readyState > 0")
    step = filmed.steps[4]
    at = (step.touchdown_s + 0.05 - frames.start_s(filmed)) * pace.slowdown(filmed)
    page.evaluate("t => { document.getElementById('player').currentTime = t }", at)
    page.wait_for_function(f"document.querySelector('tr.now th')?.textContent === '{step.number}'")


def test_the_run_can_be_walked_through_step_by_step_and_by_the_keyboard(
    page: sync_api.Page, folder: Path, filmed: Analysis
) -> None:
    _open(page, folder / "report.html", unfolded=True)
    page.wait_for_function("document.getElementById('player').readyState > 0")
    page.locator("[data-step='1']").click()
    second = _first(filmed, filmed.steps[1].touchdown_s)
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
    _open(page, folder / "report.html", unfolded=True)
    worst = page.evaluate(_CONTRAST)
    assert worst[0] >= 4.5, worst


def test_without_the_video_the_page_says_so_and_works(page: sync_api.Page, folder: Path) -> None:
    _open(page, folder / "alone" / "report.html", unfolded=True)
    page.wait_for_function("document.getElementById('player').hidden")
    assert page.locator("button.seek:enabled").count() == 0  # no button that does nothing
    assert "not beside this page" in page.locator("#video-hint").inner_text()
    page.locator("table.steps tbody tr").nth(1).click()
    assert page.locator("table.steps tr.now th").inner_text() == "2"


def test_a_link_to_a_definition_opens_its_folds(page: sync_api.Page, folder: Path) -> None:
    _open(page, folder / "report.html")
    page.locator("nav a[href='#push-leg']").click()
    page.wait_for_function("document.querySelector('#push-leg').open")
    page.locator("a[href='#metric-push_angle']").first.click()
    page.wait_for_function("document.querySelector('#metric-push_angle').closest('details').open")
    assert page.locator("#measured").evaluate("fold => fold.open")


def test_the_map_leads_to_its_chapters(page: sync_api.Page, folder: Path) -> None:
    _open(page, folder / "report.html")
    page.locator("#map a[href='#arms']").click()
    page.wait_for_function("document.querySelector('#arms').open")


def test_a_card_goes_to_its_step_in_the_video(page: sync_api.Page, folder: Path, filmed: Analysis) -> None:
    _open(page, folder / "report.html")
    page.wait_for_function("document.getElementById('player').readyState > 0")
    page.evaluate("document.getElementById('video').open = false")
    card = page.locator(".card button.seek").first
    card.click()
    at = float(str(card.get_attribute("data-seek")))
    shown = float(page.evaluate("document.body.dataset.time"))
    assert shown == pytest.approx(_first(filmed, at), abs=1e-4)
    assert page.locator("#video").evaluate("fold => fold.open")
    assert at in [step.touchdown_s for step in filmed.steps]


def test_printing_opens_what_belongs_on_paper_and_closes_it_again(page: sync_api.Page, folder: Path) -> None:
    _open(page, folder / "report.html")
    assert page.locator("details.paper[open]").count() == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details.paper[open]").count() == page.locator("details.paper").count() >= 3
    assert page.locator("#measured[open], #limits[open]").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.paper[open]").count() == 0


def test_a_joint_file_has_no_player(page: sync_api.Page, analysis: Analysis, tmp_path: Path) -> None:
    report_page.build(replace(analysis, values=(), summaries=()), tmp_path / "report.html")
    _open(page, tmp_path / "report.html", unfolded=True)
    assert page.locator("video").count() == 0
    page.locator("table.steps tbody tr").first.click()
    assert page.locator("table.steps tr.now").count() == 1
