"""``analysis.json``: what goes in comes out, and what is damaged is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analyzer.data.analysis import Analysis, OtherPass
from analyzer.data.capture import CameraMotion
from analyzer.data.notes import Note
from analyzer.data.results import Gate, Split, Stretch
from analyzer.data.steps import Step, Trace
from analyzer.errors import InputError, ResultsError
from analyzer.outputs import analysis_json

NAN = float("nan")


@pytest.fixture(scope="module")
def whole(filmed: Analysis) -> Analysis:
    """An analysis with something in every field of the document, and with all that may be unknown."""
    n = len(filmed.pose.time)
    trace = Trace(
        step=2,
        part="toe",
        time=np.array([0.1, 0.2]),
        displacement=np.array([[0.01, 0.002], [np.nan, np.nan]]),
        score=np.array([0.9, 0.25]),
        standing=np.array([1.0, 0.0]),
        grain=0.004,
    )
    noted = Note("limit", "withheld_fps", "Too slow: contact time.", "Film.", ("contact_time",), "Too slow")
    return replace(
        filmed,
        camera=CameraMotion(np.tile(np.eye(3) / 3, (n, 1, 1)), np.where(np.arange(n) == 3, NAN, 0.4), True),
        steps=(*filmed.steps, Step(9, "left", NAN, NAN, 1.7, 0.003, "flow")),
        notes=(*filmed.notes, noted),
        tracking_notes=(noted,),
        splits=(Split(10.0, 1.234567, 0.01), Split(20.0, NAN, NAN)),
        gates=(Gate(0.0, 12.1, 0.015), Gate(10.0, 13.2, 0.015, 1.234567, 0.01)),
        stretches=(Stretch(0.0, 10.0, 9.09, 0.18), Stretch(0.0, 10.0, 9.09, 0.18, 9.2, 0.15)),
        slow_motion=4.2,
        ground_known=False,
        shoe_traces=(trace,),
        other_passes=(OtherPass("runner, pass 2", "pass_2/report.html"),),
        config=filmed.config.model_copy(update={"athlete": (10.0, 20.0), "marks": Path("marks.csv")}),
    )


def same(a: Any, b: Any, where: str = "") -> None:
    """Hold two documents against each other, field by field; NaN is equal to NaN."""
    assert isinstance(a, type(b)), where  # numpy's floats are floats
    if is_dataclass(a):
        for field in fields(a):
            same(getattr(a, field.name), getattr(b, field.name), f"{where}.{field.name}")
    elif isinstance(a, np.ndarray):
        np.testing.assert_array_equal(a, b, err_msg=where)
    elif isinstance(a, tuple):
        assert len(a) == len(b), where
        for i, pair in enumerate(zip(a, b, strict=True)):
            same(*pair, f"{where}[{i}]")
    elif isinstance(a, float) and np.isnan(a):
        assert np.isnan(b), where
    else:
        assert a == b, where


def test_what_goes_in_comes_out(whole: Analysis) -> None:
    there = analysis_json.of(whole)
    for field in fields(there):
        assert getattr(there, field.name) not in (None, ()), f"nothing in {field.name} to be tested"
    text = analysis_json.to_json(there)
    back = analysis_json.from_json(text)
    same(there, back)
    assert analysis_json.to_json(back) == text


def test_what_the_file_holds_is_what_an_analysis_is_made_of(whole: Analysis) -> None:
    """A new field of ``Analysis`` must be written, or be named here with the file that holds it."""
    elsewhere = {
        "motion": "series.csv",
        "speed": "series.csv",
        "given": "marks.csv, calibration_given.toml",
        "pictures": "pictures.zip",
        "answers": "smas.csv",
    }
    held = {field.name for field in fields(analysis_json.Document)}
    assert {field.name for field in fields(whole)} - held == set(elsewhere)


def test_a_still_camera_takes_no_room(analysis: Analysis) -> None:
    text = analysis_json.to_json(analysis_json.of(analysis))
    assert json.loads(text)["camera"] is None
    assert len(text) < 400_000


def test_what_is_not_known_is_null(whole: Analysis) -> None:
    plain = json.loads(analysis_json.to_json(analysis_json.of(whole)), parse_constant=pytest.fail)
    assert plain["steps"][-1]["touchdown_s"] is None
    assert plain["shoe_traces"][0]["displacement"] == [[0.01, 0.002], [None, None]]
    assert plain["camera"]["sd_px"][3] is None


def drop(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda plain: plain.pop(key)


DAMAGED: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "a field is missing": (drop("steps"), "steps: Field required"),
    "an older version": (lambda plain: plain.update(schema=1), "Its schema is 1"),
    "a later version": (lambda plain: plain.update(schema=4), "Its schema is 4"),
    "no version": (drop("schema"), "Its schema is None"),
    "a time is a word": (lambda plain: plain["steps"][0].update(touchdown_s="soon"), "steps.0.touchdown_s"),
    "a side is none": (lambda plain: plain["steps"][0].update(side="middle"), "steps.0.side"),
    "rows of unequal length": (lambda plain: plain["calibration"].update(homography=[[1], [1, 2]]), "homogr"),
    "an array is a table": (lambda plain: plain["calibration"].update(homography={"a": 1}), "homography"),
    "a setting out of range": (lambda plain: plain["config"].update(height_m=9), "config.height_m"),
}


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_file_is_refused_with_the_place(whole: Analysis, how: str) -> None:
    plain = json.loads(analysis_json.to_json(analysis_json.of(whole)))
    spoil, says = DAMAGED[how]
    spoil(plain)
    with pytest.raises(ResultsError, match=says) as refused:
        analysis_json.from_json(json.dumps(plain))
    assert refused.value.what
    assert refused.value.why
    assert refused.value.fix


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", '"analysis"', "[" * 100_000, "{}"])
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(ResultsError):
        analysis_json.from_json(text)


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "analysis.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not a text file"):
        analysis_json.load(tmp_path)
    assert analysis_json.video_of(tmp_path) is None
