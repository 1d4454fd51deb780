"""How every HTML page is made: from its template, with the style sheet all share, under a policy.

The Content-Security-Policy is given last, so that a page runs nothing that is not ours.

A page may show names and notes that a stranger wrote. They are escaped where they are put in; the policy is
the second lock: the browser runs only scripts that this package carries, and fetches nothing from anywhere.
Signs that are not seen and turn a line round are shown as �.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
from functools import cache
from html import unescape
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Final

import numpy as np
from jinja2 import Environment, StrictUndefined, Template
from numpy.typing import ArrayLike
from PIL import Image as Picturing

from analyzer.data import names
from analyzer.errors import OutputError
from analyzer.outputs import colours, pipes

_PIECE: Final = re.compile(
    r"<!--.*?-->"
    r"|<(?P<raw>script|style)\b(?P<facts>[^>]*)>(?P<text>.*?)</(?P=raw)\s*>"
    r"|<[a-zA-Z](?:\"[^\"]*\"|'[^']*'|[^>\"'])*>",
    re.DOTALL | re.IGNORECASE,
)
"""A comment, a script or style with its text, or the opening tag of anything else."""
_STYLE: Final = re.compile(r"\sstyle=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_CLASS: Final = re.compile(r"\sclass=(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_HEAD: Final = re.compile(r"<head[^>]*>(?:\s*<meta charset=[^>]*>)?", re.IGNORECASE)
_OWN: Final = "as-drawn-"
"""What the classes begin with that stand for style attributes."""


def filled(room: str, *, sheet: str = "", **context: Any) -> str:
    """Return the page of a room of this package, which asks for nothing but what lies beside it.

    Parameters
    ----------
    room : str
        Package below ``analyzer`` that holds ``page.html.j2`` and ``page.css``, such as "outputs.report".
    sheet : str
        Further rules of style.
    **context
        What the template names.
    """
    css = colours.css() + _text("outputs", "pages.css") + _text(room, "page.css") + sheet
    return with_policy(_template(room).render(css=css, **context))


def part(room: str, name: str, **context: Any) -> str:
    """Return a part of a page from its own template, as markup that stands in the page.

    Parameters
    ----------
    room : str
        Package below ``analyzer`` that holds the template.
    name : str
        The template's file.
    **context
        What it names.
    """
    return _template(room, name).render(**context)


def write(html: str, path: Path, *, folders: bool = False) -> Path:
    """Write a page and return its path; ``folders`` on the way are made where that is asked for.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    pipes.refuse(path)
    try:
        if folders:
            path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"Cannot write {path}.", f"{error.strerror}.", "Choose another folder.") from None
    return path


def jpeg(image: ArrayLike | Picturing.Image, quality: int) -> str:
    """Return an image, (h, w, 3) RGB, as a data URI."""
    if not isinstance(image, Picturing.Image):
        image = Picturing.fromarray(np.asarray(image, np.uint8))
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return uri(file.getvalue())


def uri(jpeg: bytes) -> str:
    """Return the content of a JPEG file as a data URI."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"


def with_policy(html: str) -> str:
    """Return a page that runs only scripts of this package and asks for nothing but what lies beside it.

    A style attribute, which a policy without ``unsafe-inline`` refuses, becomes a class of the page's own
    style sheet, with the same weight. Call it last: what is changed afterwards is refused by the browser.

    Parameters
    ----------
    html : str
        A whole page, with a head.

    Returns
    -------
    str
    """
    html = names.visible(html.replace("\r\n", "\n"))  # the ends of lines as browsers read and hash them
    scripts: dict[str, None] = {}
    styles: dict[str, None] = {}
    attributes: dict[str, str] = {}

    def look(found: re.Match[str]) -> str:
        if found["raw"] is None:
            return _classed(found[0], attributes)
        if found["raw"].lower() == "style":
            styles[_hash(found["text"])] = None
        elif found["text"].strip() in _carried():
            scripts[_hash(found["text"])] = None
        return found[0]

    html = _PIECE.sub(look, html)
    if attributes:
        # As heavy as an attribute: heavier than any rule of a page's own style sheet.
        sheet = "\n".join(f"{('.' + name) * 8} {{ {text} }}" for text, name in attributes.items())
        styles[_hash(sheet)] = None
        html = html.replace("</head>", f"<style>{sheet}</style>\n</head>", 1)
    rules = {
        "default-src": ["'none'"],
        "img-src": ["data:", "'self'", "file:"],
        "media-src": ["data:", "'self'", "file:"],
        "script-src": [*scripts] or ["'none'"],
        "style-src": [*styles] or ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
    }
    policy = "; ".join(" ".join([name, *allowed]) for name, allowed in rules.items())
    meta = f'\n<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return _HEAD.sub(lambda head: head[0] + meta, html, count=1)


def _classed(tag: str, attributes: dict[str, str]) -> str:
    """Return an opening tag with a class in place of its style attribute."""
    found = _STYLE.search(tag)
    if found is None or tag.startswith("<!--"):
        return tag
    text = unescape(found[1] or found[2] or "").strip()
    if not text or set(text) & set("{}<"):  # no list of properties: left to the policy, which refuses it
        return tag
    name = attributes.setdefault(text, f"{_OWN}{len(attributes)}")
    tag = tag[: found.start()] + tag[found.end() :]
    there = _CLASS.search(tag)
    if there is not None:
        both = f' class="{there[1] or there[2] or ""} {name}"'
        return tag[: there.start()] + both + tag[there.end() :]
    end = re.match(r"<[a-zA-Z][^\s/>]*", tag)
    at = end.end() if end else len(tag) - 1
    return f'{tag[:at]} class="{name}"{tag[at:]}'


@cache
def _template(room: str, name: str = "page.html.j2") -> Template:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(_text(room, name))


def _text(room: str, name: str) -> str:
    return files(f"analyzer.{room}").joinpath(name).read_text("utf-8")


def _hash(text: str) -> str:
    """Return how a policy names the text of a script or style."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _carried() -> frozenset[str]:
    """Return the scripts that the package carries; any other on a page came from elsewhere."""
    return frozenset(_scripts(files("analyzer")))


def _scripts(folder: Traversable) -> list[str]:
    found = []
    for item in folder.iterdir():
        if item.is_dir():
            found += _scripts(item)
        elif item.name.endswith(".js"):
            found.append(item.read_text("utf-8").strip())
    return found
