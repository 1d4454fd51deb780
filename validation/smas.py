"""How often an item of the S-MAS is proposed as exact joints would have it: ``python -m validation.smas``.

Runs as in :mod:`validation.coverage`: true joints and contacts with errors measured on rendered clips, those
of the report set or, where none are kept, the quick ones. Beside what is proposed stands whether the feature
is there by the true curves, computed here without ``analyzer``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from analyzer.metrics import smas
from analyzer.metrics.smas import FOOT_OF_STATURE, ITEMS, Item, Proposal
from validation import coverage, lent_errors, recipes
from validation.pose_models import write_section
from validation.sprinter import Array
from validation.truth import SIDES, Contact, Truth

RUNS: Final = 8
"""At each frame rate."""
RATES: Final = (240.0, 120.0)
MOST_APART_S: Final = 0.05
"""A contact that was found and a true one further apart are not the same, s."""
TITLE: Final = "The S-MAS"
HEAD: Final = (
    "| item | sides | there | yes, rightly | no, rightly | wrong | unclear | not given "
    "| off in stated errors |\n"
    "|---|---|---|---|---|---|---|---|---|"
)
FEATURES: Final = {"trunk_lean": 24.0, "com_height": 0.54, "switch_late": 0.03, "landing": 0.40}
"""Gait of runs that have many of the features: they lean, are low, bring thighs late, land far ahead."""
_INTRODUCTION: Final = """\
What is proposed of the items of the Sprint Mechanics Assessment Score beside the same from exact joints
(`python -m validation.smas`): rendered runners' true joints and contacts with errors that were measured on
rendered clips, no pictures. Each run is there twice: as it is, and leaning, low, with late thighs and landing
far ahead. One side of a run counts once an item. *There*: the feature is there by the true curves. *Off in
stated errors*: the root mean square of the numbers' errors over their standard errors, 1 if these are right.
What a person would see is not asked."""


def featured(run: coverage.Lent) -> coverage.Lent:
    """Return the same run with features of the score."""
    recipe, landmarks, contacts = run
    gait = replace(recipe.gait, **FEATURES)  # type: ignore[arg-type]
    return replace(recipe, gait=gait, name=f"{recipe.name}_features"), landmarks, contacts


def true_numbers(truth: Truth, before: Contact, landing: Contact) -> dict[str, float]:
    """Return the numbers of ``smas.ASKED`` at a landing, from the true curves."""
    own, other = landing.side, before.side
    angle, joint = truth.angle, truth.joint
    off, down = before.toe_off_s, landing.touchdown_s
    half = (off + down) / 2
    late = np.flatnonzero((truth.t >= half) & (truth.t <= down))
    straight = float(truth.t[late[np.argmin(angle[f"{own}_knee"][late])]])
    foot = FOOT_OF_STATURE * truth.recipe.build.height_m
    hips = (joint["left_hip"] + joint["right_hip"])[:, 0] / 2
    stands = np.flatnonzero((truth.t >= down) & (truth.t <= landing.toe_off_s))
    behind = stands[np.argmin(np.abs(hips - joint[f"{own}_ankle"][:, 0])[stands])]

    def at(series: Array, t: float) -> float:
        return float(truth.at(series, t))

    return {
        "thigh_angle_toe_off": at(angle[f"{other}_thigh"], off),
        "knee_flexion_toe_off": at(angle[f"{other}_knee"], off),
        "trailing_shank": at(angle[f"{other}_shank"], half),
        "trailing_thigh": at(angle[f"{other}_thigh"], straight),
        "trunk_lean_touchdown": at(angle["trunk"], down),
        "scissor_angle_touchdown": at(angle[f"{other}_thigh"] - angle[f"{own}_thigh"], down),
        "heel_gap": at(joint[f"{own}_heel"][:, 0] - truth.com[:, 0], down) / foot,
        "shank_angle_touchdown": at(angle[f"{own}_shank"], down),
        "foot_tilt": at(angle[f"{own}_foot"], down),
        "knee_over_toes": float((joint[f"{own}_knee"] - joint[f"{own}_foot_index"])[behind, 0]) / foot,
    }


def there(item: Item, numbers: dict[str, float]) -> bool:
    """Tell whether exact numbers have the feature of an item."""
    has = [
        numbers[limit.metric] > limit.threshold if limit.over else numbers[limit.metric] < limit.threshold
        for limit in item.limits
    ]
    return all(has) if item.together else any(has)


def rows(runs: Iterable[coverage.Lent]) -> pd.DataFrame:
    """Return one row a run, item and side: what is proposed, and whether the feature is truly there."""
    found = []
    for run in runs:
        truth, analysis = coverage.analysed(*run)
        for side in SIDES:
            numbers = _of_side(truth, side, [s.touchdown_s for s in analysis.steps if s.side == side])
            if numbers is None:
                continue
            for item in ITEMS:
                if item.limits:
                    scored = smas.proposed(item, side, analysis.score)  # type: ignore[arg-type]
                    limit = scored.limit
                    found.append(
                        {
                            "fps": run[0].fps, "run": run[0].name, "item": item.number, "side": side,
                            "proposal": scored.proposal.value, "there": there(item, numbers),
                            "value": scored.value, "se": scored.se,
                            "truth": numbers[limit.metric] if limit else np.nan,
                        }
                    )  # fmt: skip
    return pd.DataFrame(found)


def _of_side(truth: Truth, side: str, touchdowns: list[float]) -> dict[str, float] | None:
    """Return the mean true numbers of the landings of a side that were found; None without any."""
    pairs = [
        (a, b)
        for a, b in zip(truth.contacts, truth.contacts[1:], strict=False)
        if b.side == side and min(np.abs(np.array(touchdowns) - b.touchdown_s), default=np.inf) < MOST_APART_S
    ]
    if not pairs:
        return None
    return pd.DataFrame([true_numbers(truth, a, b) for a, b in pairs]).mean().to_dict()


def table(found: pd.DataFrame) -> str:
    """Return how the proposals stand to the truth, item by item and in all."""
    lines = [HEAD]
    groups = [*found.groupby("item"), ("all", found)]
    for number, part in groups:
        yes, no = (part["proposal"] == one.value for one in (Proposal.YES, Proposal.NO))
        right = yes & part["there"], no & ~part["there"]
        wrong = (yes | no) & ~(right[0] | right[1])
        counts = [int(which.sum()) for which in (*right, wrong)]
        counts += [int((part["proposal"] == one.value).sum()) for one in (Proposal.UNCLEAR, Proposal.UNSEEN)]
        z = (part["value"] - part["truth"]) / part["se"]
        off = f"{np.sqrt((z**2).mean()):.1f}"
        name = f"{number}. {ITEMS[number - 1].name}" if number != "all" else "**all**"
        cells = [name, len(part), int(part["there"].sum()), *counts, off]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def quick() -> Iterator[coverage.Lent]:
    """Yield runs that all have the errors of the quick clip of their rate, where that was measured."""
    clips = {recipe.fps: recipe for recipe in recipes.quick()}
    for fps in RATES:
        clip = clips[fps]
        if all(path.exists() for path in lent_errors.kept(clip)):
            for i in range(RUNS):
                run = recipes.steady("report", i % 2, coverage.FIRST + i, fps=fps, to_left=i % 4 > 1)
                yield coverage.another(run), clip, clip


def main() -> int:
    """Measure and write the section."""
    lent = list(coverage.lent("report", RUNS, RATES)) or list(quick())
    if not lent:
        print(
            "No errors of clips are kept here: run validation.run first, perhaps with --quick.",
            file=sys.stderr,
        )
        return 1
    found = rows(run for plain in lent for run in (plain, featured(plain)))
    clips = len({clip.name for _, *both in lent for clip in both})
    whose = f"{found['run'].nunique()} runs at 240 and 120 frames a second, with the errors of {clips} clips."
    said = f"{whose}\n\n{table(found)}"
    print(said)
    write_section(f"{_INTRODUCTION}\n\n{said}", TITLE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
