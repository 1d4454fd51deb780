"""The types every stage computes with, and the lock that keeps one stage from changing another's input."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Numbers; NaN where something is not known. Shapes are in the docstrings: n frames, k joints."""
Bools = NDArray[np.bool_]
"""A mask."""


class ReadOnly:
    """Arrays handed to the dataclass are locked, so no stage can change another's input."""

    def __post_init__(self) -> None:
        for f in fields(self):  # type: ignore[arg-type]
            value = getattr(self, f.name)
            members = value.values() if isinstance(value, dict) else (value,)
            for member in members:
                if isinstance(member, np.ndarray):
                    member.setflags(write=False)
