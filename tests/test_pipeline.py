"""From joints to analyses: one for each pass, and back from their folders."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from runner import pose_track
from running import PIXELS, Runner, there_and_back
from views import seen_at

from analyzer import pipeline, provenance
from analyzer.comparison import runs
from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.data.capture import CameraMotion
from analyzer.errors import ConfigError, ContentError, NotRunningError, TooFewContactsError
from analyzer.metrics import METRICS, gates
from analyzer.metrics.run import Run
from analyzer.outputs import swap
from analyzer.pose.files.pose_csv import write_pose
from analyzer.scene import passes as scene_passes


def joints(folder: Path, back: Runner) -> Path:
    both = there_and_back(
        Runner(steps=8).pose(120, noise_m=0.004), back.pose(120, noise_m=0.004, leftward=True)
    )
    write_pose(both, folder / "there_and_back.csv")
    return folder / "there_and_back.csv"


@pytest.fixture(scope="module")
def passes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Analysis, ...]:
    file = joints(tmp_path_factory.mktemp("joints"), Runner(steps=9, speed=8.0))
    return pipeline.analyze_passes(pose=file, height_m=1.75, overlay=False)


def test_each_pass_is_a_run_of_its_own(passes: tuple[Analysis, ...]) -> None:
    there, back = sorted(passes, key=lambda run: run.steps[0].touchdown_s)
    assert (there.name, back.name) == ("there_and_back, pass 1", "there_and_back, pass 2")
    assert (there.motion.near_side, back.motion.near_side) == ("right", "left")
    assert len(there.steps) == pytest.approx(8, abs=1)
    assert len(back.steps) == pytest.approx(9, abs=1)
    ratio = there.summary("step_speed").mean / back.summary("step_speed").mean
    assert ratio == pytest.approx(9.0 / 8.0, rel=0.03)


def test_passes_are_saved_side_by_side_and_come_back(passes: tuple[Analysis, ...], tmp_path: Path) -> None:
    pages = pipeline.save_passes(passes, tmp_path / "run")
    inner = tmp_path / "run" / f"pass_{passes[1].config.pass_number}"
    assert pages == (tmp_path / "run" / "report.html", inner / "report.html")
    again = [pipeline.rebuild(page.parent) for page in pages]
    for before, after in zip(passes, again, strict=True):
        assert after.name == before.name
        assert [s.touchdown_s for s in after.steps] == pytest.approx(
            [s.touchdown_s for s in before.steps], abs=1e-5
        )
    for page, run, other in zip(pages, again, reversed(again), strict=True):
        (link,) = run.other_passes
        assert link.name == other.name
        assert (page.parent / link.report).is_file()
        assert f'<a href="{link.report}">{other.name}</a>' in page.read_text(encoding="utf-8")
    found = runs.compare(*again)
    assert len(found.changes) > 0


@pytest.mark.parametrize("exchanged", [True, False])
def test_a_pass_saved_again_leaves_the_others_as_they_are(
    passes: tuple[Analysis, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchanged: bool
) -> None:
    monkeypatch.setattr("analyzer.outputs.report.page.build", lambda _, path, *__: path.touch())
    if not exchanged:
        monkeypatch.setattr(swap, "exchange", lambda *_: False)
    folder = tmp_path / "run"
    first, second = pipeline.save_passes(passes, folder)
    events = second.with_name("events.csv")
    events.write_text(events.read_text(encoding="utf-8").replace("left", "L"), encoding="utf-8")
    before = {path.name: path.read_bytes() for path in second.parent.iterdir()}
    pipeline.rebuild(folder).save(folder, force=True)
    assert {path.name: path.read_bytes() for path in second.parent.iterdir()} == before
    inner = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    pipeline.rebuild(second.parent).save(second.parent, force=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == inner
    pipeline.save_passes(passes[:1], folder, force=True)
    assert first.is_file()
    assert not second.exists()  # the clip was analysed anew, and has one pass


def test_an_edited_contact_that_cannot_be_is_named_with_its_line(
    passes: tuple[Analysis, ...], tmp_path: Path
) -> None:
    folder = passes[0].save(tmp_path / "run").parent
    lines = (folder / "events.csv").read_text(encoding="utf-8").splitlines()
    side, touchdown, _ = lines[3].split(",")
    lines[3] = f"{side},{touchdown},0.01"
    (folder / "events.csv").write_text("\n\n".join(lines), encoding="utf-8")
    with pytest.raises(ConfigError, match=f"line 7: toe_off_s 0.01 is not after touchdown_s {touchdown[:4]}"):
        pipeline.rebuild(folder)


@pytest.mark.parametrize(
    ("path", "pose", "engine", "names"),
    [
        ("a.mp4", None, "direct", {"av", "opencv-python-headless", "ai-edge-litert"}),
        ("a.mp4", None, "mediapipe", {"av", "opencv-python-headless", "ai-edge-litert", "mediapipe"}),
        ("a.mp4", None, "rtmpose", {"av", "opencv-python-headless", "ai-edge-litert", "rtmlib"}),
        ("a.mp4", "a.csv", "direct", {"av", "opencv-python-headless"}),
        (None, "a.csv", "mediapipe", set()),
    ],
)
def test_provenance_names_what_ran(path: str | None, pose: str | None, engine: str, names: set[str]) -> None:
    ran = provenance.ran(path, pose, Config.build(engine=engine))
    made = provenance.made(ran)
    always = {"sprint-analyzer", "python", "numpy", "scipy", "pandas"}
    assert set(made.versions) == always | names
    assert made.versions["numpy"] == np.__version__


def test_a_rebuild_remembers_what_read_the_joints(passes: tuple[Analysis, ...], tmp_path: Path) -> None:
    was = replace(passes[0].provenance, versions=passes[0].provenance.versions | {"ai-edge-litert": "2.1"})
    folder = replace(passes[0], provenance=was).save(tmp_path / "run").parent
    assert pipeline.rebuild(folder).provenance.versions["ai-edge-litert"] == "2.1"


def test_a_rebuild_says_nothing_twice(passes: tuple[Analysis, ...], tmp_path: Path) -> None:
    """What the tracking of an earlier version said may be what is said of every run today."""
    said = next(note for note in passes[0].notes if note not in passes[0].tracking_notes and not note.metrics)
    older = replace(passes[0], tracking_notes=(*passes[0].tracking_notes, said))
    again = pipeline.rebuild(older.save(tmp_path / "run").parent)
    assert [note.message for note in again.notes].count(said.message) == 1


def test_one_pass_alone(tmp_path: Path) -> None:
    file = joints(tmp_path, Runner(steps=6))
    (run,) = pipeline.analyze_passes(pose=file, height_m=1.75, pass_number=2)
    assert run.calibration.direction == -1
    assert pipeline.analyze(pose=file, height_m=1.75, overlay=False).calibration.direction == 1
    with pytest.raises(ConfigError, match="no pass 7"):
        pipeline.analyze(pose=file, height_m=1.75, pass_number=7)


def test_gates_are_of_one_run_and_say_nothing_of_which_of_several(tmp_path: Path) -> None:
    file, cells = joints(tmp_path, Runner(steps=8, speed=9.0)), tmp_path / "cells.csv"
    cells.write_text("m,s\n0,1.0\n10,2.1\n", encoding="utf-8")
    several = pipeline.analyze_passes(pose=file, height_m=1.75, gates=cells)
    assert len(several) == 2
    for run in several:
        assert run.gates == run.stretches == ()
        assert run.calibration.method == "height"
        assert "gates.csv" not in run.given
        assert [note.level for note in run.notes if note.code == "gates_unused"] == ["warning"]
    for stated in ({"pass_number": 2}, {"direction": "left"}):
        (run,) = pipeline.analyze_passes(pose=file, height_m=1.75, gates=cells, **stated)
        assert len(run.gates) == 2
        assert run.given["gates.csv"] == cells.read_bytes()


@pytest.mark.parametrize(
    ("source", "belt", "known"),
    [("blazepose", None, False), ("blazepose", 8.0, True), ("TRC markers", None, True)],
)
def test_joints_that_stay_in_place_may_be_a_followed_run(
    source: str, belt: float | None, known: bool
) -> None:
    runner = Runner(steps=8)
    pose = runner.pose(120, noise_m=0.004)
    pixels = PIXELS * runner.speed * pose.time
    pose = replace(pose, xy=pose.xy - np.stack([pixels - 400, 0 * pixels], axis=1)[:, None], source=source)
    still = CameraMotion.static(len(pose.time))
    config = Config.build(height_m=1.75, treadmill_mps=belt, direction="right", overlay=False)
    run = pipeline.interpret(pipeline.Clip("alone", None, pose, still, ()), config)
    assert ("ground_unknown" in {note.code for note in run.notes}) != known
    for metric in ("step_speed", "step_length"):
        assert (run.summary(metric).n > 0) == known
    assert run.summary("contact_time").n > 0
    assert run.speed is not None
    assert np.isfinite(run.speed.speed).any() == known


@pytest.mark.parametrize(
    ("metres", "slowed", "code"), [(5.0, 1.0, ""), (9.0, 1.0, "beyond_people"), (5.0, 4.0, "slow_motion")]
)
def test_splits_need_a_scale_and_a_clock_that_are_believed(metres: float, slowed: float, code: str) -> None:
    runner = Runner(steps=8, speed=10.0)
    pose = runner.pose(240, noise_m=0.004)
    pose = replace(pose, time=pose.time * slowed)
    still = CameraMotion.static(len(pose.time))
    config = Config.build(scale=(0, 400, 5 * PIXELS, 400, metres), splits_m=(4.0, 6.0), overlay=False)
    run = pipeline.interpret(pipeline.Clip("alone", None, pose, still, ()), config)
    assert not code or code in {note.code for note in run.notes}
    assert len(run.splits) == (0 if code else 2)
    assert code or np.isfinite([split.time_s for split in run.splits]).all()
    assert np.isfinite(run.speed.speed).any() == (slowed == 1)


@pytest.mark.parametrize("slowed", [1.0, 4.0])
def test_what_a_run_gives_is_open_to_whoever_looks_at_it_again(slowed: float) -> None:
    pose = Runner(steps=8, speed=10.0).pose(240, noise_m=0.004)
    pose = replace(pose, time=pose.time * slowed)
    still = CameraMotion.static(len(pose.time))
    found = pipeline.interpret(pipeline.Clip("alone", None, pose, still, ()), Config.build(overlay=False))
    given = {row.metric for row in found.summaries if row.n}
    assert given
    assert given.isdisjoint(name for name, metric in METRICS.items() if gates.closed(metric, Run.of(found)))


def test_edited_contacts_of_a_view_along_the_lane_are_not_to_be_trusted_either() -> None:
    pose = seen_at(70.0)
    clip = pipeline.Clip("front", None, pose, CameraMotion.static(len(pose.time)), ())
    config = Config.build(height_m=1.75, accept=True, overlay=False)
    detected = pipeline.interpret(clip, config)
    rows = [{name: getattr(s, name) for name in ("side", "touchdown_s", "toe_off_s")} for s in detected.steps]
    edited = pipeline.interpret(clip, config, pipeline.Edits(rows[1:], detected.steps))
    for run in (detected, edited):
        (note,) = (note for note in run.notes if note.code == "view")
        assert note.level == "limit"


def test_a_pass_that_cannot_be_analysed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = joints(tmp_path, Runner(steps=6))
    interpret = pipeline.interpret

    def second_fails(clip: pipeline.Clip, *rest: object, **kw: object) -> Analysis:
        if "pass 2" in clip.name:
            raise TooFewContactsError("One contact was found.")
        return interpret(clip, *rest, **kw)

    monkeypatch.setattr(pipeline, "interpret", second_fails)
    (run,) = pipeline.analyze_passes(pose=file, height_m=1.75, overlay=False)
    note = next(n for n in run.notes if n.code == "pass_left_out")
    assert note.message == "Pass 2 is left out. One contact was found."


def test_passes_left_out_for_one_reason_are_counted_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, interpret = scene_passes.wanted, pipeline.interpret

    def seven(*given: Any) -> tuple[scene_passes.ChosenPass, ...]:
        return tuple(replace(real(*given)[0], number=number) for number in (3, 7, 6, 5, 4, 2, 1))

    def fails(clip: pipeline.Clip, *rest: Any, **kw: Any) -> Analysis:
        if "pass 3" not in clip.name:
            raise TooFewContactsError("One contact was found.")
        return interpret(clip, *rest, **kw)

    monkeypatch.setattr(scene_passes, "wanted", seven)
    monkeypatch.setattr(pipeline, "interpret", fails)
    (run,) = pipeline.analyze_passes(pose=joints(tmp_path, Runner(steps=6)), height_m=1.75, overlay=False)
    (note,) = (note for note in run.notes if note.code == "pass_left_out")
    assert note.message == "Passes 1, 2, 4, 5 and 2 more are left out. One contact was found."


def test_both_passes_fail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> Analysis:
        raise TooFewContactsError("None.")

    monkeypatch.setattr(pipeline, "interpret", fails)
    with pytest.raises(TooFewContactsError):
        pipeline.analyze_passes(pose=joints(tmp_path, Runner(steps=6)), height_m=1.75)


def test_a_start_after_the_end_is_said(filmed: Analysis) -> None:
    assert filmed.video is not None
    with pytest.raises(ConfigError, match="lies after the end"):
        pipeline.analyze(filmed.video.path, start_s=100.0)


def test_a_pass_that_plays_backwards_is_named_and_left_out(tmp_path: Path) -> None:
    there = Runner(steps=8).pose(120, noise_m=0.004)
    n = len(there.time)
    both = replace(
        there,
        time=np.arange(2 * n) / 120,
        xy=np.concatenate([there.xy, there.xy[::-1]]),
        confidence=np.concatenate([there.confidence, there.confidence[::-1]]),
        box=np.concatenate([there.box, there.box[::-1]]),
    )
    write_pose(both, tmp_path / "boomerang.csv")
    (run,) = pipeline.analyze_passes(pose=tmp_path / "boomerang.csv")
    assert run.steps[-1].touchdown_s < n / 120
    assert "pass_left_out" in {note.code for note in run.notes}
    backwards = replace(there, xy=there.xy[::-1].copy())
    write_pose(backwards, tmp_path / "backwards.csv")
    with pytest.raises(NotRunningError):
        pipeline.analyze_passes(pose=tmp_path / "backwards.csv")


def test_a_stated_rate_is_named_as_a_cause_where_nothing_runs(tmp_path: Path) -> None:
    runs = Runner(steps=4).pose(120, noise_m=0.002)
    stands = replace(runs, xy=np.repeat(runs.xy[5:6], len(runs.time), axis=0))
    write_pose(stands, tmp_path / "stands.csv")
    with pytest.raises(ContentError) as error:
        pipeline.analyze(pose=tmp_path / "stands.csv", capture_fps=960)
    assert "960" in error.value.why
    assert "capture_fps" in error.value.settings
    with pytest.raises(ContentError) as error:
        pipeline.analyze(pose=tmp_path / "stands.csv")
    assert "capture_fps" not in error.value.settings


def test_joints_alone_are_cut_to_the_part_asked_for(tmp_path: Path) -> None:
    path = write_pose(pose_track(duration_s=2.2), tmp_path / "joints.csv")
    whole = pipeline.analyze(pose=path, height_m=1.75)
    part = pipeline.analyze(pose=path, height_m=1.75, start_s=0.5, stop_s=1.9)
    assert part.pose.time[0] == pytest.approx(0.5, abs=0.01)
    assert part.pose.time[-1] == pytest.approx(1.9, abs=0.01)
    known = [step for step in part.steps if np.isfinite(step.touchdown_s)]
    assert 2 <= len(known) < len(whole.steps)
    for step in known:
        nearest = min(whole.steps, key=lambda other: abs(other.touchdown_s - step.touchdown_s))
        assert nearest.side == step.side
        assert nearest.touchdown_s == pytest.approx(step.touchdown_s, abs=0.02)
    with pytest.raises(ConfigError, match="Nothing of joints"):
        pipeline.analyze(pose=path, start_s=50.0)


def test_settings_that_are_none_or_given_twice_are_refused() -> None:
    with pytest.raises(ConfigError, match="of the type dict"):
        pipeline.analyze("a.mp4", {"height_m": 1.8})  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="There is a config, and height_m beside it"):
        pipeline.analyze_any("a.mp4", Config(), height_m=1.8)
