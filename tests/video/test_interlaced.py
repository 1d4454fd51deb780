"""Combed pictures are told from sharp ones, still ones and noise."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from analyzer.video.interlaced import combing, note


def picture(x: float, seed: int, noise: float = 3.0) -> np.ndarray:
    out = np.full((200, 300), 140.0)
    cv2.line(out, (int(x), 20), (int(x) + 40, 180), 30.0, 22)
    cv2.line(out, (int(x) + 60, 180), (int(x) + 10, 90), 60.0, 16)
    out = cv2.GaussianBlur(out, (0, 0), 1.0)
    return np.clip(out + np.random.default_rng(seed).normal(0, noise, out.shape), 0, 255).astype(np.uint8)


def woven(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    out = a.copy()
    out[1::2] = b[1::2]
    return out


@pytest.mark.parametrize("moved", [4, 12, 25])
def test_combed_pictures_are_told(moved: int) -> None:
    combs = [combing(woven(picture(60 + 9 * i, i), picture(60 + 9 * i + moved, i + 50))) for i in range(6)]
    assert [n.code for n in note(combs)] == ["interlaced"]


@pytest.mark.parametrize("noise", [0.0, 3.0, 8.0])
def test_whole_pictures_are_not(noise: float) -> None:
    assert note([combing(picture(60 + 9 * i, i, noise)) for i in range(6)]) == []


def test_two_fields_of_one_moment_are_not() -> None:
    assert note([combing(woven(picture(60, i), picture(60, i + 9))) for i in range(6)]) == []


def test_nothing_to_see_tells_nothing() -> None:
    flat = np.full((200, 300), 90, np.uint8)
    assert np.isnan(combing(flat))
    assert np.isnan(combing(flat[:4]))
    assert note([float("nan")] * 6) == []
    assert note([9.0, 9.0]) == []
