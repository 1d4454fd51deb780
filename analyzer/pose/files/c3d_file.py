"""C3D of motion capture, read with the package c3d where it is installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

from analyzer.errors import PoseFileError
from analyzer.pose.files import c3d_child, child, guard, markers
from analyzer.pose.files.joints import Joints


def read(path: Path) -> Joints:
    """Read markers in space and see them from the side.

    Raises
    ------
    PoseFileError
        The package c3d is not installed, or the file is not C3D, or lacks markers that are needed.
    """
    if importlib.util.find_spec("c3d") is None:
        raise PoseFileError(
            f"{path.name} needs a package that is not installed.",
            "C3D files are read with c3d.",
            'pip install "sprint-analyzer[c3d]", or export the markers as TRC.',
        )
    guard.check_file(path)
    found = child.arrays(c3d_child.__file__, path)
    if found is None or found["places"].ndim != 3 or not found["rate"] > 0:
        raise PoseFileError(
            f"{path.name} is not a C3D file.",
            "It is damaged, or holds no markers and no rate.",
            "Export the markers again, or as TRC.",
        )
    places, names = found["places"], found["names"]
    guard.check_count(path, len(places))
    points = {str(name): places[:, i] for i, name in enumerate(names)}
    time = np.arange(len(places)) / float(found["rate"])
    return markers.from_the_side(path, time, points, str(found["unit"]), "C3D")
