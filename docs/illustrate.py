"""Regenerate what the README shows of the sample clip: the excerpt of steps.csv and the pictures."""

from __future__ import annotations

import json
import shutil
import socket
import tempfile
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import uvicorn
from matplotlib.font_manager import findfont as get_font
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import sync_playwright

import analyzer
from analyzer import pipeline
from analyzer.data.analysis import Analysis
from analyzer.review import guard, server
from analyzer.review.desk import Desk
from analyzer.video import reader

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
COLUMNS = [
    *("step", "side", "touchdown_s", "toe_off_s", "contact_time_s", "contact_time_sd_s"),
    *("step_length_m", "step_length_sd_m", "trunk_lean_touchdown_deg", "trunk_lean_touchdown_sd_deg"),
]
MOMENT_S = 0.75
"""What the pictures show: mid-stance in the middle of the sample."""
Point = tuple[float, float]
START, END = "<!-- steps excerpt -->", "<!-- end -->"


def main() -> None:
    """Analyse the sample as ``sprint-analyzer demo`` does, and show parts of what it wrote."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        run = analyzer.analyze(pipeline.sample(), height_m=pipeline.SAMPLE_HEIGHT_M)
        page = run.save(Path(folder) / "run")
        excerpt(page.parent / "steps.csv")
        calibrations(run)
        screenshot(page, IMAGES / "report.png")
        review(page.parent, IMAGES / "review.png")
        with Image.open(page.parent / "kinogram.png") as picture:
            picture.convert("RGB").resize((1200, round(1200 * picture.height / picture.width))).save(
                IMAGES / "kinogram.jpg", quality=82
            )


def calibrations(run: Analysis) -> None:
    """Show for every way to metres what to film, and what to read or measure."""
    truth = json.loads((ROOT / "sample_videos" / "sprint_sample_truth.json").read_text(encoding="utf-8"))
    (left, right) = ((mark["x_px"], mark["y_px"]) for mark in truth["marks"])
    index = int(np.argmin(np.abs(run.pose.time - MOMENT_S)))
    shown = next(f for f in reader.frames(pipeline.sample(), float(run.pose.time[index]))).image
    names = ("nose", "left_hip", "left_knee", "left_ankle", "left_heel", "left_foot_index")
    at = {name: (float(x), float(y)) for name in names for x, y in [run.pose.joint(name)[index]]}
    marks(shown, left, right)
    points(shown, left, right)
    body(shown, at)
    treadmill(shown, at)
    slow_motion()


def marks(shown: reader.Image, left: Point, right: Point) -> None:
    """Circle the two marks of the sample and write what belongs into the file."""
    picture, draw, font = sheet(shown)
    for (x, y), metres in ((left, "0"), (right, "5")):
        draw.ellipse((x - 14, y - 14, x + 14, y + 14), outline="white", width=4)
        draw.text((x, y + 24), f"x_px {x:.0f}, y_px {y:.0f}: {metres} m", "white", font, "ma")
    picture.crop((300, 380, 1620, 800)).save(IMAGES / "marks.jpg", quality=80)


def points(shown: reader.Image, left: Point, right: Point) -> None:
    """Draw the tape between two places."""
    picture, draw, font = sheet(shown)
    draw.line((*left, *right), "yellow", 5)
    for (x, y), name in ((left, "X1,Y1"), (right, "X2,Y2")):
        draw.ellipse((x - 14, y - 14, x + 14, y + 14), outline="yellow", width=4)
        draw.text((x, y + 24), f"{name} = {x:.0f},{y:.0f}", "yellow", font, "ma")
    draw.text(((left[0] + right[0]) / 2, left[1] + 14), "METRES = 5", "yellow", font, "ma")
    small(picture.crop((380, 420, 1540, 790)), "points.jpg")


def body(shown: reader.Image, at: dict[str, Point]) -> None:
    """Show the standing height that is asked for, and the leg that is measured."""
    picture, draw, font = sheet(shown)
    ground = max(y for _, y in at.values()) + 12
    x, top = at["nose"][0] + 190, at["nose"][1] - 42
    draw.line((x, top, x, ground), "yellow", 5)
    for y in (top, ground):
        draw.line((x - 16, y, x + 16, y), "yellow", 5)
    draw.text((x + 24, (top + ground) / 2), "all of the athlete\nin the picture", "yellow", font, "lm")
    chain = [at[name] for name in ("left_hip", "left_knee", "left_ankle")]
    draw.line(chain, "white", 5)
    for px, py in chain:
        draw.ellipse((px - 8, py - 8, px + 8, py + 8), fill="white")
    draw.text(
        (at["left_hip"][0] - 200, at["left_hip"][1]), "thigh + shank\nover the clip", "white", font, "rm"
    )
    centre = at["left_hip"][0]
    small(
        picture.crop((round(centre - 520), round(top - 40), round(centre + 640), round(ground + 40))),
        "body.jpg",
    )


def treadmill(shown: reader.Image, at: dict[str, Point]) -> None:
    """Draw a belt under the athlete."""
    picture, draw, font = sheet(shown)
    ground = max(y for _, y in at.values()) + 10
    middle = at["left_hip"][0]
    draw.rounded_rectangle((middle - 330, ground, middle + 330, ground + 40), 20, "#303438")
    draw.line((middle + 260, ground + 20, middle - 240, ground + 20), "yellow", 5)
    draw.polygon(
        [(middle - 270, ground + 20), (middle - 236, ground + 8), (middle - 236, ground + 32)], "yellow"
    )
    draw.text((middle, ground + 50), "the belt's own speed: --treadmill 8.0", "yellow", font, "ma")
    top = at["nose"][1] - 80
    small(
        picture.crop((round(middle - 480), round(top), round(middle + 480), round(ground + 100))),
        "treadmill.jpg",
    )


def slow_motion() -> None:
    """Show how long 12 pictures last for the camera, and how long a player shows them."""
    found = [f.image for f in reader.frames(pipeline.sample(), 0.7, 0.81)][::4]
    font = ImageFont.truetype(get_font("DejaVu Sans"), 22)
    width, height = 300, 220
    strip = Image.new("RGB", (width * len(found), height + 80), "#202428")
    draw = ImageDraw.Draw(strip)
    for i, picture in enumerate(found):
        cut = Image.fromarray(picture[360:740, 750 : 750 + 520]).resize((width - 8, height))
        strip.paste(cut, (i * width + 4, 0))
        said = f"camera {1000 * 4 * i / 120:.0f} ms\nplayer {1000 * 4 * i / 30:.0f} ms"
        draw.text((i * width + width / 2, height + 8), said, "white", font, "ma", align="center")
    small(strip, "slow_motion.jpg")


def sheet(shown: reader.Image) -> tuple[Image.Image, ImageDraw.ImageDraw, ImageFont.FreeTypeFont]:
    """Return a frame to draw on, what draws, and a font."""
    picture = Image.fromarray(shown)
    return picture, ImageDraw.Draw(picture), ImageFont.truetype(get_font("DejaVu Sans"), 26)


def small(picture: Image.Image, name: str) -> None:
    """Save a picture narrow enough for a page."""
    width = min(picture.width, 900)
    picture.resize((width, round(width * picture.height / picture.width))).save(IMAGES / name, quality=78)


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


def review(folder: Path, target: Path) -> None:
    """Picture the review of a folder at its third touchdown, the feet in close view."""
    with socket.socket() as listening:
        listening.bind((guard.LOOPBACK, 0))
        listening.listen()
        desk = Desk(folder)
        asked = server.Server(desk, listening.getsockname()[1])
        running = uvicorn.Server(uvicorn.Config(asked.app, log_level="critical", lifespan="off", ws="none"))
        thread = threading.Thread(target=running.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        with sync_playwright() as tools:
            browser = tools.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            tab = browser.new_page(viewport={"width": 1280, "height": 800})
            tab.goto(asked.url)
            tab.wait_for_selector("body[data-frame]")
            tab.locator("#rows tr").nth(2).locator("td button").first.click()
            for _ in range(3):
                tab.keyboard.press("ArrowRight")
            tab.locator("#view").select_option("athlete")
            tab.wait_for_load_state("networkidle")
            tab.screenshot(path=target)
            browser.close()
        running.should_exit = running.force_exit = True
        thread.join(10)
        desk.close()


if __name__ == "__main__":
    main()
