"""The command line: exit codes, messages without tracebacks, nothing half-written."""

from __future__ import annotations

import ast
import ctypes
import os
import pydoc
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from activities import Squatter
from runner import pose_track

import analyzer
from analyzer import __main__, __version__, cli
from analyzer.config import Config
from analyzer.pose.files import alone, pose_csv

PATHS = {"PYTHONPATH": str(Path(analyzer.__file__).parents[1])}


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "analyzer", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_version(tmp_path: Path) -> None:
    done = run("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"sprint-analyzer {__version__}\n")


def test_help_names_every_command(tmp_path: Path) -> None:
    done = run("--help", cwd=tmp_path)
    assert done.returncode == 0
    for command in ("analyze", "check", "report", "compare", "metrics", "model", "demo", "batch", "cache"):
        assert command in done.stdout


@pytest.mark.parametrize("module", ["cv2", "mediapipe", "matplotlib", "pandas", "scipy", "av"])
def test_starting_imports_nothing_heavy(module: str, tmp_path: Path) -> None:
    code = f"import sys, analyzer, analyzer.cli; sys.exit({module!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=False).returncode == 0


def test_every_setting_has_an_option_with_its_own_description(tmp_path: Path) -> None:
    arguments = Config.model_fields
    assert set(arguments) <= set(cli.OPTIONS)
    told = " ".join(re.sub(r"[^\x00-\u2027]", " ", run("analyze", "--help", cwd=tmp_path).stdout).split())
    for name, field in arguments.items():
        assert cli.OPTIONS[name].split("/")[0] in told
        assert str(field.description)[:20] in told


@pytest.mark.parametrize("room", ["outputs", "pose", "video", "pipeline.py", "preview.py", "config.py"])
def test_only_the_command_line_speaks_of_options(room: str) -> None:
    place = Path(analyzer.__file__).parent / room
    for file in [place] if place.is_file() else place.rglob("*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        texts = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
        assert [text for text in texts if re.search(r"[( ]--[a-z]", text)] == [], file


def test_the_public_names_are_shown_and_can_be_had() -> None:
    assert dir(analyzer) == sorted(analyzer.__all__)
    assert all(getattr(analyzer, name) is not None for name in dir(analyzer))
    assert "analyze_passes" in pydoc.plain(pydoc.render_doc(analyzer))
    assert (Path(analyzer.__file__).parent / "py.typed").is_file()


WRONG_USAGE = [
    (["analyze"], "Nothing to analyse"),
    (["analyze", "a.mp4", "b.mp4", "--pose", "b.csv"], "the joints of one video"),
    (["analyze", "a.mp4", "--height", "3.1"], "--height: "),
    (["analyze", "a.mp4", "--height", "180"], "is 1.80 meant?"),
    (["analyze", "a.mp4", "--leg-length", "long"], "--leg-length: 'long' is no length"),
    (["analyze", "a.mp4", "--height", "0.9"], "--height"),
    (["analyze", "a.mp4", "--splits", "nan"], "--splits"),
    (["analyze", "a.mp4", "--athlete", "nan,3"], "finite"),
    (["analyze", "a.mp4", "--athlete", "12"], "--athlete cannot be read"),
    (["analyze", "a.mp4", "--athlete", "x,y"], "--athlete cannot be read"),
    (["analyze", "a.mp4", "--scale", "lane"], "it should be X1,Y1,X2,Y2,METRES"),
    (["analyze", "a.mp4", "--scale", "1,2,3"], "such as 412,640,655,644,lane. Got '1,2,3'."),
    (["analyze", "a.mp4", "--scale", "1,2,3,4,furlong"], "furlong"),
    (["analyze", "a.mp4", "--splits", "a,b"], "--splits cannot be read"),
    (["analyze", "a.mp4", "--direction", "up"], "direction"),
    (["analyze", "a.mp4", "--from", "5", "--to", "4"], "ends at 4 s, before it starts at 5 s"),
    (["analyze", "a.mp4", "--config", "none.toml"], "none.toml"),
    (["analyze", "a.mp4", "--live", "trunk,kne"], "--live: there is neither a signal nor a metric 'kne'"),
    (["analyze", "a.mp4", "--slow", "0.5"], "--slow: "),
    (["analyze", "a.mp4", "--no-such-option"], "no-such-option"),
]


@pytest.mark.parametrize(("arguments", "message"), WRONG_USAGE)
def test_wrong_usage_is_exit_code_2(arguments: list[str], message: str, tmp_path: Path) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.iterdir())


def _not_a_video(folder: Path) -> Path:
    path = folder / "notes.mp4"
    path.write_text("no picture in here\n" * 50)
    return path


def _empty(folder: Path) -> Path:
    path = folder / "empty.mp4"
    path.write_bytes(b"")
    return path


def _missing(folder: Path) -> Path:
    return folder / "missing.mp4"


@pytest.mark.parametrize("make", [_not_a_video, _empty, _missing])
def test_a_file_that_is_no_video_is_exit_code_1(make, tmp_path: Path) -> None:
    path = make(tmp_path)
    done = run("analyze", path, cwd=tmp_path)
    assert done.returncode == 1
    assert path.name in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / f"{path.stem}_sprint").exists()


def test_results_are_not_replaced_without_force(tmp_path: Path) -> None:
    (tmp_path / "run_sprint").mkdir()
    (tmp_path / "run_sprint" / "steps.csv").write_text("mine\n")
    done = run("analyze", _not_a_video(tmp_path), "--out", "run_sprint", cwd=tmp_path)
    assert done.returncode == 1
    assert "--force" in done.stderr
    assert (tmp_path / "run_sprint" / "steps.csv").read_text() == "mine\n"


def test_report_of_a_folder_without_results(tmp_path: Path) -> None:
    done = run("report", tmp_path, cwd=tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_one_metric_in_full(tmp_path: Path) -> None:
    done = run("metrics", "contact_time", cwd=tmp_path)
    assert done.returncode == 0
    assert "touchdown" in done.stdout
    assert run("metrics", "no_such_metric", cwd=tmp_path).returncode == 2


def test_no_warning_of_python_reaches_a_user(monkeypatch: pytest.MonkeyPatch) -> None:
    told = []

    def warns() -> None:
        warnings.warn("All-NaN slice encountered", RuntimeWarning, stacklevel=1)
        told.append("went on")

    monkeypatch.setattr(cli, "app", warns)
    monkeypatch.setattr(sys, "argv", ["sprint-analyzer"])
    monkeypatch.setattr(sys, "warnoptions", [])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        cli.main()
    assert told == ["went on"]


def test_squats_are_refused_for_what_they_are_unless_somebody_insists(tmp_path: Path) -> None:
    pose = Squatter().pose(30, noise_m=0.008)
    columns = [f"{name}_{axis}_px" for name in pose.names for axis in "xy"]
    rows = np.column_stack([pose.time, pose.xy.reshape(len(pose.time), -1)])
    header = ",".join(["time_s", *columns])
    np.savetxt(tmp_path / "squats.csv", rows, "%.3f", ",", header=header, comments="")
    done = run("analyze", "--pose", "squats.csv", "--height", "1.8", "--no-overlay", cwd=tmp_path)
    assert done.returncode == 1
    assert "exercise on the spot" in done.stderr
    assert "the feet never leave the ground" in done.stderr
    assert "--accept" in done.stderr
    assert "Warning" not in done.stderr
    assert not list(tmp_path.glob("*_sprint/*"))


@pytest.mark.skipif(os.name != "posix", reason="closes what only such systems number")
def test_streams_that_were_closed_are_no_files_of_ours(tmp_path: Path) -> None:
    script = (
        "import os, sys\n"
        "for n in range(3): os.close(n)\n"
        "sys.stdout = sys.stderr = None\n"
        "from analyzer import cli\n"
        "cli._hold_streams()\n"
        "with open('mine.txt', 'w') as file:\n"
        "    os.write(2, b'a library prints'); print('so do we'); sys.stderr.isatty()\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, env=os.environ | PATHS)
    assert (tmp_path / "mine.txt").read_bytes() == b""


def test_a_python_without_docstrings_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "flags", SimpleNamespace(optimize=2))
    monkeypatch.setattr(sys, "argv", ["sprint-analyzer", "metrics"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("Error: Python was started without docstrings")


def test_a_file_that_looks_like_an_option_is_told_how_to_give_it(tmp_path: Path) -> None:
    (tmp_path / "-dash.mp4").write_bytes(b"")
    done = run("analyze", "-dash.mp4", cwd=tmp_path)
    assert done.returncode == 2
    assert "./-dash.mp4" in done.stderr
    assert run("analyze", "--", "-dash.mp4", cwd=tmp_path).returncode == 1  # read, and found to be no video


FULL = Path("/dev/full")
"""A file that cannot be written, as a full disk."""


@pytest.mark.skipif(not FULL.exists(), reason="no system with a device that is full")
@pytest.mark.parametrize("arguments", [["metrics"], ["--version"], ["cache", "info"]])
def test_what_cannot_be_printed_is_told_in_three_lines(arguments: list[str], tmp_path: Path) -> None:
    with FULL.open("w") as full:
        done = _elsewhere(arguments, tmp_path, stdout=full)
    assert done.returncode == 1
    assert "No space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 3


def test_a_terminal_without_our_signs_shows_others(tmp_path: Path) -> None:
    done = _elsewhere(["metrics"], tmp_path, PYTHONIOENCODING="ascii:strict")
    assert (done.returncode, done.stderr) == (0, "")
    assert "?" in done.stdout


def test_a_folder_that_went_while_somebody_stood_in_it_is_told(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    done = _elsewhere(["analyze", "clip.mp4"], gone, preexec_fn=gone.rmdir)
    assert done.returncode == 1
    assert "the folder that you are in" in done.stderr
    assert len(done.stderr.splitlines()) == 3


def test_a_name_that_no_system_takes_is_told(tmp_path: Path) -> None:
    done = _elsewhere(["cache", "info"], tmp_path, SPRINT_ANALYZER_CACHE="x" * 5000)
    assert done.returncode == 1
    assert "File name too long" in done.stderr
    assert len(done.stderr.splitlines()) == 3


def test_libraries_for_which_there_is_no_memory_are_told(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (400 << 20, 400 << 20))

    done = _elsewhere(["analyze", "clip.mp4"], tmp_path, preexec_fn=little)
    assert done.returncode == 1
    # A library that cannot be loaded says so in three lines, Python's own want of memory in two.
    told = done.stderr.splitlines()
    words = {2: "Error: The memory does not suffice.", 3: "Error: A part of the program cannot be loaded."}
    assert told[0] == words[len(told)]


def test_a_zero_byte_is_in_no_name_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(r'marks = "a\u0000b"', encoding="utf-8")
    done = run("analyze", "clip.mp4", "--config", "a.toml", cwd=tmp_path)
    assert done.returncode == 2
    assert "no zero byte" in done.stderr


def test_results_below_a_file_are_refused_before_anything_is_done(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    done = run("analyze", "clip.mp4", "--out", "file/below", cwd=tmp_path)
    assert done.returncode == 1
    assert "file is a file, not a folder" in done.stderr


def test_results_cannot_go_into_a_link_to_itself(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    done = run("analyze", "clip.mp4", "--out", "loop", cwd=tmp_path)
    assert done.returncode == 1
    assert "leads nowhere" in done.stderr


def test_a_folder_of_results_with_too_long_a_name_is_told(tmp_path: Path) -> None:
    done = run("analyze", "clip.mp4", "--out", "x" * 300, cwd=tmp_path)
    assert done.returncode == 1
    what, why, fix, options = done.stderr.splitlines()
    assert "cannot be written" in what
    assert "File name too long" in why
    assert (fix.strip(), options.strip()) == ("Choose another folder.", "Options: --out.")


@pytest.mark.parametrize("option", ["--marks", "--calibration", "--gates", "--config"])
def test_a_pipe_where_a_file_is_needed_is_not_waited_for(option: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    track = pose_csv.write_pose(pose_track(duration_s=0.3), tmp_path / "joints.csv")
    done = run("analyze", "--pose", track, option, "pipe.csv", cwd=tmp_path)
    assert done.returncode == 2
    assert "not a file" in done.stderr


def _elsewhere(
    arguments: list[str],
    cwd: Path,
    *,
    stdout: Any = subprocess.PIPE,
    preexec_fn: Callable[[], None] | None = None,
    **environment: str,
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "analyzer", *arguments],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(Path(analyzer.__file__).parents[1])} | environment,
        stdout=stdout,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=preexec_fn,
    )


def test_pages_that_show_a_rebuilt_run_are_named(tmp_path: Path) -> None:
    from analyzer.cli import results
    from analyzer.outputs.seasons import page as season
    from analyzer.outputs.side_by_side import page as compare

    assert (results.SEASON, results.COMPARE) == (season.FILE, compare.FILE)
    squad, run_folder = tmp_path / "squad", tmp_path / "squad" / "clip" / "pass_1"
    run_folder.mkdir(parents=True)
    for name in ("index.html", "season.html"):
        (squad / name).write_text("", encoding="utf-8")
    (tmp_path / "index.html").write_text("of something else", encoding="utf-8")
    assert results.pages_over(run_folder) == [(squad / "season.html", "season")]
    (squad / "runs.csv").write_text("", encoding="utf-8")
    assert results.pages_over(run_folder) == [
        (squad / "index.html", "batch"),
        (squad / "season.html", "season"),
    ]


def test_the_demo_says_how_to_call_the_program_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a .venv that is not activated its bare name is not found."""
    from analyzer.cli.analyze import as_called

    program = tmp_path / "bin" / "sprint-analyzer"
    program.parent.mkdir()
    program.write_text("", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setattr("sys.argv", [str(program)])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert as_called() == str(program)
    monkeypatch.setenv("PATH", str(program.parent))
    assert as_called() == "sprint-analyzer"
    monkeypatch.setattr("sys.argv", ["/somewhere/analyzer/__main__.py"])
    assert as_called() == "python -m analyzer"


def test_ctrl_c_while_the_program_is_loaded_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Loading(ModuleType):
        def __getattr__(self, name: str) -> object:
            raise KeyboardInterrupt

    monkeypatch.setitem(sys.modules, "analyzer.cli", Loading("analyzer.cli"))
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    with pytest.raises(SystemExit) as ended:
        __main__.main()
    assert ended.value.code == 130
    assert capsys.readouterr().err == "Stopped before anything was done.\n"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "3"


def test_a_command_multiplies_matrices_in_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = ModuleType("analyzer.cli")
    loaded.main = lambda: None  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "analyzer.cli", loaded)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "")
    del os.environ["OPENBLAS_NUM_THREADS"]
    __main__.main()
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"


@pytest.mark.skipif(sys.platform != "linux", reason="other systems share memory by themselves")
def test_threads_of_a_command_share_memory_unless_somebody_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[int, int]] = []

    class Library:
        def mallopt(self, what: int, value: int) -> None:
            told.append((what, value))

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Library())
    monkeypatch.setenv("MALLOC_ARENA_MAX", "7")
    __main__._share_memory()
    assert not told
    del os.environ["MALLOC_ARENA_MAX"]
    __main__._share_memory()
    assert told == [(-8, 2)]
    assert os.environ["MALLOC_ARENA_MAX"] == "2"
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())  # such as musl
    del os.environ["MALLOC_ARENA_MAX"]
    __main__._share_memory()


def test_a_wrong_value_of_10_kb_is_told_by_its_beginning_and_its_end(tmp_path: Path) -> None:
    done = run("analyze", "--pose", "a.csv", "--export", "a" + 10_000 * "x" + "z", cwd=tmp_path)
    assert done.returncode == 2
    told = max(done.stderr.splitlines(), key=len)
    assert len(told) < 1_100
    assert all(part in told for part in ("--export: ", "got 'axx", " … ", "xz'"))


def test_joints_whose_clock_begins_before_nought_are_read_whole(tmp_path: Path) -> None:
    pose = pose_track()
    early = replace(pose, time=pose.time - 1.0)
    path = pose_csv.write_pose(early, tmp_path / "early.csv")
    assert len(alone.track(path, Config()).time) == len(pose.time)
    assert alone.track(path, Config(start_s=0.2)).time[0] >= 0.2 - 1e-6
