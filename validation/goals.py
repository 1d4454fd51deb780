"""The figures to reach, and what was reached: the README's table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from validation.numbers import BAND, ENOUGH, HELD, RATES, coverages, name_and_unit, numbers, show, steady


@dataclass(frozen=True)
class Goal:
    """A figure to reach, at 240, 120 and 60 fps; None where none was set."""

    label: str
    metric: str
    kind: str
    limits: tuple[float | None, float | None, float | None]
    route: str = "video"


GOALS: Final = (
    Goal("Contact time, each step: bias", "contact_time", "bias", (3, 4, 6)),
    Goal("Contact time, each step: SD", "contact_time", "sd", (4, 6, 10)),
    Goal("Contact time, mean of one pass, 4 to 5 steps: worst", "contact_time", "worst_pass", (3, 4, 6)),
    Goal("Contact time, mean of two passes, 8 to 10 steps: worst", "contact_time", "worst_two", (3, 4, 6)),
    Goal("Flight time: SD", "flight_time", "sd", (4, 6, 10)),
    Goal("Step time: SD", "step_time", "sd", (3, 4, 7)),
    Goal("Step length with marks: bias, of length", "step_length", "bias_pct", (1, 1, 1)),
    Goal("Step length with marks: SD", "step_length", "sd", (2.5, 2.5, 4)),
    Goal("Mean speed with marks: bias", "mean_step_speed", "bias_pct", (0.5, 0.5, 0.5)),
    Goal("Mean speed with marks: worst clip", "mean_step_speed", "worst_pct", (0.5, 0.5, 0.5)),
    Goal("Mean speed from height: bias", "mean_step_speed", "bias_pct", (2, 2, 2), "height"),
    Goal("Mean speed from height: worst clip", "mean_step_speed", "worst_pct", (2, 2, 2), "height"),
    Goal("Trunk angle: RMSE", "trunk_rmse", "rmse", (2.5, 2.5, 3.5)),
    Goal("Thigh angle, near side: RMSE", "near_thigh_rmse", "rmse", (2.5, 2.5, 3.5)),
    Goal("Knee angle, near side: RMSE", "near_knee_rmse", "rmse", (3.5, 3.5, 5)),
    Goal("Peak forward thigh speed: bias", "peak_thigh_speed", "bias_pct", (3, 5, 10)),
    Goal("Peak forward thigh speed: SD", "peak_thigh_speed", "sd_pct", (5, 7, None)),
    Goal("Arm-leg phase: bias", "arm_leg_phase", "bias", (4, 6, None)),
    Goal("Arm-leg phase: SD", "arm_leg_phase", "sd", (4, 6, None)),
    Goal("Thigh-switch time: bias", "thigh_switch_time", "bias", (4, 6, None)),
    Goal("Thigh-switch time: SD", "thigh_switch_time", "sd", (4, 6, None)),
)


def body(clip: str) -> str:
    """Return the letter of a clip's body."""
    return clip.removeprefix("quick_").split("_")[1][0]


def _worst(means: pd.Series) -> float:
    return float(means.iloc[int(np.argmax(np.abs(means.to_numpy())))]) if len(means) else np.nan


def reached(rows: pd.DataFrame, goal: Goal, fps: float) -> tuple[float, str]:
    """Return what was found, NaN where there is nothing, and what to say beside it."""
    part = steady(rows, fps, goal.route)
    part = part[part["metric"] == goal.metric]
    if part.empty:
        return np.nan, ""
    _, factor, _ = name_and_unit(goal.metric)
    error = part["value"] - part["truth"]
    level = float(part["truth"].mean())
    said = numbers(part)
    scale = 100 / level if goal.kind.endswith("pct") else factor
    beside = ""
    if goal.kind in ("sd", "sd_pct") and said.gross:
        beside = f"; {show(scale * said.robust_sd)} but for {said.gross} gross of {said.n}"
    if goal.kind == "worst_two":
        # A pass in each direction by the same body; a lone clip, or one of two contacts, is none.
        plain = part[part["height_px"] == 300]
        by_body = error[plain.index].groupby(plain["clip"].map(body))
        passes = plain.groupby(plain["clip"].map(body))["clip"].nunique()
        return factor * _worst(by_body.mean()[passes >= 2]), beside
    value = {
        "bias": lambda: factor * said.bias, "sd": lambda: factor * said.sd,
        "bias_pct": lambda: scale * said.bias, "sd_pct": lambda: scale * said.sd,
        "worst_pct": lambda: scale * _worst(error),
        "worst_pass": lambda: factor * _worst(error.groupby(part["clip"]).mean()),
        "rmse": lambda: float(np.sqrt(np.mean(part["value"] ** 2))),
    }[goal.kind]()  # fmt: skip
    return value, beside


def coverage_row(where: str, tables: Sequence[pd.DataFrame]) -> str:
    """Return two rows of the goals: of how many metrics the standard errors are honest, at each rate."""
    label = f"Metrics with the truth within ± 2 sd in {BAND[0]:g} to {BAND[1]:g} %, {where}"
    cells = []
    for found in tables:
        inside = int((found["place"] == "within").sum())
        met = " ✓" if inside == len(found) else ""
        cells.append(f"{inside} of {len(found)}{met}" if len(found) else "–")
    likely = [f"{int(found['likely'].sum())} of {len(found)}" if len(found) else "–" for found in tables]
    second = f"The same, metrics whose count is compatible with {100 * HELD:g} % (binomial test)"
    return f"| {label} | {' | '.join(cells)} |\n| {second} | {' | '.join(likely)} |"


def by_video(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the coverages of the rendered plain runs, a table a rate."""
    return [coverages(steady(rows, fps)) for fps in RATES]


def by_lending(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Return those of the runs with the errors of a clip, a table a rate."""
    return [coverages(rows[rows["fps"] == fps], "source") for fps in RATES]


def coverage_lines(tables: Sequence[pd.DataFrame]) -> str:
    """Return a line a rate: how many coverages are within, above and below the band, which beyond chance."""
    lines = []
    for fps, found in zip(RATES, tables, strict=True):
        if found.empty:
            continue
        count = found["place"].value_counts()
        text = (
            f"- {fps:g} fps, {len(found)} metrics with {ENOUGH} values or more "
            f"(median {found['n'].median():.0f}): {count.get('within', 0)} within "
            f"{BAND[0]:g} to {BAND[1]:g} %, {count.get('above', 0)} above, {count.get('below', 0)} below; "
            f"{int(found['likely'].sum())} compatible with {100 * HELD:g} %. "
            f"Errors in standard errors, RMS: median {show(found['size'].median())}."
        )
        for place in ("below", "above"):
            names = [
                f"{name_and_unit(r.metric)[0].lower()} {r.coverage:.0f}"
                for r in found.itertuples()
                if r.proved == place
            ]
            text += f" {place.capitalize()} beyond chance: {', '.join(names) or 'none'}."
        lines.append(text)
    return "\n".join(lines)


def goals(rows: pd.DataFrame, lent: pd.DataFrame) -> str:
    """Return the table of figures to reach: what was found, and the goal in brackets.

    ``lent`` are the rows of :func:`validation.coverage.rows`, which may be empty.
    """
    lines = ["| | 240 fps | 120 fps | 60 fps |", "|---|---|---|---|"]
    for goal in GOALS:
        unit = "%" if goal.kind.endswith("pct") else name_and_unit(goal.metric)[2]
        cells = []
        for fps, limit in zip(RATES, goal.limits, strict=True):
            found, beside = reached(rows, goal, fps)
            if not np.isfinite(found):
                cells.append("–")
            else:
                met = f"≤ {limit:g}{' ✓' if abs(found) <= limit else ''}" if limit is not None else "no goal"
                cells.append(f"{found:.1f} ({met}{beside})")
        lines.append(f"| {goal.label}, {unit} | " + " | ".join(cells) + " |")
    lines.append(coverage_row("plain clips", by_video(rows)))
    if len(lent):
        lines.append(coverage_row("many runs with the errors of such clips", by_lending(lent)))
    return "\n".join(lines)


def met(table: str) -> str:
    """Return how many of the goals in a table are reached."""
    return f"{len(re.findall('≤ [0-9.]+ ✓', table))} of {table.count('(≤')} figures reach their goal."


def contacts(counts: pd.DataFrame, route: str = "video") -> str:
    """Return one line: contacts found, missed, invented and on the wrong side in plain clips."""
    out = []
    for fps in RATES:
        part = counts[(counts["route"] == route) & (counts["tag"] == "steady") & (counts["fps"] == fps)]
        part = part[part["height_px"] >= 240]
        if len(part):
            out.append(
                f"{fps:g} fps: {part['contacts'].sum()} contacts in {len(part)} clips, missed "
                f"{part['missed'].sum()}, invented {part['invented'].sum()}, "
                f"wrong side {part['wrong_side'].sum()}"
            )
    return "; ".join(out) + "."


def headline(rows: pd.DataFrame, counts: pd.DataFrame, lent: pd.DataFrame) -> str:
    """Return what the README shows: contacts, the goals."""
    return f"{contacts(counts)}\n\n{goals(rows, lent)}\n"
