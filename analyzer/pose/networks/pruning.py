"""A network without the layers that only serve outputs nobody reads.

The landmark network also draws a mask of the person, which takes a third of its time and is not used here.
A ``.tflite`` file is a FlatBuffer; the lists of its operators and outputs are shortened where they stand, so
everything else keeps its place, and the outputs that are left do not change by a bit.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_SUBGRAPHS: Final = 2
_TENSORS: Final = 0
_OUTPUTS: Final = 2
_OPERATORS: Final = 3
_OPERATOR_INPUTS: Final = 1
_OPERATOR_OUTPUTS: Final = 2
_SHAPE: Final = 0
"""Places of the fields in the tables of a ``.tflite`` file (version 3 of its schema)."""


@lru_cache(maxsize=2)
def without(data: bytes, shape: tuple[int, ...]) -> bytes:
    """Return a network without the outputs of one shape, and without what only they need.

    Parameters
    ----------
    data : bytes
        A ``.tflite`` file.
    shape : tuple of int
        Of the outputs that are left out. A file that has none of it, or that is not understood, is
        returned as it is: whoever runs it says what is wrong with it.
    """
    try:
        return _shortened(bytearray(data), list(shape))
    except (struct.error, IndexError):
        return data


def _shortened(data: bytearray, shape: list[int]) -> bytes:
    file = _File(data)
    graph = file.tables(file.root, _SUBGRAPHS)[0]
    tensors, outputs = file.tables(graph, _TENSORS), file.numbers(graph, _OUTPUTS)
    kept = [one for one in outputs if file.numbers(tensors[one], _SHAPE) != shape]
    if kept == outputs or not kept:
        return bytes(data)
    needed, operators = set(kept), []
    for operator in reversed(file.tables(graph, _OPERATORS)):  # each comes after those it rests on
        if needed & set(file.numbers(operator, _OPERATOR_OUTPUTS)):
            needed |= set(file.numbers(operator, _OPERATOR_INPUTS))
            operators.append(operator)
    file.shorten(graph, _OUTPUTS, kept)
    at = file.vector(graph, _OPERATORS)
    file.shorten(graph, _OPERATORS, [op - (at + 4 + 4 * i) for i, op in enumerate(reversed(operators))])
    return bytes(file.data)


@dataclass(frozen=True)
class _File:
    """A FlatBuffer: tables of fields that are found through offsets."""

    data: bytearray

    @property
    def root(self) -> int:
        return self._offset(0)

    def _offset(self, at: int) -> int:
        return at + int(struct.unpack_from("<I", self.data, at)[0])

    def vector(self, table: int, field: int) -> int:
        """Return where a list of a table begins, with its length; 0 if the table has none."""
        fields = table - struct.unpack_from("<i", self.data, table)[0]
        if 4 + 2 * field >= struct.unpack_from("<H", self.data, fields)[0]:
            return 0
        there = struct.unpack_from("<H", self.data, fields + 4 + 2 * field)[0]
        return self._offset(table + there) if there else 0

    def numbers(self, table: int, field: int) -> list[int]:
        at = self.vector(table, field)
        count = struct.unpack_from("<I", self.data, at)[0] if at else 0
        return list(struct.unpack_from(f"<{count}i", self.data, at + 4))

    def tables(self, table: int, field: int) -> list[int]:
        at = self.vector(table, field)
        return [at + 4 + 4 * i + offset for i, offset in enumerate(self.numbers(table, field))]

    def shorten(self, table: int, field: int, values: Sequence[int]) -> None:
        """Overwrite a list of numbers by one that is not longer."""
        struct.pack_into(f"<I{len(values)}i", self.data, self.vector(table, field), len(values), *values)
