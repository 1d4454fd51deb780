"""What a clip's frames gave, remembered between runs by what it was made from.

Pose tracks: the slow stage runs once a clip. And what a run took from the frames afterwards, small as it is,
so that a clip whose track is kept need not be decoded again: see ``Taken``.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import numpy as np

import analyzer
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, Followed, PoseTrack, VideoInfo, renumbered
from analyzer.data.notes import Note, Progress
from analyzer.errors import OutputError
from analyzer.pose import kept_files
from analyzer.pose.networks import runtime
from analyzer.pose.networks.weights import OWN_CACHE, cache_dir, chosen, kept, model_info

_KEEP = 200
"""Tracks kept; a track of 1000 frames takes about half a megabyte."""
_KEEP_TAKEN = 150
"""Files kept of what was taken from frames, three a run; the pictures of a report take a megabyte."""
_MAKER = "analyzer.pose.track"
"""The module that makes a track; it and all it imports are part of a track's key."""
_IMPORT = re.compile(r"^\s*from (analyzer\.[.\w]+) import (?:\(((?:[^)#]|#.*)*)\)|(.*))", re.MULTILINE)
"""An import from this package: from what, and the names, in brackets or to the end of the line."""
_NAME = re.compile(r"\w+")


def track(info: VideoInfo, config: Config, progress: Progress | None = None) -> Followed:
    """Return ``pose.track.track`` of this clip, from the cache where nothing it depends on has changed."""
    path = _folder() / f"{_key(info, config)}.npz"
    ready = _read(path, info)
    if ready is not None:
        with suppress(OSError):  # cleared meanwhile, or not ours to write: it serves all the same
            os.utime(path)
        return ready
    from analyzer.pose import track as tracking  # only here: a kept track needs none of it

    made = tracking.track(info, config, progress)
    _write(path, made)
    return made


@dataclass(frozen=True)
class Taken:
    """A place for what is taken from a clip's frames: files by name. See ``taken``."""

    path: Path

    def found(self) -> dict[str, bytes] | None:
        """Return what lies there; None where nothing does, or it is damaged."""
        try:
            with zipfile.ZipFile(self.path) as saved:
                files = {name: saved.read(name) for name in saved.namelist()}
            os.utime(self.path)
        except Exception:  # noqa: BLE001  # as for a track; one that cannot be touched was cleared meanwhile
            return None
        return files

    def keep(self, files: Mapping[str, bytes]) -> None:
        """Put files there."""

        def fill(file: IO[bytes]) -> None:
            with zipfile.ZipFile(file, "w") as out:
                for name, content in files.items():
                    out.writestr(name, content)

        kept_files.put(self.path, fill)
        kept_files.clear_out(kept_files.of_kind("taken", "zip")[_KEEP_TAKEN:])


def taken(what: str, info: VideoInfo, *facts: object) -> Taken:
    """Return the place for what is taken from a clip's frames.

    Parameters
    ----------
    what : str
        What it is.
    info : VideoInfo
        The clip as it is understood.
    *facts : arrays, numbers, words, and all else that its ``repr`` tells whole
        What it depends on beside them and the code.
    """
    key = hashlib.sha256()
    for fact in (_installation(), what, info.sha256, info.turned, info.pictures, *facts):
        if isinstance(fact, np.ndarray):
            key.update(f"{fact.dtype.str}{fact.shape}".encode())
            key.update(fact.tobytes())
        else:
            key.update(repr(fact).encode())
    return Taken(cache_dir() / "taken" / f"{key.hexdigest()[:24]}.zip")


def describe() -> list[str]:
    """Return lines that say where kept tracks and the model lie, how many and how large.

    Raises
    ------
    OutputError
        The cache is another user's, and may not be looked into.
    """
    with _of_our_own():
        return _described()


def _described() -> list[str]:
    tracks, models = _tracks(), kept()
    size = sum(kept_files.size(path) for path in tracks)
    lines = [f"tracks: {len(tracks)} of at most {_KEEP}, {size / 1e6:.1f} MB, in {_folder()}"]
    if pieces := kept_files.of_kind("taken", "zip"):
        size = sum(kept_files.size(path) for path in pieces)
        lines.append(f"taken from frames: {len(pieces)} of at most {_KEEP_TAKEN}, {size / 1e6:.1f} MB")
    if networks := runtime.kept():
        size = sum(kept_files.size(path) for path in networks)
        lines.append(f"networks ready to run: {len(networks)}, {size / 1e6:.1f} MB")
    if not models:
        return [*lines, f"model: not there yet; it will be put into {cache_dir()}"]
    return [*lines, *(f"model: {kept_files.size(files[0]) / 1e6:.1f} MB, {files[0]}" for files in models)]


def clear(*, everything: bool = False) -> str:
    """Remove the kept tracks, with ``everything`` the models too, and return what was removed.

    Processes at work are not disturbed: they hold in memory what they have read.

    Raises
    ------
    OutputError
        The cache is another user's.
    """
    with _of_our_own():
        return _cleared(everything)


def _cleared(everything: bool) -> str:
    models = [file for files in kept() for file in files] if everything else []
    networks = runtime.kept() if everything else []
    tracks = _tracks()
    gone = [*tracks, *kept_files.of_kind("taken", "zip"), *networks, *models]
    size = sum(kept_files.size(path) for path in gone)
    for path in (*gone, *kept_files.unfinished(0.0)):
        path.unlink(missing_ok=True)
    return f"Removed {len(tracks)} tracks{' and the model' if models else ''}, {size / 1e6:.1f} MB."


@contextmanager
def _of_our_own() -> Iterator[None]:
    """Tell whoever asks for a cache that is another user's, or no folder; an analysis goes on without."""
    try:
        for folder in (cache_dir(), *(cache_dir() / name for name in ("tracks", "taken", "networks"))):
            with suppress(FileNotFoundError):
                os.listdir(folder)
        yield
    except OSError as error:
        raise OutputError(
            "The cache cannot be looked into or changed.", f"{error.filename}: {error.strerror}.", OWN_CACHE
        ) from None


def _folder() -> Path:
    return cache_dir() / "tracks"


def _tracks() -> list[Path]:
    return kept_files.of_kind("tracks", "npz")


def _key(info: VideoInfo, config: Config) -> str:
    """Hash of clip, clock, model, the settings that matter, and the code that makes the track."""
    facts = {
        "video": info.sha256,
        "time": info.time.tobytes().hex()[:4096],
        "model": model_info(chosen(config)[0])["sha256"],
        "runtime": runtime.installed() if config.engine == "direct" else "",
        "settings": [config.athlete, config.start_s, config.stop_s, config.quality, config.engine],
        "rate": config.capture_fps,  # not in the times yet where it is that of pictures shown several times
        "code": [hashlib.sha256(source.read_bytes()).hexdigest() for source in sources(_MAKER)],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]


@cache
def _installation() -> list[tuple[str, int, int]]:
    """Return what tells this installation from any other: names of all modules, sizes, times of change.

    To read all of them takes many times longer.
    """
    root = Path(analyzer.__file__).parent
    found = ((path.relative_to(root), path.stat()) for path in root.rglob("*.py"))
    return sorted((str(name), status.st_size, status.st_mtime_ns) for name, status in found)


def sources(module: str) -> list[Path]:
    """Return the files of a module of this package and of all that it imports, also inside functions.

    Read from the source, so that nothing has to be imported to tell whether a kept track is still good.
    """
    root = Path(analyzer.__file__).parent
    found: dict[Path, None] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        base = root.joinpath(*name.split(".")[1:])
        file = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
        if file in found or not file.is_file():  # a name imported from a module is no module
            continue
        found[file] = None
        for origin, several, one in _IMPORT.findall(file.read_text("utf-8")):
            waiting += [origin, *(f"{origin}.{word}" for word in _NAME.findall(several or one))]
    return sorted(found)


def _write(path: Path, made: Followed) -> None:
    pose, camera, notes, info = made
    plain = {
        "names": pose.names,
        "width": pose.width,
        "height": pose.height,
        "source": pose.source,
        "model_sha256": pose.model_sha256,
        "moving": camera.moving,
        "notes": [dataclasses.asdict(note) for note in notes],
        "turned": info.turned if info else None,
        "clock": [info.capture_fps, info.playback_fps, info.shown] if info else None,
    }
    arrays = {name: getattr(pose, name) for name in ("time", "xy", "confidence", "box")}
    arrays |= {name: getattr(camera, name) for name in ("to_reference", "sd_px")}
    if info is not None and info.pictures is not None:
        arrays["pictures"] = info.pictures
    facts = np.array(json.dumps(plain))
    kept_files.put(path, lambda file: np.savez_compressed(file, facts=facts, allow_pickle=False, **arrays))
    kept_files.clear_out(_tracks()[_KEEP:])


def _read(path: Path, info: VideoInfo) -> Followed | None:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as saved:
            plain = json.loads(str(saved["facts"]))
            pose = PoseTrack(
                saved["time"],
                saved["xy"],
                saved["confidence"],
                tuple(plain["names"]),
                saved["box"],
                plain["width"],
                plain["height"],
                plain["source"],
                plain["model_sha256"],
            )
            camera = CameraMotion(saved["to_reference"], saved["sd_px"], plain["moving"])
            understood = None if plain["turned"] is None else _understood(info, plain, saved)
        notes = [Note(**note | {"metrics": tuple(note["metrics"])}) for note in plain["notes"]]
        return Followed(pose, camera, tuple(notes), understood)
    except Exception:  # noqa: BLE001  # a damaged file can break anywhere in the readers of zip, npy, JSON
        return None


def _understood(info: VideoInfo, plain: dict[str, Any], saved: Mapping[str, Any]) -> VideoInfo:
    """Return the clip as it was read for a kept track: the right way up, on the clock of its pictures."""
    capture, playback, shown = plain["clock"]
    pictures = saved.get("pictures")
    return dataclasses.replace(
        info,
        width=plain["width"],
        height=plain["height"],
        time=saved["time"],
        capture_fps=capture,
        playback_fps=playback,
        turned=plain["turned"],
        shown=shown,
        pictures=pictures,
        keys=renumbered(info.keys, pictures),
    )
