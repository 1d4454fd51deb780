"""The chapters of a start and of timing gates in Chromium: they fit, and lead to the video."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from chromium import unfolded
from starting import drawable

from analyzer.data.analysis import Analysis
from analyzer.data.results import Gate, Split, Stretch
from analyzer.outputs.report import page as report_page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(analysis: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    gates = (Gate(0.0, 12.1, 0.015, 0.2, 0.01), Gate(10.0, 13.35, 0.015))
    run = replace(
        drawable(analysis),
        values=(),
        summaries=(),
        splits=(Split(3.0, 1.1, 0.01),),
        gates=gates,
        stretches=(Stretch(0.0, 10.0, 8.0, 0.14, 8.04, 0.19),),
    )
    return report_page.build(run, tmp_path_factory.mktemp("start") / "report.html")


@pytest.mark.parametrize("width", [320, 390, 768, 1104, 1280])
def test_they_fit_and_complain_of_nothing(browser: Any, report: Path, width: int) -> None:
    with unfolded(browser, report, width) as page:
        assert page.evaluate(
            "[...document.querySelectorAll('nav a')].every((a) => a.getBoundingClientRect().left >= 0 &&"
            " a.getBoundingClientRect().right <= innerWidth)"
        )
        for chapter in ("start", "times"):
            assert page.locator(f"nav a[href='#{chapter}']").count() == 1
            assert page.locator(f"#{chapter} table tbody tr").first.is_visible()


def test_a_time_leads_to_its_moment(browser: Any, report: Path) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(report.as_uri())
    page.locator("#start dd button").first.click()
    assert float(page.evaluate("document.body.dataset.time")) == pytest.approx(0.3, abs=0.03)
    page.locator("#times tbody button").first.click()
    assert float(page.evaluate("document.body.dataset.time")) == pytest.approx(1.1, abs=1e-3)
    page.close()
