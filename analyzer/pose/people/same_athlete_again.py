"""The athlete who leaves the picture and comes back, or runs again after a cut: one person, several paths."""

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
_BACK: Final = 1.0
"""Statures from where somebody was last back to where a run of the same way begins: nobody runs backwards."""
_AT_ONCE_S: Final = 0.6
"""Seconds within which that is a cut; later it may be the next of a group dressed alike."""
_OTHER_SIZE: Final = 0.35
"""Logarithm of the heights' ratio from which a person is another: the lanes lie metres apart, not more."""


def again(chosen: Person, people: Sequence[Person], camera: CameraMotion, time: Array) -> list[Person]:
    """Return the athlete's passes in order of time: the one chosen, and those before and after it.

    A pass is the athlete's when nobody else's would do: dressed alike and of the same size, running,
    out of the picture in between, and going the other way than the pass next to it, or, where the clip is
    cut, the same way at once from where nobody could have gone on.

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
        if any(together(person, other) for other in found) or running(person, camera, time) < 0.5 * pace:
            continue
        later = person.sightings[0].frame > chosen.sightings[0].frame
        beside = found[-1] if later else found[0]
        back = _way(person, camera) * _way(beside, camera) < 0
        earlier, after = (beside, person) if later else (person, beside)
        if back or _once_more(earlier, after, camera, time):
            found = [*found, person] if later else [person, *found]
    return found


def others(
    every: Sequence[Person], people: Sequence[Person], camera: CameraMotion, time: Array
) -> list[Person]:
    """Return who else runs while none of the athlete's passes lasts, in order of time."""
    pace = max(running(person, camera, time) for person in every)
    found = [
        person
        for person in people
        if len(person.sightings) >= _SHORTEST
        and not any(person is one or together(person, one) for one in every)
        and running(person, camera, time) >= 0.5 * pace
    ]
    return sorted(found, key=lambda person: person.sightings[0].frame)


def _once_more(earlier: Person, later: Person, camera: CameraMotion, time: Array) -> bool:
    """Tell whether somebody goes the same way, at once, from further back than the one before was last."""
    last, first = earlier.sightings[-1], later.sightings[0]
    if time[first.frame] - time[last.frame] > _AT_ONCE_S:
        return False
    ways = _way(earlier, camera), _way(later, camera)
    places = [mapped(camera.to_reference[s.frame], np.array([s.x, s.y]))[0] for s in (last, first)]
    on = float(places[1] - places[0]) / last.stature * np.sign(ways[0])
    return bool(ways[0] * ways[1] > 0 and on < -_BACK)


def _alike(a: Person, b: Person) -> bool:
    sizes = [np.median([s.stature for s in p.sightings]) for p in (a, b)]
    off = a.colour - b.colour
    off = off[np.isfinite(off)]
    # Colours are as far apart as one person's own looks are; none seen is no evidence of two.
    near = not len(off) or 6**0.5 * float(np.sqrt(np.mean(off**2))) < SAME_COLOUR
    return near and abs(float(np.log(sizes[0] / sizes[1]))) < _OTHER_SIZE


def together(a: Person, b: Person) -> bool:
    """Tell whether two paths overlap in time, so that they are two people."""
    return a.sightings[0].frame <= b.sightings[-1].frame and b.sightings[0].frame <= a.sightings[-1].frame


def _way(person: Person, camera: CameraMotion) -> float:
    """Return how far somebody goes to the right over the background, statures."""
    ends = [person.sightings[0], person.sightings[-1]]
    places = [mapped(camera.to_reference[s.frame], np.array([s.x, s.y]))[0] for s in ends]
    return float((places[1] - places[0]) / ends[0].stature)
