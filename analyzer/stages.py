"""The stages of long work: their words, and how much of the whole is done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

SHARES: Final = {
    "find": 0.60,
    "pose": 0.05,
    "contacts": 0.07,
    "numbers": 0.19,
    "looking": 1.0,
    "overlay": 0.28,
}
"""Share of the time that each stage takes, of those it has: as measured on clips of 180 and 1,164 frames with
the annotated video; "numbers" is a guess. They need not be right, only near: the time left goes by what has
gone."""
WORDS: Final = {
    "find": "finding the athlete",
    "pose": "reading joints",
    "contacts": "timing contacts",
    "numbers": "calculating",
    "overlay": "drawing the video",
}
"""What is said of a stage while it runs; of others, their names."""
ANALYSIS: Final = ("find", "pose", "contacts", "overlay")
"""Stages of the analysis of a clip, in their order."""


class Whole:
    """How much of the whole is done, 0 to 1: stages in their order, each with its share of the time.

    Parameters
    ----------
    stages : names, in their order
    """

    def __init__(self, stages: Sequence[str]) -> None:
        total = sum(SHARES[stage] for stage in stages)
        self._shares = {stage: SHARES[stage] / total for stage in stages}
        self.done = 0.0

    def at(self, stage: str, done: int, total: int) -> float:
        """Return how much is done now; it never falls, and a stage that nobody announced adds nothing.

        Parameters
        ----------
        stage, done, total
            As in ``Progress``.
        """
        if stage in self._shares and total > 0:
            names = list(self._shares)
            before = sum(self._shares[name] for name in names[: names.index(stage)])
            self.done = max(self.done, before + self._shares[stage] * min(done / total, 1.0))
        return self.done
