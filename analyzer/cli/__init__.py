"""The command line: parse, call, print. No logic; heavy imports inside the commands."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
import warnings
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Final, NoReturn

import typer

from analyzer import __version__
from analyzer.cli.analyze import analyze, demo
from analyzer.cli.batch import batch
from analyzer.cli.cache import cache_app
from analyzer.cli.facts import check, metrics, model
from analyzer.cli.history import baseline, season
from analyzer.cli.options import OPTIONS, plain
from analyzer.cli.results import compare, report
from analyzer.cli.review import review
from analyzer.data.limits import written
from analyzer.errors import AnalyzerError, ConfigError

_ENDS: Final = ("SIGTERM", "SIGHUP", "SIGQUIT", "SIGXCPU", "SIGALRM", "SIGUSR1", "SIGUSR2")
"""What ends a process that does not catch it: a closed terminal, Ctrl-\\, a scheduler whose time is up."""
_STOPPED = "Stopped; what was not finished was not written."
"""Told after Ctrl-C, and when the system asks the process to end."""
_LONGEST = 1_000
"""Signs of a line of an error: more of it than the beginning and the end helps nobody."""
_GARBAGE_AFTER = 10_000
"""New objects after which Python looks for those that hold only each other: with its own 700 it goes through
all that was imported dozens of times, a tenth of a short run."""
app = typer.Typer(
    name="sprint-analyzer",
    help="From one phone video of a sprinter to numbers a coach can trust and pictures a coach can use.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
)
"""The commands."""


def main() -> None:
    """Run the command line; a user's mistake gets a message, never a traceback or a warning of Python's."""
    gc.set_threshold(_GARBAGE_AFTER)
    atexit.register(gc.freeze)  # nor is it gone through when all of it goes
    _catch()
    _hold_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that knows no ± shows ?
    if not sys.warnoptions:  # somebody who asks for them by -W gets them
        warnings.simplefilter("ignore")
    try:
        try:
            _check_python()
            _check_words(sys.argv[1:])
            app()
        finally:
            sys.stdout.flush()
    except ConfigError as error:
        _fail(error, 2)
    except AnalyzerError as error:
        _fail(error, 1)
    except MemoryError:
        _fail(
            AnalyzerError(
                "The memory does not suffice.", "", "Trim the clip to the run, or export it smaller."
            ),
            1,
        )
    except KeyboardInterrupt:
        print(_STOPPED, file=sys.stderr)
        sys.exit(130)
    except SystemExit as end:
        if end.code == 130 or end.code in {128 + number for number in _caught()}:
            print(_STOPPED, file=sys.stderr)
        raise
    except BrokenPipeError:  # whoever read what is printed has gone; the results are written
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(128 + 13)
    except OSError as error:
        _let_go()
        why = f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error)
        fix = "Check the disk and the folder that you are in. What was finished is written."
        _fail(AnalyzerError("The system refused what the program needs.", f"{why[-300:]}.", fix), 1)
    except ImportError as error:
        fix = "Close other programs; if that does not help, install it again."
        _fail(AnalyzerError("A part of the program cannot be loaded.", f"{error}.", fix), 1)


def _hold_streams() -> None:
    """Open what was started closed: else a file of results gets its number, and libraries print into it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # it takes the lowest number: this one
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115  # until the end


def _let_go() -> None:
    """Give up what is printed and cannot be written, so that it is not tried again at the end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _caught() -> list[int]:
    return [getattr(signal, name) for name in _ENDS if hasattr(signal, name)]


def _catch() -> None:
    """Have every request to end clean up first, but for what whoever started this wants ignored (nohup)."""
    for number in _caught():
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _stop)


def _stop(number: int, _: object) -> NoReturn:
    """End as after Ctrl-C: what is being written is taken away."""
    raise SystemExit(128 + number)


def _check_python() -> None:
    """Raise AnalyzerError where Python strips what every metric is defined by."""
    if sys.flags.optimize > 1:
        raise AnalyzerError(
            "Python was started without docstrings (-OO, or PYTHONOPTIMIZE=2).",
            "The definitions of all metrics stand in them.",
            "Start it without that.",
        )


def _check_words(words: list[str]) -> None:
    """Raise ConfigError for a name that results could not carry: bytes that are not UTF-8."""
    for word in words:
        if written(word) != word:
            raise ConfigError(
                f"{written(word)} cannot be used as a name.",
                "It holds bytes that are not text in UTF-8.",
                "Rename the file or folder.",
            )
    for word in words[: words.index("--")] if "--" in words else words:
        if word.startswith("-") and Path(word).suffix and Path(word).is_file():
            raise ConfigError(f"{word} looks like an option.", "", f"Write ./{word} for the file.")


def _fail(error: AnalyzerError, code: int) -> NoReturn:
    print(f"Error: {plain(error.what)}", file=sys.stderr)
    options = [OPTIONS[name] for name in dict.fromkeys(error.settings) if name in OPTIONS]
    told = f"Options: {', '.join(options)}." if options else ""
    why = error.why
    if isinstance(error, ConfigError) and error.problems:
        why = " ".join(f"{OPTIONS.get(n, n)}: {text}" if n else text for n, text in error.problems)
        told = ""
    for line in (why, error.fix, told):
        if line:
            print(f"  {plain(_short(line))}", file=sys.stderr)
    sys.exit(code)


def _short(line: str) -> str:
    """Return the beginning and the end of a line that would fill the terminal, as a wrong cell of 10 kB."""
    half = _LONGEST // 2
    return line if len(line) <= _LONGEST else f"{line[:half]} … {line[-half:]}"


def _version(wanted: bool) -> None:
    if wanted:
        print(f"sprint-analyzer {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


for _command in (analyze, batch, check, report, review, compare, season, baseline, metrics, model, demo):
    app.command()(_command)
app.add_typer(cache_app, name="cache", no_args_is_help=True)
