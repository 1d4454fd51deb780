"""Where results go: a folder of this machine or of a shared disk, in which every clip appears at once."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from filelock import FileLock, Timeout

from analyzer.batch.job import RECORD, SUFFIX, Record
from analyzer.errors import OutputError
from analyzer.outputs import folder as result_folder
from analyzer.outputs import swap

WORK: Final = ".work"
"""Folder inside the output for what is not finished; gone when nothing is being done."""
_MADE: Final = "made"
"""Folder for the results inside a folder to work in, which may hold other things beside them."""
_BY: Final = "by"
"""File beside that: the machine and the number of the process that works there."""
_PATIENCE_S: Final = 3.0
"""How long a folder that another process has is waited for before anybody is told, s."""

Waits = Callable[[str], None]
"""Told who has a folder that is waited for, and since when."""


class Place(Protocol):
    """Where the folders of all clips lie."""

    def records(self) -> dict[str, Record]:
        """Return what is known of each folder."""

    def names(self) -> list[str]:
        """Return the names of everything that is there."""

    def read(self, name: str) -> bytes | None:
        """Return a file's content; None if there is none."""

    def newer(self, name: str, other: str) -> bool:
        """Tell whether one file was changed after the other."""

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole, or leave it as it was."""

    def claim(self, folder: str, waits: Waits | None = None) -> AbstractContextManager[Path]:
        """Keep a folder to oneself; gives an empty one of this machine to work in."""

    def commit(self, folder: str, work: Path) -> None:
        """Put what was made in place of what was there."""

    def tidy(self) -> None:
        """Clear away what was left by processes that were killed."""


def at(out: str) -> Place:
    """Return the place that a path or URL names."""
    if is_url(out):
        from analyzer.batch.remote import Remote

        return Remote(out)
    return Local(local(out))


def is_url(text: str) -> bool:
    """Tell whether a path leads to another machine."""
    return "://" in text and not text.startswith(("file://", "local://"))


def local(text: str) -> Path:
    """Return the path that a text or a ``file://`` URL names."""
    return Path(text.removeprefix("file://").removeprefix("local://")).expanduser().absolute()


class Local:
    """A folder that this and other processes reach as files.

    Two processes never work on one clip: each holds a lock that the system takes back from whoever dies.
    What is made is renamed into its place, so a clip's folder is there whole or not at all.
    """

    def __init__(self, root: Path):
        self.root = root
        self.unfinished = root / WORK

    def records(self) -> dict[str, Record]:
        """Return what is known of each folder."""
        found = {}
        for file in sorted(self.root.glob(f"*{SUFFIX}/{RECORD}")):
            record = Record.from_bytes(file.read_bytes())
            if record is not None:
                found[file.parent.name] = record
        return found

    def names(self) -> list[str]:
        """Return the names of everything that is there."""
        return [entry.name for entry in self.root.iterdir()] if self.root.is_dir() else []

    def read(self, name: str) -> bytes | None:
        """Return a file's content; None if there is none."""
        try:
            return (self.root / name).read_bytes()
        except OSError:
            return None

    def newer(self, name: str, other: str) -> bool:
        """Tell whether one file was changed after the other."""
        try:
            return (self.root / name).stat().st_mtime > (self.root / other).stat().st_mtime + 1
        except OSError:
            return False

    def write(self, name: str, data: bytes) -> None:
        """Write a file whole, or leave it as it was."""
        path = self.root / name
        part: str | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                dir=path.parent, prefix=".", suffix=".part", delete=False
            ) as file:
                part = file.name
                file.write(data)
            os.chmod(part, 0o644)
            os.replace(part, path)
        except OSError as error:
            raise _unwritable(path, error) from None
        finally:
            if part is not None:
                Path(part).unlink(missing_ok=True)

    @contextmanager
    def claim(self, folder: str, waits: Waits | None = None) -> Iterator[Path]:
        """Keep a folder to oneself; gives an empty one beside it to work in.

        Waits for whoever has it, and says so after a few seconds: that one may have been stopped (Ctrl-Z).
        Afterwards look whether anything is left to do.
        """
        try:
            self.unfinished.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unwritable(self.unfinished, error) from None
        with self._held(folder, waits):
            self._recover(folder)
            work = Path(tempfile.mkdtemp(prefix=f"{folder}.new-", dir=self.unfinished))
            made = work / _MADE
            try:
                (work / _BY).write_text(f"{swap.HERE} {os.getpid()}", encoding="utf-8")
                made.mkdir()
                yield made
            finally:
                shutil.rmtree(work, ignore_errors=True)

    @contextmanager
    def _held(self, folder: str, waits: Waits | None) -> Iterator[None]:
        """Hold a folder's lock."""
        lock = FileLock(self.unfinished / f"{folder}.lock")
        try:
            lock.acquire(timeout=_PATIENCE_S)
        except Timeout:
            if waits is not None:
                waits(self._holder(folder))
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _holder(self, folder: str) -> str:
        """Say who works on a folder and since when, as far as what it works in tells."""
        for work in self.unfinished.glob(f"{_plain(folder)}.new-*"):
            with suppress(OSError, ValueError):
                host, process = (work / _BY).read_text(encoding="utf-8").split()
                since = time.strftime("%H:%M:%S", time.localtime((work / _MADE).stat().st_ctime))
                where = "" if host == swap.HERE else " on another machine"
                return f"process {int(process)}{where}, since {since}"
        return "a process that does not tell its number"

    def commit(self, folder: str, work: Path) -> None:
        """Put what was made in place of what was there, in one step; what others put there stays."""
        try:
            swap.put(work, self.root / folder, _ours)
        except OSError as error:
            raise _unwritable(self.root / folder, error) from None

    def tidy(self) -> None:
        """Clear away what was left by processes that were killed."""
        if not self.unfinished.is_dir():
            return
        for folder in {entry.name.rpartition(".")[0] for entry in self.unfinished.iterdir()}:
            lock = FileLock(self.unfinished / f"{folder}.lock", timeout=0)
            with suppress(Timeout), lock:  # held: somebody is at work
                self._recover(folder)
                with suppress(OSError):
                    (self.unfinished / f"{folder}.lock").unlink(missing_ok=True)
        with suppress(OSError):  # not empty: somebody is at work
            self.unfinished.rmdir()

    def _recover(self, folder: str) -> None:
        """Finish or undo what was broken off while this folder was worked on; only under its lock."""
        place, old = self.root / folder, self.unfinished / f"{folder}.old"  # of an earlier version
        for work in self.unfinished.glob(f"{_plain(folder)}.new-*"):
            # The record is written last: with it, only the renaming was left.
            record = work / _MADE / RECORD
            if record.is_file() and Record.from_bytes(record.read_bytes()) is not None:
                self.commit(folder, work / _MADE)
            shutil.rmtree(work, ignore_errors=True)
        if old.exists():
            if place.exists():
                shutil.rmtree(old, ignore_errors=True)
            else:
                old.replace(place)


def _ours(place: Path) -> bool:
    """Tell whether what lies at a place inside a clip's folder is made anew with it."""
    return place.name == RECORD or result_folder.ours(place)


def _plain(name: str) -> str:
    """Return a name as a pattern that means only itself."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _unwritable(path: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{path} cannot be written.",
        f"{error.strerror or error}.",
        "Check the permissions and the free space, or choose another folder with --out.",
    )
