"""The measurement of splits and slow-motion factors itself: true joints give true splits."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from analyzer.config import Config
from analyzer.data.capture import CameraMotion
from analyzer.motion import kinematics
from analyzer.outputs import scale_files
from analyzer.scene import calibration
from analyzer.scene.passes import chosen
from validation import compare, recipes, spacetime
from validation.truth import Truth


def test_true_joints_pass_the_marks_in_time(tmp_path: Path) -> None:
    recipe = next(r for r in recipes.matrix("tuning") if r.name == "tuning_a1_120fps_300px")
    truth = Truth(recipe)
    track, still = truth.track(), CameraMotion.static(len(recipe.times))
    config = Config.build(marks=compare.marks_file(recipe, tmp_path), height_m=recipe.build.height_m)
    run = chosen(track, still, config)
    scale = calibration.calibrate(track, still, run, config, scale_files.known(config))
    motion = kinematics.motion(track, still, run, scale, config)
    found = SimpleNamespace(calibration=scale, motion=motion, steps=())
    rows = spacetime.splits(recipe, truth, found)
    assert len(rows) >= 6
    assert rows["error_ms"].abs().max() < 4
    assert (rows["error_ms"].abs() <= 3000 * rows["sd_s"]).all()
    shifted = SimpleNamespace(**vars(found))
    shifted.motion = kinematics.rebuild(motion, motion.position - np.array([0.09, 0.0]))
    late = spacetime.splits(recipe, truth, shifted)["error_ms"].mean() - rows["error_ms"].mean()
    assert abs(late - 90 / recipe.gait.speed) < 1


def test_tables_mark_what_reaches_the_goal() -> None:
    rows = pd.DataFrame(
        {"clip": ["a", "a", "b"], "fps": [120.0, 120.0, 60.0], "error_ms": [2.0, -1.0, 14.0], "sd_s": 0.0015,
         "truth_s": [0.1, 0.4, 0.2], "value_s": [0.102, 0.399, 0.214]}
    )  # fmt: skip
    _, _, fast, slow = spacetime.splits_table(rows).splitlines()
    assert fast.startswith("| 120 fps | 1 | 2 | +0.5 | 1.6 | 2.0 (≤ 10 ✓) | 100%")
    assert fast.endswith("| +1.0 |")  # 0.3 s took 0.297
    assert "14.0 (≤ 10)" in slow
    assert slow.endswith("| – |")
    ends = {"factor_low": 0.8, "factor_high": 9.9, "problem": ""}
    found = spacetime.factors_table(
        pd.DataFrame(
            [
                {"clip": "real", "low": 1, "high": 1, "factor": 1.2, "called_slow": False, **ends},
                {"clip": "alarm", "low": 1, "high": 1, "factor": 2.0, "called_slow": True, **ends},
                {"clip": "right", "low": 8, "high": 8, "factor": 7.4, "called_slow": True, **ends},
                {"clip": "wrong", "low": 8, "high": 8, "factor": 5.0, "called_slow": True, **ends},
            ]
        )
    )
    assert [line[-3] for line in found.splitlines()[2:]] == ["✓", "✗", "✓", "✗"]


def test_the_belt_is_taken_from_the_feet() -> None:
    table = spacetime.belts_table(
        pd.DataFrame([{"run": "one", "truth_mps": 5.0, "value_mps": 4.9, "sd_mps": 0.2}])
    )
    rows, _, said = table.partition("\n\n")
    assert rows.splitlines()[-1] == "| one | 5 | 4.90 ± 0.20 | -2.0 |"
    assert said == spacetime.BELT_GIVES
    assert spacetime.belts_table(pd.DataFrame()) == ""
