"""Work that takes longer than an answer: one piece at a time, beside the server, told of and stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any, Final

from analyzer.data.notes import Progress
from analyzer.errors import AnalyzerError, ConfigError
from analyzer.stages import WORDS, Whole

STAGES: Final = {
    "analyze": ("find", "pose", "contacts", "numbers", "overlay"),
    "rebuild": ("numbers", "overlay"),
}
"""Stages of each kind of work, in their order."""
_LEFT: Final = "What was not finished was not written."
SURE_FROM: Final = 0.05
"""Share of the work after which the time left is told; before, it would jump about."""


class StoppedError(Exception):
    """Somebody asked for the work to stop."""


def in_words(error: AnalyzerError) -> dict[str, str]:
    """Return what the page says of an error."""
    problems = error.problems if isinstance(error, ConfigError) else ()
    why = " ".join(f"{name}: {text}" if name else text for name, text in problems)
    return {"what": error.what, "why": why or error.why, "fix": error.fix}


class Work:
    """A piece of work and how far it is.

    Parameters
    ----------
    kind : "rebuild" or "analyze"
    do : callable
        Does it; it is given the callable that it tells its progress.
    """

    def __init__(self, kind: str, do: Callable[[Progress], None]) -> None:
        self.kind = kind
        self._stage, self._done, self._total = "", 0, 0
        self._whole = Whole(STAGES[kind])
        self._begun, self._ended = time.monotonic(), 0.0
        self._stop = Event()
        self._error: AnalyzerError | None = None
        self.stopped = False
        self._thread = Thread(target=self._run, args=(do,), name=kind, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether it goes on."""
        return self._thread.is_alive()

    def stop(self, wait: bool = False) -> None:
        """Have it stop at its next step; to wait for that lets it put back what it had written."""
        self._stop.set()
        if wait:
            self._thread.join()

    def told(self) -> dict[str, Any]:
        """Return how far it is, for the page."""
        over = not self.busy
        seconds = (self._ended if over else time.monotonic()) - self._begun
        share = 1.0 if over else self._whole.done
        error = self._error
        return {
            "kind": self.kind,
            "busy": not over,
            "stage": WORDS.get(self._stage, WORDS["numbers"]).capitalize(),
            "done": self._done,
            "total": self._total,
            "share": share,
            "seconds": seconds,
            "left": seconds * (1 - share) / share if share >= SURE_FROM else None,
            "error": error and in_words(error),
        }

    def _progress(self, stage: str, done: int, total: int) -> None:
        if self._stop.is_set():
            raise StoppedError
        self._stage, self._done, self._total = stage, done, total
        self._whole.at(stage, done, total)

    def _run(self, do: Callable[[Progress], None]) -> None:
        try:
            do(self._progress)
        except AnalyzerError as error:
            self._error = error
        except StoppedError:
            self.stopped = True
            self._error = AnalyzerError("Stopped.", "", _LEFT)
        except MemoryError:
            self._error = AnalyzerError("The memory does not suffice.", "", "Choose a shorter part.")
        except OSError as error:
            self._error = AnalyzerError(
                "The system refused what the program needs.",
                f"{error.strerror or error}.",
                f"Check the disk. {_LEFT}",
            )
        except Exception as error:  # noqa: BLE001 - a fault of ours must reach the page, not end in a thread
            why = f"{type(error).__name__}: {error}"
            self._error = AnalyzerError("The program has a fault here.", why, _LEFT)
        finally:
            self._ended = time.monotonic()
