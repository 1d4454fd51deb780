"""The annotated video of the hand-made runner, drawn over grey pictures."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from analyzer.body import skeleton
from analyzer.data.capture import VideoInfo
from analyzer.data.notes import Note
from analyzer.data.results import Value
from analyzer.data.steps import Step
from analyzer.outputs import colours
from analyzer.outputs.annotated_video import drawing, frames, panel
from analyzer.signals.geometry import mapped
from analyzer.video import planes, reader, writer


@pytest.fixture(scope="module")
def filmed(analysis, tmp_path_factory):
    """The hand-made runner with a grey clip at a quarter of the size: 24 frames from the middle."""
    path = tmp_path_factory.mktemp("clip") / "grey.mp4"
    pose, motion = analysis.pose, analysis.motion
    with writer.VideoWriter(path, pose.width, pose.height, 120) as out:
        for i in range(24):
            out.write(np.full((pose.height, pose.width, 3), 90, np.uint8), i / 120)
    part = slice(90, 114)
    info = replace(reader.probe(path), capture_fps=120.0)
    cut = {
        "time": pose.time[part] - pose.time[90],
        "xy": pose.xy[part],
        "confidence": pose.confidence[part],
        "box": pose.box[part],
    }
    camera = replace(
        analysis.camera, to_reference=analysis.camera.to_reference[part], sd_px=analysis.camera.sd_px[part]
    )
    motion = replace(
        motion,
        time=motion.time[part] - motion.time[90],
        raw=motion.raw[part],
        position=motion.position[part],
        com=motion.com[part],
    )
    begin = pose.time[90]
    steps = tuple(
        replace(s, touchdown_s=s.touchdown_s - begin, toe_off_s=s.toe_off_s - begin) for s in analysis.steps
    )
    return replace(analysis, video=info, pose=replace(pose, **cut), camera=camera, motion=motion, steps=steps)


def near(image, colour, within=40):
    return (np.abs(image.astype(int) - colour) < within).all(axis=2)


def test_the_body_is_drawn_where_it_is_and_every_frame_is_shown(filmed, tmp_path):
    seen = []
    path = frames.write(
        filmed, tmp_path / "overlay.mp4", lambda stage, done, _total: seen.append((stage, done))
    )
    assert path == tmp_path / "overlay.mp4"
    assert seen == [("overlay", i + 1) for i in range(24)]
    info = reader.probe(path)
    assert info.width == 1920
    assert info.height > 720
    # 120 fps plays four times slower than life
    np.testing.assert_allclose(info.time, np.arange(24) / 30, atol=1e-3)
    for frame in reader.frames(path):
        picture = frame.image[info.height - 720 :]  # below the panel
        for side in ("left", "right"):
            x, y = filmed.pose.joint(f"{side}_knee")[frame.index]
            patch = picture[round(y) - 12 : round(y) + 13, round(x) - 12 : round(x) + 13]
            assert np.ptp(patch.astype(int), axis=(0, 1)).max() > 60  # something stands there
        coloured = np.ptp(picture.astype(int), axis=2) > 80
        xs = np.flatnonzero(coloured.any(axis=0))
        joints = filmed.pose.xy[frame.index, :, 0]
        assert xs.max() < joints.max() + 60


def test_the_dot_of_the_centre_of_mass_is_never_where_it_was(filmed):
    lost = filmed.motion.com.copy()
    lost[12:] = np.nan
    scene = frames._Scene(replace(filmed, motion=replace(filmed.motion, com=lost)), 1.0)
    x, y = np.round(mapped(scene.from_reference[11], scene.com[11])).astype(int)
    drawn = []
    for index in (11, 12):
        picture = np.full((720, 1920, 3), 90, np.uint8)
        scene._trace(picture, index, 4.0)
        drawn.append(int((picture[y - 8 : y + 9, x - 8 : x + 9] > 240).all(axis=2).sum()))
    assert drawn[0] > 2 * drawn[1] > 0  # the path stays, its dot does not


def test_nothing_is_drawn_on_ground_that_slides(filmed):
    picture = np.full((720, 1920, 3), 90, np.uint8)
    slides = replace(filmed, notes=(Note("warning", "ground_slides", "The feet slide."),))
    for run, drawn in ((filmed, True), (slides, False)):
        scene = frames._Scene(run, 1.0)
        after = picture.copy()
        scene._ground(after, 20, 4.0)
        scene._trace(after, 20, 4.0)
        assert (after != picture).any() == drawn


def test_the_sides_have_their_colours(filmed):
    still = replace(filmed, steps=())
    scene = frames._Scene(still, 1.0)
    picture = scene.draw(np.full((720, 1920, 3), 90, np.uint8), 5, (1920, 720))
    for side in ("left", "right"):
        a, b = (filmed.motion.position[5, skeleton.JOINTS.index(f"{side}_{j}")] for j in ("ankle", "knee"))
        h = np.linalg.inv(filmed.calibration.homography)
        x, y, w = h @ [*(0.5 * a + 0.5 * b), 1]
        x, y = round(x / w), round(y / w)
        assert near(picture[y - 3 : y + 4, x - 3 : x + 4], colours.ON_VIDEO[side]).any()


def test_the_drawing_follows_a_moving_camera(filmed):
    shift = np.tile(np.eye(3), (24, 1, 1))
    shift[:, 0, 2] = 300.0  # frame pixels lie 300 to the left of the reference's
    grey = np.full((720, 1920, 3), 90, np.uint8)
    still = frames._Scene(filmed, 1.0)
    moved = frames._Scene(replace(filmed, camera=replace(filmed.camera, to_reference=shift)), 1.0)
    np.testing.assert_allclose(moved.joints[..., 0], still.joints[..., 0] - 300, atol=1e-6)
    a, b = still.draw(grey, 8, (1920, 720)), moved.draw(grey, 8, (1920, 720))
    where = [np.flatnonzero((p != 90).any(axis=(0, 2))).max() for p in (a, b)]
    assert where[0] - where[1] == pytest.approx(300, abs=2)


@pytest.mark.parametrize("code", [planes.Code(), planes.Code(1, 2)])
def test_drawn_into_planes_it_is_what_it_is_in_rgb(filmed, code):
    box = np.array(filmed.pose.box)
    box[:, 2] = 380.0  # an enlarged view too
    scene = frames._Scene(replace(filmed, pose=replace(filmed.pose, box=box)), 1.0)
    page = frames._panel(filmed, 1920)
    grey = np.full((720, 1920, 3), 90, np.uint8)
    paper = code.split(np.zeros((720 + page.height, 1920, 3), np.uint8))
    scene.fill(paper.rows(0, 720), code.split(grey), 20)
    page.fill(paper.rows(720, 720 + page.height), 0.1)
    want = code.split(np.vstack([scene.draw(grey, 20, (1920, 720)), page.draw(0.1)]))
    assert scene.insets
    assert np.ptp(want.chroma.astype(int)) > 100
    for found, expected, off in ((paper.luma, want.luma, 6), (paper.chroma, want.chroma, 12)):
        apart = np.abs(found.astype(int) - expected)
        assert apart.mean() < 0.05
        assert (apart > off).mean() < 1e-3


def test_its_bytes_do_not_depend_on_threads(filmed, tmp_path):
    def drawn(name):
        return frames.write(filmed, tmp_path / name).read_bytes()

    threads = cv2.getNumThreads()
    try:
        cv2.setNumThreads(1)
        alone = drawn("a.mp4")
        cv2.setNumThreads(3)
        assert drawn("b.mp4") == alone
    finally:
        cv2.setNumThreads(threads)


def test_a_belt_carries_the_ground_back_and_not_the_body(filmed):
    belt = np.outer(3.0 * filmed.motion.time, (1.0, 0.0))
    motion = replace(
        filmed.motion, position=filmed.motion.position + belt[:, None], com=filmed.motion.com + belt
    )
    run = replace(filmed, motion=motion, calibration=replace(filmed.calibration, treadmill_mps=3.0))
    still, carried = frames._Scene(filmed, 1.0), frames._Scene(run, 1.0)
    np.testing.assert_allclose(carried.joints, still.joints, atol=1e-6)
    np.testing.assert_allclose(carried.com, still.com, atol=1e-6)
    np.testing.assert_allclose(carried.belt, belt)


def test_an_unheld_camera_draws_nothing_on_the_ground(filmed):
    grey = np.full((720, 1920, 3), 90, np.uint8)
    lost = replace(filmed.camera, sd_px=np.full(24, np.nan))
    with_ground = frames._Scene(filmed, 1.0).draw(grey, 8, (1920, 720))
    without = frames._Scene(replace(filmed, camera=lost), 1.0).draw(grey, 8, (1920, 720))
    assert (with_ground != grey).any(axis=2).sum() > (without != grey).any(axis=2).sum() > 0


def test_a_small_athlete_is_enlarged_in_the_corner_he_keeps_away_from(filmed):
    box = np.array(filmed.pose.box)
    box[:, 2] = 250.0
    box[:, 0], box[:, 1] = 300.0, 200.0
    scene = frames._Scene(replace(filmed, pose=replace(filmed.pose, box=box)), 1.0)
    assert {left + side for left, side in scene.insets.values()} == {1920}
    box = box.copy()
    box[:, 2] = 900.0
    assert not frames._Scene(replace(filmed, pose=replace(filmed.pose, box=box)), 1.0).insets


def test_the_enlarged_view_changes_corners_before_it_covers_the_athlete(filmed):
    n = len(filmed.pose.time)
    box = np.column_stack([np.linspace(100, 1820, n), np.full(n, 150.0), np.full(n, 250.0)])
    insets = frames._Scene(replace(filmed, pose=replace(filmed.pose, box=box)), 1.0).insets
    assert {left for left, _ in insets.values()} == {0, 1920 - next(iter(insets.values()))[1]}
    for index, (left, side) in insets.items():
        assert not left < box[index, 0] < left + side
    changes = np.abs(np.diff([insets[i][0] for i in sorted(insets)])) > 0
    assert changes.sum() == 1


def test_the_moment_is_told_with_its_step_and_side():
    nan = float("nan")
    steps = (
        Step(1, "left", nan, nan, 0.10, 0.01, "fit"),
        Step(2, "right", 0.22, 0.01, 0.33, 0.01, "fit"),
        Step(3, "left", nan, nan, nan, nan, "fit"),
        Step(4, "right", 0.60, 0.01, nan, nan, "fit"),
    )
    said = [panel._moment(steps, t) for t in (0.0, 0.15, 0.25, 0.7)]
    assert [(s.number, down) for s, down in said] == [(1, True), (1, False), (2, True), (4, True)]
    assert panel._moment((), 0.1) == (None, False)


def test_a_contact_of_which_one_end_could_not_be_timed_ends_at_its_neighbours():
    nan = float("nan")
    steps = (
        Step(1, "left", 0.10, 0.01, nan, nan, "fit"),
        Step(2, "right", nan, nan, 0.40, 0.01, "fit"),
        Step(3, "left", 0.50, 0.01, nan, nan, "fit"),
    )
    assert panel.contacts(steps) == [(0.10, 0.40), (0.10, 0.40), (0.50, np.inf)]
    assert panel.contacts(steps[1:2]) == [(-np.inf, 0.40)]


def test_the_panel_says_the_numbers_of_the_step_of_the_moment(filmed):
    values = (
        Value("contact_time", 1, "left", 0.1234, 0.004),
        Value("contact_time", 2, "right", 0.0987, 0.003),
        Value("step_length", 2, "right", float("nan"), float("nan")),
    )
    run = replace(filmed, values=values)
    page = frames._panel(run, 1280)
    assert page.numbers == ["contact_time"]  # what no step has, takes no room
    first, second, third = run.steps[:3]
    assert [panel.of_step(run, "contact_time", s) for s in (first, second, third, None)] == [
        "123 ± 4 ms",
        "99 ± 3 ms",
        "–",
        "",
    ]
    assert page._status(first, on_ground=True) == ("LEFT", "step 1")
    assert page._status(first, on_ground=False)[0] == "FLIGHT"
    assert (page._words(first, True) != page._words(second, True)).any()


def test_the_latest_step_has_its_numbers_beside_it_on_the_ground(filmed):
    step = filmed.steps[0]
    values = (Value("step_length", step.number, step.side, 1.84, 0.02),)
    bare, told = replace(filmed, values=()), replace(filmed, values=values)
    index = next(i for i, t in enumerate(filmed.motion.time) if t >= panel.contacts(filmed.steps)[0][0])
    grey = np.full((720, 1920, 3), 90, np.uint8)
    pictures = []
    for run in (bare, told):
        picture = grey.copy()
        frames._Scene(replace(run, steps=(step,)), 1.0)._ground(picture, index, 4.0)
        pictures.append(picture)
    rows = np.flatnonzero((pictures[0] != pictures[1]).any(axis=(1, 2)))
    lowest = np.flatnonzero((pictures[0] != grey).any(axis=(1, 2))).max()
    assert len(rows)
    assert rows.min() >= lowest - 12  # below its number


@pytest.mark.parametrize(("width", "height"), [(720, 1280), (1280, 720)])
def test_the_panel_is_above_the_players_controls(filmed, width, height):
    """They cover the lowest part of a video, the more of it the smaller it is shown."""
    info = replace(filmed.video, width=width, height=height)
    run = replace(filmed, video=info)
    page = frames._panel(run, width)
    still = frames.still(run, np.full((height, width, 3), 90, np.uint8), 8)
    assert (still[: page.height] == page.draw(float(info.time[8]))).all()
    assert still.shape[0] == height + page.height


@pytest.mark.parametrize("width", [400, 1080, 3840])
def test_the_words_stay_inside_the_panel(filmed, width):
    panel = frames._panel(filmed, width)
    picture = panel.draw(0.05)
    assert picture.shape == (panel.height, width, 3)
    rhythm = panel.height - round(0.85 * panel.unit)
    edge = picture[:rhythm, -2:]
    assert (edge == drawing.DARK).all()


def test_without_a_video_there_is_nothing_to_draw_on(analysis, filmed, tmp_path):
    assert frames.write(analysis, tmp_path / "a.mp4") is None
    gone = replace(filmed.video, path=tmp_path / "gone.mp4")
    assert isinstance(gone, VideoInfo)
    assert frames.write(replace(filmed, video=gone), tmp_path / "a.mp4") is None
    assert list(tmp_path.iterdir()) == []
