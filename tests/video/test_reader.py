"""Clips written frame by frame with a known clock, read back."""

import errno
import hashlib
import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from places import SHARED

from analyzer.config import Config
from analyzer.errors import ConfigError, OutputError, VideoError
from analyzer.video import container, reader, repeats
from analyzer.video import writer as video_writer

VIDEOS = SHARED / "videos"


def make_clip(path: Path, pts, time_base=Fraction(1, 600), size=(64, 48), tags=None, **options):
    """Write one picture for each time stamp; picture i is grey level 8 i, again from 0 after 31."""
    with av.open(str(path), "w", options={"movflags": "use_metadata_tags"} if tags else {}) as container:
        container.metadata.update(tags or {})
        stream = container.add_stream("libx264", rate=30, options={"g": "5", **options})
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.time_base = stream.codec_context.time_base = time_base
        for i, stamp in enumerate(pts):
            frame = VideoFrame.from_ndarray(
                np.full((size[1], size[0], 3), 8 * i % 256, np.uint8), format="rgb24"
            )
            frame.pts, frame.time_base = int(stamp), time_base
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def level(frame: reader.Frame) -> int:
    return round(float(frame.image.mean()) / 8)


def test_uneven_stamps_are_kept_to_the_tick(tmp_path):
    pts = np.array([0, 20, 41, 60, 95, 100, 140, 155, 180, 201])
    clip = make_clip(tmp_path / "ünëven.mp4", pts + 30)
    info = reader.probe(clip)
    assert info.is_vfr
    np.testing.assert_allclose(info.time, pts / 600, atol=1e-9)
    seen = list(reader.frames(clip))
    assert [f.index for f in seen] == list(range(10))
    assert [level(f) for f in seen] == list(range(10))
    np.testing.assert_allclose([f.time_s for f in seen], pts / 600, atol=1e-9)


def test_fractional_rate_is_kept_and_a_grid_rounded_to_ticks_is_restored(tmp_path):
    true = np.arange(24) * 1001 / 240000
    clip = make_clip(tmp_path / "a.mkv", np.round(true * 1000), Fraction(1, 1000))
    info = reader.probe(clip)
    assert not info.is_vfr
    assert info.playback_fps == pytest.approx(240000 / 1001, rel=0.01)
    steps = np.diff(info.time)
    np.testing.assert_allclose(steps, steps[0], rtol=1e-9)
    np.testing.assert_allclose(info.time, true, atol=1e-3)
    assert info.slow_motion == 1


def test_one_dropped_frame_makes_the_clock_uneven_but_not_the_rate_wrong(tmp_path):
    pts = np.delete(np.arange(20) * 20, 7)
    info = reader.probe(make_clip(tmp_path / "a.mp4", pts))
    assert info.is_vfr
    assert info.playback_fps == pytest.approx(30)


@pytest.mark.parametrize(("start", "stop"), [(0.0, 0.2), (0.2, None), (0.33, 0.5), (0.6, 9.0)])
def test_a_span_starts_and_stops_where_it_should(tmp_path, start, stop):
    clip = make_clip(tmp_path / "a.mp4", np.arange(24) * 20)
    time = reader.probe(clip).time
    want = [i for i, t in enumerate(time) if start - 1e-6 <= t < (stop or np.inf) - 1e-6]
    got = list(reader.frames(clip, start, stop))
    assert [f.index for f in got] == want
    assert [level(f) for f in got] == want


def test_spans_share_no_frame_and_lose_none(tmp_path):
    clip = make_clip(tmp_path / "a.mp4", np.arange(30) * 20)
    time = reader.probe(clip).time
    parts = [(0.0, time[11]), (time[11], time[23]), (time[23], None)]
    assert [f.index for a, b in parts for f in reader.frames(clip, a, b)] == list(range(30))


def test_slow_motion_written_by_the_phone_runs_on_the_capture_clock(tmp_path):
    clip = make_clip(tmp_path / "a.mp4", np.arange(10) * 20, tags={"com.android.capture.fps": "240.0"})
    info = reader.probe(clip)
    assert (info.capture_fps, info.playback_fps) == (240, pytest.approx(30))
    assert info.slow_motion == pytest.approx(8)
    assert info.time[-1] == pytest.approx(9 / 240)


def test_a_stated_rate_wins_and_a_rounded_one_changes_nothing(tmp_path):
    clip = make_clip(tmp_path / "a.mp4", np.arange(10) * 20)
    assert reader.probe(clip, Config(capture_fps=120)).time[-1] == pytest.approx(9 / 120)
    assert reader.probe(clip, Config(capture_fps=30.5)).slow_motion == 1
    with pytest.raises(ConfigError, match="lower than"):
        reader.probe(clip, Config(capture_fps=15))


def test_time_stretched_by_an_edit_list_is_undone(tmp_path):
    """The way a phone exports slow motion: media at 240 fps, one edit at an eighth of the rate."""
    clip = make_clip(tmp_path / "a.mp4", np.arange(24) * 5, Fraction(1, 1200), bf="0")
    data = bytearray(clip.read_bytes())
    at = data.index(b"elst")
    version, count = data[at + 4], struct.unpack(">I", data[at + 8 : at + 12])[0]
    assert (version, count) == (0, 1)
    duration = struct.unpack(">I", data[at + 12 : at + 16])[0]
    data[at + 12 : at + 16] = struct.pack(">I", duration // 3)  # a decoder that obeys it loses frames
    data[at + 20 : at + 24] = struct.pack(">I", (1 << 16) // 8)
    clip.write_bytes(data)
    info = reader.probe(clip)
    np.testing.assert_allclose(info.time, np.arange(24) / 240, atol=1e-9)
    assert [level(f) for f in reader.frames(clip)] == list(range(24))


def test_sony_capture_rate_in_the_meta_box(tmp_path):
    clip = make_clip(tmp_path / "a.mp4", np.arange(10) * 24)
    xml = b'\0\0\0\0<VideoFrame captureFps="119.88p" formatFps="25p"/>'
    with clip.open("ab") as file:
        file.write(struct.pack(">I4s", 8 + len(xml), b"meta") + xml)
    assert reader.probe(clip).capture_fps == pytest.approx(119.88)


def test_rotation_is_applied(tmp_path):
    clip = tmp_path / "a.mp4"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 32, "yuv420p"
        stored = np.zeros((32, 64, 3), np.uint8)
        stored[:, :20] = 255  # bright to the left in the file
        for _ in range(3):
            container.mux(stream.encode(VideoFrame.from_ndarray(stored, format="rgb24")))
        container.mux(stream.encode())
    # A quarter turn clockwise to show, as a phone held upright writes it into the track header.
    data = bytearray(clip.read_bytes())
    at = data.index(struct.pack(">9I", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30), data.index(b"tkhd"))
    data[at : at + 36] = struct.pack(">9i", 0, 1 << 16, 0, -(1 << 16), 0, 0, 32 << 16, 0, 1 << 30)
    clip.write_bytes(data)
    info = reader.probe(clip)
    assert (info.width, info.height, info.rotation_deg) == (32, 64, 270)
    image = next(reader.frames(clip)).image
    assert image[:15].mean() > 200 > 50 > image[30:].mean()  # left turned clockwise is top


@pytest.mark.parametrize(
    ("content", "match"),
    [(None, "no file"), (b"", "empty"), (b"only words\n" * 50, "not a video"), ("folder", "not a file")],
)
def test_what_is_not_a_video_says_so(tmp_path, content, match):
    path = tmp_path / "clip.mp4"
    if content == "folder":
        path.mkdir()
    elif content is not None:
        path.write_bytes(content)
    with pytest.raises(VideoError, match=match) as caught:
        reader.probe(path)
    assert caught.value.fix


def test_a_single_picture_is_not_a_video(tmp_path):
    import cv2

    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((32, 32, 3), np.uint8))
    with pytest.raises(VideoError, match="not a moving picture"):
        reader.probe(tmp_path / "a.png")


def test_sound_without_pictures(tmp_path):
    path = tmp_path / "a.m4a"
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=44100)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode())
    with pytest.raises(VideoError, match="no pictures"):
        reader.probe(path)


@pytest.mark.parametrize("faststart", [True, False])
def test_a_file_cut_short(tmp_path, faststart):
    rng = np.random.default_rng(0)
    path = tmp_path / "a.mp4"
    with av.open(str(path), "w", options={"movflags": "+faststart"} if faststart else {}) as container:
        stream = container.add_stream("libx264", rate=30, options={"g": "5"})
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(30):
            noise = rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)
            container.mux(stream.encode(VideoFrame.from_ndarray(noise, format="rgb24")))
        container.mux(stream.encode())
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * 0.6)])
    with pytest.raises(VideoError, match="cut short" if faststart else "incomplete"):
        reader.probe(path)


def test_repeated_pictures_are_found():
    rng = np.random.default_rng(1)
    still = rng.integers(90, 160, (120, 160, 3), dtype=np.uint8)

    def picture(i: int):
        image = still.copy()
        image[40:80, 3 * i : 3 * i + 20] = 250
        return image

    shown = [0, 1, 2, 2, 3, 4, 5, 6, 6, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]
    want = [k > 0 and shown[k] == shown[k - 1] for k in range(len(shown))]
    assert repeats.repeats(picture(i) for i in shown).tolist() == want
    doubled = [i // 2 for i in range(40)]
    assert repeats.repeats(picture(i) for i in doubled).tolist() == [i % 2 == 1 for i in range(40)]
    assert not repeats.repeats([still] * 30).any()  # nothing moves: nothing to say
    assert repeats.repeats([]).tolist() == []


def fail_half_way(path: Path):
    with video_writer.VideoWriter(path, 64, 48, 30) as writer:
        writer.write(np.zeros((48, 64, 3), np.uint8))
        1 / 0  # noqa: B018


def test_writer_makes_a_browser_video_and_leaves_no_wreck(tmp_path):
    path = tmp_path / "out.mp4"
    with video_writer.VideoWriter(path, 65, 49, 29.97) as writer:
        for i in range(12):
            writer.write(np.full((49, 65, 3), 20 * i, np.uint8))
    info = reader.probe(path)
    assert (info.width, info.height, len(info.time), info.codec) == (64, 48, 12, "h264")
    assert info.playback_fps == pytest.approx(29.97, rel=1e-3)
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.pix_fmt == "yuv420p"
    with pytest.raises(ZeroDivisionError):
        fail_half_way(tmp_path / "b.mp4")
    assert [p.name for p in tmp_path.iterdir()] == ["out.mp4"]
    with pytest.raises(OutputError):
        video_writer.VideoWriter(tmp_path / "no" / "b.mp4", 64, 48, 30)


@pytest.mark.skipif(not VIDEOS.exists(), reason="the real clips are not here")
def test_a_real_phone_file_is_turned_and_its_uneven_clock_kept():
    info = reader.probe(VIDEOS / "rotated_vfr_small.mp4")
    assert (info.width, info.height, len(info.time)) == (480, 220, 193)
    assert info.is_vfr
    assert info.time[-1] == pytest.approx(3872 / 600)


def test_pictures_are_shown_when_they_should_be(tmp_path):
    times = [0.0, 0.02, 0.11, 0.12, 0.5]
    with video_writer.VideoWriter(tmp_path / "a.mp4", 64, 48, 30) as writer:
        for i, t in enumerate(times):
            writer.write(np.full((48, 64, 3), 20 * i, np.uint8), t)
    np.testing.assert_allclose(reader.probe(tmp_path / "a.mp4").time, times, atol=2e-5)
    assert [round(f.image.mean() / 20) for f in reader.frames(tmp_path / "a.mp4")] == [0, 1, 2, 3, 4]


def test_a_clip_that_is_partly_slowed_down_gets_the_cameras_even_clock(tmp_path):
    """As a phone shares slow motion: 240 fps played at full speed, then eight times slower, then full."""
    steps = [5] * 20 + [40] * 25 + [5] * 20
    clip = make_clip(tmp_path / "a.mp4", np.cumsum([0, *steps]), Fraction(1, 1200))
    info = reader.probe(clip)
    np.testing.assert_allclose(info.time, np.arange(66) / 240, atol=1e-9)
    assert (info.capture_fps, info.slow_motion, info.is_vfr) == (pytest.approx(240), pytest.approx(1), False)
    (note,) = reader.notes(info)
    assert note.code == "speed_changes"
    assert "8 times" in note.message
    assert [f.index for f in reader.frames(clip, info.time[30], info.time[40])] == list(range(30, 40))


@pytest.mark.parametrize(
    "steps",
    [
        [20] * 30 + [50] * 30,  # 60 fps falling to 24 in the dark
        [5] * 30 + [10] * 30,  # twice slower only: two cameras' rates cut together, say
        [5] * 30 + [40] * 3 + [5] * 30,  # a stall
        [5, 40] * 30,
    ],
)
def test_other_uneven_clocks_are_left_alone(tmp_path, steps):
    pts = np.cumsum([0, *steps])
    info = reader.probe(make_clip(tmp_path / "a.mp4", pts, Fraction(1, 1200)))
    np.testing.assert_allclose(info.time, pts / 1200, atol=1e-9)
    assert all(note.code != "speed_changes" for note in reader.notes(info))


def test_lost_frames_are_counted_and_a_varying_rate_loses_none(tmp_path):
    pts = np.delete(np.arange(60) * 20, [7, 30, 31])
    info = reader.probe(make_clip(tmp_path / "a.mp4", pts))
    (note,) = reader.notes(info)
    assert note.code == "frames_lost"
    assert note.message.startswith("3 frames are missing")
    one = reader.notes(reader.probe(make_clip(tmp_path / "d.mp4", np.delete(np.arange(60) * 20, [7]))))
    assert one[0].message.startswith("1 frame is missing")
    uneven = np.cumsum(np.random.default_rng(1).integers(14, 27, 60))
    assert reader.notes(reader.probe(make_clip(tmp_path / "b.mp4", uneven))) == []
    assert reader.notes(reader.probe(make_clip(tmp_path / "c.mp4", np.arange(30) * 20))) == []


@pytest.mark.parametrize("code", [errno.ENOMEM, errno.EAGAIN])
@pytest.mark.parametrize("where", ["index", "packet", "container", "opening"])
def test_a_decoder_without_memory_or_threads_says_nothing_of_the_file(tmp_path, monkeypatch, code, where):
    path = make_clip(tmp_path / "a.mp4", range(0, 240, 20))
    info = reader.probe(path)
    monkeypatch.setattr(container, "_ROOM", 1 << 60)  # more than any machine has

    class Packet:
        pts, dts, size, is_discard, is_keyframe = 0, 0, 1, False, True

        def decode(self):
            av.error.err_check(-code)

    def packets(*_):
        if where != "packet":
            av.error.err_check(-code)
        yield Packet()

    def opening(*_, **__):
        av.error.err_check(-code)

    if where == "opening":
        monkeypatch.setattr(container.av, "open", opening)
    else:
        monkeypatch.setattr(container.Opened, "packets", packets)
    with pytest.raises(MemoryError):
        list(reader.shown(info)) if where in ("packet", "container") else reader.probe(path)


def test_a_clip_that_is_replaced_while_it_is_read_is_told_of(tmp_path):
    path = make_clip(tmp_path / "a.mp4", range(0, 240, 20))
    frames = reader.shown(reader.probe(path))
    data = path.read_bytes()
    start, stop = data.index(b"mdat") + 4, data.index(b"moov") - 4
    path.write_bytes(data[:start] + bytes(stop - start) + data[stop:])
    with pytest.raises(VideoError, match="any more"):
        list(frames)


def test_a_very_large_file_is_told_by_its_size_and_parts_of_it(tmp_path, monkeypatch):
    path = tmp_path / "clip.mp4"
    data = bytearray(np.random.default_rng(4).bytes(100_000))
    path.write_bytes(data)
    assert reader.sha256(path) == hashlib.sha256(data).hexdigest()
    for name, value in (("MOST_WHOLE", 100_000), ("_PARTS", 8), ("_PART", 100)):
        monkeypatch.setattr(reader, name, value)
    seen = {reader.sha256(path)}
    assert seen != {hashlib.sha256(data).hexdigest()}
    for at in (0, (100_000 - 100) // 7 + 50, 99_999):
        data[at] ^= 1
        path.write_bytes(data)
        assert reader.sha256(path) not in seen
        seen.add(reader.sha256(path))
    data[50_001] ^= 1  # between the parts
    path.write_bytes(data)
    assert reader.sha256(path) in seen
    path.write_bytes(data + b"x")
    assert reader.sha256(path) not in seen
