"""A server of the review in a thread, and its page in a browser."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from chromium import listening
from playwright import sync_api

from analyzer.review.desk import Desk
from analyzer.review.server import Server


@contextmanager
def served(desk: Desk) -> Iterator[Server]:
    """Answer the page of a desk at a free port."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        server = Server(desk, door.getsockname()[1])
        settings = uvicorn.Config(server.app, log_level="critical", lifespan="off", ws="none")
        running = uvicorn.Server(settings)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [door]}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            running.should_exit = running.force_exit = True
            thread.join(10)
            desk.close()


@contextmanager
def opened(browser: sync_api.Browser, server: Server, width: int = 1280) -> Iterator[sync_api.Page]:
    """Open the page; afterwards nothing may have been said in the console, or asked of anybody else."""
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    asked, problems = listening(page, ["error"])  # tests read pixels, which is warned of
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
