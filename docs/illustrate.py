"""Regenerate what the README shows of the sample clip: the excerpt of steps.csv and the pictures."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pandas as pd
from PIL import Image
from playwright.sync_api import sync_playwright

import analyzer
from analyzer import pipeline

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
COLUMNS = [
    *("step", "side", "touchdown_s", "toe_off_s", "contact_time_s", "contact_time_sd_s"),
    *("step_length_m", "step_length_sd_m", "trunk_lean_touchdown_deg", "trunk_lean_touchdown_sd_deg"),
]
START, END = "<!-- steps excerpt -->", "<!-- end -->"


def main() -> None:
    """Analyse the sample as ``sprint-analyzer demo`` does, and show parts of what it wrote."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        page = analyzer.analyze(pipeline.sample(), height_m=pipeline.SAMPLE_HEIGHT_M).save(
            Path(folder) / "run"
        )
        excerpt(page.parent / "steps.csv")
        screenshot(page, IMAGES / "report.png")
        with Image.open(page.parent / "kinogram.png") as picture:
            picture.convert("RGB").resize((1200, round(1200 * picture.height / picture.width))).save(
                IMAGES / "kinogram.jpg", quality=82
            )


def excerpt(steps: Path) -> None:
    """Put four rows of the step table between the README's markers."""
    table = pd.read_csv(steps)[COLUMNS].iloc[1:5].round(3)
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    head, rest = text.split(START)
    tail = rest.split(END, 1)[1]
    block = f"{START}\n```csv\n{table.to_csv(index=False)}```\n{END}"
    readme.write_text(head + block + tail, encoding="utf-8")


def screenshot(page: Path, target: Path) -> None:
    """Picture the top of the report as a desktop browser shows it."""
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        tab = browser.new_page(viewport={"width": 1100, "height": 1000})
        tab.goto(page.as_uri())
        tab.screenshot(path=target)
        browser.close()


if __name__ == "__main__":
    main()
