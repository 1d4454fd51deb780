"""The whole way from a file to the athlete's joints, on the sample clip."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from places import SAMPLE

from analyzer import cores
from analyzer.body.skeleton import BLAZEPOSE
from analyzer.config import Config
from analyzer.data.capture import CameraMotion, PoseTrack, VideoInfo
from analyzer.data.notes import Note
from analyzer.errors import NoAthleteError
from analyzer.pose import reading, track
from analyzer.pose.networks import runtime
from analyzer.pose.people import athlete
from analyzer.pose.people.athlete import Person, Sighting
from analyzer.pose.people.clothing import colour
from analyzer.video import reader, writer

pytestmark = pytest.mark.model

Found = tuple[VideoInfo, PoseTrack, CameraMotion, list[Note]]


@pytest.fixture(scope="module")
def found() -> Found:
    info = reader.probe(SAMPLE)
    return info, *track.track(info, Config())[:3]


def test_the_runner_is_followed_in_every_frame(found: Found) -> None:
    info, pose, camera, _ = found
    assert len(pose.time) == len(info.time)
    assert not camera.moving
    hips = athlete.hips(pose.xy)
    whole = (hips[:, 0] > 200) & (hips[:, 0] < info.width - 200)
    assert whole.sum() > 120
    first, *_, last = np.flatnonzero(whole)
    assert whole[first:last].all()
    assert np.nanmedian(pose.box[:, 2]) == pytest.approx(360, rel=0.08)  # 300 px tall
    assert np.ptp(hips[np.isfinite(hips[:, 0]), 0]) > 0.8 * info.width


def test_the_crop_moves_smoothly(found: Found) -> None:
    _, pose, _, _ = found
    jerk = np.abs(np.diff(pose.box, 2, axis=0))
    assert np.nanmax(jerk[:, :2]) < 1
    assert np.nanmax(jerk[:, 2]) < 0.2


def test_nothing_is_claimed_outside_the_picture(found: Found) -> None:
    info, pose, _, _ = found
    x = pose.xy[..., 0]
    margin = 0.02 * info.width
    assert np.nanmin(x) > -margin
    assert np.nanmax(x) < info.width + margin
    assert (pose.confidence[np.isnan(x)] == 0).all()


def test_the_filmstrip_shows_whom(found: Found) -> None:
    info, pose, _, _ = found
    strip = track.filmstrip(info, pose, 5)
    assert len(strip) == 5
    assert np.all(np.diff([t for t, _ in strip]) > 0)
    assert all(picture.dtype == np.uint8 and picture.size > 0 for _, picture in strip)


def test_only_the_part_asked_for_is_analysed() -> None:
    info = reader.probe(SAMPLE)
    pose, _, _ = track.track(info, Config(start_s=0.5, stop_s=0.9))[:3]
    seen = info.time[np.isfinite(pose.box[:, 0])]
    assert seen[0] == pytest.approx(0.5, abs=0.01)
    assert seen[-1] == pytest.approx(0.9, abs=0.02)


def clip(path: Path, pictures: list[np.ndarray], fps: float = 30) -> VideoInfo:
    height, width = pictures[0].shape[:2]
    with writer.VideoWriter(path, width, height, fps) as out:
        for picture in pictures:
            out.write(picture)
    return reader.probe(path)


def wall(seed: int) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(30, 220, (18, 32, 3)).astype(np.uint8)
    return cv2.resize(coarse, (640, 360), interpolation=cv2.INTER_CUBIC)


def test_nobody_is_told(tmp_path: Path) -> None:
    info = clip(tmp_path / "wall.mp4", [wall(1)] * 12)
    with pytest.raises(NoAthleteError, match="Nobody"):
        track.track(info, Config())


def test_the_longest_shot_is_analysed_and_said_so(tmp_path: Path) -> None:
    run = [cv2.resize(f.image, (960, 540)) for f in reader.frames(SAMPLE, 0.4, 1.1)]
    other = cv2.resize(wall(2), (960, 540))
    info = clip(tmp_path / "cut.mp4", [other] * 10 + run, 120)
    pose, _, notes = track.track(info, Config())[:3]
    assert "shot_change" in [n.code for n in notes]
    assert np.isnan(pose.box[:10]).all()
    assert np.isfinite(pose.box[12:, 0]).mean() > 0.95


def test_whoever_is_pointed_at_is_followed() -> None:
    info = reader.probe(SAMPLE)
    people = [Person(tuple(Sighting(i, x + 2 * i, 500, 200) for i in range(0, 60, 6))) for x in (300, 900)]
    notes: list[Note] = []
    still = CameraMotion.static(len(info.time))
    chosen = track._choose(people, still, info, Config(athlete=(960, 520, 0.25)), notes)
    assert chosen is people[1]
    assert not notes
    track._choose(people, still, info, Config(), notes)
    assert [n.code for n in notes] == ["several_candidates"]
    assert "give a point on the body" in notes[0].advice
    with pytest.raises(NoAthleteError, match="1500"):
        track._choose(people, still, info, Config(athlete=(1500, 100)), notes)


def test_people_are_told_apart_by_their_kit() -> None:
    xy = np.zeros((33, 2))
    for side, x in (("left", 90), ("right", 110)):
        for joint, y in (("shoulder", 40), ("hip", 100), ("knee", 150), ("ankle", 200)):
            xy[BLAZEPOSE.index(f"{side}_{joint}")] = x, y
    picture = np.full((220, 200, 3), 120, np.uint8)
    red, white = picture.copy(), picture.copy()
    red[30:105], white[30:105] = (200, 30, 40), (240, 240, 240)
    rng = np.random.default_rng(0)
    again = np.clip(red + rng.normal(0, 12, red.shape), 0, 255).astype(np.uint8)
    same = np.linalg.norm(colour(red, xy) - colour(again, xy))
    assert same < athlete.SAME_COLOUR / 2
    assert np.linalg.norm(colour(red, xy) - colour(white, xy)) > 2 * athlete.SAME_COLOUR
    assert np.isnan(colour(red, xy - 500)).all()


def test_stretches_join_small_gaps() -> None:
    numbers = np.array([3, 4, 5, 40, 200, 201])
    assert reading._stretches(numbers) == [(3, 41), (200, 202)]


def test_the_joints_are_the_same_to_the_bit_with_one_thread_and_with_many(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    info = reader.probe(SAMPLE)
    tracks = []
    for threads in (1, 3):
        monkeypatch.setattr(cores, "usable", lambda threads=threads: threads)
        runtime._compiled.cache_clear()
        tracks.append(track.track(info, Config(start_s=0.5, stop_s=0.9)))
    one, many = tracks
    assert np.isfinite(one.pose.box[:, 0]).sum() > 20
    for name in ("xy", "confidence", "box"):
        assert getattr(one.pose, name).tobytes() == getattr(many.pose, name).tobytes()
    assert one.camera.to_reference.tobytes() == many.camera.to_reference.tobytes()
    assert one.notes == many.notes
