"""Legs read longer than legs are: on somebody beside the athlete, or where something stands before them.

A view shortens a thigh or a shank, it never lengthens one. So a leg that is read much longer than it usually
is holds joints of two bodies, or guesses; and where that is often, legs that look right are in doubt, too.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.skeleton import SIDES
from analyzer.data.capture import PoseTrack
from analyzer.data.notes import Note
from analyzer.errors import ContentError

CODE: Final = "legs_misread"
"""Of the note on a clip in which that is often."""
LONGEST: Final = 1.3
"""Times its own length from which a thigh or a shank is none."""
WHOLE: Final = 0.75
"""Which of its lengths is taken for a link's own: where it is seen obliquely only some show it whole."""
OFTEN: Final = 0.06
"""Share of the frames from which on numbers that hang on the legs' places are not given.

Two runners nearly in each other: 0.49, in lanes beside each other at one speed: 0.083, a caption over the
knees: 0.15; sixty other clips, filmed ones among them: 0 to 0.05.
"""
MOSTLY_ANOTHER: Final = 0.2
"""Share from which a clip is refused: of two with 0.49 and 0.28, the same two runners put together in two
ways, the contacts were right in one, and in the other two were found of seven."""
FEWEST: Final = 5
"""Frames that must show it: two of a few are chance."""
SIZE_S: Final = 0.3
"""Half of the time over which a body's size in the picture is told by its legs, s: zooms are slower."""


def overlong(pose: PoseTrack, frames: slice) -> Bools:
    """Tell in which of the frames that show both legs a thigh or a shank is longer than it can be."""
    time = pose.time[frames]
    length = np.stack(
        [
            np.hypot(*(pose.joint(f"{side}_{a}") - pose.joint(f"{side}_{b}"))[frames].T)
            for a, b in (("hip", "knee"), ("knee", "ankle"))
            for side in SIDES
        ],
        axis=1,
    )
    seen = np.isfinite(length).all(axis=1)
    time, length = time[seen], length[seen]
    if not len(time):
        return np.zeros(0, dtype=bool)
    usual = length / np.median(length, axis=0)
    first, last = np.searchsorted(time, time - SIZE_S), np.searchsorted(time, time + SIZE_S, side="right")
    size: Array = np.array([np.median(usual[a:b]) for a, b in zip(first, last, strict=True)])
    length = length / size[:, None]
    # Left and right are as long as each other: where one is another's often, the other side tells.
    own = np.repeat([np.quantile(pair, WHOLE) for pair in (length[:, :2], length[:, 2:])], 2)
    return np.asarray((length > LONGEST * own).any(axis=1))


def told(pose: PoseTrack, frames: slice, *, accept: bool) -> list[Note]:
    """Say it where legs are often read longer than they are; refuse what is mostly somebody else's.

    Raises
    ------
    ContentError
        Where that is in too many of the frames, and nobody insists.
    """
    long = overlong(pose, frames)
    if long.sum() < FEWEST or long.mean() <= OFTEN:
        return []
    if long.mean() > MOSTLY_ANOTHER and not accept:
        raise ContentError(
            "The athlete's legs cannot be told from somebody else's, or are covered.",
            f"In {long.mean():.0%} of the frames a leg is read longer than this athlete's legs are.",
            "Choose a part of the clip, or film, in which the athlete runs free of others and nothing covers "
            "the legs. Or insist.",
            settings=("start_s", "stop_s", "accept"),
        )
    return [
        Note(
            "limit",
            CODE,
            f"In {long.mean():.0%} of the frames a leg is read longer than this athlete's legs are: it was "
            "read on somebody beside, or something stands before it. Times of contacts are given, "
            "what hangs on where the legs are is not.",
            "Choose a part of the clip, or film, in which the athlete runs free of others and nothing "
            "covers the legs.",
        )
    ]
