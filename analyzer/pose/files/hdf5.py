"""H5 files of DeepLabCut and SLEAP by their documented layouts, read with h5py where it is installed.

DeepLabCut writes a pandas table: one field of numbers, its columns' names pickled beside it. SLEAP's
analysis file holds ``tracks`` (track, x or y, node, frame) and ``node_names``.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analyzer.arrays import Array
from analyzer.errors import PoseFileError
from analyzer.pose.files import child, guard, hdf5_child


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
    if importlib.util.find_spec("h5py") is None:
        raise PoseFileError(
            f"{path.name} needs a package that is not installed.",
            "H5 files are read with h5py.",
            'pip install "sprint-analyzer[h5]", or export the table as CSV (SLEAP and DeepLabCut both do).',
        )
    guard.check_file(path)
    found = child.arrays(hdf5_child.__file__, path)
    if found is None or not {"frames", "names", "numbers", "source"} <= found.keys():
        raise PoseFileError(
            f"{path.name} is not an H5 file of DeepLabCut or SLEAP.",
            "It is damaged, or holds neither a table of joints nor node_names and tracks.",
            "Export the table as CSV.",
        )
    names = [(str(person), str(joint), str(coord)) for person, joint, coord in found["names"]]
    return Columns(found["frames"], names, found["numbers"], str(found["source"]))
