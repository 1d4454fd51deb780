"""One clip from beginning to end, in whatever process: claimed, looked at, analysed, put into its place."""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from analyzer.batch import places
from analyzer.batch.job import RECORD, Failure, Job, Outcome, Record, code_version
from analyzer.config import FILES, Config
from analyzer.data import names
from analyzer.data.notes import Note
from analyzer.errors import AnalyzerError, ContentError, InputError
from analyzer.outputs import folder as result_folder
from analyzer.outputs.folder import DETECTED, EARLIER, PASS, SMALL, SMAS_EARLIER

if TYPE_CHECKING:
    from analyzer.frontal.results import Frontal

Make = Callable[[Path, Config, Path], list[dict[str, Any]]]
"""Analyses a clip into a folder and returns a row for each run: ``folder`` inside it, ``name``, ``day`` and
``notes``; of one from the front or from behind also ``view``, in words, and its ``numbers``."""
BY_HAND: Final = ("events.csv", "smas.csv")
"""Tables of a run that a person may have written in."""
LEFT_OUT: Final = ("pass_too_short", "pass_left_out")
"""Notes on passes of a clip that have no numbers: no warnings, and told beside them all the same."""
_SMALL_PX: Final = 560
"""Width of the small kinogram, px: about twice what a page shows, for sharp screens and paper."""


def analysed(clip: Path, config: Config, work: Path) -> list[dict[str, Any]]:
    """Analyse a clip into ``work``, as ``analyze`` does."""
    from analyzer import pipeline
    from analyzer.data.analysis import day_of
    from analyzer.frontal import results as frontal

    runs = pipeline.analyze_any(clip, config)
    if isinstance(runs, frontal.Frontal):
        return _across(runs, work)
    pages = pipeline.save_passes(runs, work, force=True)
    rows = []
    for run, page in zip(runs, pages, strict=True):
        picture = small(page.with_name("kinogram.png").read_bytes())
        page.with_name(SMALL).write_bytes(picture)
        rows.append(
            {
                "folder": "" if page.parent == work else page.parent.name,
                "name": run.name,
                "day": str(day_of(run) or ""),
                "frames": len(run.pose.time),
                "notes": told(run.notes),
            }
        )
    return rows


def _across(run: Frontal, work: Path) -> list[dict[str, Any]]:
    """Save a run from the front or from behind, and return its row."""
    from analyzer.data.analysis import day_of
    from analyzer.outputs.frontal import page, pictures

    run.save(work, force=True)
    if (work / pictures.FILE).is_file():
        (work / SMALL).write_bytes(small((work / pictures.FILE).read_bytes()))
    facts = {"folder": "", "name": run.name, "day": str(day_of(run) or ""), "frames": len(run.pose.time)}
    return [facts | {"notes": told(run.notes)} | page.in_words(run)]


def told(notes: Sequence[Note]) -> list[dict[str, str]]:
    """Return what is said of a run over all clips: warnings, limits, and which passes were left out."""
    return [
        {"level": note.level, "message": note.message, "advice": note.advice}
        for note in notes
        if (note.level != "info" or note.code in LEFT_OUT) and not note.metrics  # long lists: in the report
    ]


def small(picture: bytes) -> bytes:
    """Return a picture as a small JPEG."""
    from PIL import Image

    with Image.open(io.BytesIO(picture)) as whole:
        plain = whole.convert("RGB")
        plain.thumbnail((_SMALL_PX, _SMALL_PX), reducing_gap=3.0)
        out = io.BytesIO()
        plain.save(out, "JPEG", quality=70, optimize=True)
    return out.getvalue()


def do(job: Job, make: Make = analysed, told: Callable[[Outcome], None] | None = None) -> Outcome:
    """Do a job unless it has been done; whatever goes wrong is in what is returned.

    Parameters
    ----------
    job : Job
    make : callable
        Analyses the clip, see ``Make``.
    told : callable, optional
        Called where somebody else has the clip's folder, with an outcome that is none yet.
    """

    def waits(who: str) -> None:
        if told is not None:
            told(Outcome(job, "waits", failure=_waits(who)))

    try:
        if job.code != code_version():
            raise AnalyzerError(
                "This worker runs another version.",
                f"{code_version()}, the batch was started with {job.code}.",
                "Install the same sprint-analyzer on every machine and start the workers again.",
            )
        place = places.at(job.out)
        with place.claim(job.folder, waits) as work, _clip(job.source) as clip:
            return _do(job, make, place, work, clip)
    except Exception as error:  # noqa: BLE001  # whatever it is, the other clips go on
        return Outcome(job, "failed", failure=_bare(failure(error), job))


def failure(error: BaseException) -> Failure:
    """Say what went wrong; a fault of the clip itself is lasting."""
    if isinstance(error, AnalyzerError):
        return Failure(error.what, error.why, error.fix, isinstance(error, InputError | ContentError))
    if isinstance(error, OSError):
        return Failure(
            "The clip cannot be read, or its results not be written.",
            f"{error}.",
            "Check the disk and the permissions; the next run tries it again.",
        )
    if isinstance(error, MemoryError | ImportError):
        return Failure(
            "A part of the program cannot be loaded."
            if isinstance(error, ImportError)
            else "The memory does not suffice.",
            f"{error}." if str(error) else "",
            "Give the batch fewer --workers, or trim the clip to the run; the next run tries it again.",
        )
    return Failure(
        "The analysis of this clip broke down.",
        f"{type(error).__name__}: {error}",
        "Please report this, with the clip if you may; the next run tries it again.",
    )


def _waits(who: str) -> Failure:
    return Failure(
        "Another run is at this clip; it is waited for.",
        f"It is {who}.",
        "If that one was stopped (Ctrl-Z), let it go on (fg) or end it.",
    )


def _bare(found: Failure, job: Job, *more: Path) -> Failure:
    """Return why a clip has no results without the folders of this machine: tables and pages are sent on."""
    named = [places.local(job.source), *more] if not places.is_url(job.source) else list(more)
    named += [Path(value) for name, value in job.settings.items() if name in FILES]
    known = [folder for path in named for folder in (path.parent, path.absolute().parent)]
    known += [Path(job.out), Path.cwd(), Path.home()]
    what, why, fix = (names.without_folders(text, known) for text in (found.what, found.why, found.fix))
    return Failure(what, why, fix, found.lasting)


def unchanged(job: Job, record: Record | None) -> bool:
    """Tell, without reading the clip, that nothing is left to do: same file, same settings, same code."""
    return (
        record is not None
        and not job.force
        and (record.source, record.stamp, record.key) == (job.place, job.stamp, job.key(record.sha256))
    )


def refreshed(job: Job, record: Record) -> Record:
    """Return the record with what changes without the results: the table's columns, where the clip lies."""
    return replace(record, source=job.place, name=job.name, stamp=job.stamp, facts=job.facts)


def is_edited(place: places.Place, folder: str, record: Record) -> bool:
    """Tell whether a coach has corrected contacts or filled in a sheet since the results were written."""
    return any(
        _hash(b"".join(place.read(f"{folder}/{_inside(run)}{name}") or b"" for name in BY_HAND)) != written
        for run, written in record.events.items()
    )


def _hand_over(place: places.Place, folder: str, record: Record, work: Path) -> None:
    """Lay what a person wrote, and what tells whose it is, where new results find it."""
    for run in record.events:
        if run and not PASS.fullmatch(run):
            continue
        for files in (
            ("analysis.json", DETECTED, *BY_HAND),
            result_folder.numbered(EARLIER),
            result_folder.numbered(SMAS_EARLIER),
        ):
            for name in files:
                content = place.read(f"{folder}/{_inside(run)}{name}")
                if content is None and name not in BY_HAND:
                    break
                if content is not None:
                    (work / run).mkdir(exist_ok=True)
                    (work / run / name).write_bytes(content)


def _do(job: Job, make: Make, place: places.Place, work: Path, clip: Path) -> Outcome:
    old = Record.from_bytes(place.read(f"{job.folder}/{RECORD}"))
    with clip.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    key = job.key(sha256)
    if old is not None and not job.force:
        if old.key == key:  # another process has done it, or only the file's date has changed
            current = refreshed(job, old)
            if current != old:
                place.write(f"{job.folder}/{RECORD}", current.as_bytes())
            return Outcome(job, "unchanged", current, current.failure)
        if is_edited(place, job.folder, old):
            return Outcome(job, "kept", old, old.failure)
    if old is not None:
        _hand_over(place, job.folder, old, work)
    start = time.perf_counter()
    record = Record(key, job.place, job.name, job.stamp, sha256, job.told(), job.facts)
    try:
        runs = make(clip, Config.build(**job.settings), work)
    except Exception as error:  # noqa: BLE001  # whatever it is, it is this clip's reason
        found = failure(error)
        what, why = (text.replace(str(work), job.folder) for text in (found.what, found.why))
        found = _bare(replace(found, what=what, why=why), job, work, clip)
        if found.lasting:  # results of other settings stay, but are no longer those of this clip
            events = old.events if old is not None else {}
            record = replace(record, failure=found, events=events, seconds=time.perf_counter() - start)
            place.write(f"{job.folder}/{RECORD}", record.as_bytes())
        return Outcome(job, "failed", record, found)
    events = {
        run["folder"]: _hash(b"".join(path.read_bytes() for path in by_hand if path.is_file()))
        for run in runs
        if (by_hand := [work / run["folder"] / name for name in BY_HAND])[0].is_file()
    }
    record = replace(record, runs=runs, events=events, seconds=time.perf_counter() - start)
    (work / RECORD).write_bytes(record.as_bytes())
    place.commit(job.folder, work)
    return Outcome(job, "done", record)


@contextmanager
def _clip(source: str) -> Iterator[Path]:
    """Give the clip as a file of this machine."""
    if not places.is_url(source):
        yield places.local(source)
        return
    from analyzer.batch.remote import fetched

    with fetched(source) as copy:
        yield copy


def _inside(run: str) -> str:
    return f"{run}/" if run else ""


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
