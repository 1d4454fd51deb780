"""How results name files and people: without folders, and so that what is read is what stands there.

Folders bear the names of people and machines, and a name may hold signs that nobody sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_FOLDERS: Final = re.compile(
    r"(?<![\w./\\])(?:~|[A-Za-z]:|[a-z0-9]+:/)?(?:[/\\][^/\\\s:*?\"<>|]+)*[/\\](?=[^/\\\s])"
)
"""The folders of a path that begins at a root, as it stands in a sentence."""
_UNSEEN: Final = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Controls of a terminal, and those that turn the direction of a text (Unicode's bidirectional formatting).
Joiners and marks of direction, which Persian, Hebrew and emoji need, stay."""


def bare(word: str) -> str:
    """Return a word of a command line without the folders of the path that it names."""
    option, equals, value = word.partition("=") if word.startswith("-") else ("", "", word)
    parts = [part for part in re.split(r"[/\\]", value) if part]
    return f"{option}{equals}{parts[-1] if parts else value}"


def without_folders(text: str, known: Iterable[Path] = ()) -> str:
    """Return a message with files by their names alone.

    Parameters
    ----------
    text : str
    known : paths
        Folders that the message may speak of; only these may have spaces in their names.
    """
    names = {str(path) for path in known} - {"/", "."}
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(f"{name}/", "")
        text = text.replace(name, "~" if Path(name) == Path.home() else Path(name).name)
    return _FOLDERS.sub("", text)


def visible(text: str) -> str:
    """Return text with � for signs that are not seen and change what is read: U+202E turns a line round."""
    return _UNSEEN.sub("\N{REPLACEMENT CHARACTER}", text)
