"""Shoes drawn into a small video, standing and leaving when the hand-made runner's do."""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest
from runner import CONTACT_S, FPS, PIXELS, pose_track, true_steps

from analyzer.config import Config
from analyzer.contacts import shoe_refine, shoe_tracking, tempo
from analyzer.contacts.shoe_fit import ShoeFit
from analyzer.data.capture import Calibration, CameraMotion, PoseTrack, VideoInfo
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.motion import kinematics
from analyzer.pose import cache
from analyzer.scene.calibration import calibrate
from analyzer.scene.passes import chosen
from analyzer.video import reader, writer

TOP, BOTTOM = 380, 660  # the rows that are drawn
SECONDS = 0.95


@dataclass
class Clip:
    info: VideoInfo
    pose: PoseTrack
    camera: CameraMotion
    motion: Motion
    calibration: Calibration
    steps: tuple[Step, ...]

    def traces(self, **changes):
        rough = changes.pop("steps", self.steps)
        clip = replace(self, **changes)
        return shoe_tracking.trace(clip.info, clip.pose, clip.camera, clip.motion, clip.calibration, rough)


def foot(step: Step, time: float) -> np.ndarray:
    """Outline of the shoe, (k, 2) m: it lands at speed, stands, rolls over its tip, and leaves."""
    before, after = min(0.0, time - step.touchdown_s), max(0.0, time - step.toe_off_s)
    tip = np.array([step.foot[0] + 0.03, 0.0])
    tip += [2.0 * before - 40 * before**2, -3.2 * before - 10 * before**2]
    tip += [2.8 * after + 40 * after**2, 1.2 * after + 20 * after**2]
    roll = 0.5 * max(0.0, (time - step.touchdown_s) / CONTACT_S - 0.6)
    along, up = np.array([np.cos(roll), -np.sin(roll)]), np.array([np.sin(roll), np.cos(roll)])
    return np.array([tip, tip + 0.05 * up - 0.02 * along, tip + 0.10 * up - 0.2 * along, tip - 0.25 * along])


def draw(picture: np.ndarray, corners: np.ndarray, colour: tuple[int, int, int]) -> None:
    """Fill an outline, (k, 2) px, four times as large at first, so that edges fall between pixels."""
    left, top = (np.floor(corners.min(axis=0)) - 2).astype(int)
    right, bottom = (np.ceil(corners.max(axis=0)) + 3).astype(int)
    if left < 0 or top < 0 or right > picture.shape[1] or bottom > picture.shape[0]:
        return
    large = np.zeros((4 * (bottom - top), 4 * (right - left)), np.uint8)
    cv2.fillPoly(large, [np.round(16 * (4 * (corners - [left, top]) + 1.5)).astype(np.int32)], 255, shift=4)
    cover = cv2.resize(large, (right - left, bottom - top), interpolation=cv2.INTER_AREA)[..., None] / 255
    under = picture[top:bottom, left:right]
    under += (np.array(colour) - under) * cover


def pixels(metres: np.ndarray, scale: Calibration) -> np.ndarray:
    xy = np.column_stack([metres, np.ones(len(metres))]) @ np.linalg.inv(scale.homography).T
    return xy[:, :2] / xy[:, 2:]


def film(folder, *, shoe=(235, 220, 60), pan=0.0, shadow=False) -> Clip:
    """Draw the runner's shoes on a speckled track; the camera may follow by ``pan`` pixels a frame.

    With ``shadow`` they throw one, which stays on the ground when the shoe leaves, and slides along.
    """
    pose = pose_track(noise_px=0.3, duration_s=SECONDS)
    time, width = pose.time, round(PIXELS * 8.0 * SECONDS) + 200
    shift = np.array([(1920 - width) / 2, TOP])
    rng = np.random.default_rng(3)
    speckle = rng.normal(0, 40, (BOTTOM - TOP, width + 400)).astype(np.float32)
    track = np.array([170, 90, 70]) + cv2.GaussianBlur(speckle, (0, 0), 1.5)[..., None]
    offset = pan * (np.arange(len(time)) - len(time) / 2)
    seen = pose.xy - shift - np.stack([offset, np.zeros_like(offset)], axis=1)[:, None]
    pose = replace(pose, xy=seen, box=pose.box - [*shift, 0], width=width, height=BOTTOM - TOP)
    to_reference = np.tile(np.eye(3), (len(time), 1, 1))
    to_reference[:, 0, 2] = offset
    camera = CameraMotion(to_reference, np.full(len(time), 0.02), moving=pan != 0)
    config = Config(height_m=1.78)
    run = chosen(pose, camera, config)
    scale = calibrate(pose, camera, run, config)
    motion = kinematics.motion(pose, camera, run, scale, config)
    steps = tuple(s for s in true_steps(motion) if s.toe_off_s < SECONDS - 0.03)
    path = folder / "feet.mp4"
    with writer.VideoWriter(path, width, BOTTOM - TOP, FPS) as out:
        for i, now in enumerate(time):
            moved = np.array([[1, 0, -200 - offset[i]], [0, 1, 0]], np.float32)
            size = (width, BOTTOM - TOP)
            picture = cv2.warpAffine(track.astype(np.float32), moved, size, borderMode=cv2.BORDER_REFLECT)
            for step in steps if shoe else ():
                if abs(now - step.touchdown_s - CONTACT_S / 2) < 0.15:
                    outline = foot(step, now)
                    if shadow:
                        shade = np.ones_like(picture)
                        lies = [1, 0.15] * (outline - [0, outline[0, 1]]) + [0.1, -0.02]
                        draw(shade, pixels(lies, scale) - [offset[i], 0], (0.5, 0.5, 0.5))
                        picture *= shade
                    draw(picture, pixels(outline, scale) - [offset[i], 0], shoe)
            out.write(np.clip(picture, 0, 255).astype(np.uint8))
    return Clip(reader.probe(path), pose, camera, motion, scale, steps)


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Clip:
    return film(tmp_path_factory.mktemp("still"))


def events(clip: Clip, traces) -> tuple[list[float], list[float]]:
    step_time = tempo.step_time_of(clip.steps)
    down, up = [], []
    for step in clip.steps:
        own = {t.part: t for t in traces if t.step == step.number}
        fit = ShoeFit(step, step_time, 8.0)
        down.append(fit.touchdown(own.get("forefoot")).time_s - step.touchdown_s)
        up.append(fit.toe_off(own.get("toe")).time_s - step.toe_off_s)
    return down, up


def test_the_standing_patch_stands(clip: Clip) -> None:
    traces = clip.traces()
    assert {(t.step, t.part) for t in traces} == {
        (s.number, part) for s in clip.steps for part in ("forefoot", "toe")
    }
    for trace in traces:
        standing = trace.standing > 0
        assert np.abs(trace.displacement[standing]).max() < 0.006
        assert trace.score[standing].min() > 0.8
        assert trace.grain == pytest.approx(clip.calibration.metres_per_pixel)


def test_events_come_from_the_picture(clip: Clip) -> None:
    down, up = events(clip, clip.traces())
    assert np.nanmedian(np.abs(down)) < 0.004
    assert np.nanmedian(np.abs(up)) < 0.008
    assert np.isfinite(down).sum() >= len(clip.steps) - 1
    assert np.isfinite(up).sum() >= len(clip.steps) - 1


def test_events_do_not_follow_the_landmarks(clip: Clip) -> None:
    shifted = tuple(
        replace(s, touchdown_s=s.touchdown_s + 0.008, toe_off_s=s.toe_off_s - 0.008) for s in clip.steps
    )
    down, up = events(clip, clip.traces(steps=shifted))
    plain_down, plain_up = events(clip, clip.traces())
    assert np.nanmedian(np.abs(np.subtract(down, plain_down))) < 0.002
    assert np.nanmedian(np.abs(np.subtract(up, plain_up))) < 0.004


def test_a_camera_that_follows_makes_no_difference(tmp_path) -> None:
    moving = film(tmp_path, pan=2.3)
    down, up = events(moving, moving.traces())
    assert np.nanmedian(np.abs(down)) < 0.004
    assert np.nanmedian(np.abs(up)) < 0.008


def test_a_shadow_that_stays_on_the_ground_is_no_shoe(clip: Clip, tmp_path) -> None:
    shaded = film(tmp_path, shadow=True)
    plain, dark = events(clip, clip.traces()), events(shaded, shaded.traces())
    assert np.isfinite(dark).sum() >= 2 * len(clip.steps) - 2
    assert np.nanmax(np.abs(np.subtract(plain, dark))) < 0.004


@pytest.mark.parametrize("shoe", [(200, 112, 66), (183, 96, 66)])
def test_a_shoe_of_nearly_the_colour_of_the_ground_is_timed_or_left_out(tmp_path, shoe) -> None:
    like_ground = film(tmp_path, shoe=shoe)
    down, up = events(like_ground, like_ground.traces())
    assert not np.any(np.abs(down) > 0.006)
    assert not np.any(np.abs(up) > 0.012)


def test_a_shoe_that_is_not_seen_is_refused(tmp_path) -> None:
    hidden = film(tmp_path, shoe=None)
    steps = shoe_refine.refine(hidden.steps, hidden.traces(), hidden.motion).steps
    assert sum(s.source == "flow" for s in steps) == 0


def test_treadmills_and_edited_steps_are_not_looked_at(clip: Clip) -> None:
    assert clip.traces(calibration=replace(clip.calibration, treadmill_mps=8.0)) == []
    edited = tuple(replace(s, source="edited") for s in clip.steps)
    assert clip.traces(steps=edited) == []


def test_frames_without_a_background_are_left_out(clip: Clip) -> None:
    lost = replace(clip.camera, sd_px=np.full(len(clip.pose.time), np.nan))
    assert clip.traces(camera=lost) == []


def test_progress_is_told(clip: Clip) -> None:
    told = []
    shoe_tracking.trace(
        clip.info, clip.pose, clip.camera, clip.motion, clip.calibration, clip.steps,
        lambda stage, done, total: told.append((stage, done, total)),
    )  # fmt: skip
    assert {stage for stage, _, _ in told} == {"contacts"}
    assert told[-1][1] == told[-1][2]
    assert all(done <= total for _, done, total in told)


def test_the_same_contacts_are_not_looked_at_again(clip: Clip, monkeypatch: pytest.MonkeyPatch) -> None:
    shelf: dict[str, dict[str, bytes]] = {}
    monkeypatch.setattr(cache.Taken, "found", lambda place: shelf.get(str(place.path)))
    monkeypatch.setattr(cache.Taken, "keep", lambda place, files: shelf.update({str(place.path): files}))
    first = clip.traces()
    assert first
    monkeypatch.setattr(shoe_tracking.reader, "shown", lambda *_: pytest.fail("the clip is decoded"))
    for once, again in zip(first, clip.traces(), strict=True):
        assert (once.step, once.part, once.grain) == (again.step, again.part, again.grain)
        for name in ("time", "displacement", "score", "standing"):
            np.testing.assert_array_equal(getattr(once, name), getattr(again, name), strict=True)
    other = (replace(clip.steps[0], touchdown_s=clip.steps[0].touchdown_s + 1e-9), *clip.steps[1:])
    with pytest.raises(pytest.fail.Exception):
        clip.traces(steps=other)
