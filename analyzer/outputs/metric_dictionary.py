"""The dictionary of metrics, from the registry.

``python -m analyzer.outputs.metric_dictionary > docs/metrics.md`` writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from math import isfinite
from typing import Final

from analyzer.data.view import View
from analyzer.errors import ConfigError
from analyzer.frontal.errors import not_given
from analyzer.frontal.measures import MEASURES, Measure
from analyzer.metrics import FROM_BEHIND, METRICS, smas
from analyzer.metrics.kind import full_speed
from analyzer.metrics.references import Band, bands, citations, unsure, unsure_groups
from analyzer.metrics.registry import Metric, Relationship
from analyzer.outputs.catalogue import ACROSS, ITEMS, UNTOLD

SPOKEN: Final = {
    "gct": "contact_time",
    "ground time": "contact_time",
    "stance time": "contact_time",
    "air time": "flight_time",
    "aerial time": "flight_time",
    "cadence": "step_frequency",
    "turnover": "step_frequency",
    "step rate": "step_frequency",
    "stride rate": "step_frequency",
    "stride length": "step_length",
    "velocity": "step_speed",
    "speed": "step_speed",
    "lean": "trunk_lean_mean",
    "trunk angle": "trunk_lean_mean",
    "stiffness": "vertical_stiffness",
    "kvert": "vertical_stiffness",
    "knee drive": "peak_thigh_flexion",
    "knee lift": "peak_thigh_flexion",
    "heel recovery": "peak_knee_flexion",
    "overstride": "touchdown_distance",
    "overstriding": "touchdown_distance",
    "bounce": "vertical_oscillation",
    "asymmetry": "contact_symmetry",
    "rf": "ratio_of_forces",
    "whip": "thigh_retraction_speed",
    "pawback": "thigh_retraction_speed",
    "scissor": "scissor_angle_touchdown",
}
"""What coaches and other programs call a metric, in lower case."""
SMAS: Final = "Sprint Mechanics Assessment Score"
"""No metric: a sheet of its own, which people ask for by this name, too."""
NAMED: Final = 12
"""Metrics listed at most where a word is in the names of several."""
HIDDEN: Final = "from the front or from behind, not from the side"
"""Said of an item of the catalogue that no side view shows."""
_FRONT, _BEHIND = View(90.0), View(-90.0)
"""Views of which it is told what they give."""
FILMING: Final = "filming.md#from-the-front-or-from-behind"
"""Where it is told how to film for that."""
_NEEDS: Final = {
    "scale": "a scale (height, two points or marks)",
    "clock": "the camera's true frame rate",
    "near_side": "the side towards the camera",
    "on_axis": "the athlete seen square, within 15°",
    "static": "ground that is still in the picture, or a camera or treadmill whose motion is known",
    "lane": "a run over the ground, not on a treadmill",
}
"""What a metric asks of the clip, in words."""


def describe(name: str | None = None) -> str:
    """Return the list of all metrics, or one metric in full.

    Raises
    ------
    ConfigError
        If there is no metric of that name.
    """
    if name is None:
        width = max(map(len, METRICS))
        lines: list[str] = []
        for relationship in Relationship:
            lines += ["", relationship.value]
            lines += [
                f"  {m.name:<{width}}  {', '.join(filter(None, (m.label, m.unit.symbol, m.evidence.value)))}"
                for m in METRICS.values()
                if m.relationship is relationship
            ]
        lines += ["", f"A side view cannot show {', '.join(FROM_BEHIND)}. From the front or from behind:"]
        width = max(map(len, MEASURES))
        lines += [f"  {m.name:<{width}}  {m.label}, {m.unit.symbol}" for m in MEASURES.values()]
        return "\n".join(lines[1:])
    if _plain(name) in ("smas", "s mas", _plain(SMAS)):
        return _of_smas()
    across = _across(name)
    found = across.name if across else meant(name, tuple(MEASURES.values()))
    told = []
    if found in METRICS:
        told.append(_in_full(METRICS[found], _facts(METRICS[found])))
    if found in MEASURES:
        told.append(_in_full(MEASURES[found], _facts_across(MEASURES[found])))
    return "\n\n".join(told)


def _of_smas() -> str:
    """Return where the sheet of the score is, which is no metric, and what it asks."""
    return "\n".join(
        [
            f"{SMAS} (S-MAS)",
            "",
            "A person's look at twelve features of a sprint, left and right apart: 0 is best, 12 worst.",
            "The sheet is smas.csv in the folder of every run from the side, and a table in its report.html.",
            "What numbers tell clearly is proposed there. Type yes or no into the column answer, then",
            "sprint-analyzer report DIR; or answer in sprint-analyzer review DIR.",
            "",
            *(f"{item.number:2}  {item.phase.value}: {item.name}" for item in smas.ITEMS),
        ]
    )


def _in_full(one: Metric | Measure, facts: list[tuple[str, str]]) -> str:
    rows = [f"{one.label} ({one.name})", "", one.definition, ""]
    return "\n".join([*rows, *(f"{key}: {text}" for key, text in facts)])


def _across(name: str) -> Measure | None:
    """Return the measure of a view from the front or from behind that is meant, by its name or label."""
    word = _plain(name)
    if any(word in (_plain(m.name), _plain(m.label)) for m in METRICS.values()):
        return None
    return next((m for m in MEASURES.values() if word in (_plain(m.name), _plain(m.label))), None)


def _plain(name: str) -> str:
    return " ".join(name.lower().replace("_", " ").replace("-", " ").split())


def _facts_across(measure: Measure) -> list[tuple[str, str]]:
    return [
        ("Relationship", measure.relationship.value),
        ("Given of", _given_of(measure)),
        ("Row", f"{measure.name} of frontal.csv{', both sides and each' if measure.sided else ''}"),
        ("Unit", measure.unit.symbol),
        ("Sign", measure.sign),
        ("Evidence", measure.evidence.value),
    ]


def _given_of(measure: Measure) -> str:
    """Return of which joints and views a measure is given."""
    if not not_given(measure.name, "network", _BEHIND):
        return "a film from the front or from behind, or markers"
    if not not_given(measure.name, "network", _FRONT):
        return "a film from the front, or markers; from behind the body hides it"
    return "markers alone: hips and knees as a pose network marks them do not tell it"


def meant(name: str, others: Sequence[Measure] = ()) -> str:
    """Return the name of the metric that is meant: by its own, its label, or what people call it.

    ``others`` are numbers of another view that may be meant as well.
    """
    word = _plain(name)
    known = {m.label.lower(): m.name for m in METRICS.values()} | SPOKEN
    known |= {m.name.replace("_", " "): m.name for m in METRICS.values()}
    if word in known:
        return known[word]
    known = {_plain(text): m.name for m in others for text in (m.name, m.label)} | known
    every: tuple[Metric | Measure, ...] = (*METRICS.values(), *others)
    holding = [m.name for m in every if word in f"{m.name.replace('_', ' ')} {m.label.lower()}"]
    if len(holding) == 1:
        return holding[0]
    near = holding[:NAMED] or list(dict.fromkeys(known[n] for n in get_close_matches(word, known, 3, 0.6)))
    raise ConfigError(
        f"There is no metric {name!r}.",
        f"{'It is part of' if holding else 'Close to it'}: {', '.join(near)}." if near else "",
        "Give the name of its column without the unit, or what it is called.",
    )


def _facts(metric: Metric) -> list[tuple[str, str]]:
    unit = metric.unit.symbol or "none (a ratio)"
    needs = "; ".join(_NEEDS[need] for need in metric.needs)
    rows = [
        ("Relationship", metric.relationship.value),
        ("Column", f"{metric.column}, standard error {metric.sd_column}"),
        ("Unit", unit),
        ("Sign", metric.sign),
        ("Evidence", metric.evidence.value),
        ("One value", "for each step" if metric.per_step else "for the run"),
        ("Camera", f"{metric.min_fps:g} frames a second or more"),
        (
            "Withheld",
            f"when its standard error is above {metric.max_sd:g} {metric.unit.symbol}".rstrip()
            + (", or it is below twice its standard error" if metric.floor else "")
            + (", or larger than the number" if metric.positive and not metric.floor else "")
            + (f", or the number above {metric.beyond:g}" if isfinite(metric.beyond) else ""),
        ),
    ]
    if metric.of:
        labels = " and ".join(METRICS[name].label.lower() for name in metric.of)
        rows.append(("Rests on", f"{labels}: withheld where that is withheld for its error"))
    if metric.course:
        rows.append(("Mean", "without a single step that breaks the row (flag breaks_row)"))
    if metric.min_steps > 1:
        rows.append(("Steps", f"{metric.min_steps} or more"))
    if needs:
        rows.append(("Needs", needs))
    rows += [("Published", _published(metric, band)) for band in bands() if band.metric == metric.name]
    works = citations()
    rows += [
        (
            "Source",
            f"{works[c].work}. {works[c].about}{'' if works[c].read else ' (not read for this project)'}",
        )
        for c in metric.citations
    ]
    return rows


def _published(metric: Metric, band: Band) -> str:
    """One range: ends, group and source, whether they were read there, and whether findings rest on it."""
    found = band.reference
    sure = "verified" if found.verified else "unverified"
    if band.seen:
        sure += f"; read inside it: {band.seen}"
    if metric.name in unsure() or found.population in unsure_groups():
        sure += "; no finding rests on it"
    return (
        f"{found.low:g} to {found.high:g} {metric.unit.symbol}".rstrip()
        + f", {found.population}, {found.phase}; {found.source} ({sure})"
    )


def _state(metric: Metric) -> str:
    """Whether the metric has published ranges, and whether their ends were read in the source."""
    read = [band.reference.verified for band in bands() if band.metric == metric.name]
    if not read:
        return "own baseline only"
    return "verified" if all(read) else f"{sum(read)} of {len(read)} verified" if any(read) else "unverified"


def page() -> str:
    """Return ``docs/metrics.md``."""
    ranges = [band.reference.verified for band in bands()]
    lines = [
        "# Metrics",
        "",
        "Written by `make docs` from the code; a test fails when it is stale.",
        "",
        f"{len(METRICS)} metrics. Every one has a standard error in each clip, from the clip's own noise,",
        "event times, scale and viewing angle. Evidence: *measured* (times and angles in the picture),",
        "*derived* (needs the scale or body-segment masses), *model-estimated* (rests on an assumption),",
        "*interpretation* (a proposal without published backing). A metric is withheld, with a note, when",
        "the camera is too slow, the scale is missing, the steps are too few or its standard error is too",
        "large or larger than a size that cannot be zero; a range or scatter also when it does not stand",
        "out of the noise.",
        "",
        f"{sum(ranges)} of {len(ranges)} published ranges are *verified*: both ends were read in the source",
        "itself, mostly its abstract, or are the mean ± SD of what was read there. The others, from the",
        "literature's general picture, are *unverified*: here, in the report and in `summary.csv`. No",
        "finding rests on one of these, on a range of few or scattered sources, of a few athletes, of people",
        "of no known level or of single steps of a start. Where none fits the speed, phase and sex of the",
        "athlete, there is only his or her own baseline.",
        "",
        f"A side view cannot show {', '.join(FROM_BEHIND)}. These are not approximated:",
        f"[film from the front or from behind]({FILMING}), and `analyze` gives",
        "[its own numbers](#from-the-front-or-from-behind). How far shoulders turn against hips is",
        "measured from no view.",
    ]
    lines += ["", "## Catalogue", ""]
    lines += ["What each relationship is made of. Left minus right of every metric with a side, and the"]
    lines += ["course of every metric with speed, come with the summary, the report and `compare`.", ""]
    lines += ["| | item | metrics |", "|---|---|---|"]
    for item in ITEMS:
        linked = ", ".join(f"[{METRICS[n].label}](#{n})" for n in item.metrics)
        across = ", ".join(f"[{MEASURES[n].label}](#{n})" for n in ACROSS.get(item.key, ()))
        said = linked or UNTOLD.get(item.key) or f"{HIDDEN}: {across}"
        lines.append(f"| {item.key} | {item.what} | {said} |")
    for relationship in Relationship:
        lines += ["", f"## {relationship.value}", ""]
        lines += ["| metric | unit | evidence | frames/s | published range |", "|---|---|---|---|---|"]
        mine = [m for m in METRICS.values() if m.relationship is relationship]
        for m in mine:
            facts = (m.unit.symbol, m.evidence.value, f"{m.min_fps:g}", _state(m))
            lines.append(f"| [{m.label}](#{m.name}) | {' | '.join(facts)} |")
        for m in mine:
            lines += ["", f"### {m.name}", "", f"**{m.label}.** {m.definition}", ""]
            lines += [f"- {key}: {text}" for key, text in _facts(m) if key != "Relationship"]
    return "\n".join([*lines, *_chapter_score(), *_chapter_across()]) + "\n"


def _chapter_score() -> list[str]:
    """Return the chapter on the Sprint Mechanics Assessment Score."""
    lines = ["", f"## {SMAS}", ""]
    lines += [
        f"Source: {citations()[smas.SOURCE].work}.",
        "",
        "A person's look at twelve features of a sprint at maximal speed, each 1 where it is there, left",
        "and right apart: 0 is best, 12 worst. The report and `smas.csv` propose what a number tells clear",
        "of its own error (95 %), or say *unclear* or *not to be seen*. The sum is given where a person has",
        f"answered a whole side, ± {smas.SEM} point, the error of such a sum. Answers typed into the column",
        "`answer`, or set in the review, are kept whatever is made again. The score is a screen of technique",
        "and predicts no injury: its authors say that this link still has to be shown. A side is that of the",
        "foot that lands, and its trailing leg is the other. Nothing is proposed of a view that is not from",
        "the side, of a start, while speed rises or falls, where the speed is not known, and of a run that",
        f"is clearly (95 %) slower than {full_speed():.1f} m/s: no published group of adults ran slower at",
        "full speed (of those of the ranges above); the athletes of the score sprinted 35 m as fast as they",
        "could. A person can answer all the same.",
        "",
        "| | moment | feature | proposed from | our reading |",
        "|---|---|---|---|---|",
    ]
    for item in smas.ITEMS:
        how = smas.measured_by(item) or f"nothing: {smas.WHY[item.why]}"
        feature = f"{item.name}: {item.seen}"
        lines.append(f"| {item.number} | {item.phase.value} | {feature} | {how} | {item.reading} |")
    lines += ["", "What no other table has is measured for the sheet alone, from 100 frames a second on:", ""]
    lines += [f"- **{m.label}.** {m.definition} {m.sign}" for m in smas.OWN.values()]
    classes, least = [], 0
    for most, name in smas.BENCHMARKS:
        classes.append(f"{least}–{most} {name}" if most > least else f"{most} {name}")
        least = most + 1
    lines += [
        "",
        f"Sums among 136 elite footballers, by T-scores: {', '.join(classes)};",
        "means 4.2 (men) and 3.8 (women). Between two looks of one person the sums agree with an ICC of",
        "0.83, between two people with 0.80; single items in 67 to 89 %, back kick, turning and the trailing",
        "leg least.",
    ]
    return lines


def _chapter_across() -> list[str]:
    """Return the chapter on a view from the front or from behind."""
    lines = ["", "## From the front or from behind", ""]
    lines += [f"A clip [filmed in line with the lane]({FILMING}) has a report of its own, and these numbers"]
    lines += [
        "in `frontal.csv`. Stances are told by the alternation of the legs; contacts, speed and lengths"
    ]
    lines += ["along the lane are not seen from there, nor is how far shoulders turn against hips.", ""]
    lines += ["| number | unit | evidence | part of | given of |", "|---|---|---|---|---|"]
    for m in MEASURES.values():
        facts = (m.unit.symbol, m.evidence.value, m.relationship.value, _given_of(m).partition(":")[0])
        lines.append(f"| [{m.label}](#{m.name}) | {' | '.join(facts)} |")
    for m in MEASURES.values():
        lines += ["", f"### {m.name}", "", f"**{m.label}.** {m.definition}", ""]
        lines += [f"- {key}: {text}" for key, text in _facts_across(m) if key != "Relationship"]
    return lines


if __name__ == "__main__":
    print(page(), end="")
