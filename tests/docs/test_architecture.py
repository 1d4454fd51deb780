"""What docs/architecture.md says is true of the code: formulas, names, layers."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from places import ROOT

from analyzer.body.skeleton import JOINTS, SIDES
from analyzer.motion.angles import joint_angles

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
RECORDS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md"))


def section(title: str) -> str:
    return PAGE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(title: str) -> list[list[str]]:
    """Return the cells of a section's table, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in lines[1:]]


def posture() -> np.ndarray:
    """A body (1, k, 2) with every joint somewhere near its place, knees and elbows bent as they can be."""
    draw = np.random.default_rng(3)
    at = {
        "nose": (0.1, 1.6), "ear": (0.05, 1.6), "shoulder": (0.1, 1.4), "elbow": (0.0, 1.1),
        "wrist": (0.2, 1.0), "pinky": (0.25, 1.0), "index": (0.25, 1.0), "hip": (0.0, 0.9),
        "knee": (0.2, 0.5), "ankle": (0.05, 0.1), "heel": (0.0, 0.05), "foot_index": (0.2, 0.0),
    }  # fmt: skip
    places = np.array([at[name.partition("_")[2] if name.startswith(SIDES) else name] for name in JOINTS])
    return np.asarray(places + 0.04 * draw.standard_normal(places.shape))[None]


@pytest.mark.parametrize("side", SIDES)
def test_angles_are_what_their_formulas_say(side: str) -> None:
    body = posture()
    of = {"toe": f"{side}_foot_index"}
    names = {"atan2": lambda y, x: np.degrees(np.arctan2(y, x))}
    for part in ("hip", "knee", "ankle", "heel", "toe", "shoulder", "elbow", "wrist"):
        names[f"x_{part}"], names[f"y_{part}"] = body[0, JOINTS.index(of.get(part, f"{side}_{part}"))]
    for part in ("hip", "shoulder"):
        names[f"x_{part}s"], names[f"y_{part}s"] = body[0, [JOINTS.index(f"{s}_{part}") for s in SIDES]].mean(
            0
        )
    angles = joint_angles(body)
    told = {}
    for name, _, _, formula in rows("Axes and signs"):
        told[name.strip("`")] = names[name.strip("`")] = eval(formula.strip("`"), {}, names)
    assert {name if name == "trunk" else f"{side}_{name}" for name in told} == {
        name for name in angles if name == "trunk" or name.startswith(side)
    }
    for name, value in told.items():
        assert angles[name if name == "trunk" else f"{side}_{name}"][0] == pytest.approx(value), name


def test_upright_with_hanging_arms_every_angle_is_zero() -> None:
    heights = {"shoulder": 1.4, "elbow": 1.1, "wrist": 0.8, "hip": 0.9, "knee": 0.5, "ankle": 0.1}
    body = np.zeros((1, len(JOINTS), 2))
    for i, name in enumerate(JOINTS):
        body[0, i] = 0.2 if name.endswith("foot_index") else 0.0, heights.get(name.partition("_")[2], 0.0)
    for name, angle in joint_angles(body).items():
        assert angle[0] == pytest.approx(0, abs=1e-9), name


def test_the_layers_are_those_that_are_held() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    held = next(c["layers"] for c in settings["tool"]["importlinter"]["contracts"] if c["type"] == "layers")
    drawn = [line.strip().split("  ")[0] for line in section("Tree").splitlines() if line.startswith("    ")]
    assert drawn == held


@pytest.mark.parametrize("row", rows("Where to change what"), ids=lambda row: row[0])
def test_names_stand_where_the_table_says(row: list[str]) -> None:
    """The names that follow a link at once are in the file it leads to."""
    links = re.findall(r"\]\(\.\./([^)]+)\)((?:,? (?:and )?`[\w-]+`)*)", row[1])
    assert links
    for path, names in links:
        assert (ROOT / path).exists(), path
        for name in re.findall(r"`([\w-]+)`", names):
            text = (ROOT / path).read_text(encoding="utf-8")
            assert re.search(rf"(?<!\w){name}(?!\w)", text), (path, name)


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.name[:4])
def test_a_decision_has_a_status_and_names_files_that_are_there(record: Path) -> None:
    text = record.read_text(encoding="utf-8")
    assert re.match(r"# \d{4}: .+\n\nStatus: (accepted|superseded)", text)
    for name in re.findall(r"`([\w/]+/\w+\.(?:py|csv))`", text):
        assert (ROOT / "analyzer" / name).is_file(), name
    for link in re.findall(r"\]\(([^)#]+\.md)", text):
        assert (RECORDS[0].parent / link).is_file(), link


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (page.parent / link).exists(), link
