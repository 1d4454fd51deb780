"""Reads one C3D file in a process of its own: ``python c3d_child.py FILE``, arrays on the standard output.

Run by its path, without the rest of the package.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any, Final

import numpy as np

MOST_NUMBERS: Final = 20_000_000
"""In a file, which may claim what it does not hold: 20,000 frames of 300 markers have fewer."""


def read(path: str) -> dict[str, Any]:
    """Return names (k,), places (n, k, 3) in the file's unit, NaN = not seen, rate in 1/s, and unit."""
    import c3d

    with open(path, "rb") as file:
        reader = c3d.Reader(file)
        labels = [str(label).strip() for label in reader.point_labels]
        if 3 * reader.frame_count * len(labels) > MOST_NUMBERS:
            raise ValueError("it claims to be larger than any")
        places = np.array([points[: len(labels), :4] for _, points, _ in reader.read_frames()], np.float64)
        units = reader.get("POINT:UNITS")
        seen = places[..., 3] >= 0
        return {
            "names": np.array(labels, str),
            "places": np.where(seen[..., None], places[..., :3], np.nan),
            "rate": float(reader.point_rate),
            "unit": units.string_value.strip() if units is not None else "mm",
        }


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # it warns of parameters that are not needed here
    np.savez(sys.stdout.buffer, **read(sys.argv[1]))
