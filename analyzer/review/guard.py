"""Who is answered: only the browser that was given the token, and only what a page of ours can ask.

A server on the loopback can be reached by every page that the browser shows, by its forms and, where a name
is made to lead to 127.0.0.1, by its scripts. Four locks: the host that was asked for must be ours, so a name
that leads here is refused; whatever changes anything must come from our own page; a token that nobody can
guess must be shown, in the address at first and in a cookie afterwards; and what is sent is short, or not
read.
"""

from __future__ import annotations

import secrets
from http.cookies import CookieError, SimpleCookie
from typing import Final
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK: Final = "127.0.0.1"
"""The address that is listened at: no other machine reaches it."""
MOST_BYTES: Final = 1_000_000
"""Of the body of a request: a thousand contacts are a tenth of it."""
OPEN: Final = "/files/"
"""Addresses under which the report stands: they hold a token of their own, since a frame without the rights
of our page sends no cookie."""
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""What the page may load: itself, from here."""
HEADERS: Final = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
"""Sent with every answer."""


class Guard:
    """Answers only those who may ask; everything else gets a refusal in a sentence.

    Parameters
    ----------
    app : ASGI application
    port : int
        That it is reached at.
    token : str
        What the browser must show.
    """

    def __init__(self, app: ASGIApp, port: int, token: str) -> None:
        self.app, self.token = app, token
        self.host = f"{LOOPBACK}:{port}"
        self.cookie = f"sprint-review-{port}"  # a browser gives cookies to every port of a host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is None:
            body = await _body(receive, headers)
            if body is None:
                refusal = PlainTextResponse("What was sent is too long.", 413)
        if refusal is not None:
            await refusal(scope, receive, self._dressed(send, remembered=False))
            return
        given = self._in_address(scope)
        await self.app(scope, _again(body or b"", receive), self._dressed(send, remembered=given))

    def _refusal(self, scope: Scope, headers: Headers) -> PlainTextResponse | None:
        """Return the answer to who may not ask, else None."""
        if headers.get("host") != self.host:
            return PlainTextResponse("This address is not known here.", 421)
        origin = headers.get("origin")
        changes = scope["method"] not in ("GET", "HEAD")
        ours = origin == f"http://{self.host}"
        if scope["path"].startswith(OPEN) and not changes:
            return None
        if (changes and not ours) or (origin is not None and not ours):
            return PlainTextResponse("Only the page that this program serves may ask for this.", 403)
        if not (self._in_address(scope) or self._in_cookie(headers)):
            return PlainTextResponse("Open the address that the program printed in the terminal.", 403)
        return None

    def _in_address(self, scope: Scope) -> bool:
        given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
        return secrets.compare_digest(given.encode(), self.token.encode())

    def _in_cookie(self, headers: Headers) -> bool:
        try:
            kept = SimpleCookie(headers.get("cookie", "")).get(self.cookie)
        except CookieError:
            return False
        return kept is not None and secrets.compare_digest(kept.value.encode(), self.token.encode())

    def _dressed(self, send: Send, *, remembered: bool) -> Send:
        """Return ``send`` with our headers on every answer, and the cookie for who has shown the token."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", POLICY)
                if remembered:
                    headers["set-cookie"] = f"{self.cookie}={self.token}; Path=/; HttpOnly; SameSite=Strict"
            await send(message)

        return dressed


async def _body(receive: Receive, headers: Headers) -> bytes | None:
    """Return what was sent; None where it is longer than anything the page sends."""
    told = headers.get("content-length", "0")
    if not told.isdecimal() or int(told) > MOST_BYTES:
        return None
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += bytes(message.get("body", b""))
        if len(body) > MOST_BYTES:
            return None
        if not message.get("more_body", False):
            return body


def _again(body: bytes, receive: Receive) -> Receive:
    """Return what gives a body that was read already, and then whatever comes."""
    given = False

    async def again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again
