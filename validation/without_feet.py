"""Bodies marked without feet, as trackers of COCO-17 do: ``python -m validation.without_feet``.

Three looks: the joints followed in the rendered clips, handed over again without feet and without the
video; measured runners over force plates by their ankles; filmed clips by the ankles against readings by
eye. Measured motion and filmed clips are not part of the project; without them their tables are left out.
"""

from __future__ import annotations

import hashlib
import sys
from contextlib import suppress
from dataclasses import replace
from typing import Final

import numpy as np
import pandas as pd

from analyzer import pipeline
from analyzer.config import Config
from analyzer.data.analysis import Analysis
from analyzer.data.capture import PoseTrack
from analyzer.errors import AnalyzerError
from analyzer.joints import leg_names
from analyzer.pipeline import Clip
from analyzer.pose import cache
from analyzer.pose.repair import frame_edges
from analyzer.video import reader
from validation import compare, events_on_real, measured
from validation.numbers import name_and_unit, named, numbers, show, steady, whole
from validation.scene import Recipe
from validation.truth import Truth

ROUTE: Final = "ankles"
SEEN: Final = "ankles_seen"
"""The same with the video beside the joints."""
FEET: Final = ("_heel", "_foot_index")
METRICS: Final = ("touchdown", "toe_off", "contact_time", "flight_time", "step_time", "step_length")
NOISE_M: Final = 0.010
# The ankle turns with the foot: so far from the heel's marker along the way to the toe's, and above that. It
# is where shank and foot turn about each other, in the means of four runners and a sprinter.
ANKLE_M: Final = (0.078, 0.028)


def cut(track: PoseTrack) -> PoseTrack:
    """Return a track as from another tracker, one that marks no feet."""
    feet = np.array([name.endswith(FEET) for name in track.names])
    xy = np.where(feet[None, :, None], np.nan, track.xy)
    bare = replace(track, xy=xy, confidence=np.where(feet, 0.0, track.confidence), source="no feet")
    return leg_names.untangle(bare)


def of_clip(recipe: Recipe, truth: Truth, found: Analysis | None) -> list[compare.Result]:
    """Judge what the joints followed in a clip say without the feet, without the video and with it."""
    out = []
    if found is not None:
        for route, info in ((ROUTE, None), (SEEN, found.video)):
            with suppress(AnalyzerError):
                clip = Clip(found.name, info, cut(found.pose), found.camera, ())
                again = pipeline.interpret(clip, found.config)
                out.append(compare.judge(recipe, truth, again, route))
    return out


def rendered_table(rows: pd.DataFrame) -> str:
    """Return bias and SD of the plain runs without feet at each frame rate; "" where none was made."""
    kinds = {
        f"{fps:g} fps, {words}": steady(rows, fps, route)
        for route, words in ((ROUTE, "joints alone"), (SEEN, "with the video"))
        for fps in (240.0, 120.0, 60.0)
    }
    kinds = {name: part for name, part in kinds.items() if len(part)}
    if not kinds:
        return ""
    lines = [
        "| bias ± SD (n; within ± 2 sd) | " + " | ".join(kinds) + " |",
        "|---" * (len(kinds) + 1) + "|",
    ]
    for metric in METRICS:
        cells = []
        for part in kinds.values():
            mine = part[part["metric"] == metric]
            found = numbers(mine, name_and_unit(metric)[1]) if len(mine) > 1 else None
            cells.append(
                f"{show(found.bias)} ± {show(found.sd)} ({found.n}; {whole(found.coverage)} %)"
                if found
                else "–"
            )
        lines.append(f"| {named(metric)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def by_ankles(run: measured.Trial) -> measured.Trial:
    """Return a trial without heels and toes, whose ankles turn with the feet."""
    joints = dict(run.joints)
    for side in ("left", "right"):
        heel, toe = joints.pop(f"{side}_heel"), joints.pop(f"{side}_foot_index")
        if run.name in _MARKED:
            continue
        along = (toe - heel) / np.linalg.norm(toe - heel, axis=1, keepdims=True)
        up = np.column_stack([-along[:, 1], along[:, 0]])
        joints[f"{side}_ankle"] = heel + ANKLE_M[0] * along + ANKLE_M[1] * up
        joints[f"{side}_knee"] = _knee(joints[f"{side}_hip"], joints[f"{side}_ankle"])
    return replace(run, joints=joints)


_MARKED: Final = ("jog_full_body",)
"""Trials with markers on the ankles themselves."""


def _knee(hip: np.ndarray, ankle: np.ndarray) -> np.ndarray:
    reach = np.linalg.norm(ankle - hip, axis=1, keepdims=True)
    link = float(np.nanmax(reach)) / 2 + 0.002
    along = (ankle - hip) / reach
    bend = np.sqrt(link**2 - (reach / 2) ** 2)
    return np.asarray((hip + ankle) / 2 + bend * np.column_stack([-along[:, 1], along[:, 0]]))


def measured_table(seeds: int = 2) -> str:
    """Return contacts by the ankles against force plates; "" without the data."""
    if not measured.DATA.is_dir():
        return ""
    lines = [
        "| runners, by their ankles | fps | found | invented | contact time: bias ± SD, ms | touchdown "
        "| toe-off | touchdown, toe-off within ± 2 sd, % |",
        "|---" * 8 + "|",
    ]
    for group, names in measured.GROUPS.items():
        for fps in (240.0, 120.0, 60.0):
            e = measured.Errors([], [], [], [], [])
            for name in names:
                run = by_ankles(measured.trial(name))
                for seed in range(seeds):
                    motion, steps, shift = measured.detect(run, fps, NOISE_M, seed)
                    measured.compare(run, steps, shift, float(motion.time[-1]), e)
            parts = [f"{np.mean(v):.1f} ± {np.std(v):.1f}" for v in (e.contact, e.touchdown, e.toe_off)]
            told = [100 * np.mean(np.abs(z) < 2) for z in (e.touchdown_z, e.toe_off_z)]
            lines.append(
                f"| {group} | {fps:g} | {e.wanted - e.missed} of {e.wanted} | {e.invented} "
                f"| {' | '.join(parts)} | {told[0]:.0f}, {told[1]:.0f} |"
            )
    return "\n".join(lines)


def filmed_table() -> str:
    """Return contacts by the ankles, in filmed clips, against readings by eye; "" where none is here."""
    folder, lines = events_on_real.VIDEOS, [events_on_real.HEAD]
    clips = {hashlib.sha256(p.read_bytes()).hexdigest()[:12]: p for p in sorted(folder.glob("*.*"))}
    for file in sorted(events_on_real.LABELS.glob("*.csv"), key=lambda f: str(clips.get(f.stem, ""))):
        if file.stem not in clips:
            continue
        for athlete, labels in events_on_real.read(file).items():
            config = Config(**events_on_real.SETTINGS.get((file.stem, athlete), {}))
            info = reader.probe(clips[file.stem], config)
            track, camera, _ = cache.track(info, config)[:3]
            try:
                clip = Clip(file.stem, None, cut(frame_edges.inside(track)), camera, ())
                found = pipeline.interpret(clip, config).steps
            except AnalyzerError:
                found = ()
            lines.append(events_on_real.score(clips[file.stem].stem, labels, found, track.time).text())
    return "\n".join(lines) if len(lines) > 1 else ""


def table() -> str:
    """Return both tables that need no rendered clip."""
    return "\n\n".join(filter(None, (measured_table(), filmed_table())))


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
