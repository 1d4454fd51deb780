"""Crops that follow from what was read in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analyzer.arrays import Array
from analyzer.body.skeleton import BLAZEPOSE, SIDES
from analyzer.config import Config
from analyzer.data.capture import CameraMotion
from analyzer.pose import reading
from analyzer.pose.early_looks import EarlyLooks
from analyzer.pose.networks.blazepose import SIDE_OF_STATURE
from analyzer.pose.people.athlete import Person, Sighting, lean
from analyzer.video import reader

SAMPLE = Path(__file__).parents[2] / "sample_videos" / "sprint_sample.mp4"
DOWN = {"shoulder": -0.29, "hip": 0.0, "knee": 0.24, "ankle": 0.45, "heel": 0.47, "foot_index": 0.48}
"""Of the hips, statures."""
GREY = (110.0, 128.0, 128.0) * 2
DRAWN_IN = 20.0
"""Lean of a square, deg, in which the headless trunk is looked for along the square."""


class Headless:
    """Sees somebody upright, but in a square that leans somebody who leans as much."""

    def look(self, image: reader.Image, box: Array, lean_deg: float = 0.0) -> tuple[Array, Array, float]:
        stature = box[2] / SIDE_OF_STATURE
        xy = np.tile(box[:2], (33, 1)).astype(float)
        for side in SIDES:
            for joint, down in DOWN.items():
                xy[BLAZEPOSE.index(f"{side}_{joint}")] += (0, down * stature)
            xy[BLAZEPOSE.index(f"{side}_foot_index")] += (0.1 * stature, 0)  # runs to the right
            if abs(lean_deg) > DRAWN_IN:
                way = np.radians(lean_deg)
                up = DOWN["shoulder"] * stature * np.array([-np.sin(way), np.cos(way)])
                xy[BLAZEPOSE.index(f"{side}_shoulder")] = box[:2] + up
        return xy, np.ones(33), 1.0


@pytest.mark.parametrize(("misread", "upright"), [(-60.0, True), (50.0, False)])
def test_a_square_that_leaned_back_is_made_upright(misread: float, upright: bool) -> None:
    """Somebody at a start leans forward as far, and that is believed."""
    info = reader.probe(SAMPLE)
    info = replace(info, time=info.time[:90])
    leans = misread * np.clip((np.arange(90) - 20) / 30, 0, 1)
    sightings = tuple(
        Sighting(i, 600.0, 300.0, 200.0, lean_deg=float(leans[i]), colour=GREY) for i in range(0, 90, 3)
    )
    camera = CameraMotion.static(90)
    net = Headless()
    early = EarlyLooks([net], info.time, (info.width, info.height))
    config = Config(quality="fast")
    read, box = reading.read(info, [net], config, Person(sightings), camera, (0, 90), [], early, None)
    assert np.isfinite(box).all()
    found = lean(read.xy)
    assert found[:15] == pytest.approx(np.zeros(15), abs=1)
    assert found[60:] == pytest.approx(np.full(30, 0.0 if upright else misread), abs=10)
