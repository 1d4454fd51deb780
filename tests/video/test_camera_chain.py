"""Frames are put on one map, from link to link."""

from __future__ import annotations

import numpy as np

from analyzer.video.camera_chain import Chain, Link

SHIFT = 6.0
"""px to the left from frame to frame, as of a camera that pans."""


def test_a_frame_that_fits_nowhere_does_not_cut_the_chain_behind_it() -> None:
    rng = np.random.default_rng(2)
    corners = rng.uniform((20, 20), (620, 340), (80, 2))
    chain = Chain(640, 360, 1.0, {0: []})

    def link(older: int, frame: int) -> Link:
        noise = rng.normal(0, 0.1, corners.shape)
        return Link(older, corners, corners - (SHIFT * (frame - older), 0) + noise)

    for frame in range(1, 12):
        chain.links[frame] = [link(older, frame) for older in (frame - 2, frame - 1) if older >= 0]
    lost = 6
    chain.links[lost] = [Link(lost - 1, corners, rng.uniform((20, 20), (620, 340), corners.shape))]
    found = chain.motion(chain.solve([None] * 12), 12, 3)
    assert np.flatnonzero(np.isnan(found.sd_px)).tolist() == [lost]
    moved = found.to_reference[:, 0, 2][np.arange(12) != lost]
    assert np.abs(moved - SHIFT * (np.delete(np.arange(12), lost) - 3)).max() < 1.5
