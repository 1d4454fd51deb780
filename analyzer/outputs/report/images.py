"""Everything the page shows that is not text, ready to stand inside it: SVG charts and JPEG images."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image as Picture

from analyzer.data.analysis import Analysis
from analyzer.outputs.annotated_video import frames
from analyzer.outputs.colours import FRAME
from analyzer.outputs.kinogram import drawing as kinogram_drawing
from analyzer.outputs.plots import canvas
from analyzer.outputs.report.sections import Chart
from analyzer.video import reader

STRIP: Final = 6
"""Images in the film strip that shows who was followed."""
STRIP_SPAN: Final = (0.08, 0.92)
"""Where in the followed frames the first and the last of them lie: at the very ends the athlete is half
out."""
STRIP_PX: Final = 320
"""Width of such an image, px."""
AROUND: Final = (3.2, 2.0)
"""Width and height of such an image in crops around the athlete: enough to see who else is there."""
TALL: Final = 1.2
"""Height of such an image in its width, at most: that of a portrait clip would fill a page."""
POSTER_PX: Final = 720
"""Width of the image that stands for the video until it is played, px."""
CLOSE_PX: Final = 300
"""Side of the image of the athlete beside a finding, px."""
REACH: Final = 0.35
"""Share of the crop's side that the athlete reaches to the left and right of its middle."""


@dataclass(frozen=True)
class Drawn:
    """A chart as SVG.

    ``time`` is empty, or for a chart over time: start and end in seconds, then left, right, top and
    bottom of the axes in the SVG's own units, for the player's cursor.
    """

    svg: str
    caption: str
    time: tuple[float, ...] = ()


def chart(analysis: Analysis, what: Chart, name: str) -> Drawn | None:
    """Draw one chart; None when the clip does not support what it shows.

    Parameters
    ----------
    analysis : Analysis
    what : Chart
    name : str
        What the ids inside the SVG begin with; no two charts of a page share it.
    """
    if any((row := analysis.summary(m)) is None or not np.isfinite(row.mean) for m in what.needs):
        return None
    with mpl.rc_context(canvas.STYLE | {"svg.fonttype": "none", "svg.hashsalt": name}):
        fig = Figure(figsize=canvas.SIZE_IN, layout="constrained")
        ax = what.draw(analysis, fig.subplots())
        if ax.get_gid() == canvas.NOTHING_DRAWN:
            return None
        fig.draw_without_rendering()
        fig.set_layout_engine("none")  # laid out once: half the time of a page goes into this
        file = io.StringIO()
        fig.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
        place = ax.get_position()
    time: tuple[float, ...] = ()
    if ax.get_gid() == canvas.OVER_TIME:
        width, height = (72 * x for x in canvas.SIZE_IN)
        edges = (place.x0 * width, place.x1 * width, (1 - place.y1) * height, (1 - place.y0) * height)
        time = (*ax.get_xlim(), *edges)
    return Drawn(_inline(file.getvalue(), name, what.caption), what.caption, time)


def _inline(svg: str, name: str, title: str) -> str:
    """Strip what an SVG inside HTML must not have, and make its ids its own."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'(href="|url\()#', rf"\1#{name}-", svg)
    svg = re.sub(r"font: (\w* ?)([\d.]+px)[^;\"]*", r"font: \1\2 system-ui, sans-serif", svg)
    label = title.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    return svg.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


def kinogram_jpeg(analysis: Analysis) -> str:
    """Return the kinogram as a data URI."""
    file = io.BytesIO()
    with mpl.rc_context(canvas.STYLE):
        figure = kinogram_drawing.figure(analysis)
        figure.savefig(file, format="jpg", dpi=130, facecolor="white", pil_kwargs={"quality": 84})
    return _uri(file.getvalue())


def film_strip(analysis: Analysis) -> list[tuple[float, str]]:
    """Return time and image (data URI) of moments across the run, the athlete framed.

    Empty without the video file.
    """
    info, box = analysis.video, analysis.pose.box
    followed = np.flatnonzero(np.isfinite(box).all(axis=1))
    if info is None or not len(followed):
        return []
    shares = np.linspace(*STRIP_SPAN, min(STRIP, len(followed)))
    picks = followed[(shares * (len(followed) - 1)).round().astype(int)]
    side = float(np.median(box[followed, 2]))
    strip = []
    for pick in picks:
        found = _frame(analysis, float(analysis.pose.time[pick]))
        if found is not None:
            strip.append((float(analysis.pose.time[pick]), _thumbnail(found[0], box[pick], side)))
    return strip


def poster(analysis: Analysis) -> str:
    """Return what the annotated video shows at a touchdown in the middle of the run, as a data URI.

    Empty without the video file.
    """
    times = [s.touchdown_s for s in analysis.steps if np.isfinite(s.touchdown_s)]
    found = _frame(analysis, times[len(times) // 2]) if times else None
    if found is None:
        return ""
    image = frames.still(analysis, *found)
    width = min(POSTER_PX, image.shape[1])
    height = round(image.shape[0] * width / image.shape[1])
    return _jpeg(cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA), 70)


def athlete_at(analysis: Analysis, t: float) -> str:
    """Return the athlete at ``t`` with the body drawn, as a data URI.

    Empty without the video file, and where the image's edge cuts the athlete.
    """
    found = _frame(analysis, t) if np.isfinite(t) else None
    if found is not None and not _inside(analysis, found[1]):
        return ""
    view = frames.close_up(analysis, *found, CLOSE_PX) if found else None
    return "" if view is None else _jpeg(view, 78)


def _inside(analysis: Analysis, index: int) -> bool:
    x, _, side = analysis.pose.box[index]
    return bool(REACH * side < x < analysis.pose.width - REACH * side)


def _frame(analysis: Analysis, t: float) -> tuple[NDArray[np.uint8], int] | None:
    """Return the frame nearest to ``t`` and its index in the clip; None without the video file."""
    info = analysis.video
    if info is None or not info.path.is_file():
        return None
    index = int(np.argmin(np.abs(info.time - t)))
    start = float(info.time[index] * info.slow_motion)
    found: Iterable[reader.Frame] = reader.frames(info.path, start, start + 1 / info.playback_fps)
    return next(((frame.image, frame.index) for frame in found), None)


def _thumbnail(image: NDArray[np.uint8], box: NDArray[np.float64], side: float) -> str:
    """Cut a window around the athlete that stays inside the image where it can, and frame the crop."""
    wide, high = (min(round(k * side), n) for k, n in zip(AROUND, image.shape[1::-1], strict=True))
    high = min(high, round(TALL * wide))  # a portrait clip would make the strip a page of its own
    left = round(float(np.clip(box[0] - wide / 2, 0, image.shape[1] - wide)))
    top = round(float(np.clip(box[1] - high / 2, 0, image.shape[0] - high)))
    scale = STRIP_PX / wide
    size = (STRIP_PX, round(high * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    small = cv2.resize(image[top : top + high, left : left + wide], size, interpolation=method)
    x, y, half = (box[0] - left) * scale, (box[1] - top) * scale, box[2] * scale / 2
    corners = (round(x - half), round(y - half)), (round(x + half), round(y + half))
    return _jpeg(cv2.rectangle(np.ascontiguousarray(small), *corners, FRAME, 2, cv2.LINE_AA), 72)


def _jpeg(image: object, quality: int) -> str:
    file = io.BytesIO()
    Picture.fromarray(np.asarray(image, dtype=np.uint8)).save(file, "JPEG", quality=quality)
    return _uri(file.getvalue())


def _uri(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")
