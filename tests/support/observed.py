"""A made run as a camera would give it, with every error known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analyzer.body.skeleton import JOINTS
from analyzer.data.results import Measurement, Value
from analyzer.metrics.run import Run
from analyzer.metrics.uncertainty.network_errors import (
    OVERTONES,
    course_signs,
    habit_course,
    mixing,
    posture_sd,
    stride_harmonics,
)
from analyzer.motion import centre_of_mass, kinematics, landmark_noise

OFFSET = 0.95 * np.array([kinematics._offset(name, corrected=True) for name in JOINTS])
"""How far each landmark sits off its joint, m: the standard error of it, for a leg of 0.95 m."""


def observed(truth: Run, seed: int, *, sigma: float = 0.006, event_sd: float = 0.003) -> Run:
    """Return the run as a camera would give it: noise, offsets, filters, uncertain events and scale."""
    draw = np.random.default_rng(seed)
    m = truth.motion
    n, k, _ = m.position.shape
    jitter = draw.standard_normal((n, k, 2))
    for axis, mixed in enumerate(mixing(m.near_side)):
        jitter[..., axis] = jitter[..., axis] @ mixed.T
    parts = [name.partition("_")[2] or name for name in JOINTS]
    lasts = [
        landmark_noise.SLOW_S
        if part in landmark_noise.SLOW
        else landmark_noise.MEMORY_S.get(part, landmark_noise.MEMORY_REST_S)
        for part in parts
    ]
    kept = np.exp(-1 / (m.fps * np.array(lasts)))[:, None]
    for i in range(1, n):
        jitter[i] = kept * jitter[i - 1] + np.sqrt(1 - kept**2) * jitter[i]
    scale = 1 + 0.03 * draw.standard_normal()
    offset = draw.standard_normal((k, 2)) * OFFSET[:, None] / np.sqrt(2)
    # What comes and goes with the stride, alike in every stride.
    wander = draw.standard_normal((2 * len(OVERTONES), k, 2)) * np.repeat(OVERTONES, 2)[:, None, None]
    for axis, mixed in enumerate(mixing(m.near_side)):
        wander[..., axis] = wander[..., axis] @ mixed.T
    wander *= 0.95 * posture_sd(truth)[:, None] / 2
    habit = 0.95 * draw.standard_normal() * m.leg_length * habit_course(m.near_side)
    wander += habit[1:] * course_signs(truth)[:, None, None]
    offset += habit[0]
    posture = np.einsum("nh,hkc->nkc", stride_harmonics(truth), wander)
    raw = (m.position + offset + posture + sigma * jitter) * scale
    noise = np.sqrt(np.mean(landmark_noise.jitter(m.time, raw, markers=False)[0] ** 2, axis=1))
    motion = replace(m, raw=raw, noise_sd=noise, offset_sd=OFFSET)
    motion = kinematics.rebuild(motion, kinematics.smooth(m.time, raw))
    toes = {side: JOINTS.index(f"{side}_foot_index") for side in ("left", "right")}
    common = draw.standard_normal(2)
    steps = []
    for step in truth.steps:
        late = event_sd * (common + draw.standard_normal(2)) / np.sqrt(2)
        frame = int(np.searchsorted(m.time, step.touchdown_s))
        place = (np.array(step.foot) + offset[toes[step.side]] + posture[frame, toes[step.side]]) * scale
        steps.append(
            replace(
                step,
                touchdown_s=step.touchdown_s + late[0],
                touchdown_sd_s=event_sd,
                toe_off_s=step.toe_off_s + late[1],
                toe_off_sd_s=event_sd,
                foot=(float(place[0]), float(place[1])),
            )
        )
    return Run(motion, tuple(steps), True, 0.03)


def true(run: Run) -> Run:
    """Return the run with the centre of mass of its joints, as the analyzer would compute it."""
    m = run.motion
    return replace(
        run, motion=kinematics.rebuild(m, m.position, centre_of_mass.centre_of_mass(m.position, m.sex))
    )


def of(found: Measurement, metric: str) -> list[Value]:
    return [v for v in found.values if v.metric == metric]
