"""The passes of a clip: runners who turn round, who stay, whom a camera follows, whom an editor slowed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from running import LEG, PIXELS, Runner, there_and_back

from analyzer.config import Config
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.errors import ConfigError, NoAthleteError
from analyzer.scene import passes as scene_passes
from analyzer.scene.passes import chosen, passes, runs, wanted

BOTH = there_and_back(Runner(steps=8).pose(120), Runner(steps=6).pose(120, leftward=True))
STILL = CameraMotion.static(len(BOTH.time))


def test_two_passes_are_two_runs() -> None:
    first, second = passes(BOTH, STILL)
    assert (first.direction, second.direction) == (1, -1)
    turn = len(Runner(steps=8).pose(120).time)
    assert turn - 12 < first.stop < turn + 72
    assert second.stop == len(BOTH.time)


def test_a_stretch_too_short_for_a_run_is_said_to_be_left_out() -> None:
    hip = BOTH.joint("left_hip")[:, 0]
    start = int(np.argmax(hip > np.nanmax(hip) - 1.7 * LEG * PIXELS))
    cut = replace(BOTH, **{name: getattr(BOTH, name)[start:] for name in ("time", "xy", "confidence", "box")})
    still = CameraMotion.static(len(cut.time))
    config = Config()
    found = chosen(cut, still, config)
    assert (found.run.direction, found.alone) == (-1, True)
    (note,) = found.notes
    assert note.code == "pass_too_short"
    assert f"to the right from {cut.time[0]:.2f} to" in note.message
    assert "pass_too_short" not in {n.code for n in chosen(BOTH, STILL, config).notes}
    (slow,) = chosen(cut, still, config, 8.0).notes
    assert f"to the right from {8 * cut.time[0]:.2f} to" in slow.message


def edited(slow: float, first: float, last: float) -> PoseTrack:
    """A 240 fps film at 30 frames a second: at full speed, ``slow`` times slower in part, at full speed."""
    film = Runner(steps=12).pose(240, noise_m=0.004)
    share = np.linspace(0, 1, len(film.time))
    inside = (share >= first) & (share < last)
    kept = np.where(inside, np.arange(len(share)) % round(8 / slow) == 0, np.arange(len(share)) % 8 == 0)
    return replace(
        film,
        time=np.arange(kept.sum()) / 30,
        xy=film.xy[kept],
        confidence=film.confidence[kept],
        box=film.box[kept],
    )


@pytest.mark.parametrize("slow", [2.0, 4.0, 8.0])
def test_an_edit_from_normal_to_slow_and_back_is_cut_into_one_clock_each(slow: float) -> None:
    pose = edited(slow, 0.3, 0.7)
    still = CameraMotion.static(len(pose.time))
    found = list(runs(passes(pose, still)).values())
    assert [run.direction for run in found] == [1, 1, 1]
    hip = pose.joint("left_hip")[:, 0]
    paces = [(hip[r.stop - 1] - hip[r.start]) / (pose.time[r.stop - 1] - pose.time[r.start]) for r in found]
    assert paces[0] / paces[1] == pytest.approx(slow, rel=0.2)
    assert paces[2] / paces[1] == pytest.approx(slow, rel=0.2)
    assert "speed_edited" in {n.code for n in chosen(pose, still, Config()).notes}


@pytest.mark.parametrize("fps", [30.0, 60.0, 240.0])
def test_an_even_clip_is_not_cut(fps: float) -> None:
    pose = Runner(steps=12).pose(fps, noise_m=0.01)
    assert len(runs(passes(pose, CameraMotion.static(len(pose.time))))) == 1


@pytest.mark.parametrize("tau", [0.6, 1.0, 1.6])
def test_a_start_is_not_cut(tau: float) -> None:
    pose = Runner(steps=12).pose(120, noise_m=0.005)
    since = np.maximum(pose.time - 0.3, 0)
    gone = 9.0 * (since - tau * (1 - np.exp(-since / tau)))
    shift = PIXELS * (gone - 9.0 * pose.time)
    started = replace(pose, xy=pose.xy + np.stack([shift, 0 * shift], axis=1)[:, None])
    assert len(runs(passes(started, CameraMotion.static(len(pose.time))))) == 1


def test_a_pass_that_is_not_there_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"no pass 3.*pass 2 to the left"):
        chosen(BOTH, STILL, Config.build(pass_number=3))


def test_the_passes_of_slow_motion_are_named_by_the_files_clock() -> None:
    first, second = runs(passes(BOTH, STILL)).values()
    ends = f"{8 * BOTH.time[first.stop - 1]:.2f} s, pass 2 to the left, {8 * BOTH.time[second.start]:.2f} to"
    (note,) = chosen(BOTH, STILL, Config(), 8.0).notes
    assert note.code == "several_passes"
    assert ends in note.message
    with pytest.raises(ConfigError, match=ends):
        chosen(BOTH, STILL, Config.build(pass_number=3), 8.0)


def test_a_pass_is_as_long_as_the_way_of_the_hips() -> None:
    runner = Runner(steps=8)
    pose = runner.pose(120)
    (run,) = passes(pose, CameraMotion.static(len(pose.time)))
    assert (run.start, run.stop, run.side) == (0, len(pose.time), "right")
    way = runner.speed * (pose.time[-1] - pose.time[0])
    assert run.travel * LEG == pytest.approx(way, rel=0.1)  # a stick runner's leg is nearly 0.92 m


@pytest.mark.parametrize(
    ("settings_", "numbers"),
    [({}, (1, 2)), ({"direction": "left"}, (2,)), ({"direction": "right"}, (1,)), ({"pass_number": 2}, (2,))],
)
def test_the_settings_name_passes_and_the_longest_comes_first(
    settings_: dict[str, Any], numbers: tuple[int, ...]
) -> None:
    found = wanted(BOTH, STILL, Config.build(**settings_))
    assert tuple(one.number for one in found) == numbers
    assert not any(one.alone for one in found)
    assert chosen(BOTH, STILL, Config.build(**settings_)) == found[0]


def test_more_passes_than_can_be_looked_into_leave_the_shortest_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene_passes, "_MOST_FRAMES", len(BOTH.time))
    (longest,) = wanted(BOTH, STILL, Config())
    assert longest.number == 1
    assert [note.code for note in longest.notes] == ["several_passes", "passes_left_out"]
    assert "1 shortest" in longest.notes[1].message
    (asked,) = wanted(BOTH, STILL, Config(pass_number=2))
    assert "passes_left_out" not in {note.code for note in asked.notes}


def test_of_many_passes_the_first_are_named_and_the_rest_counted() -> None:
    found = {n: scene_passes.Pass(10 * n, 10 * n + 9, 1, 5.0) for n in range(1, 46)}
    told = scene_passes._listed(np.arange(600) / 10, found)
    assert told.startswith("pass 1 to the right, 1.00 to 1.80 s, pass 2 to the right")
    assert told.endswith("pass 4 to the right, 4.00 to 4.80 s and 41 more")
    short = [
        scene_passes.Pass(0, 9, 1, 5.0),
        *(scene_passes.Pass(10 * n, 10 * n + 9, -1, 1.5) for n in range(1, 9)),
    ]
    (note,) = scene_passes._too_short(np.arange(600) / 10, short)
    assert "to the left from 4.00 to 4.80 s and 4 more. That is" in note.message


def test_the_second_pass_may_be_the_longest() -> None:
    pose = there_and_back(Runner(steps=6).pose(120), Runner(steps=8).pose(120, leftward=True))
    assert [one.number for one in wanted(pose, CameraMotion.static(len(pose.time)), Config())] == [2, 1]


def test_a_clip_without_the_way_asked_for_keeps_its_pass() -> None:
    pose = Runner(steps=8).pose(120)
    found = chosen(pose, CameraMotion.static(len(pose.time)), Config.build(direction="left"))
    assert (found.number, found.alone, found.notes) == (1, True, ())


def followed(pose: PoseTrack) -> tuple[PoseTrack, CameraMotion]:
    """The same run by a camera that pans so that the hips stay in the middle of the image."""
    aside = pose.joint("left_hip")[:, 0] - pose.width / 2
    maps = np.tile(np.eye(3), (len(aside), 1, 1))
    maps[:, 0, 2] = aside
    xy = pose.xy - np.stack([aside, 0 * aside], axis=1)[:, None]
    return replace(pose, xy=xy), CameraMotion(maps, np.zeros(len(aside)), moving=True)


def test_who_stays_in_the_image_runs_where_the_background_moves() -> None:
    pose, camera = followed(BOTH)
    pan = [(run.start, run.stop, run.direction) for run in passes(pose, camera)]
    assert pan == [(run.start, run.stop, run.direction) for run in passes(BOTH, STILL)]
    (run,) = passes(pose, STILL)  # the same joints before a still background: a treadmill
    assert run.travel < 0.2


@pytest.mark.parametrize("way", [1, -1])
def test_where_the_camera_is_untied_nobody_becomes_slower(way: int) -> None:
    pose = Runner(steps=14).pose(60)
    pan = 0.7 * (pose.joint("left_hip")[:, 0] - pose.width / 2)
    maps, sd = np.tile(np.eye(3), (len(pan), 1, 1)), np.zeros(len(pan))
    maps[:, 0, 2] = pan
    half = len(pan) // 2
    untied, held = (slice(half, None), half - 1) if way == 1 else (slice(None, half), half)
    maps[untied], sd[untied] = maps[held], np.nan  # as ``CameraMotion`` has it
    xy = pose.xy - np.stack([pan, 0 * pan], axis=1)[:, None]
    found = chosen(replace(pose, xy=xy), CameraMotion(maps, sd, moving=True), Config())
    assert found.notes == ()
    assert found.run.stop - found.run.start > 0.9 * len(pan)


def test_a_moving_camera_is_not_taken_for_an_edit() -> None:
    pose = edited(4.0, 0.3, 0.7)
    still = CameraMotion.static(len(pose.time))
    assert len(passes(pose, still)) == 3
    assert len(passes(pose, replace(still, moving=True))) == 1


def test_nobody_makes_no_pass() -> None:
    with pytest.raises(NoAthleteError, match="0 of"):
        passes(replace(BOTH, xy=np.full_like(BOTH.xy, np.nan)), STILL)


@pytest.mark.parametrize(("slow", "first"), [(3.0, 0.075), (5.0, 0.06)])
def test_a_short_part_at_full_speed_before_slow_motion_is_left_out_and_named(
    slow: float, first: float
) -> None:
    pose = edited(slow, first, 1.1)
    run = chosen(pose, CameraMotion.static(len(pose.time)), Config())
    assert run.alone
    assert "speed_edited" in {n.code for n in run.notes}
    assert run.run.start > 0
    assert run.run.stop == len(pose.time)


def test_two_runs_with_a_cut_between_them_are_two() -> None:
    pose = Runner(steps=10).pose(60, noise_m=0.004)
    n = len(pose.time)
    twice = replace(
        pose,
        time=np.arange(2 * n) / 60,
        xy=np.concatenate([pose.xy, Runner(steps=10, first="right").pose(60, noise_m=0.004).xy]),
        confidence=np.concatenate([pose.confidence] * 2),
        box=np.concatenate([pose.box] * 2),
    )
    first, second = wanted(twice, CameraMotion.static(2 * n), Config())
    assert {(first.run.start, first.run.stop), (second.run.start, second.run.stop)} == {(0, n), (n, 2 * n)}
    assert "several_runs" in {note.code for note in first.notes}
    assert first.run.side == second.run.side == "right"


def test_walking_before_a_run_is_left_out_and_named_by_the_files_clock() -> None:
    pose = Runner(steps=12).pose(60, noise_m=0.004)
    n = len(pose.time)
    # Played six times slower it is a walk; then the speed rises within a second.
    rate = np.concatenate([np.full(240, 1 / 6), np.linspace(1 / 6, 1, 50), np.ones(n - 71)])
    at = np.cumsum(rate)
    seen = np.stack([pose.xy[int(i)] for i in np.clip(at, 0, n - 1)])
    m = len(seen)
    joined = replace(
        pose, time=np.arange(m) / 60, xy=seen, confidence=np.ones(seen.shape[:2]),
        box=np.tile(pose.box[:1], (m, 1)),
    )  # fmt: skip
    run = chosen(joined, CameraMotion.static(m), Config(), 4.0)
    (note,) = (note for note in run.notes if note.code == "part_left_out")
    assert 210 < run.run.start < 275
    assert run.run.stop == m
    assert "starts and stops" in note.advice
    assert f"{4 * joined.time[run.run.start]:.2f}" in note.message
