"""The types every stage computes with, how a file holds them, and the lock that keeps one stage from
changing another's input.
"""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, PlainSerializer, PlainValidator


def _plain(values: NDArray[np.float64]) -> list[Any]:
    """Return an array as lists, None where it is not a number."""
    held = values.astype(object)
    held[~np.isfinite(values)] = None
    lists: list[Any] = held.tolist()
    return lists


def _array(value: Any) -> NDArray[np.float64]:
    """Return the array that ``_plain`` was made from."""
    try:
        return np.array(value, dtype=np.float64)
    except TypeError as error:
        raise ValueError(str(error)) from None


def _known(value: Any) -> Any:
    return math.nan if value is None else value


def decimals(digits: int) -> PlainSerializer:
    """Return what makes a file hold an array to so many decimals: ``Annotated[Array, decimals(5)]``."""

    def rounded(values: NDArray[np.float64]) -> list[Any]:
        return _plain(np.asarray(np.round(values, digits)))

    return PlainSerializer(rounded, return_type=list)


Array = Annotated[NDArray[np.float64], PlainValidator(_array), PlainSerializer(_plain, return_type=list)]
"""Numbers; NaN where something is not known. Shapes are in the docstrings: n frames, k joints. In a file they
are lists, and NaN is null."""
Number = Annotated[float, BeforeValidator(_known)]
"""One number; NaN = not known. In a file NaN is null."""
Bools = NDArray[np.bool_]
"""A mask."""
Indices = NDArray[np.intp]
"""Places in an array."""


class ReadOnly:
    """Arrays handed to the dataclass are locked, so no stage can change another's input."""

    def __post_init__(self) -> None:
        for f in fields(self):  # type: ignore[arg-type]
            value = getattr(self, f.name)
            members = value.values() if isinstance(value, dict) else (value,)
            for member in members:
                if isinstance(member, np.ndarray):
                    member.setflags(write=False)
