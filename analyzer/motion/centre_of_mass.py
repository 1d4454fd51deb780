"""The whole body's centre of mass from its segments."""

from __future__ import annotations

import numpy as np

from analyzer.arrays import Array
from analyzer.body.anthropometry import SEGMENTS, by_sex
from analyzer.body.skeleton import JOINTS, Sex


def centre_of_mass(position: Array, sex: Sex) -> Array:
    """Return the whole-body centre of mass (n, 2) of (n, k, 2) joints, after de Leva (1996).

    A segment never seen in the whole clip (arms out of the picture, marker sets without a head) is
    left out and the rest stands for the body; NaN in frames where a segment that is otherwise seen
    is missing, or where the trunk or a thigh never is.
    """
    total = np.zeros(position.shape[::2])
    mass = 0.0
    for name, segment in SEGMENTS.items():
        ends = [
            np.mean([position[:, JOINTS.index(j)] for j in joints], axis=0)
            for joints in (segment.proximal, segment.distal)
        ]
        centre = ends[0] + by_sex(segment.com, sex) * (ends[1] - ends[0])
        if not np.isfinite(centre).any():
            if name == "trunk" or name.endswith("thigh"):
                return np.full_like(total, np.nan)
            continue
        total = total + by_sex(segment.mass, sex) * centre
        mass += by_sex(segment.mass, sex)
    return np.asarray(total / mass)
