"""What the numbers say: tables for docs/accuracy.md and the README, and Bland-Altman pictures."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import matplotlib as mpl
import numpy as np
import pandas as pd

from analyzer.metrics.spec import METRICS
from validation.sprinter import Array

mpl.use("Agg")
from matplotlib import pyplot as plt

ROOT: Final = Path(__file__).resolve().parent.parent
DOC: Final = ROOT / "docs" / "accuracy.md"
PICTURES: Final = ROOT / "docs" / "accuracy"
OPEN, CLOSE = "<!-- accuracy table -->", "<!-- end -->"
RATES: Final = (240.0, 120.0, 60.0)

# Units in which people read the errors: factor and symbol.
_UNITS: Final = {
    "s": (1000.0, "ms"), "m": (100.0, "cm"), "deg": (1.0, "°"), "degps": (1.0, "°/s"), "hz": (1.0, "Hz"),
    "mps": (1.0, "m/s"), "ratio": (1.0, ""), "pct": (1.0, "%"), "leg": (1.0, "leg"), "bw": (1.0, "BW"),
    "bwpm": (1.0, "BW/m"),
}  # fmt: skip
_EXTRA: Final = {
    "touchdown": ("Touchdown", "s"), "toe_off": ("Toe-off", "s"),
    "mean_contact_time": ("Contact time, mean of the run", "s"),
    "mean_flight_time": ("Flight time, mean of the run", "s"),
    "mean_step_length": ("Step length, mean of the run", "m"),
    "mean_step_speed": ("Speed, mean of the run", "mps"),
}  # fmt: skip
_PICTURED: Final = (
    "contact_time", "flight_time", "step_length", "step_speed", "peak_thigh_speed", "thigh_switch_time",
    "arm_leg_phase", "trunk_lean_mean", "knee_flexion_touchdown",
)  # fmt: skip


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
    Goal("Contact time, mean of the run: worst clip", "mean_contact_time", "worst", (3, 4, 6)),
    Goal("Flight time: SD", "flight_time", "sd", (4, 6, 10)),
    Goal("Step time: SD", "step_time", "sd", (3, 4, 7)),
    Goal("Step length with marks: bias, of length", "step_length", "bias_pct", (1, 1, 1)),
    Goal("Step length with marks: SD", "step_length", "sd", (2.5, 2.5, 4)),
    Goal("Mean speed with marks: bias", "mean_step_speed", "bias_pct", (0.5, 0.5, 0.5)),
    Goal("Mean speed from height: bias", "mean_step_speed", "bias_pct", (2, 2, 2), "height"),
    Goal("Trunk angle: RMSE", "trunk_rmse", "rmse", (2.5, 2.5, 3.5)),
    Goal("Thigh angle, near side: RMSE", "near_thigh_rmse", "rmse", (2.5, 2.5, 3.5)),
    Goal("Knee angle, near side: RMSE", "near_knee_rmse", "rmse", (3.5, 3.5, 5)),
    Goal("Peak forward thigh speed: bias", "peak_thigh_speed", "bias_pct", (3, 5, 10)),
    Goal("Peak forward thigh speed: SD", "peak_thigh_speed", "sd_pct", (5, 7, None)),
    Goal("Arm-leg phase: SD", "arm_leg_phase", "sd", (4, 6, None)),
    Goal("Thigh-switch time: SD", "thigh_switch_time", "sd", (4, 6, None)),
)


def name_and_unit(metric: str) -> tuple[str, float, str]:
    """Return a metric's label, the factor to the unit people read, and that unit."""
    if metric in _EXTRA:
        label, suffix = _EXTRA[metric]
    elif metric in METRICS:
        label, suffix = METRICS[metric].label, METRICS[metric].unit.suffix
    else:
        label, suffix = metric.replace("_", " "), "deg"
    factor, unit = _UNITS.get(suffix, (1.0, suffix))
    return label, factor, unit


def numbers(rows: pd.DataFrame) -> dict[str, float]:
    """Return n, bias, SD, limits of agreement and coverage of ± 2 sd of rows of one metric."""
    error = (rows["value"] - rows["truth"]).to_numpy(float)
    sd = rows["sd"].to_numpy(float)
    known = np.isfinite(sd)
    bias, spread = float(error.mean()), float(error.std(ddof=1)) if len(error) > 1 else np.nan
    return {
        "n": len(error), "bias": bias, "sd": spread,
        "low": bias - 1.96 * spread, "high": bias + 1.96 * spread,
        "coverage": 100 * float(np.mean(np.abs(error[known]) <= 2 * sd[known])) if known.any() else np.nan,
    }  # fmt: skip


def steady(rows: pd.DataFrame, fps: float, route: str = "video") -> pd.DataFrame:
    """Return the rows of plain runs: still camera, 300 px or more."""
    plain = rows["tag"].isin(["steady"]) & (rows["height_px"] >= 240)
    return rows[plain & (rows["fps"] == fps) & (rows["route"] == route)]


def _reached(rows: pd.DataFrame, goal: Goal, fps: float) -> float:
    part = steady(rows, fps, goal.route)
    part = part[part["metric"] == goal.metric]
    if part.empty:
        return np.nan
    _, factor, _ = name_and_unit(goal.metric)
    error = part["value"] - part["truth"]
    level = float(part["truth"].mean())
    return float({
        "bias": lambda: factor * error.mean(), "sd": lambda: factor * error.std(),
        "bias_pct": lambda: 100 * error.mean() / level, "sd_pct": lambda: 100 * error.std() / level,
        "worst": lambda: factor * error.iloc[int(np.argmax(error.abs()))],
        "rmse": lambda: np.sqrt(np.mean(part["value"] ** 2)),
    }[goal.kind]())  # fmt: skip


def goals(rows: pd.DataFrame) -> str:
    """Return the table of figures to reach: what was found, and the goal in brackets."""
    lines = ["| | 240 fps | 120 fps | 60 fps |", "|---|---|---|---|"]
    for goal in GOALS:
        unit = "%" if goal.kind.endswith("pct") else name_and_unit(goal.metric)[2]
        cells = []
        for fps, limit in zip(RATES, goal.limits, strict=True):
            found = _reached(rows, goal, fps)
            if not np.isfinite(found):
                cells.append("–")
            else:
                met = "" if limit is None else f" (≤ {limit:g}{' ✓' if abs(found) <= limit else ''})"
                cells.append(f"{found:.1f}{met}")
        lines.append(f"| {goal.label}, {unit} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


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


def headline(rows: pd.DataFrame, counts: pd.DataFrame) -> str:
    """Return what the README shows: contacts, the goals."""
    return f"{contacts(counts)}\n\n{goals(rows)}\n"


def everything(rows: pd.DataFrame, route: str = "video") -> str:
    """Return every metric at every rate: n, bias, SD, limits, coverage; near and far side apart."""
    blocks = []
    for fps in RATES:
        part = steady(rows, fps, route)
        if part.empty:
            continue
        lines = [
            f"### {fps:g} fps", "",
            "| metric | n | bias | SD | 95 % limits | near: bias / SD | far: bias / SD | left: bias "
            "| right: bias | truth within ± 2 sd, % |",
            "|---|---|---|---|---|---|---|---|---|---|",
        ]  # fmt: skip
        order = [*_EXTRA, *METRICS]
        for metric in [m for m in order if m in set(part["metric"])]:
            mine = part[part["metric"] == metric]
            label, factor, unit = name_and_unit(metric)
            found = numbers(mine)
            sides = []
            for place in ("near", "far"):
                one = mine[mine["near"] == place]
                if len(one) > 1:
                    of = numbers(one)
                    sides.append(f"{_show(factor * of['bias'])} / {_show(factor * of['sd'])}")
                else:
                    sides.append("")
            for side in ("left", "right"):
                one = mine[mine["side"] == side]
                sides.append(_show(factor * numbers(one)["bias"]) if len(one) > 1 else "")
            limits = f"{_show(factor * found['low'])} to {_show(factor * found['high'])}"
            lines.append(
                f"| {label}{', ' + unit if unit else ''} | {found['n']:.0f} | "
                f"{_show(factor * found['bias'])} | "
                f"{_show(factor * found['sd'])} | {limits if found['n'] > 2 else ''} | {' | '.join(sides)} | "
                f"{_whole(found['coverage'])} |"
            )
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def routes(rows: pd.DataFrame) -> str:
    """Return how far the pose network limits the numbers: video, true joints with its errors, true joints."""
    names = {"video": "video", "joints_noise": "true joints + measured error", "joints": "true joints"}
    lines = [
        "| metric, bias / SD | fps | " + " | ".join(names.values()) + " |",
        "|---|---|" + "---|" * len(names),
    ]
    wanted = (
        "touchdown", "toe_off", "contact_time", "flight_time", "step_time", "step_length", "peak_thigh_speed",
        "thigh_switch_time", "arm_leg_phase", "trunk_lean_mean", "trunk_excursion", "knee_flexion_touchdown",
        "toe_off_distance", "vertical_oscillation", "swing_lift_share",
    )  # fmt: skip
    for metric in wanted:
        label, factor, unit = name_and_unit(metric)
        for fps in (240.0, 120.0):
            cells = []
            for route in names:
                mine = steady(rows, fps, route)
                mine = mine[mine["metric"] == metric]
                found = numbers(mine) if len(mine) > 1 else None
                cells.append(
                    f"{_show(factor * found['bias'])} / {_show(factor * found['sd'])}" if found else "–"
                )
            if any(c != "–" for c in cells):
                lines.append(
                    f"| {label}{', ' + unit if unit else ''} | {fps:g} | " + " | ".join(cells) + " |"
                )
    return "\n".join(lines)


def conditions(rows: pd.DataFrame, counts: pd.DataFrame) -> str:
    """Return how the main numbers hold up under each filming condition, at the rate the clip has."""
    lines = [
        "| clip | fps | contacts found | contact time, ms | flight time, ms | step length, cm | speed, % "
        "| near thigh, ° | near knee, ° |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    video = counts[counts["route"] == "video"]
    for clip in video.itertuples():
        mine = rows[(rows["clip"] == clip.clip) & (rows["route"] == "video")]
        cells = [
            f"{clip.contacts - clip.missed} of {clip.contacts}"
            + (f", {clip.invented} invented" if clip.invented else "")
        ]
        for metric in ("contact_time", "flight_time", "step_length"):
            part = mine[mine["metric"] == metric]
            factor = name_and_unit(metric)[1]
            found = numbers(part) if len(part) > 1 else None
            cells.append(f"{_show(factor * found['bias'])} ± {_show(factor * found['sd'])}" if found else "–")
        speed = mine[mine["metric"] == "mean_step_speed"]
        cells.append(
            _show(float((100 * (speed["value"] / speed["truth"] - 1)).mean())) if len(speed) else "–"
        )
        for metric in ("near_thigh_rmse", "near_knee_rmse"):
            part = mine[mine["metric"] == metric]
            cells.append(_show(float(part["value"].mean())) if len(part) else "–")
        if clip.failure:
            cells[0] = f"none: {clip.failure[:60]}"
        lines.append(f"| {_plain(clip.clip)} | {clip.fps:g} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _plain(clip: str) -> str:
    body = clip.split("_")[1][0]
    rest = [part for part in clip.split("_")[2:] if not part.endswith("fps")]
    return f"{' '.join(rest)}, body {body}"


def confusion(table: pd.DataFrame) -> str:
    """Return rows of what was changed against columns of what was called changed, in percent of clips."""
    blocks = []
    for fps, part in table.groupby("fps"):
        watched = list(dict.fromkeys(part["watched"]))
        header = " | ".join(w.replace("_", " ") for w in watched)
        lines = [f"### {fps:g} fps", "", f"| changed | {header} |",
                 "|---|" + "---|" * len(watched)]  # fmt: skip
        for name in watched:
            cells = []
            for metric in watched:
                cell = part[(part["changed"] == name) & (part["watched"] == metric)]["called"].dropna()
                text = f"{100 * cell.mean():.0f}" if len(cell) else "–"
                cells.append(f"**{text}**" if metric == name else text)
            lines.append(f"| {name.replace('_', ' ')} | " + " | ".join(cells) + " |")
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _show(x: float) -> str:
    if not np.isfinite(x):
        return "–"
    size = abs(x)
    return f"{x:.0f}" if size >= 100 else f"{x:.1f}" if size >= 1 else f"{x:.2f}"


def _whole(x: float) -> str:
    return f"{x:.0f}" if np.isfinite(x) else "–"


def bland_altman(rows: pd.DataFrame, metric: str, path: Path) -> None:
    """Draw the errors of one metric against its true value, one colour a frame rate."""
    label, factor, unit = name_and_unit(metric)
    figure, axis = plt.subplots(figsize=(5, 3.2), layout="constrained")
    colours = {240.0: "#0b5394", 120.0: "#e69138", 60.0: "#999999"}
    everyone: list[Array] = []
    for fps, colour in colours.items():
        part = steady(rows, fps)
        part = part[part["metric"] == metric]
        if part.empty:
            continue
        error = factor * (part["value"] - part["truth"]).to_numpy()
        near = (part["near"] != "far").to_numpy()
        truth = factor * part["truth"].to_numpy()
        axis.plot(truth[near], error[near], "o", ms=4, color=colour, label=f"{fps:g} fps", alpha=0.8)
        axis.plot(truth[~near], error[~near], "o", ms=4, mfc="none", color=colour, alpha=0.8)
        everyone.append(error)
    if everyone:
        found = np.concatenate(everyone)
        for level, style in ((found.mean(), "-"), (found.mean() - 1.96 * found.std(), ":"),
                             (found.mean() + 1.96 * found.std(), ":")):  # fmt: skip
            axis.axhline(level, ls=style, color="#444444", lw=1)
        axis.legend(fontsize=8, frameon=False)
    axis.set(title=label, xlabel=f"true value{', ' + unit if unit else ''}", ylabel="found - true")
    path.parent.mkdir(parents=True, exist_ok=True)
    with mpl.rc_context({"svg.hashsalt": "accuracy"}):
        figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def write(rows: pd.DataFrame, counts: pd.DataFrame, changed: pd.DataFrame | None = None) -> None:
    """Write docs/accuracy.md, its pictures and the table in the README."""
    for metric in _PICTURED:
        bland_altman(rows, metric, PICTURES / f"{metric}.svg")
    pictures = "\n".join(f"![{name_and_unit(m)[0]}](accuracy/{m}.svg)" for m in _PICTURED)
    parts = [
        "# Accuracy", _INTRODUCTION,
        "## Against the goals", contacts(counts), goals(rows),
        "## Every metric", _EVERY, everything(rows),
        "## What limits it: the pose network or the rest", _ROUTES, routes(rows),
        "## Filming conditions", _CONDITIONS, conditions(rows, counts),
    ]  # fmt: skip
    if changed is not None and len(changed):
        parts += ["## One thing changed", _CHANGED, confusion(changed)]
    parts += ["## Pictures", "Filled: near side. Open: far side. Lines: mean and 95 % limits.", pictures]
    DOC.parent.mkdir(exist_ok=True)
    DOC.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    if OPEN in text:
        before, _, rest = text.partition(OPEN)
        _, _, after = rest.partition(CLOSE)
        readme.write_text(f"{before}{OPEN}\n{headline(rows, counts)}{CLOSE}{after}", encoding="utf-8")


def verdict(rows: pd.DataFrame, counts: pd.DataFrame) -> int:
    """Return 0 if the quick clips came out sane: contacts found, times and lengths near the truth."""
    video = counts[counts["route"] == "video"]
    problems = [
        f"{c.clip}: {c.failure or f'missed {c.missed}, wrong side {c.wrong_side}'}"
        for c in video.itertuples()
        if c.failure or c.missed or c.wrong_side
    ]
    for metric, limit in (("contact_time", 20.0), ("step_time", 10.0), ("step_length", 8.0)):
        part = rows[(rows["route"] == "video") & (rows["metric"] == metric)]
        bias = (
            name_and_unit(metric)[1] * float((part["value"] - part["truth"]).mean()) if len(part) else np.nan
        )
        if not abs(bias) <= limit:
            problems.append(f"{metric}: bias {bias:.1f}")
    print("\n".join(problems) or "Quick validation passed.")
    return 1 if problems else 0


_INTRODUCTION = """Made by `make validate`; nothing here is typed by hand.

The clips are rendered from a model of a sprinter whose every joint, contact and speed is known exactly
(`validation/`): two bodies, both directions, several frame rates and filming conditions, on bodies and seeds
that no constant was fitted to. A rendered athlete is not a real one: skin, clothes and light are simpler, and
the pose network may err differently. Read these figures as what the method does when its assumptions hold."""
_EVERY = """Plain runs at top speed: still camera, athlete 300 px tall, two marks on the track given. A bias
is what was found minus what is true. The last column tells whether the standard error in the results is
honest: it should be 90 to 98 %."""
_ROUTES = """The same clips three ways: from the video; from the true joints with the pose network's errors,
measured on another clip, added; and from the true joints. What the last column leaves is the method's own."""
_CONDITIONS = """One line a clip: mean error ± scatter over the steps, error of the mean speed, root mean
square error of the near leg's angles. Lengths use the marks where the camera stands still, the height where
it moves."""
_CHANGED = """A runner before and after one change, joints with measured errors. Percent of runners for whom a
relationship was called changed (mean over the run, 95 %). On the diagonal that is right, elsewhere it is
wrong, except that some changes do move their neighbours: a later thigh moves the arms' phase against it."""
