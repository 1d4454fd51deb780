"""Contact times of measured runners against force plates: ``python -m validation.measured``.

Marker trajectories of a sprint, a jog and treadmill runs are turned into a pose track in pixels, with
landmark noise added, at three frame rates, and go through everything behind the pose track. The treadmill's
forces came filtered, which is undone first (``plates``). The data are
not part of the project; without the folder beside the repository nothing is done.
"""

from __future__ import annotations

import csv
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from scipy.interpolate import CubicSpline

from analyzer.config import Config
from analyzer.contacts import detect as contact_detection
from analyzer.data.capture import CameraMotion, PoseTrack
from analyzer.data.motion import Motion
from analyzer.data.steps import Step
from analyzer.motion import kinematics
from analyzer.scene.calibration import calibrate
from analyzer.scene.passes import chosen
from validation import plates

DATA = Path(__file__).resolve().parents[2] / "shared" / "motion"
METRES_PER_PIXEL = 0.004
JOINTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle", "heel", "foot_index")
SUBJECTS = ("subject01", "subject02", "subject04", "subject08")
TREADMILL = tuple(f"runners_2_to_5mps/{s}/Run_{v}" for s in SUBJECTS for v in (4, 5))
OVERGROUND = ("sprint_6_6mps", "jog_full_body")
TUNED_ON = (
    "runners_2_to_5mps/subject01/Run_4",
    "runners_2_to_5mps/subject01/Run_5",
    "runners_2_to_5mps/subject04/Run_4",
    "runners_2_to_5mps/subject04/Run_5",
)
"""Trials whose figures the foot model has seen; the others are held out."""

SHOE_SD_M = 0.005
"""A shoe's length between its markers varies by 1 to 4 mm; where one of them is loose, by 16 mm."""


@dataclass(frozen=True)
class Trial:
    """Joint paths of one trial (n, 2) m and the contacts of its force plates."""

    name: str
    time: np.ndarray
    joints: dict[str, np.ndarray]
    contacts: tuple[tuple[str, float, float], ...]
    belt_mps: float = 0.0
    loose: tuple[str, ...] = ()
    """Sides whose toe marker does not stay on the shoe: their contacts must be found, but are not timed."""


@cache
def trial(name: str) -> Trial:
    """Read one trial."""
    belt, off_shoe = 0.0, ()
    if name == "jog_full_body":
        time, joints = _jog()
    else:
        file = DATA / ("sprint_6_6mps/maxSprint.trc" if name.startswith("sprint") else f"{name}.trc")
        time, markers = _markers(file)
        joints, off_shoe = _joints(markers), loose(_markers(file, axes=3)[1])
        belt = 0.0 if name.startswith("sprint") else float(name[-1])
    # The sprint's contacts are on the clock of the whole recording, its markers on their own: the force file
    # that goes with the markers starts this much later. That force came filtered; without its filter
    # (critically damped, 55 Hz), contacts last as long as those of the plates to 0.3 ms, and touchdowns and
    # toe-offs tell the same shift, to 0.4 ms.
    late = 1.5682 if name.startswith("sprint") else 0.0
    contacts = []
    with (DATA / "contacts_from_force_plates.csv").open(encoding="utf-8") as file_:
        for row in csv.DictReader(file_):
            if row["trial"] == name:
                side = "left" if row["side"] == "L" else "right"
                events_s = (float(row["touchdown_s"]) - late, float(row["toe_off_s"]) - late)
                if belt:  # its forces were filtered
                    events_s = plates.touches(DATA / f"{name}_grf.mot", side, *events_s)
                contacts.append((side, *events_s))
    return Trial(name, time, joints, tuple(sorted(contacts, key=lambda c: c[1])), belt, off_shoe)


def _jog() -> tuple[np.ndarray, dict[str, np.ndarray]]:
    table = np.genfromtxt(DATA / "jog_full_body/JA1Gait21_landmarks.csv", delimiter=",", names=True)
    joints = {
        f"{side}_{joint}": np.column_stack([table[f"{side}_{joint}_x"], table[f"{side}_{joint}_y"]])
        for side in ("left", "right")
        for joint in JOINTS
    }
    return table["time_s"], joints


def _markers(file: Path, axes: int = 2) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    names = [n for n in lines[3].split("\t")[2:] if n.strip()]
    rows = [[float(c or "nan") for c in line.split("\t")] for line in lines[5:] if line.strip()]
    width = 2 + 3 * len(names)
    table = np.array([(row + [np.nan] * width)[:width] for row in rows])
    places = table[:, 2:].reshape(len(table), -1, 3)[..., :axes] / 1000
    return table[:, 1], {name: places[:, i] for i, name in enumerate(names)}


def _toe(m: dict[str, np.ndarray], s: str) -> np.ndarray:
    return m[f"{s}TOE"] if f"{s}TOE" in m else m[f"{s}MT1"]


def loose(m: dict[str, np.ndarray]) -> tuple[str, ...]:
    """Return the sides on which heel and toe are not on one stiff shoe, whatever the contacts."""
    return tuple(
        side
        for side, s in (("left", "L"), ("right", "R"))
        if np.nanstd(np.linalg.norm(m[f"{s}CAL"] - _toe(m, s), axis=1)) > SHOE_SD_M
    )


def _joints(m: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Joint centres as far as events need them; knee and ankle by two links between hip and heel."""
    out = {}
    for side, s in (("left", "L"), ("right", "R")):
        hip = (m[f"{s}ASI"] + m[f"{s}PSI"]) / 2 - np.array([0.0, 0.09])
        heel = m[f"{s}CAL"]
        toe = _toe(m, s)
        ankle = heel + np.array([0.03, 0.05])
        shoulder = m[f"{s}ACR"] - [0.0, 0.04]
        reach = np.linalg.norm(ankle - hip, axis=1, keepdims=True)
        out |= {f"{side}_hip": hip, f"{side}_heel": heel, f"{side}_foot_index": toe}
        link = float(np.nanmax(reach)) / 2 + 0.002
        along = (ankle - hip) / reach
        bend = np.sqrt(link**2 - (reach / 2) ** 2)
        out[f"{side}_knee"] = (hip + ankle) / 2 + bend * np.column_stack([-along[:, 1], along[:, 0]])
        out[f"{side}_ankle"] = ankle
        out[f"{side}_shoulder"] = shoulder
    return out


def pose(
    run: Trial, fps: float, noise_m: float, seed: int, memory_s: float = 0.0
) -> tuple[PoseTrack, np.ndarray]:
    """Return the trial as a camera at ``fps`` would have tracked it; the clock starts at zero.

    With ``memory_s`` the noise is correlated over that time, as a landmark network's is.
    """
    rng = np.random.default_rng(seed)
    first = run.time[0] + rng.uniform(0, 1 / fps)
    clock = np.arange(first, run.time[-1], 1 / fps)
    xy = np.full((len(clock), len(run.joints), 2), np.nan)
    keep = np.exp(-1 / (fps * memory_s)) if memory_s else 0.0
    for i, path in enumerate(run.joints.values()):
        good = np.isfinite(path).all(axis=1)
        metres = CubicSpline(run.time[good], path[good])(clock)
        gap = np.interp(clock, run.time, (~good).astype(float)) > 0
        shake = rng.normal(0, 1, (len(clock), 2))
        for k in range(1, len(shake)):
            shake[k] = keep * shake[k - 1] + np.sqrt(1 - keep**2) * shake[k]
        metres = metres + noise_m * shake
        metres[gap] = np.nan
        xy[:, i] = np.column_stack([metres[:, 0] + 6.0, 2.4 - metres[:, 1]]) / METRES_PER_PIXEL
    track = PoseTrack(
        clock - first,
        xy,
        np.ones(xy.shape[:2]),
        tuple(run.joints),
        np.full((len(clock), 3), 300.0),
        4000,
        700,
        "markers",
    )
    return track, np.array([first])


def detect(
    run: Trial, fps: float, noise_m: float, seed: int, memory_s: float = 0.0
) -> tuple[Motion, tuple[Step, ...], float]:
    """Return motion, steps and the shift of the camera's clock against the trial's."""
    track, shift = pose(run, fps, noise_m, seed, memory_s)
    config = Config(
        scale=(0.0, 0.0, 1000.0, 0.0, 1000.0 * METRES_PER_PIXEL),
        treadmill_mps=run.belt_mps or None,
        direction="right",
    )
    camera = CameraMotion.static(len(track.time))
    longest = chosen(track, camera, config)
    calibration = calibrate(track, camera, longest, config)
    motion = kinematics.motion(track, camera, longest, calibration, config)
    steps = contact_detection.detect(motion).steps
    return motion, steps, float(shift[0])


@dataclass
class Errors:
    """Detected minus true, ms; standard errors, ms; contacts missed and invented."""

    touchdown: list[float]
    toe_off: list[float]
    contact: list[float]
    touchdown_z: list[float]
    toe_off_z: list[float]
    missed: int = 0
    invented: int = 0
    wanted: int = 0


def compare(run: Trial, steps: tuple[Step, ...], shift: float, span: float, into: Errors) -> None:
    """Match steps to the force plates' contacts that lie well inside the clip."""
    for side, touchdown, toe_off in run.contacts:
        if touchdown - shift < 0.08 or toe_off - shift > span - 0.08:
            continue
        into.wanted += 1
        middle = (touchdown + toe_off) / 2 - shift
        near = [s for s in steps if s.side == side and abs((s.touchdown_s + s.toe_off_s) / 2 - middle) < 0.1]
        if not near:
            into.missed += 1
            continue
        if side in run.loose:
            continue
        step = near[0]
        d, o = step.touchdown_s + shift - touchdown, step.toe_off_s + shift - toe_off
        into.touchdown.append(1000 * d)
        into.toe_off.append(1000 * o)
        into.contact.append(1000 * (o - d))
        into.touchdown_z.append(d / step.touchdown_sd_s)
        into.toe_off_z.append(o / step.toe_off_sd_s)
    if run.belt_mps:  # an instrumented treadmill sees every contact
        first, last = run.contacts[0][1] - shift, run.contacts[-1][2] - shift
        true = [(side, (a + b) / 2 - shift) for side, a, b in run.contacts]
        for s in steps:
            middle = (s.touchdown_s + s.toe_off_s) / 2
            real = any(side == s.side and abs(middle - t) < 0.1 for side, t in true)
            into.invented += first < middle < last and not real


def measure(names: tuple[str, ...], fps: float, noise_m: float, seeds: int, memory_s: float = 0.0) -> Errors:
    """Return the errors of several trials and noise draws together."""
    errors = Errors([], [], [], [], [])
    for name in names:
        run = trial(name)
        for seed in range(seeds):
            motion, steps, shift = detect(run, fps, noise_m, seed, memory_s)
            compare(run, steps, shift, float(motion.time[-1]), errors)
    return errors


GROUPS: Final = {
    "sprint at 6.6 m/s, overground": ("sprint_6_6mps",),
    "jog at 3.5 m/s, overground": ("jog_full_body",),
    "four runs at 4 and 5 m/s, treadmill, tuned on": TUNED_ON,
    "four runs at 4 and 5 m/s, treadmill, held out": tuple(n for n in TREADMILL if n not in TUNED_ON),
}
GOAL_MS: Final = (3.0, 5.0)
"""Bias and SD of contact time that are asked for at 240 frames a second."""


ALONE: Final = 3
"""A trial that is a group of its own has few contacts, and so many times the noise draws."""


def table(seeds: int = 2, memory_s: float = 0.0) -> str:
    """Return the table of errors, one row for each group, frame rate and noise; "" without the data."""
    if not DATA.is_dir():
        return ""
    lines = [
        "| runners | fps | noise, mm | found | invented | contact time: bias / SD, ms | touchdown: bias / SD "
        "| toe-off: bias / SD | touchdown, toe-off within ± 2 sd, % |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for group, names in GROUPS.items():
        for fps in (240.0, 120.0, 60.0):
            for noise in (0.005, 0.010):
                e = measure(names, fps, noise, seeds * (ALONE if len(names) == 1 else 1), memory_s)
                parts = [f"{np.mean(v):.1f} / {np.std(v):.1f}" for v in (e.contact, e.touchdown, e.toe_off)]
                if fps == 240:
                    bias, spread = abs(np.mean(e.contact)) <= GOAL_MS[0], np.std(e.contact) <= GOAL_MS[1]
                    parts[0] += (
                        f" (≤ {GOAL_MS[0]:g}{' ✓' * bool(bias)} / ≤ {GOAL_MS[1]:g}{' ✓' * bool(spread)})"
                    )
                cover = [100 * np.mean(np.abs(z) < 2) for z in (e.touchdown_z, e.toe_off_z)]
                lines.append(
                    f"| {group} | {fps:.0f} | {1000 * noise:.0f} | {e.wanted - e.missed} of {e.wanted} "
                    f"| {e.invented} | {' | '.join(parts)} | {cover[0]:.0f}, {cover[1]:.0f} |"
                )
    unjudged = [f"{name}, {side}" for name in TREADMILL for side in trial(name).loose]
    lines.append(
        f"\nThe two overground trials have few contacts and {ALONE * seeds} draws of noise. Found but not "
        "timed are the contacts of a foot whose toe marker does not stay on the shoe, told by how far its "
        f"markers are apart: {'; '.join(unjudged) or 'none'}."
    )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(table(memory_s=float(sys.argv[1]) if len(sys.argv) > 1 else 0.0) + "\n")
