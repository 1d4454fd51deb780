"""From joints in pixels to the numbers of the frontal plane."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import numpy as np

from analyzer.arrays import Array
from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.body.skeleton import SIDES
from analyzer.config import Config
from analyzer.data.analysis import Provenance
from analyzer.data.capture import CameraMotion, PoseTrack, VideoInfo
from analyzer.data.notes import Note
from analyzer.data.view import View
from analyzer.errors import NotRunningError, TooFewContactsError, ViewError
from analyzer.frontal import alternation, beside, clock, errors, mixed_legs, running, summary, values
from analyzer.frontal.alternation import Middle
from analyzer.frontal.body import Body, body
from analyzer.frontal.measures import MEASURES
from analyzer.frontal.results import Found, Frontal, Stance
from analyzer.joints import body_size, body_view
from analyzer.scene.calibration import LEG_LENGTH_SD
from analyzer.scene.passes import ChosenPass

FEWEST: Final = 3
"""Stances that are needed, one of each side among them: two steps."""


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
            f"The athlete is filmed {'' if found.kind == 'oblique' else 'from '}{found.where}: use analyze.",
            f"The athlete is turned {abs(found.angle_deg):.0f}° from a view from the side; what lies across "
            "the lane is seen from the front and from behind."
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
        If fewer than three stances are seen, or none of one side.
    """
    seen = view(track, chosen)
    part = slice(chosen.run.start, chosen.run.stop)
    named, mixed = mixed_legs.set_right(track)
    rough = body(named, camera, seen, part, None)
    with _rate_doubted(config, track, rough):
        first = alternation.rhythm(rough)
        running.refuse_still(first)
        person = body(named, camera, seen, part, 1 / first.stride_hz)
        rhythm = alternation.rhythm(person)
        running.refuse_still(rhythm)
        middles, spaced = alternation.middles(person, rhythm.stride_hz, seen.kind)
        told = running.check(person, middles, rhythm, accept=config.accept)
        _refuse_few(middles, float(np.ptp(person.time)))
    known = clock.check(info, track, config, middles)
    withheld = {name: errors.not_given(name, track.kind, seen) for name in MEASURES}
    off = beside.sine(person, middles)
    beside_deg, beside_sd_deg = beside.angle(off)
    seen = _by_legs(seen, beside_deg, beside_sd_deg)
    off = off if np.isfinite(off) else 0.0
    sure = {
        name: errors.seen_beside(errors.known(name, track.kind, seen), name, off)
        for name in MEASURES
        if not withheld[name]
    }
    raw = values.of_stances(person, middles, rhythm.stride_hz, off)
    if track.kind != "markers" and not _alike(middles, raw):
        withheld |= {name: withheld[name] or errors.COVERED for name in errors.KNEES}
    each = [
        {
            name: (value - sure[name].shift) / sure[name].gain
            for name, value in of_stance.items()
            if not withheld[name]
        }
        for of_stance in raw
    ]
    stances = tuple(
        Stance(i + 1, m.side, m.time_s, m.sd_s, _frame(track, m.time_s), each[i])
        for i, m in enumerate(middles)
    )
    if known.unknown:
        withheld["step_rate"] = clock.UNKNOWN
    if not spaced and not withheld["step_time_difference"]:
        withheld["step_time_difference"] = errors.UNEVEN
    found = []
    for name_, one in MEASURES.items():
        if withheld[name_]:
            found += [Found(name_, side, note=withheld[name_]) for side in one.sides]
        else:
            found += summary.of(one, stances, sure[name_])
    leg_m, leg_sd_m = _leg(config)
    return Frontal(
        name=name,
        video=info,
        pose=track,
        camera=camera,
        view=seen,
        config=config,
        time=person.time,
        curves=_curves(person, off),
        stances=stances,
        found=tuple(found),
        notes=(*notes, *told, *known.notes, *_mixed(int(mixed[part].sum()), len(person.time))),
        slow_motion=known.slow_motion,
        beside_deg=beside_deg,
        beside_sd_deg=beside_sd_deg,
        leg_length_m=leg_m,
        leg_length_sd_m=leg_sd_m,
        shoulder_width=values.shoulder_width(person),
        provenance=provenance or Provenance(),
    )


@contextmanager
def _rate_doubted(config: Config, track: PoseTrack, rough: Body) -> Iterator[None]:
    """Say with a refusal what the rhythm of the legs, however fast, tells of a stated capture rate."""
    try:
        yield
    except (NotRunningError, TooFewContactsError) as problem:
        found = alternation.rhythm(rough, fastest_hz=np.inf) if config.capture_fps else None
        doubt = "" if found is None else clock.doubt(track.fps, found)
        if not doubt:
            raise
        raise type(problem)(
            problem.what, problem.why, f"{doubt} {problem.fix}", settings=problem.settings
        ) from None


def _refuse_few(middles: Sequence[Middle], lasts_s: float) -> None:
    each = [sum(m.side == side for m in middles) for side in SIDES]
    if min(each) < 1 or sum(each) < FEWEST:
        raise TooFewContactsError(
            f"Only {each[0]} stances of the left leg and {each[1]} of the right one were found.",
            f"The athlete was followed for {lasts_s:.2f} s.",
            "Film at least five steps, with the feet in the picture all the time.",
        )


def _alike(middles: Sequence[Middle], each: Sequence[Mapping[str, float]]) -> bool:
    """Tell whether both knees come as high: a knee that is misread comes too high or too low."""
    lifts = [
        [of["knee_lift"] for m, of in zip(middles, each, strict=True) if m.side == side and "knee_lift" in of]
        for side in SIDES
    ]
    return all(lifts) and abs(float(np.mean(lifts[0]) - np.mean(lifts[1]))) < errors.UNLIKE


def _mixed(frames: int, of: int) -> list[Note]:
    """Tell in how many frames legs were set right."""
    if not frames:
        return []
    return [
        Note(
            "info",
            "legs_mixed",
            f"In {frames} of {of} frames parts of the legs were marked the wrong way round, against the "
            "frames on both sides: they were set right.",
            counts={"frames": frames},
        )
    ]


def _leg(config: Config) -> tuple[float, float]:
    """Return a leg's length as it was stated, or by the stature, and its error, m; NaN without either."""
    if config.leg_length_m is not None:
        return config.leg_length_m, LEG_LENGTH_SD * config.leg_length_m
    length = LEG_OF_STATURE * (config.height_m or float("nan"))
    return length, body_size.LEG_SD * length


def _by_legs(seen: View, beside_deg: float, beside_sd_deg: float) -> View:
    """Return the view with the angle that the legs' swing tells: the shoulders' width hardly does."""
    if not np.isfinite(beside_deg):
        return seen
    return View(float(np.copysign(90 - abs(beside_deg), seen.angle_deg)), beside_sd_deg)


def _frame(track: PoseTrack, when: float) -> int:
    return int(np.argmin(np.abs(track.time - when)))


def _curves(person: Body, off: float) -> Mapping[str, Array]:
    """Return what is drawn over time; feet and hands are corrected as their numbers are."""
    out = {"trunk_lean": person.rolled(), "pelvis_tilt": person.tilt()}
    width = values.shoulder_width(person)
    for side in SIDES:
        hand = (person.hand(side) - person.middle("shoulder"))[:, 0]
        out[f"{side}_foot"] = person.foot(side)[:, 0] - beside.shifted("foot", off, width)
        out[f"{side}_hand"] = hand - beside.shifted("hand", off, width)
        out[f"{side}_knee"] = person.joint(f"{side}_knee")[:, 1]
    return out
