"""From joints in pixels to the numbers of the frontal plane."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import numpy as np

from analyzer.arrays import Array
from analyzer.body.skeleton import SIDES, Side, other
from analyzer.config import Config
from analyzer.data.analysis import Provenance
from analyzer.data.capture import CameraMotion, PoseTrack, VideoInfo
from analyzer.data.notes import Note
from analyzer.data.view import View
from analyzer.errors import TooFewContactsError, ViewError
from analyzer.frontal import alternation, clock, running, values
from analyzer.frontal.alternation import Middle
from analyzer.frontal.body import Body, body
from analyzer.frontal.errors import KNOWN
from analyzer.frontal.measures import MEASURES
from analyzer.frontal.results import Found, Frontal, Measure, Stance
from analyzer.joints import body_view
from analyzer.metrics.registry import Relationship
from analyzer.scene.passes import ChosenPass
from analyzer.signals.robust import MAD_TO_SD

FEWEST: Final = 2
"""Stances of each side that are needed."""
FEWEST_SCATTER: Final = 3
"""Stances whose scatter is told."""
ODD: Final = 4.0
"""Scatters, or usual errors, from the median from which a stance's number is an outlier."""
SWINGS: Final = ("knee_lift", "arm_leg_lag")
"""Measures that a stance tells of the leg that swings."""


def view(track: PoseTrack, chosen: ChosenPass) -> View:
    """Return from where the athlete of a pass is seen.

    Raises
    ------
    ViewError
        If it is filmed from the side.
    """
    found = body_view.seen_from(track, slice(chosen.run.start, chosen.run.stop))
    if found.shows_lane:
        raise ViewError(
            f"The athlete is filmed from {found.where}: use analyze.",
            f"He is turned {abs(found.angle_deg):.0f}° from a view from the side; what lies across the lane is "
            "seen from the front and from behind."
            if np.isfinite(found.angle_deg)
            else "Shoulders and hips were hardly seen, so nothing tells that it is from the front or behind.",
            "For step width, sway and the like film from the front or from behind, in line with the lane.",
        )
    return found


def measure(
    name: str,
    info: VideoInfo | None,
    track: PoseTrack,
    camera: CameraMotion,
    chosen: ChosenPass,
    config: Config,
    notes: Sequence[Note],
    provenance: Provenance | None = None,
) -> Frontal:
    """Measure a run that is filmed from the front or from behind.

    Parameters
    ----------
    name : str
        Of the clip.
    info : VideoInfo or None
        None when the joints came from a file.
    track : PoseTrack
    camera : CameraMotion
    chosen : ChosenPass
        The pass to measure.
    config : Config
    notes : sequence of Note
        Those made so far.
    provenance : Provenance, optional

    Raises
    ------
    ViewError
        If it is filmed from the side.
    NotRunningError
        If nobody runs, as far as this view tells.
    TooFewContactsError
        If fewer than two stances of each side are seen.
    """
    seen = view(track, chosen)
    part = slice(chosen.run.start, chosen.run.stop)
    rough = body(track, camera, seen, part, None)
    first = alternation.rhythm(rough)
    running.refuse_still(first)
    person = body(track, camera, seen, part, 1 / first.stride_hz)
    rhythm = alternation.rhythm(person)
    running.refuse_still(rhythm)
    middles = alternation.middles(person, rhythm.stride_hz, seen.kind)
    told = running.check(person, middles, rhythm, accept=config.accept)
    _refuse_few(middles, float(np.ptp(person.time)))
    known = clock.check(info, track, config, middles)
    each = values.of_stances(person, middles, rhythm.stride_hz)
    stances = tuple(
        Stance(i + 1, m.side, m.time_s, _sd(m, rhythm.stride_hz), _frame(info, track, m.time_s), each[i])
        for i, m in enumerate(middles)
    )
    found = []
    for each_measure in MEASURES.values():
        found += _found(each_measure, stances, known.unknown)
    return Frontal(
        name=name,
        video=info,
        pose=track,
        camera=camera,
        view=seen,
        config=config,
        time=person.time,
        curves=_curves(person),
        stances=stances,
        found=tuple(found),
        notes=(*notes, *told, *known.notes),
        slow_motion=known.slow_motion,
        provenance=provenance or Provenance(),
    )


def _refuse_few(middles: Sequence[Middle], lasts_s: float) -> None:
    each = [sum(m.side == side for m in middles) for side in SIDES]
    if min(each) < FEWEST:
        raise TooFewContactsError(
            f"Only {each[0]} stances of the left leg and {each[1]} of the right one were found.",
            f"The athlete was followed for {lasts_s:.2f} s.",
            "Film at least five steps with the feet in the picture.",
        )


def _sd(middle: Middle, stride_hz: float) -> float:
    return float(np.hypot(middle.sd_s, alternation.MIDDLE_SD / stride_hz))


def _frame(info: VideoInfo | None, track: PoseTrack, when: float) -> int:
    nearest = int(np.argmin(np.abs(track.time - when)))
    if info is None or info.pictures is None or nearest >= len(info.pictures):
        return nearest
    return int(info.pictures[nearest])


def _curves(person: Body) -> Mapping[str, Array]:
    out = {"trunk_lean": person.rolled(), "pelvis_tilt": person.tilt()}
    for side in SIDES:
        out[f"{side}_foot"] = person.foot(side)[:, 0]
        out[f"{side}_hand"] = (person.hand(side) - person.middle("shoulder"))[:, 0]
        out[f"{side}_knee"] = person.joint(f"{side}_knee")[:, 1]
    return out


def _found(measure: Measure, stances: Sequence[Stance], clock_unknown: bool) -> list[Found]:
    if measure.name == "step_rate":
        return [_rate(stances, clock_unknown)]
    if measure.name == "step_time_difference":
        return [_difference(stances)]
    if not measure.sided:
        return [_one(measure, "both", [s.values[measure.name] for s in stances if measure.name in s.values])]
    sides = []
    for side in SIDES:
        stands = other(side) if measure.name in SWINGS else side
        seen = [s.values[measure.name] for s in stances if s.side == stands and measure.name in s.values]
        sides.append(_one(measure, side, seen))
    return [_both(measure, *sides), *sides]


def _one(measure: Measure, side: Side | Literal["both"], seen: Sequence[float]) -> Found:
    if not seen:
        return Found(measure.name, side, note=_unseen(measure))
    known, scatter = KNOWN[measure.name], float("nan")
    kept = _kept(np.array(seen), known.within)
    n = len(kept)
    if n >= FEWEST_SCATTER:
        scatter = float(np.std(kept, ddof=1))
    random = (scatter if np.isfinite(scatter) else known.within) / np.sqrt(n)
    within = float(np.hypot(random, known.within))
    return Found(
        measure.name, side, float(np.mean(kept)), float(np.hypot(within, known.between)), within, scatter, n
    )


def _kept(seen: Array, usual: float) -> Array:
    """Return the values that are no outliers: a stance in which a joint was misread says nothing."""
    apart = np.abs(seen - np.median(seen))
    return np.asarray(seen[apart <= ODD * max(MAD_TO_SD * float(np.median(apart)), usual)])


def _both(measure: Measure, left: Found, right: Found) -> Found:
    if not (left.n and right.n):
        return Found(measure.name, "both", note=left.note or right.note)
    known = KNOWN[measure.name]
    within = float(np.hypot(left.se_within, right.se_within)) / 2
    scatter = float(np.sqrt((left.scatter**2 + right.scatter**2) / 2))
    mean = (left.mean + right.mean) / 2
    se = float(np.hypot(within, known.between))
    return Found(measure.name, "both", mean, se, within, scatter, left.n + right.n)


def _unseen(measure: Measure) -> str:
    if measure.relationship is Relationship.ARMS or measure.name == "arm_leg_lag":
        return "Shoulder and hand were not seen over a whole stride."
    return "The joints it rests on were not seen in any stance."


def _rate(stances: Sequence[Stance], clock_unknown: bool) -> Found:
    if clock_unknown:
        return Found(
            "step_rate", "both", note="The clip plays in slow motion of an unknown factor: give its capture rate."
        )
    when, number = np.array([s.time_s for s in stances]), _numbers(stances)
    slope, _ = np.polyfit(number, when, 1)
    residual = when - np.polyval(np.polyfit(number, when, 1), number)
    sd = np.sqrt(
        (np.mean([s.time_sd_s**2 for s in stances]) + np.sum(residual**2) / max(len(when) - 2, 1)) / 2
    )
    error = sd / np.sqrt(((number - number.mean()) ** 2).sum()) / slope**2
    steps = 1 / np.diff(when)[np.diff(number) == 1]
    scatter = float(np.std(steps, ddof=1)) if len(steps) >= FEWEST_SCATTER else float("nan")
    return Found("step_rate", "both", float(1 / slope), float(error), float(error), scatter, len(steps))


def _numbers(stances: Sequence[Stance]) -> Array:
    """Return which step of the alternation each stance is: one that was not seen leaves its number out."""
    when = np.array([s.time_s for s in stances])
    usual = float(np.median(np.diff(when)))
    out = [0]
    for a, b in zip(stances, stances[1:], strict=False):
        steps = max(1, round((b.time_s - a.time_s) / usual))
        odd = a.side != b.side
        out.append(out[-1] + (steps if steps % 2 == odd else steps + 1))
    return np.array(out, dtype=float)


def _difference(stances: Sequence[Stance]) -> Found:
    number = _numbers(stances)
    steps: dict[Side, list[float]] = {side: [] for side in SIDES}
    for i in np.flatnonzero(np.diff(number) == 1):
        steps[stances[i].side].append(stances[i + 1].time_s - stances[i].time_s)
    name = "step_time_difference"
    if not all(steps.values()):
        return Found(name, "both", note="No steps to both sides were seen.")
    left, right = (float(np.mean(steps[side])) for side in SIDES)
    mean = (left + right) / 2
    pairs = min(len(steps["left"]), len(steps["right"]))
    value = 100 * (left - right) / mean
    each = [100 * (d - left) / mean for d in steps["left"]] + [100 * (d - right) / mean for d in steps["right"]]
    scatter = float(np.std(each, ddof=2) * np.sqrt(2)) if len(each) > FEWEST_SCATTER else float("nan")
    known = KNOWN[name]
    random = (scatter if np.isfinite(scatter) else 2 * known.within) / np.sqrt(pairs)
    within = float(np.hypot(random, known.within))
    return Found(name, "both", value, float(np.hypot(within, known.between)), within, scatter, pairs)
