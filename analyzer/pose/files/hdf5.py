"""H5 files of DeepLabCut and SLEAP by their documented layouts, read with h5py where it is installed.

DeepLabCut writes a pandas table: one field of numbers, its columns' names pickled beside it. SLEAP's
analysis file holds ``tracks`` (track, x or y, node, frame) and ``node_names``.
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from analyzer.arrays import Array
from analyzer.errors import PoseFileError
from analyzer.pose.files import guard


@dataclass(frozen=True)
class Columns:
    """A table of numbers (n, c) at ``frames`` (n,).

    Each column is a (person, joint, coordinate), the last "x", "y" or "likelihood".
    """

    frames: Array
    names: Sequence[tuple[str, str, str]]
    numbers: Array
    source: str


def read(path: Path) -> Columns:
    """Read a file of either kind.

    Raises
    ------
    PoseFileError
        h5py is not installed, or the file is neither.
    """
    try:
        import h5py
    except ImportError:
        raise PoseFileError(
            f"{path.name} needs a package that is not installed.",
            "H5 files are read with h5py.",
            'pip install "sprint-analyzer[h5]", or export the table as CSV (SLEAP and DeepLabCut both do).',
        ) from None
    guard.check_bytes(path)
    try:
        with h5py.File(path) as file:
            if "node_names" in file and "tracks" in file:
                return _sleap(file)
            for group in file.values():
                if _text(group.attrs.get("pandas_type", "")) == "frame_table":
                    return _deeplabcut(group["table"])
    except Exception:  # noqa: BLE001 - a damaged file lets the library, and unpickling, raise whatever they like
        pass
    raise PoseFileError(
        f"{path.name} is not an H5 file of DeepLabCut or SLEAP.",
        "It holds neither a table of joints nor node_names and tracks.",
        "Export the table as CSV.",
    )


def _sleap(file: Any) -> Columns:
    names = [_text(name) for name in file["node_names"][:]]
    tracks = _numbers(file["tracks"])
    parts = [tracks[:, 0], tracks[:, 1]]
    if "point_scores" in file:
        parts.append(_numbers(file["point_scores"]))
    columns = [
        (str(person), name, coord)
        for person in range(len(tracks))
        for coord in ("x", "y", "likelihood")[: len(parts)]
        for name in names
    ]
    numbers = np.stack(parts, axis=1).reshape(len(columns), -1).T
    return Columns(np.arange(len(numbers), dtype=float), columns, numbers, "SLEAP")


def _numbers(stored: Any) -> Array:
    """Return what is stored, which may claim to be far larger than the file."""
    if stored.size > guard.MOST_NUMBERS:
        raise ValueError("it claims to be larger than any")
    return np.asarray(stored, np.float64)


def _deeplabcut(table: Any) -> Columns:
    if table.size * table.dtype.itemsize > 8 * guard.MOST_NUMBERS:
        raise ValueError("the table claims to be larger than any")
    rows = table[:]
    names: list[tuple[str, str, str]] = []
    blocks = []
    for field in rows.dtype.names:
        if not field.startswith("values_block"):
            continue
        # (scorer, joint, coordinate), with several animals (scorer, individual, joint, coordinate)
        for level in _unpickled(table.attrs[f"{field}_kind"]):
            person, joint, coord = ("", *level[1:]) if len(level) == 3 else level[1:]
            if not all(isinstance(part, str) for part in (person, joint, coord)):
                raise ValueError("a column goes by texts")
            names.append((person, joint, coord))
        blocks.append(np.asarray(rows[field], np.float64).reshape(len(rows), -1))
    numbers = np.concatenate(blocks, axis=1)
    if numbers.shape[1] != len(names):
        raise ValueError("as many names as columns are needed")
    return Columns(np.asarray(rows["index"], np.float64), names, numbers, "DeepLabCut")


class _Plain(pickle.Unpickler):
    """Lists, tuples and texts only: a file from elsewhere must not be able to run anything."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name}")


def _unpickled(data: Any) -> Any:
    return _Plain(io.BytesIO(bytes(data))).load()


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
