from __future__ import annotations

import re

import pytest
from places import ROOT

from analyzer.errors import ConfigError
from analyzer.metrics import METRICS
from analyzer.metrics.references import bands, citations, fitting, of_step, unsure, unsure_groups
from analyzer.outputs import metric_dictionary
from analyzer.outputs.catalogue import ITEMS, UNTOLD

PAGE = ROOT / "docs" / "metrics.md"


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == metric_dictionary.page(), (
        "python -m analyzer.outputs.metric_dictionary > docs/metrics.md"
    )


def test_one_metric_in_full() -> None:
    text = metric_dictionary.describe("push_angle")
    assert "atan2" in text
    assert "push_angle_deg" in text
    assert "push_angle_sd_deg" in text
    assert "Kugler" in text


def test_the_list_names_every_metric() -> None:
    text = metric_dictionary.describe()
    assert all(f"  {name} " in text for name in METRICS)


def test_the_catalogue_is_whole_and_says_what_a_side_view_cannot_show() -> None:
    keys = {"P": 7, "S": 7, "A": 6, "T": 6, "G": 6, "B": 7}
    assert [item.key for item in ITEMS] == [f"{k}{i}" for k, n in keys.items() for i in range(1, n + 1)]
    assert {n for item in ITEMS for n in item.metrics} <= set(METRICS)
    unseen = [item.key for item in ITEMS if not item.metrics]
    assert unseen == ["A6", "T5", "B1", "B3", "B7"]
    page = metric_dictionary.page()
    assert page.count(metric_dictionary.HIDDEN) == len(unseen) - len(UNTOLD)
    assert all(page.count(f"| {why} |") == 1 for why in UNTOLD.values())


def test_an_unknown_metric_is_answered_with_its_neighbours() -> None:
    with pytest.raises(ConfigError, match="contact_time"):
        metric_dictionary.describe("contact_tme")


def test_every_citation_is_in_the_list_and_none_is_idle() -> None:
    used = {c for m in METRICS.values() for c in m.citations}
    assert used == set(citations())


def test_every_range_belongs_to_a_metric_and_has_width() -> None:
    for band in bands():
        assert band.metric in METRICS
        assert band.reference.low < band.reference.high
        assert band.speed_low < band.speed_high


def test_the_range_fits_speed_phase_and_sex() -> None:
    fast = fitting("contact_time", 10.0, phase="maximum speed", sex="male")
    start = of_step("contact_time", 4.5, sex="unspecified")
    assert fast is not None
    assert (fast.low, fast.high) == (0.095, 0.110)
    assert start is not None
    assert (start.low, start.high) == (0.175, 0.22)
    # A mean over an acceleration is of no one step, and who slows down is like none of them.
    assert fitting("contact_time", 4.5, phase="acceleration", sex="unspecified") is None
    assert fitting("starting_acceleration", 4.5, phase="acceleration", sex="unspecified") is not None
    assert fitting("contact_time", 10.0, phase="slowing", sex="male") is None
    assert of_step("contact_time", 3.0, sex="male") is None
    assert fitting("contact_time", 3.5, phase="maximum speed", sex="male") is None
    assert fitting("contact_time", float("nan"), phase="maximum speed", sex="male") is None
    woman = fitting("contact_time", 10.5, phase="maximum speed", sex="female")
    assert woman is not None
    assert "women" in woman.population


def test_a_narrow_hole_between_two_published_groups_is_interpolated_and_called_so() -> None:
    group = {
        speed: fitting("contact_time", speed, phase="maximum speed", sex="male")
        for speed in (7.0, 8.05, 8.25, 8.8, 9.4, 10.0, 11.4, 11.9)
    }
    found = {speed: fits for speed, fits in group.items() if fits is not None}
    assert found.keys() == group.keys()
    between = {speed: fits for speed, fits in found.items() if "interpolated" in fits.population}
    assert list(between) == [8.05, 8.25, 9.4, 11.4]
    assert not any(fits.verified for fits in between.values())
    assert "recreational" in between[8.05].population
    assert "team-sport" in between[8.05].population
    # Contact gets shorter with speed, in the holes as beside them; each end lies between its neighbours'.
    lows, highs = ([getattr(fits, end) for fits in found.values()] for end in ("low", "high"))
    assert lows == sorted(lows, reverse=True)
    assert highs == sorted(highs, reverse=True)


def test_in_a_wide_hole_there_is_no_range() -> None:
    # A woman is compared with women or with a group of both, never with men.
    for speed in (8.05, 8.8, 9.4, 10.3):
        assert fitting("contact_time", speed, phase="maximum speed", sex="female") is None
    assert fitting("contact_time", 6.0, phase="maximum speed", sex="male") is None
    assert fitting("contact_time", 12.6, phase="maximum speed", sex="male") is None


def test_only_what_was_read_is_called_verified() -> None:
    assert {(b.metric, b.reference.source.split(" (")[0]) for b in bands() if b.reference.verified} == {
        ("step_frequency", "Čoh 2018"),
        ("step_length", "Čoh 2018"),
        ("peak_thigh_flexion", "Ito 2008"),
        ("peak_knee_flexion", "Ito 2008"),
        ("trail_thigh_reversal", "Lenthall 2024"),
        ("lead_thigh_reversal", "Lenthall 2024"),
        ("anti_phase_share", "Bayne 2020"),
        ("starting_acceleration", "di Prampero 2005"),
    }


def test_what_was_read_inside_a_range_lies_inside_it() -> None:
    size = {"ms": 1e-3, "cm": 1e-2, "m": 1.0, "Hz": 1.0}
    told = 0
    for band in bands():
        figures = re.findall(r"([\d.]+) (ms|cm|m|Hz)\b", band.seen)
        assert bool(figures) == bool(band.seen)
        assert not (band.seen and band.reference.verified)
        for figure, unit in figures:
            assert band.reference.low <= float(figure) * size[unit] <= band.reference.high
            told += 1
    assert told > 5


def test_the_page_says_of_every_range_whether_it_was_read() -> None:
    lines = [line for line in metric_dictionary.page().splitlines() if line.startswith("- Published: ")]
    assert len(lines) == len(bands())
    assert sum("(verified" in line for line in lines) == sum(b.reference.verified for b in bands())
    assert sum("(unverified" in line for line in lines) == sum(not b.reference.verified for b in bands())
    silent = [b for b in bands() if b.metric in unsure() or b.reference.population in unsure_groups()]
    assert sum("no finding rests on it" in line for line in lines) == len(silent) < len(bands())
    assert unsure() <= {b.metric for b in bands()}


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("gct", "contact_time"),
        ("Contact time", "contact_time"),
        ("step-length", "step_length"),
        ("CADENCE", "step_frequency"),
    ],
)
def test_a_metric_is_found_by_what_people_call_it(said: str, name: str) -> None:
    assert f"({name})" in metric_dictionary.describe(said)


def test_what_people_call_metrics_leads_to_metrics() -> None:
    assert set(metric_dictionary.SPOKEN.values()) <= set(METRICS)
    assert not set(metric_dictionary.SPOKEN) & set(METRICS)


def test_a_part_of_several_names_lists_them() -> None:
    with pytest.raises(ConfigError, match="touchdown_distance"):
        metric_dictionary.describe("touchdown")


def test_a_name_that_both_views_have_is_that_of_the_view_from_the_side() -> None:
    assert metric_dictionary.describe("Step frequency").startswith("Step frequency (step_frequency)")
    assert metric_dictionary.describe("step_rate").startswith("Step frequency (step_rate)")


@pytest.mark.parametrize("said", ["smas", "S-MAS", "sprint mechanics assessment score"])
def test_who_asks_for_the_sheet_is_told_where_it_is(said: str) -> None:
    lines = metric_dictionary.describe(said).splitlines()
    assert any("smas.csv" in line for line in lines)
    assert [line[:2].strip() for line in lines[-12:]] == [str(n) for n in range(1, 13)]
