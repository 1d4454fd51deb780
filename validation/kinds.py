"""``python -m validation.kinds [--write] [PART]``: footage of every kind, on inputs nobody tuned on.

Each input of ``kinds_recipes`` and ``kinds_people`` goes through the user's command; the results are read
back from the folder and laid beside the truth. Right is what is not refused that shows a run, refused for
what it is where nobody runs, told from where it was filmed, with no contact invented, missed or of the
other foot. ``--write`` puts the table into docs/accuracy.md.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from analyzer import pipeline
from analyzer.arrays import Array
from analyzer.contacts import activity
from analyzer.data.analysis import Analysis
from analyzer.errors import AnalyzerError
from analyzer.frontal.results import Frontal
from validation import compare, frontal, gauntlet, kinds_people, kinds_recipes, render
from validation.pose_models import put
from validation.report import DOC
from validation.scene import Recipe
from validation.truth import Truth

TITLE: Final = "Every kind of footage"


@dataclass
class Told:
    """What came out of an input, beside the truth.

    ``rows`` has every number with its truth; ``invented`` and so on count contacts, of a view along the lane
    stances; ``seen`` is what was told, ``right`` whether all of it is.
    """

    name: str
    wanted: str
    seen: str = ""
    found: int = 0
    missed: int = 0
    invented: int = 0
    wrong_side: int = 0
    rows: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["metric", "truth", "value", "sd"])
    )
    right: bool = False

    @property
    def whole(self) -> bool:
        """Whether every contact was found, as it was, and no other."""
        return self.found > 0 and not (self.missed or self.invented or self.wrong_side)


def analysed(path: Path, target: Path, recipe: Recipe) -> list[Analysis] | Frontal | str:
    """Run the command on a file with the athlete's height, and read the folder: runs, or what was refused."""
    build = recipe.build
    options = ("--height", f"{build.height_m:g}", "--sex", build.sex)
    outcome = gauntlet.outcome(path, target, joints=False, options=options)
    if outcome.error:
        return f"{outcome.error}: {outcome.said}"
    found = pipeline.load(target)
    if isinstance(found, Frontal):
        return found
    others = [pipeline.load(folder) for folder in sorted(target.glob("pass_*"))]
    return [found, *(run for run in others if isinstance(run, Analysis))]


def from_the_side(name: str, recipe: Recipe, path: Path, target: Path, kind: str = "side") -> Told:
    """Judge a run along the picture; ``kind`` is the view that must be told."""
    told = Told(name, "a run, every contact" + (f", {kind}" if kind != "side" else ""))
    found = analysed(path, target, recipe)
    if isinstance(found, str | Frontal):
        told.seen = found if isinstance(found, str) else f"seen from {found.view.where}"
        told.missed = sum(c.visible for c in Truth(recipe).contacts)
        return told
    (run, *others) = found
    _add(told, recipe, run)
    view = run.motion.view
    told.seen = f"{len(run.steps)} contacts"
    if kind != "side":
        told.seen += f", {view.kind}, {view.angle_deg:.0f}° ± {view.angle_sd_deg:.0f}°"
    else:
        told.seen += "" if view.kind == "side" else f", {view.kind}"
    slowed = any(note.code == "slow_motion" for note in run.notes)
    told.seen += f", {len(others)} other runs" if others else ""
    told.seen += ", slow motion" if slowed else ""
    told.right = told.whole and view.kind == kind and not slowed and not others
    return told


def _add(told: Told, recipe: Recipe, run: Analysis) -> None:
    """Count contacts and lay numbers beside the truth; a foot that stood at first never landed."""
    truth = Truth(recipe)
    steps = tuple(step for step in run.steps if np.isfinite(step.touchdown_s))
    judged = compare.judge(recipe, truth, replace(run, steps=steps), "height")
    landed = np.array([c.touchdown_s for c in truth.contacts])
    # One that matches by its toe-off alone has a touchdown that was made up.
    made_up = sum(bool(np.abs(landed - step.touchdown_s).min() > compare.MATCH_S) for step in steps)
    invented = max(judged.invented, made_up)
    told.missed += judged.missed
    told.wrong_side += judged.wrong_side
    told.invented += invented
    told.found += len(steps) - judged.wrong_side - invented
    told.rows = pd.concat([told.rows, judged.rows]) if len(told.rows) else judged.rows


def from_along(name: str, recipe: Recipe, path: Path, target: Path, kind: str) -> Told:
    """Judge a run towards the camera or away from it."""
    told = Told(name, f"{kind}, every stance")
    found = analysed(path, target, recipe)
    if not isinstance(found, Frontal):
        told.seen = found if isinstance(found, str) else "analysed as one from the side"
        return told
    course = frontal.of_recipe(recipe)
    table = frontal.judged(recipe.name, ("kinds", kind, "left out"), found, course)
    stances = table[table["metric"] == "stance"]
    stride = float(table["stride"].iloc[0])
    off = (stances["value"] - stances["truth"]).abs()
    told.invented = int((off > stride / 4).sum())
    told.found = len(stances) - told.invented
    told.missed = int(table["missed"].iloc[0])
    told.rows = table.rename(columns={"se": "sd"})
    told.seen = f"{found.view.kind}, {len(found.stances)} stances"
    told.right = told.whole and found.view.kind == kind
    return told


def started(name: str, recipe: Recipe, path: Path, target: Path) -> Told:
    """Judge a start: the foot that stood from the beginning never landed."""
    told = from_the_side(name, recipe, path, target)
    told.wanted = "a run, every landing, no touchdown of the foot that stood"
    return told


def cut(recipes: Sequence[Recipe], path: Path, target: Path, starts_s: Sequence[float]) -> Told:
    """Judge two runs behind each other: both, or one of them and a word on the other."""
    told = Told("two runs, a jump cut before the same background", "two runs, or one and a note of the other")
    found = analysed(path, target, recipes[0])
    if isinstance(found, str | Frontal):
        told.seen = found if isinstance(found, str) else f"seen from {found.view.where}"
        return told
    for run in found:
        middle = float(np.nanmean([t for s in run.steps for t in (s.touchdown_s, s.toe_off_s)]))
        which = int(np.searchsorted(starts_s, middle, side="right")) - 1
        _add(told, recipes[which], earlier(run, starts_s[which]))
    noted = {note.code for note in found[0].notes} & {"other_run", "shot_change", "part_left_out"}
    told.seen = f"{len(found)} run{'s' if len(found) > 1 else ''}, {', '.join(sorted(noted)) or 'no note'}"
    told.right = told.whole and (len(found) > 1 or bool(noted))
    return told


def earlier(run: Analysis, by_s: float) -> Analysis:
    """Return a run on a clock that starts later by so much."""
    steps = tuple(
        replace(s, touchdown_s=s.touchdown_s - by_s, toe_off_s=s.toe_off_s - by_s) for s in run.steps
    )
    return replace(run, steps=steps, motion=replace(run.motion, time=run.motion.time - by_s))


def not_running(name: str, wanted: activity.Activity, path: Path) -> Told:
    """Judge joints of somebody who does not run: refused, and for what it is."""
    told = Told(name, f"nobody runs: {wanted}")
    outcome = gauntlet.outcome(path, path.parent / f"{path.stem}_out", joints=True)
    told.seen = outcome.said
    if outcome.error == "NotRunningError":
        try:
            pipeline.analyze(pose=path)
        except AnalyzerError as error:
            told.seen = next((a for a, words in activity.WHAT.items() if words == error.what), "")
            told.right = told.seen == wanted
    return told


PEOPLE: Final[dict[str, tuple[activity.Activity, Callable[[Array], kinds_people.Angles], float]]] = {
    "walk at 1.8 m/s": ("walk", partial(kinds_people.walk, stride_s=0.85), 4.0),
    "walk at 1.5 m/s": ("walk", partial(kinds_people.walk, stride_s=1.0), 4.0),
    "march on the spot, knees high": (
        "on_the_spot",
        partial(kinds_people.march, step_s=0.42, lift_deg=82),
        4.0,
    ),
    "march on the spot, slow": ("on_the_spot", partial(kinds_people.march, step_s=0.75, lift_deg=48), 6.0),
    "squats": ("on_the_spot", partial(kinds_people.squat, seconds=2.2), 7.0),
    "squats, fast": ("on_the_spot", partial(kinds_people.squat, seconds=1.1), 5.0),
}
"""Who does not run: what must be told, how the joints move, and for how long, s."""


def every(folder: Path, part: str = "") -> Iterator[Told]:
    """Yield what came out of every kind whose name holds ``part``."""
    clips = kinds_recipes.clips()
    halves = [clips.pop(name) for name in ("cut, first run", "cut, second run")]
    for name, recipe in clips.items():
        if part not in name:
            continue
        path, target = render.clip(recipe), folder / recipe.name
        if name.startswith("from "):
            yield from_along(name, recipe, path, target, "rear" if "behind" in name else "front")
        elif name.startswith("45"):
            yield from_the_side(name, recipe, path, target, "oblique")
        elif isinstance(recipe, kinds_recipes.Blocks):
            yield started(name, recipe, path, target)
        else:
            yield from_the_side(name, recipe, path, target)
    if part in "two runs, a jump cut before the same background":
        path = kinds_recipes.joined(folder / "cut.mp4", halves)
        yield cut(halves, path, folder / "cut", [0.0, halves[0].duration_s])
    for name, recipe in (("plain", clips["plain"]), *zip(("first run", "second run"), halves, strict=True)):
        for fields_, shown in ((False, "60 whole pictures a second"), (True, "60 of two fields, interlaced")):
            whole = f"{shown}: {name}"
            if part in whole:
                path = folder / f"{recipe.name}_{fields_:d}.mp4"
                kinds_recipes.halved(path, recipe, fields_=fields_)
                yield from_the_side(whole, recipe, path, path.with_suffix(""))
    for name, bent in kinds_recipes.bends().items():
        if part in name:
            yield from_the_side(name, bent.straight(), render.clip(bent), folder / bent.name)
    for number, (name, (wanted, how, seconds)) in enumerate(PEOPLE.items()):
        if part in name:
            path = kinds_people.write(
                folder / f"people_{number}.csv", how, seconds, kinds_recipes.SEED + number
            )
            yield not_running(name, wanted, path)


def section(rows: Mapping[str, str]) -> str:
    """Return the section of docs/accuracy.md of the rows of a table, by what they are called."""
    wrong = [name for name, row in rows.items() if not row.endswith(_RIGHT)]
    told = f"{len(rows) - len(wrong)} of {len(rows)} are right"
    told += f"; not: {', '.join(wrong)}." if wrong else "."
    return "\n\n".join([_INTRODUCTION, told, "\n".join([*_HEAD, *rows.values()])])


def known(text: str) -> dict[str, str]:
    """Return the rows that a document has, by what they are called."""
    _, _, after = text.partition(f"## {TITLE}\n")
    rows = [row for row in after.partition("\n## ")[0].splitlines() if row.startswith("| ")]
    return {row.split(" | ")[0].removeprefix("| "): row for row in rows if row != _HEAD[0]}


def line(told: Told) -> str:
    """Return an input's row."""
    rows = told.rows
    counts = f"{told.found} | {told.missed}, {told.invented}, {told.wrong_side}"
    contact, speed, within = "–", "–", "–"
    ms = 1000 * _error(rows, "contact_time")
    if len(ms):
        contact = f"{ms.mean():+.1f} ± {ms.std():.1f}"
    fast = rows[rows["metric"] == "step_speed"]
    if len(fast):
        speed = f"{100 * (fast['value'].mean() / fast['truth'].mean() - 1):+.1f}"
    off = ((rows["value"] - rows["truth"]).abs() / rows["sd"]).to_numpy(dtype=float)
    off = off[np.isfinite(off)]
    if len(off):
        within = f"{100 * np.mean(off <= 2):.0f} of {len(off)}"
    if not told.found and not told.missed:
        counts = "– | –"
    return (
        f"| {told.name} | {told.wanted} | {told.seen} | {counts} | {contact} | {speed} | {within} "
        f"| {'yes' if told.right else '**no**'} |"
    )


def _error(rows: pd.DataFrame, metric: str) -> pd.Series:
    part = rows[rows["metric"] == metric]
    return part["value"] - part["truth"]


_HEAD: Final = (
    "| kind | must come out | came out | contacts found | missed, invented, wrong side "
    "| contact time, ms | step speed, % | numbers within ± 2 sd, % | right |",
    "|---" * 9 + "|",
)
_RIGHT: Final = "| yes |"
_INTRODUCTION: Final = """Through the user's command with the athlete's height (`python -m
validation.kinds --write`): rendered clips of about a second, the athlete 300 px tall, 120 frames a
second, 60 where a jog, a bend or a view along the lane needs longer clips; and joints of people who do
not run. Bodies, seeds and settings are none that any other work used, so that nothing was tuned on them;
the two bends were rendered after [0031](decisions/0031-a-bend-is-told-by-size-and-ground.md) had been
made on joints of other bodies; the first of them had a part in how much either telling counts, the second
none. Right is what is not refused if it shows a run, refused for what it is if not, told from where it
was filmed, with every contact that the picture shows whole, and none invented or of the other foot. Rows
are measured one at a time and kept. From the front the drawn runner's feet stand on one line, so that a
leg behind the other is not seen. The drawn shoe of a start scrapes the ground for 25 ms before the
instant that counts as its touchdown, which is found in between: contact times of starts, and what hangs
on them, are off by that. In the rows of 60 pictures a second the same three runs are shown with every
second picture, and with each two pictures woven into one of two fields."""


def main(argv: list[str] | None = None) -> int:
    """Measure, and write where that is asked."""
    parser = argparse.ArgumentParser(prog="python -m validation.kinds", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/accuracy.md")
    parser.add_argument(
        "part", nargs="?", default="", help="only inputs whose name holds this; other rows stay"
    )
    options = parser.parse_args(argv)
    text = DOC.read_text(encoding="utf-8")
    rows = known(text) if options.part else {}
    with tempfile.TemporaryDirectory() as folder:
        for told in every(Path(folder), options.part):
            rows[told.name] = line(told)
            print(rows[told.name], flush=True)
    if options.write:
        DOC.write_text(put(text, section(rows), TITLE), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
