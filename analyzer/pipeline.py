"""The whole story: from a video file, or joints from another tracker, to an ``Analysis``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import analyzer
from analyzer import provenance, quality
from analyzer.arrays import Array
from analyzer.comparison import speed_trend_words
from analyzer.config import Config
from analyzer.contacts import activity, detect, plausibility, shoe_refine, shoe_tracking, slow_motion
from analyzer.contacts import from_table as edited_contacts
from analyzer.data.analysis import Analysis, OtherPass, Provenance
from analyzer.data.capture import Calibration, CameraMotion, PoseTrack, VideoInfo
from analyzer.data.notes import Note, Progress, listed
from analyzer.data.results import Gate
from analyzer.data.steps import Step, Trace
from analyzer.errors import ConfigError, ContentError, VideoError, ViewError
from analyzer.frontal import measure as across
from analyzer.frontal.results import Frontal
from analyzer.joints import facing, leg_names, limb_lengths, stride_phase
from analyzer.metrics import beyond_people
from analyzer.metrics.measure import measure
from analyzer.metrics.run import Run
from analyzer.motion import kinematics, speed
from analyzer.outputs import analysis_json, gates_file, resetting, scale_files, whole
from analyzer.outputs import folder as result_folder
from analyzer.outputs.annotated_video import live
from analyzer.outputs.frontal import document as frontal_document
from analyzer.outputs.frontal import page as frontal_page
from analyzer.outputs.report import page as report_page
from analyzer.pose import cache
from analyzer.pose.files import alone, pose_csv, with_video
from analyzer.pose.repair import frame_edges
from analyzer.scene import bend, calibration, passes, timing_gates
from analyzer.scene.marks import Earlier
from analyzer.video import reader

SAMPLE_HEIGHT_M: Final = 1.80
"""Standing height of the sprinter in the sample clip, m, as rendered."""
_GATES_OF_WHICH: Final = Note(
    "warning",
    "gates_unused",
    "The times of the gates are of one run, and the clip shows several: they were not used.",
    "Say which run they timed: by its number, or by its direction where the others go the other way.",
)
_SCALE_KEPT: Final = Note(
    "info",
    "scale_kept",
    "The file that gave the scale is not in this folder; the scale is as it was.",
)
"""Told where results of an older version are without their marks, or their earlier calibration."""
Scale = Calibration | Earlier | Array
"""A scale, or what one is made of: an earlier clip's, or (n, 3) marks, x px, y px, m."""


class Clip(NamedTuple):
    """What a run is interpreted from.

    ``name`` is the run's, as the report has it; ``video`` None when the joints came from a file alone;
    ``notes`` those made before and while the athlete was followed.
    """

    name: str
    video: VideoInfo | None
    pose: PoseTrack
    camera: CameraMotion
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Edits:
    """A coach's table of contacts, those as they were detected, and how far apart the same may be, s."""

    rows: list[dict[str, Any]]
    original: tuple[Step, ...]
    within_s: float = edited_contacts.SAME_S


def analyze(
    path: str | Path | None = None,
    config: Config | None = None,
    *,
    pose: str | Path | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Analysis:
    """Analyse one run: the longest pass of a clip, or the one that ``pass_number`` names.

    Parameters
    ----------
    path : path of a video file; may be left out when ``pose`` is given
    config : Config, optional
        Ready-made settings; otherwise they are built from ``settings``.
    pose : path, optional
        Joints from a file (our own ``pose.csv`` or another tracker's) instead of those that would be read
        from the video; without the video contacts are timed from the joints alone.
    progress : callable, optional
        Called with stage, frames done, frames in all.
    **settings
        The fields of ``Config``: ``height_m=1.80``, ``sex="female"``, ``capture_fps=240``…

    Raises
    ------
    AnalyzerError
        See ``analyzer.errors`` for the whole tree.
    """
    config = _settings(config, settings)
    given = scale_files.given(config) | gates_file.given(config)
    with _rate_named(config):
        found = interpret(_followed(path, pose, config, progress), config, progress=progress)
    return replace(found, given=given, provenance=provenance.made(provenance.ran(path, pose, config)))


def analyze_passes(
    path: str | Path | None = None,
    config: Config | None = None,
    *,
    pose: str | Path | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> tuple[Analysis, ...]:
    """Analyse every pass of a clip, as ``analyze`` does one: each a run of its own, the longest first.

    A pass that cannot be analysed (somebody who walks back) is a note of the others.

    Parameters
    ----------
    path, config, pose, progress, **settings
        As in ``analyze``; ``pass_number`` or ``direction`` picks the passes.

    Returns
    -------
    tuple of Analysis

    Raises
    ------
    AnalyzerError
        Of the longest pass, where none could be analysed; else as in ``analyze``.
    """
    config = _settings(config, settings)
    given, of_gates = scale_files.given(config), gates_file.given(config)
    with _rate_named(config):
        runs = _every_pass(_followed(path, pose, config, progress), config, progress)
    return _made(runs, given, of_gates, provenance.ran(path, pose, config))


def analyze_frontal(
    path: str | Path | None = None,
    config: Config | None = None,
    *,
    pose: str | Path | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> Frontal:
    """Measure a run that is filmed from the front or from behind: what lies across the lane.

    Parameters
    ----------
    path, config, pose, progress, **settings
        As in ``analyze``.

    Raises
    ------
    ViewError
        If it is filmed from the side: use ``analyze``.
    AnalyzerError
        As in ``analyze``.
    """
    config = _settings(config, settings)
    with _rate_named(config):
        clip = _followed(path, pose, config, progress)
        return _frontal(clip, config, provenance.made(provenance.ran(path, pose, config)))


def analyze_any(
    path: str | Path | None = None,
    config: Config | None = None,
    *,
    pose: str | Path | None = None,
    progress: Progress | None = None,
    **settings: Any,
) -> tuple[Analysis, ...] | Frontal:
    """Analyse a clip by what its view shows: every pass of it from the side, or the frontal plane of a run.

    Parameters
    ----------
    path, config, pose, progress, **settings
        As in ``analyze_passes``; with ``accept`` a run from the front, too, is analysed as one from the side.

    Returns
    -------
    tuple of Analysis, or Frontal
        The passes, the longest first; or what a view from the front or from behind shows of the longest.

    Raises
    ------
    AnalyzerError
        As in ``analyze_passes`` and ``analyze_frontal``.
    """
    config = _settings(config, settings)
    given, of_gates = scale_files.given(config), gates_file.given(config)
    with _rate_named(config):
        clip = _followed(path, pose, config, progress)
        try:
            runs = _every_pass(clip, config, progress)
        except ViewError:
            return _frontal(clip, config, provenance.made(provenance.ran(path, pose, config)))
    return _made(runs, given, of_gates, provenance.ran(path, pose, config))


def _settings(config: Config | None, settings: dict[str, Any]) -> Config:
    """Return ready-made settings, or those of single names; ConfigError for both, or for something else."""
    if config is None:
        return Config.build(**settings)
    if not isinstance(config, Config):
        raise ConfigError(
            "The settings cannot be used.",
            f"config is of the type {type(config).__name__}.",
            "Give the settings by name, height_m=1.8, or Config.build(file, height_m=1.8).",
        )
    if settings:
        raise ConfigError(
            "Settings are given twice.",
            f"There is a config, and {', '.join(settings)} beside it.",
            "Put all of them into one of the two.",
        )
    return config


def _made(
    runs: Sequence[Analysis],
    given: dict[str, bytes],
    of_gates: dict[str, bytes],
    packages: tuple[str, ...],
) -> tuple[Analysis, ...]:
    """Put the files that the settings name, and what made them, into the passes of a clip."""
    made = provenance.made(packages)
    return tuple(
        replace(run, given=given | (of_gates if run.config.gates else {}), provenance=made) for run in runs
    )


def _frontal(clip: Clip, config: Config, made: Provenance) -> Frontal:
    name, info, track, camera, before = clip
    chosen = passes.chosen(track, camera, config, _slow_motion(info))
    notes = (*before, *chosen.notes)
    found = across.measure(name, info, track, camera, chosen, config, notes, made)
    return replace(found, tracking_notes=before)


def _every_pass(clip: Clip, config: Config, progress: Progress | None) -> tuple[Analysis, ...]:
    wanted = passes.wanted(clip.pose, clip.camera, config, _slow_motion(clip.video))
    if len(wanted) == 1:
        return (interpret(clip, config, chosen=wanted[0], progress=progress),)
    runs: list[Analysis] = []
    problems: list[ContentError] = []
    without: dict[str, list[int]] = {}
    left_out: list[Note] = []
    if config.gates is not None:
        config = config.model_copy(update={"gates": None})
        left_out.append(_GATES_OF_WHICH)
    for chosen in wanted:
        one = config.model_copy(update={"pass_number": chosen.number})
        part = clip._replace(name=f"{clip.name}, pass {chosen.number}")
        try:
            run = interpret(part, one, chosen=chosen, progress=progress)
        except ContentError as problem:
            problems.append(problem)
            without.setdefault(problem.what, []).append(chosen.number)
        else:
            runs.append(run)
    if not runs:
        raise problems[0]
    for why, numbers in without.items():
        which = (
            f"Pass {numbers[0]} is"
            if len(numbers) == 1
            else f"Passes {listed([str(n) for n in sorted(numbers)])} are"
        )
        left_out.append(Note("info", "pass_left_out", f"{which} left out. {why}"))
    return tuple(replace(run, notes=(*run.notes, *left_out)) for run in runs)


@contextmanager
def _rate_named(config: Config) -> Iterator[None]:
    """Name a capture rate that the user gave as a cause, too, where the clip shows nothing that runs."""
    try:
        yield
    except ContentError as problem:
        if config.capture_fps is None:
            raise
        why = f"{problem.why} The capture rate was given as {config.capture_fps:g} frames a second."
        fix = "Check it first: a wrong rate makes a run a walk or a blink. " + problem.fix
        settings = ("capture_fps", *problem.settings)
        raise type(problem)(problem.what, why.strip(), fix.strip(), settings=settings) from None


def save_passes(
    runs: Sequence[Analysis], directory: str | Path, *, force: bool = False, progress: Progress | None = None
) -> tuple[Path, ...]:
    """Write the passes of a clip and return their reports, which name each other.

    The first goes into the folder itself, the others into ``pass_1``, ``pass_2``… inside it.

    Parameters
    ----------
    runs : sequence of Analysis
        The passes of one clip, as ``analyze_passes`` returns them.
    directory : path
    force : bool
        Whether what is there may be replaced.
    progress : callable, optional
        Called with stage, frames done, frames in all.

    Raises
    ------
    OutputError
        A folder holds results already and ``force`` is false, or cannot be written.
    """
    pages = [""] + [f"pass_{run.config.pass_number}/" for run in runs[1:]]
    with result_folder.prepared(Path(directory), force=force) as work:  # all of them appear at once
        for run, page in zip(runs, pages, strict=True):
            back = "../" if page else ""
            others = tuple(
                OtherPass(other.name, f"{back}{place}{result_folder.REPORT}")
                for other, place in zip(runs, pages, strict=True)
                if other is not run
            )
            linked = replace(run, other_passes=others)
            (work / page).mkdir(exist_ok=True)
            result_folder.write(linked, work / page, Path(directory) / page, progress=progress)
    return tuple(Path(directory) / page / result_folder.REPORT for page in pages)


def _followed(
    path: str | Path | None, pose: str | Path | None, config: Config, progress: Progress | None
) -> Clip:
    """Read the video, and the joints from it or from a file."""
    live.check(config.live)
    if pose is not None and path is None:
        track = _named(alone.track(Path(pose), config))
        track = pose_csv.as_written(track)
        return Clip(alone.name(Path(pose)), None, track, CameraMotion.static(len(track.time)), track.notes)
    if path is None:
        raise ConfigError("Nothing to analyse.", "Neither a video nor a joint file was given.")
    info = reader.probe(Path(path), config)
    lasts = float(info.file_s[-1])
    if config.start_s > lasts:
        raise ConfigError(
            f"The start, {config.start_s:g} s, lies after the end of {info.path.name}.",
            f"The file plays for {lasts:.2f} s.",
            "Give a time of the file, as a player shows it.",
            settings=("start_s",),
        )
    if pose is not None:
        track, camera, notes, _ = with_video.track(Path(pose), info, config, progress)
        track = _named(track)
        notes = (*notes, *track.notes)
    else:
        track, camera, notes, understood = cache.track(info, config, progress)
        info = understood or info
    if not config.accept:
        frame_edges.refuse_cut(track)
    track = pose_csv.as_written(frame_edges.inside(track))
    return Clip(info.path.stem, info, track, camera, (*reader.notes(info), *notes))


def _slow_motion(info: VideoInfo | None) -> float:
    return 1.0 if info is None else info.slow_motion


def _named(track: PoseTrack) -> PoseTrack:
    """Set the names of the legs right; joints from a run of ours have been through that already."""
    return track if track.source in pose_csv.OWN else leg_names.untangle(track)


def interpret(
    clip: Clip,
    config: Config,
    edited: Edits | None = None,
    *,
    chosen: passes.ChosenPass | None = None,
    traces: Sequence[Trace] | None = None,
    scale: Scale | None = None,
    gates: Sequence[Gate] | None = None,
    progress: Progress | None = None,
) -> Analysis:
    """Turn a pose track into an analysis: everything to the right of the pose.

    Parameters
    ----------
    clip : Clip
    config : Config
    edited : Edits, optional
        A coach's table of contacts; without it they are detected, and timed with the images of the feet.
    chosen : ChosenPass, optional
        The pass to analyse; None = the one that the settings name, or the longest.
    traces : sequence of Trace, optional
        The feet as they were followed in the images; None = they are looked at in the clip again.
    scale : Calibration, (n, 3) marks or Earlier, optional
        What the scale is made of, or the scale; None = the files that the settings name are read.
    gates : sequence of Gate, optional
        Times of timing gates; None = the file that the settings name is read.
    progress : callable, optional
        Called with stage, frames done, frames in all.

    Raises
    ------
    ContentError
        What the clip shows cannot be analysed.
    ConfigError
        A setting, or a file that one names, cannot be used.
    """
    name, info, track, camera, before = clip
    chosen = chosen or passes.chosen(track, camera, config, _slow_motion(info))
    gates = gates_file.known(config) if gates is None else tuple(gates)
    if scale is None and not (config.marks or config.calibration or config.scale):
        camera = bend.straightened(track, camera, chosen)
    by_gates = _scaled(track, camera, config, chosen, scale, gates)
    scale = by_gates.calibration
    motion = kinematics.motion(track, camera, chosen, scale, config)
    goes = not camera.moving and chosen.run.travel > passes.TRAVEL and motion.view.shows_lane
    if goes and not config.accept:
        facing.refuse_backwards(track, slice(chosen.run.start, chosen.run.stop), chosen.run.direction)
    misread = limb_lengths.told(
        track,
        slice(chosen.run.start, chosen.run.stop),
        accept=config.accept or edited is not None or not motion.view.shows_lane,
    )
    notes = [*before, *chosen.notes, *scale.notes, *by_gates.notes, *motion.notes, *misread]
    if edited is None:
        contacts = detect.detect(motion, accept=config.accept)
        notes = [*notes, *contacts.notes]
        if traces is None:
            traces = []
            if info:
                seen = shoe_tracking.trace(info, track, camera, motion, scale, contacts.steps, progress)
                traces = [trace.as_written() for trace in seen]
        contacts = shoe_refine.refine(contacts.steps, traces, motion)
        steps = plausibility.in_sight(contacts.steps, motion)
    else:
        contacts = edited_contacts.from_table(edited.rows, motion, edited.original, within_s=edited.within_s)
        steps = contacts.steps
        notes += detect.view(motion, accept=True)
        if config.accept:
            turning = stride_phase.cycle(motion.time, motion.raw_joint)
            notes += activity.told(motion, turning, steps, accept=True)
    notes = [*notes, *contacts.notes]
    stated = info is not None and info.slow_motion > reader.REAL_TIME
    # Of what is no run, and analysed because somebody insists, a runner's clock tells nothing, nor do legs
    # that are another's.
    runs = not misread and all(note.code != activity.ACCEPTED for note in notes)
    found = slow_motion.check(motion, steps, config, stated) if runs else []
    notes = notes + found
    slow = slow_motion.bound(motion, steps, found)
    # Joints without their images that stay in place: a belt moved, or a camera. Markers stand in the room.
    belt = scale.treadmill_mps and config.treadmill_mps is None
    known = not belt or info is not None or track.kind == "markers"
    slides = any(note.code == "ground_slides" for note in notes)
    run = Run(
        motion,
        steps,
        scale.scaled,
        scale.relative_sd,
        slow_motion=slow,
        ground_known=known,
        ground_slides=slides,
        belt=scale.treadmill_mps > 0,
        legs_misread=bool(misread),
    )
    measured = measure(run)
    beyond = beyond_people.check(measured.summaries, scale.method, scale.relative_sd)
    if beyond:
        scale = replace(scale, scaled=False)
        run = replace(run, scaled=False)
        measured = measure(run)
        notes += beyond
    timed = steps if run.ground_known and run.slow_motion == 1 else ()
    passed = config.splits_m if timed and run.scaled else ()
    if timed and run.scaled and timing_gates.placed(scale):
        gates = speed.passed(gates, speed.splits(motion, scale, [gate.metres for gate in gates], timed))
    course = speed_trend_words.note(measured.values)
    notes = quality.check(info, track, camera, run) + notes + [*measured.notes]
    if course:
        notes.append(course)
    return Analysis(
        name=name,
        video=info,
        pose=track,
        camera=camera,
        calibration=scale,
        motion=motion,
        steps=steps,
        values=measured.values,
        summaries=measured.summaries,
        score=measured.score,
        # A folder of an earlier version may hold, as of the tracking, what is said of every run today.
        notes=tuple({(note.code, note.message): note for note in notes}.values()),
        config=config,
        speed=speed.curve(motion, timed, scale.relative_sd),
        slow_motion=run.slow_motion,
        ground_known=run.ground_known,
        splits=speed.splits(motion, scale, passed, timed),
        gates=gates,
        stretches=by_gates.stretches,
        shoe_traces=tuple(traces or ()),
        tracking_notes=before,
        provenance=provenance.made(),
        detected=steps if edited is None else edited.original,
    )


def _scaled(
    track: PoseTrack,
    camera: CameraMotion,
    config: Config,
    chosen: passes.ChosenPass,
    scale: Scale | None,
    gates: tuple[Gate, ...],
) -> timing_gates.Merged:
    """Return the scale, made of what is known and of the timing gates; one that is ready stays as it is."""
    if isinstance(scale, Calibration):
        return timing_gates.Merged(scale, timing_gates.stretches(gates))
    given = scale_files.known(config) if scale is None else scale
    own = calibration.calibrate(track, camera, chosen, config, given)
    return timing_gates.merged(own, track, camera, chosen, gates)


def rebuild(directory: str | Path, *, settings: Mapping[str, Any] | None = None) -> Analysis | Frontal:
    """Redo everything after the pose from a folder of results, honouring an edited ``events.csv``.

    A folder of a clip from the front or from behind gives what such a view shows.

    Parameters
    ----------
    directory : path of a folder that ``save`` wrote
    settings : mapping, optional
        Fields of ``Config`` that are to be others than they were; None puts one back to what it is by itself.
        With another ``capture_fps`` every time of the folder, those of ``events.csv`` too, goes over to its
        clock.

    Raises
    ------
    ResultsError
        It does not hold the results of an analysis, or they cannot be read back.
    ConfigError
        ``events.csv`` holds contacts that cannot be, or a setting cannot be used, or not without reading the
        video again.
    """
    if frontal_document.where(Path(directory)) is not None:
        return _rebuilt_across(Path(directory), settings or {})
    saved = resetting.changed(analysis_json.load(Path(directory)), Path(directory), settings or {})
    was = saved.document
    scale, given = _scale(saved, Path(directory))
    gates, of_gates = gates_file.kept(was.config, Path(directory), was.gates)
    run = interpret(
        Clip(was.name, was.video, saved.pose, saved.camera, was.tracking_notes),
        was.config,
        None if saved.edited is None else Edits(saved.edited, was.detected, saved.within_s),
        traces=was.shoe_traces,
        scale=scale,
        gates=gates,
    )
    run = replace(
        run,
        other_passes=was.other_passes,
        provenance=_again(was.provenance),
        given=given | of_gates,
        pictures=saved.pictures,
        answers=saved.answers,
    )
    kept = [*([_SCALE_KEPT] if isinstance(scale, Calibration) else [])]
    kept += whole.notes(run.video, report_page.shown_frames(run))
    return replace(run, notes=(*run.notes, *kept))


def _rebuilt_across(directory: Path, settings: Mapping[str, Any]) -> Frontal:
    saved = resetting.changed_across(frontal_document.load(directory), settings)
    was = saved.document
    clip = Clip(was.name, was.video, saved.pose, saved.camera, was.tracking_notes)
    run = replace(_frontal(clip, was.config, _again(was.provenance)), pictures=saved.pictures)
    return replace(run, notes=(*run.notes, *whole.notes(run.video, frontal_page.shown_frames(run))))


def _again(was: Provenance) -> Provenance:
    """Return what made results that are made again.

    What read the video and the joints then did not run again; and when it did is what a reader asks.
    """
    return replace(was, versions=was.versions | provenance.made().versions)


def _scale(saved: analysis_json.Saved, directory: Path) -> tuple[Scale | None, dict[str, bytes]]:
    """Return what the scale is made of, from the file that the folder carries, and that file's content.

    The scale as it was, where the file is neither there nor where it was.
    """
    config = scale_files.kept(saved.document.config, directory)
    path = config.calibration or config.marks
    if path is None:
        return None, {}
    if not path.is_file():
        return saved.document.calibration, {}
    return scale_files.known(config), scale_files.given(config)


def load(directory: str | Path) -> Analysis | Frontal:
    """Read a folder of results back, for notebooks and ``compare``: what ``rebuild`` makes of it.

    Parameters
    ----------
    directory : path of a folder that ``save`` wrote

    Raises
    ------
    ResultsError
        It does not hold the results of an analysis, or they cannot be read back.
    """
    return rebuild(directory)


def sample() -> Path:
    """Return the path of the sample clip: inside the package, or in the checkout it was installed from.

    Raises
    ------
    VideoError
        If this installation has lost it.
    """
    package = Path(analyzer.__file__).parent
    for folder in (package / "sample", package.parent / "sample_videos"):
        if (folder / "sprint_sample.mp4").is_file():
            return folder / "sprint_sample.mp4"
    raise VideoError("The sample clip is missing.", f"Looked beside {package}.", "Install the package again.")
