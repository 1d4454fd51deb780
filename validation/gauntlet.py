"""What people bring, and what is said of it: ``python -m validation.gauntlet [PART OF A NAME]``.

Each row is a kind of input that once made the program say something untrue. Those of ``shared/gauntlet``
beside the repository are built with its ``make.sh`` and ffmpeg where they are there ("shared" in their
names); our own version of each kind, made of other bodies and by other factors, is built always. Every one
goes through the user's command; whether the outcome is right is read from the fields of the results, never
from a sentence.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite
from pathlib import Path
from typing import Final

from analyzer import pipeline
from analyzer.config import Config
from analyzer.errors import AnalyzerError
from analyzer.outputs import analysis_json
from analyzer.outputs.analysis_json import Document
from analyzer.outputs.frontal import document as frontal_document
from validation import gauntlet_inputs as make
from validation import render

SHARED: Final = Path(__file__).resolve().parents[2] / "shared"
VIDEOS: Final = SHARED / "videos"
GAUNTLET: Final = SHARED / "gauntlet"


@dataclass(frozen=True)
class Outcome:
    """What the command said of an input: its runs, or the name of the error's class; and the first line.

    ``view`` is from where it was filmed, if that is the front or behind.
    """

    runs: tuple[Document, ...]
    error: str
    said: str
    printed: str = ""
    view: str = ""

    def steps(self, run: int = 0) -> int:
        """Return how many contacts a run has."""
        return len(self.runs[run].steps)

    def mean(self, metric: str, run: int = 0) -> float:
        """Return a metric's mean over a run; NaN where it is not given."""
        found = [s.mean for s in self.runs[run].summaries if s.metric == metric]
        return found[0] if found else float("nan")

    def notes(self, run: int = 0) -> set[str]:
        """Return the codes of a run's notes."""
        return {note.code for note in self.runs[run].notes}


Right = Callable[[Outcome], bool]


@dataclass(frozen=True)
class Kind:
    """An input, how it is made in a folder, what is right, and that in words; joints instead of a video.

    ``options`` are what a user has to say of it besides.
    """

    name: str
    build: Callable[[Path], Path]
    right: Right
    wanted: str
    joints: bool = False
    options: tuple[str, ...] = ()


def run(low: int, high: int, *codes: str, without: tuple[str, ...] = ()) -> Right:
    """Return a check: so many contacts, these codes among the notes, and none of those ``without``."""

    def right(found: Outcome) -> bool:
        return (
            bool(found.runs)
            and low <= found.steps() <= high
            and set(codes) <= found.notes()
            and not {"athlete_hidden", *without} & found.notes()
        )

    return right


def started(low: int, high: int, *codes: str) -> Right:
    """Return a check: so many landings, whatever feet left the blocks before them, and these codes."""
    return lambda found: (
        bool(found.runs)
        and low <= sum(isfinite(step.touchdown_s) for step in found.runs[0].steps) <= high
        and set(codes) <= found.notes()
    )


def refused(error: str) -> Right:
    """Return a check: refused with this class of error."""
    return lambda found: found.error == error


def across(view: str) -> Right:
    """Return a check: given as seen from the front or from behind."""
    return lambda found: not found.error and found.view == view


def near(metric: str, value: float, within: float, then: Right) -> Right:
    """Return a check: a metric's mean is within a share of a value, and another check holds."""
    return lambda found: then(found) and abs(found.mean(metric) / value - 1) < within


def without(*rest: str | Right) -> Right:
    """Return a check: metrics that are not given, and, last, another check that holds."""
    *metrics, then = rest

    def right(found: Outcome) -> bool:
        if not (callable(then) and then(found)):
            return False
        return not any(isfinite(found.mean(name)) for name in metrics if isinstance(name, str))

    return right


def either(found: Outcome, *codes: str) -> bool:
    """Tell whether there are two runs, or one with one of these notes."""
    return len(found.runs) > 1 or (bool(found.runs) and bool(set(codes) & found.notes()))


def shared_kinds(folder: Path) -> Iterator[Kind]:
    """Yield the rows of the shared gauntlet, as far as it is there."""

    def there(path: Path) -> Callable[[Path], Path]:
        return lambda _: path

    if not GAUNTLET.is_dir():
        return
    every: list[tuple[Path, Right, str, bool]] = []
    if shutil.which("ffmpeg"):
        project = Path(__file__).resolve().parents[1]
        subprocess.run(["bash", GAUNTLET / "make.sh", folder, project], check=True, capture_output=True)
        retimed = ("visibility",)
        checks: dict[str, tuple[Right, str]] = {
            "slow_motion_2x": (run(7, 7, "slow_motion"), "7 steps, slow motion, nobody in front"),
            "every_other_frame_twice": (
                run(7, 7, "pictures_repeated", without=retimed),
                "7 steps, the true picture rate named",
            ),
            "every_picture_three_times": (
                run(3, 3, "pictures_repeated", without=retimed),
                "3 steps, the same",
            ),
            "three_times_and_bars": (run(3, 3, "pictures_repeated", without=retimed), "3 steps, the same"),
            "black_bars": (run(3, 3), "3 steps"),
            "lies_on_its_side": (run(3, 3, "picture_turned"), "3 steps, upright and said so"),
            "upside_down": (
                near("step_frequency", 4.62, 0.02, run(7, 7, "picture_turned")),
                "7 steps, 4.62 Hz, upright and said so",
            ),
            "boomerang": (
                near("step_frequency", 4.62, 0.02, run(7, 7, "boomerang")),
                "7 steps of the forward half",
            ),
            "walk_cut_to_start": (started(4, 9, "shot_change"), "the start, the other shot named"),
            "two_speeds_jump_cut": (
                lambda found: either(found, "other_run") and found.steps() == 7,
                "two runs, or one and a note",
            ),
            "speed_ramp": (
                lambda found: either(found, "speed_edited", "speed_changes"),
                "the slow part, the change named",
            ),
            "interlaced": (
                near("step_frequency", 4.62, 0.02, run(7, 7, "interlaced")),
                "7 steps, 4.62 Hz, the fields named",
            ),
            "messenger_copy": (run(7, 7), "7 steps, no warning of Python's"),
        }
        every += [(folder / f"{name}.mp4", right, wanted, False) for name, (right, wanted) in checks.items()]
    every += [
        (GAUNTLET / "marching_on_the_spot.csv", refused("NotRunningError"), "nobody runs", True),
        (GAUNTLET / "squats.csv", refused("NotRunningError"), "nobody runs", True),
        (
            GAUNTLET / "sprint_Sports2D_px_person00.trc",
            near("step_frequency", 4.59, 0.02, run(6, 8)),
            "4.59 Hz",
            True,
        ),
        (GAUNTLET / "openpose_unpadded", run(7, 7), "one run, 7 contacts", True),
        (VIDEOS / "run_towards_camera_slow_motion.mp4", across("the front"), "what the front shows", False),
        (VIDEOS / "treadmill_jog_portrait_30fps.mp4", run(10, 20), "a slow run", False),
    ]
    for path, right, wanted, joints in every:
        if path.exists():
            # An OpenPose folder does not say how fast it was filmed.
            rate = ("--capture-fps", "120") if path.is_dir() else ()
            yield Kind(f"shared: {path.stem}", there(path), right, wanted, joints, rate)


def own_kinds() -> Iterator[Kind]:
    """Yield our own version of each kind."""

    def own(
        name: str,
        file: str,
        build: Callable[[Path], Path],
        right: Right,
        wanted: str,
        *,
        joints: bool = False,
    ) -> Kind:
        return Kind(name, lambda folder: build(folder / file), right, wanted, joints)

    first, second = (make.RUNS[i].gait.frequency for i in (0, 1))

    def plain(hz: float, low: int, high: int, *codes: str, without: tuple[str, ...] = ()) -> Right:
        return near("step_frequency", hz, 0.03, run(low, high, *codes, without=without))

    yield own("plain", "plain.mp4", _plain_run, plain(first, 4, 6), "4 to 6 steps")
    yield own(
        "slow motion 4 times",
        "slow4.mp4",
        partial(make.slowed, number=0, fps=30),
        run(4, 6, "slow_motion"),
        "slow motion, nobody in front",
    )
    for times, bars in ((2, 0), (3, 40), (4, 0)):
        yield own(
            f"each picture {times} times, {bars} rows of bars",
            f"times{times}.mp4",
            partial(make.repeated, number=1, times=times, fps=60 * times, bars=bars),
            plain(second, 4, 6, "pictures_repeated", without=("visibility",)),
            "the plain run's steps, the true rate named",
        )
    yield own(
        "four pictures in five frames",
        "pulldown.mp4",
        partial(make.pulled_down, number=1, fps=75),
        plain(second, 4, 6, "pictures_repeated"),
        "the plain run's steps, the true rate named",
    )
    for quarters in (1, 2, 3):
        yield own(
            f"turned by {90 * quarters} degrees",
            f"turned{quarters}.mp4",
            partial(make.turned, number=1, quarters=quarters),
            plain(second, 4, 6, "picture_turned"),
            "upright and said so",
        )
    for times in (1, 2):
        yield own(
            f"boomerang, {times + 1} parts",
            f"boomerang{times}.mp4",
            partial(make.boomerang, number=1, times=times),
            plain(second, 4, 6, "boomerang"),
            "the first part alone",
        )
    yield own(
        "two bodies, a hard cut",
        "cut.mp4",
        partial(make.cut, numbers=(0, 2), fps=120),
        lambda found: either(found, "shot_change", "other_run", "several_candidates"),
        "two runs, or one and a note",
    )
    yield own(
        "nobody, then a run",
        "still.mp4",
        partial(make.still_then_run, number=0),
        plain(first, 4, 6, "shot_change"),
        "the run, the cut named",
    )
    yield own(
        "once more, 1.5 times slower, the same background",
        "jump.mp4",
        partial(make.jump_cut, number=1, slower=1.5),
        lambda found: either(found, "other_run") and 4 <= found.steps() <= 6,
        "two runs, or one and a note",
    )
    yield own(
        "ramp from real time to 4 times slower",
        "ramp.mp4",
        partial(make.ramp, number=0, share=0.45, slower=4, fps=30),
        lambda found: either(found, "speed_edited", "speed_changes"),
        "the change named",
    )
    yield own(
        "interlaced",
        "fields.mp4",
        partial(make.interlaced, number=0),
        plain(first, 4, 6, "interlaced"),
        "the fields named",
    )
    for name, follow in (
        ("late, with overshoot", make.late),
        ("shaken up and down", make.shaken),
        ("in jerks", make.in_jerks),
        ("whip at the end", make.whip),
    ):
        yield own(
            f"pan {name}",
            f"pan_{name.split()[0].strip(',')}.mp4",
            partial(make.pan, number=0, follow=follow),
            near("step_frequency", first, 0.05, run(3, 6)),
            "the plain run's rhythm",
        )
    yield own(
        "walk, wait, run",
        "walk_wait_run.csv",
        make.walk_wait_run,
        near("step_frequency", 4.62, 0.1, run(4, 8, "part_left_out")),
        "the run, the rest named",
        joints=True,
    )
    yield from _edits(own)
    yield own(
        "runs on the spot",
        "spot.csv",
        partial(make.on_the_spot, step_s=0.26, lift_deg=70),
        refused("NotRunningError"),
        "nobody travels",
        joints=True,
    )
    yield own(
        "joints without hands",
        "no_hands.csv",
        partial(make.lacking, number=0, lost=("pinky", "index", "thumb")),
        lambda found: run(4, 6)(found) and found.mean("arm_lift_share") > 0,
        "hands placed from the forearms",
        joints=True,
    )
    yield own(
        "joints without an arm",
        "no_arm.csv",
        partial(make.lacking, number=0, lost=("left_elbow", "left_wrist", "left_pinky", "left_index")),
        run(4, 6, "arm_unseen"),
        "numbers of both arms not given",
        joints=True,
    )


def _edits(own: Callable[..., Kind]) -> Iterator[Kind]:
    """Yield the sample clip as people edit, copy and record it, and with what stands in its way."""
    hz, times = 4.62, ("contact_time", "step_frequency")
    rows: dict[str, tuple[Callable[[make.Images], make.Images], float, Right, str]] = {
        "a caption over the knees": (
            make.captioned,
            120,
            lambda found: (
                found.error == "ContentError"
                or without(
                    "knee_flexion_touchdown", near("step_frequency", hz, 0.02, run(6, 8, "legs_misread"))
                )(found)
            ),
            "contacts and nothing of where the legs are, or refused with that reason",
        ),
        "another runner half a metre ahead": (
            partial(make.with_another, late=12, aside=150),
            120,
            refused("ContentError"),
            "legs that cannot be told from somebody else's",
        ),
        "a training partner behind": (
            partial(make.with_another, late=45, aside=0),
            120,
            near("step_frequency", hz, 0.01, run(6, 8, "several_candidates", without=("legs_misread",))),
            "the runner in front, the other named",
        ),
        "time lapse, twice as fast": (
            make.quickened,
            60,
            without(*times, run(6, 8, "fast_clock")),
            "no times: too fast",
        ),
        "eight of thirty pictures dropped, unsaid": (
            make.burst,
            120,
            without(*times, run(5, 8, "fast_clock")),
            "no times: pictures are missing",
        ),
        "a loop": (
            make.looped,
            60,
            lambda found: (
                len(found.runs) == 1 and near("step_frequency", hz, 0.02, run(6, 8, "looped"))(found)
            ),
            "one run, the loop named",
        ),
        "light that flickers": (
            make.flickering,
            120,
            near("step_frequency", hz, 0.02, run(6, 8, without=("camera_untied", "camera_moves"))),
            "a camera that stands",
        ),
        "the feet below the picture": (
            make.without_feet,
            120,
            refused("TooFewContactsError"),
            "the feet are not in the picture",
        ),
        "an upright recording of a phone's screen": (
            make.on_a_phone,
            60,
            near("step_frequency", hz, 0.02, run(6, 8)),
            "the plain run's steps",
        ),
    }
    for number, (name, (edit, fps, right, wanted)) in enumerate(rows.items()):
        build = partial(make.edited, edit=edit, fps=fps)
        yield own(f"sample: {name}", f"edited{number}.mp4", build, right, wanted)


def _plain_run(target: Path) -> Path:
    shutil.copy(render.clip(make.RUNS[0]), target)
    return target


def judge(kind: Kind, folder: Path) -> tuple[str, bool]:
    """Build an input, run the user's command on it, and return what was said and whether that is right."""
    path = kind.build(folder)
    target = folder / "results" / kind.name.replace(":", "").replace(" ", "_")
    found = outcome(path, target, joints=kind.joints, options=kind.options)
    python = any(word in found.printed for word in ("Warning:", "Traceback"))
    return found.said, not python and kind.right(found)


def outcome(path: Path, target: Path, *, joints: bool, options: Sequence[str] = ()) -> Outcome:
    """Run the user's command on a file and read what it wrote."""
    command = [sys.executable, "-m", "analyzer", "analyze", *(["--pose"] if joints else []), str(path)]
    done = subprocess.run(
        [*command, *options, "--no-overlay", "--force", "--out", str(target)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "200"},
    )
    printed = done.stdout + done.stderr
    first = next((line for line in printed.splitlines() if line.strip()), "")
    if done.returncode:
        return Outcome((), _class_of_error(path, joints=joints), first, printed)
    view = frontal_document.where(target)
    if view is not None:
        return Outcome((), "", first, printed, view)
    folders = [target, *sorted(target.glob("pass_*"))]
    return Outcome(tuple(analysis_json.load(f).document for f in folders), "", first, printed)


def _class_of_error(path: Path, *, joints: bool) -> str:
    """Return which error it was: the command prints its sentences only."""
    try:
        pipeline.analyze_any(None if joints else path, Config(), pose=path if joints else None)
    except AnalyzerError as error:
        return type(error).__name__
    return ""


def table(part: str = "") -> Iterator[str]:
    """Yield the lines of the table, a row as soon as it is known."""
    yield "| kind | said | wanted | right |"
    yield "|---|---|---|---|"
    wrong = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shared = () if part and not part.startswith("shared") else shared_kinds(folder)
        for kind in (*shared, *own_kinds()):
            if part not in kind.name:
                continue
            said, right = judge(kind, folder)
            wrong += not right
            yield f"| {kind.name} | {said} | {kind.wanted} | {'yes' if right else '**no**'} |"
    yield ""
    yield f"{wrong} rows are wrong." if wrong else "All rows are right."


if __name__ == "__main__":
    for line in table(" ".join(sys.argv[1:])):
        print(line, flush=True)
