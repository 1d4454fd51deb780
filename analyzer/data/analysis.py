"""``Analysis``: everything known about one run, as handed to the outputs, comparisons and notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from analyzer.config import Config
from analyzer.data.capture import Calibration, CameraMotion, Picture, PoseTrack, VideoInfo
from analyzer.data.motion import Motion
from analyzer.data.notes import Note, Progress
from analyzer.data.results import Answer, Gate, OfFoot, SpeedCurve, Split, Stretch, Summary, Value
from analyzer.data.steps import Step, Trace
from analyzer.data.view import View
from analyzer.errors import ViewError

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True)
class Provenance:
    """What made a result.

    versions : version of each program that ran, by name: the analyzer's, Python's, and those of the packages
        that read the video, the joints and the tables
    command : the words of the command line, files by their names alone
    created : date and time of the analysis in UTC, ISO 8601
    """

    versions: dict[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    created: str = ""


@dataclass(frozen=True)
class OtherPass:
    """Another run of the same clip: its name, and its report as seen from this run's folder."""

    name: str
    report: str


class Dated(Protocol):
    """What tells when somebody ran: an ``Analysis``, or what ``analysis.json`` holds of one."""

    @property
    def config(self) -> Config:
        """Settings."""

    @property
    def video(self) -> VideoInfo | None:
        """The clip and its clock."""


def refuse_across(runs: Iterable[Dated]) -> None:
    """Refuse runs from the front or from behind where steps and their numbers are asked for.

    Also where these are held against others: no number is of both views.

    Raises
    ------
    ViewError
        If one of them is such a run, as ``analyze_any`` and ``analyze_frontal`` give it.
    """
    for run in runs:
        view = getattr(run, "view", None)
        if isinstance(view, View):
            raise ViewError(
                f"{getattr(run, 'name', 'This run')} is filmed from {view.where}, not from the side.",
                "No number is of both views.",
                "Give runs of one view: all from the side, or all from the front or from behind.",
            )


def day_of(run: Dated) -> date | None:
    """Return the day of a run: as the settings say, else that on which the file was recorded."""
    return run.config.date or (run.video.recorded if run.video else None)


@dataclass(frozen=True, kw_only=True, repr=False)
class Analysis:
    """Everything known about one run.

    name : of the clip, and of the pass where it holds several
    video : the clip and its clock; None when the joints came from a file
    pose : the joints in pixels
    camera : how the camera moved
    calibration : from pixels to metres
    motion : the athlete in metres
    steps : the ground contacts, in order of time
    slow_motion, ground_known : how the run was measured; see ``metrics.run.Run``
    values, summaries : what was measured, for each step and over the run
    notes : what the user must know, in the order of the stages that say it
    config : the settings
    speed : the smooth speed of the centre of mass
    splits : when it passed the places asked for
    gates : timing gates, with when they were passed by their own clock and by the clip's
    stretches : mean speeds between them, neighbours first, then from the first to the last
    shoe_traces : the standing feet as they were followed in the images
    tracking_notes : those of the ``notes`` that were made before and while the athlete was followed
    other_passes : the other runs of the same clip
    provenance : what made this result
    detected : the contacts as they were detected, before anybody edited them
    given : content of the files that the settings name, by the name that they have in a folder of results
    pictures : what a folder of results kept of the frames that its pages show, by index
    score : the numbers that items of the Sprint Mechanics Assessment Score are proposed from
    answers : what a person has said of its items
    """

    name: str
    video: VideoInfo | None
    pose: PoseTrack
    camera: CameraMotion
    calibration: Calibration
    motion: Motion
    steps: tuple[Step, ...]
    values: tuple[Value, ...]
    summaries: tuple[Summary, ...]
    notes: tuple[Note, ...]
    config: Config
    speed: SpeedCurve
    slow_motion: float = 1.0
    ground_known: bool = True
    splits: tuple[Split, ...] = ()
    gates: tuple[Gate, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    shoe_traces: tuple[Trace, ...] = ()
    tracking_notes: tuple[Note, ...] = ()
    other_passes: tuple[OtherPass, ...] = ()
    provenance: Provenance = field(default_factory=Provenance)
    detected: tuple[Step, ...] = ()
    given: dict[str, bytes] = field(default_factory=dict, repr=False, compare=False)
    pictures: dict[int, Picture] = field(default_factory=dict, repr=False, compare=False)
    score: tuple[OfFoot, ...] = ()
    answers: tuple[Answer, ...] = ()

    def __repr__(self) -> str:
        """Return three lines: the run, its numbers, what is missing."""
        from analyzer.outputs import short

        return short.text(self)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the numbers and the kinogram."""
        from analyzer.outputs import short

        return short.html(self)

    @property
    def ground_slides(self) -> bool:
        """Whether feet slide while they stand: the camera's motion could not be taken out whole."""
        return any(note.code == "ground_slides" for note in self.notes)

    @property
    def legs_misread(self) -> bool:
        """Whether legs were often read longer than they are: see ``joints.limb_lengths``."""
        return any(note.code == "legs_misread" for note in self.notes)

    def value(self, metric: str, step: int | None = None) -> Value | None:
        """Return one value, or None if the metric has none there."""
        return next((v for v in self.values if v.metric == metric and v.step == step), None)

    def summary(self, metric: str) -> Summary | None:
        """Return the row of ``summary.csv`` of one metric."""
        return next((s for s in self.summaries if s.metric == metric), None)

    def steps_table(self) -> pd.DataFrame:
        """Return the step table: events, then every per-step metric and its standard error."""
        from analyzer.outputs import tables

        return tables.steps_table(self)

    def summary_table(self) -> pd.DataFrame:
        """Return one row a metric."""
        from analyzer.outputs import tables

        return tables.summary_table(self)

    def series_table(self) -> pd.DataFrame:
        """Return the time series: angles, centre of mass, joints, stance side."""
        from analyzer.outputs import tables

        return tables.series_table(self)

    def smas(self) -> pd.DataFrame:
        """Return the sheet of the Sprint Mechanics Assessment Score: one row an item and side.

        Each item is proposed (``yes``: its feature is there, ``no``, ``unclear``, ``not to be seen``) from a
        number with its standard error. Of what is no sprint at maximal speed seen from the side nothing is
        proposed, and ``reason`` says why. ``answer`` is what a person has written into ``smas.csv``, else
        empty.

        Returns
        -------
        DataFrame
            ``item`` (1 to 12), ``name``, ``phase``, ``side`` of the foot that lands, ``proxy`` (what was
            measured), ``value``, ``se`` and ``threshold`` in ``unit``, ``frame`` to look at, ``proposal``,
            ``reason``, ``answer``.
        """
        from analyzer.outputs import smas_sheet

        return smas_sheet.table(self)

    def to_xarray(self) -> xr.Dataset:
        """Return the joints in pixels as arrays with names, laid out as the package ``movement`` has it."""
        from analyzer.outputs import xarrays

        return xarrays.to_xarray(self)

    def save(
        self,
        directory: str | Path,
        *,
        force: bool = False,
        draw_overlay: bool = True,
        progress: Progress | None = None,
    ) -> Path:
        """Write every output into a folder and return the report's path.

        Parameters
        ----------
        directory : path
        force : bool
            Write over results that are there.
        draw_overlay : bool
            Draw the annotated video, which takes longest; without, one that is there stays as it is.
        progress : callable, optional
            Called with stage, frames done, frames in all.

        Raises
        ------
        OutputError
            If the folder already holds results and ``force`` is false, or cannot be written.
        """
        from analyzer.outputs import folder

        return folder.save(self, Path(directory), force=force, draw_overlay=draw_overlay, progress=progress)
