"""A server of the review in a thread, a clip made by code, and the browser that looks at it."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from playwright import sync_api

from analyzer.review.desk import Desk
from analyzer.review.server import Server


@contextmanager
def served(desk: Desk) -> Iterator[Server]:
    """Answer the page of a desk at a free port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        server = Server(desk, listening.getsockname()[1])
        settings = uvicorn.Config(server.app, log_level="critical", lifespan="off", ws="none")
        running = uvicorn.Server(settings)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            running.should_exit = running.force_exit = True
            thread.join(10)
            desk.close()


@contextmanager
def chromium() -> Iterator[sync_api.Browser]:
    """Start the browser of this machine."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@contextmanager
def opened(browser: sync_api.Browser, server: Server, width: int = 1280) -> Iterator[sync_api.Page]:
    """Open the page; afterwards nothing may have been said in the console, or asked of anybody else."""
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    problems: list[str] = []
    asked: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if said.type == "error" else None)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(server.url)
    page.wait_for_selector("body[data-frame]")
    yield page
    context.close()
    assert not problems, problems
    own = f"http://127.0.0.1:{server.port}/"
    assert [url for url in asked if not url.startswith((own, "data:", f"blob:{own}"))] == []


def at_frame(page: sync_api.Page, index: int) -> None:
    """Wait until the picture shown is that of a frame."""
    page.wait_for_selector(f"body[data-frame='{index}']")


def until(what: str, page: sync_api.Page, expression: str, seconds: float = 20) -> None:
    """Wait until an expression holds; the page's policy forbids to wait for one inside it."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression):
        assert time.monotonic() < end, what
        page.wait_for_timeout(30)
