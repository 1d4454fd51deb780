"""The background's motion, on pictures whose motion is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from analyzer.arrays import Array
from analyzer.data.capture import CameraMotion
from analyzer.video import camera_motion
from analyzer.video.camera_motion import Background
from analyzer.video.frame import Frame

WIDTH, HEIGHT = 640, 360


@pytest.fixture(scope="module")
def wall() -> np.ndarray:
    """A wide wall with something to hold on to everywhere."""
    rng = np.random.default_rng(3)
    coarse = rng.uniform(40, 215, (90, 260, 3)).astype(np.uint8)
    return cv2.GaussianBlur(cv2.resize(coarse, (1560, 540), interpolation=cv2.INTER_CUBIC), (0, 0), 1.2)


def shown(image: np.ndarray) -> Frame:
    return Frame(0, 0.0, image)


def view(wall: np.ndarray, place: Array) -> np.ndarray:
    """What a camera sees whose px map to the wall by ``place``."""
    return cv2.warpPerspective(wall, place, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)


def follow(pictures: list[np.ndarray], people: list[Array | None] | None = None) -> CameraMotion:
    background = Background(WIDTH, HEIGHT)
    for i, picture in enumerate(pictures):
        assert not background.cut(shown(picture))
        background.add(i, shown(picture))
    return background.motion(len(pictures), 0, people or [None] * len(pictures))


def shift(x: float, y: float) -> Array:
    return np.array([[1.0, 0, x], [0, 1, y], [0, 0, 1]])


def off(motion: CameraMotion, places: list[Array]) -> Array:
    """How far a few points land from where they should, px, for each frame."""
    points = np.array([(60.0, 60.0, 1), (580, 60, 1), (320, 300, 1)]).T
    out = []
    for found, place in zip(motion.to_reference, places, strict=True):
        a, b = found @ points, np.linalg.inv(places[0]) @ place @ points
        out.append(np.hypot(*(a[:2] / a[2] - b[:2] / b[2])).max())
    return np.array(out)


def test_a_tripod_is_exactly_still(wall: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    still = view(wall, shift(200, 80))
    noisy = [np.clip(still + rng.normal(0, 4, still.shape), 0, 255).astype(np.uint8) for _ in range(12)]
    motion = follow(noisy)
    assert not motion.moving
    assert np.array_equal(motion.to_reference, np.tile(np.eye(3), (12, 1, 1)))


def test_a_pan_is_followed_through_several_key_pictures(wall: np.ndarray) -> None:
    places = [shift(10 + 14.0 * i, 60 + 3 * np.sin(i)) for i in range(60)]
    motion = follow([view(wall, p) for p in places])
    assert motion.moving
    travel = places[-1][0, 2] - places[0][0, 2]
    assert off(motion, places).max() < 0.003 * travel
    assert np.isfinite(motion.sd_px).all()
    assert motion.sd_px[0] == 0
    assert motion.sd_px[-1] > motion.sd_px[5] > 0


def test_zoom_and_roll_are_followed(wall: np.ndarray) -> None:
    places = []
    for i in range(20):
        zoom, roll = 1 - 0.01 * i, np.radians(0.3 * i)
        turn = zoom * np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
        place = np.eye(3)
        place[:2, :2] = turn
        place[:2, 2] = np.array([780, 270]) - turn @ (320, 180)
        places.append(place)
    assert off(follow([view(wall, p) for p in places]), places).max() < 0.5


def test_a_person_who_fills_the_picture_does_not_move_it(wall: np.ndarray) -> None:
    still, pictures, boxes = view(wall, shift(300, 90)), [], []
    coat = cv2.resize(wall[:200, :120], (260, 330))
    for i in range(15):
        picture, x = still.copy(), 40 + 9 * i
        picture[20:350, x : x + 260] = coat
        pictures.append(picture)
        boxes.append(np.array([[x + 130.0, 185.0, 460.0]]))
    assert not follow(pictures, boxes).moving


def test_a_logo_does_not_hold_the_camera(wall: np.ndarray) -> None:
    places = [shift(10 + 10.0 * i, 60) for i in range(25)]
    logo = np.random.default_rng(5).integers(0, 255, (60, 200, 3)).astype(np.uint8)
    logo = cv2.resize(cv2.resize(logo, (50, 15)), (200, 60), interpolation=cv2.INTER_NEAREST)
    pictures = [view(wall, p) for p in places]
    for picture in pictures:
        picture[10:70, 20:220] = logo
    assert off(follow(pictures), places).max() < 1.0


def test_bare_ground_gives_no_hold(wall: np.ndarray) -> None:
    bare = np.full((HEIGHT, WIDTH, 3), 120, np.uint8)
    seen = [view(wall, shift(100 + 8.0 * i, 60)) for i in range(5)]
    background = Background(WIDTH, HEIGHT)
    for i, picture in enumerate([*seen, bare, bare, bare]):
        background.add(i, shown(picture))
    motion = background.motion(8, 0, [None] * 8)
    assert motion.moving
    assert np.isfinite(motion.sd_px[:5]).all()
    assert np.isnan(motion.sd_px[5:]).all()
    assert np.isfinite(motion.to_reference).all()


@pytest.mark.parametrize("size", [(1, 2000), (2000, 1)])
def test_a_strip_of_a_picture_is_followed_as_any_other(size: tuple[int, int]) -> None:
    background = Background(*size)
    strip = np.full((size[1], size[0], 3), 90, np.uint8)
    for i in range(3):
        assert not background.cut(shown(strip))
        background.add(i, shown(strip))
    np.testing.assert_allclose(background.motion(3, 0, [None] * 3).to_reference, [np.eye(3)] * 3, atol=1e-9)


def test_another_shot_is_noticed(wall: np.ndarray) -> None:
    background = Background(WIDTH, HEIGHT)
    for i in range(6):
        background.add(i, shown(view(wall, shift(100 + 2.0 * i, 60))))
    assert not background.cut(shown(view(wall, shift(113, 60))))
    brighter = np.clip(view(wall, shift(113, 60)) * 1.35, 0, 255).astype(np.uint8)
    assert not background.cut(shown(brighter))
    elsewhere = cv2.flip(255 - view(wall, shift(700, 100)), 0)
    assert background.cut(shown(elsewhere))


def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pictures are searched for corners, in a list of one number."""
    calls = [0]
    search = camera_motion.found

    def found(*args: object, **options: object) -> object:
        calls[0] += 1
        return search(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(camera_motion, "found", found)
    return calls


def test_while_the_camera_stands_few_frames_are_registered(
    wall: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = counted(monkeypatch)
    rng = np.random.default_rng(2)
    still = view(wall, shift(200, 80))
    background = Background(WIDTH, HEIGHT, 240.0)
    for i in range(100):
        background.add(i, shown(np.clip(still + rng.normal(0, 3, still.shape), 0, 255).astype(np.uint8)))
    assert calls[0] < 26
    assert np.array_equal(background.place(99), np.eye(3))
    motion = background.motion(100, 50, [None] * 100)
    assert not motion.moving
    assert motion.sd_px.shape == (100,)
    assert np.isfinite(motion.sd_px).all()


@pytest.mark.parametrize("first", [40, 43, 46])
def test_a_camera_that_stood_is_followed_from_the_very_frame_in_which_it_moves(
    wall: np.ndarray, first: int
) -> None:
    places = [shift(100 + 2.5 * max(0, i - first), 60) for i in range(75)]
    background = Background(WIDTH, HEIGHT, 240.0)
    for i, place in enumerate(places):
        background.add(i, shown(view(wall, place)))
    motion = background.motion(75, 0, [None] * 75)
    assert motion.moving
    assert off(motion, places).max() < 0.5
    assert np.isfinite(motion.sd_px).all()


def test_another_reference_needs_no_other_solution(wall: np.ndarray) -> None:
    places = [shift(10 + 6.0 * i, 60 + np.sin(i)) for i in range(30)]
    background = Background(WIDTH, HEIGHT)
    for i, place in enumerate(places):
        background.add(i, shown(view(wall, place)))
    people: list[Array | None] = [None] * 30
    background.motion(30, 3, people)
    again = background.motion(30, 17, people)
    assert np.allclose(again.to_reference[17], np.eye(3), atol=1e-9)
    fresh = follow([view(wall, place) for place in places])
    to_17 = np.linalg.inv(fresh.to_reference[17])
    for one, other in zip(again.to_reference, fresh.to_reference, strict=True):
        assert np.allclose(one, to_17 @ other / (to_17 @ other)[2, 2], atol=1e-9)


@pytest.mark.parametrize("gain", [0.0, 0.4])
def test_light_that_flickers_or_fades_does_not_let_go_of_a_camera(wall: np.ndarray, gain: float) -> None:
    rng = np.random.default_rng(5)
    still = view(wall, shift(200, 80)).astype(float)
    lit = [1 - gain * (0.5 + 0.5 * np.sin(1.9 * i)) for i in range(30)]
    level = [40 * np.sin(1.3 * i) if gain == 0 else 0.0 for i in range(30)]
    noise = [rng.normal(0, 2, still.shape) for _ in range(30)]
    pictures = [
        np.clip(128 + a * (still - 128) * 0.6 + b + e, 0, 255).astype(np.uint8)
        for a, b, e in zip(lit, level, noise, strict=True)
    ]
    motion = follow(pictures)
    assert not motion.moving
    assert np.isfinite(motion.sd_px).all()
