"""One relationship changed alone on the system map: what counts as shown, and as nothing else."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from summaries import summary

from analyzer.comparison.map_change import LINKS, PARTS
from analyzer.comparison.repeatability import Repeat
from analyzer.metrics import METRICS
from validation import map_alone
from validation.map_alone import COLUMNS, KINDS, METRICS_OF_MAP


def pair(kind: str, *moved: str, runner: int = 0) -> pd.DataFrame:
    rows = [
        (120.0, kind, runner, "clip", part, "metric", part != "Continuity", part in moved, False, 1.0, 0.5, 0)
        for part in (*PARTS, *LINKS)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_every_change_belongs_to_something_on_the_map() -> None:
    assert {kind.of for kind in KINDS.values()} - {""} == {*PARTS, "arm–leg"} - {"Push leg"}
    assert all(set(kind.follow) <= set(LINKS) for kind in KINDS.values())
    assert set(METRICS_OF_MAP) <= set(METRICS)


@pytest.mark.parametrize(
    ("kind", "moved", "found"),
    [
        ("thighs switch 10 ms later", ("Timing",), (True, True)),
        ("thighs switch 10 ms later", ("Timing", "leg–leg"), (True, True)),
        ("thighs switch 10 ms later", ("Timing", "trunk–push"), (True, False)),
        ("thighs switch 10 ms later", ("Torso",), (False, False)),
        ("thighs switch 10 ms later", (), (False, True)),
        ("nothing", (), (True, True)),
        ("nothing", ("Timing",), (True, False)),
    ],
)
def test_a_change_is_shown_and_nothing_else(
    kind: str, moved: tuple[str, ...], found: tuple[bool, bool]
) -> None:
    assert map_alone.judged(pair(kind, *moved)) == found


def test_what_is_no_larger_than_noise_in_both_runs_is_not_seen() -> None:
    metric = PARTS["Torso"][0]

    def run(mean: float) -> map_alone.Seen:
        return {metric: Repeat(metric, 1.0, 0.1)}, {metric: summary(metric, mean=mean)}

    def seen(*means: float) -> list[str]:
        return [one.metric for one in map_alone.compared(*map(run, means)) if one.seen]

    assert seen(np.nan, np.nan) == []
    assert seen(np.nan, 1.0) == seen(1.0, np.nan) == [metric]


def test_the_table_counts_pairs_of_which_something_was_changed() -> None:
    rows = pd.concat([
        pair("nothing", "Timing"),
        pair("thighs switch 10 ms later", "Timing", "leg–leg"),
        pair("thighs switch 10 ms later", "Timing", "Torso", runner=1),
    ])  # fmt: skip
    text = map_alone.table(rows)
    assert "Shown, and nothing else: 50 % of 2 pairs" in text
    line = next(row for row in text.splitlines() if row.startswith("| thighs switch"))
    cells = [cell.strip() for cell in line.split("|")[2:-1]]
    assert cells[list(PARTS).index("Timing")] == "**100**"
    assert cells[list(PARTS).index("Torso")] == "50"
    assert cells[list(PARTS).index("Continuity")] == "–"
    assert cells[-4:-1] == ["100", "50", "50"]


def test_a_change_alone_leaves_the_rest_of_the_gait_as_it_was() -> None:
    for name, kind in KINDS.items():
        before, after = map_alone.recipes_of("tuning", 120.0, name, 1)
        assert before.build == after.build
        assert before.camera == after.camera
        differ = {key for key, value in vars(before.gait).items() if value != vars(after.gait)[key]}
        assert differ == {"seed", *kind.change}
