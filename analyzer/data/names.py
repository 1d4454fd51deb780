"""How results name files: by their names alone, as folders bear the names of people and machines."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_FOLDERS: Final = re.compile(
    r"(?<![\w./\\])(?:~|[A-Za-z]:|[a-z0-9]+:/)?(?:[/\\][^/\\\s:*?\"<>|]+)*[/\\](?=[^/\\\s])"
)
"""The folders of a path that begins at a root, as it stands in a sentence."""


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
