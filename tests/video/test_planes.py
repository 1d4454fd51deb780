"""Images as the planes that video files hold."""

from types import SimpleNamespace

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from analyzer.video import planes, reader, writer
from analyzer.video.frame import Frame


@pytest.mark.parametrize(
    ("matrix", "full", "red", "blue"),
    [  # ITU-R BT.601 and BT.709, rounded
        (2, 1, (81, 90, 240), (41, 240, 110)),
        (6, 1, (81, 90, 240), (41, 240, 110)),
        (1, 1, (63, 102, 240), (32, 240, 118)),
        (1, 2, (54, 99, 255), (18, 255, 116)),
    ],
)
def test_colours_have_the_levels_of_the_standards(matrix, full, red, blue):
    code = planes.Code(matrix, full)
    for colour, (light, *chroma) in {(255, 0, 0): red, (0, 0, 255): blue}.items():
        assert code.levels(colour) == ((light,), tuple(chroma))
        split = code.split(np.full((5, 7, 3), colour, np.uint8))
        assert split.luma.shape == (4, 6)
        assert split.chroma.shape == (2, 3, 2)
        assert (split.luma == light).all()
        assert (split.chroma == chroma).all()
    black, white = ((0,), (255,)) if full == 2 else ((16,), (235,))
    assert code.levels((0, 0, 0)) == (black, (128, 128))
    assert code.levels((255, 255, 255)) == (white, (128, 128))


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_the_planes_of_a_turned_frame_are_upright(turns):
    image = np.random.default_rng(turns).integers(0, 255, (24, 40, 3), np.uint8)
    flat = VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p")
    names = ("width", "height", "format", "planes", "colorspace", "color_range")
    turned = SimpleNamespace(rotation=90 * turns, **{name: getattr(flat, name) for name in names})
    frame = Frame(0, 0.0, turned)
    found = planes.planes_of(frame, planes.code_of(frame))
    assert (found.luma == frame.luma).all()
    blue = np.frombuffer(flat.planes[1], np.uint8).reshape(-1, flat.planes[1].line_size)[:12, :20]
    assert (found.chroma[..., 0] == np.rot90(blue, turns)).all()


def test_ten_bits_become_eight_and_rgb_is_split():
    image = np.full((24, 40, 3), (200, 90, 30), np.uint8)
    # With more threads FFmpeg's own conversion to ten bits writes over a row's end now and then.
    deep = VideoFrame.from_ndarray(image, format="rgb24").reformat(format="yuv420p10le", threads=1)
    for given in (deep, image):
        frame = Frame(0, 0.0, given)
        found = planes.planes_of(frame, planes.code_of(frame))
        want = planes.Code().split(image)
        np.testing.assert_allclose(found.luma, want.luma, atol=1)
        np.testing.assert_allclose(found.chroma, want.chroma, atol=1)


def test_a_page_is_written_with_its_own_colours(tmp_path):
    levels = [40, 90, 140, 200]
    code = planes.Code(1, 2)
    with writer.VideoWriter(tmp_path / "a.mp4", 64, 48, 30) as out:
        for level in levels:
            page = out.page(code)
            page.luma[:], page.chroma[:] = level, (110, 150)
            out.write()
    with av.open(str(tmp_path / "a.mp4")) as container:
        frames = list(container.decode(video=0))
    assert {(f.colorspace, f.color_range) for f in frames} == {(1, 2)}
    shown = [planes.planes_of(f, code) for f in reader.frames(tmp_path / "a.mp4")]
    np.testing.assert_allclose([p.luma.mean() for p in shown], levels, atol=1.5)
    np.testing.assert_allclose([p.chroma.mean(axis=(0, 1)) for p in shown], [(110, 150)] * 4, atol=1.5)
