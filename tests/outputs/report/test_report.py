from __future__ import annotations

import base64
import datetime
import io
import math
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picturing
from summaries import summary

from analyzer.cli.analyze import tell
from analyzer.comparison.baseline import GROUP
from analyzer.data.analysis import Analysis
from analyzer.data.notes import Note
from analyzer.data.results import Summary, Value
from analyzer.data.view import View
from analyzer.errors import OutputError
from analyzer.metrics import METRICS
from analyzer.metrics.registry import Relationship
from analyzer.metrics.wording import interval, number, signed
from analyzer.outputs import strobe
from analyzer.outputs.report import head, movement_charts
from analyzer.outputs.report import page as report_page
from analyzer.outputs.report.sections import PUSH, PUSH_PARTS, SECTIONS
from analyzer.outputs.report.sources import short
from analyzer.outputs.who import HEADS_HIDDEN


@pytest.fixture
def plain(bare: Analysis, monkeypatch: pytest.MonkeyPatch) -> Analysis:
    """Nothing measured and nothing drawn: pages whose pictures do not matter are made in no time."""
    monkeypatch.setattr("analyzer.outputs.kinogram.drawing.sheet", lambda *_: np.zeros((8, 8, 3), np.uint8))
    monkeypatch.setattr("analyzer.outputs.report.page.kinogram_strip", lambda *_: [])
    monkeypatch.setattr("analyzer.outputs.report.chapters.chart", lambda *_: None)
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


def test_the_first_screen_comes_before_everything_that_folds(html: str) -> None:
    order = ['class="cards"', 'class="limit"', 'id="strip"', 'id="findings"', 'id="map"', 'id="video"',
             'id="speed"', 'id="push-leg"', 'id="swing-leg"', 'id="arms"', 'id="torso"', 'id="timing"',
             'id="balance"', 'id="system"', 'id="while"', 'id="faster"', 'id="smas"', 'id="kinogram"',
             'id="steps"', 'id="limits"', 'id="terms"', 'id="measured"', 'id="sources"']  # fmt: skip
    places = [html.index(name) for name in order]
    assert places == sorted(places)
    folded = re.findall(r'<details class="chapter[^"]*" id="([^"]+)"( open)?>', html)
    assert [name for name, opened in folded if opened] == ["video"]
    assert len(folded) == len(order) - 5


def test_no_style_and_no_handler_stands_in_an_element(html: str) -> None:
    """A policy may then forbid both."""
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", html)
    assert html.count("<style") == html.count("<script") == 1


def test_what_is_visible_before_unfolding_is_short(html: str) -> None:
    """Half a minute's reading; every chapter that folds counts with its heading and its answer."""
    body = html[html.index("<body>") : html.index("<script>")]
    body = re.sub(r"<details class=\"(?:names|not-shown)\".*?</details>", "", body, flags=re.DOTALL)
    body = re.sub(r"</summary>.*?(?=<details class=\"chapter|</main>)", "</summary>", body, flags=re.DOTALL)
    assert len(" ".join(Page(body).text).split()) <= 900


def test_claims_and_terms_stand_once_at_the_end_and_research_with_each_chapter(html: str) -> None:
    terms = html[html.index('id="terms"') : html.index('id="measured"')]
    assert html.count('class="tag claim"') == terms.count('class="tag claim"') == len(SECTIONS)
    for section in SECTIONS:
        start = html.index(f'id="{section.anchor}"')
        assert html[start : html.index('class="chapter', start)].count('class="tag known"') == 1
        assert section.claim in unescape(terms)


def test_every_work_that_is_named_stands_in_full_among_the_sources(html: str) -> None:
    start = unescape(html[html.index('id="sources"') :])
    text = " ".join(section.known for section in SECTIONS)
    named = re.findall(r"([A-Z]\w+) (20\d\d|19\d\d)", text)
    assert len(named) > 8
    for name, year in named:
        assert f"<dt>{name} {year}</dt>" in start
    for key in {key for metric in METRICS.values() for key in metric.citations}:
        assert f"<dt>{short(key)}</dt>" in start


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


def test_words_stay_with_what_was_seen(page: Page) -> None:
    text = " ".join(page.text).lower()
    assert [word for word in NEVER if word in text] == []
    assert re.search(r"\bnan\b|None", " ".join(page.text)) is None


def test_the_strip_shows_who_was_followed(html: str) -> None:
    strip = html[html.index('class="strip"') :]
    assert strip[: strip.index("</details>")].count("data:image/jpeg") == 6


def test_time_charts_carry_their_clock(filmed: Analysis, html: str) -> None:
    found = re.findall(r'data-time="([^"]+)"', html)
    assert len(found) >= 5
    for text in found:
        t0, t1, left, right, top, bottom = map(float, text.split())
        assert 0 <= t0 < t1 <= filmed.motion.time[-1] + 1e-6
        assert 0 < left < right <= movement_charts.WIDE
        assert 0 < top < bottom < movement_charts.TALL


def test_a_clip_without_anything_still_makes_a_page(bare: Analysis, tmp_path: Path) -> None:
    path = report_page.build(replace(bare, steps=()), tmp_path / "report.html")
    text = " ".join(Page(path.read_text(encoding="utf-8")).text)
    assert "not seen in this clip" in text
    assert (
        "There is no published range for runs like this that was checked at its source, and there are too few"
        in text
    )
    assert "not to be seen" in text


def test_a_number_smaller_than_its_error_is_no_headline(plain: Analysis, tmp_path: Path) -> None:
    rows = (summary("step_speed", mean=1.0, mean_se=2.1), summary("contact_time", mean=0.1, mean_se=0.01))
    path = report_page.build(replace(plain, steps=(), summaries=rows), tmp_path / "report.html")
    html = path.read_text(encoding="utf-8")
    cards = html[html.index('class="cards"') : html.index("<nav")]
    assert "its error is larger than the number" in cards
    assert "1.00" not in cards
    assert "± 10</span>" in cards


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


def test_the_published_group_is_said_once(plain: Analysis, tmp_path: Path) -> None:
    bands = {"mean_se": 0.01, "reference_low": 0.1, "reference_high": 0.2}
    other = replace(summary("flight_time", mean=0.1, **bands), reference_source="women, Else 2021")
    rows = (summary("contact_time", mean=0.1, **bands), summary("push_angle", mean=0.1, **bands), other)
    rows += (replace(summary("step_time", mean=0.2), reference_source=""),)
    html = report_page.build(replace(plain, summaries=rows), tmp_path / "report.html").read_text(
        encoding="utf-8"
    )
    tables = "".join(re.findall(r"<table class=\"numbers\">.*?</table>", html, re.DOTALL))
    assert "women, Else 2021" in tables
    assert tables.count("own baseline only") == 1
    assert "Somebody 2020" not in tables
    assert "elite men, Somebody 2020, unless another group is named" in html


def test_a_range_from_which_nothing_is_concluded_says_so_where_it_stands(
    plain: Analysis, tmp_path: Path
) -> None:
    bands = {"mean": 0.1, "mean_se": 0.01, "reference_low": 0.1, "reference_high": 0.2}
    read = summary("contact_time", **bands)
    unread = replace(summary("flight_time", **bands), reference_verified=False)
    between = "interpolated between some and others, no single source (unverified)"
    for source, words in ((read.reference_source, "those of elite men"), (between, "interpolated between")):
        rows = tuple(replace(row, reference_source=source) for row in (read, unread))
        html = report_page.build(replace(plain, summaries=rows), tmp_path / "report.html")
        text = html.read_text("utf-8")
        assert text.count("<small>unverified</small>") == 1
        assert f"Ranges in this report are {words}" in text


def test_a_share_of_the_account_stands_once_with_each_foots(plain: Analysis, tmp_path: Path) -> None:
    rows = (
        summary("swing_share", mean=-8.5, mean_se=4.9),
        summary("swing_lift_share", mean=-8.6, mean_se=5.4, left_mean=-2.0, right_mean=-11.0),
    )
    html = report_page.build(replace(plain, summaries=rows), tmp_path / "report.html").read_text("utf-8")
    table = html.partition("1 number of the account")[2].partition("</table>")[0]
    assert "−8 ± 5 %" in table
    cells = re.findall(r'<td class="(?:left|right)"[^>]*>([^<]*)</td>', table)
    assert cells == ["−11.0", "−2.0"]


def test_what_of_the_clip_is_in_no_result_is_no_folded_remark(plain: Analysis, tmp_path: Path) -> None:
    notes = (
        Note("info", "pass_too_short", "The athlete also goes to the left, left out."),
        Note("info", "athlete_absent", "The athlete is not in view in 2 frames."),
    )
    html = report_page.build(replace(plain, notes=notes), tmp_path / "report.html").read_text("utf-8")
    assert "<dt>Left out</dt><dd>The athlete also goes to the left, left out.</dd>" in html
    assert "1 remark on how the clip was read" in html


def test_the_stroboscopic_picture_beside_the_report_is_shown_small(plain: Analysis, tmp_path: Path) -> None:
    def shown() -> list[str]:
        html = report_page.build(plain, tmp_path / "report.html").read_text(encoding="utf-8")
        return re.findall(r'<figure class="strobe"><img src="data:image/jpeg;base64,([^"]+)"', html)

    assert shown() == []
    Picturing.new("RGB", (1920, 1080), "white").save(tmp_path / strobe.FILE)
    (uri,) = shown()
    assert Picturing.open(io.BytesIO(base64.b64decode(uri))).size == (1100, 619)
    (tmp_path / strobe.FILE).write_bytes(b"no picture")
    assert shown() == []


def test_own_ranges_are_not_called_published(plain: Analysis, tmp_path: Path) -> None:
    bands = {"mean": 0.1, "mean_se": 0.01, "reference_low": 0.1, "reference_high": 0.2}
    own = {"reference_source": "the athlete's own 5 runs", "reference_group": GROUP}
    rows = tuple(replace(summary(m, **bands), **own) for m in ("contact_time", "push_angle"))
    for further, group in ((), 0), ((summary("flight_time", **bands),), 1):
        run = replace(plain, summaries=rows + further)
        html = report_page.build(run, tmp_path / "report.html").read_text(encoding="utf-8")
        text = unescape(html)
        assert "<th>Range</th>" in text
        assert "<th>Published</th>" not in text
        assert 'content: "published' not in text  # before each range, on a phone
        assert "<small>the athlete's own 5 runs</small>" in text
        assert text.count("<dt>the published group</dt>") == group
        assert text.count("those of elite men, Somebody 2020, unless another group is named") == group


def test_how_a_number_reads_stands_with_it(plain: Analysis, tmp_path: Path) -> None:
    names = ("toe_off_distance", "step_speed", "contact_time", "step_frequency", "trunk_excursion")
    rows = tuple(summary(m, mean=1.0, mean_se=0.1) for m in names)
    rows = (replace(rows[0], only_mean=True), *rows[1:])
    html = report_page.build(replace(plain, summaries=rows), tmp_path / "report.html").read_text(
        encoding="utf-8"
    )
    tables = "".join(re.findall(r"<table class=\"numbers\">.*?</table>", html, re.DOTALL))
    assert "<small>Negative when the foot leaves the ground behind the centre of mass.</small>" in tables
    assert "<small>Shorter at higher speed.</small>" in tables
    assert "<small>Steps a second.</small>" in tables
    assert tables.count("<small>Single steps are too unsure to give, so only their mean is.</small>") == 1
    assert "<small>Smaller is stiller.</small>" in tables
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
    assert "all: of them" not in html


def test_all_that_is_missing_is_listed_and_the_headline_counts_what_the_camera_cost(
    plain: Analysis, tmp_path: Path
) -> None:
    slow = Note("limit", "withheld_fps", "", "Film faster.", ("knee_collapse",), "The camera is too slow for")
    rows = tuple(summary(name) for name in ("knee_collapse", "fitted_top_speed", "axis_ratio"))
    run = replace(plain, summaries=rows, notes=(slow,))
    html = report_page.build(run, tmp_path / "report.html").read_text("utf-8")
    limits = html[html.index('id="limits"') : html.index('id="terms"')]
    assert re.search(r"Not seen in this clip:\s+top speed of the fit; [^;]*\.", limits)
    assert limits.count("knee collapse") == 1
    assert "Of the others: the camera is too slow for 1. <a" in html


def test_the_headline_names_a_bad_view_beside_a_slow_camera(plain: Analysis, tmp_path: Path) -> None:
    notes = (
        Note("limit", "frame_rate", "At 29 frames a second much is withheld."),
        Note("warning", "camera_moves", "The camera moves."),
        Note("warning", "view", "The athlete is seen obliquely: 35°."),
        Note("warning", "off_axis", "25 of 37 steps were seen off square: a lean then looks otherwise."),
    )
    html = report_page.build(replace(plain, notes=notes), tmp_path / "report.html").read_text("utf-8")
    head = html[html.index('class="limit"') : html.index("<nav")]
    assert "much is withheld. 25 of 37 steps were seen off square. " in head


def test_what_differs_beyond_chance_is_told_with_what_one_view_makes_of_it(
    plain: Analysis, tmp_path: Path
) -> None:
    clear = summary(
        "trunk_lean_touchdown", mean=-2.0, mean_se=1.0, left_mean=2.4, right_mean=-6.1,
        difference_ci_low=6.0, difference_ci_high=10.6,
    )  # fmt: skip
    vague = replace(clear, metric="trunk_lean_toe_off", difference_ci_low=0.1)
    html = report_page.build(replace(plain, summaries=(clear, vague)), tmp_path / "report.html")
    torso = html.read_text("utf-8").partition('id="torso"')[2].partition('id="timing"')[0]
    told = "look the same from one side: trunk lean at touchdown (left 2.4°, right −6.1°). A run in each"
    assert told in unescape(torso)


def test_the_account_names_the_foot_on_the_ground(plain: Analysis, tmp_path: Path) -> None:
    """Parts of one push stand in one column, that of the swing leg, too."""
    rows = (
        summary("push_trunk_lift_share", mean=100.0, mean_se=5.0, left_mean=101.0, right_mean=99.0),
        summary("swing_lift_share", mean=-9.0, mean_se=5.0, left_mean=-2.0, right_mean=-11.0),
        summary("swing_transfer", mean=0.3, mean_se=0.05, left_mean=0.2, right_mean=0.4),
    )
    html = report_page.build(replace(plain, summaries=rows), tmp_path / "report.html").read_text("utf-8")
    table = html.partition("numbers of the account")[2].partition("</table>")[0]
    assert '<th class="left">Left foot down</th>' in table
    cells = re.findall(r'<td class="(?:left|right)"[^>]*>([^<]*)</td>', table)
    assert cells == ["101.0", "99.0", "−11.0", "−2.0"]
    assert "Left and right are the leg that swings." not in table
    assert table.count("Left and right are the foot on the ground.") == 2
    assert html.count("Left and right are the leg that swings.") == 1


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


def _section(html: str, name: str) -> str:
    start = html.index(f'id="{name}"')
    return unescape(html[start : html.index("</section>", start)])


def test_a_finding_comes_with_its_number_moment_look_and_idea_apart(
    plain: Analysis, filmed: Analysis, tmp_path: Path
) -> None:
    late = summary("thigh_switch_time", mean=0.030, mean_se=0.004, reference_low=-0.010, reference_high=0.015)
    values = tuple(Value("thigh_switch_time", s.number, s.side, 0.030, 0.01) for s in plain.steps)
    run = replace(plain, summaries=(late,), values=values)
    html = report_page.build(run, tmp_path / "report.html").read_text(encoding="utf-8")
    told = _section(html, "findings")
    assert "Thigh switch above the published range" in told
    assert "30 ± 4 ms" in told
    assert "whether the knees are side by side as the foot lands" in told
    assert 'href="#timing"' in told
    idea = told[told.index('class="idea"') :]
    assert "coaching idea" in idea
    assert "mini-hurdle" in idea.lower()
    assert "Korfist" in html[html.index('id="sources"') :]
    assert "<svg" in told
    first = next(s for s in run.steps if np.isfinite(s.touchdown_s))
    assert "in the video</button>" not in told  # there is none
    shown = report_page.build(replace(run, video=filmed.video), tmp_path / "report.html")
    assert f'data-seek="{first.touchdown_s}"' in _section(shown.read_text("utf-8"), "findings")
    assert "Clear of its error" not in told


def test_where_nothing_stands_out_only_what_is_clear_of_its_error_is_named(
    plain: Analysis, tmp_path: Path
) -> None:
    inside = summary("trunk_lean_mean", mean=8.0, mean_se=1.0, reference_low=5.0, reference_high=10.0)
    rows = (
        inside,
        summary("anti_phase_share", mean=70.0, mean_se=4.0),
        summary("push_swing_lag", mean=-0.058, mean_se=0.032),
        summary("step_time", mean=0.216, mean_se=0.001),
    )
    unread = summary("step_frequency", mean=4.6, mean_se=0.05, reference_low=3.9, reference_high=4.3)
    rows = (*rows, replace(unread, reference_verified=False))
    html = report_page.build(replace(plain, summaries=rows), tmp_path / "report.html").read_text("utf-8")
    told = _section(html, "findings")
    assert "1 of 1 outside an unchecked range" in told
    assert (
        "Of 1 number with a published range that was checked at its source, none lies clearly outside."
        in told
    )
    assert "Leg–leg: 70 ± 4 % of the step the thighs move against each other." in told
    assert "swing leg's momentum" not in told
    rows = (inside, rows[3])
    alone = report_page.build(replace(plain, summaries=rows), tmp_path / "report.html").read_text("utf-8")
    assert "Torso: 8.0 ± 1.0° lean forward." in _section(alone, "findings")
    assert "landing to landing" not in _section(alone, "findings")


def test_what_cannot_be_told_is_said_once_for_all_chapters(plain: Analysis, tmp_path: Path) -> None:
    names = ("swing_way_in_contact", "shoulder_range", "push_swing_balance", "single_leg_push")
    values = tuple(Value(name, 1, "left", math.nan, math.nan, ("fps",)) for name in names)
    given = (summary("trunk_lean_mean", mean=8.0, mean_se=1.0), summary("trunk_lean_toe_off", mean=8.0))
    run = replace(plain, values=values, summaries=(*given, *(summary(name) for name in names)))
    html = report_page.build(run, tmp_path / "report.html").read_text("utf-8")
    line = re.search(r'<p class="untold">(.*?)</p>', html)
    assert line is not None
    rate = round(plain.pose.fps)
    assert f"swing leg, arms (needs 25 frames a second, here {rate})" in line[1]
    assert f"balance and continuity (needs 100 frames a second, here {rate})" in line[1]
    assert f"how they work together (needs 50 frames a second, here {rate})" in line[1]
    assert "torso" not in line[1]
    arms, torso, timing = (html.index(f'id="{name}"') for name in ("arms", "torso", "timing"))
    assert 'class="tag known"' in html[torso:timing]
    assert 'class="tag known"' not in html[arms:torso]  # no number, no research
    assert html.count("Could not be told") == 1


def test_why_a_number_is_missing_stands_in_its_chapter(plain: Analysis, tmp_path: Path) -> None:
    given = summary("trunk_lean_mean", mean=8.0, mean_se=1.0)
    rows = (summary("peak_thigh_speed"), summary("thigh_switch_time"), summary("step_speed"), given)
    values = (
        Value("peak_thigh_speed", 1, "left", math.nan, math.nan, ("fps",)),
        Value("step_speed", 1, "left", math.nan, math.nan, ("scale",)),
    )
    path = report_page.build(replace(plain, summaries=rows, values=values), tmp_path / "report.html")
    html = path.read_text(encoding="utf-8")
    swing = html[html.index('id="swing-leg"') : html.index('id="arms"')]
    assert "1 not shown in this clip" in swing
    told = f"needs 100 frames a second, here {plain.pose.fps:.0f}"
    assert f"<b>{told}:</b> Peak forward thigh speed" in swing
    cards = html[html.index('class="cards"') : html.index("<nav")]
    assert "needs a known length" in cards


def test_where_few_numbers_are_given_chapters_without_any_share_a_line(
    plain: Analysis, tmp_path: Path
) -> None:
    rows = (summary("trunk_lean_mean", mean=8.0), *(summary(name) for name in ("step_speed",) * 4))
    html = report_page.build(replace(plain, summaries=rows), tmp_path / "report.html").read_text("utf-8")
    page, line = Page(html), re.search(r"<b>Not shown in this clip:</b>(.*?)</p>", html)
    assert line is not None
    assert re.sub("<.*?>", "", line[1]).strip() == (
        "speed and steps; push leg; swing leg; arms; timing between steps; balance and continuity; how they "
        "work together; while this leg pushed; as speed rises. Why"
    )
    assert html.count('class="tag known"') == 1
    assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert "untold" not in html[html.index("</nav>") :].replace('class="untold"', "", 1)


def test_the_largest_of_steps_is_named_only_where_it_is_one(plain: Analysis) -> None:
    def see(*speeds: float, sd: float = 0.16) -> str:
        values = tuple(Value("step_speed", n, "left", v, sd) for n, v in enumerate(speeds, 1))
        row = summary("step_speed", mean=float(np.mean(speeds)), mean_se=0.1)
        run = replace(plain, summaries=(row,), values=values)
        return next(card.see for card in head.cards(run) if card.label == "Step speed")

    assert see(4.46, 4.33) == ""  # two steps within their error
    assert see(5.46, 4.33) == "fastest: 5.46 ± 0.16, step 1"
    assert see(8.16, 8.01, 8.02, 8.0, 8.03) == "fastest: 8.16 ± 0.16, step 1"
    assert see(8.16, 8.01, 8.16, 8.0, 8.03) == ""  # two are written alike
    assert see(8.16, 8.01, 8.161, 8.0, 8.03) == ""


def test_one_line_says_what_the_clip_is(bare: Analysis) -> None:
    def row(mean: float) -> tuple[Summary, ...]:
        return (summary("step_speed", mean=mean, mean_se=0.18),)

    rate = f"{bare.pose.fps:.0f} frames a second."
    sprint = replace(bare, summaries=row(9.55))
    assert (head.title(sprint), head.what(sprint)) == (
        "Sprint report", f"A run at 9.55 m/s, from the side, {rate}",
    )  # fmt: skip
    belt = replace(bare.calibration, treadmill_mps=3.7)
    jog = replace(bare, summaries=row(3.69), calibration=belt)
    assert head.title(jog) == "Running report"
    told = f"A run at 3.69 m/s on a treadmill, from the side, {rate}"
    assert head.what(jog) == told[:-1] + "; the belt's speed was taken from the standing foot."
    given = replace(jog, config=bare.config.model_copy(update={"treadmill_mps": 3.7}))
    assert head.what(given) == told
    push = replace(bare.steps[0], touchdown_s=math.nan, foot=(math.nan, math.nan))
    start = replace(bare, steps=(push, *bare.steps[1:5]), slow_motion=9.0)
    assert head.title(start) == "Sprint report"
    assert re.fullmatch(
        r"A start and its first 4 steps, from the side, slowed about \d+ times.", head.what(start)
    )
    aslant = replace(
        sprint,
        motion=replace(bare.motion, view=View(38.0, 5.0)),
        camera=replace(bare.camera, moving=True),
    )
    assert head.what(aslant) == (
        f"A run at 9.55 m/s, seen obliquely (38 ± 5° from square), the camera moved, {rate}"
    )
    unknown = replace(bare, ground_known=False)
    assert (head.title(unknown), head.what(unknown)) == ("Running report", f"A run, from the side, {rate}")


def test_on_a_belt_its_speed_says_where_it_is_from(plain: Analysis, tmp_path: Path) -> None:
    belt = replace(plain.calibration, treadmill_mps=3.7)
    run = replace(plain, calibration=belt, summaries=(summary("step_speed", mean=3.7, mean_se=0.2),))
    html = unescape(report_page.build(run, tmp_path / "report.html").read_text("utf-8"))
    assert "mean of 7; the belt's speed by the standing foot" in html
    assert "Running report" in html
    assert "Film runs at several speeds of the belt" in html
    assert "Film an acceleration" not in html


def test_a_card_leads_to_the_step_with_the_most_of_it(
    plain: Analysis, filmed: Analysis, tmp_path: Path
) -> None:
    values = tuple(
        Value("contact_time", s.number, s.side, 0.10 + 0.01 * (s.number == 3), 0.004) for s in plain.steps
    )
    run = replace(plain, summaries=(summary("contact_time", mean=0.10, mean_se=0.004),), values=values)
    html = report_page.build(run, tmp_path / "report.html").read_text("utf-8")
    assert "<small>longest: 110 ± 4, step 3</small>" in html
    run = replace(run, video=filmed.video)
    html = report_page.build(run, tmp_path / "report.html").read_text("utf-8")
    cards = html[html.index('class="cards"') : html.index("<nav")]
    assert f'data-seek="{plain.steps[2].touchdown_s}">longest: 110 ± 4, step 3</button>' in cards


def test_who_ran_stands_on_top(plain: Analysis, tmp_path: Path) -> None:
    config = plain.config.model_copy(
        update={"athlete_name": "A. <B>", "date": datetime.date(2026, 11, 3), "session": "30 m"}
    )
    html = report_page.build(replace(plain, config=config), tmp_path / "report.html").read_text("utf-8")
    assert "<h1>A. &lt;B&gt;</h1>" in html
    assert "3 November 2026 · 30 m · clip runner" in html[: html.index("<h1>")]


@pytest.mark.parametrize(("gain", "drawn"), [(0.4, True), (0.01, False)])
def test_nothing_is_set_against_a_speed_that_does_not_change(
    plain: Analysis, tmp_path: Path, gain: float, drawn: bool
) -> None:
    values = tuple(
        v
        for s in plain.steps
        for v in (
            Value("step_speed", s.number, s.side, 7 + gain * s.number, 0.1),
            Value("trunk_lean_mean", s.number, s.side, 20.0 - s.number, 1.0),
        )
    )
    rows = (summary("trunk_lean_mean", mean=16.0), summary("step_speed", mean=8.0))
    run = replace(plain, values=values, summaries=rows)
    html = report_page.build(run, tmp_path / "report.html").read_text("utf-8")
    part = html[html.index('id="faster"') : html.index('id="kinogram"')]
    assert ("<svg" in part) == drawn
    assert ("do not differ enough" in part) != drawn


def test_sections_name_metrics_that_exist() -> None:
    named = {m for s in SECTIONS for m in (s.asked, *s.lead, *s.steps)}
    named |= {n for s in SECTIONS for c in s.charts for n in c.needs}
    assert named | {*PUSH, *PUSH_PARTS} <= set(METRICS)
    assert [s.relationship for s in SECTIONS] == list(Relationship)


def test_where_heads_are_hidden_the_page_and_the_terminal_say_to_look(
    plain: Analysis, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of others only those are hidden that were found: nothing may promise more."""
    shown = report_page.build(plain, tmp_path / "shown.html")
    assert HEADS_HIDDEN not in shown.read_text("utf-8")
    tell(plain, shown)
    assert HEADS_HIDDEN not in capsys.readouterr().out
    run = replace(plain, config=plain.config.model_copy(update={"blur_faces": True}))
    page = report_page.build(run, tmp_path / "hidden.html")
    html = page.read_text("utf-8")
    assert HEADS_HIDDEN in html
    assert "faces blurred" not in html
    tell(run, page)
    assert HEADS_HIDDEN in capsys.readouterr().out
