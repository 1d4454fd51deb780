"""Which clips are meant by folders, patterns, files and URLs."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analyzer.batch.job import RECORD
from analyzer.batch.places import is_url, local
from analyzer.data.limits import written
from analyzer.data.notes import listed
from analyzer.errors import ConfigError

KINDS: Final = frozenset(
    (
        ".3gp",
        ".avi",
        ".m2ts",
        ".m4v",
        ".mkv",
        ".mov",
        ".mp4",
        ".mpeg",
        ".mpg",
        ".mts",
        ".ogv",
        ".webm",
        ".wmv",
    )
)
"""Endings of the files that are taken from a folder or pattern; a file named itself is always taken."""


RESULTS: Final = frozenset((RECORD, "analysis.json", "frontal.json"))
"""Files that tell a folder of results, whose videos are no clips."""


@dataclass(frozen=True)
class Clip:
    """A clip: its path or URL, its name (the path inside the folder given), size and stamp.

    The stamp changes whenever the file does, as far as can be told without reading it.
    """

    source: str
    name: str
    size: int
    stamp: str

    @property
    def parts(self) -> tuple[str, ...]:
        """The path, in parts."""
        return tuple(part for part in self.source.replace("\\", "/").split("/") if part)


def find(wanted: Sequence[str], out: str) -> list[Clip]:
    """Return every clip once, in the order of their paths.

    Folders are searched with all that is in them, but for hidden files and folders of results. The folder for
    all results is searched where it is the one given: results may lie beside their clips.

    Raises
    ------
    ConfigError
        One of ``wanted`` leads to nothing, no clip was found, or one has a name that tables cannot hold.
    """
    found: dict[str, Clip] = {}
    for text in wanted:
        clips = list(_far(text) if is_url(text) else _near(text, local(out) if not is_url(out) else None))
        for clip in clips:
            found.setdefault(clip.source, clip)
    if not found:
        raise ConfigError(
            "There is no clip in what was given.",
            f"Looked in {', '.join(wanted)} for {', '.join(sorted(KINDS))}.",
            "Give folders, files or patterns like 'clips/*.mp4'.",
        )
    odd = [written(clip.name) for clip in found.values() if written(clip.name) != clip.name]
    if odd:
        raise ConfigError(
            f"{listed(odd)} cannot be used as a name.",
            "It holds bytes that are not text in UTF-8. Nothing was started.",
            "Rename the file or folder.",
        )
    return sorted(found.values(), key=lambda clip: (clip.name.casefold(), clip.source))


def _near(text: str, out: Path | None) -> Iterator[Clip]:
    path = local(text)
    if path.is_dir():
        for folder, below, files in os.walk(path):
            here = Path(folder)
            if (here == out != path) or RESULTS & set(files):
                below.clear()
                continue
            below[:] = sorted(name for name in below if not name.startswith("."))
            for name in sorted(files):
                if not name.startswith(".") and Path(name).suffix.lower() in KINDS:
                    yield _clip(here / name, (here / name).relative_to(path).as_posix())
    elif path.exists():
        yield _clip(path, path.name)
    elif glob.has_magic(text):
        matches = sorted(glob.glob(str(path), recursive=True))
        for match in matches:
            if Path(match).is_dir():
                yield from _near(match, out)
            elif Path(match).suffix.lower() in KINDS and not _of_results(Path(match)):
                yield _clip(Path(match), Path(match).name)
        if not matches:
            raise _nothing(text)
    else:
        raise _nothing(text)


def _of_results(path: Path) -> bool:
    """Tell whether a file lies among the results of a run, as the annotated video does."""
    return any((path.parent / name).exists() for name in RESULTS)


def _clip(path: Path, name: str) -> Clip:
    path = path.absolute()
    facts = path.stat()
    return Clip(str(path), name, facts.st_size, f"{facts.st_size}-{facts.st_mtime_ns}")


def _far(url: str) -> Iterator[Clip]:
    from analyzer.batch.remote import file_system

    fs, path = file_system(url)
    try:
        if glob.has_magic(path) and not fs.exists(path):
            root = ""
            files = [p for p in fs.glob(path) if Path(p).suffix.lower() in KINDS]
        elif fs.isdir(path):
            root = path + "/"
            files = [p for p in fs.find(path) if Path(p).suffix.lower() in KINDS and "/." not in p]
        else:
            root, files = "", [path]
        for file in sorted(files):
            name = file.removeprefix(root) if root else file.split("/")[-1]
            size = int(fs.info(file).get("size") or 0)
            yield Clip(fs.unstrip_protocol(file), name, size, f"{size}-{fs.ukey(file)}")
    except OSError:
        raise _nothing(url) from None
    if not files:
        raise _nothing(url)


def _nothing(text: str) -> ConfigError:
    return ConfigError(f"{text} leads to no clip.", "There is no such file or folder.", "Check the path.")
