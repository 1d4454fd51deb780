"""Values on a grid, weighed by how likely each is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analyzer.arrays import Array


class Weighed(NamedTuple):
    """The weights of a grid's places, which are 1 together."""

    weight: Array

    def mean(self, value: Array) -> float:
        """Return the mean of what the places stand for."""
        return float((self.weight * value).sum())

    def about(self, value: Array, middle: float) -> float:
        """Return how far that scatters about a value: its standard deviation where that is the mean."""
        return float(np.sqrt(self.mean((value - middle) ** 2)))


def weighed(log: Array) -> Weighed:
    """Return the weights of a grid's places by the logarithms of how likely they are, up to a constant."""
    likely = np.exp(log - log.max())
    return Weighed(likely / likely.sum())
