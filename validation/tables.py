"""The long tables of docs/accuracy.md: every metric, every filming condition, what limits it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from analyzer.metrics.registry import METRICS
from validation.numbers import EXTRA, RATES, Numbers, name_and_unit, named, numbers, show, steady, whole


def everything(rows: pd.DataFrame, route: str = "video") -> str:
    """Return every metric at every rate: n, bias, SD, limits, coverage; near, far, left and right apart."""
    blocks = []
    for fps in RATES:
        part = steady(rows, fps, route)
        if part.empty:
            continue
        lines = [
            f"### {fps:g} fps", "",
            "| metric | n | bias | SD | 95 % limits | median | robust SD | gross | within ± 2 sd, % "
            "| near | far | left | right |",
            "|" + "---|" * 13,
        ]  # fmt: skip
        for metric in [m for m in (*EXTRA, *METRICS) if m in set(part["metric"])]:
            mine = part[part["metric"] == metric]
            factor = name_and_unit(metric)[1]
            found = numbers(mine, factor)
            many = found.n > 2
            cells = [
                f"{found.n}", show(found.bias), show(found.sd),
                f"{show(found.low)} to {show(found.high)}" if many else "", show(found.median),
                show(found.robust_sd) if many else "", f"{found.gross}" if found.gross else "",
                whole(found.coverage),
                *(_side(mine[mine["near"] == place], factor) for place in ("near", "far")),
                *(_side(mine[mine["side"] == side], factor) for side in ("left", "right")),
            ]  # fmt: skip
            lines.append(f"| {named(metric)} | " + " | ".join(cells) + " |")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def coverage(tables: Sequence[pd.DataFrame]) -> str:
    """Return every metric's coverage with its limits, its n, and the RMS of errors in standard errors."""
    cells = [
        {
            r.metric: f"{'' if r.place == 'within' else f'{r.place} '}{r.coverage:.0f} "
            f"({r.low:.0f} to {r.high:.0f}; n {r.n}; {show(r.size)})"
            for r in found.itertuples()
        }
        for found in tables
    ]
    lines = ["| metric | " + " | ".join(f"{fps:g} fps" for fps in RATES) + " |", "|---" * 4 + "|"]
    for metric in [m for m in (*EXTRA, *METRICS) if any(m in column for column in cells)]:
        told = " | ".join(column.get(metric, "–") for column in cells)
        lines.append(f"| {name_and_unit(metric)[0]} | {told} |")
    return "\n".join(lines)


def _side(rows: pd.DataFrame, factor: float) -> str:
    if len(rows) < 2:
        return ""
    found = numbers(rows, factor)
    covered = f" ({whole(found.coverage)} % of {found.n})" if np.isfinite(found.coverage) else ""
    return f"{show(found.bias)} / {show(found.sd)}{covered}"


_ROUTES: Final = {
    "video": "video",
    "joints_noise": "true joints + measured error",
    "joints": "true joints",
}
_ROUTED: Final = (
    "touchdown", "toe_off", "contact_time", "flight_time", "step_time", "step_length", "peak_thigh_speed",
    "thigh_switch_time", "arm_leg_phase", "trunk_lean_mean", "trunk_excursion", "knee_flexion_touchdown",
    "toe_off_distance", "vertical_oscillation", "swing_lift_share",
)  # fmt: skip


def routes(rows: pd.DataFrame) -> str:
    """Return how far the pose network limits the numbers: video, true joints with its errors, true joints."""
    lines = [
        "| metric, bias / SD (robust SD) | fps | " + " | ".join(_ROUTES.values()) + " |",
        "|---|---|" + "---|" * len(_ROUTES),
    ]
    for metric in _ROUTED:
        factor = name_and_unit(metric)[1]
        for fps in (240.0, 120.0):
            cells = []
            for route in _ROUTES:
                mine = steady(rows, fps, route)
                mine = mine[mine["metric"] == metric]
                found = numbers(mine, factor) if len(mine) > 2 else None
                cells.append(
                    f"{show(found.bias)} / {show(found.sd)} ({show(found.robust_sd)})" if found else "–"
                )
            if any(c != "–" for c in cells):
                lines.append(f"| {named(metric)} | {fps:g} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


@dataclass(frozen=True)
class Limits:
    """What a condition is held against; times and lengths in ms, cm and percent, None = no goal.

    ``set`` is false where the plain run's goals are only a yardstick.
    """

    contact: tuple[float, float] | None
    length_bias_pct: float
    length_sd: float | None
    speed_pct: float
    thigh: float
    knee: float
    set: bool


_PLAIN: Final = {
    240.0: ((3.0, 4.0), 2.5, 2.5, 3.5),
    120.0: ((4.0, 6.0), 2.5, 2.5, 3.5),
    60.0: ((6.0, 10.0), 4.0, 3.5, 5.0),
}
"""Contact time bias and SD, step length SD, thigh and knee error of a plain run, by rate."""
_NAMES: Final = {
    "plain": "plain run, 300 px", "30fps": "30 fps", "150px": "150 px", "500px": "500 px", "pan": "panning",
    "roll": "camera rolled", "oblique": "10° off square", "shake": "handheld shake", "blur": "motion blur",
    "clutter": "cluttered background", "company": "second person", "vfr": "variable frame rate",
    "slowmotion": "8 x slow motion", "portrait": "portrait, rotated", "start": "panned start",
    "rising": "panned, speed rising",
}  # fmt: skip


def condition(tag: str, fps: float, height_px: float) -> str:
    """Return under which condition a clip was filmed."""
    if tag != "steady":
        return tag
    if fps == 30:
        return "30fps"
    return "plain" if height_px == 300 else f"{height_px:g}px"


def limits(name: str, fps: float) -> Limits | None:
    """Return what a condition's figures are held against; None at 30 fps, where times are withheld."""
    if fps not in _PLAIN:
        return None
    (bias, sd), length, thigh, knee = _PLAIN[fps]
    size = 2.0 if name == "150px" else 1.0
    moving = name in ("pan", "start", "rising", "shake")
    return Limits(
        contact=(size * bias, size * sd),
        length_bias_pct=3.0 if moving else size,
        length_sd=None if moving else size * length,
        speed_pct=3.0 if moving else 0.5 * size,
        thigh=size * thigh, knee=size * knee,
        set=name in ("plain", "150px", "500px", "pan"),
    )  # fmt: skip


def conditions(rows: pd.DataFrame, counts: pd.DataFrame) -> str:
    """Return one row a filming condition: contacts, times, lengths, angles, and what is beyond the goals."""
    lines = [
        "| condition | fps | clips | contacts | missed, invented, wrong side | contact time, ms "
        "| step length, % / cm | speed, % | near thigh, ° | near knee, ° | beyond the goals |",
        "|" + "---|" * 11,
    ]
    video = counts[counts["route"] == "video"].copy()
    video["condition"] = [condition(c.tag, c.fps, c.height_px) for c in video.itertuples()]
    order = [*_NAMES, *sorted(set(video["condition"]) - set(_NAMES))]
    mine = rows[rows["route"] == "video"]
    for name in order:
        clips = video[video["condition"] == name]
        for fps in sorted(set(clips["fps"]), reverse=True):
            some = clips[clips["fps"] == fps]
            lines.append(_condition(name, float(fps), some, mine[mine["clip"].isin(some["clip"])]))
    failures = [f"- {c.clip}: {c.failure}" for c in video.itertuples() if c.failure]
    if failures:
        lines += ["", "Clips without an analysis:", "", *failures]
    return "\n".join(lines)


def _condition(name: str, fps: float, clips: pd.DataFrame, rows: pd.DataFrame) -> str:
    def of(metric: str) -> Numbers | None:
        part = rows[rows["metric"] == metric]
        return numbers(part, name_and_unit(metric)[1]) if len(part) > 1 else None

    def rmse(metric: str) -> float:
        part = rows[rows["metric"] == metric]["value"]
        return float(np.sqrt(np.mean(part**2))) if len(part) else np.nan

    def percent(metric: str) -> float:
        part = rows[rows["metric"] == metric]
        return 100 * float((part["value"] / part["truth"] - 1).mean()) if len(part) else np.nan

    wrong = [int(clips[c].sum()) for c in ("missed", "invented", "wrong_side")]
    total = int(clips["contacts"].sum())
    contact, length = of("contact_time"), of("step_length")
    length_pct, speed = percent("step_length"), percent("mean_step_speed")
    thigh, knee = rmse("near_thigh_rmse"), rmse("near_knee_rmse")
    cells = [
        _NAMES.get(name, name), f"{fps:g}", f"{len(clips)}", f"{total - wrong[0]} of {total}",
        ", ".join(map(str, wrong)), _scatter(contact),
        f"{show(length_pct)} / {_scatter(length)}" if length else "–", show(speed), show(thigh), show(knee),
    ]  # fmt: skip
    held = limits(name, fps)
    beyond = ["contacts"] if any(wrong) else []
    if held:
        for what, found, limit in (
            ("contact bias", contact.bias if contact else np.nan, held.contact[0] if held.contact else None),
            ("contact SD", contact.sd if contact else np.nan, held.contact[1] if held.contact else None),
            ("length bias", length_pct, held.length_bias_pct),
            ("length SD", length.sd if length else np.nan, held.length_sd),
            ("speed", speed, held.speed_pct), ("thigh", thigh, held.thigh), ("knee", knee, held.knee),
        ):  # fmt: skip
            if limit is not None and not abs(found) <= limit:
                beyond.append(f"{what} > {limit:g}" if np.isfinite(found) else f"{what} not given")
    verdict = ", ".join(beyond) or "none"
    if held is None or not held.set:
        verdict = f"(no goal set) {verdict}"
    return "| " + " | ".join([*cells, verdict]) + " |"


def _scatter(found: Numbers | None) -> str:
    if found is None:
        return "–"
    gross = f", {found.gross} gross" if found.gross else ""
    return f"{show(found.bias)} ± {show(found.sd)} (robust {show(found.robust_sd)}{gross}; n {found.n})"
