from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from analyzer.video.frame import Frame, part, shrunk


def decoded(tmp_path: Path, size: tuple[int, int] = (64, 48)) -> list[Frame]:
    """A clip of smooth colours, written and read back."""
    width, height = size
    rows, columns = np.mgrid[:height, :width]
    image = np.stack([60 + columns, 80 + rows, 128 + columns - rows], axis=-1).astype(np.uint8)
    path = tmp_path / "smooth.mp4"
    with av.open(path, "w") as out:
        stream = out.add_stream("libx264", rate=Fraction(25))
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"crf": "1"}
        for _ in range(3):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        out.mux(stream.encode(None))
    with av.open(path) as clip:
        return [Frame(i, i / 25, frame) for i, frame in enumerate(clip.decode(video=0))]


@pytest.mark.parametrize("corner", [(0, 0), (3, 5), (10, 20)])
def test_a_part_is_what_the_whole_frame_shows_there(tmp_path: Path, corner: tuple[int, int]) -> None:
    frame, same = decoded(tmp_path)[:2]
    x, y = corner
    seen = frame.part(x, y, x + 21, y + 17).astype(int)  # before the whole one is made
    assert seen.shape == (17, 21, 3)
    assert np.abs(seen - same.image[y : y + 17, x : x + 21]).max() <= 6  # rounding, and colours of 2 x 2 px


def test_a_smaller_part_is_the_mean_of_its_pixels(tmp_path: Path) -> None:
    frame, same = decoded(tmp_path)[:2]
    small = frame.part(8, 4, 40, 28, 2).astype(float)
    whole = same.image[4:28, 8:40].astype(float)
    assert small.shape == (12, 16, 3)
    off = np.abs(small - whole.reshape(12, 2, 16, 2, 3).mean(axis=(1, 3)))
    assert off.mean() < 2
    assert off.max() <= 6


def test_grey_has_all_levels_and_the_size_asked_for(tmp_path: Path) -> None:
    frame, same = decoded(tmp_path)[:2]
    grey = frame.grey((32, 24))
    assert grey.shape == (24, 32)
    image = same.image.astype(float)
    light = image @ (0.299, 0.587, 0.114)
    assert np.abs(grey - light.reshape(24, 2, 32, 2).mean(axis=(1, 3))).max() < 5
    assert frame.grey((32, 24)) is grey


def test_an_image_that_is_rgb_already_is_cut_alike() -> None:
    image = np.random.default_rng(1).integers(0, 256, (40, 60, 3), np.uint8)
    assert (part(image, 5, 7, 25, 17) == image[7:17, 5:25]).all()
    assert (Frame(0, 0.0, image).part(5, 7, 25, 17) == image[7:17, 5:25]).all()
    assert part(image, 4, 8, 28, 20, 4).shape == (3, 6, 3)


@pytest.mark.parametrize("by", [2, 3, 4, 5])
def test_averaging_keeps_the_mean(by: int) -> None:
    image = np.random.default_rng(2).integers(0, 256, (60, 120, 3), np.uint8)
    assert shrunk(image, by).mean() == pytest.approx(image.mean(), abs=0.6)


@pytest.mark.parametrize("turned", [1, 2, 3])
def test_a_picture_that_lies_on_its_side_is_turned_in_all_it_gives(tmp_path: Path, turned: int) -> None:
    plain, second = decoded(tmp_path)[:2]
    path = tmp_path / "smooth.mp4"
    with av.open(path) as clip:
        frames = [Frame(i, i / 25, frame, turned=turned) for i, frame in enumerate(clip.decode(video=0))]
    frame, same = frames[:2]
    assert frame.shape == np.rot90(plain.image, turned).shape[:2]
    assert np.abs(frame.part(4, 6, 24, 30).astype(int) - np.rot90(plain.image, turned)[6:30, 4:24]).max() <= 6
    assert np.array_equal(frame.luma, np.rot90(plain.luma, turned))
    assert frame.planes is not None
    assert plain.planes is not None
    for a, b in zip(frame.planes, plain.planes, strict=True):
        assert np.array_equal(a, np.rot90(b, turned))
    assert np.array_equal(same.image, np.rot90(second.image, turned))
    drawn = Frame(0, 0.0, plain.image, turned=turned)
    assert np.array_equal(drawn.image, np.rot90(plain.image, turned))


@pytest.mark.parametrize("kind", ["yuv420p", "yuv420p10le", "yuv444p"])
@pytest.mark.parametrize("matrix", range(16))
def test_a_picture_of_any_colour_matrix_is_read(kind: str, matrix: int) -> None:
    made = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 90, np.uint8), format="rgb24").reformat(
        format=kind
    )
    made.colorspace = matrix
    frame = Frame(0, 0.0, made)
    assert frame.image.shape == (48, 64, 3)
    assert abs(frame.image.astype(int) - 90).max() < 12
    assert (frame.planes is None) == (kind == "yuv444p")
    assert frame.colours[0] in (2, matrix)


@pytest.mark.parametrize("by", [3, 5, 7])
def test_an_odd_number_of_pixels_is_averaged_to_the_bit(by: int) -> None:
    image = np.random.default_rng(by).integers(0, 256, (12 * by + 1, 20 * by + 2), np.uint8)
    exact = image[: 12 * by, : 20 * by].reshape(12, by, 20, by).mean(axis=(1, 3))
    np.testing.assert_array_equal(shrunk(image, by), np.round(exact))  # an odd number has no halves


@pytest.mark.parametrize("turned", [0, 1, 2, 3])
def test_a_frame_that_lies_on_its_side_is_reduced_as_if_it_stood(tmp_path: Path, turned: int) -> None:
    frame = decoded(tmp_path, (96, 72))[0]
    assert frame._decoded is not None
    lying = Frame(0, 0.0, frame._decoded, turned=turned)
    grey = lying.grey((32, 24) if turned % 2 == 0 else (24, 32))
    np.testing.assert_array_equal(grey, np.rot90(frame.grey((32, 24)), turned))
    assert lying.part(0, 0, 12, 24, 3).shape == (8, 4, 3)
    np.testing.assert_array_equal(
        lying.part(0, 0, *lying.shape[::-1], 3), np.rot90(frame.part(0, 0, 96, 72, 3), turned)
    )
