"""Every page has a policy, works under it as without it, and runs nothing that somebody put into it."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import chromium
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from places import ROOT

from analyzer.comparison.baseline import Baseline
from analyzer.data.analysis import Analysis
from analyzer.errors import OutputError
from analyzer.outputs import baseline_file, pages, tables
from analyzer.outputs.annotated_video import pace
from analyzer.outputs.report import page as report_page
from analyzer.video import writer

HEAD = '<!doctype html><html><head><meta charset="utf-8"><title>t</title></head>'


def policy(html: str) -> dict[str, list[str]]:
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html)
    assert found is not None
    assert html.index(found[0]) < min(html.find(tag) % 10**9 for tag in ("<style", "<script", "<link"))
    return {name: rest for name, *rest in (rule.split() for rule in found[1].split(";"))}


def test_a_page_may_run_the_scripts_of_the_package_and_no_other() -> None:
    own = (ROOT / "analyzer" / "outputs" / "report" / "player.js").read_text(encoding="utf-8")
    ours = policy(pages.with_policy(f"{HEAD}<script>{own}</script>"))["script-src"]
    both = policy(pages.with_policy(f"{HEAD}<script>{own}</script><script>alert(1)</script>"))["script-src"]
    assert ours == both
    assert len(ours) == 1
    assert policy(pages.with_policy(f"{HEAD}<script>alert(1)</script>"))["script-src"] == ["'none'"]


def test_nothing_is_fetched_evaluated_or_sent() -> None:
    found = policy(pages.with_policy(HEAD))
    assert found["default-src"] == found["form-action"] == found["base-uri"] == ["'none'"]
    words = {word for rest in found.values() for word in rest}
    assert not [word for word in words if "unsafe" in word or "http" in word or "*" in word]


def test_style_attributes_become_classes_of_the_same_weight() -> None:
    body = (
        '<p style="color: red">a</p><p class="b" style=\'color: red\'>b</p><path style="fill: none"/>'
        '<p title="a style=&quot;x&quot; b">c</p><script>const a = \'<p style="color: red">\'</script>'
        '<p style="} body { display: none">d</p>'
    )
    html = pages.with_policy(f"{HEAD}<body>{body}</body></html>")
    assert '<p class="as-drawn-0">a</p><p class="b as-drawn-0">b</p><path class="as-drawn-1"/>' in html
    assert '<p title="a style=&quot;x&quot; b">' in html
    assert "const a = '<p style=\"color: red\">'" in html
    assert html.count(f"{'.as-drawn-0' * 8} {{ color: red }}") == 1
    assert "display: none" not in html.split("</head>")[0]


def test_every_module_that_renders_a_page_gives_it_the_policy() -> None:
    rendering = [
        path for path in (ROOT / "analyzer").rglob("*.py") if ".render(" in path.read_text(encoding="utf-8")
    ]
    assert rendering
    assert [path.name for path in rendering if "with_policy(" not in path.read_text(encoding="utf-8")] == []


def test_no_template_has_a_handler_or_a_style_in_a_tag() -> None:
    templates = list((ROOT / "analyzer").rglob("*.j2"))
    assert templates
    for path in templates:
        text = path.read_text(encoding="utf-8")
        assert re.findall(r"<[^>]*\s(on\w+|style)=", text) == [], path.name
        assert "javascript:" not in text


@pytest.fixture(scope="module")
def folder(filmed: Analysis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with its video, and the same page without a policy."""
    directory = tmp_path_factory.mktemp("page")
    report_page.build(filmed, directory / "report.html")
    seconds = pace.slowdown(filmed) * float(np.ptp(filmed.motion.time))
    with writer.VideoWriter(directory / "overlay.mp4", 160, 96, 10) as out:
        for level in range(int(seconds * 10) + 1):
            out.write(np.full((96, 160, 3), level % 200, dtype=np.uint8))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pages, "with_policy", lambda html: html)
        report_page.build(filmed, directory / "free.html")
    return directory


@pytest.mark.browser
def test_player_and_charts_work_without_a_complaint(browser: Any, folder: Path) -> None:
    page = browser.new_page()
    asked, told = chromium.listening(page)
    page.goto((folder / "report.html").as_uri())
    chromium.until(page, "document.getElementById('player').readyState > 0")
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    page.locator("table.steps tbody tr").nth(2).click()
    assert page.locator("table.steps tr.now").count() == 1
    assert page.locator(".cursor[visibility=visible]").count() >= 5
    assert told == []
    assert [url for url in asked if not url.startswith(("data:", folder.as_uri()))] == []
    page.close()


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_looks_as_it_would_without_a_policy(browser: Any, folder: Path, scheme: str) -> None:
    shots = []
    for name in ("report.html", "free.html"):
        page = browser.new_page(viewport={"width": 900, "height": 1200}, color_scheme=scheme)
        page.goto((folder / name).as_uri())
        chromium.until(page, "'time' in document.body.dataset")  # the first row is marked
        page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
        page.evaluate("document.querySelectorAll('video, nav').forEach((moving) => moving.remove())")
        page.evaluate("Promise.all([...document.images].map((image) => image.decode().catch(() => 0)))")
        shots.append(page.screenshot(full_page=True))
        page.close()
    with_it, without = (np.asarray(Image.open(io.BytesIO(shot)).convert("L"), int) for shot in shots)
    assert with_it.shape == without.shape
    # An image may be scaled by another path of the browser: a grey level here and there.
    assert np.mean(np.abs(with_it - without) > 8) < 1e-4


@pytest.mark.browser
def test_what_somebody_smuggles_in_does_not_run(browser: Any, folder: Path) -> None:
    smuggled = (
        "<script>document.title = 'run'</script><img src=x onerror=\"document.title = 'run'\">"
        '<svg onload="document.title = \'run\'"></svg><iframe srcdoc="<script>top.document.title=1</script>">'
        "</iframe><script src='https://example.org/a.js'></script><img src='https://example.org/b.png'>"
    )
    text = (folder / "free.html").read_text(encoding="utf-8")
    (folder / "smuggled.html").write_text(pages.with_policy(text.replace("<main>", f"<main>{smuggled}", 1)))
    page = browser.new_page()
    failed: dict[str, str] = {}
    asked, told = chromium.listening(page)
    page.on("requestfailed", lambda request: failed.update({request.url: request.failure}))
    page.goto((folder / "smuggled.html").as_uri())
    page.wait_for_timeout(300)
    assert page.title() not in ("run", "1")
    assert {failed.get(url) for url in asked if url.startswith("http")} == {"csp"}
    assert told
    page.close()


@pytest.mark.parametrize(
    "write",
    [
        lambda path: pages.write(HEAD, path),
        lambda path: tables.write_table(pd.DataFrame({"a": [1]}), path),
        lambda path: baseline_file.write(Baseline(()), path),
    ],
    ids=["page", "table", "baseline"],
)
def test_nothing_is_written_into_a_pipe_that_nobody_reads(
    tmp_path: Path, write: Callable[[Path], Any]
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="It is a pipe"):
        write(tmp_path / "pipe")


def test_a_page_shows_the_signs_that_would_turn_its_text_round() -> None:
    html = pages.with_policy(f"{HEAD}<body>run \u202efdp.4pm \x9b2J</body></html>")
    assert "<body>run �fdp.4pm �2J</body>" in html
