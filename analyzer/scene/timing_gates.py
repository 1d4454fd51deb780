"""Scale from timing gates: what the athlete's speed between them says of the metres in the picture.

The gates' clock need not be the camera's, and where the gates stand need not be known in the picture: times
are used as differences only. Where marks say where on the lane the athlete is, the video's speed is that of
the same stretch; elsewhere it is that of all the way it shows, and as unsure as the speed changes on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import NormalDist
from typing import Final, NamedTuple

import numpy as np

from analyzer.arrays import Array
from analyzer.data.capture import Calibration, CameraMotion, PoseTrack
from analyzer.data.notes import Note
from analyzer.data.results import Gate, Stretch
from analyzer.scene.marks import TAPE_SD
from analyzer.scene.passes import ChosenPass
from analyzer.signals import crossings

PLACED: Final = ("marks", "marks and gates")
"""Methods of a scale whose metres are those of the lane, so that it is known where a gate stands."""
CHANCE: Final = 0.05
"""Chance that all stretches of a run on which gates and video agree are told as a contradiction."""
LEAST_SHARE: Final = 0.1
"""Weight below which the gates would not change the scale by what matters, and it stays as it is."""
KNOWN_SD: Final = 0.04
"""Error, as a fraction, up to which the gates alone give metres, where nothing else does: that of a scale by
the legs of a known height."""
HIP_SD_M: Final = 0.02
"""Error of the hips' place at a moment beside a mean path, m: they sway by 2 to 3 cm within a step."""
MOST_CHANGE: Final = 0.10
"""Change of the speed from the middle of the way to its ends, as a fraction, from which the mean over all of
it says nothing of the part between the gates."""
ROOM: Final = 1.1
"""Times the way shown that two gates may stand apart: hips are lost at the edges of the picture."""
FEWEST: Final = 8
"""Frames that must show the hips before they have a mean speed."""
_WORDS: Final = {
    "nominal": "legs of usual length",
    "file": "the unit of the joint file",
    "points": "two points",
}
"""What gave a scale, in words, where that is not the method's own name."""


class Merged(NamedTuple):
    """A scale with what the gates said of it, and the mean speeds between the gates."""

    calibration: Calibration
    stretches: tuple[Stretch, ...] = ()
    notes: tuple[Note, ...] = ()


class _Seen(NamedTuple):
    """The video's mean speed, m/s, and its error as a fraction, but for that of the scale.

    ``way`` is how far it goes, m; ``gates`` are those that bound the stretch, ``passed`` tells when the hips
    pass each gate that the picture shows, ``change`` is the error for the speed's change on the way, as a
    fraction.
    """

    speed: float
    sd: float
    way: float
    gates: tuple[Gate, Gate]
    passed: dict[float, float]
    change: float = 0.0


def merged(
    scale: Calibration, pose: PoseTrack, camera: CameraMotion, chosen: ChosenPass, gates: Sequence[Gate]
) -> Merged:
    """Return a scale that agrees with the speed between timing gates as far as both are sure.

    The two are weighed by their errors. Where they contradict each other the scale stays as it is, and a note
    has both speeds.

    Parameters
    ----------
    scale : Calibration
        The video's own.
    pose : PoseTrack
    camera : CameraMotion
    chosen : ChosenPass
    gates : sequence of Gate
        In order of time; none changes nothing.

    Returns
    -------
    Merged
    """
    if not gates:
        return Merged(scale)
    if scale.treadmill_mps:
        text = "Timing gates stand on a lane, and the athlete stays in place: their times were not used."
        return Merged(scale, stretches(gates), (Note("warning", "gates_unused", text),))
    seen = _seen(scale, pose, camera, chosen, gates)
    if seen is None:
        where = " at the gates" if placed(scale) else ""
        text = (
            f"The clip does not show the athlete's way{where}: the times of the gates stand beside it unused."
        )
        return Merged(scale, stretches(gates), (Note("warning", "gates_unused", text),))
    far = abs(gates[-1].metres - gates[0].metres)
    beyond = far > ROOM * seen.way * (1 + 2 * scale.relative_sd)
    if len(gates) == 2 and beyond and not placed(scale):
        text = (
            f"The gates stand {far:g} m apart, further than the clip shows ({seen.way:.0f} m): how fast the "
            "athlete was elsewhere is not known, and their times stand beside it unused."
        )
        advice = "Give the gates of the stretch that is filmed, or more of them, or marks on the lane."
        return Merged(scale, stretches(gates), (Note("info", "gates", text, advice),))
    if seen.change > MOST_CHANGE:
        text = (
            "The speed changes too much on the way that the clip shows to hold the gates' speed against it: "
            "where they stand in the picture is not known."
        )
        advice = "Give marks on the lane that count from the same line as the gates."
        return Merged(scale, stretches(gates), (Note("info", "gates", text, advice),))
    speed, sd = mean_speed(*seen.gates)
    rows = tuple(_beside(row, seen, scale) for row in stretches(gates, seen.gates))
    told = next(row for row in rows if (row.from_m, row.to_m) == tuple(gate.metres for gate in seen.gates))
    unsure = float(np.linalg.norm([sd / speed, seen.sd, seen.change]))
    apart = float(np.log(speed / seen.speed))
    worst = max((row for row in rows if np.isfinite(row.video_speed)), key=_apart)
    if _apart(worst) > NormalDist().inv_cdf(1 - CHANCE / (2 * len(rows))):
        return Merged(scale, rows, (_contradiction(worst),))
    share = scale.relative_sd**2 / (scale.relative_sd**2 + unsure**2)
    if share < LEAST_SHARE:
        return Merged(scale, rows, (_kept(scale, told),))
    found = _scaled(scale, float(np.exp(share * apart)), seen, unsure)
    return Merged(found, rows, (_weighed(scale, found, told, share),))


def placed(scale: Calibration) -> bool:
    """Tell whether the scale says where on the lane a gate stands."""
    return scale.method in PLACED


def mean_speed(first: Gate, last: Gate) -> tuple[float, float]:
    """Return the mean speed from one gate to another and its standard error, m/s."""
    way, lasts = abs(last.metres - first.metres), last.time_s - first.time_s
    unsure = np.linalg.norm([np.hypot(first.sd_s, last.sd_s) / lasts, TAPE_SD])
    return way / lasts, float(way / lasts * unsure)


def stretches(gates: Sequence[Gate], whole: tuple[Gate, Gate] | None = None) -> tuple[Stretch, ...]:
    """Return the speeds by the gates alone: between neighbours, and from the first to the last.

    ``whole`` are others to be taken for the first and the last.
    """
    if not gates:
        return ()
    first, last = whole or (gates[0], gates[-1])
    pairs = list(pairwise(gates))
    if (first, last) not in pairs:
        pairs.append((first, last))
    return tuple(Stretch(first.metres, last.metres, *mean_speed(first, last)) for first, last in pairs)


def _beside(row: Stretch, seen: _Seen, scale: Calibration) -> Stretch:
    """Return a stretch with the video's speed on it, as far as that is known."""
    if (row.from_m, row.to_m) == tuple(gate.metres for gate in seen.gates):
        speed, sd = seen.speed, float(np.hypot(seen.sd, seen.change))
    elif row.from_m in seen.passed and row.to_m in seen.passed:
        way = abs(row.to_m - row.from_m)
        speed, sd = way / (seen.passed[row.to_m] - seen.passed[row.from_m]), 2**0.5 * HIP_SD_M / way
    else:
        return row
    return replace(row, video_speed=speed, video_speed_sd=speed * float(np.hypot(scale.relative_sd, sd)))


def _apart(row: Stretch) -> float:
    """Return how far apart the two speeds of a stretch are, in standard errors of their difference."""
    sd = np.hypot(row.speed_sd / row.speed, row.video_speed_sd / row.video_speed)
    return float(abs(np.log(row.speed / row.video_speed)) / sd)


def _seen(
    scale: Calibration, pose: PoseTrack, camera: CameraMotion, chosen: ChosenPass, gates: Sequence[Gate]
) -> _Seen | None:
    """Return the video's mean speed of the stretch that it shows; None where it shows too little."""
    inside = slice(chosen.run.start, chosen.run.stop)
    hips = pose.middle("hip", camera.apply(pose.xy), one_will_do=True)[inside]
    path, time = scale.apply(hips)[:, 0], pose.time[inside]
    known = np.isfinite(path)
    path, time = path[known], time[known]
    if len(path) < FEWEST:
        return None
    if placed(scale):
        return _between(scale, time, path, gates)
    return _throughout(time, path, gates)


def _between(scale: Calibration, time: Array, path: Array, gates: Sequence[Gate]) -> _Seen | None:
    """Return the speed from the first to the last gate whose place is passed in the picture."""
    passed = {
        gate: float(at[0])
        for gate in gates
        if len(at := crossings.crossings(time, path, scale.lane * gate.metres))
    }
    if len(passed) < 2 or any(b <= a for a, b in pairwise(passed.values())):
        return None
    first, *_, last = passed
    way = abs(last.metres - first.metres)
    return _Seen(
        way / (passed[last] - passed[first]),
        2**0.5 * HIP_SD_M / way,
        way,
        (first, last),
        {gate.metres: at for gate, at in passed.items()},
    )


def _throughout(time: Array, path: Array, gates: Sequence[Gate]) -> _Seen | None:
    """Return the speed over all of the way, and how much it changes: the gates may stand anywhere on it."""
    way = abs(float(path[-1] - path[0]))
    quickens, speed, _ = np.polyfit(time - time.mean(), path, 2)
    if not speed > 0 or not way > 0:
        return None
    changes = abs(float(quickens)) * float(np.ptp(time))  # from the middle to either end
    by_gates = [mean_speed(a, b)[0] for a, b in pairwise(gates)]
    uneven = float(np.std(by_gates)) / float(np.mean(by_gates))
    return _Seen(
        float(speed),
        2**0.5 * HIP_SD_M / way,
        way,
        (gates[0], gates[-1]),
        {},
        change=float(np.hypot(changes / speed, uneven)),
    )


def _scaled(scale: Calibration, factor: float, seen: _Seen, unsure: float) -> Calibration:
    """Return a scale with every length longer by a factor, the middle of the stretch staying in place."""
    middle = scale.lane * (seen.gates[0].metres + seen.gates[1].metres) / 2
    at = middle if placed(scale) else 0.0
    longer = np.array([[factor, 0.0, (1 - factor) * at], [0.0, factor, 0.0], [0.0, 0.0, 1.0]])
    relative_sd = unsure * scale.relative_sd / float(np.hypot(unsure, scale.relative_sd))
    scaled = scale.scaled or unsure <= KNOWN_SD
    return replace(
        scale,
        homography=longer @ scale.homography,
        method=_method(scale.method) if scaled else scale.method,
        scaled=scaled,
        relative_sd=relative_sd,
        even_at_m=factor * scale.even_at_m + (1 - factor) * at,
        notes=tuple(note for note in scale.notes if not (scaled and note.code == "no_scale")),
    )


def _method(before: str) -> str:
    """Return what gives a scale with the gates; that of an earlier clip may have been made with others."""
    if before == "nominal":
        return "gates"
    return before if before.endswith("gates") else f"{before} and gates"


def _words(scale: Calibration) -> str:
    return _WORDS.get(scale.method, scale.method)


def _weighed(scale: Calibration, found: Calibration, told: Stretch, share: float) -> Note:
    made = f"made of both, each by its error ({100 * share:.0f} % by the gates)"
    if not found.scaled:
        made = "not given: the gates are too unsure here to give them alone"
    return Note(
        "info",
        "gates",
        f"{_speeds(told)} with the scale by {_words(scale)}. Metres and speeds are {made}, ± "
        f"{100 * found.relative_sd:.1f} % of the run's length.",
        counts={"share_percent": round(100 * share)},
    )


def _kept(scale: Calibration, told: Stretch) -> Note:
    return Note(
        "info",
        "gates",
        f"{_speeds(told)}. The video's own metres and speeds are given: the scale by {_words(scale)} is much "
        "surer.",
        counts={"share_percent": 0},
    )


def _contradiction(told: Stretch) -> Note:
    return Note(
        "warning",
        "gates_contradict",
        f"The gates and the video contradict each other beyond their errors. {_speeds(told)}. The "
        "video's own metres and speeds are given.",
        "Check the camera's frame rate, the lengths that give the scale, and that the times are of this run.",
    )


def _speeds(told: Stretch) -> str:
    gates, video = (max(sd, 0.01) for sd in (told.speed_sd, told.video_speed_sd))  # no number without error
    return (
        f"From {told.from_m:g} to {told.to_m:g} m the gates give {told.speed:.2f} ± {gates:.2f} m/s, "
        f"the video {told.video_speed:.2f} ± {video:.2f} m/s"
    )
