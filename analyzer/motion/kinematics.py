"""From landmarks in pixels to the moving body in metres: joints, angles, rates, centre of mass.

The axes are x forward and y up; the zeros and signs of the angles are in ``motion.angles``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from analyzer.arrays import Array, Bools
from analyzer.body.anthropometry import LEG_OF_STATURE
from analyzer.body.skeleton import JOINTS, SIDES, Side, part_of
from analyzer.config import Config
from analyzer.data.capture import Calibration, CameraMotion, PoseTrack
from analyzer.data.motion import Motion
from analyzer.data.notes import Note
from analyzer.data.view import View
from analyzer.joints import body_size, body_view, landmark_bias, shoulder_bias
from analyzer.motion.angles import joint_angles
from analyzer.motion.centre_of_mass import centre_of_mass
from analyzer.motion.landmark_noise import jitter
from analyzer.scene.ground import CAMERA_HEIGHT_M, CAMERA_HEIGHT_SD
from analyzer.scene.passes import ChosenPass
from analyzer.scene.view_angle import focal_length, focal_px
from analyzer.signals import filters
from analyzer.signals.geometry import distance

CUTOFF_HZ: Final[dict[str, float]] = {
    "knee": 15.0, "ankle": 18.0, "heel": 18.0, "foot_index": 18.0,
    "wrist": 15.0, "pinky": 15.0, "index": 15.0,
}  # fmt: skip
"""Low-pass for the ends of the limbs, Hz; ``BODY_CUTOFF_HZ`` for the rest. Errors of velocities follow from
them, and so does how much of a fast movement is flattened.

A knee bends and straightens within a contact of a tenth of a second: 12 and 15 Hz for knee and ankle took 3
of the 16 degrees off, 15 and 18 Hz take 2, and on two rendered bodies the angles err no more with them.
"""
BODY_CUTOFF_HZ: Final = 12.0
"""Low-pass for hips, shoulders, elbows and head, Hz.

Of a thigh's peak of 900 deg/s, at 240 frames a second with 5 mm of noise, 6 Hz takes 9 % and 12 Hz 1 %; from
15 Hz on noise makes it larger than it is (computed on a model sprint).
"""
COM_CUTOFF_HZ: Final = 10.0
"""Low-pass for the centre of mass, Hz: it has no movement as fast as a limb's."""
OFFSET_OF_LEG: Final[dict[str, float]] = {
    "knee": 0.008, "ankle": 0.008, "heel": 0.010,
}  # fmt: skip
"""How far a landmark sits, throughout a clip, from the joint it is named after, leg lengths; ``OFFSET_REST``
for the joints that are not listed.

After the shifts of ``joints.landmark_bias`` and ``joints.shoulder_bias``, each clip of two rendered bodies is
off the mean of both by 0.005 at the hip, 0.004 at knee and ankle, 0.005 to 0.006 at shoulders, arms, heel and
head; people differ more than they do. The mean, and what comes and goes with the stride, are in
``metrics.uncertainty``.
"""
OFFSET_REST: Final = 0.012
"""The same for hips, shoulders, arms, toes and head, leg lengths."""
UNCORRECTED_OF_LEG: Final[dict[str, float]] = {"shoulder": 0.030, "knee": 0.020, "ankle": 0.015}
"""How much further off are landmarks of a network that was not measured, leg lengths: about what is taken out
of the marks of those that were, a folded knee's 0.02, an ankle's 0.01 to 0.017, and of shoulders that seem to
lean the trunk by 3 degrees. Added as variance."""
_UNKNOWN: Final = Note(
    "warning",
    "network_unknown",
    "The joints were read by a pose model whose habits were not measured: what it marks beside the joints is "
    "not taken out, as it is for the usual one, and the errors of angles are wider.",
    "Leave the model out to use the usual one.",
)
BODY_OF_LEG: Final[dict[str, float]] = {"hip": 0.034, "knee": 0.022, "ankle": 0.010}
"""How much further a network's hip, knee and ankle may be from a real athlete's joint, leg lengths; a
distance.

Rendered bodies are of one make, and the shifts are fitted to two of them. Markerless hips and knees of real
people came out 30 to 50 mm from those of markers, in the same direction in all trials, ankles 1 to 15 mm
(Needham et al. 2021), sprinters' angles 3 to 7 degrees. This makes 2.6 degrees of trunk lean, 3.6 of the
thigh and 4.9 of the knee: the part of the error that no clip of an athlete can show and no number of them
averages out (docs/decisions/0022).
"""
HAND_OF_FOREARM: Final = 0.36
"""From the wrist to the knuckles, forearm lengths (de Leva 1996): there the hand is put of a tracker without
fingers."""
JUMP: Final = 0.05
"""Leg lengths: a smaller deviation of a joint from its neighbours' curve is no outlier."""
TOLD_SHARE: Final = 0.01
"""Share of the joint positions set aside from which a note says so."""
READOUT_S: Final = 0.008
"""From the first row of an image to the last in phones, s: 4 to 16 ms, and less than a frame lasts."""
ROLL_SD_DEG: Final = 0.2
"""Error of the camera's roll by the standing feet, deg, on rendered clips."""
USUAL_DISTANCE_M: Final = 10.0
"""Distance of camera and lane, m, that turns the assumed height of the camera into an angle; assumed."""


def motion(
    pose: PoseTrack, camera: CameraMotion, chosen: ChosenPass, calibration: Calibration, config: Config
) -> Motion:
    """Turn a pose track into the athlete's motion in metres.

    Joints the tracker does not give are put where the others say (ears at the nose, hands beyond the
    wrist); a joint that cannot be told is NaN. Where the athlete runs to and fro, all but the pass to
    be analysed is NaN. On a treadmill the belt's motion is added, so that the athlete
    runs forward over the ground as outdoors.

    Parameters
    ----------
    pose : PoseTrack
    camera : CameraMotion
    chosen : ChosenPass
        The pass to analyse.
    calibration : Calibration
    config : Config
        ``leg_length_m``, ``height_m``, ``sex``.

    Returns
    -------
    Motion
        x forward and y up, m; angles with the signs of ``motion.angles``.
    """
    xy = camera.apply(pose.xy)
    aside = pose.middle("hip", xy, one_will_do=True)[:, 0] - pose.width / 2
    view_angle = calibration.view_angle_deg + np.degrees(np.arctan2(aside, focal_px(pose, camera)))
    if camera.bend:
        view_angle = view_angle + camera.bend.turned_deg
    xy = landmark_bias.centred(pose, xy, calibration.direction)
    metres = calibration.apply(xy)
    metres[: chosen.run.start] = np.nan
    metres[chosen.run.stop :] = np.nan
    if calibration.treadmill_mps:
        metres[..., 0] += calibration.treadmill_mps * pose.time[:, None]
    joints = _canonical(pose, metres)
    leg = _leg_length(joints, config)
    near: Side = "right" if calibration.direction == 1 else "left"
    joints = shoulder_bias.turned_back(joints, near, view_angle, leg, pose.source)
    flat = joints.reshape(len(joints), -1)
    bad = np.any(filters.outliers(flat, floor=JUMP * leg).reshape(joints.shape), axis=2)
    raw = np.where(bad[..., None], np.nan, joints)
    share = float(bad.mean())
    told = [Note("info", "outliers", f"{share:.1%} of the joint positions jumped and were set aside.")]
    markers = pose.kind == "markers"
    unknown = pose.kind == "network" and pose.source not in landmark_bias.SHIFTS
    noise = np.sqrt(np.mean(jitter(pose.time, raw, markers=markers)[0] ** 2, axis=1))
    position = smooth(pose.time, filters.bridge(pose.time, raw))
    blank = np.full((len(position), 2), np.nan)
    found = Motion(
        time=pose.time,
        raw=raw,
        position=position,
        angles={},
        rates={},
        com=blank,
        com_velocity=blank,
        noise_sd=np.where(
            np.isfinite(noise), noise, np.nanmedian(noise) if np.isfinite(noise).any() else 0.0
        ),
        offset_sd=leg * np.array([_offset(name, corrected=not unknown) for name in JOINTS]),
        body_sd=leg * np.array([0.0 if markers else BODY_OF_LEG.get(part_of(name), 0.0) for name in JOINTS]),
        leg_length=leg,
        near_side=near,
        sex=config.sex,
        view_angle_deg=view_angle,
        toe_is="ball" if markers else "tip",
        view_angle_sd_deg=calibration.view_angle_sd_deg,
        stretch_sd=(0.0, calibration.stretch_sd) if calibration.along_lane else (calibration.stretch_sd, 0.0),
        growth_sd=calibration.growth_sd,
        even_at_m=calibration.even_at_m,
        belt_mps=calibration.treadmill_mps,
        belt_sd_mps=calibration.treadmill_sd_mps,
        view=body_view.seen_from(pose, slice(chosen.run.start, chosen.run.stop)),
        view_ends=_view_ends(pose, camera, chosen, calibration, view_angle),
        plumb_sd_deg=float(np.linalg.norm([ROLL_SD_DEG, _height_lean_deg(calibration), row_lean_deg(pose)])),
        ground_sd=camera.sd_px * calibration.metres_per_pixel if camera.moving else None,
        notes=(
            *(told if share > TOLD_SHARE else ()),
            *_unseen_arms(joints),
            *([_UNKNOWN] if unknown else []),
        ),
    )
    return rebuild(found, position)


def _view_ends(
    pose: PoseTrack, camera: CameraMotion, chosen: ChosenPass, calibration: Calibration, angle_deg: Array
) -> tuple[View, View] | None:
    """Return from where the first and the last frame of a run see the body; None = not told to differ.

    How far aside in the image a body is tells its angle by the focal length, which errs alike at both ends.
    """
    if pose.in_space:
        return None
    focal, unsure = focal_length(pose, camera)
    xy = camera.as_filmed.apply(pose.xy)
    aside = (pose.middle("hip", xy, one_will_do=True)[:, 0] - pose.width / 2) / focal
    run = np.arange(chosen.run.start, chosen.run.stop)
    known = run[np.isfinite(angle_deg[run]) & np.isfinite(aside[run])]
    if len(known) == 0:
        return None
    first, last = known[[0, -1]]
    by_focal = np.degrees(unsure * aside / (1 + aside**2))
    sd = np.hypot(calibration.view_angle_sd_deg, by_focal)
    # Seen in the image's right half, an athlete who runs to the right shows the back.
    begin, end = (View(float(-calibration.direction * angle_deg[i]), float(sd[i])) for i in (first, last))
    bent = camera.bend.turned_sd_deg if camera.bend else 0.0
    between = float(np.hypot(by_focal[last] - by_focal[first], 2 * bent))
    return (begin, end) if begin.differs(end, between) else None


def row_lean_deg(pose: PoseTrack) -> float:
    """Return how far an upright line seems to lean back, deg, if the camera reads rows one after another.

    From the top row to the bottom one it moves on by its speed in the image times ``READOUT_S``. Markers
    have no rows, and in a clip taken upright the rows stand: its lines shift, but do not lean.
    """
    if pose.kind == "markers" or pose.height > pose.width:
        return 0.0
    hip = pose.middle("hip", one_will_do=True)[:, 0]
    moving = np.diff(hip) / np.diff(pose.time)
    if not np.isfinite(moving).any():
        return 0.0
    readout_s = min(READOUT_S, 1 / pose.fps)
    return float(np.degrees(np.arctan(np.nanmedian(np.abs(moving)) * readout_s / pose.height)))


def _height_lean_deg(calibration: Calibration) -> float:
    """Return the error of the roll, deg, that comes of the camera's assumed height.

    Seen at an angle the ground rises in the image, by the height of the camera over its distance.
    """
    rise = CAMERA_HEIGHT_M / USUAL_DISTANCE_M * np.tan(np.radians(calibration.view_angle_deg))
    return float(np.degrees(CAMERA_HEIGHT_SD * abs(rise)))


def smooth(time: Array, joints: Array) -> Array:
    """Low-pass (n, k, ...) joints, in the order of ``JOINTS``, without lag, each at its own frequency."""
    out = np.empty_like(joints, dtype=float)
    cut = np.array([CUTOFF_HZ.get(part_of(name), BODY_CUTOFF_HZ) for name in JOINTS])
    for hz in np.unique(cut):
        columns = np.flatnonzero(cut == hz)
        part = joints[:, columns]
        out[:, columns] = filters.low_pass(time, part.reshape(len(part), -1), hz).reshape(part.shape)
    return out


def rebuild(motion: Motion, position: Array, com: Array | None = None) -> Motion:
    """Return ``motion`` with other filtered joint positions and everything that follows from them.

    Parameters
    ----------
    motion : Motion
    position : (n, k, 2) m
        In the order of ``JOINTS``.
    com : (n, 2) m, optional
        Centre of mass to use instead of the one of the segments.
    """
    angles = joint_angles(position)
    names = list(angles)
    rates = filters.derivative(motion.time, np.stack([angles[name] for name in names]).T)
    if com is None:
        com = filters.low_pass(motion.time, centre_of_mass(position, motion.sex), COM_CUTOFF_HZ)
    return replace(
        motion,
        position=position,
        angles=angles,
        rates=dict(zip(names, rates.T, strict=True)),
        com=com,
        com_velocity=filters.derivative(motion.time, com),
    )


def _offset(name: str, *, corrected: bool) -> float:
    """Return how far a landmark sits from its joint, leg lengths."""
    part = part_of(name)
    usual = OFFSET_OF_LEG.get(part, OFFSET_REST)
    return usual if corrected else float(np.hypot(usual, UNCORRECTED_OF_LEG.get(part, 0.0)))


def _canonical(pose: PoseTrack, metres: Array) -> Array:
    """Return (n, 23, 2) joints in the order of JOINTS, absent ones derived where that is sound."""
    have = {name: metres[:, pose.names.index(name)] for name in JOINTS if name in pose.names}
    have = {name: path for name, path in have.items() if np.isfinite(path).any()}
    nothing = np.full((len(metres), 2), np.nan)

    def derive(name: str) -> Array:
        side, _, part = name.partition("_")
        if name == "nose":
            ears = [have[e] for e in ("left_ear", "right_ear") if e in have]
            return np.asarray(np.mean(ears or [nothing], axis=0))
        if part == "ear":
            across = "right" if side == "left" else "left"
            return have.get(f"{across}_ear", have.get("nose", nothing))
        if part in ("pinky", "index") and {f"{side}_elbow", f"{side}_wrist"} <= have.keys():
            wrist, elbow = have[f"{side}_wrist"], have[f"{side}_elbow"]
            return wrist + HAND_OF_FOREARM * (wrist - elbow)
        return nothing

    return np.stack([have[name] if name in have else derive(name) for name in JOINTS], axis=1)


def _unseen_arms(joints: Array) -> list[Note]:
    """Say which arm (n, 23, 2) joints never show whole, and what that costs."""
    seen: Bools = np.asarray(np.isfinite(joints).all(axis=2).any(axis=0))
    arms = [
        side
        for side in SIDES
        if not all(seen[JOINTS.index(f"{side}_{part}")] for part in ("shoulder", "elbow", "wrist"))
    ]
    if not arms:
        return []
    which = "Neither arm is" if len(arms) == 2 else f"The {arms[0]} arm is not"
    return [
        Note(
            "limit",
            "arm_unseen",
            f"{which} seen whole in any frame, so numbers of both arms together are not given.",
            "Film or mark shoulders, elbows and wrists of both sides.",
        )
    ]


def _leg_length(joints: Array, config: Config) -> float:
    """Standing hip-to-ground length, m: measured, from the stature, or from thigh and shank."""
    if config.leg_length_m is not None:
        return config.leg_length_m
    if config.height_m is not None:
        return LEG_OF_STATURE * config.height_m
    chains = [np.nan]
    for side in SIDES:
        hip, knee, ankle = (joints[:, JOINTS.index(f"{side}_{j}")] for j in ("hip", "knee", "ankle"))
        straight = body_size.straightest(hip, knee, ankle)
        if straight.any():
            chain = distance(hip, knee) + distance(knee, ankle)
            chains.append(float(np.median(chain[straight])))
    longest = float(np.nanmax(chains)) if len(chains) > 1 else float("nan")
    return longest * body_size.LEG_OF_THIGH_AND_SHANK
