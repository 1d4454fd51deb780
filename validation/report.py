"""Write docs/accuracy.md and the README's table from what the clips gave; part by part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from validation import changes, goals, pictures, spacetime, tables, tracking, without_feet
from validation.goals import headline
from validation.numbers import name_and_unit
from validation.scene import Recipe

ROOT: Final = Path(__file__).resolve().parent.parent
DOC: Final = ROOT / "docs" / "accuracy.md"
PICTURES: Final = ROOT / "docs" / "accuracy"
OPEN, CLOSE = "<!-- accuracy table -->", "<!-- end -->"
NOT_MEASURED: Final = "Not measured here."
EARLIER: Final = "*Of an earlier run: the last one did not measure it.*"
"""Stands above what is left as it was, until it is measured again."""


@dataclass(frozen=True)
class Parts:
    """What was measured; an empty table or "" where the data for it are not here."""

    rows: pd.DataFrame
    counts: pd.DataFrame
    tracking: pd.DataFrame
    changes: pd.DataFrame
    splits: pd.DataFrame
    coverage: pd.DataFrame
    factors: str
    measured: str
    force: str
    captured: str
    real: str
    footless: str
    clips: int
    matrix: int


def is_plain(recipe: Recipe) -> bool:
    """Tell whether a clip counts among the plain runs of the goals."""
    return bool(recipe.tags) and recipe.tags[0] == "steady" and recipe.height_px >= 240 and recipe.fps >= 60


def sections(parts: Parts) -> list[tuple[str, str, str]]:
    """Return title, introduction and contents of every section; contents "" where nothing was measured."""
    rows, counts = parts.rows, parts.counts
    covered = goals.coverage_lines(goals.by_video(rows))
    reached = goals.goals(rows, parts.coverage)
    against = (
        f"{parts.clips} of the {parts.matrix} clips of the report set were analysed. The plain ones: "
        f"{goals.contacts(counts)} {goals.met(reached)}"
    )
    changed = changes.table(parts.changes) if len(parts.changes) else ""
    return [
        ("Against the goals", _GOALS, f"{against}\n\n{reached}"),
        ("Filming conditions", _CONDITIONS, tables.conditions(rows, counts)),
        ("The athlete's track", _TRACKING, tracking.table(parts.tracking) if len(parts.tracking) else ""),
        ("Passing times", _SPLITS, spacetime.splits_table(parts.splits) if len(parts.splits) else ""),
        ("Slow motion", _FACTORS, parts.factors),
        ("One thing changed", _CHANGED, changed),
        ("Measured runners against force plates", _MEASURED, parts.measured),
        ("The push against force plates", _FORCE, parts.force),
        ("A measured runner, rendered", _CAPTURED, parts.captured),
        ("Filmed clips against readings by eye", _REAL, parts.real),
        ("Bodies without feet", _FOOTLESS, without_feet.rendered_table(rows)),
        ("Contacts by the ankles alone", _ANKLES, parts.footless),
        ("What limits it: the pose network or the rest", _ROUTES, tables.routes(rows)),
        ("Every standard error", _COVERAGE, _coverage(parts.coverage)),
        ("Every metric", _EVERY, f"{covered}\n\n{tables.everything(rows)}"),
    ]


def _coverage(rows: pd.DataFrame) -> str:
    """Return the coverages of the runs with a tracker's errors, and where these come from."""
    if not len(rows):
        return ""
    found = goals.by_lending(rows)
    behind = "; ".join(
        f"{fps:g} fps: {part['clip'].nunique()} runs with the landmark errors of {part['source'].nunique()} "
        "clips"
        for fps, part in rows.groupby("fps", sort=False)
    )
    return f"{behind}.\n\n{goals.coverage_lines(found)}\n\n{tables.coverage(found)}"


def split(text: str) -> dict[str, str]:
    """Return what a document says under each of its second-level headings."""
    found = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return {title.strip(): body.strip() for title, body in zip(found[1::2], found[2::2], strict=True)}


def document(parts: Parts, before: str, drawn: list[str]) -> tuple[str, list[str]]:
    """Return the new text, and the sections that stayed as they were because nothing was measured."""
    said, kept = split(before), []
    out = ["# Accuracy", _INTRODUCTION]
    for title, introduction, contents in sections(parts):
        if contents:
            body = f"{introduction}\n\n{contents}"
        else:
            body = _kept(said.get(title, NOT_MEASURED))
            kept.append(title)
        out += [f"## {title}", body]
    # What other programs wrote into the document stays as it is, such as ``pose_models``.
    written = [*(title for title, _, _ in sections(parts)), "Pictures"]
    for title in said:
        if title not in written:
            out += [f"## {title}", said[title]]
    images = "\n".join(f"![{name_and_unit(m)[0]}](accuracy/{m}.svg)" for m in drawn)
    return "\n\n".join([*out, "## Pictures", _PICTURES, images]) + "\n", kept


def _kept(body: str) -> str:
    return body if body.startswith((EARLIER, NOT_MEASURED)) else f"{EARLIER}\n\n{body}"


def write(parts: Parts) -> list[str]:
    """Write docs/accuracy.md, its pictures and the README's table; return the sections left as they were."""
    drawn = [m for m in pictures.PICTURED if pictures.bland_altman(parts.rows, m, PICTURES / f"{m}.svg")]
    before = DOC.read_text(encoding="utf-8") if DOC.exists() else ""
    text, kept = document(parts, before, drawn)
    DOC.parent.mkdir(exist_ok=True)
    DOC.write_text(text, encoding="utf-8")
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    if OPEN in text:
        start, _, rest = text.partition(OPEN)
        _, _, after = rest.partition(CLOSE)
        table = headline(parts.rows, parts.counts, parts.coverage)
        readme.write_text(f"{start}{OPEN}\n{table}{CLOSE}{after}", encoding="utf-8")
    return kept


def problems(rows: pd.DataFrame, counts: pd.DataFrame, failed: list[str]) -> list[str]:
    """Return what is wrong with the quick clips: contacts, and times and lengths off the truth."""
    video = counts[counts["route"] == "video"]
    found = [f"{name} failed" for name in failed]
    found += [
        f"{c.clip}: {c.failure or f'missed {c.missed}, invented {c.invented}, wrong side {c.wrong_side}'}"
        for c in video.itertuples()
        if c.failure or c.missed or c.invented or c.wrong_side
    ]
    for metric, limit in _SANE.items():
        part = rows[(rows["route"] == "video") & (rows["metric"] == metric)]
        factor = name_and_unit(metric)[1]
        bias = factor * float((part["value"] - part["truth"]).mean()) if len(part) else np.nan
        if not abs(bias) <= limit:
            found.append(f"{metric}: bias {bias:.1f}, at most {limit:g}")
    return found


def verdict(rows: pd.DataFrame, counts: pd.DataFrame, failed: list[str]) -> int:
    """Print what is wrong with the quick clips; return 0 if nothing is."""
    found = problems(rows, counts, failed)
    print("\n".join(found) or "Quick validation passed.")
    return 1 if found else 0


_SANE: Final = {"contact_time": 12.0, "step_time": 6.0, "step_length": 6.0, "trunk_lean_mean": 4.0}
"""Mean error of the quick clips, ms, cm and degrees, beyond which something is broken."""

_INTRODUCTION = """Made by `make validate`, but for the sections that name a command of their own; nothing
here is typed by hand. A section that the last run did not measure says so.

The clips are rendered from a model of a sprinter whose every joint, contact and speed is known exactly
(`validation/`): two bodies, both directions, several frame rates and filming conditions, on bodies and seeds
that no constant was fitted to. A rendered athlete is not a real one: skin, clothes and light are simpler, and
the pose network may err differently. Read these figures as what the method does when its assumptions hold.

A bias is what was found minus what is true. Beside the SD stands the robust SD (1.48 times the median
distance from the median) and the number of gross errors, more than four robust SD off: a single wrong step
can rule an SD. Goals are held against the plain bias and SD."""
_GOALS = """Plain runs at top speed: still camera, athlete 300 or 500 px tall, two marks on the track given
(except where it says height). In brackets the goal. A clip shows four or five whole contacts, so the mean of
eight steps is that of a pass in each direction by the same body."""
_CONDITIONS = """Mean error ± SD over the steps of all clips of a condition. Lengths use the marks where the
camera stands still, the height where it moves. Goals are set for plain runs, 500 px, 150 px (doubled) and
panning (times as for a still camera, lengths to 3 %); the others are held against the plain run's as a
yardstick. At 30 fps single times are withheld."""
_TRACKING = """Frames that show the whole athlete. Goals: found in 99.5 % of them and always the right person;
left and right wrong in at most 0.5 % on the near side, 1 % on the far side; median joint error 1.2 % of
the height from 300 px, 1.9 % below; with a moving camera its path to 0.3 % of the distance. Bold misses."""
_SPLITS = """When the body passes each metre of the lane, with marks on the track, against the true time.
Goal: within 10 ms at 120 fps."""
_FACTORS = """How many times slower than life a clip plays, from physics alone (step frequency, gravity in
flight, contact times), against what is known of it. Goal: right within 15 % on every slow-motion clip, and
no false alarm on the others. The filmed clips were looked at while the method was made: in-sample."""
_CHANGED = """A runner before and after one change. Percent of comparisons in which `compare` calls a look
changed (95 %). Bold: what was truly changed, in the right direction, and how often its true change lies
within the interval; every other number is a false alarm, though some changes do move their neighbours a
little. A run is what a still camera shows, five to seven contacts. First rendered clips, one against another;
both show the same steps, so what steps differ by is not in them. Then many more runs without a picture: true
joints and contacts with the errors of a real tracker and of contacts read from video, measured elsewhere. A
network draws a movement towards the usual one: on twenty pairs of tuning clips changes were seen at 0.69 to
1.04 of their size, and where a pose gives the number the interval reaches further away from zero by that.
In the last table a fall counts as a change, too, and no run is in two rows of one size; the runs of one
athlete there borrow their errors from one clip of a stride or two, so that they err more alike than filmed
runs would."""
_MEASURED = """Marker trajectories of real runners, with landmark noise added (two draws on the treadmill, so
each contact counts twice, six overground), through everything behind the pose track, against force plates
(50 N). Goals at 240 fps in brackets. The treadmill's forces came low-passed, without any impact; undoing that
(`validation/plates.py`) moves its touchdowns by 8 ms later and its toe-offs by 5 ms earlier, each to within
2 ms. Four treadmill runs were used to tune the foot model, the other four were not; how far the ball of the
foot has risen at toe-off of a sprint was set on the sprint. Below, how arms and legs move together: through
the analyzer at 120 fps / from all markers, clusters of them on the thigh."""
_FORCE = """The vertical force over contact by the two-mass model (Clark, Ryan & Weyand 2017), and by the
half-sine of the same impulse, beside the plates' of the same runs, 5 mm of landmark noise, one draw,
three overground. Contacts by the program, as a user has them, or by the plates, which leaves the model's
own error. R² and RMSE over contact; then bias / SD over the contacts and, in brackets, how many truths
lie within ± 2 sd. The treadmill's forces came low-passed at 12.8 Hz, the sprint's at 55 Hz: models are
filtered alike before they are compared, and the treadmill can say nothing of the first 20 ms. No constant
of the model was set on these forces; that its misfit counts in full for the time of the peak was decided
when the jog's had been seen. Where the landing does not reach it, the model's peak stands at 47 % of
contact, by assumption. The half-sine's standard error holds the errors of its times alone. Below, the
account of the push: shares of the upward change of velocity in contact, percent, by the program at 120
fps / from all markers; in brackets a body without its arms, which the program does not tell."""
_CAPTURED = """The same jog over force plates, a trained sprinter at 3.5 m/s, moves the renderer's body, and
the clip is analysed like any other: 300 px, 120 fps, still camera, marks. Contacts are those of the
plates, the rest is the rendered skeleton's, which is approximate: knee and ankle were marked on their outer
sides, bones have one length each, and a stiff shoe does not give way under load as a real one does."""
_REAL = """Contacts found minus contacts read by eye, in frames; beside it how far the reader's two passes lie
apart. These clips were looked at while the method was made: in-sample; what the landmarks say of a landing
was set on block_start_30fps, rotated_vfr_small and treadmill_run_phone_60fps. Within ± 2 sd counts what a
reading is uncertain by, 0.4 frames. The errors of touchdown and toe-off leave room for other shoes and gaits
than the rendered ones, which are all alike, and grow where the picture of the foot fits badly. How the
readings were made is in `validation/labels/README.md`."""
_FOOTLESS = """Joints as trackers of COCO-17 give them (`--pose FILE`): neither heels nor toes. The
plain rendered runs, with what the pose network marked but for the feet, lengths by the height: the joints
alone, and with the video beside them (`analyze VIDEO --pose FILE`), whose picture times the contacts."""
_ANKLES = """Bodies without feet and without a picture: measured runners by their ankles, 10 mm of landmark
noise, two draws, where force plates tell; filmed clips against readings by eye, in frames. The heights of the
ankle that tell the events were set on the bodies of the tuning set and two runners of the runs tuned on, that
at toe-off of quick steps on the filmed clips, too. They differ between runners, which makes biases of 5 to
10 ms."""
_ROUTES = """The same clips three ways: from the video; from the true joints with the pose network's errors,
measured on another clip, added; and from the true joints. What the last column leaves is the method's own.
From joints alone the foot model, made for the pose network's landmarks, reads toe-off late."""
_COVERAGE = """Whether the standard error beside every number is honest: many runs without a picture, whose
joints are the true ones with the landmark errors of a rendered clip, kept in their stride's phase, and
whose contacts are the true ones with the errors and standard errors of contacts read from such clips. Every
run has legs, hips and shoulders of its own, as people of one height differ, and feet that land and leave in
their own way (docs/decisions/0032); the camera is not quite square and level, and nearer or further; marks
are clicked 1.5 px off. Errors are those of the set's two bodies from either side, and of those bodies that
were left out of whatever is fitted, as far as they were analysed before (`validation.bodies`). Nothing
varies how the forearms cross the body. Errors are judged without what no drawn clip has: where real
people's joints lie under the marks, how marks were laid out on the track, rows read one after another
(`validation/shown.py`; docs/decisions/0030); means over the run by the error of these very steps. Percent
of values whose truth is within ± 2 sd, which should be 90 to 98; in brackets 95 % limits, how many values,
and the RMS of errors in standard errors: 1 where these are as large as they say. Values that share a clip's
errors err alike, so the limits are those of fewer values. Most of what repeats with the stride is alike in
both bodies of the tuning set, and the errors hold it as measured there; whether real people share it is not
known."""
_EVERY = """Plain runs, as above. "Within ± 2 sd" tells whether the standard error in the results is honest,
but for what no drawn clip has (as in the section before): it should be 90 to 98 %. Near, far, left and
right: bias / SD (within ± 2 sd). Few values cannot prove a coverage wrong: the lines below say which are
beyond chance (95 % confidence limits outside the band)."""
_PICTURES = """Blue: near side or the whole run. Orange: far side. Lines: mean and 95 % limits of agreement.
An arrow at the edge is an error beyond the scale, with its value."""
