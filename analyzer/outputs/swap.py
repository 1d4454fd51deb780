"""A folder replaced as one: whoever looks finds the old one or the new one, whole, whatever happens.

The new folder is prepared beside the old one and the two change places in one step of the file system. Where
that cannot be done (no such step, a folder that something stands in, a parent that cannot be written) the
finished folder is renamed once, to say that it is complete, and its files are moved in one after the other;
if that is broken off, the next who reads or writes the folder finishes it.
"""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import platform
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

Ours = Callable[[Path], bool]
"""Tells of a path inside the folder whether a result lies there, which a new one replaces; all else stays."""
_MARK: Final = ".sprint-"
"""Begins the name of every folder that is prepared or half moved."""
_READY: Final = "ready"
"""Part of the name of a folder that is complete and whose files are being moved."""
_GOES: Final = ".goes.json"
"""The file in it that lists what the new results no longer have."""
_STALE_S: Final = 86400.0
"""Age, s, at which what another machine prepared is nobody's any more."""
HERE: Final = hashlib.sha256(platform.node().encode()).hexdigest()[:6]
"""This machine, in the names of folders on shared disks."""
_EXCHANGE: Final = 2
"""``RENAME_EXCHANGE`` of Linux and ``RENAME_SWAP`` of macOS."""
_AT_CWD: Final = -100
"""``AT_FDCWD`` of Linux."""
_working: Final[set[str]] = set()
"""Folders that this process prepares."""


@contextmanager
def prepared(directory: Path, ours: Ours) -> Iterator[Path]:
    """Give an empty folder; what it holds in the end takes the place of the results in ``directory``.

    Files there that are not ``ours`` stay. If anything is raised, ``directory`` is as it was.

    Raises
    ------
    OSError
        Something cannot be written.
    """
    directory = directory.resolve()
    home = _home(directory)
    home.mkdir(parents=True, exist_ok=True)
    clear(directory)
    work = Path(tempfile.mkdtemp(prefix=f"{_prefix(directory)}{HERE}-{os.getpid()}-", dir=home))
    _working.add(work.name)
    try:
        if directory.is_dir():
            if not os.access(directory, os.W_OK):
                raise PermissionError(13, "Permission denied", str(directory))
            shutil.copymode(directory, work)
        else:
            work.chmod(0o755)
        yield work
        put(work, directory, ours)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        _working.discard(work.name)


def exchange(one: Path, two: Path) -> bool:
    """Let two folders change places in one step; False where the system cannot."""
    names = os.fsencode(one), os.fsencode(two)
    sys.audit("analyzer.exchange", *names)
    libc = ctypes.CDLL(None, use_errno=True) if os.name == "posix" else None
    if libc is None:
        return False
    if hasattr(libc, "renameat2"):
        return bool(libc.renameat2(_AT_CWD, names[0], _AT_CWD, names[1], _EXCHANGE) == 0)
    if hasattr(libc, "renamex_np"):
        return bool(libc.renamex_np(*names, _EXCHANGE) == 0)
    return False


def recover(directory: Path) -> None:
    """Finish what was broken off while the files of a new folder were moved in.

    Raises
    ------
    OSError
        It cannot be finished.
    """
    for ready in _found(directory.resolve(), f"{_READY}-*"):
        _move_in(ready, directory.resolve())


def clear(directory: Path) -> None:
    """Finish or remove what was left by processes that are gone."""
    recover(directory)
    for left in _found(directory.resolve(), "*"):
        if _nobodys(left):
            shutil.rmtree(left, ignore_errors=True)


def carry(old: Path, new: Path, ours: Ours, inside: Path = Path()) -> None:
    """Put into a new folder what lies in the old one and is not ``ours``, as links where that can be."""
    for entry in sorted(old.iterdir()):
        target, place = new / entry.name, inside / entry.name
        if ours(place) or entry.name.startswith(_MARK):
            continue
        if entry.is_dir() and not entry.is_symlink():
            empty, fresh = not any(entry.iterdir()), not target.exists()
            target.mkdir(exist_ok=True)
            carry(entry, target, ours, place)
            if fresh and not empty and not any(target.iterdir()):
                target.rmdir()  # nothing but results lay there
        elif not os.path.lexists(target):
            same_file(entry, target)


def same_file(source: Path, target: Path) -> None:
    """Make ``target`` the same file as ``source``: a link to its content, or a copy."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def put(work: Path, directory: Path, ours: Ours) -> None:
    """Let a finished folder take the place of ``directory``; afterwards ``work`` may hold the old one.

    Raises
    ------
    OSError
        It cannot; then ``directory`` is as it was.
    """
    _refuse_folders(directory, ours)
    for folder, _, files in os.walk(work):
        for name in files:
            _to_disk(Path(folder) / name)
    if not directory.exists():
        try:
            work.rename(directory)
        except OSError:
            if not directory.is_dir():
                raise
        else:
            return
    if work.parent != directory and not _stood_in(directory):
        carry(directory, work, ours)
        if exchange(work, directory):
            with suppress(OSError):  # what somebody put there in between
                carry(work, directory, ours)
            return
    kept = {path.relative_to(work) for path in work.rglob("*")}
    there = (path.relative_to(directory) for path in directory.rglob("*") if path.is_file())
    goes = sorted(str(path) for path in there if ours(path) and path not in kept)
    (work / _GOES).write_text(json.dumps(goes), encoding="utf-8")
    home = work.parent if work.parent == directory else directory.parent
    ready = tempfile.mkdtemp(prefix=f"{_prefix(directory)}{_READY}-", dir=home)
    _move_in(work.rename(ready), directory)  # an empty folder gives way


def _refuse_folders(directory: Path, ours: Ours) -> None:
    """Raise where somebody keeps files in a folder that has the name of a result."""
    for entry in (*directory.glob("*"), *directory.glob("*/*")):
        taken = ours(entry.relative_to(directory)) and entry.is_dir() and not entry.is_symlink()
        if taken and any(entry.iterdir()):
            raise IsADirectoryError(errno.EISDIR, f"{entry.name} is a folder, where a file goes", str(entry))


def _move_in(ready: Path, directory: Path) -> None:
    """Move the files of a complete folder to their places; can be broken off and begun again anywhere."""
    with suppress(FileNotFoundError):  # another process does the same
        for name in json.loads((ready / _GOES).read_text(encoding="utf-8")):
            (directory / name).unlink(missing_ok=True)
    for file in sorted(path for path in ready.rglob("*") if path.is_symlink() or not path.is_dir()):
        if file.name == _GOES:
            continue
        target = directory / file.relative_to(ready)
        target.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            file.replace(target)
    shutil.rmtree(ready, ignore_errors=True)


def _home(directory: Path) -> Path:
    """Return where a new folder is prepared: beside the old one, or inside where that cannot be."""
    parent = directory.parent
    apart = not directory.is_dir() or (os.access(parent, os.W_OK) and not os.path.ismount(directory))
    return parent if apart else directory


def _stood_in(directory: Path) -> bool:
    """Tell whether this process stands in the folder: who typed the command would stand in a deleted one."""
    try:
        return Path.cwd().is_relative_to(directory)
    except OSError:
        return False


def _prefix(directory: Path) -> str:
    return f"{_MARK}{hashlib.sha256(os.fsencode(directory.name)).hexdigest()[:8]}-"


def _found(directory: Path, pattern: str) -> list[Path]:
    """Return the folders of this kind that belong to ``directory``."""
    homes = (home for home in (directory.parent, directory) if home.is_dir())
    return [path for home in homes for path in sorted(home.glob(_prefix(directory) + pattern))]


def _nobodys(left: Path) -> bool:
    """Tell whether whoever prepared a folder is gone."""
    if left.name in _working:
        return False
    host, pid = left.name.split("-")[2:4]
    try:
        old = time.time() - left.stat().st_mtime > _STALE_S
        if old or host != HERE or os.name != "posix":
            return old
        if int(pid) != os.getpid():
            os.kill(int(pid), 0)
            return False
    except ProcessLookupError:
        return True
    except (OSError, ValueError, OverflowError):
        return False
    return True


def _to_disk(path: Path) -> None:
    """Have a file's content on the disk before its name says that it is there."""
    with suppress(OSError), path.open("rb") as file:
        os.fsync(file.fileno())
