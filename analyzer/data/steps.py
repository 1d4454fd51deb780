"""Ground contacts and the steps they make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Annotated, Literal

import numpy as np

from analyzer.arrays import Array, Number, ReadOnly, decimals
from analyzer.body.skeleton import Side
from analyzer.data.notes import Note

Part = Literal["forefoot", "toe"]
"""What of a shoe is followed in the images: the forefoot to touchdown, the toe to toe-off."""


@dataclass(frozen=True)
class Step:
    """One ground contact and what follows it until the other foot lands.

    Step ``i`` runs from its own touchdown to the touchdown of step ``i + 1``; a contact that was missed
    leaves its number out. A time is NaN when the event lies outside the clip; a foot that pushes off
    from rest, as out of blocks, has a toe-off alone, and no place. ``source`` is "fit"
    (piecewise contact fit), "flow" (images of the shoe), "ankle" (a body without feet), "threshold"
    (fallback), "edited" (by the coach). ``foot`` (2,) is the place of the planted forefoot in metres.
    """

    number: int
    side: Side
    touchdown_s: Number
    touchdown_sd_s: Number
    toe_off_s: Number
    toe_off_sd_s: Number
    source: str
    foot: tuple[Number, Number] = (float("nan"), float("nan"))


@dataclass(frozen=True)
class EditCounts:
    """How a person's contacts differ from those detected: how many are new, gone, and at other times."""

    added: int = 0
    removed: int = 0
    moved: int = 0


@dataclass(frozen=True)
class Contacts:
    """The ground contacts of a run and what must be told about how they were found.

    steps : in order of time
    notes : of the stage that returned them alone, not of those before it
    """

    steps: tuple[Step, ...]
    notes: tuple[Note, ...] = ()


def in_a_row(steps: Sequence[Step]) -> list[tuple[Step, Step]]:
    """Return the pairs of contacts that follow each other, the feet in turn and none missed between."""
    return [(a, b) for a, b in pairwise(steps) if b.number == a.number + 1 and b.side != a.side]


@dataclass(frozen=True)
class Trace(ReadOnly):
    """One standing foot, followed through the frames around its contact.

    step : number of the step
    part : "forefoot", a patch of it, is followed backwards to touchdown; "toe", the end of the shoe's
        outline, forwards to toe-off
    time : (m,) s, capture clock
    displacement : (m, 2) m, forward and up, from where it stands; NaN = not found
    score : (m,) likeness to the standing patch, 0..1; 1 for an outline
    standing : (m,) the frames in which it stands
    grain : m, size of a pixel
    """

    step: int
    part: Part
    time: Annotated[Array, decimals(6)]
    displacement: Annotated[Array, decimals(5)]
    score: Annotated[Array, decimals(3)]
    standing: Annotated[Array, decimals(0)]
    grain: float

    def as_written(self) -> Trace:
        """Return the trace as ``analysis.json`` holds it, to its decimals."""
        return replace(
            self,
            time=np.round(self.time, 6),
            displacement=np.round(self.displacement, 5),
            score=np.round(self.score, 3),
        )
