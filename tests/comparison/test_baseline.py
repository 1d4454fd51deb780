"""Own ranges by speed: what goes into one, what few runs do not tell, whose range a run is held against."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite, nan

import numpy as np
import pytest

from analyzer.comparison.baseline import GROUP, OneRun, applied, make, run_facts
from analyzer.comparison.findings import findings
from analyzer.data.analysis import Analysis
from analyzer.data.results import Value
from analyzer.metrics.breaking import BREAKS


def run(contact: float, speed: float = 9.0, athlete: str = "Ada", gains: bool = False) -> OneRun:
    return OneRun(athlete, None, speed, gains, {"contact_time": (contact, 0.001)})


def test_four_runs_make_a_range_and_three_do_not() -> None:
    contacts = [0.100, 0.104, 0.102, 0.106]
    (four,) = make([run(c) for c in contacts]).ranges
    sd = float(np.std(contacts, ddof=1))
    assert four.median == pytest.approx(0.103)
    assert four.scatter == pytest.approx(sd)
    assert four.between == pytest.approx((sd**2 - 0.001**2) ** 0.5)
    assert four.low < 0.103 - 3.18 * sd < 0.103 + 3.18 * sd < four.high
    (three,) = make([run(c) for c in contacts[:3]]).ranges
    assert three.runs == 3
    assert isfinite(three.scatter)
    assert not isfinite(three.low)
    assert not isfinite(three.between)


def test_a_range_holds_95_of_100_further_runs() -> None:
    draw = np.random.default_rng(3)
    inside = []
    for _ in range(800):
        *seen, later = 0.1 + 0.003 * draw.standard_normal(7)
        (found,) = make([run(float(c)) for c in seen]).ranges
        inside.append(found.low <= later <= found.high)
    assert 0.93 < np.mean(inside) < 0.98


def test_runs_of_another_speed_or_kind_have_their_own_ranges() -> None:
    slow, fast = [run(0.12, 7 + 0.1 * i) for i in range(4)], [run(0.10, 9 + 0.1 * i) for i in range(4)]
    gaining = [run(0.15, 7.2, gains=True)]
    unknown = [run(0.13, nan)]
    found = make([*fast, *slow, *gaining, *unknown])
    assert len(found.ranges) == 4
    at = {speed: found.fitting("contact_time", "Ada", speed, False) for speed in (7.2, 9.4, 8.2, nan)}
    medians = {speed: row and row.median for speed, row in at.items()}
    assert medians[7.2] == pytest.approx(0.12)
    assert medians[9.4] == pytest.approx(0.10)
    assert medians[8.2] is None
    assert at[nan] is not None
    assert at[nan].median == pytest.approx(0.13)


def test_an_athlete_is_held_against_own_runs_before_the_squad() -> None:
    ada = [run(0.100 + 0.001 * i) for i in range(4)]
    bea = [run(0.120 + 0.001 * i, athlete="Bea") for i in range(3)]
    found = make([*ada, *bea])
    own = found.fitting("contact_time", "Ada", 9.0, False)
    assert own is not None
    assert own.whose == "Ada's own 4 runs at 9.0 m/s"
    other = found.fitting("contact_time", "Bea", 9.0, False)
    assert other is not None  # three runs of her own are no range
    assert other.whose == "7 runs of 2 athletes at 9.0 m/s"
    # From run to run, not from athlete to athlete.
    assert other.scatter < 0.002 < 0.01 < other.high - other.median


def test_a_report_is_held_against_the_baseline_before_any_published_range(analysis: Analysis) -> None:
    one = run_facts(analysis)
    mean = one.means["contact_time"][0]
    earlier = [replace(one, means={"contact_time": (mean - 0.02 + 0.001 * i, 0.001)}) for i in range(5)]
    held = applied(analysis, make(earlier))
    row = held.summary("contact_time")
    assert row is not None
    assert row.reference_group == GROUP
    assert row.reference_high < row.mean
    assert row.reference_source.startswith("the athlete's own 5 runs")
    untouched = [s for s in held.summaries if s.metric != "contact_time"]
    assert untouched == [s for s in analysis.summaries if s.metric != "contact_time"]
    few = applied(analysis, make(earlier[:3]))
    assert few.summaries == analysis.summaries


def test_a_step_that_breaks_the_row_makes_no_gain_of_speed(bare: Analysis) -> None:
    steady = tuple(Value("step_speed", s.number, s.side, 8.0, 0.1) for s in bare.steps)
    odd = replace(steady[-1], value=20.0)
    assert run_facts(replace(bare, values=(*steady[:-1], odd))).gains
    broken = replace(odd, flags=(BREAKS,))
    assert not run_facts(replace(bare, values=(*steady[:-1], broken))).gains


def test_what_lies_outside_own_runs_is_a_finding_that_says_so(analysis: Analysis) -> None:
    one = run_facts(analysis)
    means = {m: one.means[m] for m in ("contact_time",)}
    shorter = [
        replace(one, means={m: (0.6 * v + 0.0001 * i, se) for m, (v, se) in means.items()}) for i in range(5)
    ]
    found = findings(applied(analysis, make(shorter)))
    told = next(f for f in found if f.metric == "contact_time")
    assert told.title == "Contact time above the range of own runs"
    assert "the athlete's own 5 runs" in told.text
    assert "published" not in told.text
