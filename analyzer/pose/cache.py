"""Pose tracks remembered between runs, by what they were made from: the slow stage runs once a clip."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

import analyzer
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, Followed, PoseTrack, VideoInfo, renumbered
from analyzer.data.notes import Note, Progress
from analyzer.pose.networks.runtime import installed
from analyzer.pose.networks.weights import cache_dir, chosen, kept, model_info

_KEEP = 200
"""Tracks kept; a track of 1000 frames takes about half a megabyte."""
_STALE_S = 3600.0
"""Age at which a file that was never finished is nobody's any more, s; writing one takes less than one."""
_MAKER = "analyzer.pose.track"
"""The module that makes a track; it and all it imports are part of a track's key."""


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


def describe() -> list[str]:
    """Return lines that say where kept tracks and the model lie, how many and how large."""
    tracks, models = _tracks(), kept()
    size = sum(_size(path) for path in tracks)
    lines = [f"tracks: {len(tracks)} of at most {_KEEP}, {size / 1e6:.1f} MB, in {_folder()}"]
    if not models:
        return [*lines, f"model: not there yet; it will be put into {cache_dir()}"]
    return [*lines, *(f"model: {_size(files[0]) / 1e6:.1f} MB, {files[0]}" for files in models)]


def clear(*, everything: bool = False) -> str:
    """Remove the kept tracks, with ``everything`` the models too, and return what was removed.

    Processes at work are not disturbed: they hold in memory what they have read.
    """
    models = [file for files in kept() for file in files] if everything else []
    tracks = _tracks()
    gone = [*tracks, *models]
    size = sum(_size(path) for path in gone)
    for path in (*gone, *_unfinished(0.0)):
        path.unlink(missing_ok=True)
    return f"Removed {len(tracks)} tracks{' and the model' if models else ''}, {size / 1e6:.1f} MB."


def _folder() -> Path:
    return cache_dir() / "tracks"


def _tracks() -> list[Path]:
    """Return the kept tracks, the one used last first."""
    found = [(path, _used(path)) for path in _folder().glob("*.npz")]
    return [path for path, _ in sorted(found, key=lambda one: -one[1])]


def _unfinished(older_s: float) -> list[Path]:
    """Return files that a process was killed over while it wrote them."""
    found = [*cache_dir().glob("*.part"), *_folder().glob("*.part")]
    return [path for path in found if time.time() - _used(path) >= older_s]


def _used(path: Path) -> float:
    """Return when a file was last used, s; 0 where another process has just removed it."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _key(info: VideoInfo, config: Config) -> str:
    """Hash of clip, clock, model, the settings that matter, and the code that makes the track."""
    facts = {
        "video": info.sha256,
        "time": info.time.tobytes().hex()[:4096],
        "model": model_info(chosen(config)[0])["sha256"],
        "runtime": installed() if config.engine == "direct" else "",
        "settings": [config.athlete, config.start_s, config.stop_s, config.quality, config.engine],
        "rate": config.capture_fps,  # not in the times yet where it is that of pictures shown several times
        "code": [hashlib.sha256(source.read_bytes()).hexdigest() for source in sources(_MAKER)],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:24]


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
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("analyzer."):
                waiting += [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
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
    part: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            part = Path(file.name)
            np.savez_compressed(file, facts=np.array(json.dumps(plain)), allow_pickle=False, **arrays)
        os.replace(part, path)  # at once: another process sees the whole file or none
        for old in (*_tracks()[_KEEP:], *_unfinished(_STALE_S)):
            old.unlink(missing_ok=True)
    except OSError:  # a cache that cannot be written only costs time
        return
    finally:
        if part is not None:
            with suppress(OSError):
                part.unlink(missing_ok=True)


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
