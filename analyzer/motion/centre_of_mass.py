"""The whole body's centre of mass from its segments."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from analyzer.arrays import Array
from analyzer.body.anthropometry import SEGMENTS, Segment, by_sex
from analyzer.body.skeleton import JOINTS, Sex
from analyzer.signals.geometry import midpoint


def centre_of_mass(position: Array, sex: Sex) -> Array:
    """Return the whole-body centre of mass (n, 2) of (n, k, 2) joints, after de Leva (1996).

    A segment never seen in the whole clip (arms out of the picture, marker sets without a head) is
    left out and the rest stands for the body; NaN in frames where a segment that is otherwise seen
    is missing, or where the trunk or a thigh never is.
    """
    paths = np.ascontiguousarray(position.T)  # (2, k, n)
    at = {name: paths[:, i] for i, name in enumerate(JOINTS)}
    total = np.zeros((2, len(position)))
    mass = 0.0
    for name, segment in SEGMENTS.items():
        centre = segment_centre(segment, at, sex)
        if not np.isfinite(centre).any():
            if name == "trunk" or name.endswith("thigh"):
                return np.full_like(total, np.nan).T
            continue
        total += by_sex(segment.mass, sex) * centre
        mass += by_sex(segment.mass, sex)
    return np.asarray(total / mass).T


def segment_centre(segment: Segment, at: Mapping[str, Array], sex: Sex) -> Array:
    """Return where a segment has its mass, of the paths (or velocities) of joints, (2, n) all."""
    near, far = (
        midpoint(at[joints[0]], at[joints[-1]]) if len(joints) > 1 else at[joints[0]]
        for joints in (segment.proximal, segment.distal)
    )
    return near + by_sex(segment.com, sex) * (far - near)
