"""The site is built from the pages as they are, without a dead link, and asks for nothing from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return folder


def test_the_readme_is_its_first_page(site: Path) -> None:
    assert "Film a sprint from the side" in (site / "index.html").read_text(encoding="utf-8")


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    for page in site.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert re.findall(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?https?:""", text) == [], page


def test_every_drawing_of_the_filming_guide_is_there(site: Path) -> None:
    drawings = re.findall(
        r'src="(images/film_\w+\.svg)"', (site / "filming.html").read_text(encoding="utf-8")
    )
    assert len(drawings) == 6
    assert all((site / drawing).is_file() for drawing in drawings)
