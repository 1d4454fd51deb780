"""Reads one H5 file in a process of its own: ``python hdf5_child.py FILE``, arrays on the standard output.

The library that reads H5 can run without end, or end the process, on a damaged file. Run by its path,
without the rest of the package.
"""

from __future__ import annotations

import io
import pickle
import sys
from typing import Any, Final

import numpy as np

Table = tuple[Any, list[tuple[str, str, str]], Any, str]
"""Frames (n,), columns' (person, joint, coordinate), numbers (n, c), kind of file."""
MOST_NUMBERS: Final = 20_000_000
"""In a table, which may claim what the file does not hold: 20,000 frames of ten bodies have fewer."""
MOST_NAMES: Final = 1000
"""Of joints; a body with hands and face has 136."""


def read(path: str) -> Table:
    """Read a file of DeepLabCut or SLEAP; ValueError if it is neither, and whatever h5py raises."""
    import h5py

    with h5py.File(path) as file:
        if "node_names" in file and "tracks" in file:
            return _sleap(file)
        for group in file.values():
            if _text(group.attrs.get("pandas_type", "")) == "frame_table":
                return _deeplabcut(group["table"])
    raise ValueError("neither kind")


def _sleap(file: Any) -> Table:
    if file["node_names"].size > MOST_NAMES:
        raise ValueError("no body has so many joints")
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
    return np.arange(len(numbers), dtype=float), columns, numbers, "SLEAP"


def _numbers(stored: Any) -> Any:
    """Return what is stored, which may claim to be far larger than the file."""
    if stored.size > MOST_NUMBERS:
        raise ValueError("it claims to be larger than any")
    return np.asarray(stored, np.float64)


def _deeplabcut(table: Any) -> Table:
    if table.size * table.dtype.itemsize > 8 * MOST_NUMBERS:
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
    return np.asarray(rows["index"], np.float64), names, numbers, "DeepLabCut"


class _Plain(pickle.Unpickler):
    """Lists, tuples and texts only: a file from elsewhere must not be able to run anything."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name}")


def _unpickled(data: Any) -> Any:
    return _Plain(io.BytesIO(bytes(data))).load()


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


if __name__ == "__main__":
    frames, names, numbers, source = read(sys.argv[1])
    np.savez(sys.stdout.buffer, frames=frames, names=np.array(names, str), numbers=numbers, source=source)
