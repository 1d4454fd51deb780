from __future__ import annotations

import math
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from analyzer.outputs.report.sentences import PUSH_SENTENCES, SENTENCES, course, rising

from analyzer.comparison.speed_trends import Course, Slope
from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note
from analyzer.data.results import Summary, Value
from analyzer.errors import OutputError
from analyzer.metrics import METRICS
from analyzer.metrics.registry import Relationship
from analyzer.metrics.wording import interval, number, signed
from analyzer.outputs.report import page as report_page
from analyzer.outputs.report.sections import FASTER, PUSH, PUSH_PARTS, SECTIONS, STEPS


@pytest.fixture
def plain(bare: Analysis, monkeypatch: pytest.MonkeyPatch) -> Analysis:
    """Nothing measured and nothing drawn: pages whose pictures do not matter are made in no time."""
    monkeypatch.setattr("analyzer.outputs.kinogram.drawing.sheet", lambda *_: np.zeros((8, 8, 3), np.uint8))
    monkeypatch.setattr("analyzer.outputs.report.page.chart", lambda *_: None)
    return bare


NEVER = ("weak", "leak", "injury risk", "faster if", "you should", "bad ", "poor")


class Page(HTMLParser):
    """Text, ids, links and addresses of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.hidden = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("style", "script"):
            self.hidden += 1
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            if name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in ("src", "href", "xlink:href", "srcset", "poster", "data"):
                self.fetched.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("style", "script"):
            self.hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.text.append(data)


@pytest.fixture(scope="module")
def html(filmed: Analysis, tmp_path_factory: pytest.TempPathFactory) -> str:
    noted = replace(
        filmed,
        notes=(
            *filmed.notes,
            Note("limit", "x", "Cut <short>.", "Film & wait."),
            Note("info", "y", "Aside."),
        ),
    )
    path = tmp_path_factory.mktemp("report") / "report.html"
    assert report_page.build(noted, path) == path
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_the_page_asks_for_nothing_but_the_video_beside_it(page: Page, html: str) -> None:
    asked = [a for a in page.fetched if not a.startswith(("data:", "#"))]
    assert asked == ["overlay.mp4"]
    assert not re.search(r"@import|url\((?!#)", html)
    assert not re.search(r"<(?:script|link)[^>]+(?:src|href)=\"(?!data:)", html)


def test_every_link_leads_somewhere_and_no_id_twice(page: Page) -> None:
    assert page.links
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_the_order_is_the_articles(html: str) -> None:
    order = ["quality", "video", "findings", "push-leg", "swing-leg", "arms", "torso", "timing", "balance",
             "system", "kinogram", "steps", "measured"]  # fmt: skip
    places = [html.index(f'<section id="{name}"') for name in order]
    assert places == sorted(places)


def test_the_headline_has_its_error(filmed: Analysis, html: str) -> None:
    row = filmed.summary("contact_time")
    assert row is not None
    cards = html[html.index('class="cards"') : html.index("<nav")]
    assert f"{1000 * row.mean:.0f}<span" in cards
    assert f"± {1000 * row.mean_se:.0f}</span>" in cards


def test_notes_come_worst_first_and_are_escaped(html: str) -> None:
    assert "Cut &lt;short&gt;." in html
    assert "Film &amp; wait." in html
    assert html.index("<b>Limit</b>") < html.index("Aside.")


def test_every_metric_is_explained(page: Page, html: str) -> None:
    assert {f"metric-{name}" for name in METRICS} <= set(page.ids)
    for metric in METRICS.values():
        assert metric.column in html


def test_claims_and_research_are_marked_in_every_relationship(html: str) -> None:
    for section in SECTIONS:
        start = html.index(f'<section id="{section.anchor}"')
        part = html[start : html.index("</section>", start)]
        assert part.count('class="tag claim"') == (2 if section is SECTIONS[-1] else 1)
        assert part.count('class="tag known"') == 1


def test_words_stay_with_what_was_seen(page: Page) -> None:
    text = " ".join(page.text).lower()
    assert [word for word in NEVER if word in text] == []
    assert re.search(r"\bnan\b|None", " ".join(page.text)) is None


def test_single_leg_push_stands_apart_from_whole_body_support(html: str) -> None:
    start = html.index('<section id="system"')
    part = html[start : html.index("</section>", start)]
    assert "Single-leg push and whole-body push support" in part
    assert METRICS["single_leg_push"].label in part
    assert METRICS["whole_body_support"].label in part


@pytest.mark.parametrize(("gain", "charts"), [(0.4, 1), (0.01, 0)])
def test_nothing_is_set_against_a_speed_that_does_not_change(
    bare: Analysis, tmp_path: Path, gain: float, charts: int
) -> None:
    values = tuple(
        v
        for s in bare.steps
        for v in (
            Value("step_speed", s.number, s.side, 7 + gain * s.number, 0.1),
            Value("trunk_lean_mean", s.number, s.side, 20 - s.number, 1.0),
        )
    )
    rows = (_summary("trunk_lean_mean", mean=16.0), _summary("step_speed", mean=8.0))
    path = report_page.build(replace(bare, values=values, summaries=rows), tmp_path / "report.html")
    html = path.read_text(encoding="utf-8")
    part = html[html.index('<h3 id="faster">') : html.index('<section id="kinogram"')]
    assert part.count("<figure") == charts
    assert ("do not differ enough" in part) == (charts == 0)


def test_rising_speed_is_told_for_each_relationship(bare: Analysis, tmp_path: Path) -> None:
    speeds = np.linspace(6, 10, 10)
    uneven = 0.3 * np.resize([1.0, -0.5, -1.0, 0.6], 10)
    values = tuple(
        value
        for k, (v, off) in enumerate(zip(speeds, uneven, strict=True), start=1)
        for value in (
            Value("step_speed", k, None, float(v), 0.1),
            Value("trunk_lean_mean", k, None, 50 - 4 * float(v) + float(off), 1.0),
            Value("arm_leg_phase", k, None, 5 + float(off), 1.0),
        )
    )
    rows = tuple(_summary(name, mean=9.0) for name in ("step_speed", "trunk_lean_mean", "arm_leg_phase"))
    note = Note("info", "continuity", "Told elsewhere.")
    path = report_page.build(
        replace(bare, values=values, summaries=rows, notes=(note,)), tmp_path / "report.html"
    )
    html = path.read_text(encoding="utf-8")
    part = html[html.index('<h3 id="faster">') : html.index('<section id="kinogram"')]
    assert "The steps' speeds, smoothed, lay between 6.0 and 10.0 m/s. With the speed" in unescape(part)
    assert "changed by more than their error: mean trunk lean (torso). No change" in part
    assert "beyond the error: arm-leg phase, forward end (arms with legs)." in part
    told = re.search(r"It fell by ([\d.]+)° for each m/s \(95 % interval ([\d.]+)–([\d.]+)°\)", part)
    assert told is not None
    size, low, high = map(float, told.groups())
    assert low < 4 < high
    assert size == pytest.approx(4, abs=0.2)
    assert "Told elsewhere." not in html


def _course(level: Slope, *, steps: int = 10, low: float = 6.0, high: float = 8.0) -> Course:
    return Course("trunk_lean_mean", steps, 1, low, high, level, Slope(), 7.1, 5)


def _speeds(start: float, gain: float) -> tuple[Value, ...]:
    return tuple(Value("step_speed", k, None, start + gain * k, 0.3) for k in range(1, 11))


def test_speeds_are_told_of_all_metrics_and_a_run_that_slows_down_is_said() -> None:
    level = Slope(-4.0, -5.0, -3.0, 0.001)
    found = [_course(level), _course(level, low=5.5, high=7.5), _course(Slope(), low=1.0)]
    growth = Slope(0.1, math.nan, math.nan)
    slower = rising(found, growth, _speeds(8.0, -0.2))
    assert slower.startswith("The steps' speeds, smoothed, lay between 5.5 and 8.0 m/s. The run got slower")
    assert "slower" not in rising(found, growth, _speeds(6.0, 0.2))
    assert "nan" not in slower
    assert rising(found[2:], growth, _speeds(6.0, 0.2)) == ""


def test_a_course_says_what_was_tested_and_why_it_is_missing() -> None:
    told = course(_course(Slope(-4.0, -5.0, -3.0, 0.001)))
    assert "In steps 5 and 6 (the first at 7.1 m/s) it was beyond the scatter of the slower steps." in told
    assert course(_course(Slope(), steps=7)).startswith("Too few steps")
    assert course(_course(Slope(), high=6.2)).startswith("Too narrow a range of speed")


def test_a_course_with_speed_stands_in_one_place(bare: Analysis, tmp_path: Path) -> None:
    """Speeds within 3 of their errors but further apart than a course needs; then within nothing."""
    for gain in (0.06, 0.0):
        lean = tuple(
            Value("trunk_lean_mean", s.step, s.side, 20 - (s.step or 0) % 3, 1.0) for s in _speeds(8, gain)
        )
        rows = (_summary("trunk_lean_mean", mean=16.0), _summary("step_speed", mean=8.0))
        note = Note("info", "continuity", "Told in the remarks.")
        run = replace(bare, values=(*_speeds(8, gain), *lean), summaries=rows, notes=(note,))
        html = report_page.build(run, tmp_path / "report.html").read_text(encoding="utf-8")
        assert ("do not differ enough" in html) == (gain == 0)
        assert ("Told in the remarks." in html) == (gain == 0)
        assert ("lay between 8.1 and 8.6 m/s" in html) == (gain > 0)


def test_the_strip_shows_who_was_followed(html: str) -> None:
    strip = html[html.index('class="strip"') :]
    assert strip[: strip.index("</section>")].count("data:image/jpeg") == 6


def test_time_charts_carry_their_clock(filmed: Analysis, html: str) -> None:
    found = re.findall(r'data-time="([^"]+)"', html)
    assert len(found) >= 5
    for text in found:
        t0, t1, left, right, top, bottom = map(float, text.split())
        assert 0 <= t0 < t1 <= filmed.motion.time[-1] + 1e-6
        assert 0 < left < right <= 4.8 * 72
        assert 0 < top < bottom < 3.2 * 72


def test_a_clip_without_anything_still_makes_a_page(bare: Analysis, tmp_path: Path) -> None:
    path = report_page.build(replace(bare, steps=()), tmp_path / "report.html")
    text = " ".join(Page(path.read_text(encoding="utf-8")).text)
    assert "not seen in this clip" in text
    assert "Too little could be compared" in text


def test_a_number_smaller_than_its_error_is_no_headline(plain: Analysis, tmp_path: Path) -> None:
    rows = (_summary("step_speed", mean=1.0, mean_se=2.1), _summary("contact_time", mean=0.1, mean_se=0.01))
    path = report_page.build(replace(plain, steps=(), summaries=rows), tmp_path / "report.html")
    html = path.read_text(encoding="utf-8")
    cards = html[html.index('class="cards"') : html.index("<nav")]
    assert "its error is larger than the number" in cards
    assert "1.00" not in cards
    assert "± 10</span>" in cards


def test_what_was_measured_is_said_in_sentences(plain: Analysis, tmp_path: Path) -> None:
    rows = (
        _summary("touchdown_distance", mean=0.31, mean_se=0.02),
        _summary("toe_off_distance", mean=-0.5, mean_se=0.03),
        _summary("thigh_switch_time", mean=0.004, mean_se=0.004),
    )
    html = report_page.build(replace(plain, summaries=rows), tmp_path / "report.html").read_text(
        encoding="utf-8"
    )
    assert "The foot landed 0.31 ± 0.02 m ahead of the centre of mass." in html
    assert "It left the ground 0.50 ± 0.03 m behind it." in html
    assert "The thighs passed each other as the foot landed" in html
    assert "the thigh swept backward" not in html


def test_sides_that_differ_are_both_told(plain: Analysis, tmp_path: Path) -> None:
    row = _summary("shoulder_range", mean=71.0, mean_se=11.0, left_mean=39.0, right_mean=103.0,
                   difference=-64.0, difference_ci_low=-80.0, difference_ci_high=-48.0)  # fmt: skip
    path = tmp_path / "report.html"
    html = report_page.build(replace(plain, summaries=(row,)), path).read_text(encoding="utf-8")
    assert "The upper arm swung through 71.0 ± 11.0° (left 39.0°, right 103.0°) against the trunk." in html


def test_the_only_side_that_was_seen_is_named(plain: Analysis, tmp_path: Path) -> None:
    rows = (
        _summary("shoulder_range", mean=106.0, mean_se=4.0, right_mean=106.0),
        _summary("thigh_switch_time", mean=0.004, mean_se=0.004, left_mean=0.004),
    )
    html = report_page.build(replace(plain, summaries=rows), tmp_path / "report.html").read_text(
        encoding="utf-8"
    )
    assert "The upper arm swung through 106.0 ± 4.0° (right only) against the trunk." in html
    assert "(4 ± 4 ms, left only, positive after it)" in html


def test_a_lean_that_is_not_clear_of_zero_is_not_called_upright(plain: Analysis, tmp_path: Path) -> None:
    row = _summary("trunk_lean_toe_off", mean=9.2, mean_se=5.1)
    html = report_page.build(replace(plain, summaries=(row,)), tmp_path / "report.html").read_text(
        encoding="utf-8"
    )
    assert "its lean was not clear of upright (9.2 ± 5.1°, positive forward)" in html
    assert "was upright" not in html


def test_nothing_standing_out_is_said_of_what_was_compared(plain: Analysis, tmp_path: Path) -> None:
    inside = _summary("trunk_lean_mean", mean=8.0, mean_se=1.0, reference_low=5.0, reference_high=10.0)
    path = tmp_path / "report.html"
    html = report_page.build(replace(plain, summaries=(inside,)), path).read_text(encoding="utf-8")
    assert "Of 1 number with a published range that fits and rests on enough sources" in html
    assert "Left and right could not be compared." in html


def test_a_remark_is_not_made_where_the_same_is_a_caution(plain: Analysis, tmp_path: Path) -> None:
    notes = (
        Note("warning", "camera_moves", "Lengths are less sure."),
        Note("info", "camera_moves", "Aside."),
    )
    html = report_page.build(replace(plain, notes=notes), tmp_path / "report.html").read_text(
        encoding="utf-8"
    )
    assert "Lengths are less sure." in html
    assert "Aside." not in html


def test_sentences_name_metrics_that_exist() -> None:
    sentences = (*PUSH_SENTENCES, *(s for some in SENTENCES.values() for s in some))
    for sentence in sentences:
        assert sentence.metrics
        assert {*sentence.metrics} <= set(METRICS)
        for form in (sentence.below, sentence.level):
            assert not form or set(re.findall(r"{(\w+)}", form)) == set(sentence.metrics)
        assert not sentence.unless or sentence.unless in METRICS
        text = f"{sentence.above} {sentence.below} {sentence.level}".lower()
        assert [word for word in NEVER if word in text] == []
    assert set(SENTENCES) == set(Relationship)


def test_why_a_number_is_missing_stands_in_its_section(plain: Analysis, tmp_path: Path) -> None:
    rows = (_summary("peak_thigh_speed"), _summary("thigh_switch_time"), _summary("step_speed"))
    values = (
        Value("peak_thigh_speed", 1, "left", math.nan, math.nan, ("fps",)),
        Value("step_speed", 1, "left", math.nan, math.nan, ("scale",)),
    )
    path = report_page.build(replace(plain, summaries=rows, values=values), tmp_path / "report.html")
    html = path.read_text(encoding="utf-8")
    swing = html[html.index('<section id="swing-leg"') : html.index('<section id="arms"')]
    assert "1 not shown in this clip" in swing
    assert "<b>needs a faster camera:</b> Peak forward thigh speed" in swing
    cards = html[html.index('class="cards"') : html.index("<nav")]
    assert "needs a known length" in cards


def test_the_published_group_is_said_once(plain: Analysis, tmp_path: Path) -> None:
    bands = {"mean_se": 0.01, "reference_low": 0.1, "reference_high": 0.2}
    other = replace(_summary("flight_time", mean=0.1, **bands), reference_source="women, Else 2021")
    rows = (_summary("contact_time", mean=0.1, **bands), _summary("push_angle", mean=0.1, **bands), other)
    rows += (replace(_summary("step_time", mean=0.2), reference_source=""),)
    html = report_page.build(replace(plain, summaries=rows), tmp_path / "report.html").read_text(
        encoding="utf-8"
    )
    tables = "".join(re.findall(r"<table class=\"numbers\">.*?</table>", html, re.DOTALL))
    assert "women, Else 2021" in tables
    assert tables.count("own baseline only") == 1
    assert "Somebody 2020" not in tables
    assert "elite men, Somebody 2020, unless another group is named" in html


def test_how_a_number_reads_stands_with_it(plain: Analysis, tmp_path: Path) -> None:
    names = ("toe_off_distance", "step_speed", "contact_time", "step_frequency", "trunk_length_change")
    rows = tuple(_summary(m, mean=1.0, mean_se=0.1) for m in names)
    rows = (replace(rows[0], only_mean=True), *rows[1:])
    html = report_page.build(replace(plain, summaries=rows), tmp_path / "report.html").read_text(
        encoding="utf-8"
    )
    tables = "".join(re.findall(r"<table class=\"numbers\">.*?</table>", html, re.DOTALL))
    assert "<small>Negative when the foot leaves the ground behind the centre of mass.</small>" in tables
    assert "<small>Shorter at higher speed.</small>" in tables
    assert "<small>Steps a second.</small>" in tables
    assert tables.count("<small>Single steps are too unsure to give, so only their mean is.</small>") == 1
    assert "<small>A check of the tracking: a trunk is nearly rigid.</small>" in tables
    assert "running direction" not in tables


def test_corrected_contacts_are_told(plain: Analysis, tmp_path: Path) -> None:
    steps = (replace(plain.steps[0], source="edited"), *plain.steps[1:])
    html = report_page.build(replace(plain, steps=steps), tmp_path / "report.html").read_text(
        encoding="utf-8"
    )
    assert f"events.csv, 1 of {len(steps)} contacts" in html


def test_a_long_list_of_withheld_numbers_is_folded(plain: Analysis, tmp_path: Path) -> None:
    names = tuple({metric.label: name for name, metric in METRICS.items()}.values())[:40]
    long = Note("limit", "withheld_fps", "Too slow for all: of them.", "Film faster.", names, "Too slow for")
    path = report_page.build(replace(plain, steps=(), notes=(long,)), tmp_path / "report.html")
    html = path.read_text(encoding="utf-8")
    assert '<details class="names"><summary>40 numbers</summary>' in html
    label = METRICS[names[-1]].label
    assert f"{label[0].lower()}{label[1:]}." in html
    assert "Too slow for: <details" in html
    assert "of them" not in html


def test_a_step_without_a_touchdown_is_no_place_to_go(plain: Analysis, tmp_path: Path) -> None:
    steps = (replace(plain.steps[0], touchdown_s=math.nan), *plain.steps[1:])
    values = (Value("step_length", 1, "left", 1.9, 0.1),)
    path = report_page.build(replace(plain, steps=steps, values=values), tmp_path / "report.html")
    html = path.read_text(encoding="utf-8")
    assert html.count("<tr class=") == 7
    assert len(re.findall(r"<tr [^>]*data-seek=", html)) == 6


def test_a_folder_that_is_not_there(plain: Analysis, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="Cannot write"):
        report_page.build(replace(plain, steps=()), tmp_path / "no" / "report.html")


def test_sections_name_metrics_that_exist() -> None:
    named = {m for s in (*SECTIONS, STEPS) for m in (*s.lead, *(n for c in s.charts for n in c.needs))}
    named |= {n for c in FASTER.values() for n in c.needs}
    assert named | {*PUSH, *PUSH_PARTS} <= set(METRICS)
    assert [s.relationship for s in SECTIONS] == list(Relationship)[1:]


@pytest.mark.parametrize(
    ("metric", "value", "sd", "text"),
    [
        ("contact_time", 0.1042, 0.0038, "104 ± 4 ms"),
        ("contact_time", 0.1042, math.nan, "104 ms"),
        ("contact_time", math.nan, math.nan, "–"),
        ("contact_time", 0.1042, 0.0001, "104 ± 1 ms"),
        ("step_speed", 8.014, 0.061, "8.01 ± 0.06 m/s"),
        ("trunk_lean_touchdown", -3.04, 1.8, "−3.0 ± 1.8°"),
        ("vertical_oscillation", 0.0334, 0.004, "3.3 ± 0.4 cm"),
    ],
)
def test_numbers_are_written_with_their_error(metric: str, value: float, sd: float, text: str) -> None:
    assert number(METRICS[metric], value, sd) == text


def test_intervals_and_signs() -> None:
    assert interval(METRICS["contact_time"], 0.085, 0.110) == "85–110 ms"
    assert interval(METRICS["trunk_lean_touchdown"], -3, 5) == "−3.0 to 5.0°"
    assert interval(METRICS["contact_time"], math.nan, 0.110) == ""
    assert interval(METRICS["contact_time"], -0.006, 0.002) == "−6 to 2 ms"
    assert interval(METRICS["contact_time"], -0.006, -0.0003) == "−6.0 to −0.3 ms"  # it leaves out zero
    assert signed(-0.004, 2) == "0.00"


def _summary(metric: str, **numbers: float) -> Summary:
    names = ("mean", "sd", "mean_se", "left_mean", "right_mean", "difference", "difference_ci_low",
             "difference_ci_high", "reference_low", "reference_high")  # fmt: skip
    m = METRICS[metric]
    return Summary(
        metric=metric, label=m.label, relationship=m.relationship.value, unit=m.unit.symbol, n=7,
        evidence=m.evidence.value, reference_source="elite men, Somebody 2020", note="",
        **(dict.fromkeys(names, math.nan) | numbers),
    )  # fmt: skip


def test_a_finding_comes_with_its_number_chart_and_moment(
    bare: Analysis, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("analyzer.outputs.kinogram.drawing.sheet", lambda *_: np.zeros((8, 8, 3), np.uint8))
    long = _summary("contact_time", mean=0.130, mean_se=0.004, reference_low=0.085, reference_high=0.110)
    values = tuple(Value("contact_time", s.number, s.side, 0.130, 0.01) for s in bare.steps)
    found = replace(bare, summaries=(long,), values=values)
    html = report_page.build(found, tmp_path / "report.html").read_text(encoding="utf-8")
    told = html[html.index('<section id="findings">') : html.index('<section id="steps-overview">')]
    assert "130 ± 4 ms" in told
    assert "<svg" in told
    first = next(s for s in bare.steps if np.isfinite(s.touchdown_s))
    assert f'data-seek="{first.touchdown_s}"' in told
