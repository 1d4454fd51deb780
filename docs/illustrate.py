"""Regenerate what the README shows of the sample clip: the excerpt of steps.csv and the pictures."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pandas as pd
from matplotlib.font_manager import findfont as get_font
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import sync_playwright

import analyzer
from analyzer import pipeline, video

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
        marks(IMAGES / "marks.jpg")
        screenshot(page, IMAGES / "report.png")
        with Image.open(page.parent / "kinogram.png") as picture:
            picture.convert("RGB").resize((1200, round(1200 * picture.height / picture.width))).save(
                IMAGES / "kinogram.jpg", quality=82
            )


def marks(target: Path) -> None:
    """Show on a frame of the sample which pixels to read."""
    truth = json.loads((ROOT / "sample_videos" / "sprint_sample_truth.json").read_text(encoding="utf-8"))
    frame = next(f for f in video.frames(pipeline.sample(), 0.75))
    picture = Image.fromarray(frame.image)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(get_font("DejaVu Sans"), 26)
    for mark, metres in zip(truth["marks"], ("0 m", "5 m"), strict=True):
        x, y = mark["x_px"], mark["y_px"]
        draw.ellipse((x - 14, y - 14, x + 14, y + 14), outline="white", width=4)
        draw.text((x, y + 24), f"x_px {x:.0f}, y_px {y:.0f}: {metres}", "white", font, "ma")
    picture.crop((300, 380, 1620, 800)).save(target, quality=80)


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
