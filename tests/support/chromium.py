"""A browser for tests of pages: each page is opened with what it complained of."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def browser() -> Iterator[Any]:
    """Chromium; the test is skipped where there is none."""
    sync = pytest.importorskip("playwright.sync_api")
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync.sync_playwright() as player:
        running = player.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


def listening(page: Any, kinds: Sequence[str] = ("error", "warning")) -> tuple[list[str], list[str]]:
    """Return two lists that fill: what the page asks for, and its errors with what the console says."""
    asked: list[str] = []
    told: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda said: told.append(said.text) if said.type in kinds else None)
    return asked, told


@contextmanager
def unfolded(browser: Any, path: Path, width: int) -> Iterator[Any]:
    """Open a page with its folds; it has to fit, to ask for nothing but itself and to complain of nothing."""
    page = browser.new_page(viewport={"width": width, "height": 844})
    asked, told = listening(page)
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    yield page
    assert told == []
    assert [url for url in asked if not url.startswith("data:")] == [path.as_uri()]
    page.close()


@contextmanager
def compared(browser: Any, path: Path) -> Iterator[tuple[Any, list[dict[str, Any]], Callable[[], list[int]]]]:
    """Open a page that plays runs together: it, the runs' films, and which frame of each is shown.

    It has to complain of nothing.
    """
    page = browser.new_page(viewport={"width": 1280, "height": 844})
    _, told = listening(page)
    page.goto(path.as_uri())
    facts = page.eval_on_selector_all("[data-film]", "all => all.map((f) => f.dataset.film)")

    def shown() -> list[int]:
        return [int(i) for i in str(page.evaluate("document.body.dataset.shown")).split()]

    yield page, [json.loads(text) for text in facts], shown
    assert told == []
    page.close()


def until(page: Any, expression: str, longest_s: float = 20.0) -> None:
    """Wait until an expression holds; Playwright's own waiting evaluates text, which our policy refuses."""
    ends = time.monotonic() + longest_s
    while not page.evaluate(expression):
        assert time.monotonic() < ends, expression
        page.wait_for_timeout(50)
