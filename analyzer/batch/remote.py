"""Results and clips behind a URL: whatever ``fsspec`` reaches (S3, Google Cloud, SFTP, SMB…)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from analyzer.batch.job import RECORD, SUFFIX, Record
from analyzer.batch.places import Waits
from analyzer.errors import ConfigError, OutputError, VideoError


def file_system(url: str) -> tuple[Any, str]:
    """Return the file system of a URL and the path on it.

    Raises
    ------
    ConfigError
        ``fsspec``, or what it needs for this kind of URL, is not installed, or does not take the URL.
    """
    try:
        from fsspec.core import url_to_fs

        fs, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise ConfigError(
            f"{url} cannot be reached.",
            f"{error}.",
            "Install sprint-analyzer[cluster] and the fsspec driver of this kind of URL (s3fs, gcsfs…).",
        ) from None
    return fs, str(path).rstrip("/")


class Remote:
    """A folder behind a URL.

    Nothing can be renamed at once there, so a clip's record goes last and counts: a folder without one is
    not finished and is done again. There are no locks either; that no two processes work on one clip is
    the scheduler's part, so run one batch at a time into such a place.
    """

    def __init__(self, url: str):
        self.url = url
        self.fs, self.root = file_system(url)

    def records(self) -> dict[str, Record]:
        """Return what is known of each folder."""
        files = self.fs.glob(f"{self.root}/*{SUFFIX}/{RECORD}") if self.fs.exists(self.root) else []
        found = {}
        for file, data in (self.fs.cat(files) if files else {}).items():
            record = Record.from_bytes(data)
            if record is not None:
                found[file.split("/")[-2]] = record
        return dict(sorted(found.items()))

    def names(self) -> list[str]:
        """Return the names of everything that is there."""
        if not self.fs.exists(self.root):
            return []
        return [path.rstrip("/").split("/")[-1] for path in self.fs.ls(self.root, detail=False)]

    def read(self, name: str) -> bytes | None:
        """Return a file's content; None if there is none."""
        try:
            data: bytes = self.fs.cat_file(f"{self.root}/{name}")
        except OSError:
            return None
        return data

    def newer(self, name: str, other: str) -> bool:  # noqa: ARG002  # as in every Place
        """Tell whether one file was changed after the other: nobody works by hand in here."""
        return False

    def write(self, name: str, data: bytes) -> None:
        """Write a file."""
        path = f"{self.root}/{name}"
        try:
            self.fs.makedirs(path.rpartition("/")[0], exist_ok=True)
            self.fs.pipe_file(path, data)
        except OSError as error:
            raise OutputError(f"{self.url}/{name} cannot be written.", f"{error}.", "Check --out.") from None

    @contextmanager
    def claim(self, folder: str, waits: Waits | None = None) -> Iterator[Path]:  # noqa: ARG002  # never waits
        """Give an empty folder of this machine to work in."""
        with tempfile.TemporaryDirectory(prefix="sprint-") as work:
            made = Path(work) / folder
            made.mkdir()
            yield made

    def commit(self, folder: str, work: Path) -> None:
        """Put what was made in place of what was there: the record goes first and comes last."""
        place = f"{self.root}/{folder}"
        try:
            if self.fs.exists(f"{place}/{RECORD}"):
                self.fs.rm_file(f"{place}/{RECORD}")
            if self.fs.exists(place):
                self.fs.rm(place, recursive=True)
        except OSError as error:
            raise OutputError(f"{self.url}/{folder} cannot be replaced.", f"{error}.", "") from None
        files = [file for file in sorted(work.rglob("*")) if file.is_file()]
        for file in sorted(files, key=lambda file: file.name == RECORD):
            self.write(f"{folder}/{file.relative_to(work).as_posix()}", file.read_bytes())

    def tidy(self) -> None:
        """Nothing is left here by processes that were killed but folders without a record."""


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """Give a copy of a clip, under its own name, for as long as it is worked on.

    Raises
    ------
    VideoError
        It cannot be read.
    """
    fs, path = file_system(url)
    with tempfile.TemporaryDirectory(prefix="sprint-") as folder:
        copy = Path(folder) / path.split("/")[-1]
        try:
            fs.get_file(path, str(copy))
        except OSError as error:
            raise VideoError(f"{url} cannot be read.", f"{error}.", "Check that it is still there.") from None
        yield copy
