"""Folders of results as a stranger, or a broken disk, may hand them over: each kind changes a good one."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

Change = Callable[[Path], None]
_EVENTS = "side,touchdown_s,toe_off_s\n"
HTML = "<script>document.title='run'</script>\"'><img src=x onerror=alert(1)>=1+1\x1b[31m"


def _json(*keys: Any, to: Any) -> Change:
    """Set a value somewhere in analysis.json."""

    def change(folder: Path) -> None:
        path = folder / "analysis.json"
        plain = json.loads(path.read_text(encoding="utf-8"))
        at = plain
        for key in keys[:-1]:
            at = at[key]
        at[keys[-1]] = to(at[keys[-1]]) if callable(to) else to
        path.write_text(json.dumps(plain), encoding="utf-8")

    return change


def _text(name: str, change: Callable[[str], str]) -> Change:
    def apply(folder: Path) -> None:
        path = folder / name
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return apply


def _bytes(name: str, data: bytes) -> Change:
    return lambda folder: (folder / name).write_bytes(data) and None  # type: ignore[func-returns-value]


def _gone(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def _long(name: str, size: int) -> Change:
    def apply(folder: Path) -> None:
        with (folder / name).open("ab") as file:
            file.truncate(size)

    return apply


def _folder(name: str) -> Change:
    def apply(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return apply


def _link(name: str, target: str) -> Change:
    def apply(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)

    return apply


def _link_to_own(name: str) -> Change:
    """The file lies beside the folder, and a link to it inside."""

    def apply(folder: Path) -> None:
        (folder / name).rename(folder.parent / f"elsewhere-{name}")
        (folder / name).symlink_to(Path("..") / f"elsewhere-{name}")

    return apply


def _pipe(name: str) -> Change:
    def apply(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)

    return apply


def _bomb(folder: Path) -> None:
    with zipfile.ZipFile(folder / "pictures.zip", "w", zipfile.ZIP_DEFLATED) as out:
        for index in range(400):
            out.writestr(f"{index:06d}_0_0_64_64.jpg", bytes(3_000_000))


REFUSED: dict[str, Change] = {
    "no analysis.json": _gone("analysis.json"),
    "no pose.csv": _gone("pose.csv"),
    "no events.csv": _gone("events.csv"),
    "analysis.json is empty": _bytes("analysis.json", b""),
    "analysis.json is a list": _bytes("analysis.json", b"[]"),
    "analysis.json is null": _bytes("analysis.json", b"null"),
    "analysis.json is not UTF-8": _bytes("analysis.json", b"\xff\xfe\x00{"),
    "analysis.json is deep": _bytes("analysis.json", b"[" * 200_000),
    "analysis.json is deep, closed": _bytes("analysis.json", b'{"schema":' * 50_000 + b"3" + b"}" * 50_000),
    "analysis.json is cut": _text("analysis.json", lambda text: text[: len(text) // 2]),
    "analysis.json of a gigabyte": _long("analysis.json", 1_000_000_000),
    "analysis.json is a folder": _folder("analysis.json"),
    "analysis.json is a pipe": _pipe("analysis.json"),
    "analysis.json is a link that leads out": _link("analysis.json", "/etc/passwd"),
    "analysis.json is a link to itself": _link("analysis.json", "analysis.json"),
    "analysis.json with a number of 5,000 digits": _text(
        "analysis.json", lambda text: text.replace(": 1920", f": {'9' * 5000}", 1)
    ),
    "another schema": _json("schema", to=99),
    "schema is text": _json("schema", to="3"),
    "config is nothing": _json("config", to=None),
    "config has a stranger": _json("config", "evil", to=1),
    "config: height of a giant": _json("config", "height_m", to=1e9),
    "config: height is no number": _json("config", "height_m", to="tall"),
    "config: an engine of its own": _json("config", "engine", to="os.system"),
    "body is a list": _json("body", to=[]),
    "steps is text": _json("steps", to="left"),
    "calibration is nothing": _json("calibration", to=None),
    "notes of numbers": _json("notes", to=[1, 2]),
    "name of half a sign": _json("name", to="\ud800"),
    "note of half a sign": _json("notes", to=[{"level": "info", "code": "x", "message": "\udfff"}]),
    "calibration of zeros": _json("calibration", "homography", to=[[0.0] * 3] * 3),
    "calibration that is flat": _json("calibration", "homography", to=[[1, 0, 0], [1, 0, 0], [0, 0, 1]]),
    "calibration as unsure as can be": _json("calibration", "relative_sd", to=1e308),
    "width is nothing": _json("pose", "width", to=0),
    "width is negative": _json("pose", "width", to=-5),
    "width explodes": _json("pose", "width", to=10**9),
    "camera of another length": _json("camera", to={"to_reference": [[1]], "sd_px": [0.0], "moving": True}),
    "camera of text": _json("camera", to={"to_reference": "a", "sd_px": [], "moving": True}),
    "pose.csv is empty": _bytes("pose.csv", b""),
    "pose.csv is HTML": _bytes("pose.csv", b"<!doctype html><script>alert(1)</script>\n" * 3),
    "pose.csv is a pipe": _pipe("pose.csv"),
    "pose.csv of 300 MB": _long("pose.csv", 300_000_000),
    "pose.csv has one row": _text("pose.csv", lambda text: "\n".join(text.splitlines()[:2])),
    "pose.csv has rows twice": _text("pose.csv", lambda text: text + "\n".join(text.splitlines()[1:])),
    "pose.csv is a link that leads out": _link_to_own("pose.csv"),
    "events.csv is a link that leads out": _link("events.csv", "/etc/passwd"),
    "events.csv is a pipe": _pipe("events.csv"),
    "events.csv of 60 MB": _long("events.csv", 60_000_000),
    "events.csv is binary": _bytes("events.csv", bytes(range(256)) * 10),
    "events.csv of words": _text("events.csv", lambda text: text.replace("left", HTML.replace(",", ""), 1)),
    "events.csv with both feet at once": _text(
        "events.csv", lambda _: f"{_EVENTS}left,0.1,0.2\nright,0.1,0.2\nleft,0.5,0.6\n"
    ),
    "events.csv with a foot inside the other's contact": _text(
        "events.csv", lambda _: f"{_EVENTS}left,0.1,0.6\nright,0.2,0.4\n"
    ),
    "events.csv of 20,000 contacts": _text("events.csv", lambda _: _EVENTS + "left,0.1,0.2\n" * 20_000),
    "events.csv with times of a year": _text("events.csv", lambda text: text.replace("0.", "31536000.")),
}
"""What cannot be read, and is refused in three lines."""

READ: dict[str, Change] = {
    "pose.csv lacks rows": _text("pose.csv", lambda text: "\n".join(text.splitlines()[:-20])),
    "no report.html": _gone("report.html"),
    "no steps.csv": _gone("steps.csv"),
    "series.csv of ten million rows": _long("series.csv", 300_000_000),
    "steps.csv is a pipe": _pipe("steps.csv"),
    "report.html is a link that leads out": _link("report.html", "/etc/hostname"),
    "pictures.zip is a bomb": _bomb,
    "pictures.zip is a pipe": _pipe("pictures.zip"),
    "pictures.zip is text": _bytes("pictures.zip", b"PK no"),
    "name is HTML": _json("name", to=HTML),
    "athlete is HTML": _json("config", "athlete_name", to=HTML[:80]),
    "session is HTML": _json("config", "session", to=HTML[:80]),
    "name is a formula of TeX": _json("name", to=r"$\frac{1}$ run $x^"),
    "name is long": _json("name", to="x" * 100_000),
    "tracker is a formula": _json("pose", "source", to='=HYPERLINK("http://x")'),
    "notes are HTML": _json(
        "tracking_notes",
        to=[{"level": "warning", "code": HTML, "message": HTML, "advice": HTML, "metrics": [], "short": ""}],
    ),
    "values are infinite": _json("values", 0, "value", to=float("inf")),
    "another pass leads to a script": _json(
        "other_passes", to=[{"name": HTML, "report": "javascript:alert(1)"}]
    ),
    "command is HTML": _json("provenance", "command", to=[HTML, HTML]),
    "versions are HTML": _json("provenance", "versions", to={HTML: HTML}),
    "steps of nowhere": _json("steps", to=[]),
    "a marks file that leads out": _json("config", "marks", to="/etc/passwd"),
    "a model that leads out": _json("config", "model", to="/etc/passwd"),
    "pose.csv's tracker is HTML": _text("pose.csv", lambda text: text.replace("hand-made", "<b>=1", 5)),
}
"""What is read, or refused: but what comes of it is safe."""
