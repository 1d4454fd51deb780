"""What was found in a view from the front or from behind, as the outputs have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import hypot, nan
from pathlib import Path
from typing import TYPE_CHECKING

from analyzer.arrays import Array, Number
from analyzer.body.skeleton import Side
from analyzer.config import Config
from analyzer.data.analysis import Provenance
from analyzer.data.capture import CameraMotion, Picture, PoseTrack, VideoInfo
from analyzer.data.notes import Note, Progress
from analyzer.data.view import View
from analyzer.frontal.measures import MEASURES, Of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Found:
    """What a run gives of a measure, of one side or of both.

    mean : in the measure's unit; NaN = not given
    se : its standard error, against anybody's
    se_within : the smaller one against the same athlete's, filmed alike
    scatter : standard deviation from stance to stance, of both about each side's own mean; NaN where ``n`` is
        fewer than three
    n : stances, or steps
    note : why it is not given, empty where it is
    """

    metric: str
    side: Of
    mean: Number = nan
    se: Number = nan
    se_within: Number = nan
    scatter: Number = nan
    n: int = 0
    note: str = ""


@dataclass(frozen=True)
class Stance:
    """The middle of a foot's time on the ground, as the alternation of the legs tells it.

    number : 1, 2…
    side : the leg that stands
    time_s, time_sd_s : s on the capture clock
    frame : index of the one nearest to it, of those that have joints
    values : measure -> its number in this stance, those that a stance has
    """

    number: int
    side: Side
    time_s: float
    time_sd_s: Number
    frame: int
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, repr=False)
class Frontal:
    """What a view from the front or from behind shows of a run.

    name : of the clip
    video : the clip and its clock; None when the joints came from a file
    pose : the joints in pixels
    camera : how the camera moved
    view : from where, with its angle and the angle's error
    config : the settings
    time : (n,) s, capture clock, of the frames that were measured
    curves : name -> (n,), what the report draws over time: ``trunk_lean`` and ``pelvis_tilt`` in deg,
        ``left_hand``, ``right_hand``, ``left_foot`` and ``right_foot``, each across the body in leg lengths
        from the middle of the hips (of the shoulders for hands), the athlete's left positive, and corrected
        for ``beside_deg`` as the numbers are; ``left_knee``, ``right_knee``: height over the hips, leg
        lengths
    stances : in order of time
    found : every measure, of both and of each side
    notes : what the user must know
    slow_motion : how many times slower than real time, as far as is known; times are those of the clip where
        it is more than 1
    beside_deg : deg, how far beside the lane's line the camera stood, by the swing of the legs; positive
        where what is ahead of the athlete seems to be to the athlete's left; NaN = not told. Feet from the
        midline, knees inward and hands across are corrected for it
    beside_sd_deg : its standard error, deg
    leg_length_m : m, the athlete's, by the height or the leg length that was given; NaN = none was
    leg_length_sd_m : its standard error, m
    shoulder_width : of the picture while they are square, leg lengths
    provenance : what made it
    tracking_notes : those of the ``notes`` that were made before and while the athlete was followed
    pictures : what a folder of results kept of the frames that its page shows, by index
    """

    name: str
    video: VideoInfo | None
    pose: PoseTrack
    camera: CameraMotion
    view: View
    config: Config
    time: Array
    curves: Mapping[str, Array]
    stances: tuple[Stance, ...]
    found: tuple[Found, ...]
    notes: tuple[Note, ...]
    slow_motion: float = 1.0
    beside_deg: float = nan
    beside_sd_deg: float = nan
    leg_length_m: float = nan
    leg_length_sd_m: float = nan
    shoulder_width: float = nan
    provenance: Provenance = field(default_factory=Provenance)
    tracking_notes: tuple[Note, ...] = ()
    pictures: Mapping[int, Picture] = field(default_factory=dict, repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<Frontal of {self.name!r}: from {self.view.where}, {len(self.stances)} stances>"

    def get(self, metric: str, side: Of = "both") -> Found:
        """Return what was found of a measure; a row without number where there is none.

        Raises
        ------
        KeyError
            If there is no such measure.
        """
        if metric not in MEASURES:
            raise KeyError(f"There is no measure {metric!r} of such a view, but {', '.join(MEASURES)}.")
        return next((f for f in self.found if (f.metric, f.side) == (metric, side)), Found(metric, side))

    def in_metres(self, found: Found) -> tuple[float, float]:
        """Return a number and its standard error in metres; NaN where it is no length or none was given."""
        unit = {"leg length": 1.0, "shoulder width": self.shoulder_width}.get(
            MEASURES[found.metric].share_of.removeprefix("of "), nan
        )
        share, se = unit * found.mean / 100, unit * found.se / 100
        return share * self.leg_length_m, float(hypot(se * self.leg_length_m, share * self.leg_length_sd_m))

    def table(self) -> pd.DataFrame:
        """Return one row for each measure and side: mean, errors, scatter, why it is not given."""
        from analyzer.outputs.frontal import tables

        return tables.measures_table(self)

    def stances_table(self) -> pd.DataFrame:
        """Return one row for each stance: side, time, frame, and the numbers that it has."""
        from analyzer.outputs.frontal import tables

        return tables.stances_table(self)

    def save(
        self,
        directory: str | Path,
        *,
        force: bool = False,
        draw_overlay: bool = True,
        progress: Progress | None = None,
    ) -> Path:
        """Write tables, report and annotated video into a folder and return the report's path.

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
        from analyzer.outputs.frontal import folder

        return folder.save(self, Path(directory), force=force, draw_overlay=draw_overlay, progress=progress)
