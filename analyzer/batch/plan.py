"""What is to be done: every clip with its settings and a folder that stays its own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from analyzer.batch import athletes, places
from analyzer.batch.clips import Clip, find
from analyzer.batch.job import SUFFIX, Job, Record, code_version, digest, hidden
from analyzer.config import FILES, Config
from analyzer.errors import ConfigError
from analyzer.outputs.annotated_video import live


@dataclass(frozen=True)
class Plan:
    """One job a clip, what is known of earlier ones, the table's own columns, and remarks."""

    out: str
    jobs: tuple[Job, ...]
    records: dict[str, Record]
    facts: tuple[str, ...]
    remarks: tuple[str, ...]


def make(
    wanted: Sequence[str],
    out: str,
    *,
    table: Path | None = None,
    config: Path | None = None,
    force: bool = False,
    **common: Any,
) -> Plan:
    """Find the clips, read and check all settings, and give every clip its folder; nothing is written.

    Parameters
    ----------
    wanted : paths, patterns and URLs
    out : path or URL
    table : CSV of settings, one row a clip; wins over
    config : settings in TOML
    force : do again what is there already
    **common
        Fields of ``Config`` for all clips; None is left out.

    Raises
    ------
    ConfigError
        Something of this cannot be used.
    """
    shared = {name: value for name, value in common.items() if value is not None}
    live.check(Config.build(config, **shared).live)
    clips = find(wanted, out)
    place = places.at(out)
    place.tidy()
    records = place.records()
    rows: Mapping[str, athletes.Row] = {}
    known = None
    if table is not None:
        known = athletes.read(table)
        clips = [c for c in clips if c.source != str(table.absolute())]
        rows = athletes.match(known, clips)
    code = code_version()
    jobs, problems, alike = [], [], []
    for clip, folder in _folders(clips, records, place.names()):
        row = rows.get(clip.source)
        try:
            settings = Config.build(config, **shared | (row.settings if row else {}))
            live.check(settings.live)
        except ConfigError as error:
            problems += athletes.told(error, row) if row else [error.why]
            continue
        if settings.gates is not None and not (row and "gates" in row.settings):
            alike.append(clip.name)
        jobs.append(
            Job(
                source=clip.source,
                name=unicodedata.normalize("NFC", clip.name),
                stamp=clip.stamp,
                size=clip.size,
                out=out if places.is_url(out) else str(places.local(out)),
                folder=folder,
                settings=_plain(settings),
                facts=row.facts if row else {},
                wanted=digest(settings, code),
                code=code,
                force=force,
            )
        )
    if problems and known is not None:
        raise athletes.wrong(known, problems)
    if len(alike) > 1:
        raise ConfigError(
            "The times of timing gates are of one run, and are given for several clips.",
            f"These would be {', '.join(alike[:3])}{'…' if len(alike) > 3 else ''}.",
            "Name each clip's own file in the table's column gates.",
            settings=("gates",),
        )
    facts = known.facts if known else ()
    return Plan(jobs[0].out if jobs else out, tuple(jobs), records, facts, known.remarks if known else ())


def _plain(config: Config) -> dict[str, Any]:
    """Return what differs from the defaults, with paths that hold wherever it is read."""
    plain = config.model_dump(mode="json", exclude_defaults=True)
    for name in FILES:
        if name in plain:
            plain[name] = str(Path(plain[name]).absolute())
    return plain


def _folders(
    clips: Sequence[Clip], records: Mapping[str, Record], there: Sequence[str]
) -> Iterator[tuple[Clip, str]]:
    """Give every clip the folder it has, or one that nobody has, whatever letters' case counts for."""
    owner = {record.source: folder for folder, record in records.items()}
    taken = {_same(name) for name in there}
    here = {hidden(clip.source) for clip in clips}
    # Clips that were moved, with their old folder's name: their content tells whether to do them again.
    moved = {
        (record.name, record.stamp): folder for folder, record in records.items() if record.source not in here
    }
    for clip in clips:
        folder = owner.get(hidden(clip.source)) or moved.pop((clip.name, clip.stamp), None)
        if folder is None:
            folder = next(name for name in _names(clip) if _same(name) not in taken)
        taken.add(_same(folder))
        yield clip, folder


def _names(clip: Clip) -> Iterator[str]:
    stem = unicodedata.normalize("NFC", Path(clip.parts[-1]).stem).strip(" .") or "clip"
    yield stem + SUFFIX
    if len(clip.parts) > 1:
        yield f"{unicodedata.normalize('NFC', clip.parts[-2])}-{stem}{SUFFIX}".replace(":", "")
    n = 2
    while True:
        yield f"{stem}-{n}{SUFFIX}"
        n += 1


def _same(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
