"""How often an item of the S-MAS is proposed as exact joints would have it: ``python -m validation.smas``.

Runs as in :mod:`validation.coverage`: true joints and contacts with errors measured on rendered clips of the
report set, or with ``--quick`` on the quick clips. Beside
what is proposed stands whether the feature is there by the true curves, computed here without ``analyzer``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Final

import numpy as np
import pandas as pd

from analyzer.metrics import smas
from analyzer.metrics.smas import FOOT_OF_STATURE, ITEMS, Item, Proposal
from validation import coverage, lent_errors, recipes
from validation.sprinter import Array
from validation.truth import SIDES, Contact, Truth

RUNS: Final = 8
"""At each frame rate."""
RATES: Final = (240.0, 120.0)
MOST_APART_S: Final = 0.05
"""A contact that was found and a true one further apart are not the same, s."""
HEAD: Final = (
    "| | features | there | proposed right | wrong | unclear | not given |\n|---|---|---|---|---|---|---|"
)


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
        right = (yes & part["there"]) | (no & ~part["there"])
        wrong = (yes | no) & ~right
        counts = [int(right.sum()), int(wrong.sum())]
        counts += [int((part["proposal"] == one.value).sum()) for one in (Proposal.UNCLEAR, Proposal.UNSEEN)]
        name = f"{number}. {ITEMS[number - 1].name}" if number != "all" else "**all**"
        lines.append(
            " | ".join([f"| {name}", str(len(part)), str(int(part["there"].sum())), *map(str, counts)]) + " |"
        )
    return "\n".join(lines)


def quick() -> Iterator[coverage.Lent]:
    """Yield runs that all have the errors of the quick clip of their rate."""
    clips = {recipe.fps: recipe for recipe in recipes.quick()}
    for fps in RATES:
        clip = clips[fps]
        if all(path.exists() for path in lent_errors.kept(clip)):
            for i in range(RUNS):
                run = recipes.steady("report", i % 2, coverage.FIRST + i, fps=fps, to_left=i % 4 > 1)
                yield coverage.another(run), clip, clip


if __name__ == "__main__":
    lent = list(quick() if "--quick" in sys.argv[1:] else coverage.lent("report", RUNS, RATES))
    if not lent:
        sys.exit(
            "No errors of clips are kept here: run validation.run first, with --quick for those of --quick."
        )
    print(table(rows(lent)))
