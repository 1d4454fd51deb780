"""One relationship changed alone: does the system map show it, and nothing else?

``python -m validation.map_alone`` lets runners of the report set run twice, once changed, and writes the
table into docs/accuracy.md; ``--set tuning`` prints it for the runners that may be tuned on. Both runs have
steps and a tracker's errors of their own (``changes.run_of``). What moved is the product's own judgement
(``analyzer.comparison.map_change``), from which ``compare`` tells it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Final

import numpy as np
import pandas as pd

from analyzer.comparison.map_change import LINKS, PARTS, OnMap, on_map
from analyzer.comparison.repeatability import Repeat, of_measured, shared, shift
from analyzer.data.results import Summary
from analyzer.metrics.measure import measure
from validation import bodies_recipes, changes, lent_errors, recipes
from validation.pose_models import write_section
from validation.scene import Recipe
from validation.view import Camera

TITLE: Final = "One relationship on the system map"
FPS: Final = (120.0, 240.0)
RUNNERS: Final = 4
"""Runners a frame rate, two bodies by turns; each is his own control."""
GOAL: Final = 90.0
"""Percent of pairs in which the map is to show the change and nothing else."""
SHOWN: Final = 2.0
"""Standard errors, as printed on two maps, by which somebody with both pages sees numbers apart."""


@dataclass(frozen=True)
class Kind:
    """A change: by how much settings of a gait move, which part or link it belongs to, and what may follow.

    ``share`` multiplies instead of adding; ``follow`` are links of the changed part: a link is of two parts
    and moves with either. ``long`` shows twenty-two steps, as a camera that follows does, by a runner
    who scatters like a trained sprinter: five to seven steps tell no scatter, and a smaller one is not told.
    """

    change: dict[str, float]
    of: str
    follow: tuple[str, ...] = ()
    share: bool = False
    long: bool = False


LONG_CAMERA: Final = Camera(9000, 1080, distance_m=120.0)
"""Still, and shows twenty-two steps."""
LONG_S: Final = 4.9
_OF_LEGS: Final = ("arm–leg", "leg–leg", "push–swing")
KINDS: Final[dict[str, Kind]] = {
    "nothing": Kind({}, ""),
    # A thigh that is lifted less also switches later, by 0.43 ms a degree: it is let switch as before.
    "thigh lifted 6° less": Kind({"thigh_lift": -6.0, "switch_late": -0.0052}, "Swing leg", _OF_LEGS),
    "arms swing 30 % less": Kind({"arm_amplitude": 0.70}, "Arms", ("arm–leg",), share=True),
    "trunk rocks 4° more": Kind({"trunk_excursion": 6.7}, "Torso", ("trunk–push",)),
    "thighs switch 10 ms later": Kind({"switch_late": 0.020}, "Timing", _OF_LEGS),
    "left foot down 12 ms longer": Kind({"contact_left": 0.012}, "Balance", ("leg–leg", "push–swing")),
    "steps scatter three times as much": Kind(
        {"scatter": 3.0}, "Continuity", tuple(LINKS), share=True, long=True
    ),
    "arms 20° of a stride later": Kind({"arm_phase": 20.0}, "arm–leg"),
}
"""Sizes are those of ``recipes.CHANGES``; there is none for the pushing leg, whose force follows from speed
and contact time."""
METRICS_OF_MAP: Final = tuple(dict.fromkeys(m for names in {**PARTS, **LINKS}.values() for m in names))
Seen = tuple[dict[str, Repeat], dict[str, Summary]]
_INTRODUCTION: Final = """\
The same runner twice, one relationship changed alone in the second run, each run with steps of its own, the
errors of a real tracker and of contacts read from video (`python -m validation.map_alone`); a still camera
shows five to seven contacts, twenty-two where the scatter is changed. Percent of pairs in which a part of
the map moved, as `compare` tells it: by what differs between two such clips, under one control for chance
over all that the map shows. Bold: the relationship that was changed; every other number of a part is a false
alarm. Links join two parts, so those of the changed one may move with it; another link that moves counts as
a false alarm. Pairs of one draw of errors share its false alarms. "By eye" is what somebody sees who lays
the two printed maps side by side and asks for numbers further apart than twice their printed errors, which
hold what both clips get wrong alike."""


def recipes_of(which: recipes.Set, fps: float, kind: str, number: int) -> tuple[Recipe, Recipe]:
    """Return a runner before and after a change, each with steps of his own."""
    made = KINDS[kind]
    known = recipes.changed(which, fps=fps, seeds=number + 1)
    before = list(dict.fromkeys(before for _, before, _ in known))[number]
    if made.long:
        gait = replace(before.gait, scatter=1.0)
        before = replace(before, camera=LONG_CAMERA, duration_s=LONG_S, gait=gait)
    gait = before.gait
    new = {
        name: getattr(gait, name) * by if made.share else getattr(gait, name) + by
        for name, by in made.change.items()
    }
    # Steps of their own in every pair, or one chance would count in all of them.
    first = replace(gait, seed=gait.seed + 1000 * draw_of(kind))
    own = replace(gait, seed=gait.seed + 1000 * (changes.LATER + draw_of(kind)), **new)  # type: ignore[arg-type]
    return replace(before, gait=first), replace(before, gait=own)


def draw_of(kind: str) -> int:
    """Return the number of the draw of errors that a change has to itself."""
    return list(KINDS).index(kind)


def lender(which: recipes.Set, fps: float, number: int) -> Recipe:
    """Return the clip whose errors a runner is lent: one of the set's, else a quick or a drawn body's."""
    own = [one for one in lent_errors.sources(which, fps) if one.fps == fps]
    quick = [one for one in recipes.quick() if one.fps == fps and which == "report"]
    drawn = [bodies_recipes.at_rate(bodies_recipes.recipe(i), fps) for i in range(4) if which == "tuning"]
    there = own or [one for one in (*quick, *drawn) if all(path.exists() for path in lent_errors.kept(one))]
    if not there:
        raise SystemExit(f"No clip of the {which} set at {fps:g} fps was followed: make validate does it.")
    return there[number % len(there)]


def seen(recipe: Recipe, take: int, source: Recipe) -> Seen:
    """Return what a run gives of the map's numbers: with the errors from clip to clip, and as printed."""
    run, _ = changes.run_of(recipe, take, source)
    found = measure(run)
    rows = {row.metric: row for row in found.summaries}
    return of_measured(run, found.values, found.summaries, METRICS_OF_MAP), rows


def compared(before: Seen, after: Seen) -> tuple[OnMap, ...]:
    """Return what moved from one run to the other."""
    known, rows = zip(before, after, strict=True)
    names = shared(known, [row for one in rows for row in one.values()])
    return on_map({name: shift([before[0][name]], [after[0][name]]) for name in names})


def by_eye(one: OnMap, before: Seen, after: Seen) -> bool:
    """Tell whether a number is further apart on two printed maps than twice the errors beside it."""
    if not one.seen:
        return False
    a, b = before[1][one.metric], after[1][one.metric]
    return bool(abs(b.mean - a.mean) > SHOWN * np.hypot(a.mean_se, b.mean_se))


def pairs(which: recipes.Set, fps: float, number: int) -> pd.DataFrame:
    """Return the rows of every pair of one runner: each part with whether it was seen and moved."""
    source = lender(which, fps, number)
    rows = []
    for kind in KINDS:
        before, after = recipes_of(which, fps, kind, number)
        first = seen(before, draw_of(kind), source)
        later = seen(after, changes.LATER + draw_of(kind), source)
        rows += [
            (fps, kind, number, source.name, one.name, one.metric, one.seen, one.seen and one.moved,
             by_eye(one, first, later), one.shift.value, one.shift.smallest, draw_of(kind))
            for one in compared(first, later)
        ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


COLUMNS: Final = [
    "fps", "kind", "runner", "source", "part", "metric", "seen", "moved", "by_eye", "value", "smallest",
    "take",
]  # fmt: skip


def judged(pair: pd.DataFrame, column: str = "moved") -> tuple[bool, bool]:
    """Tell of the rows of one pair whether the change is shown, and whether nothing else is."""
    kind = KINDS[str(pair["kind"].iloc[0])]
    moved = set(pair.loc[pair[column].astype(bool), "part"])
    return kind.of in moved or not kind.of, not moved - {kind.of, *kind.follow}


def table(rows: pd.DataFrame) -> str:
    """Return the table in Markdown, one for each frame rate, and how often the goal was met."""
    blocks = []
    for fps, part in rows.groupby("fps"):
        lines = [
            f"### {fps:g} fps, {part['runner'].nunique()} runners, "
            f"{len(set(zip(part['runner'], part['take'], strict=True)))} draws of the errors of "
            f"{part['source'].nunique()} "
            f"clip{'s' if len(set(part['source'])) > 1 else ''}",
            "",
            f"| changed | {' | '.join(PARTS)} | arm–leg | other links | shown | nothing else "
            "| both | both, by eye |",
            "|---" * (len(PARTS) + 7) + "|",
        ]
        lines += [_line(kind, part[part["kind"] == kind]) for kind in KINDS if (part["kind"] == kind).any()]
        every = [judged(pair) for kind, pair in _pairs(part) if KINDS[kind].of]
        both = 100 * np.mean([all(one) for one in every])
        lines += [
            "",
            f"Shown, and nothing else: {both:.0f} % of {len(every)} pairs of which one relationship was "
            f"changed (goal: {GOAL:g} %).",
        ]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _pairs(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for (kind, _), pair in rows.groupby(["kind", "runner"], sort=False):
        yield str(kind), pair


def _line(name: str, rows: pd.DataFrame) -> str:
    kind = KINDS[name]
    cells = [_cell(rows[rows["part"] == part], part == kind.of) for part in (*PARTS, "arm–leg")]
    others = [link for link in LINKS if link != "arm–leg"]
    strange = rows[rows["part"].isin([link for link in others if link not in kind.follow])]
    follow = rows[rows["part"].isin([link for link in others if link in kind.follow])]
    cells.append(
        _cell(strange, changed=False) + (f" (its own {_cell(follow, changed=False)})" if len(follow) else "")
    )
    if "arm–leg" in kind.follow:
        cells[len(PARTS)] = f"({cells[len(PARTS)]})"
    told = [judged(pair) for _, pair in _pairs(rows)]
    eyes = [judged(pair, "by_eye") for _, pair in _pairs(rows)]
    shown = f"{100 * np.mean([one for one, _ in told]):.0f}" if kind.of else "–"
    ends = [shown, f"{100 * np.mean([rest for _, rest in told]):.0f}"]
    ends += [f"{100 * np.mean([all(one) for one in some]):.0f}" for some in (told, eyes)]
    return f"| {name} | {' | '.join([*cells, *ends])} |"


def _cell(rows: pd.DataFrame, changed: bool) -> str:
    given = rows[rows["seen"].astype(bool)]
    if not len(given):
        return "–"
    text = f"{100 * given['moved'].astype(bool).mean():.0f}"
    return f"**{text}**" if changed else text


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; write the section when it is the report set's, whole."""
    parser = argparse.ArgumentParser(prog="python -m validation.map_alone", description=__doc__)
    parser.add_argument("--set", choices=("tuning", "report"), default="report", dest="which")
    parser.add_argument("--runners", type=int, default=RUNNERS)
    parser.add_argument("--fps", type=float, nargs="+", default=list(FPS))
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args(argv)
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        made = [
            pool.submit(pairs, options.which, fps, number)
            for number in range(options.runners)
            for fps in options.fps
        ]
        said = table(pd.concat([one.result() for one in made], ignore_index=True))
    print(said)
    if options.which == "report" and set(options.fps) == set(FPS):
        write_section(f"{_INTRODUCTION}\n\n{said}", TITLE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
