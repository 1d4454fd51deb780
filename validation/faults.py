"""Faults while results are written: ``python -m validation.faults`` injects them and prints what was left.

At every step, or at each so manieth, which ``python -m validation.faults 3`` does.

Every step that changes something on the disk (a file opened to be written, a rename, a link, a removal, the
exchange of two folders) is a place to fail: the process is killed there, or told that the disk is full, that
the device is broken or that nothing may be written. Files of limited size fail in the middle of a write, also
where a codec writes them. Whatever happens, the folder must be the old one or the new one, byte for byte.
"""

from __future__ import annotations

import errno
import gc
import os
import re
import resource
import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from analyzer.errors import AnalyzerError
from analyzer.outputs import swap

Work = Callable[[], object]
"""What writes."""
Seen = dict[str, bytes]
"""A folder: the content of each file by its path inside."""
KINDS: Final = ("kill", "disk full", "I/O error", "read-only")
"""What happens at a step; read-only at that step and all after it."""
_RAISED: Final = {"disk full": errno.ENOSPC, "I/O error": errno.EIO, "read-only": errno.EROFS}
_STEPS: Final = (
    *("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod"),
    *("os.truncate", "os.utime", "analyzer.exchange"),
)
"""Events of Python's audit that change something on the disk."""
_WRITES: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_TIME: Final = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00")
SIZES: Final = (0, 100, 4096, 50_000, 150_000)
"""Bytes after which no more of a file can be written, for faults in the middle of a write."""


@dataclass
class Row:
    """What came of the faults in one kind of writing; ``wrong`` names those that left something else."""

    name: str
    steps: int = 0
    faults: int = 0
    old: int = 0
    new: int = 0
    wrong: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the row of the table in ``docs/reliability.md``."""
        return f"| {self.name} | {self.steps} | {self.faults} | {self.old} | {self.new} | {len(self.wrong)} |"


def look(folder: Path) -> Seen | None:
    """Return what a folder holds, without the time of the analysis; None where there is none."""
    if not folder.is_dir():
        return None
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): _TIME.sub(b"", path.read_bytes()) for path in files}


def steps(work: Work, inside: Path) -> int:
    """Return in how many steps ``work`` changes something inside a folder."""
    count, out = os.pipe()
    code = _in_a_child(work, inside, told=out)
    os.close(out)
    with os.fdopen(count) as file:
        text = file.read()
    if code:
        raise RuntimeError(f"without any fault: {code}")
    return int(text)


def inject(
    name: str,
    work: Work,
    inside: Path,
    prepare: Work,
    state: Callable[[], object],
    *,
    every: int = 1,
    kinds: Sequence[str] = KINDS,
    sizes: Sequence[int] = SIZES,
) -> Row:
    """Inject each kind of fault at every step of ``work`` and see what is left.

    Parameters
    ----------
    name : str
        Of the row.
    work : callable
        What writes inside the folder ``inside``; it ends well, or in an ``AnalyzerError``.
    inside : Path
    prepare : callable
        Makes the old state again.
    state : callable
        Returns what is there, as the next reader finds it.
    every : int
        Faults at each so manieth step only.
    kinds, sizes : sequences
        The faults, of ``KINDS`` and ``SIZES``.
    """
    prepare()
    old = state()
    row = Row(name, steps(work, inside))
    new = state()
    wrong = []
    faults: list[tuple[str, int]] = [(kind, n) for kind in kinds for n in range(1, row.steps + 1, every)]
    for kind, n in [*faults, *(("file too large", size) for size in sizes)]:
        prepare()
        code = _in_a_child(work, inside, kind, n)
        found = state()
        row.faults += 1
        row.old += found == old
        row.new += found == new and new != old
        if found not in (old, new) or (kind != "kill" and code not in (0, 3)):
            wrong.append(
                f"{kind} at {n}: exit {code}, {'old or new' if found in (old, new) else 'a mixture'}"
            )
    prepare()
    code = _in_a_child(work, inside)
    if code or state() != new:
        wrong.append(f"the next run: exit {code}")
    left = [str(path) for path in inside.rglob(".sprint-*")]
    row.wrong = (*wrong, *(f"left over: {path}" for path in left))
    return row


def together(one: Work, other: Work, inside: Path) -> tuple[int, int]:
    """Do two things at once, each in a process of its own, and return how they ended."""
    first, second = _child(one, inside), _child(other, inside)
    return _ended(first), _ended(second)


@contextmanager
def no_exchange() -> Iterator[None]:
    """Have a system that cannot exchange two folders in one step."""
    with patch.object(swap, "exchange", lambda *_: False):
        yield


def _in_a_child(work: Work, inside: Path, kind: str = "", at: int = 0, told: int = -1) -> int:
    return _ended(_child(work, inside, kind, at, told))


def _ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _child(work: Work, inside: Path, kind: str = "", at: int = 0, told: int = -1) -> int:
    """Start a process that does ``work``; it ends with 0, with 3 for an error told, 4 for another."""
    sys.stdout.flush()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads: those of the parent hold no lock here
        child = os.fork()
    if child:
        return child
    # Garbage of the parent stays: a frame of a video waits, when it is freed, for threads that are not here.
    gc.disable()
    code = 4
    try:
        count = _watch(inside, kind, at)
        work()
        code = 0
        if told >= 0:
            os.write(told, str(count[0]).encode())
    except AnalyzerError:
        code = 3
    except BaseException as error:  # noqa: BLE001  # what must not happen is what is counted
        os.write(2, f"{kind} at {at}: {type(error).__name__}: {error}\n".encode())
    finally:
        os._exit(code)


def _watch(inside: Path, kind: str, at: int) -> list[int]:
    """Have this process fail at a step; returns what counts the steps."""
    if kind == "file too large":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (at, resource.RLIM_INFINITY))
        return [0]
    count, place = [0], os.fsencode(inside)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _STEPS or not isinstance(arguments[0], str | bytes | os.PathLike):
            return
        if not os.fsencode(arguments[0]).startswith(place):
            return
        if event == "open" and not (isinstance(arguments[2], int) and arguments[2] & _WRITES):
            return
        count[0] += 1
        if kind == "kill" and count[0] == at:
            os.kill(os.getpid(), signal.SIGKILL)
        elif kind in _RAISED and (count[0] == at or (kind == "read-only" and count[0] > at)):
            raise OSError(_RAISED[kind], os.strerror(_RAISED[kind]))

    sys.addaudithook(hook)
    return count


def table(rows: Sequence[Row]) -> str:
    """Return the table of ``docs/reliability.md``."""
    head = "| what is written | steps | faults | left the old | left the new | left anything else |\n"
    total = Row(
        "**all**", *(sum(getattr(row, name) for row in rows) for name in ("steps", "faults", "old", "new"))
    )
    total.wrong = tuple(one for row in rows for one in row.wrong)
    return head + "|---|---|---|---|---|---|\n" + "\n".join(str(row) for row in (*rows, total))


if __name__ == "__main__":
    from validation import fault_works

    fault_works.main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
