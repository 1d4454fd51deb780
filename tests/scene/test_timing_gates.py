"""Gates and video weighed against each other, on the hand-made runner, who runs at 8 m/s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from runner import GROUND_PX, PIXELS, SPEED, WIDTH

from analyzer.arrays import Array
from analyzer.config import Config
from analyzer.data.capture import Calibration, CameraMotion, PoseTrack
from analyzer.data.results import Gate, Stretch
from analyzer.scene import passes, timing_gates
from analyzer.scene.calibration import calibrate

MIDDLE = SPEED * 1.75 / 2


def gates(speed: float, metres: Sequence[float] = (2.0, 12.0), sd: float = 0.002) -> tuple[Gate, ...]:
    """Times of a clock of its own."""
    return tuple(Gate(m, 512.3 + abs(m - metres[0]) / speed, sd) for m in metres)


def merged(
    pose: PoseTrack, config: Config, which: Sequence[Gate], known: Array | None = None
) -> tuple[Calibration, timing_gates.Merged]:
    camera = CameraMotion.static(len(pose.time))
    chosen = passes.chosen(pose, camera, config)
    own = calibrate(pose, camera, chosen, config, known)
    return own, timing_gates.merged(own, pose, camera, chosen, which)


def marks(metres: Sequence[float], *, read_as: float = 1.0) -> Array:
    return np.array([[WIDTH / 2 + PIXELS * (m - MIDDLE), GROUND_PX, read_as * m] for m in metres])


def speed_of(pose: PoseTrack, scale: Calibration) -> float:
    path = scale.apply(pose.middle("hip"))[:, 0]
    return float(np.polyfit(pose.time, path, 1)[0])


def codes(found: timing_gates.Merged) -> list[str]:
    return [note.code for note in found.notes]


def test_no_gates_change_nothing(pose: PoseTrack) -> None:
    own, found = merged(pose, Config(height_m=1.78), ())
    assert found == timing_gates.Merged(own)


@pytest.mark.parametrize("sd", [0.002, 0.03])
def test_gates_mend_a_height_that_is_wrong_by_as_much_as_they_are_surer(pose: PoseTrack, sd: float) -> None:
    own, found = merged(pose, Config(height_m=1.78 * 1.02), gates(SPEED, sd=sd))
    before, after = (abs(speed_of(pose, scale) - SPEED) for scale in (own, found.calibration))
    assert after < before
    share = found.notes[0].counts["share_percent"] / 100
    assert after / before == pytest.approx(1 - share, abs=0.25)
    assert (share > 0.5) == (sd < 0.01)
    assert found.calibration.relative_sd < own.relative_sd
    assert found.calibration.method == "height and gates"
    assert codes(found) == ["gates"]
    (row,) = found.stretches
    assert row.video_speed == pytest.approx(speed_of(pose, own), rel=0.01)  # the video's own, not the mended


def test_gates_alone_give_metres(pose: PoseTrack) -> None:
    own, found = merged(pose, Config(), gates(SPEED))
    assert not own.scaled
    assert found.calibration.scaled
    assert found.calibration.method == "gates"
    assert speed_of(pose, found.calibration) == pytest.approx(SPEED, rel=0.02)
    assert "no_scale" not in [note.code for note in found.calibration.notes]


def test_gates_that_are_too_unsure_give_none_alone(pose: PoseTrack) -> None:
    _, found = merged(pose, Config(), gates(SPEED, sd=0.1))
    assert not found.calibration.scaled
    assert found.calibration.method == "nominal"


@pytest.mark.parametrize("config", [Config(height_m=1.78), Config()])
def test_what_contradicts_beyond_its_errors_is_told_with_both_speeds(pose: PoseTrack, config: Config) -> None:
    own, found = merged(pose, config, gates(SPEED * 1.35))
    assert found.calibration is own
    assert codes(found) == ["gates_contradict"]
    assert "10.80 ± " in found.notes[0].message
    assert f"{found.stretches[0].video_speed:.2f} ± " in found.notes[0].message


def test_marks_tell_where_the_gates_stand(pose: PoseTrack) -> None:
    metres = (3.0, 7.0, 12.0)
    own, found = merged(pose, Config(), gates(SPEED, metres, 0.02), marks((1.0, 7.0, 13.0)))
    assert found.calibration is own  # the marks are much surer
    assert [(row.from_m, row.to_m) for row in found.stretches] == [(3, 7), (7, 12), (3, 12)]
    for row in found.stretches:
        assert row.video_speed == pytest.approx(SPEED, rel=0.02)


def test_one_gate_that_fired_early_is_a_contradiction_though_the_whole_agrees(pose: PoseTrack) -> None:
    good = gates(SPEED, (3.0, 7.0, 12.0))
    early = (good[0], replace(good[1], time_s=good[1].time_s - 0.08), good[2])
    _, found = merged(pose, Config(), early, marks((1.0, 7.0, 13.0)))
    assert codes(found) == ["gates_contradict"]
    assert "From 3 to 7 m" in found.notes[0].message


def test_marks_that_are_less_sure_give_way_and_their_middle_stays(pose: PoseTrack) -> None:
    camera, config = CameraMotion.static(len(pose.time)), Config()
    chosen = passes.chosen(pose, camera, config)
    own = calibrate(pose, camera, chosen, config, marks((1.0, 7.0, 13.0)))
    unsure = replace(own, relative_sd=0.05)
    found = timing_gates.merged(unsure, pose, camera, chosen, gates(1.05 * SPEED, (4.0, 10.0)))
    assert found.calibration.method == "marks and gates"
    assert speed_of(pose, found.calibration) == pytest.approx(1.05 * SPEED, rel=0.02)
    at = np.linalg.inv(own.homography) @ np.array([7.0, 0.0, 1.0])
    np.testing.assert_allclose(found.calibration.apply(at[:2] / at[2]), [7.0, 0.0], atol=1e-6)


@pytest.mark.parametrize("method", ["marks and gates", "height and gates", "gates"])
def test_an_earlier_scale_that_gates_had_a_part_in_keeps_its_name(pose: PoseTrack, method: str) -> None:
    camera, config = CameraMotion.static(len(pose.time)), Config()
    chosen = passes.chosen(pose, camera, config)
    earlier = replace(
        calibrate(pose, camera, chosen, config, marks((1.0, 7.0, 13.0))), method=method, relative_sd=0.05
    )
    found = timing_gates.merged(earlier, pose, camera, chosen, gates(SPEED, (4.0, 10.0)))
    assert found.calibration.relative_sd < earlier.relative_sd
    assert found.calibration.method == method
    assert timing_gates.placed(found.calibration) == (method == "marks and gates")


def test_gates_where_the_clip_does_not_show_the_athlete_stand_beside_it(pose: PoseTrack) -> None:
    own, found = merged(pose, Config(), gates(SPEED, (40.0, 50.0)), marks((1.0, 7.0, 13.0)))
    assert found.calibration is own
    assert codes(found) == ["gates_unused"]
    assert np.isnan(found.stretches[0].video_speed)


def test_a_speed_that_changes_says_nothing_of_gates_whose_place_is_unknown(pose: PoseTrack) -> None:
    x = pose.xy[..., 0]
    quickens = replace(pose, xy=np.stack([x + 0.25 * (x - x.mean()) ** 2 / np.ptp(x), pose.xy[..., 1]], -1))
    time = pose.time
    hips = quickens.middle("hip")[:, 0]
    speeds = np.gradient(hips, time)
    assert speeds[-5] > 1.3 * speeds[5]
    own, found = merged(quickens, Config(height_m=1.78), gates(SPEED))
    assert found.calibration is own
    assert "changes too much" in found.notes[0].message


@pytest.mark.parametrize(
    ("metres", "used"), [((0.0, 12.0), True), ((0.0, 30.0), False), ((0.0, 10.0, 20.0, 30.0), True)]
)
def test_two_gates_that_stand_further_apart_than_the_clip_shows_say_nothing_of_it(
    pose: PoseTrack, metres: Sequence[float], used: bool
) -> None:
    """Between 0 and 30 m may lie a start, and the clip shows 14; more gates tell if the speed changes."""
    own, found = merged(pose, Config(), gates(SPEED, metres))
    assert found.calibration.scaled == used
    assert (found.calibration is own) != used
    assert codes(found) == ["gates"]
    assert ("further than the clip shows" in found.notes[0].message) != used


def test_on_a_treadmill_there_are_no_gates(pose: PoseTrack) -> None:
    camera, config = CameraMotion.static(len(pose.time)), Config(height_m=1.78)
    chosen = passes.chosen(pose, camera, config)
    own = replace(calibrate(pose, camera, chosen, config), treadmill_mps=5.0)
    found = timing_gates.merged(own, pose, camera, chosen, gates(SPEED))
    assert found.calibration is own
    assert codes(found) == ["gates_unused"]


def test_no_speed_is_told_without_an_error() -> None:
    """Very good gates: an error below what is printed is not none."""
    words = timing_gates._speeds(Stretch(0.0, 10.0, 0.4, 0.001, 0.4, 0.002))
    assert words.count("0.40 ± 0.01 m/s") == 2
