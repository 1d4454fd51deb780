from __future__ import annotations

import datetime
import re
from dataclasses import replace
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.image import imread
from summaries import summary

from analyzer.data.analysis import Analysis
from analyzer.data.capture import Calibration, CameraMotion
from analyzer.data.results import Value
from analyzer.metrics.breaking import BREAKS
from analyzer.motion.flight import GRAVITY, flights
from analyzer.outputs.kinogram import drawing
from analyzer.outputs.kinogram.moments import Phase, moments
from analyzer.outputs.report import images
from analyzer.video.stills import Stills


def test_one_row_for_each_leg_in_the_order_of_time(analysis: Analysis) -> None:
    rows = moments(analysis)
    assert {row[0].leaving for row in rows} == {"left", "right"}
    for row in rows:
        assert tuple(m.phase for m in row) == tuple(Phase)
        times = [m.time_s for m in row]
        assert times == sorted(times)
        assert {m.landing for m in row}.isdisjoint({m.leaving for m in row})
    assert rows[0][0].time_s < rows[1][0].time_s


def test_the_moments_are_what_they_are_called(analysis: Analysis) -> None:
    motion = analysis.motion
    off, top, strike, down, support = moments(analysis)[0]
    left_at = {s.number: s for s in analysis.steps}
    landing = left_at[down.step]
    before = left_at[down.step - 1]
    assert (off.time_s, down.time_s) == (before.toe_off_s, landing.touchdown_s)
    parabola = flights(motion, analysis.steps, GRAVITY)[before.number]
    assert top.time_s == parabola.apex_s
    stretch = motion.angles[f"{down.landing}_hip"] - motion.angles[f"{down.landing}_knee"]
    swing = (motion.time >= top.time_s) & (motion.time <= down.time_s)
    assert motion.at(stretch, strike.time_s) == pytest.approx(stretch[swing].max(), abs=0.5)
    heel, toe = (
        motion.at(motion.joint(f"{down.landing}_{part}")[:, 0], support.time_s)
        for part in ("heel", "foot_index")
    )
    assert motion.at(motion.com[:, 0], support.time_s) == pytest.approx((heel + toe) / 2, abs=0.03)


@pytest.mark.parametrize("shift", [-0.02, 0.0, 0.02])
def test_the_strike_is_the_longest_moment_of_the_hamstring(analysis: Analysis, shift: float) -> None:
    motion = analysis.motion
    for row in moments(analysis):
        _, top, _, down, _ = row
        when = (top.time_s + down.time_s) / 2 + shift
        bent = 30 + 4000 * (motion.time - when) ** 2
        angles = dict(motion.angles)
        angles[f"{down.landing}_knee"] = bent
        angles[f"{down.landing}_hip"] = np.full_like(bent, 40.0)
        moved = moments(replace(analysis, motion=replace(motion, angles=angles)))
        assert next(r for r in moved if r[3].landing == down.landing)[2].time_s == pytest.approx(
            when, abs=1e-4
        )


def test_a_missed_contact_is_never_bridged(analysis: Analysis) -> None:
    steps = tuple(s for s in analysis.steps if s.side == "left")
    assert moments(replace(analysis, steps=steps)) == ()


def test_a_step_in_which_others_hide_the_athlete_is_not_chosen(analysis: Analysis) -> None:
    best, motion = moments(analysis)[0], analysis.motion
    hidden = np.abs(motion.time - best[3].time_s) < 0.03
    place, com = motion.position.copy(), motion.com.copy()
    place[hidden] = com[hidden] = np.nan
    others = replace(analysis, motion=replace(motion, position=place, com=com))
    assert best[3].time_s not in [m.time_s for row in moments(others) for m in row]
    drawing.laid_out(others)
    nowhere = replace(motion, position=np.full_like(place, np.nan), com=np.full_like(com, np.nan))
    assert moments(replace(analysis, motion=nowhere)) == ()


def test_a_hidden_step_does_not_keep_a_better_one_from_being_chosen(analysis: Analysis) -> None:
    """Of three steps, far from the middle of the picture, hidden and in the middle, it is the last."""
    far, _, middle = [s for s in analysis.steps[1:] if s.side == analysis.steps[1].side][:3]
    pose = analysis.pose
    xy = np.full_like(pose.xy, np.nan)
    for step, x in ((far, 0.0), (middle, pose.width / 2)):
        xy[np.abs(pose.time - step.touchdown_s) < 0.03] = x
    steps = tuple(s for s in analysis.steps if s.number <= middle.number)
    rows = moments(replace(analysis, pose=replace(pose, xy=xy), steps=steps))
    assert middle.touchdown_s in [row[3].time_s for row in rows]


def test_contacts_that_could_not_be_timed_are_placed_by_the_rhythm(analysis: Analysis) -> None:
    """Within a tenth of a step time of the truth, and marked."""
    nan = float("nan")
    steps = tuple(replace(s, touchdown_s=nan, toe_off_s=nan) for s in analysis.steps)
    rows = moments(replace(analysis, steps=steps))
    assert len(rows) == 2
    truth = {s.number: s for s in analysis.steps}
    for row in rows:
        assert not any(m.timed for m in row)
        assert row[3].time_s == pytest.approx(truth[row[3].step].touchdown_s, abs=0.1 * 0.24)
        assert row[0].time_s == pytest.approx(truth[row[3].step - 1].toe_off_s, abs=0.1 * 0.24)
    assert all(m.timed for row in moments(analysis) for m in row)


def test_the_step_in_the_middle_of_the_picture_is_chosen(analysis: Analysis) -> None:
    hips = analysis.pose.joint("left_hip")[:, 0]
    for row in moments(analysis):
        x = np.interp(row[3].time_s, analysis.pose.time, hips)
        assert abs(x - analysis.pose.width / 2) < 128 * 8 * 0.24 * 1.05


@pytest.mark.parametrize("direction", [1, -1])
def test_no_limb_is_cut_off(analysis: Analysis, direction: Literal[1, -1]) -> None:
    """A foot far behind the body, as in a start, widens every tile alike."""
    calibration = replace(analysis.calibration, direction=direction)
    stretched = analysis.motion.position.copy()
    stretched[:, :, 0] += 0.6 * (stretched[:, :, 0] - analysis.motion.com[:, None, 0])
    run = replace(analysis, calibration=calibration, motion=replace(analysis.motion, position=stretched))
    tiles = drawing.laid_out(run).tiles
    assert len({tile.image.shape for tile in tiles}) == 1
    ahead = []
    for tile in tiles:
        limbs = tile.lines[1:]  # the first is the ground
        x = np.concatenate([line.points[:, 0] for line in limbs])
        assert np.nanmin(x) > 0
        assert np.nanmax(x) < tile.image.shape[1]
        ahead += [line.points[2, 0] - line.points[1, 0] for line in limbs if len(line.points) == 4]
    assert len(ahead) == 40  # from elbows to wrists, and from heels to toes
    assert np.mean(ahead) * direction > 0


def test_no_head_is_cut_off_where_the_scale_changes(analysis: Analysis) -> None:
    raised = analysis.motion.position.copy()
    raised[:, :, 1] *= 1.2
    run = replace(analysis, motion=replace(analysis.motion, position=raised))
    for tile in drawing.laid_out(run).tiles:
        y = np.concatenate([line.points[:, 1] for line in tile.lines])
        assert np.nanmin(y) > 0
        assert np.nanmax(y) < drawing.TILE_PX


def test_without_a_video_it_draws_stick_figures(analysis: Analysis, tmp_path: Path) -> None:
    path = tmp_path / "k.png"
    drawn = drawing.draw(analysis, str(path))
    image = imread(path)
    np.testing.assert_array_equal(np.round(255 * image[..., :3]), drawn)
    assert image.shape[1] > 1500
    assert (image[..., :3].min(axis=2) < 0.9).mean() > 0.01


def test_an_unknown_clock_gives_no_milliseconds(analysis: Analysis) -> None:
    def words(run: Analysis) -> str:
        return " ".join(_words(run))

    assert " ms" in words(analysis)
    assert " ms" not in words(replace(analysis, slow_motion=4.0))


def test_times_are_only_as_sure_as_the_numbers(analysis: Analysis) -> None:
    """Where the flight's time is withheld, no millisecond of it is told; where it is given, its error is."""

    def words(value: float) -> str:
        values = tuple(
            replace(v, value=value, sd=0.004) if v.metric == "flight_time" else v for v in analysis.values
        )
        run = replace(analysis, values=values)
        return " ".join(_words(run))

    assert " ± 4 ms" in words(0.11)
    assert " ms" not in words(np.nan)
    assert re.search(r"\+0\.\d\d s", words(np.nan))


def test_the_sheet_says_how_sure_its_angles_are(analysis: Analysis) -> None:
    given = [s.metric for s in analysis.summaries if np.isfinite(s.mean) and not s.only_mean]
    values = tuple(replace(v, sd=4.0) if v.metric in given else v for v in analysis.values)
    assert any("± 4°, one standard error" in words for words in _words(replace(analysis, values=values)))
    assert not any("standard error" in words for words in _words(replace(analysis, summaries=())))


def test_the_page_says_which_moments_share_a_picture(filmed: Analysis) -> None:
    row = moments(filmed)[0]
    assert drawing.shared(filmed, row) == ""
    at_once = [row[0], replace(row[1], time_s=row[2].time_s), *row[2:]]
    assert "Highest point and Strike" in drawing.shared(filmed, at_once)
    assert drawing.shared(replace(filmed, video=None), at_once) == ""


def test_a_picture_that_stands_for_several_moments_is_told(
    filmed: Analysis, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert drawing.SHARED not in _words(filmed)
    times = [m.time_s for row in moments(filmed) for m in row]
    pictures = drawing._images(filmed, times, Stills(filmed.video, drawing.wanted(filmed)))
    slow = {t: pictures[times[k // 2 * 2]] for k, t in enumerate(times)}
    monkeypatch.setattr(drawing, "_images", lambda *_: slow)
    assert drawing.SHARED in _words(filmed)


def test_nothing_to_show_is_said(bare: Analysis) -> None:
    assert any("No two ground contacts" in words for words in _words(replace(bare, steps=())))


def _bright(tile: np.ndarray) -> tuple[float, float]:
    rows, columns = np.nonzero(tile[..., 0] > 200)
    return float(rows.mean()), float(columns.mean())


def test_tiles_are_cut_where_the_athlete_is(filmed: Analysis) -> None:
    """The dot on the hips stands in each tile where the hips are in metres."""
    rows = moments(filmed)
    stills = Stills(filmed.video, drawing.wanted(filmed))
    pictures = drawing._images(filmed, [m.time_s for row in rows for m in row], stills)
    assert len(pictures) == 10
    for moment in rows[0]:
        index, image = pictures[moment.time_s]
        t = filmed.motion.time[index]
        assert abs(t - moment.time_s) <= 0.5 / 120 + 1e-6
        hip = filmed.motion.at(filmed.motion.joint("left_hip"), t)
        tile = drawing.cut(image, filmed, index, (hip[0] - 1, hip[0] + 1, -0.5, 1.5))
        row, column = _bright(tile)
        assert column == pytest.approx(drawing.TILE_PX / 2, abs=8)
        assert 1.5 - row * 2 / drawing.TILE_PX == pytest.approx(hip[1], abs=0.03)
        ground = np.flatnonzero(np.abs(tile[:, 40, 0].astype(int) - 120) < 40)
        assert 1.5 - ground.mean() * 2 / drawing.TILE_PX == pytest.approx(0, abs=0.05)


def seen_towards(direction: Literal[1, -1]) -> Calibration:
    """A centimetre a pixel, square to the lane."""
    return Calibration(
        homography=np.diag([0.01 * direction, -0.01, 1.0]),
        direction=direction,
        method="test",
        scaled=True,
        relative_sd=0.0,
    )


def test_a_panning_camera_is_undone(analysis: Analysis) -> None:
    """A mark fixed to the ground stays in its place in the tile when the camera turns away."""
    n = len(analysis.pose.time)
    shift = np.tile(np.eye(3), (n, 1, 1))
    shift[1, 0, 2] = 100.0
    panned = replace(
        analysis,
        camera=CameraMotion(shift, np.zeros(n), moving=True),
        calibration=seen_towards(1),
    )
    image = np.zeros((400, 800, 3), dtype=np.uint8)
    image[195:205, 395:405] = 255
    still = drawing.cut(image, panned, 0, (3.0, 5.0, -3.0, -1.0))
    moved = drawing.cut(np.roll(image, -100, axis=1), panned, 1, (3.0, 5.0, -3.0, -1.0))
    np.testing.assert_allclose(_bright(still), _bright(moved), atol=0.6)
    assert _bright(still) == pytest.approx((280, 280), abs=3)


def test_an_athlete_running_left_is_shown_as_filmed(analysis: Analysis) -> None:
    """With x forward to the left, the window runs from high to low x and the picture is not mirrored."""
    leftward = replace(analysis, calibration=seen_towards(-1))
    image = np.zeros((400, 800, 3), dtype=np.uint8)
    image[195:205, 355:365] = 255  # left of the window's middle in the picture
    tile = drawing.cut(image, leftward, 0, (-3.0, -5.0, -3.0, -1.0))
    assert _bright(tile)[1] < drawing.TILE_PX / 2


def _words(run: Analysis) -> list[str]:
    return [words.text for words in drawing.laid_out(run).words]


def test_who_ran_and_how_fast_stands_on_top(bare: Analysis) -> None:
    config = bare.config.model_copy(update={"athlete_name": "Anna", "date": datetime.date(2026, 11, 3)})
    speed = summary("step_speed", mean=8.01, mean_se=0.14)
    words = _words(replace(bare, config=config, summaries=(speed,)))
    assert "Anna" in words
    assert "3 November 2026 · clip runner · 8.01 ± 0.14 m/s" in words


def test_an_angle_that_the_tables_withhold_is_not_printed(bare: Analysis) -> None:
    assert not any("°" in text for text in _words(bare))
    told = replace(bare, summaries=(summary("thigh_angle_toe_off", mean=-20.0, mean_se=2.0),))
    angles = [text for text in _words(told) if "°" in text]
    assert len(angles) == len(moments(bare))
    assert all("thigh" in text for text in angles)


def test_steps_of_choice_are_shown_a_row_each(analysis: Analysis) -> None:
    rows = moments(analysis, [2, 3, 5])
    assert [row[3].step for row in rows] == [2, 3, 5]
    assert moments(analysis, []) == ()
    assert len(drawing.laid_out(analysis, steps=[2, 3, 5]).tiles) == 15


def test_a_start_is_shown_from_its_first_step_on(bare: Analysis) -> None:
    values = tuple(Value("step_speed", s.number, s.side, 2.0 + s.number, 0.1) for s in bare.steps)
    start = replace(bare, values=values)
    assert [row[3].step for row in moments(start)] == [2, 3]
    steady = replace(bare, values=tuple(replace(v, value=8.0) for v in values))
    assert moments(steady) == moments(bare) != moments(start)
    odd = replace(steady.values[3], value=20.0, flags=(BREAKS,))
    broken = replace(steady, values=(*steady.values[:3], odd, *steady.values[4:]))
    assert moments(broken) == moments(steady)


def test_tiles_are_cut_out_of_the_sheet_without_its_words(analysis: Analysis) -> None:
    sheet = drawing.sheet(analysis)
    found = drawing.tiles(analysis, sheet)
    assert [[m for m, _ in row] for row in found] == [list(row) for row in moments(analysis)]
    placed = drawing.laid_out(analysis).tiles
    for tile, (_, seen) in zip(placed, found[0] + found[1], strict=True):
        row, rest = divmod(seen.ctypes.data - sheet.ctypes.data, sheet.strides[0])
        assert (rest // 3, row) == (tile.x, tile.y)
        assert seen.shape == tile.image.shape


@pytest.mark.parametrize("size", [(400, 1), (1600, 700), (2400, 1640)])
def test_no_tile_is_cut_out_of_a_sheet_of_another_size(analysis: Analysis, size: tuple[int, int]) -> None:
    earlier = np.zeros((size[1], size[0], 3), np.uint8)
    assert drawing.tiles(analysis, earlier) == []
    assert images.kinogram_strip(analysis, earlier) == []


def test_a_vector_file_is_written_for_its_ending(analysis: Analysis, tmp_path: Path) -> None:
    drawing.draw(analysis, tmp_path / "k.svg", steps=[2])
    root = ElementTree.fromstring((tmp_path / "k.svg").read_text(encoding="utf-8"))
    space = "{http://www.w3.org/2000/svg}"
    assert root.tag == f"{space}svg"
    paper = drawing.laid_out(analysis, steps=[2])
    assert [t.text for t in root.iter(f"{space}text")] == [words.text for words in paper.words]
    assert len(list(root.iter(f"{space}image"))) == len(paper.tiles) == 5
    assert root.get("width") == f"{paper.width / drawing.DPI:.3f}in"
