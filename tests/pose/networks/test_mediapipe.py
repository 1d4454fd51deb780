"""MediaPipe's graph and the direct engine read the same joints."""

from __future__ import annotations

import numpy as np
import pytest

from analyzer import pipeline
from analyzer.pose.networks import weights
from analyzer.pose.networks.blazepose import LandmarkNet
from analyzer.pose.networks.mediapipe import Landmarker
from analyzer.video import reader

BOX = np.array([960.0, 560.0, 400.0])


@pytest.mark.model
def test_both_engines_agree_on_the_sample() -> None:
    model = weights.model_path()
    graph, direct = Landmarker(model), LandmarkNet(model)
    apart = []
    for frame in reader.frames(pipeline.sample(), 0.75, 0.80):
        one, _, sure = graph.look(frame.image, BOX)
        other, _, score = direct.look(frame.image, BOX)
        assert sure == 1.0
        assert score > 0.5
        apart.append(np.hypot(*(one - other[:33]).T))
    # A body of 300 px: two per cent of its height.
    assert np.median(apart) < 6


@pytest.mark.model
def test_nobody_is_found_in_an_empty_square() -> None:
    graph = Landmarker(weights.model_path())
    empty = np.zeros((400, 400, 3), np.uint8)
    xy, confidence, sure = graph.look(empty, np.array([200.0, 200.0, 300.0]))
    assert sure == 0.0
    assert np.isnan(xy).all()
    assert not confidence.any()
