"""The data dictionary: what every column of every file means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from analyzer.body.skeleton import JOINTS, SIDES
from analyzer.frontal.measures import MEASURES, Measure
from analyzer.frontal.summary import SWINGS
from analyzer.metrics import METRICS
from analyzer.metrics.registry import Metric

COLUMN_FIELDS: Final = ("file", "column", "label", "definition", "unit", "sign", "evidence")
"""Columns of columns.csv."""

_CLOCK = "Seconds of the capture clock from the clip's first frame."
"""What every time of an event and of a frame is."""
_COUNTED = "Counted from 1, as the review counts frames and as the rows of pose.csv follow each other."
"""What every frame number is."""
_STEPS = {
    "step": ("Step", "Number of the step, from the first ground contact found.", ""),
    "side": ("Side", "The athlete's own foot on the ground: left or right.", ""),
    "touchdown_s": ("Touchdown", f"When the foot meets the ground. {_CLOCK}", "s"),
    "touchdown_sd_s": ("Touchdown, error", "Standard error of the touchdown.", "s"),
    "toe_off_s": ("Toe-off", f"When the toe leaves the ground. {_CLOCK}", "s"),
    "toe_off_sd_s": ("Toe-off, error", "Standard error of the toe-off.", "s"),
    "event_source": (
        "Source of the events",
        "fit: contact fitted to the foot's path; flow: from the image of the forefoot; "
        "ankle: from the ankles of a body without feet; threshold: fallback, less sure; "
        "edited: set by a coach.",
        "",
    ),
    "touchdown_frame": ("Touchdown, frame", f"First frame at or after the touchdown. {_COUNTED}", ""),
    "toe_off_frame": ("Toe-off, frame", f"First frame at or after the toe-off. {_COUNTED}", ""),
}
"""Columns of steps.csv before the metrics: label, definition, unit."""
SUMMARY_COLUMNS = {
    "metric": ("Metric", "Name of the metric; its column in steps.csv adds the unit."),
    "label": ("Label", "Name for people."),
    "relationship": ("Relationship", "Part of the whole-body system that it belongs to."),
    "unit": ("Unit", "Unit of every number in the row."),
    "n": ("Count", "How many values the mean is made of."),
    "mean": ("Mean", "Mean over the run."),
    "sd": ("Scatter", "Standard deviation from step to step."),
    "mean_se": (
        "Error of the mean",
        "Standard error of the mean, systematic errors included: for comparing with other people's numbers.",
    ),
    "mean_se_within": (
        "Error of the mean, own change",
        "The same without what is wrong alike in every clip of this athlete from this side: for comparing "
        "with the athlete's own numbers.",
    ),
    "left_mean": ("Left", "Mean of the left side."),
    "right_mean": ("Right", "Mean of the right side."),
    "difference": ("Difference", "Left minus right."),
    "difference_ci_low": ("Difference, low", "Lower end of its 95 % confidence interval."),
    "difference_ci_high": ("Difference, high", "Upper end of its 95 % confidence interval."),
    "evidence": ("Evidence", "measured, derived, model-estimated or interpretation."),
    "reference_low": ("Reference, low", "Lower end of the published range that fits best."),
    "reference_high": ("Reference, high", "Upper end of that range."),
    "reference_source": ("Reference, source", "For whom and from where; unverified: not read there."),
    "note": ("Note", "Why a number is missing or less sure."),
}
"""Columns of summary.csv: label and definition."""
_SMAS = {
    "item": ("Item", "Place of the item in the Sprint Mechanics Assessment Score, 1 to 12."),
    "name": ("Name", "What it is called here."),
    "phase": ("Moment", "Moment of the step that is looked at."),
    "side": ("Side", "The athlete's own foot that lands: left or right. The trailing leg is the other."),
    "proxy": ("Measured", "What the proposal rests on."),
    "value": ("Value", "That number, mean over the steps of the side; in the column unit."),
    "se": ("Value, error", "Its standard error; in the column unit."),
    "threshold": ("Threshold", "What the number is held against; in the column unit."),
    "unit": ("Unit", "Unit of value, se and threshold, as columns of steps.csv end: deg, ratio."),
    "frame": ("Frame", f"The frame to look at: first at or after the moment. {_COUNTED}"),
    "proposal": (
        "Proposal",
        "yes: the feature is there, clear of the threshold by the error (95 %); no: it is not; unclear; "
        "not to be seen; empty where the score is not made for this run.",
    ),
    "reason": ("Reason", "Why the item is not to be seen, or nothing is proposed at all."),
    "answer": (
        "Answer",
        "What a person says: yes where the feature is there, no where not; never filled in.",
    ),
}
"""Columns of smas.csv: label and definition."""
_FRONTAL = {
    "metric": ("Measure", "Name of the measure; its column in stances.csv adds the unit."),
    "label": ("Label", "Name for people."),
    "side": ("Side", "The athlete's own: left, right, or both."),
    "unit": ("Unit", "Unit of every number in the row."),
    "mean": ("Mean", "Mean over the run."),
    "se": ("Error of the mean", "Its standard error, for comparing with other people's numbers."),
    "se_within": (
        "Error of the mean, own change",
        "The same without what is wrong alike in every clip of this athlete from this side: for comparing "
        "with the athlete's own numbers.",
    ),
    "mean_cm": (
        "Mean, cm",
        "The mean in centimetres, by the height or leg length that was given; empty where none was, or where "
        "it is no length.",
    ),
    "se_cm": ("Error, cm", "Its standard error: that of se, and that of the athlete's leg length."),
    "scatter": (
        "Scatter",
        "Standard deviation from stance to stance, of both about each side's own mean; none where n is "
        "fewer than three.",
    ),
    "n": ("Count", "Stances, steps or strides that the mean is made of."),
    "note": ("Note", "Why it is not given."),
}
"""Columns of frontal.csv: label and definition."""
_STANCES = {
    "number": ("Stance", "Number of the stance, from the first.", ""),
    "side": (
        "Side",
        "The athlete's own leg that stands: left or right. Every number of the row is of it but those "
        "that say that they are of swing_side.",
        "",
    ),
    "swing_side": ("Side that swings", "The athlete's own other leg: left or right.", ""),
    "time_s": ("Time", f"Middle of the stance, by the alternation of the legs. {_CLOCK}", "s"),
    "time_sd_s": ("Time, error", "Standard error of time_s.", "s"),
    "frame": ("Frame", f"Nearest frame. {_COUNTED}", ""),
}
"""Columns of stances.csv before the measures: label, definition, unit."""
_COLUMNS = {
    "file": ("File", "File that holds the column."),
    "column": ("Column", "Name in the file's first line."),
    "label": ("Label", "Name for people."),
    "definition": ("Definition", "What the number is."),
    "unit": ("Unit", "Unit; empty for a ratio or a text."),
    "sign": ("Sign", "What a positive number means."),
    "evidence": ("Evidence", "How far the number is from what the camera saw."),
}
"""Columns of columns.csv itself: label and definition."""
_TRUNK: Final = ("Trunk lean, hips to shoulders, from the vertical.", "Positive when leaning forward.")
"""Definition and sign of the trunk's angle."""
ANGLES: Final = {
    "thigh": ("Thigh from hanging straight down.", "Positive when the knee is in front of the hip."),
    "shank": ("Shank from the vertical.", "Positive when the knee is in front of the ankle."),
    "foot": ("Foot from the horizontal.", "Positive when the heel is above the toe."),
    "upper_arm": ("Upper arm from hanging straight down.", "Positive when the elbow is in front."),
    "forearm": ("Forearm from hanging straight down.", "Positive when the wrist is in front of the elbow."),
    "hip": ("Hip angle, zero with the thigh in line with the trunk.", "Positive in flexion."),
    "knee": ("Knee angle, zero when straight.", "Positive in flexion."),
    "ankle": ("Ankle angle, zero with the foot at 90° to the shank.", "Positive in dorsiflexion."),
    "shoulder": ("Shoulder angle, zero with the arm in line with the trunk.", "Positive in flexion."),
    "elbow": ("Elbow angle, zero when straight.", "Positive in flexion."),
}
"""Definition and sign of every angle that each side has."""


def step_metrics() -> list[Metric]:
    """Return the metrics with a value for each step, in the report's order."""
    return [m for m in METRICS.values() if m.per_step]


def dictionary(
    angles: Sequence[str], joints: Sequence[str], summary: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    """Yield one row a column in the order of the files, as in ``COLUMN_FIELDS``.

    Parameters
    ----------
    angles : names of the angles of the motion
    joints : names of the joints of the track
    summary : columns of summary.csv
    """
    for column, (label, text, unit) in _STEPS.items():
        yield "steps.csv", column, label, text, unit, "", "measured" if unit else ""
    for m in step_metrics():
        facts = (m.unit.symbol, m.sign, m.evidence.value)
        yield "steps.csv", m.column, m.label, m.definition, *facts
        error = f"Standard error of {m.column} for one step."
        yield "steps.csv", m.sd_column, f"{m.label}, error", error, m.unit.symbol, "", m.evidence.value
    for column in summary:
        yield "summary.csv", column, *SUMMARY_COLUMNS[column], "", "", ""
    yield "series.csv", "time_s", "Time", _CLOCK, "s", "", "measured"
    of_angle = {f"{side}_{part}": facts for side in SIDES for part, facts in ANGLES.items()}
    for name in angles:
        text, sign = of_angle.get(name, _TRUNK)
        yield "series.csv", f"{name}_deg", _words(name), text, "°", sign, "measured"
    for name in ("com", *JOINTS):
        label = "Centre of mass" if name == "com" else _words(name)
        evidence = "derived"
        text = f"{label}, along the lane."
        yield (
            "series.csv",
            f"{name}_x_m",
            f"{label}, x",
            text,
            "m",
            "Positive in the direction run.",
            evidence,
        )
        text = f"{label}, above the ground."
        yield "series.csv", f"{name}_y_m", f"{label}, y", text, "m", "Positive upwards.", evidence
    text = "Forward speed of the centre of mass over a moving window of one step."
    yield "series.csv", "speed_mps", "Speed", text, "m/s", "Positive in the direction run.", "derived"
    yield "series.csv", "speed_sd_mps", "Speed, error", "Standard error of speed_mps.", "m/s", "", "derived"
    text = "The foot on the ground: left or right; empty in flight."
    yield "series.csv", "stance_side", "Stance side", text, "", "", "measured"
    for file in ("events.csv", "events_detected.csv"):
        for column in ("side", "touchdown_s", "toe_off_s"):
            label, text, unit = _STEPS[column]
            yield file, column, label, text, unit, "", "measured" if unit else ""
    for column, (label, text) in _SMAS.items():
        yield "smas.csv", column, label, text, "", "", ""
    text = "A place along the lane, in the metres of the marks (setting splits_m), or of a timing gate."
    yield "splits.csv", "metres", "Place", text, "m", "", ""
    text = "When the centre of mass passed it."
    yield "splits.csv", "time_s", "Time", text, "s", "", "derived"
    yield "splits.csv", "time_sd_s", "Time, error", "Standard error of time_s.", "s", "", "derived"
    yield from _gates()
    for row in _pose(joints):
        yield "pose.csv", *row
    for column, (label, text) in _COLUMNS.items():
        yield "columns.csv", column, label, text, "", "", ""


def frontal_dictionary(
    stances: Sequence[tuple[str, Measure]], joints: Sequence[str]
) -> Iterator[tuple[str, ...]]:
    """Yield one row a column of results from the front or from behind, as in ``COLUMN_FIELDS``.

    Parameters
    ----------
    stances : columns of stances.csv that hold a measure, and which
    joints : names of the joints of the track
    """
    for column, (label, text) in _FRONTAL.items():
        yield "frontal.csv", column, label, text, "", "", ""
    for m in MEASURES.values():
        text = f"Value of the column metric. {m.definition}"
        yield "frontal.csv", m.name, m.label, text, m.unit.symbol, m.sign, m.evidence.value
    for column, (label, text, unit) in _STANCES.items():
        yield "stances.csv", column, label, text, unit, "", "measured" if unit else ""
    for column, m in stances:
        text = f"Of the leg in swing_side. {m.definition}" if m.name in SWINGS else m.definition
        yield "stances.csv", column, m.label, text, m.unit.symbol, m.sign, m.evidence.value
    for row in _pose(joints):
        yield "pose.csv", *row
    for column, (label, text) in _COLUMNS.items():
        yield "columns.csv", column, label, text, "", "", ""


def _gates() -> Iterator[tuple[str, ...]]:
    """Yield the columns that there are with timing gates alone."""
    text = "When it was passed by the gates' own clock."
    yield "splits.csv", "gate_time_s", "Time of the gate", text, "s", "", "measured"
    text = "Standard error of gate_time_s."
    yield "splits.csv", "gate_time_sd_s", "Time of the gate, error", text, "s", "", "measured"
    for column, label in (("from_m", "From"), ("to_m", "To")):
        yield "stretches.csv", column, label, "Place of a timing gate.", "m", "", ""
    for by, how in (("gate", "measured"), ("video", "derived")):
        text = f"Mean speed between the two gates by the {by}{'s' if by == 'gate' else ''}."
        if by == "video":
            text += " On its own scale; over all the way that it shows, where no mark says where gates are."
        label = f"Speed by the {by}"
        yield "stretches.csv", f"{by}_speed_mps", label, text, "m/s", "", how
        text = f"Standard error of {by}_speed_mps."
        yield "stretches.csv", f"{by}_speed_sd_mps", f"{label}, error", text, "m/s", "", how


def _pose(joints: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Column, label, definition, unit, sign and evidence of every column of pose.csv."""
    yield "time_s", "Time", _CLOCK, "s", "", "measured"
    for joint in joints:
        label = _words(joint)
        for axis, way in (("x", "to the right"), ("y", "downwards")):
            text, sign = f"{label} in the upright image.", f"Positive {way} from the image's top left corner."
            yield f"{joint}_{axis}_px", f"{label}, {axis}", text, "px", sign, "measured"
        yield f"{joint}_confidence", f"{label} confidence", "How sure the tracker is, 0 to 1.", "", "", ""
    crop, frame = "crop around the athlete that was looked at", "upright image"
    for what, whole, names in (("box", crop, ("x", "y", "side")), ("frame", frame, ("width", "height"))):
        for name in names:
            yield (
                f"{what}_{name}_px",
                f"{what.capitalize()} {name}",
                f"The {name} of the {whole}.",
                "px",
                "",
                "",
            )
    text = "What marked the joints; a network's habits are corrected for it."
    yield "tracker", "Tracker", text, "", "", ""


def _words(name: str) -> str:
    return name.replace("foot_index", "toe").replace("_", " ").capitalize()
