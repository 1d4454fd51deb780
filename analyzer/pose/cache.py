"""Pose tracks remembered between runs, by what they were made from: the slow stage runs once a clip."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import json
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

import analyzer
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, Followed, PoseTrack, VideoInfo
from analyzer.data.notes import Note, Progress
from analyzer.pose import track as tracking
from analyzer.pose.networks.blazepose import installed
from analyzer.pose.networks.weights import cache_dir, model_info, model_path

_KEEP = 200
"""Tracks kept; a track of 1000 frames takes about half a megabyte."""
_MAKER = "analyzer.pose.track"
"""The module that makes a track; it and all it imports are part of a track's key."""


def track(info: VideoInfo, config: Config, progress: Progress | None = None) -> Followed:
    """Return ``tracks.track`` of this clip, from the cache where nothing it depends on has changed."""
    path = cache_dir() / "tracks" / f"{_key(info, config)}.npz"
    ready = _read(path)
    if ready is not None:
        path.touch()
        return ready
    made = tracking.track(info, config, progress)
    _write(path, made)
    return made


def _key(info: VideoInfo, config: Config) -> str:
    """Hash of clip, clock, model, the settings that matter, and the code that makes the track."""
    facts = {
        "video": info.sha256,
        "time": info.time.tobytes().hex()[:4096],
        "model": model_info(model_path(config.model))["sha256"],
        "runtime": installed() if config.engine == "direct" else "",
        "settings": [config.athlete, config.start_s, config.stop_s, config.quality, config.engine],
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
    pose, camera, notes = made
    plain = {
        "names": pose.names,
        "width": pose.width,
        "height": pose.height,
        "source": pose.source,
        "model_sha256": pose.model_sha256,
        "moving": camera.moving,
        "notes": [dataclasses.asdict(note) for note in notes],
    }
    arrays = {name: getattr(pose, name) for name in ("time", "xy", "confidence", "box")}
    arrays |= {name: getattr(camera, name) for name in ("to_reference", "sd_px")}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            np.savez_compressed(file, facts=np.array(json.dumps(plain)), allow_pickle=False, **arrays)
        os.replace(file.name, path)
        for old in sorted(path.parent.glob("*.npz"), key=lambda p: -p.stat().st_mtime)[_KEEP:]:
            old.unlink(missing_ok=True)
    except OSError:  # a cache that cannot be written only costs time
        return


def _read(path: Path) -> Followed | None:
    try:
        with np.load(path, allow_pickle=False) as saved:
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
        return Followed(pose, camera, tuple(Note(**note) for note in plain["notes"]))
    except (OSError, KeyError, ValueError, TypeError, EOFError, zipfile.BadZipFile):
        return None
