"""``python -m validation.slow_cameras``: what phones film with unless they are told otherwise.

Bodies that nothing was fitted to run past the camera at 3.4 to 6.6 m/s and at full speed, each at 30 frames a
second and, with the long shutters of a dull day, at 25 or 30; they are analysed as a user would who gives the
height and clicks the marks. ``--write`` writes the section of docs/accuracy.md.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from validation import bodies, bodies_recipes, numbers
from validation.pose_models import write_section
from validation.scene import Recipe

TITLE: Final = "Slow cameras"
"""Of the section of docs/accuracy.md."""
BODIES: Final = (*range(60, 72), *range(73, 80))
"""Those of ``bodies_recipes`` that no other measurement uses; the legs of 72 do not reach its feet."""
LONG_SHUTTER: Final = range(73, 80)
"""Those of them that are filmed with a long shutter."""
SIXTY_RUN: Final = (60, 63, 66, 69)
SIXTY_SPRINT: Final = (60, 61, 62, 63, 64)
"""Those that are filmed at 60 frames a second as well."""
PACES: Final = (3.4, 5.0, 6.6)
"""Speeds, m/s, at which ``FREQUENCY`` and ``STANDS`` are given."""
FREQUENCY: Final = (2.75, 3.0, 3.5)
"""Steps a second: as of the runners on force plates at 3.5 to 6.6 m/s (``validation.measured``)."""
STANDS: Final = (0.66, 0.57, 0.52)
"""Share of a step that a foot is down, of the same runs."""
FEWEST: Final = 10
"""Values from which the share that is held says something of a metric."""


def sprint(number: int, fps: float = 30.0) -> Recipe:
    """Return the pass of a body at full speed."""
    recipe = bodies_recipes.at_rate(bodies_recipes.recipe(number), fps)
    return _filmed(replace(recipe, name=f"slow_camera_p{number}_sprint_{fps:g}fps"), number)


def slower(number: int, fps: float = 30.0) -> Recipe:
    """Return a run of a body at 3.4 to 6.6 m/s, on drawn feet: those of ``feet`` are fast runners'."""
    whole = bodies_recipes.passing(number)
    rng = np.random.default_rng([7700, number])
    speed = float(rng.uniform(PACES[0], PACES[-1]))
    size = whole.build.height_m / 1.8
    frequency = float(np.interp(speed, PACES, FREQUENCY) / size**0.4 * rng.normal(1, 0.02))
    stands = float(np.interp(speed, PACES, STANDS) * rng.normal(1, 0.03))
    faster = (PACES[0], PACES[-1])
    gait = replace(
        whole.gait, speed=round(speed, 2), frequency=round(frequency, 3),
        contact=round(stands / frequency, 4),
        arm_amplitude=round(float(np.interp(speed, faster, (28, 42))), 1),
        thigh_lift=round(float(np.interp(speed, faster, (50, 62)) * rng.normal(1, 0.04)), 1),
        knee_fold=round(float(np.interp(speed, faster, (100, 118))), 1),
        trunk_lean=round(float(rng.uniform(3, 9)), 1), com_height=0.573, speed_loss=0.035, landing=0.34,
    )  # fmt: skip
    wide = whole.camera.width * whole.build.height_m / whole.height_px
    duration = round((wide + 0.3) / speed, 3)
    name = f"slow_camera_p{number}_run_{fps:g}fps"
    recipe = replace(whole, name=name, gait=gait, duration_s=duration, fps=fps)
    return _filmed(recipe, number)


def _filmed(recipe: Recipe, number: int) -> Recipe:
    """Return a recipe with the shutter, and on a dull day the rate, of its camera."""
    if number not in LONG_SHUTTER:
        return replace(recipe, shutter_s=0.003)
    return replace(recipe, shutter_s=0.010 if number % 4 < 2 else 0.004, fps=25.0 if number % 2 else 30.0)


def recipes() -> list[Recipe]:
    """Return every pass."""
    slow = [made(number) for number in BODIES for made in (slower, sprint)]
    return slow + [slower(n, 60.0) for n in SIXTY_RUN] + [sprint(n, 60.0) for n in SIXTY_SPRINT]


def section(table: pd.DataFrame) -> str:
    """Return the section of docs/accuracy.md.

    Parameters
    ----------
    table : DataFrame
        As of ``bodies.rows``, of all passes.
    """
    dull = np.where(table["body"].isin(LONG_SHUTTER), "25 or 30, 1/250 or 1/100 s", "30, 1/330 s")
    table = table.assign(
        camera=np.where(table["fps"] == 60, "60, 1/330 s", dull),
        run=np.where(table["clip"].str.contains("_sprint"), "at full speed", "at 3.4 to 6.6 m/s"),
    )
    lines = [
        _INTRODUCTION, "",
        "| runs | frames a second, shutter | clips | values | within ± 2 sd, % | RMS z |",
        "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for (camera, what), part in table.groupby(["camera", "run"], sort=False):
        lines.append(
            f"| {what} | {camera} | {part['clip'].nunique()} | {len(part)} "
            f"| {100 * (part['z'] <= 2).mean():.1f} | {np.sqrt((part['z'] ** 2).mean()):.2f} |"
        )
    for heading, part in (("25 and 30", table[table["fps"] < 50]), ("60", table[table["fps"] == 60])):
        lines += ["", *_by_metric(heading, part)]
    return "\n".join(lines)


def _by_metric(rates: str, table: pd.DataFrame) -> list[str]:
    """Return the table of the metrics at some rates, of those with ``FEWEST`` values or more."""
    lines = [
        f"| {rates} frames a second | n | true mean | error: mean ± SD | stated | within ± 2 sd, % |",
        "|---|---|---|---|---|---|",
    ]
    for name, part in table.groupby("metric", sort=False):
        if len(part) < FEWEST:
            continue
        factor = numbers.name_and_unit(str(name))[1]
        error = factor * part["error"]
        lines.append(
            f"| {numbers.named(str(name))} | {len(part)} | {factor * part['truth'].mean():.3g} "
            f"| {error.mean():.2g} ± {error.std():.2g} | ± {factor * part['sd'].mean():.2g} "
            f"| {100 * (part['z'] <= 2).mean():.0f} |"
        )
    return lines


_INTRODUCTION: Final = """Most phones film at 30 frames a second unless they are told otherwise. Bodies of
which nothing was known run past such a camera, a pass each at 3.4 to 6.6 m/s and one at full speed, with
two marks on the track (`python -m validation.slow_cameras --write`): short shutters at 30 frames a second,
long ones of a dull day at 25 or 30. Errors are held against the truth without what no drawn clip has
(docs/decisions/0030). A metric is given from 25 frames a second on where its error held here, whatever its
size: how sure a single number is, its own error says, and one that says nothing is withheld
(docs/decisions/0033)."""


def main(argv: list[str] | None = None) -> int:
    """Measure the passes the way the command line asks."""
    parser = argparse.ArgumentParser(prog="python -m validation.slow_cameras", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {TITLE} of docs/accuracy.md")
    options = parser.parse_args(argv)
    text = section(bodies.rows(recipes(), "slow_cameras"))
    print(text)
    if options.write:
        write_section(text, TITLE)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
