"""The athlete who leaves the picture and comes back the other way: one person, several paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.data.capture import CameraMotion
from analyzer.pose.people.athlete import SAME_COLOUR, Person, running
from analyzer.signals.geometry import mapped

_SHORTEST: Final = 5
"""Sightings of a pass at least."""
_OTHER_SIZE: Final = 0.35
"""Logarithm of the heights' ratio from which a person is another: the lanes lie metres apart, not more."""


def again(chosen: Person, people: Sequence[Person], camera: CameraMotion, time: Array) -> list[Person]:
    """Return the athlete's passes in order of time: the one chosen, and those before and after it.

    A pass is the athlete's when nobody else's would do: dressed alike and of the same size, running,
    out of the picture in between, and going the other way than the pass next to it.

    Parameters
    ----------
    chosen : Person
    people : sequence of Person
        All paths of the clip.
    camera : CameraMotion
    time : (n,) s
    """
    found = [chosen]
    pace = running(chosen, camera, time)
    for person in sorted(people, key=lambda p: abs(p.sightings[0].frame - chosen.sightings[0].frame)):
        if person is chosen or len(person.sightings) < _SHORTEST or not _alike(person, chosen):
            continue
        if any(_overlap(person, other) for other in found) or running(person, camera, time) < 0.5 * pace:
            continue
        later = person.sightings[0].frame > chosen.sightings[0].frame
        beside = found[-1] if later else found[0]
        if _way(person, camera) * _way(beside, camera) < 0:
            found = [*found, person] if later else [person, *found]
    return found


def _alike(a: Person, b: Person) -> bool:
    sizes = [np.median([s.stature for s in p.sightings]) for p in (a, b)]
    off = a.colour - b.colour
    off = off[np.isfinite(off)]
    # Colours are as far apart as one person's own looks are; none seen is no evidence of two.
    near = not len(off) or 6**0.5 * float(np.sqrt(np.mean(off**2))) < SAME_COLOUR
    return near and abs(float(np.log(sizes[0] / sizes[1]))) < _OTHER_SIZE


def _overlap(a: Person, b: Person) -> bool:
    return a.sightings[0].frame <= b.sightings[-1].frame and b.sightings[0].frame <= a.sightings[-1].frame


def _way(person: Person, camera: CameraMotion) -> float:
    """Return how far somebody goes to the right over the background, statures."""
    ends = [person.sightings[0], person.sightings[-1]]
    places = [mapped(camera.to_reference[s.frame], np.array([s.x, s.y]))[0] for s in ends]
    return float((places[1] - places[0]) / ends[0].stature)
