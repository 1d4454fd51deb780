"""The joints as arrays with names, laid out as the package ``movement`` has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analyzer.data.analysis import Analysis
from analyzer.errors import ConfigError

if TYPE_CHECKING:
    import xarray as xr


def to_xarray(analysis: Analysis) -> xr.Dataset:
    """Return the joints in pixels: position (time, space, keypoints, individuals) and their confidence.

    Raises
    ------
    ConfigError
        The package xarray is not installed.
    """
    try:
        import xarray as xr
    except ImportError:
        raise ConfigError(
            "Arrays with names need the package xarray.",
            "",
            'Install what exports need: pip install "sprint-analyzer[export]".',
        ) from None
    track = analysis.pose
    who = analysis.config.athlete_name or "athlete"
    return xr.Dataset(
        {
            "position": (
                ("time", "space", "keypoints", "individuals"),
                np.swapaxes(track.xy, 1, 2)[..., None].copy(),
            ),
            "confidence": (("time", "keypoints", "individuals"), track.confidence[..., None].copy()),
        },
        coords={
            "time": track.time.copy(),
            "space": ["x", "y"],
            "keypoints": list(track.names),
            "individuals": [who],
        },
        attrs={
            "fps": track.fps,
            "time_unit": "seconds",
            "source_software": "sprint-analyzer",
            "source_file": analysis.video.path.name if analysis.video else "",
            "ds_type": "poses",
        },
    )
