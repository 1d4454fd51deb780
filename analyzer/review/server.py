"""The addresses of the page, and the program that answers them: on this machine alone, until Ctrl-C."""

from __future__ import annotations

import json
import re
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import Route

from analyzer.data import names
from analyzer.errors import AnalyzerError, ConfigError, OutputError
from analyzer.review import sight, wanted
from analyzer.review.desk import BusyError, Desk
from analyzer.review.guard import LOOPBACK, OPEN, Guard
from analyzer.review.work import in_words

PAGE: Final = Path(__file__).parent / "page"
"""The files of the page."""
KINDS: Final = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
"""What the page is made of: its files of these kinds, and nothing else, are served."""
RESULTS: Final = re.compile(r"(pass_\d+/)?(report\.html|overlay\.mp4|kinogram\.png)")
"""What is served of a folder of results: the report, and the video and picture that it shows."""
LEAVE_S: Final = 2
"""How long Ctrl-C waits for answers that are on their way, s."""


class Server:
    """Answers the page of one desk.

    Parameters
    ----------
    desk : Desk
    port : int
        That it is reached at.
    """

    def __init__(self, desk: Desk, port: int) -> None:
        self.desk, self.port = desk, port
        self.token, self._key = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._files = {path.name: path for path in PAGE.iterdir() if path.suffix in KINDS}
        routes = [
            Route("/", self._page),
            Route("/page/{name}", self._page),
            Route("/state", self._state),
            Route("/work", self._work),
            Route("/joints", self._joints),
            Route("/camera", self._camera),
            Route("/frame/{index:int}", self._frame),
            Route("/begin", self._begin, methods=["POST"]),
            Route("/stop", self._stop, methods=["POST"]),
            Route("/turn", self._turn, methods=["POST"]),
            Route(OPEN + "{key}/{place:path}", self._result),
        ]
        answers: Any = {ConfigError: _refused, AnalyzerError: _refused, BusyError: _busy}
        self.app = Guard(Starlette(routes=routes, exception_handlers=answers), port, self.token)

    @property
    def url(self) -> str:
        """The address to open."""
        return f"http://{LOOPBACK}:{self.port}/?token={self.token}"

    def _page(self, request: Request) -> Response:
        name = request.path_params.get("name", "index.html")
        path = self._files.get(name)
        if path is None:
            return PlainTextResponse("There is no such page.", 404)
        return Response(path.read_bytes(), media_type=KINDS[path.suffix])

    def _state(self, _: Request) -> Response:
        return _told(self.desk.state() | {"files": f"{OPEN}{self._key}/"})

    def _work(self, _: Request) -> Response:
        work = self.desk.work
        return _told({"work": work and work.told(), "version": self.desk.version})

    def _joints(self, _: Request) -> Response:
        saved = self.desk.saved
        content = b"" if saved is None else sight.joints(saved)
        return Response(content, media_type="application/octet-stream")

    def _camera(self, _: Request) -> Response:
        saved = self.desk.saved
        content = b"" if saved is None else sight.camera(saved)
        return Response(content, media_type="application/octet-stream")

    def _frame(self, request: Request) -> Response:
        pictures = self.desk.pictures
        picture = None if pictures is None else pictures.jpeg(request.path_params["index"])
        if picture is None:
            return PlainTextResponse("There is no such picture.", 404)
        return Response(picture, media_type="image/jpeg")

    async def _begin(self, request: Request) -> Response:
        asked = wanted.read(await request.body())
        await run_in_threadpool(self.desk.begin, asked)
        return _told({})

    async def _stop(self, _: Request) -> Response:
        if self.desk.work is not None:
            self.desk.work.stop()
        return _told({})

    async def _turn(self, request: Request) -> Response:
        if self.desk.work is not None and self.desk.work.busy:
            raise BusyError
        report = (await request.body()).decode("utf-8", errors="replace")
        await run_in_threadpool(self.desk.turn, report)
        return _told({})

    def _result(self, request: Request) -> Response:
        """Serve the report without the rights of our page: a folder may come from somebody else."""
        place = request.path_params["place"]
        root = self.desk.root.resolve()
        known = secrets.compare_digest(request.path_params["key"].encode(), self._key.encode())
        path = (root / place).resolve() if known and RESULTS.fullmatch(place) else None
        if path is None or not (path.is_relative_to(root) and path.is_file()):
            return PlainTextResponse("There is no such result.", 404)
        ours = f"http://{LOOPBACK}:{self.port}"
        policy = (
            "sandbox allow-scripts allow-popups allow-modals allow-downloads; default-src 'none'; "
            f"script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src {ours} data:; "
            f"media-src {ours} data: blob:; font-src data:; frame-ancestors {ours}"
        )
        return FileResponse(
            path,
            headers={
                "content-security-policy": policy,
                "cross-origin-resource-policy": "cross-origin",
                "cross-origin-opener-policy": "unsafe-none",
            },
        )


def serve(desk: Desk, port: int, opened: Callable[[str], None], waits: Callable[[], None]) -> None:
    """Answer the page until Ctrl-C.

    Parameters
    ----------
    desk : Desk
    port : int
        0 = one that is free.
    opened : callable
        Called with the address once it is answered.
    waits : callable
        Called where the end has to wait for what is at work.

    Raises
    ------
    OutputError
        The port is taken.
    """
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((LOOPBACK, port))
            listening.listen()
        except OSError as error:
            raise OutputError(
                f"Port {port} cannot be used.", f"{error.strerror}.", "Choose another, or leave it out."
            ) from None
        server = Server(desk, listening.getsockname()[1])
        running = uvicorn.Server(
            uvicorn.Config(
                server.app,
                log_level="critical",
                access_log=False,
                lifespan="off",
                ws="none",
                server_header=False,
                timeout_graceful_shutdown=LEAVE_S,
            )
        )
        opened(server.url)
        try:
            running.run(sockets=[listening])
        finally:
            if desk.work is not None and desk.work.busy:
                waits()
            desk.close()


def _told(content: Any, status: int = 200) -> Response:
    """Return what the page is told, with every sign of a name to be seen."""
    text = json.dumps(content, ensure_ascii=False, allow_nan=False)
    return Response(names.visible(text), status, media_type="application/json")


def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, AnalyzerError)
    return _told(in_words(error), 422)


def _busy(_: Request, __: Exception) -> Response:
    return _told({"what": "Something is at work already.", "why": "", "fix": "Wait for it."}, 409)
